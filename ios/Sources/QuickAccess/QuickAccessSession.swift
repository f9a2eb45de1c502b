import Foundation
import QuickAccessBinding

/// A session with one ClearPass server, for one account. Make one for the whole app.
///
/// Every call throws ``QuickAccessError``, whose case says what to do and whose ``QuickAccessError/why``
/// says why. A task that is cancelled ends its own wait with `cancelled`: a refresh, a sign-out and an
/// approval go on and are done; a sign-in is cancelled with it, and the session before it goes on.
public final class QuickAccessSession: Sendable {
    let session: Session

    /// Opens a session; the store is read in the background at once.
    ///
    /// - Parameters:
    ///   - settings: the server, the API client, and what is to be different from the usual.
    ///   - store: where the tokens lie; ``TokenStore/inMemory()`` for "do not remember me". With one
    ///     that outlives the process and no `dataDir` in the settings, what is not secret lies in
    ///     `QuickAccess` in Application Support, on Linux under `$XDG_DATA_HOME`, out of backups.
    ///   - clientSecret: the secret of a confidential API client, kept in memory only.
    /// - Throws: `invalid_input` names the setting that can't be used; `store_unavailable` and
    ///   `store_locked` are about the data folder.
    public init(
        _ settings: SessionSettings,
        store: TokenStore,
        clientSecret: Secret? = nil
    ) throws(QuickAccessError) {
        var settings = settings
        if settings.dataDir == nil, store.outlivesProcess { settings.dataDir = try DataFolder.usual() }
        let secret = clientSecret?.borrow()
        defer { clientSecret?.giveBack() }
        session = try typed {
            try Session(settings: settings, store: store.store, clientSecret: secret)
        }
    }

    /// The id of the account that this session is bound to.
    public var account: String { session.account() }

    /// Where the session stands now.
    public var state: SessionState { session.state() }

    /// The present state at once, then each that follows; only the newest is kept for whoever is slow.
    /// The stream ends with the session, or when its reader goes away.
    public var states: AsyncStream<SessionState> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { stream in
            let observation = session.observe(observer: Observer(stream))
            stream.onTermination = { _ in observation.stop() }
        }
    }

    /// Tells the session what the platform tells the app.
    public func notify(_ event: PlatformEvent) {
        session.notify(event: event)
    }

    /// Looks at the server before a password is asked for, and warms the connections that follow: call
    /// it when the password field gets the focus, and every 3 s at most while somebody types.
    public func probe() async throws(QuickAccessError) -> ServerProbe {
        try await waiting { try await $0.probe() }
    }

    /// Signs a person in. The library keeps the password for this one request; the ``Secret`` is the
    /// caller's to wipe. A task that is cancelled cancels the sign-in.
    public func signIn(username: String, password: Secret) async throws(QuickAccessError) {
        let cancel = CancelHandle()
        try await waiting(onCancel: cancel.cancel) {
            defer { password.giveBack() }
            try await $0.signIn(username: username, password: password.borrow(), cancel: cancel)
        }
    }

    /// Signs the app itself in with its client secret (`client_credentials`).
    public func signInClient() async throws(QuickAccessError) {
        let cancel = CancelHandle()
        try await waiting(onCancel: cancel.cancel) { try await $0.signInClient(cancel: cancel) }
    }

    /// Cancels the sign-in that is under way, if there is one: it ends with `cancelled`.
    public func cancelSignIn() {
        session.cancelSignIn()
    }

    /// Signs out: the session is gone from this device at once, even offline and when the store
    /// refuses. It is done even if the task is cancelled.
    @discardableResult
    public func signOut() async throws(QuickAccessError) -> SignOutReport {
        try await waiting { try await $0.signOut() }
    }

    /// The text of an access token that is good for the next request: for the `Authorization: Bearer`
    /// header of a request to this server and to no other. Ask each time, and do not keep it.
    public func accessToken() async throws(QuickAccessError) -> String {
        try await waiting { try await $0.accessToken() }
    }

    /// A token that is good for what the caller needs. Unless that is strict, the token may be shorter
    /// than was asked for, and says so.
    public func accessToken(for need: TokenNeed) async throws(QuickAccessError) -> AccessToken {
        try await waiting { try await $0.accessTokenWith(need: need) }
    }

    /// Extends the session now. It is done even if the task is cancelled.
    public func refresh() async throws(QuickAccessError) {
        try await waiting { try await $0.refresh() }
    }

    /// Who is signed in.
    public func whoami() async throws(QuickAccessError) -> Identity {
        try await waiting { try await $0.whoami() }
    }

    /// What the person may do, in the server's order.
    public func privileges() async throws(QuickAccessError) -> [Privilege] {
        try await waiting { try await $0.privileges() }
    }

    /// Which ClearPass this is.
    public func serverVersion() async throws(QuickAccessError) -> ServerVersion {
        try await waiting { try await $0.serverVersion() }
    }

    /// What happened to the session, oldest first, at most 200 entries, without a secret.
    public func history() async throws(QuickAccessError) -> [HistoryEntry] {
        try await waiting { try await $0.history() }
    }

    /// Trusts a certificate that an error or a report of this session showed, after the person has
    /// compared its fingerprint.
    public func approve(_ certificate: UntrustedCertificate) async throws(QuickAccessError) {
        try await waiting { try await $0.approve(certificate: certificate) }
    }

    /// Trusts a certificate that replaces one that was trusted before: a step of its own, since this
    /// is what an attack looks like.
    public func approveChanged(_ certificate: UntrustedCertificate) async throws(QuickAccessError) {
        try await waiting { try await $0.approveChanged(certificate: certificate) }
    }

    /// Makes the account of this session the default one.
    public func makeDefault() async throws(QuickAccessError) {
        try await waiting { try await $0.makeDefault() }
    }

    /// A good token for a request that another HTTP client is about to send; none when that is not to
    /// the configured server.
    public func token(for url: URL) async throws(QuickAccessError) -> AccessToken? {
        let url = url.absoluteString
        return try await waiting { try await $0.tokenFor(url: url) }
    }

    /// Judges the answer to a request that carried a token: hand it on, or send the request once more.
    public func judge(
        _ token: AccessToken,
        _ answer: ClientAnswer
    ) async throws(QuickAccessError) -> AnswerVerdict {
        try await waiting { try await $0.judge(token: token, answer: answer) }
    }

    func waiting<T: Sendable>(
        onCancel: @escaping @Sendable () -> Void = {},
        _ call: @escaping @Sendable (Session) async throws -> T
    ) async throws(QuickAccessError) -> T {
        let session = session
        return try await QuickAccess.waiting(onCancel: onCancel) { try await call(session) }
    }
}

/// Hands states on to a stream.
private final class Observer: StateObserver {
    private let stream: AsyncStream<SessionState>.Continuation

    init(_ stream: AsyncStream<SessionState>.Continuation) {
        self.stream = stream
    }

    /// The library lets go of its observers with the session.
    deinit {
        stream.finish()
    }

    func stateChanged(state: SessionState) {
        stream.yield(state)
    }
}
