import Foundation
import QuickAccessBinding

extension QuickAccessError {
    /// Why, whatever there is to do: the stable code, and a sentence for people with the next step.
    public var why: Why {
        switch self {
        case .SignIn(let why), .Retry(let why, _, _), .FixSetup(let why), .TrustServer(let why, _),
            .UnlockDevice(let why), .RepairStore(let why), .NotPermitted(let why),
            .FixRequest(let why), .Cancelled(let why), .ReportBug(let why):
            return why
        }
    }

    /// The stable code, such as `credentials_rejected`; `docs/errors.md` lists all.
    public var code: String { why.code }

    /// A sentence for people, with the next step.
    public var text: String { why.text }

    /// How many seconds to wait before trying again, where the server said so.
    public var retryAfter: TimeInterval? {
        if case .Retry(_, let after, _) = self { return after }
        return nil
    }

    /// Whether trying again later may help.
    public var isRetryable: Bool {
        if case .Retry = self { return true }
        return false
    }

    /// Whether the server may have carried the request out: then look before repeating one that must
    /// not happen twice.
    public var mayHaveActed: Bool {
        if case .Retry(_, _, let mayHaveActed) = self { return mayHaveActed }
        return false
    }

    /// Whether the sign-in screen is what helps.
    public var needsSignIn: Bool {
        if case .SignIn = self { return true }
        return false
    }

    /// The certificate to show, when the server could not prove who it is.
    public var certificate: UntrustedCertificate? {
        if case .TrustServer(_, let certificate) = self { return certificate }
        return nil
    }
}

extension QuickAccessError: LocalizedError {
    /// The sentence for people, so that `localizedDescription` says it too.
    public var errorDescription: String? { text }
}
