import Foundation
import QuickAccess
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// An app's own requests through `URLSession`, against the simulator.
///
/// They go over TLS where the test may add an authority to the ones that `URLSession` believes: in the
/// Debian that `cargo xtask test` sets up. Elsewhere they go over plain HTTP on this machine: Foundation
/// takes no authority from a program, on Linux none from the environment either.
@Suite(.serialized) struct URLSessionTests {
    @Test func a23_the_token_goes_to_the_configured_server_alone() async throws {
        let app = try await App()
        #expect(try await app.get("/api/server/version") == 200)
        #expect(try await app.sent().map(\.carriesAToken) == [true])
        // The same machine by another port is another server.
        let other = try Simulator()
        _ = try await app.urlSession.data(for: app.request("/api/server/version", at: other.http), with: app.session)
        #expect(try await other.requests().map(\.carriesAToken) == [false])
    }

    @Test func a23_a_redirect_elsewhere_leaves_without_the_token() async throws {
        let app = try await App()
        let other = try Simulator()
        try await app.redirect("\(other.http)/api/server/version", status: 302)
        _ = try await app.get("/api/server/version")
        #expect(try await app.sent().map(\.carriesAToken) == [true])
        #expect(try await other.requests().map(\.carriesAToken) == [false])
    }

    @Test func a23_a_redirect_within_the_server_takes_the_token_that_is_good_then() async throws {
        let app = try await App()
        try await app.redirect("\(app.address)/api/oauth/me", status: 302)
        #expect(try await app.get("/api/server/version") == 200)
        let sent = try await app.sent()
        #expect(sent.map(\.path) == ["/api/server/version", "/api/oauth/me"])
        #expect(sent.map(\.carriesAToken) == [true, true])
        #expect(try await app.server.counter("token_requests.refresh_token") == 0)
    }

    @Test func a23_a_redirect_that_the_apps_delegate_refuses_is_handed_on() async throws {
        let app = try await App(delegate: Refusing())
        let other = try Simulator()
        try await app.redirect("\(other.http)/api/server/version", status: 302)
        #expect(try await app.get("/api/server/version") == 302)
        #expect(try await other.requests().isEmpty)
    }

    @Test func a23_a_dead_token_is_refreshed_once_and_the_request_sent_once_more() async throws {
        let app = try await App()
        try await app.afterAnHour()
        #expect(try await app.get("/api/server/version") == 200)
        #expect(try await app.sent("/api/server/version").count == 2)
        #expect(try await app.server.counter("token_requests.refresh_token") == 1)
    }

    @Test func a23_a_hundred_rejected_at_once_share_one_refresh() async throws {
        let app = try await App()
        try await app.afterAnHour()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await app.get("/api/server/version") } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(statuses == [200])
        #expect(try await app.server.counter("token_requests.refresh_token") == 1)
        #expect(try await app.server.counter("me") == 1)
    }

    @Test func a23_a_missing_privilege_is_handed_on_with_its_body_and_refreshes_nothing() async throws {
        let app = try await App()
        let forbidden = "{\"problem\": {\"status\": 403, \"title\": \"Forbidden\", \"detail\": \"Forbidden\"}}"
        try await app.server.fault("\"server_version\"", forbidden)
        let (body, answer) = try await app.urlSession.data(for: app.request("/api/server/version"), with: app.session)
        #expect((answer as? HTTPURLResponse)?.statusCode == 403)
        #expect(String(decoding: body, as: UTF8.self).contains("Forbidden"))
        #expect(try await app.server.counter("token_requests.refresh_token") == 0)
    }

    @Test func a23_what_may_have_acted_is_never_sent_again() async throws {
        let app = try await App()
        for fault in ["\"drop_after_commit\"", "{\"html502\": {\"moment\": \"after_commit\"}}", "\"truncated\""] {
            try await app.server.forget()
            try await app.server.fault("{\"path\": \"/api/guest\", \"method\": \"POST\"}", fault)
            let guest = Data("{\"username\": \"ada\", \"password\": \"x\", \"role_id\": 2}".utf8)
            _ = try? await app.urlSession.upload(for: app.request("/api/guest", "POST"), from: guest, with: app.session)
            #expect(try await app.sent("/api/guest").count == 1, "\(fault)")
        }
        #expect(try await app.server.counter("token_requests.refresh_token") == 0)
    }

    @Test func a23_a_body_that_can_be_read_once_is_sent_once() async throws {
        let app = try await App()
        try await app.afterAnHour()
        var request = app.request("/api/guest", "POST")
        request.httpBodyStream = InputStream(data: Data("{}".utf8))
        let (_, answer) = try await app.urlSession.data(for: request, with: app.session)
        #expect((answer as? HTTPURLResponse)?.statusCode == 403)
        #expect(try await app.sent("/api/guest").count == 1)
    }

    @Test func a23_a_body_that_can_be_read_again_is_sent_once_more() async throws {
        let folder = try Folder()
        let file = folder.url.appendingPathComponent("guest.json")
        for (index, name) in ["ada", "bob", "eve"].enumerated() {
            let app = try await App()
            try await app.afterAnHour()
            let guest = Data("{\"username\": \"\(name)\", \"password\": \"x\", \"role_id\": 2}".utf8)
            var request = app.request("/api/guest", "POST")
            let answer: URLResponse
            switch index {
            case 0: (_, answer) = try await app.urlSession.upload(for: request, from: guest, with: app.session)
            case 1:
                try guest.write(to: file)
                (_, answer) = try await app.urlSession.upload(for: request, fromFile: file, with: app.session)
            default:
                request.httpBody = guest
                (_, answer) = try await app.urlSession.data(for: request, with: app.session)
            }
            #expect((answer as? HTTPURLResponse)?.statusCode == 201, "\(name)")
            #expect(try await app.sent("/api/guest").count == 2, "\(name)")
            #expect(try await app.server.counter("rows_changed") == 1, "\(name)")
        }
    }

    @Test func a23_a_download_is_refreshed_and_sent_once_more_too() async throws {
        let app = try await App()
        try await app.afterAnHour()
        let (file, answer) = try await app.urlSession.download(
            for: app.request("/api/server/version"), with: app.session)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect((answer as? HTTPURLResponse)?.statusCode == 200)
        #expect(try String(contentsOf: file, encoding: .utf8).contains("cppm_version"))
        #expect(try await app.server.counter("token_requests.refresh_token") == 1)
    }

    @Test func a23_a_session_that_is_over_is_told_before_anything_is_sent() async throws {
        let app = try await App()
        try await app.session.signOut()
        try await app.server.forget()
        let error = try await refusal { try await app.get("/api/server/version") }
        #expect(error.code == "signed_out")
        #expect(try await app.server.requests().isEmpty)
    }

    @Test func a_request_ends_with_its_task() async throws {
        let app = try await App()
        let hold = try await app.server.hold("server_version", "before_commit")
        let call = Task { try await app.get("/api/server/version") }
        try await hold.reached()
        call.cancel()
        #expect((await call.result.failure as? URLError)?.code == .cancelled)
        try await hold.release()
    }

    @Test func a_header_that_the_app_has_set_is_left_as_it_is() async throws {
        let app = try await App()
        try await app.afterAnHour()
        var request = app.request("/api/server/version")
        request.setValue("Basic eA==", forHTTPHeaderField: "Authorization")
        let (_, answer) = try await app.urlSession.data(for: request, with: app.session)
        #expect((answer as? HTTPURLResponse)?.statusCode == 403)
        #expect(try await app.sent().count == 1)
        #expect(try await app.server.counter("token_requests.refresh_token") == 0)
    }
}

