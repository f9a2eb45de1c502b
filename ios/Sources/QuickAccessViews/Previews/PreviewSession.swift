#if DEBUG
import Foundation
import QuickAccess
import QuickAccessUI

/// A session that stands still: each call gives what it was made with, or never comes back.
@available(iOS 17.0, macOS 14.0, *)
final class PreviewSession: SessionCalls {
    /// What a call comes to; nothing for one that goes on for ever.
    typealias Outcome<Value: Sendable> = Result<Value, QuickAccessError>?

    let state: SessionState
    let account = "preview"
    let probed: Outcome<ServerProbe>
    let signedIn: Outcome<Bool>
    let told: Outcome<Bool>
    let found: Outcome<Bool>

    init(
        _ state: SessionState = .signedOut(cause: .neverSignedIn, pendingErase: false),
        probed: Outcome<ServerProbe> = .success(ServerProbe(took: 0.1, clockAhead: nil, certificate: nil)),
        signedIn: Outcome<Bool> = .success(true),
        told: Outcome<Bool> = .success(true),
        found: Outcome<Bool> = .success(true)
    ) {
        self.state = state
        self.probed = probed
        self.signedIn = signedIn
        self.told = told
        self.found = found
    }

    var states: AsyncStream<SessionState> {
        AsyncStream { $0.yield(state) }
    }

    func notify(_ event: PlatformEvent) {}
    func cancelSignIn() {}
    func refresh() async throws(QuickAccessError) {}
    func approve(_ certificate: UntrustedCertificate) async throws(QuickAccessError) {}
    func approveChanged(_ certificate: UntrustedCertificate) async throws(QuickAccessError) {}

    func signOut() async throws(QuickAccessError) -> SignOutReport {
        SignOutReport(erased: true, revocation: .revoked)
    }

    func probe() async throws(QuickAccessError) -> ServerProbe { try await outcome(probed) }

    func signIn(username: String, password: Secret) async throws(QuickAccessError) { _ = try await outcome(signedIn) }

    func whoami() async throws(QuickAccessError) -> Identity {
        _ = try await outcome(told)
        return Identity(name: "Ada Lovelace", profile: "Help Desk", members: [])
    }

    func serverVersion() async throws(QuickAccessError) -> ServerVersion {
        ServerVersion(version: "6.12.7", members: [])
    }

    func privileges() async throws(QuickAccessError) -> [Privilege] { Sample.privileges }

    func history() async throws(QuickAccessError) -> [HistoryEntry] {
        state == .signedOut(cause: .neverSignedIn, pendingErase: false) ? [] : Sample.history
    }

    func endpoint(mac: String) async throws(QuickAccessError) -> Endpoint {
        _ = try await outcome(found)
        return Sample.endpoint
    }

    func guest(name: String) async throws(QuickAccessError) -> Guest {
        throw Sample.error("not_found")
    }

    func activeSessions(ofUser username: String?) async throws(QuickAccessError) -> [NetworkSession] { [] }

    func examine(
        username: String, password: Secret?, progress: (@Sendable (DoctorProgress) -> Void)?
    ) async throws(QuickAccessError) -> DoctorReport {
        Sample.report
    }

    private func outcome<Value: Sendable>(_ outcome: Outcome<Value>) async throws(QuickAccessError) -> Value {
        guard let outcome else {
            // Until its task is cancelled.
            for await _ in AsyncStream.makeStream(of: Never.self).stream {}
            throw Sample.error("cancelled")
        }
        return try outcome.get()
    }
}

/// What previews show.
@available(iOS 17.0, macOS 14.0, *)
enum Sample {
    /// Noon of a winter's day.
    static let now = Date(timeIntervalSince1970: 1_800_014_400)
    static let server = ServerChoice(address: "clearpass.example.com", clientId: "QuickAccess")

    static func error(_ code: String, _ text: String = "") -> QuickAccessError {
        let why = Why(code: code, text: text, status: nil, fields: [])
        return switch code {
        case "credentials_rejected": .SignIn(why: why)
        case "offline": .Retry(why: why, after: nil, mayHaveActed: false)
        case "not_permitted": .NotPermitted(why: why)
        case "not_found", "invalid_input": .FixRequest(why: why)
        case "cancelled": .Cancelled(why: why)
        default: .FixSetup(why: why)
        }
    }

    static func untrusted(isChange: Bool) -> QuickAccessError {
        let problem = CertificateProblem(
            name: isChange ? "changed" : "unknown_issuer", meaning: "", canBeApproved: true)
        let certificate = UntrustedCertificate(
            host: "clearpass.example.com", port: 443, problems: [problem], presented: certificate("AB:CD:EF:01"),
            previous: isChange ? certificate("12:34:56:78") : nil, canBeApproved: true, isChange: isChange)
        let code = isChange ? "certificate_changed" : "certificate_unknown"
        return .TrustServer(why: Why(code: code, text: "", status: nil, fields: []), certificate: certificate)
    }

    static func certificate(_ fingerprint: String) -> Certificate {
        Certificate(
            fingerprint: fingerprint, subject: "CN=clearpass.example.com", issuer: "CN=clearpass.example.com",
            names: ["clearpass.example.com"], notBefore: now - 86_400 * 30, notAfter: now + 86_400 * 335,
            validity: "", pin: "")
    }

    static func session(
        _ refresh: RefreshState = .ready, left: TimeInterval = 28_798, stays: Stays = .whileUsed
    ) -> SessionState {
        .signedIn(
            session: SignedIn(
                username: "ada", generation: 1, expiresAt: now + left, refresh: refresh, saved: true, stays: stays,
                persistence: .device))
    }

    static let privileges = [
        privilege("guest_users", "Guest accounts", .full), privilege("cppm_endpoints", "Endpoints", .read),
        privilege("guest_sessions_history", "Guest sessions", .read), privilege("platform", "Servers", .allowed),
    ]

    static func privilege(_ name: String, _ words: String, _ level: PrivilegeLevel) -> Privilege {
        Privilege(
            name: name, displayName: words, level: level, levelInWords: "", mayRead: level != .allowed,
            mayWrite: level == .full, mayDelete: level == .full)
    }

    static let history = [
        HistoryEntry(at: now - 30_000, kind: "signed_in", code: nil, text: ""),
        HistoryEntry(at: now - 600, kind: "refresh_ended", code: "refresh_unfinished", text: ""),
        HistoryEntry(at: now, kind: "signed_out", code: "refresh_unfinished", text: ""),
    ]

    static let endpoint = Endpoint(
        id: 7, macAddress: "00005e005301", mac: "00:00:5e:00:53:01", status: .known, description: "Printer, 2nd floor",
        randomizedMac: false, addedAt: nil, updatedAt: nil, attributes: [],
        profile: [Member(name: "Category", value: "Printer")], other: [])

    static let report = DoctorReport(
        verdict: .broken, summary: "", madeAt: now, serverVersion: "6.12.7",
        checks: [
            check("reachable", .passed), check("client", .failed), check("grant", .notReached),
        ],
        certificate: nil, cleanUp: "", asText: "The report.", asJson: "{}")

    static func check(_ step: String, _ status: CheckStatus) -> DoctorCheck {
        let isBroken = status == .failed
        return DoctorCheck(
            step: step, title: step, status: status, saw: isBroken ? "ClearPass says invalid_client." : "",
            mend: isBroken ? "Enable the API client." : "",
            menus: isBroken ? ["Guest: Administration > API Services > API Clients"] : [], guideSteps: [1],
            code: isBroken ? "client_unknown" : nil, took: 0.1)
    }
}
#endif
