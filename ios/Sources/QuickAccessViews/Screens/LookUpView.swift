import QuickAccessUI
import SwiftUI

/// What the privileges allow to look up.
@available(iOS 17.0, macOS 14.0, *)
struct LookUpView: View {
    @Bindable var model: LookUpModel

    private var words: Words { model.words }

    var body: some View {
        Form {
            Section {
                Picker(words(.lookUpKind), selection: $model.kind) {
                    ForEach(model.kinds) { Text(model.title($0)).tag($0) }
                }
                .pickerStyle(.segmented)
                TextField(model.prompt, text: $model.query)
                    .literalKeyboard()
                    .submitLabel(.search)
                    .accessibilityIdentifier("query")
                if model.isLooking {
                    ProgressView(words(.lookUpBusy))
                } else {
                    Button(words(.lookUpButton)) { lookUp() }
                        .disabled(!model.canLookUp)
                        .accessibilityIdentifier("look-up")
                }
            }
            outcome
        }
        .onSubmit { lookUp() }
        .navigationTitle(words(.lookUpTitle))
        .readableWidth()
    }

    @ViewBuilder private var outcome: some View {
        switch model.outcome {
        case .nothing, .looking: EmptyView()
        case .none:
            ContentUnavailableView(
                words(.lookUpNoneTitle), systemImage: "magnifyingglass", description: Text(model.emptyText))
        case .refused(let problem):
            Section { ProblemView(problem: problem) }
        case .found(let results):
            ForEach(results) { result in
                Section {
                    Label(result.status, systemImage: result.isGood ? "checkmark.circle" : "exclamationmark.circle")
                    ForEach(result.facts) { FactView(fact: $0) }
                } header: {
                    Text(result.title)
                        .accessibilityAddTraits(.isHeader)
                }
            }
        }
    }

    private func lookUp() {
        Task { await model.lookUp() }
    }
}
