import Foundation
import QuickAccess

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A ClearPass on this machine: the simulator's own program, ended with the test.
final class Simulator {
    let https: String
    let http: String
    let caPem: String
    private let control: String
    private let process = Process()

    init() throws {
        let program = ProcessInfo.processInfo.environment["QUICKACCESS_SIMULATOR"]!
        let output = Pipe()
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

    /// Settings for the vendor's example client, which trust this server.
    func settings() -> SessionSettings {
        SessionSettings(server: https, clientId: "QuickAccess", rootsPem: caPem)
    }

    /// A session that keeps its tokens in memory.
    func session(_ settings: SessionSettings? = nil) throws -> QuickAccess {
        try QuickAccess(settings ?? self.settings(), store: TokenStore.inMemory())
    }

    /// The same, with the vendor's example person signed in.
    func signedIn(_ settings: SessionSettings? = nil) async throws -> QuickAccess {
        let session = try session(settings)
        try await session.signIn(username: "qa", password: Data("abc123".utf8))
        return session
    }

    /// A counter; the inner ones of the token endpoint as `token_requests.refresh_token`.
    func counter(_ name: String) async throws -> Int {
        var value: Any = try await call("GET", "/counters")
        for part in name.split(separator: ".") {
            value = (value as? [String: Any])?[String(part)] ?? 0
        }
        return (value as? NSNumber)?.intValue ?? -1
    }

    /// Lets time pass for the server's tokens.
    func pass(seconds: Int) async throws {
        try await call("POST", "/clock/advance", "{\"seconds\": \(seconds)}")
    }

    func revokeAccessTokens() async throws {
        try await call("POST", "/tokens/revoke", "{\"all\": \"access\"}")
    }

    /// Places a fault for one request; both are JSON.
    @discardableResult
    func fault(_ on: String, _ what: String) async throws -> Int {
        let body = "{\"on\": \(on), \"times\": 1, \"what\": \(what)}"
        let placed = try await call("POST", "/faults", body) as? [String: Any]
        return (placed?["id"] as? NSNumber)?.intValue ?? -1
    }

    /// Holds the next request of an operation at a moment, until it is released.
    func hold(_ on: String, _ at: String) async throws -> Hold {
        Hold(server: self, id: try await fault("\"\(on)\"", "{\"hold\": {\"at\": \"\(at)\"}}"))
    }

    struct Hold {
        let server: Simulator
        let id: Int

        /// Waits until a request is held here.
        func reached() async throws {
            try await server.call("GET", "/faults/\(id)/reached?requests=1&timeout_ms=30000")
        }

        func release() async throws {
            try await server.call("POST", "/faults/\(id)/release", "{}")
        }
    }

    @discardableResult
    func call(_ method: String, _ path: String, _ body: String? = nil) async throws -> Any {
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

struct Trouble: Error {
    let what: String
}

extension QuickAccess {
    /// Waits for a state.
    @discardableResult
    func until(_ isSo: (SessionState) -> Bool) async throws -> SessionState {
        for await state in states where isSo(state) { return state }
        throw Trouble(what: "the states have ended")
    }

    var generation: UInt64? {
        if case .signedIn(let session) = state { return session.generation }
        return nil
    }
}
