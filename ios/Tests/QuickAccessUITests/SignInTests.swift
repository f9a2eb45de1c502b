import Foundation
import QuickAccess
import QuickAccessUI
import Testing

/// The sign-in screen: progress, what goes wrong, and the warm connection.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct SignInTests {
    @Test func it_waits_for_both_fields_and_leads_from_one_to_the_other() async throws {
        let harness = try Harness(try Simulator())
        let model = try await harness.connect()
        #expect(!model.canSignIn && model.nextField == .username && model.why == nil && !model.hasStory)
        model.username = "qa"
        #expect(!model.canSignIn && model.nextField == .password)
        model.password = "abc123"
        #expect(model.canSignIn && model.nextField == nil)
        #expect(model.subtitle == "Server: \(model.server.name)" && !model.subtitle.contains("https"))
    }

    @Test func a_sign_in_under_way_is_shown_and_can_be_cancelled() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let model = try await harness.connect()
        model.username = " qa "
        model.password = "abc123"
        let hold = try await server.hold("token_password", "before_commit")
        let call = Task { await model.signIn() }
        try await hold.reached()
        #expect(model.isSigningIn && !model.canSignIn && harness.app.screen == .signIn)
        await model.signIn()
        model.cancel()
        await call.value
        await until { !model.isSigningIn }
        #expect(model.problem == nil && model.password == "abc123", "nobody is told what they did themselves")
        try await hold.release()
        await model.signIn()
        await until { harness.app.screen == .home }
        #expect(harness.app.home?.signedIn.username == "qa", "what a keyboard adds is taken away")
    }

    @Test func a_wrong_password_is_told_at_its_field_until_it_is_typed_anew() async throws {
        let harness = try Harness(try Simulator())
        let model = try await harness.connect()
        model.username = "qa"
        model.password = "wrong"
        await model.signIn()
        let problem = try #require(model.problem(of: .password))
        #expect(problem.code == "credentials_rejected" && problem.text.contains("Access Tracker"))
        #expect(problem.detail == nil && problem.spoken == problem.text)
        #expect(model.generalProblem == nil && model.problem(of: .username) == nil)
        #expect(model.nextField == .password)
        model.password = "abc123"
        #expect(model.problem == nil)
    }

    @Test func what_only_the_server_can_say_is_quoted() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let model = try await harness.connect()
        let banned = "{\"problem\": {\"status\": 401, \"title\": \"banned\", \"detail\": \"User is banned\"}}"
        try await server.fault("\"token_password\"", banned)
        model.username = "qa"
        model.password = "abc123"
        await model.signIn()
        #expect(model.generalProblem?.code == "server_refused")
        #expect(model.generalProblem?.spoken.contains("User is banned") == true)
    }

    @Test func offline_is_told_before_the_button_is_pressed_and_goes_away() async throws {
        let server = try Simulator()
        let clock = Clock()
        let harness = try Harness(server, now: { clock.now })
        let model = try await harness.connect()
        try await server.unreachable()
        await model.warm()
        #expect(model.isOffline)
        model.username = "qa"
        model.password = "abc123"
        await model.signIn()
        #expect(model.generalProblem?.code == "offline" && model.password == "abc123")
        try await server.reachable()
        clock.pass(3)
        await model.warm()
        #expect(!model.isOffline)
    }

    @Test func the_connection_is_warmed_every_three_seconds_at_most() async throws {
        let server = try Simulator()
        let clock = Clock()
        let harness = try Harness(server, now: { clock.now })
        let model = try await harness.connect()
        try await server.forget()
        await model.warm()
        let once = try await server.requests().count
        #expect(once > 0)
        clock.pass(2.9)
        await model.warm()
        #expect(try await server.requests().count == once)
        clock.pass(0.2)
        await model.warm()
        #expect(try await server.requests().count == 2 * once)
    }

    @Test func a_session_that_ended_says_why_and_offers_its_story() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn()
        try await server.tell("POST", "/tokens/revoke", "{\"user\": \"qa\"}")
        await home.load()
        await until { harness.app.screen == .signIn }
        let model = try #require(harness.app.signIn)
        #expect(model.why?.hasPrefix("Your session is over") == true && model.hasStory)
        let history = try #require(harness.app.history)
        await history.load()
        #expect(history.answer?.hasPrefix("Your session is over") == true)
    }

    @Test(arguments: [
        (SignedOutCause.refreshUnfinished, "lost on the way"), (.singleUseSpent, "only once"),
        (.storeLost, "no longer holds"), (.keyLost, "The key"), (.corrupt, "damaged"),
        (.neverSignedIn, "Nobody has signed in"), (.signedOut, "You have signed out"), (.sessionEnded, "is over"),
    ])
    func every_cause_has_its_words(cause: SignedOutCause, words: String) {
        #expect(Words(language: "en").cause(cause).contains(words))
    }
}

/// A clock that a test moves.
final class Clock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Date(timeIntervalSince1970: 1_800_000_000)

    var now: Date { lock.withLock { time } }

    func pass(_ seconds: TimeInterval) {
        lock.withLock { time += seconds }
    }
}
