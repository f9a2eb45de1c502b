import Foundation
import Observation
import QuickAccess
import QuickAccessUI

/// The app without its views, on a simulator over TLS.
@MainActor
final class Harness {
    let server: Simulator
    let app: AppModel
    let preferences: Preferences
    /// What was held in the foreground's absence, and let go.
    private(set) var held: [String] = []
    private(set) var letGo = 0
    private let suite: String
    /// Whether the preferences go with it.
    private let ownsPreferences: Bool
    private let defaults: UserDefaults

    /// - Parameters:
    ///   - trusts: whether the simulator's authority is known to the device.
    ///   - store: where the tokens lie; a store and a folder that are given outlive the app.
    init(
        _ server: Simulator,
        trusts: Bool = true,
        store: TokenStore = .inMemory(),
        folder: Folder? = nil,
        choice: ServerChoice? = nil,
        managed: [String: Any]? = nil,
        suite: String? = nil,
        language: String = "en",
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.server = server
        // A program of its own decides this; the one that runs tests leaves it at ending the process.
        signal(SIGPIPE, SIG_IGN)
        ownsPreferences = suite == nil
        let suite = suite ?? UUID().uuidString
        self.suite = suite
        guard let defaults = UserDefaults(suiteName: suite) else { throw Trouble(what: "no preferences") }
        self.defaults = defaults
        preferences = Preferences(defaults)
        if let choice { preferences.server = choice }
        if let managed { defaults.set(managed, forKey: "com.apple.configuration.managed") }
        let (roots, path) = (trusts ? server.caPem : nil, folder?.url.path)
        let keeper = Keeper()
        app = AppModel(
            Surroundings(
                open: { (choice) async throws(QuickAccessError) in
                    let settings = SessionSettings(
                        server: choice.url, clientId: choice.clientId, dataDir: path, rootsPem: roots)
                    return try QuickAccessSession(settings, store: store)
                },
                preferences: preferences,
                words: Words(language: language, timeZone: .gmt),
                now: now,
                stayAwake: { why in
                    keeper.harness?.held.append(why)
                    return { keeper.harness?.letGo += 1 }
                }))
        keeper.harness = self
    }

    deinit {
        if ownsPreferences { UserDefaults.standard.removePersistentDomain(forName: suite) }
    }

    /// The choice of this server.
    func choice(_ clientId: String = "QuickAccess") -> ServerChoice {
        ServerChoice(address: server.https, clientId: clientId)
    }

    /// Goes to the sign-in screen.
    func connect(_ clientId: String = "QuickAccess") async throws -> SignInModel {
        await app.start()
        app.server.address = server.https
        app.server.clientId = clientId
        await app.server.connect()
        guard let signIn = app.signIn else { throw Trouble(what: "not connected: \(app.server.finding)") }
        await until { self.app.screen == .signIn }
        return signIn
    }

    /// Signs in, and waits until the person is known.
    @discardableResult
    func signIn(_ username: String = "qa", client: String = "QuickAccess") async throws -> HomeModel {
        let signIn = try await connect(client)
        signIn.username = username
        signIn.password = "abc123"
        await signIn.signIn()
        if let problem = signIn.problem { throw Trouble(what: problem.code) }
        await until { self.app.home != nil }
        guard let home = app.home else { throw Trouble(what: "not signed in") }
        await home.load()
        return home
    }
}

@MainActor
private final class Keeper {
    weak var harness: Harness?
}

/// Waits until something that is observed is so.
@MainActor
func until(_ isSo: @escaping @MainActor () -> Bool) async {
    while true {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        let now = withObservationTracking(isSo) { changed.finish() }
        if now || Task.isCancelled { return }
        for await _ in changes {}
        // It is told before the change; what makes it has this actor until then.
        await Task.yield()
    }
}

extension Simulator {
    /// Cuts every request before it arrives, until ``reachable()``.
    func unreachable() async throws {
        try await call("POST", "/faults", "{\"on\": \"any\", \"times\": 100000, \"what\": \"drop_before\"}")
    }

    func reachable() async throws {
        try await call("DELETE", "/faults")
    }

    /// Shows another certificate, which nobody has signed but itself.
    func changeCertificate() async throws {
        try await call("PUT", "/certificate", "{\"signed_by\": \"itself\"}")
        try await call("POST", "/connections/cut")
    }

    /// A call of the control API whose answer is of no interest.
    func tell(_ method: String, _ path: String, _ body: String) async throws {
        try await call(method, path, body)
    }

    func macOfAnEndpoint() async throws -> String {
        let answer = try await call("GET", "/rows/endpoints?limit=1") as? [String: Any]
        guard let rows = answer?["rows"] as? [[String: Any]], let mac = rows.first?["mac_address"] as? String
        else { throw Trouble(what: "no endpoint") }
        return mac
    }
}
