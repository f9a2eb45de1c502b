import Foundation
import QuickAccess

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A ClearPass on this machine: the simulator's own program, ended with the test.
package final class Simulator: Sendable {
    package let https: String
    package let http: String
    package let caPem: String
    private let control: String
    private let process: Process

    package init() throws {
        let program = ProcessInfo.processInfo.environment["QUICKACCESS_SIMULATOR"]!
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--port", "0"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Trouble(what: "the simulator has ended") }
            line.append(more)
        }
        let addresses = try JSONDecoder().decode(Addresses.self, from: line)
        https = addresses.https
        http = addresses.http
        caPem = addresses.ca_pem
        control = addresses.control
    }

    deinit {
        // Not `terminate`: the child has inherited a signal mask in which SIGTERM waits for ever.
        kill(process.processIdentifier, SIGKILL)
    }

    /// Lets it do nothing more, as a machine that hangs.
    package func stop() {
        kill(process.processIdentifier, SIGSTOP)
    }

    /// Settings for the vendor's example client, which trust this server.
    package func settings(_ clientId: String = "QuickAccess", folder: URL? = nil) -> SessionSettings {
        SessionSettings(server: https, clientId: clientId, dataDir: folder?.path, rootsPem: caPem)
    }

    /// A session that keeps its tokens in memory.
    package func session(_ settings: SessionSettings? = nil) throws -> QuickAccessSession {
        try QuickAccessSession(settings ?? self.settings(), store: .inMemory())
    }

    /// The same, with the vendor's example person signed in.
    package func signedIn(_ settings: SessionSettings? = nil) async throws -> QuickAccessSession {
        let session = try session(settings)
        try await session.signIn(username: "qa", password: Secret("abc123"))
        return session
    }

    /// A counter; the inner ones of the token endpoint as `token_requests.refresh_token`.
    package func counter(_ name: String) async throws -> Int {
        var value = try await call("GET", "/counters")
        for part in name.split(separator: ".") {
            guard let inner = (value as? [String: Any])?[String(part)] else {
                throw Trouble(what: "there is no counter \(name)")
            }
            value = inner
        }
        guard let number = value as? NSNumber else { throw Trouble(what: "\(name) is no number") }
        return number.intValue
    }

    /// Waits until a counter is there.
    package func wait(for counter: String, atLeast: Int) async throws {
        try await call("GET", "/wait?counter=\(counter)&at_least=\(atLeast)&timeout_ms=30000")
    }

    package func untilAllConnectionsHaveEnded() async throws {
        let end = Date(timeIntervalSinceNow: 30)
        while Date() < end {
            let all = try await call("GET", "/connections") as? [[String: Any]] ?? []
            if !all.isEmpty, all.allSatisfy({ $0["open"] as? Bool == false }) { return }
        }
        throw Trouble(what: "a connection is still open")
    }

    /// Lets time pass for the server's tokens.
    package func pass(seconds: Int) async throws {
        try await call("POST", "/clock/advance", "{\"seconds\": \(seconds)}")
    }

    package func revokeAccessTokens() async throws {
        try await call("POST", "/tokens/revoke", "{\"all\": \"access\"}")
    }

    /// The requests that the server took, oldest first, without anything secret.
    package func requests() async throws -> [Seen] {
        let all = try await call("GET", "/requests") as? [[String: Any]] ?? []
        return all.map { seen in
            Seen(
                method: seen["method"] as? String ?? "",
                path: seen["path"] as? String ?? "",
                headers: seen["header_names"] as? [String] ?? [])
        }
    }

    /// Forgets what it has counted and seen.
    package func forget() async throws {
        try await call("DELETE", "/records")
    }

    package struct Seen {
        package let method, path: String
        package let headers: [String]

        package var carriesAToken: Bool { headers.contains("authorization") }
    }

    /// Places a fault for one request; both are JSON.
    @discardableResult
    package func fault(_ on: String, _ what: String) async throws -> Int {
        let body = "{\"on\": \(on), \"times\": 1, \"what\": \(what)}"
        let placed = try await call("POST", "/faults", body) as? [String: Any]
        guard let id = placed?["id"] as? NSNumber else { throw Trouble(what: "a fault without an id") }
        return id.intValue
    }

    /// Holds the next request of an operation at a moment, until it is released.
    package func hold(_ on: String, _ at: String) async throws -> Hold {
        Hold(server: self, id: try await fault("\"\(on)\"", "{\"hold\": {\"at\": \"\(at)\"}}"))
    }

    package struct Hold {
        package let server: Simulator
        package let id: Int

        /// Waits until a request is held here.
        package func reached() async throws {
            try await server.call("GET", "/faults/\(id)/reached?requests=1&timeout_ms=30000")
        }

        package func release() async throws {
            try await server.call("POST", "/faults/\(id)/release", "{}")
        }
    }

    @discardableResult
    package func call(_ method: String, _ path: String, _ body: String? = nil) async throws -> Any {
        var request = URLRequest(url: URL(string: control + path)!)
        request.httpMethod = method
        request.timeoutInterval = 60
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = body.map { Data($0.utf8) }
        let (data, answer) = try await URLSession.shared.data(for: request)
        let status = (answer as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw Trouble(what: "\(method) \(path): \(status) \(String(decoding: data, as: UTF8.self))")
        }
        return data.isEmpty ? [String: Any]() : try JSONSerialization.jsonObject(with: data)
    }

    private struct Addresses: Decodable {
        let https, http, control, ca_pem: String
    }
}

