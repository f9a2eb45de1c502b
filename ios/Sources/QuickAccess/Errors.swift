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

    /// The certificate to show, when the server could not prove who it is.
    public var certificate: UntrustedCertificate? {
        if case .TrustServer(_, let certificate) = self { return certificate }
        return nil
    }
}
