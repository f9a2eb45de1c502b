import Foundation
import QuickAccess

/// An error as a screen shows it: words of the person's language by its code, and what only the server or
/// the library can say.
@available(iOS 17.0, macOS 14.0, *)
public struct Problem: Equatable, Sendable {
    /// The stable code.
    public let code: String
    /// What happened, and what helps.
    public let text: String
    /// The reason that was given, in the words of whoever gave it.
    public let detail: String?
    /// Whether another try may help.
    public let isRetryable: Bool

    /// Errors whose reason is more than their code.
    private static let withReason: Set = [
        "server_refused", "redirected", "invalid_input", "validation_failed", "action_failed", "internal",
    ]

    init(_ error: QuickAccessError, _ words: Words) {
        code = error.code
        text = words.error(error.code)
        isRetryable = error.isRetryable
        detail = Self.withReason.contains(error.code) || !words.knows(error: error.code) ? error.text : nil
    }

    /// A code alone, as a state carries it.
    init(code: String, isRetryable: Bool, _ words: Words) {
        self.code = code
        self.isRetryable = isRetryable
        text = words.error(code)
        detail = nil
    }

    /// Both parts, as a screen reader says them.
    public var spoken: String {
        [text, detail].compactMap { $0 }.joined(separator: " ")
    }
}

/// A name and a value.
@available(iOS 17.0, macOS 14.0, *)
public struct Fact: Equatable, Identifiable, Sendable {
    /// What it is.
    public let label: String
    /// What it says.
    public let value: String

    /// The label: a list names nothing twice.
    public var id: String { label }

    init(_ label: String, _ value: String) {
        self.label = label
        self.value = value
    }

    /// Nothing where there is no value.
    init?(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return nil }
        self.init(label, value)
    }
}
