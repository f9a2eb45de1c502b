import Foundation
import Observation
import QuickAccess

/// A certificate that a person has to compare before anything secret is sent to its server.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class CertificateModel {
    /// The certificate, with all that is wrong with it.
    public let certificate: UntrustedCertificate
    /// Why it is shown.
    public let problem: Problem
    /// For a certificate in the place of another: that the administrator has confirmed it.
    public var isConfirmed = false

    private let words: Words
    private let approved: @MainActor (UntrustedCertificate) async -> Void

    init(
        _ certificate: UntrustedCertificate,
        _ problem: Problem,
        _ words: Words,
        approved: @escaping @MainActor (UntrustedCertificate) async -> Void
    ) {
        self.certificate = certificate
        self.problem = problem
        self.words = words
        self.approved = approved
    }

    /// What this is.
    public var title: String {
        words(isChange ? .certificateChangedTitle : .certificateTitle)
    }

    /// What to do.
    public var advice: String {
        if !certificate.canBeApproved { return words(.certificateRefusedAdvice) }
        return words(isChange ? .certificateChangedAdvice : .certificateAdvice)
    }

    /// Everything that is wrong with it, the gravest first.
    public var problems: [String] {
        certificate.problems.map { words.named("certificate.problem.\($0.name)") ?? $0.meaning }
    }

    /// What to compare, the fingerprint first.
    public var facts: [Fact] {
        let shown = certificate.presented
        return [
            Fact(words(.certificateFingerprint), shown.fingerprint),
            Fact(words(.certificateServer), "\(certificate.host):\(certificate.port)"),
            Fact(words(.certificateSubject), shown.subject),
            Fact(words(.certificateIssuer), shown.issuer),
            Fact(words(.certificateNames), shown.names.joined(separator: ", ")),
            Fact(words(.certificateValidity), "\(words.day(shown.notBefore)) – \(words.day(shown.notAfter))"),
        ].filter { !$0.value.isEmpty }
    }

    /// The fingerprint that was trusted before, if it is another and still known.
    public var previousFingerprint: Fact? {
        Fact(words(.certificatePrevious), certificate.previous?.fingerprint)
    }

    /// Whether it replaces one that was trusted.
    public var isChange: Bool { certificate.isChange }

    /// Whether the step of its own is asked for: what an attack looks like is not let pass by one tap.
    public var asksConfirmation: Bool { isChange && certificate.canBeApproved }

    /// What the confirmation says.
    public var confirmation: String { words(.certificateChangedConfirm) }

    /// Whether it can be approved at all.
    public var canBeApproved: Bool { certificate.canBeApproved }

    /// Whether it can be approved now.
    public var canApprove: Bool { certificate.canBeApproved && (!isChange || isConfirmed) }

    /// What the button says.
    public var approveTitle: String {
        words(isChange ? .certificateChangedApprove : .certificateApprove)
    }

    /// The person has compared it.
    public func approve() async {
        guard canApprove else { return }
        await approved(certificate)
    }
}

/// Trusts a certificate by the call that it takes.
@available(iOS 17.0, macOS 14.0, *)
func trust(_ certificate: UntrustedCertificate, with session: any SessionCalls) async throws(QuickAccessError) {
    if certificate.isChange {
        try await session.approveChanged(certificate)
    } else {
        try await session.approve(certificate)
    }
}
