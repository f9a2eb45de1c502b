import Foundation
import QuickAccess
import Testing

/// Signing in: the vendor's example, every refusal, and changing one's mind.
@Suite struct SignInTests {
    @Test func a01_the_vendor_guides_example_signs_in_and_lists_its_privileges() async throws {
        let server = try Simulator()
        let session = try server.session()
        let certificate = try #require(try await session.probe().certificate)
        #expect(certificate.fingerprint.contains(":"))
        try await session.signIn(username: "qa", password: Secret("abc123"))
        guard case .signedIn = session.state else {
            Issue.record("\(session.state)")
            return
        }
        let token = try await session.accessToken()
        #expect(token.count == 40 && token.allSatisfy(\.isHexDigit))
        #expect(try await session.whoami().name == "qa")
        let privileges = try await session.privileges()
        func level(_ name: String) -> PrivilegeLevel? { privileges.first { $0.name == name }?.level }
        #expect(level("guest_users") == .full)
        #expect(level("cppm_endpoints") == .read)
        #expect(level("api_index") == .allowed)
        #expect(level("cppm_certificates") == .readWrite)
        #expect(try await session.serverVersion().version?.hasPrefix("6.") == true)
    }

    @Test(arguments: ["problem", "rfc6749"], [400, 401])
    func a02_every_refusal_has_its_own_code_whatever_its_status_and_style(
        style: String, status: Int
    ) async throws {
        let server = try Simulator()
        try await server.call(
            "PATCH", "/switches", "{\"error_style\": \"\(style)\", \"wrong_password_status\": \(status)}")
        let wrong = try await refused(server, password: "wrong")
        #expect(wrong.code == "credentials_rejected")
        #expect(wrong.needsSignIn && !wrong.text.contains("wrong"))
        let unknown = try await refused(server, client: "QuickAcess")
        #expect(unknown.code == "client_unknown")
        #expect(unknown.text.contains("`QuickAcess`"))
        // It has a secret, and none was sent.
        #expect(try await refused(server, client: "Integration").code == "client_unknown")
        let session = try QuickAccessSession(
            server.settings("Integration"), store: .inMemory(), clientSecret: Secret("s3cret"))
        let grant = try await refusal { try await session.signIn(username: "qa", password: Secret("abc123")) }
        #expect(grant.code == "grant_not_enabled")
        for error in [unknown, grant] {
            guard case .FixSetup = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test func a02_an_unknown_title_is_shown() async throws {
        let server = try Simulator()
        let banned = "{\"problem\": {\"status\": 401, \"title\": \"banned\", \"detail\": \"User is banned\"}}"
        try await server.fault("\"token_password\"", banned)
        let error = try await refused(server)
        #expect(error.code == "server_refused" && error.needsSignIn)
        #expect(error.text.contains("banned: User is banned"))
    }

    @Test(arguments: [
        ("{\"html502\": {}}", "server_error", nil as Double?),
        ("{\"status\": {\"code\": 503, \"retry_after\": {\"seconds\": 7}, \"body\": \"html\"}}", "server_busy", 7),
        ("{\"status\": {\"code\": 429, \"retry_after\": {\"seconds\": 7}, \"body\": \"problem\"}}", "server_busy", 7),
        ("\"empty_body\"", "bad_reply", nil),
        ("\"truncated\"", "bad_reply", nil),
        ("\"wrong_type\"", "bad_reply", nil),
        ("{\"oversized\": {\"bytes\": 10000000}}", "bad_reply", nil),
        ("\"drop_after_commit\"", "offline", nil),
    ])
    func a02_replies_that_are_none_give_typed_errors_without_their_text(
        fault: String, code: String, after: Double?
    ) async throws {
        let server = try Simulator()
        try await server.fault("\"token_password\"", fault)
        let error = try await refused(server)
        #expect(error.code == code)
        #expect(error.isRetryable && error.retryAfter == after)
        #expect(!"\(error) \(String(reflecting: error))".contains("<html"))
        let sent = try await server.requests().filter { $0.path == "/api/oauth" }
        #expect(sent.count == 1, "a password is never sent twice")
    }

    @Test(arguments: [("", "abc123"), ("qa", ""), ("0", "abc123"), ("qa", "0")])
    func a02_input_that_cannot_be_is_refused_before_it_is_sent(name: String, password: String) async throws {
        let server = try Simulator()
        let session = try server.session()
        let error = try await refusal { try await session.signIn(username: name, password: Secret(password)) }
        guard case .FixRequest = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.code == "invalid_input")
        #expect(try await server.counter("requests") == 0)
    }

    @Test func a02_a_password_that_is_no_text_is_refused() async throws {
        let server = try Simulator()
        let session = try server.session()
        let error = try await refusal {
            try await session.signIn(username: "qa", password: Secret(utf8: [0xff, 0xfe]))
        }
        #expect(error.code == "invalid_input")
        #expect(try await server.counter("requests") == 0)
    }

    @Test func a03_an_app_signs_itself_in_with_its_secret() async throws {
        let server = try Simulator()
        let settings = server.settings("Integration")
        let without = try server.session(settings)
        #expect(try await refusal { try await without.signInClient() }.code == "client_needs_secret")
        let secret = Secret("s3cret")
        let session = try QuickAccessSession(settings, store: .inMemory(), clientSecret: secret)
        secret.wipe()
        try await session.signInClient()
        #expect(try await session.whoami().name == "Integration")
    }

    @Test func a05_a_sign_in_is_cancelled_at_any_moment_and_its_late_answer_changes_nothing() async throws {
        let server = try Simulator()
        for moment in ["before_commit", "after_commit", "mid_body"] {
            let session = try server.session()
            let hold = try await server.hold("token_password", moment)
            let first = Task { try await session.signIn(username: "qa", password: Secret("abc123")) }
            try await hold.reached()
            first.cancel()
            #expect((await first.result.failure as? QuickAccessError)?.code == "cancelled", "\(moment)")
            // Its connection ends with it, so that the answer finds nobody.
            try await server.untilAllConnectionsHaveEnded()
            try await session.signIn(username: "guest-desk", password: Secret("abc123"))
            let token = try await session.accessToken()
            try await hold.release()
            #expect(try await session.whoami().name == "guest-desk", "\(moment)")
            #expect(try await session.accessToken() == token, "\(moment)")
            #expect(session.generation == 1, "\(moment)")
            try await server.call("POST", "/connections/cut")
        }
    }

    @Test func a05_a_task_that_is_cancelled_before_it_begins_signs_nobody_in() async throws {
        let server = try Simulator()
        let session = try server.session()
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            try await session.signIn(username: "qa", password: Secret("abc123"))
        }
        call.cancel()
        #expect((await call.result.failure as? QuickAccessError)?.code == "cancelled")
        #expect(try await server.counter("token_requests.password") == 0)
    }

