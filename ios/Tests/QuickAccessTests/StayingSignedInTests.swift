import Foundation
import QuickAccess
import Testing

/// Refreshes: one for all, whoever goes away, and a sign-out that wins.
@Suite struct StayingSignedInTests {
    @Test func a06_a_thousand_callers_share_one_refresh() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let url = try #require(URL(string: "\(server.https)/api/server/version"))
        // The server has taken the token once, and it has run out there since.
        _ = try await session.whoami()
        let first = try #require(try await session.token(for: url))
        try await server.pass(seconds: 8 * 3_600 + 1)
        let rejection = ClientAnswer(
            method: "GET", url: url.absoluteString, status: 403, contentType: "application/problem+json",
            body: Data("{\"title\": \"Forbidden\", \"status\": 403, \"detail\": \"Forbidden\"}".utf8))
        let hold = try await server.hold("token_refresh", "before_commit")
        let callers = (0..<1_000).map { _ in
            Task {
                guard case .replay(let newer) = try await session.judge(first, rejection) else {
                    throw Trouble(what: "the dead token was not replaced")
                }
                return newer.expose()
            }
        }
        try await hold.reached()
        try await hold.release()
        var tokens = Set<String>()
        for caller in callers { tokens.insert(try await caller.value) }
        #expect(tokens.count == 1)
        #expect(!tokens.contains(first.expose()))
        #expect(tokens.contains(try await session.accessToken()))
        #expect(try await server.counter("token_requests.refresh_token") == 1)
        #expect(try await server.counter("me") == 2, "one question for all of them")
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
        try await session.signIn(username: "guest-desk", password: Secret("abc123"))
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
        try await session.signIn(username: "qa", password: Secret("abc123"))
        try await session.untilSignedIn()
        #expect(try await session.signOut().erased)
        try await session.until { $0 == .signedOut(cause: .signedOut, pendingErase: false) }
        let history = try await session.history()
        #expect(history.map(\.kind).contains("signed_in"))
    }

    @Test func a_token_is_as_long_as_its_caller_needs_or_says_that_it_is_short() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let token = try await session.accessToken(for: TokenNeed(prefer: 60, atLeast: 60, strict: true))
        #expect(token.generation() == 1 && !token.isShort())
        #expect(try await session.accessToken() == token.expose())
        #expect(!"\(token) \(String(reflecting: token))".contains(token.expose()))
        // More than the server gives: half of the lifetime counts, and the good token comes.
        let short = try await session.accessToken(for: TokenNeed(prefer: nil, atLeast: 1_000_000, strict: false))
        #expect(short.expose() == token.expose())
    }

    @Test func what_the_platform_tells_is_taken_in() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let events: [PlatformEvent] = [
            .background, .foreground, .unlocked, .networkChanged, .timeChanged, .terminating,
        ]
        for event in events { session.notify(event) }
        #expect(try await session.whoami().name == "qa")
        #expect(try await server.counter("token_requests.refresh_token") == 0)
    }

    @Test func a24_a_store_that_was_locked_at_the_start_is_read_when_the_device_is_unlocked() async throws {
        let server = try Simulator()
        let folder = try Folder()
        let store = AppStore()
        do {
            let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
            try await session.signIn(username: "qa", password: Secret("abc123"))
        }
        store.mood = .locked
        let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
        try await session.until { $0 == .locked }
        let error = try await refusal { try await session.accessToken() }
        guard case .UnlockDevice = error else {
            Issue.record("\(error)")
            return
        }
        store.mood = .well
        session.notify(.unlocked)
        try await session.untilSignedIn()
        #expect(try await session.whoami().name == "qa")
    }
}
