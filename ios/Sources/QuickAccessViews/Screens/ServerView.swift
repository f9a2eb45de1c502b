import QuickAccessUI
import SwiftUI

/// Which ClearPass, and which API client.
@available(iOS 17.0, macOS 14.0, *)
struct ServerView: View {
    @Bindable var model: ServerModel
    @FocusState private var focus: ServerModel.Field?

    private var words: Words { model.words }

    var body: some View {
        Form {
            Section {
                LabeledContent(words(.serverAddress)) {
                    TextField(
                        words(.serverAddress), text: $model.address, prompt: Text(words(.serverAddressExample))
                    )
                    .addressKeyboard()
                    .submitLabel(.next)
                    .focused($focus, equals: .address)
                    .accessibilityIdentifier("address")
                }
                if let problem = model.problem(of: .address) { ProblemView(problem: problem) }
                LabeledContent(words(.serverClientId)) {
                    TextField(words(.serverClientId), text: $model.clientId)
                        .literalKeyboard()
                        .submitLabel(.go)
                        .focused($focus, equals: .clientId)
                        .accessibilityIdentifier("client-id")
                }
                if let problem = model.problem(of: .clientId) { ProblemView(problem: problem) }
            } footer: {
                Text(words(model.isManaged ? .serverManaged : .serverAbout))
            }
            .disabled(model.isManaged)
            Section {
                if model.isLooking {
                    ProgressView(words(.serverLooking))
                } else {
                    Button(words(.serverConnect)) { connect() }
                        .disabled(!model.canConnect)
                        .accessibilityIdentifier("connect")
                }
                if let problem = model.problem { ProblemView(problem: problem) }
            }
            if let certificate = model.certificate {
                CertificateView(model: certificate)
            }
        }
        .onSubmit { connect() }
        .navigationTitle(words(.serverTitle))
        .readableWidth()
    }

    private func connect() {
        focus = model.emptyField
        Task { await model.connect() }
    }
}
