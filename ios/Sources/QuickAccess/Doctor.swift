import QuickAccessBinding

/// How far the doctor is.
public enum DoctorProgress: Sendable {
    /// This is being checked now: the stable name of the step, and the same for people.
    case began(step: String, title: String)
    /// This was checked. Each step ends once, in their order.
    case ended(DoctorCheck)
}

extension QuickAccessSession {
    /// Finds out why people can't sign in, step by step, beside the session, which goes on untouched.
    /// Without a password it checks what needs none; with one it signs in once and extends that session
    /// once or twice. A task that is cancelled ends it.
    ///
    /// - Parameter progress: is told of each step as it begins and ends, on a thread of its own, all of
    ///   them before the report comes.
    public func examine(
        username: String,
        password: Secret? = nil,
        progress: (@Sendable (DoctorProgress) -> Void)? = nil
    ) async throws(QuickAccessError) -> DoctorReport {
        let cancel = CancelHandle()
        return try await waiting(onCancel: cancel.cancel) {
            defer { password?.giveBack() }
            return try await $0.examine(
                username: username, password: password?.borrow(), observer: progress.map(Told.init),
                cancel: cancel)
        }
    }
}

/// Hands on what the doctor tells.
private final class Told: DoctorObserver {
    private let progress: @Sendable (DoctorProgress) -> Void

    init(_ progress: @escaping @Sendable (DoctorProgress) -> Void) {
        self.progress = progress
    }

    func began(step: String, title: String) {
        progress(.began(step: step, title: title))
    }

    func ended(check: DoctorCheck) {
        progress(.ended(check))
    }
}
