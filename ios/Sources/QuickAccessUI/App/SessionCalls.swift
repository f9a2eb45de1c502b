import Foundation
import QuickAccess

/// What the screens ask of a session: the calls of ``QuickAccessSession`` that they make, and no more. The
/// app gives them a real one; previews give them one that stands still in a state.
@available(iOS 17.0, macOS 14.0, *)
public protocol SessionCalls: Sendable {
    /// The present state at once, then each that follows.
    var states: AsyncStream<SessionState> { get }
    /// Where the session stands now.
    var state: SessionState { get }
    /// The id of the account.
    var account: String { get }

    /// Tells what the platform told the app.
    func notify(_ event: PlatformEvent)
    /// Looks at the server and warms the connections.
    func probe() async throws(QuickAccessError) -> ServerProbe
    /// Signs a person in.
    func signIn(username: String, password: Secret) async throws(QuickAccessError)
    /// Cancels the sign-in under way.
    func cancelSignIn()
    /// Signs out.
    func signOut() async throws(QuickAccessError) -> SignOutReport
    /// Extends the session now.
    func refresh() async throws(QuickAccessError)
    /// Who is signed in.
    func whoami() async throws(QuickAccessError) -> Identity
    /// What the person may do.
    func privileges() async throws(QuickAccessError) -> [Privilege]
    /// Which ClearPass this is.
    func serverVersion() async throws(QuickAccessError) -> ServerVersion
    /// What happened, oldest first.
    func history() async throws(QuickAccessError) -> [HistoryEntry]
    /// Trusts a certificate.
    func approve(_ certificate: UntrustedCertificate) async throws(QuickAccessError)
    /// Trusts a certificate in the place of another.
    func approveChanged(_ certificate: UntrustedCertificate) async throws(QuickAccessError)
    /// An endpoint by its MAC address.
    func endpoint(mac: String) async throws(QuickAccessError) -> Endpoint
    /// A guest by name.
    func guest(name: String) async throws(QuickAccessError) -> Guest
    /// The sessions on the network that go on, as many as a page holds; of one user where one is named.
    func activeSessions(ofUser username: String?) async throws(QuickAccessError) -> [NetworkSession]
    /// Finds out why people can't sign in.
    func examine(
        username: String, password: Secret?, progress: (@Sendable (DoctorProgress) -> Void)?
    ) async throws(QuickAccessError) -> DoctorReport
}

@available(iOS 17.0, macOS 14.0, *)
extension QuickAccessSession: SessionCalls {
    /// An endpoint by its MAC address.
    public func endpoint(mac: String) async throws(QuickAccessError) -> Endpoint {
        try await endpoints.byMac(mac)
    }

    /// A guest by name.
    public func guest(name: String) async throws(QuickAccessError) -> Guest {
        try await guests.byName(name)
    }

    /// The first page of the sessions on the network that go on.
    public func activeSessions(ofUser username: String?) async throws(QuickAccessError) -> [NetworkSession] {
        let rows = if let username { try networkSessions.active(ofUser: username) } else { networkSessions.active() }
        return try await rows.nextPage() ?? []
    }
}