/// An app with a `URLSession` of its own, and a person signed in.
private final class App: Sendable {
    let server: Simulator
    let session: QuickAccessSession
    let urlSession: URLSession
    let address: String

    /// How long the list of authorities was before the first test.
    private static let authorities: UInt64 = {
        let bundle = ProcessInfo.processInfo.environment["QUICKACCESS_CA_BUNDLE"] ?? ""
        let attributes = try? FileManager.default.attributesOfItem(atPath: bundle)
        return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }()

    init(delegate: (any URLSessionDelegate)? = nil) async throws {
        server = try Simulator()
        var settings = server.settings()
        if let bundle = ProcessInfo.processInfo.environment["QUICKACCESS_CA_BUNDLE"] {
            // Each simulator's has the same name, so that there may be one at a time.
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: bundle))
            try file.truncate(atOffset: Self.authorities)
            try file.write(contentsOf: Data("\n\(server.caPem)".utf8))
            try file.close()
        } else {
            settings.server = server.http
        }
        address = settings.server
        session = try await server.signedIn(settings)
        urlSession = URLSession(configuration: .ephemeral, delegate: delegate, delegateQueue: nil)
        try await server.forget()
    }

    deinit {
        // The Foundation of Swift 6.0 on Linux crashes when a session goes while its connections close.
        _ = Unmanaged.passRetained(urlSession)
    }

    func request(_ path: String, _ method: String = "GET", at address: String? = nil) -> URLRequest {
        var request = URLRequest(url: URL(string: (address ?? self.address) + path)!)
        request.httpMethod = method
        if method == "POST" { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        return request
    }

    /// The status of the answer.
    func get(_ path: String) async throws -> Int {
        let (_, answer) = try await urlSession.data(for: request(path), with: session)
        return (answer as? HTTPURLResponse)?.statusCode ?? 0
    }

    /// What the server took, but for the questions of the session itself.
    func sent(_ path: String? = nil) async throws -> [Simulator.Seen] {
        let all = try await server.requests()
        guard let path else { return all }
        return all.filter { $0.path == path }
    }

    func redirect(_ location: String, status: Int) async throws {
        try await server.fault(
            "\"server_version\"", "{\"redirect\": {\"status\": \(status), \"location\": \"\(location)\"}}")
    }

    /// The token has been used, lived for an hour, and is dead on the server.
    func afterAnHour() async throws {
        try await server.pass(seconds: 3_600)
        #expect(try await get("/api/server/version") == 200)
        try await server.revokeAccessTokens()
        try await server.forget()
    }
}

/// An app's own delegate that follows no redirect.
private final class Refusing: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
