import Foundation
import QuickAccess

/// What the models need of the app around them.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
public struct Surroundings {
    /// Opens a session with a server.
    public var open: @Sendable (ServerChoice) async throws(QuickAccessError) -> any SessionCalls
    /// What is remembered between starts.
    public var preferences: Preferences
    /// The texts.
    public var words: Words
    /// The time.
    public var now: @Sendable () -> Date
    /// Asks the platform to let the app run on for a moment, should the person leave it; what comes back
    /// says that this is no longer needed.
    public var stayAwake: @MainActor (_ why: String) -> @MainActor () -> Void

    /// All of it; without the last two a time of the system's and a platform that needs no asking.
    public init(
        open: @escaping @Sendable (ServerChoice) async throws(QuickAccessError) -> any SessionCalls,
        preferences: Preferences,
        words: Words = Words(),
        now: @escaping @Sendable () -> Date = { Date() },
        stayAwake: @escaping @MainActor (String) -> @MainActor () -> Void = { _ in {} }
    ) {
        self.open = open
        self.preferences = preferences
        self.words = words
        self.now = now
        self.stayAwake = stayAwake
    }
}
