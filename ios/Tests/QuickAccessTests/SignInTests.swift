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
        try await session.signIn(username: "qa", password: Data("abc123".utf8))
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

    @Test func a02_every_refusal_says_what_to_do_and_why() async throws {
        let server = try Simulator()
        for (status, title, code) in [
            (401, "invalid_grant", "credentials_rejected"),
            (400, "invalid_client", "client_unknown"),
            (400, "unauthorized_client", "grant_not_enabled"),
            (400, "the_cat_sat_on_it", "server_refused"),
        ] {
            let problem = "{\"problem\": {\"status\": \(status), \"title\": \"\(title)\", \"detail\": \"x\"}}"
            try await server.fault("\"token_password\"", problem)
            let refused = try await refusal(of: server)
            #expect(refused.code == code)
            if code == "server_refused" { #expect(refused.why.text.contains(title)) }
        }
        for reply in ["{\"html502\": {}}", "\"empty_body\"", "\"truncated\"", "{\"oversized\": {\"bytes\": 10000000}}"] {
            try await server.fault("\"token_password\"", reply)
            let refused = try await refusal(of: server)
            guard case .Retry = refused else {
                Issue.record("\(reply): \(refused)")
                continue
            }
            #expect(!refused.why.text.contains("<html"))
        }
    }

    @Test func a05_a_sign_in_is_cancelled_at_any_moment_and_its_late_answer_changes_nothing() async throws {
        let server = try Simulator()
        for moment in ["before_commit", "after_commit", "mid_body"] {
            let session = try server.session()
            let hold = try await server.hold("token_password", moment)
            let first = Task { try await session.signIn(username: "qa", password: Data("abc123".utf8)) }
            try await hold.reached()
            first.cancel()
            let outcome = await first.result
            #expect((outcome.failure as? QuickAccessError)?.code == "cancelled", "\(moment)")
            try await session.signIn(username: "guest-desk", password: Data("abc123".utf8))
            try await hold.release()
            #expect(try await session.whoami().name == "guest-desk", "\(moment)")
        }
    }

    @Test func a05_a_task_that_is_cancelled_before_it_begins_signs_nobody_in() async throws {
        let server = try Simulator()
        let session = try server.session()
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            try await session.signIn(username: "qa", password: Data("abc123".utf8))
        }
        call.cancel()
        #expect((await call.result.failure as? QuickAccessError)?.code == "cancelled")
        #expect(try await server.counter("token_requests.password") == 0)
    }

    @Test func a05_a_wrong_password_leaves_the_session_as_it_was_with_its_refresh_in_flight() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let hold = try await server.hold("token_refresh", "after_commit")
        let refresh = Task { try await session.refresh() }
        try await hold.reached()
        let wrong = Task { try await session.signIn(username: "qa", password: Data("wrong".utf8)) }
        #expect((await wrong.result.failure as? QuickAccessError)?.code == "credentials_rejected")
        try await hold.release()
        try await refresh.value
        #expect(try await session.whoami().name == "qa")
        #expect(try await server.counter("token_requests.refresh_token") == 1)
    }

    @Test func a_certificate_that_nobody_knows_is_told_before_the_password_leaves_and_can_be_approved() async throws {
        let server = try Simulator()
        var settings = server.settings()
        settings.rootsPem = nil
        let session = try server.session(settings)
        let call = Task { try await session.signIn(username: "qa", password: Data("abc123".utf8)) }
        let refused = try #require(await call.result.failure as? QuickAccessError)
        #expect(refused.code == "certificate_unknown")
        #expect(try await server.counter("token_requests.password") == 0)
        try await session.approve(try #require(refused.certificate))
        try await session.signIn(username: "qa", password: Data("abc123".utf8))
        #expect(try await session.whoami().name == "qa")
    }

    @Test func an_unusable_setting_is_named() throws {
        let settings = SessionSettings(server: "http://clearpass.example", clientId: "QuickAccess")
        do {
            _ = try QuickAccess(settings, store: TokenStore.inMemory())
            Issue.record("plain http to another machine was taken")
        } catch {
            #expect(error.code == "invalid_input")
            #expect(error.why.text.contains("https://"))
        }
    }

    @Test func the_table_of_errors_is_the_librarys() {
        let codes = errorTable().map(\.code)
        #expect(Set(codes).count == codes.count)
        for code in ["credentials_rejected", "refresh_unfinished", "action_failed", "internal", "cancelled"] {
            #expect(codes.contains(code))
        }
    }

    private func refusal(of server: Simulator) async throws -> QuickAccessError {
        let session = try server.session()
        let call = Task { try await session.signIn(username: "qa", password: Data("abc123".utf8)) }
        return try #require(await call.result.failure as? QuickAccessError)
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
