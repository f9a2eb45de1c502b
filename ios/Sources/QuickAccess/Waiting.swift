import Foundation

/// Waits for a call in a way that its task can be cancelled: the caller hears `cancelled` at once, while
/// the call goes on and is done. (The generated code pays no heed to a task that is cancelled.)
func waiting<T: Sendable>(
    onCancel: @escaping @Sendable () -> Void = {},
    _ call: @escaping @Sendable () async throws -> T
) async throws(QuickAccessError) -> T {
    let waiter = Waiter<T>()
    let outcome = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            waiter.wait(continuation)
            Task.detached {
                do {
                    waiter.end(.success(try await call()))
                } catch {
                    waiter.end(.failure(typed(error)))
                }
            }
        }
    } onCancel: {
        onCancel()
        waiter.end(.failure(.cancelled))
    }
    return try outcome.get()
}

/// Gives one outcome, the first, to whoever waits.
private final class Waiter<T: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Result<T, QuickAccessError>, Never>?
    private var outcome: Result<T, QuickAccessError>?

    func wait(_ continuation: CheckedContinuation<Result<T, QuickAccessError>, Never>) {
        let outcome: Result<T, QuickAccessError>? = lock.withLock {
            if self.outcome == nil { self.continuation = continuation }
            return self.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    func end(_ outcome: Result<T, QuickAccessError>) {
        let continuation = lock.withLock {
            if self.outcome == nil { self.outcome = outcome }
            defer { self.continuation = nil }
            return self.continuation
        }
        continuation?.resume(returning: outcome)
    }
}

/// Runs a call of the generated code, which throws without a type.
func typed<T>(_ call: () throws -> T) throws(QuickAccessError) -> T {
    do {
        return try call()
    } catch {
        throw typed(error)
    }
}

/// The library's own error. Anything else is a fault of the library itself.
func typed(_ error: any Swift.Error) -> QuickAccessError {
    if let known = error as? QuickAccessError { return known }
    return .ReportBug(why: Why(code: "internal", text: "\(error)", status: nil, fields: []))
}

extension QuickAccessError {
    static let cancelled = QuickAccessError.Cancelled(
        why: Why(code: "cancelled", text: "It was cancelled.", status: nil, fields: [])
    )
}