package struct Trouble: Error {
    package let what: String

    package init(what: String) {
        self.what = what
    }
}

extension QuickAccessSession {
    /// Waits for a state.
    @discardableResult
    package func until(_ isSo: (SessionState) -> Bool) async throws -> SessionState {
        for await state in states where isSo(state) { return state }
        throw Trouble(what: "the states have ended")
    }

    /// Waits until somebody is signed in.
    package func untilSignedIn() async throws {
        try await until { if case .signedIn = $0 { true } else { false } }
    }

    package var generation: UInt64? {
        if case .signedIn(let session) = state { return session.generation }
        return nil
    }
}

/// The error that a call has to end with.
package func refusal<T: Sendable>(_ call: @escaping @Sendable () async throws -> T) async throws -> QuickAccessError {
    do {
        _ = try await call()
    } catch let error as QuickAccessError {
        return error
    }
    throw Trouble(what: "the call did not fail")
}

/// A folder for one test, removed with it.
package final class Folder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}

/// A secret store in Swift, which outlives the folder of the data and can be in trouble.
package final class AppStore: SecretStore, @unchecked Sendable {
    package init() {}

    package enum Mood {
        case well, locked, odd
    }

    private let lock = NSLock()
    private var entries: [String: Data] = [:]
    private var now = Mood.well

    package var mood: Mood {
        get { lock.withLock { now } }
        set { lock.withLock { now = newValue } }
    }

    package var names: [String] { lock.withLock { entries.keys.sorted() } }

    package var contents: [Data] { lock.withLock { Array(entries.values) } }

    package func load(name: String) throws -> Data {
        try lock.withLock {
            try look()
            guard let bytes = entries[name] else { throw StoreError.NotFound }
            return bytes
        }
    }

    package func save(name: String, bytes: Data) throws {
        try lock.withLock {
            try look()
            entries[name] = bytes
        }
    }

    package func delete(name: String) throws {
        try lock.withLock {
            try look()
            entries[name] = nil
        }
    }

    private func look() throws {
        switch now {
        case .well: return
        case .locked: throw StoreError.Locked
        case .odd: throw Trouble(what: "nothing that a store may throw")
        }
    }
}

extension TokenStore {
    /// A store of the app's own that says how long it keeps things.
    package static func app(_ store: any SecretStore, _ persistence: Persistence = .device) -> TokenStore {
        .custom(store, claims: StoreClaims(persistence: persistence, processes: .one, maxRecord: nil))
    }
}