    @Test func a05_a_sign_in_that_is_cancelled_by_name_tells_its_caller() async throws {
        let server = try Simulator()
        let session = try server.session()
        let hold = try await server.hold("token_password", "before_commit")
        let call = Task { try await session.signIn(username: "qa", password: Secret("abc123")) }
        try await hold.reached()
        session.cancelSignIn()
        #expect((await call.result.failure as? QuickAccessError)?.code == "cancelled")
        try await hold.release()
    }

    @Test func a05_a_wrong_password_leaves_the_session_as_it_was_with_its_refresh_in_flight() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let hold = try await server.hold("token_refresh", "after_commit")
        let refresh = Task { try await session.refresh() }
        try await hold.reached()
        let wrong = try await refusal { try await session.signIn(username: "qa", password: Secret("wrong")) }
        #expect(wrong.code == "credentials_rejected")
        try await hold.release()
        try await refresh.value
        #expect(try await session.whoami().name == "qa")
        #expect(try await server.counter("token_requests.refresh_token") == 1)
    }

    @Test func an_unusable_setting_is_named() throws {
        let settings = SessionSettings(server: "http://clearpass.example", clientId: "QuickAccess")
        do {
            _ = try QuickAccessSession(settings, store: .inMemory())
            Issue.record("plain http to another machine was taken")
        } catch {
            #expect(error.code == "invalid_input")
            #expect(error.text.contains("https://"))
            #expect(error.certificate == nil && error.retryAfter == nil && !error.mayHaveActed)
        }
    }

    private func refused(
        _ server: Simulator, client: String = "QuickAccess", password: String = "abc123"
    ) async throws -> QuickAccessError {
        let session = try server.session(server.settings(client))
        return try await refusal { try await session.signIn(username: "qa", password: Secret(password)) }
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
