import QuickAccessBinding

/// The accounts of an app, in its store and data folder. Opening one is opening a session with its id:
/// `settings.account = .this(id: account.id)`.
public final class Accounts: Sendable {
    private let accounts: QuickAccessBinding.Accounts

    /// Looks into the store and the data folder that the sessions of this app use.
    ///
    /// - Parameters:
    ///   - store: the same as the sessions'.
    ///   - dataDir: the same as in their settings; without one, the usual folder.
    /// - Throws: `store_unavailable` names the folder.
    public init(store: TokenStore, dataDir: String? = nil) throws(QuickAccessError) {
        let folder: String
        if let dataDir { folder = dataDir } else { folder = try DataFolder.usual() }
        accounts = try typed { try QuickAccessBinding.Accounts(store: store.store, dataDir: folder) }
    }

    /// All accounts, the oldest first.
    public func list() async throws(QuickAccessError) -> [Account] {
        let accounts = accounts
        return try await waiting { try await accounts.list() }
    }

    /// Makes an account the default one. Sessions that are open stay with theirs.
    public func setDefault(id: String) async throws(QuickAccessError) {
        let accounts = accounts
        try await waiting { try await accounts.setDefault(id: id) }
    }

    /// Removes an account and its session from this device; its tokens are not revoked on the server,
    /// which takes a sign-out before.
    ///
    /// - Throws: a code of the store when it refuses: the session is over all the same, the account
    ///   stays in the list, and this can be tried again.
    public func remove(id: String) async throws(QuickAccessError) {
        let accounts = accounts
        try await waiting { try await accounts.remove(id: id) }
    }
}
