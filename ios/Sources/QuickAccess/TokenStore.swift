import QuickAccessBinding

/// Where tokens are kept. The sessions and the list of accounts of an app share one.
public struct TokenStore: Sendable {
    let store: QuickAccessBinding.TokenStore
    let outlivesProcess: Bool

    /// In memory, until it is let go: for "do not remember me", and for tests.
    public static func inMemory() -> Self {
        Self(store: .inMemory(), outlivesProcess: false)
    }

    /// The platform's own: the Keychain on Apple's systems, for this device alone and never in a
    /// backup. It may block for a moment.
    ///
    /// - Parameter service: names the app in the store.
    /// - Throws: `store_unavailable` says what is missing.
    public static func ofThisDevice(service: String) throws(QuickAccessError) -> Self {
        let store = try typed { try QuickAccessBinding.TokenStore.ofThisDevice(service: service) }
        return Self(store: store, outlivesProcess: true)
    }

    /// One that the app brings. It must not log what it is given to keep.
    ///
    /// Where its entries outlive the app's removal, no session of a former installation is picked up:
    /// their names are random and lie in the data folder, which goes with the app. Approved certificates
    /// lie under names of their servers, which begin with `trust-`; have the first start clear these.
    /// ``ofThisDevice(service:)`` clears all by itself.
    public static func custom(_ store: any SecretStore, claims: StoreClaims) -> Self {
        let outlives = claims.persistence != .process
        return Self(store: .custom(store: store, claims: claims), outlivesProcess: outlives)
    }
}
