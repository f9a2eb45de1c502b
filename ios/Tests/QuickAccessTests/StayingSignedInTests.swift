import Foundation
import QuickAccess
import Testing

/// Refreshes: one for all, whoever goes away, and a sign-out that wins.
@Suite struct StayingSignedInTests {
    @Test func a06_a_thousand_callers_share_one_refresh() async throws {
        let server = try Simulator()
        try await lifetime(of: server, seconds: 2)
        let session = try await server.signedIn()
        let first = try await session.accessToken()
        try await lifetime(of: server, seconds: 3_600)
        // The one wait for real time: the first token has to end.
        if case .signedIn(let signedIn) = session.state, let end = signedIn.expiresAt {
            try await Task.sleep(nanoseconds: UInt64(max(0, end.timeIntervalSinceNow) * 1e9))
        }
        let hold = try await server.hold("token_refresh", "before_commit")
        let callers = (0..<1_000).map { _ in Task { try await session.accessToken() } }
        try await hold.reached()
        try await hold.release()
        var tokens = Set<String>()
        for caller in callers { tokens.insert(try await caller.value) }
        #expect(tokens.count == 1)
        #expect(!tokens.contains(first))
        #expect(try await server.counter("token_requests.refresh_token") == 1)
    }

    @Test func a07_a_caller_that_is_cancelled_during_a_refresh_loses_nothing() async throws {
        let server = try Simulator()
        for moment in ["before_commit", "after_commit", "mid_body"] {
            let session = try await server.signedIn()
            let refreshes = try await server.counter("token_requests.refresh_token")
            let first = try await session.accessToken()
            let hold = try await server.hold("token_refresh", moment)
            let caller = Task { try await session.refresh() }
            try await hold.reached()
            caller.cancel()
            #expect((await caller.result.failure as? QuickAccessError)?.code == "cancelled", "\(moment)")
            try await hold.release()
            try await session.until { if case .signedIn(let now) = $0 { now.generation == 2 } else { false } }
            #expect(try await session.accessToken() != first, "\(moment)")
            #expect(try await server.counter("token_requests.refresh_token") == refreshes + 1, "\(moment)")
        }
        #expect(try await server.counter("refresh_reuse") == 0)
    }

    @Test func a17_sign_out_during_a_refresh_wins_and_the_next_person_hears_nothing_of_it() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let hold = try await server.hold("token_refresh", "after_commit")
        let refresh = Task { try await session.refresh() }
        try await hold.reached()
        try await session.signOut()
        #expect((await refresh.result.failure as? QuickAccessError)?.code == "signed_out")
        try await session.signIn(username: "guest-desk", password: Data("abc123".utf8))
        let token = try await session.accessToken()
        try await hold.release()
        #expect(try await session.whoami().name == "guest-desk")
        #expect(try await session.accessToken() == token)
        #expect(session.generation == 1)
    }

    @Test func the_states_of_a_session_are_seen_in_the_stream() async throws {
        let server = try Simulator()
        let session = try server.session()
        try await session.until { $0 == .signedOut(cause: .neverSignedIn, pendingErase: false) }
        try await session.signIn(username: "qa", password: Data("abc123".utf8))
        try await session.until { if case .signedIn = $0 { true } else { false } }
        #expect(try await session.signOut().erased)
        try await session.until { $0 == .signedOut(cause: .signedOut, pendingErase: false) }
        #expect(try await session.history().count >= 2)
    }

    private func lifetime(of server: Simulator, seconds: Int) async throws {
        try await server.call("PATCH", "/clients/QuickAccess", "{\"access_token_lifetime\": \(seconds)}")
    }
}
