import Foundation
import QuickAccess
@testable import QuickAccessUI
import Testing

/// The home screen: time, promises, privileges, and a server that cannot be asked.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct HomeTests {
    private let words = Words(language: "en", timeZone: .gmt)

    @Test func a_session_with_refresh_says_how_long_it_stays() async throws {
        let harness = try Harness(try Simulator())
        let home = try await harness.signIn()
        #expect(home.canRefresh && home.refreshNote == nil)
        #expect(home.promise == "How long you stay signed in is not known yet.")
        let left = home.timeLeft(at: Date())
        #expect(left.text.hasPrefix("7:59:") || left.text == "8:00:00")
        #expect(left.urgency == .calm)
        await home.refresh()
        await until { home.signedIn.stays == .whileUsed }
        #expect(home.promise == "You stay signed in as long as you use the app now and then.")
        #expect(home.savedNote == "You are signed in until the app ends.")
    }

    @Test func a_session_without_refresh_says_that_it_ends() async throws {
        let harness = try Harness(try Simulator())
        let home = try await harness.signIn(client: "Kiosk")
        #expect(!home.canRefresh)
        #expect(home.refreshNote?.hasPrefix("This server does not extend sessions") == true)
        let end = try #require(home.signedIn.expiresAt)
        #expect(home.promise.hasPrefix("You stay signed in until "))
        #expect(home.timeLeft(at: end - 299).urgency == .soon)
        #expect(home.timeLeft(at: end - 301).urgency == .calm)
        let over = home.timeLeft(at: end)
        #expect(over.urgency == .over && over.text == "Over")
        await home.refresh()
        #expect(home.problem == nil, "nothing is asked for that cannot be")
    }

    @Test func the_time_left_is_a_countdown_and_words_without_seconds() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func left(_ seconds: TimeInterval?, _ language: String = "en") -> TimeLeft {
            let end = seconds.map { now + $0 }
            let session = SignedIn(
                username: "qa", generation: 1, expiresAt: end, refresh: .ready, saved: true, stays: .unknown,
                persistence: .device)
            return TimeLeft(of: session, at: now, Words(language: language))
        }
        #expect(left(3_661).text == "1:01:01" && left(3_661).spoken == "1 hour, 1 minute")
        #expect(left(90_000).text == "1 day, 1 hour")
        #expect(left(59).spoken == "59 seconds" && left(59).urgency == .calm)
        #expect(left(3_661, "de").spoken == "1 Stunde und 1 Minute" || left(3_661, "de").spoken == "1 Stunde, 1 Minute")
        #expect(left(nil).text == "Not known" && left(0.4).text == "0:00:01")
    }

    @Test func a_refresh_that_fails_is_told_by_what_it_means() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn()
        try await server.tell("PATCH", "/clients/QuickAccess", "{\"enabled\": false}")
        await home.refresh()
        await until { if case .blocked = home.signedIn.refresh { true } else { false } }
        #expect(home.refreshNote?.hasPrefix("ClearPass refuses to extend the session") == true)
        #expect(home.problem?.code == "client_unknown" && harness.app.screen == .home)
    }

    @Test func a_refresh_under_way_is_shown_and_one_that_was_the_last_is_told() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn()
        let hold = try await server.hold("token_refresh", "before_commit")
        let call = Task { await home.refresh() }
        try await hold.reached()
        #expect(home.isRefreshing && !home.canRefresh)
        try await hold.release()
        await call.value
        try await server.tell("POST", "/tokens/revoke", "{\"all\": \"refresh\"}")
        await home.refresh()
        await until { if case .ended = home.signedIn.refresh { true } else { false } }
        #expect(home.refreshNote?.hasPrefix("The session can no longer be extended.") == true)
        #expect(harness.app.screen == .home && !home.canRefresh, "the access token is served to its end")
    }

    @Test func a_server_that_is_busy_is_waited_for() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn()
        let busy = "{\"status\": {\"code\": 503, \"retry_after\": {\"seconds\": 60}, \"body\": \"html\"}}"
        try await server.tell("POST", "/faults", "{\"on\": \"token_refresh\", \"times\": 9, \"what\": \(busy)}")
        let call = Task { await home.refresh() }
        await until { if case .waiting = home.signedIn.refresh { true } else { false } }
        #expect(home.refreshNote?.hasPrefix("The session could not be extended yet") == true)
        call.cancel()
        await call.value
    }

    @Test func privileges_are_grouped_in_words_and_searched() async throws {
        let harness = try Harness(try Simulator())
        let home = try await harness.signIn()
        #expect(home.groups.map(\.title) == ["Guests", "Devices", "Network", "Administration", "API"])
        home.search = "read only"
        #expect(home.groups.flatMap(\.rows).allSatisfy { $0.level == "Read only" && !$0.changesThings })
        home.search = "guest_users"
        #expect(home.groups.flatMap(\.rows).map(\.name) == ["Guest accounts"])
        #expect(home.groups[0].rows[0].changesThings && home.emptyPrivileges == nil)
        home.search = "nothing of the kind"
        #expect(home.groups.isEmpty)
        #expect(home.emptyPrivileges?.text == "No privilege matches “nothing of the kind”.")
    }

    @Test func privileges_that_nobody_knows_keep_their_names() {
        let privilege = Privilege(
            name: "moon_phase", displayName: "moon phase", level: .unknown(symbol: "!"), levelInWords: "some access",
            mayRead: true, mayWrite: false, mayDelete: false)
        let other = ["guest_x", "api_x", "cppm_x"].map {
            Privilege(
                name: $0, displayName: $0, level: .readWrite, levelInWords: "", mayRead: true, mayWrite: true,
                mayDelete: false)
        }
        let groups = PrivilegeGroup.groups(of: ([privilege] + other).map(HeldPrivilege.init), search: "", words)
        #expect(groups.map(\.title) == ["Guests", "Administration", "API", "Other"])
        #expect(groups.last?.rows.map(\.name) == ["moon phase"] && groups.last?.rows[0].level == "Some access")
        #expect(groups[0].rows[0].changesThings)
    }

    @Test func a_profile_that_lists_no_privileges_says_so_and_offers_no_look_up() async throws {
        let server = try Simulator()
        try await server.tell("PATCH", "/profiles/Front%20Desk", "{\"privileges\": [\"?api_index\"]}")
        let harness = try Harness(server)
        let home = try await harness.signIn("guest-desk")
        #expect(home.groups.flatMap(\.rows).map(\.level) == ["Visible"])
        #expect(harness.app.lookUp == nil)
    }

    @Test func a_person_without_access_to_the_api_is_told_and_stays_signed_in() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn("no-api")
        #expect(home.problem?.code == "no_api_access" && home.known == nil && !home.isOffline)
        #expect(home.name == "no-api" && home.emptyPrivileges == nil && harness.app.screen == .home)
    }

    @Test func offline_shows_what_was_known_and_says_so() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn()
        try await server.unreachable()
        await home.load()
        #expect(home.isOffline && home.staleness?.hasPrefix("Offline. This is what the server said on ") == true)
        #expect(home.name == "qa" && !home.groups.isEmpty)
        try await server.reachable()
        await home.load()
        #expect(!home.isOffline && home.staleness == nil)
    }

    @Test func offline_from_the_start_says_so_without_anything_known() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let signIn = try await harness.connect()
        signIn.username = "qa"
        signIn.password = "abc123"
        await signIn.signIn()
        await until { harness.app.home != nil }
        let home = try #require(harness.app.home)
        try await server.unreachable()
        await home.load()
        #expect(home.staleness?.hasPrefix("The server cannot be reached.") == true && home.facts.count == 1)
    }

    @Test func what_a_sign_out_could_not_do_is_said() async throws {
        let server = try Simulator()
        let (store, folder) = (AppStore(), try Folder())
        let harness = try Harness(server, store: .app(store), folder: folder)
        let home = try await harness.signIn()
        #expect(home.savedNote == nil)
        store.mood = .locked
        try await server.unreachable()
        await home.signOut()
        await until { harness.app.screen == .signIn }
        let said = try #require(harness.app.signIn?.why)
        #expect(said.contains("could not erase the old session yet") && said.contains("The server was not told"))
    }
}
