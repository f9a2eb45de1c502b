import QuickAccessUI
import SwiftUI

/// A certificate to compare before anything secret is sent: sections of a form.
@available(iOS 17.0, macOS 14.0, *)
struct CertificateView: View {
    @Bindable var model: CertificateModel

    var body: some View {
        Section {
            ForEach(model.problems, id: \.self) { problem in
                Label(problem, systemImage: "exclamationmark.shield")
                    .foregroundStyle(.red)
            }
            ForEach(model.facts) { fact in
                VStack(alignment: .leading) {
                    Text(fact.label)
                        .font(.caption)
                        .foregroundStyle(.secondary)
                    Text(fact.value)
                        .font(.body.monospaced())
                        .textSelection(.enabled)
                }
                .accessibilityElement(children: .combine)
            }
            if let previous = model.previousFingerprint {
                FactView(fact: previous)
            }
        } header: {
            Text(model.title)
                .accessibilityAddTraits(.isHeader)
        } footer: {
            Text(model.advice)
        }
        if model.canBeApproved {
            Section {
                if model.asksConfirmation {
                    Toggle(model.confirmation, isOn: $model.isConfirmed)
                }
                Button(model.approveTitle) {
                    Task { await model.approve() }
                }
                .disabled(!model.canApprove)
                .accessibilityIdentifier("approve")
            }
        }
    }
}
