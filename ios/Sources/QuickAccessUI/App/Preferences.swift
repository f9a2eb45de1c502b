import Foundation

/// Which server and which API client: what the server screen asks for.
@available(iOS 17.0, macOS 14.0, *)
public struct ServerChoice: Codable, Equatable, Sendable {
    /// The address as it was typed, a host name or a URL.
    public var address: String
    /// The id of the API client.
    public var clientId: String

    /// A choice of both.
    public init(address: String = "", clientId: String = "") {
        self.address = address
        self.clientId = clientId
    }

    /// The address as the library takes it: people type a name, and mean https.
    public var url: String {
        let typed = address.trimmingCharacters(in: .whitespacesAndNewlines)
        return typed.contains("://") ? typed : "https://\(typed)"
    }

    /// What people call the server: its address without the scheme.
    public var name: String {
        let typed = address.trimmingCharacters(in: .whitespacesAndNewlines)
        return typed.hasPrefix("https://") ? String(typed.dropFirst("https://".count)) : typed
    }

    /// Whether both are there.
    public var isComplete: Bool {
        ![address, clientId].contains { $0.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty }
    }

    /// The choice in a link `quickaccess://connect?server=…&client_id=…`, which a QR code can hold too.
    /// It can name a server and nothing else: no name, no password, nothing to trust.
    public init?(link: URL) {
        guard link.scheme?.lowercased() == "quickaccess", link.host?.lowercased() == "connect",
            let items = URLComponents(url: link, resolvingAgainstBaseURL: false)?.queryItems
        else { return nil }
        func value(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }
        self.init(address: value("server"), clientId: value("client_id"))
        if address.isEmpty { return nil }
    }

    /// The choice that an administrator has made for a managed device: `server` and `client_id` in the
    /// app's configuration.
    public init?(managed: [String: Any]?) {
        guard let server = managed?["server"] as? String, !server.isEmpty else { return nil }
        self.init(address: server, clientId: managed?["client_id"] as? String ?? "")
    }
}

/// What the app remembers between starts: nothing secret.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
public struct Preferences {
    /// Where iOS puts what an administrator has configured.
    static let managedKey = "com.apple.configuration.managed"
    private static let serverKey = "server"
    private static let lastKnownKey = "lastKnown"

    private let defaults: UserDefaults

    /// The preferences in these defaults.
    public init(_ defaults: UserDefaults) {
        self.defaults = defaults
    }

    /// The server that was connected to last.
    public var server: ServerChoice? {
        get { read(Self.serverKey) }
        nonmutating set { write(newValue, Self.serverKey) }
    }

    /// The server that the administrator has chosen.
    public var managedServer: ServerChoice? {
        ServerChoice(managed: defaults.dictionary(forKey: Self.managedKey))
    }

    /// What the server last said of the person, to be shown while it cannot be asked.
    public var lastKnown: LastKnown? {
        get { read(Self.lastKnownKey) }
        nonmutating set { write(newValue, Self.lastKnownKey) }
    }

    /// Forgets all of it.
    public func forgetAll() {
        server = nil
        lastKnown = nil
    }

    private func read<Value: Decodable>(_ key: String) -> Value? {
        defaults.data(forKey: key).flatMap { try? JSONDecoder().decode(Value.self, from: $0) }
    }

    private func write<Value: Encodable>(_ value: Value?, _ key: String) {
        guard let value, let data = try? JSONEncoder().encode(value) else {
            return defaults.removeObject(forKey: key)
        }
        defaults.set(data, forKey: key)
    }
}
