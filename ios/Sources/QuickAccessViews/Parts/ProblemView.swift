import QuickAccessUI
import SwiftUI

/// What went wrong, told by a sign and by words, not by colour alone; a screen reader says it in one go.
@available(iOS 17.0, macOS 14.0, *)
struct ProblemView: View {
    let problem: Problem

    var body: some View {
        Label {
            VStack(alignment: .leading) {
                Text(problem.text)
                if let detail = problem.detail {
                    Text(detail)
                        .font(.footnote)
                        .foregroundStyle(.secondary)
                }
            }
        } icon: {
            Image(systemName: "exclamationmark.triangle.fill")
        }
        .foregroundStyle(.red)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(problem.spoken)
        .accessibilityIdentifier("problem.\(problem.code)")
    }
}

/// Something to know that is no error.
@available(iOS 17.0, macOS 14.0, *)
struct NoteView: View {
    let text: String
    var systemImage = "info.circle"

    var body: some View {
        Label(text, systemImage: systemImage)
            .font(.subheadline)
            .foregroundStyle(.secondary)
    }
}

/// A name and a value, which can be copied.
@available(iOS 17.0, macOS 14.0, *)
struct FactView: View {
    let fact: Fact

    var body: some View {
        LabeledContent(fact.label, value: fact.value)
            .textSelection(.enabled)
    }
}
