import Foundation
import QuickAccess
import QuickAccessUI
import Testing

/// The app from its first start to a sign-out, and what starts, links and the platform do to it.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct AppFlowTests {
    @Test func the_whole_flow_from_a_certificate_to_a_sign_out() async throws {
        let server = try Simulator()
        let harness = try Harness(server, trusts: false)
        let app = harness.app
        #expect(app.screen == .loading)
        await app.start()
        #expect(app.screen == .server)

        app.server.address = server.https
        app.server.clientId = "QuickAccess"
        await app.server.connect()
        let certificate = try #require(app.server.certificate)
        #expect(certificate.problem.code == "certificate_unknown" && certificate.canApprove)
        await certificate.approve()
        await until { app.screen == .signIn }

        let signIn = try #require(app.signIn)
        await signIn.warm()
        signIn.username = "qa"
        signIn.password = "abc123"
        await signIn.signIn()
        #expect(signIn.password.isEmpty && signIn.problem == nil)
        await until { app.screen == .home }

        let home = try #require(app.home)
        await home.load()
        #expect(home.name == "qa")
        #expect(home.facts.map(\.value).contains("Help Desk"))
        #expect(home.groups.flatMap(\.rows).contains { $0.name == "Guest accounts" && $0.level == "Full access" })

        let lookUp = try #require(app.lookUp)
        #expect(lookUp.kinds == [.endpoint, .guest, .sessions])
        lookUp.kind = .sessions
        await lookUp.lookUp()
        guard case .found(let sessions) = lookUp.outcome else {
            Issue.record("\(lookUp.outcome)")
            return
        }
        #expect(!sessions.isEmpty)

        await home.refresh()
        await until { home.signedIn.generation == 2 }
        #expect(home.problem == nil && home.promise.contains("as long as you use the app"))

        home.isAskingToSignOut = true
        await home.signOut()
        await until { app.screen == .signIn }
        #expect(app.home == nil && app.lookUp == nil && app.signIn === signIn)
        #expect(signIn.why?.hasPrefix("You have signed out.") == true)
        #expect(harness.preferences.lastKnown == nil)

        let history = try #require(app.history)
        await history.load()
        #expect(history.answer == "You have signed out.")
        #expect(history.rows.map(\.text).contains("Session extended"))
        #expect(Set(harness.held) == ["sign-in", "asking", "refresh", "sign-out"])
        #expect(harness.held.count == harness.letGo)
    }

    @Test func a_second_start_goes_home_at_once_and_shows_what_was_known() async throws {
        let server = try Simulator()
        let (store, folder, suite) = (AppStore(), try Folder(), UUID().uuidString)
        defer { UserDefaults.standard.removePersistentDomain(forName: suite) }
        do {
            let first = try Harness(server, store: .app(store), folder: folder, suite: suite)
            try await first.signIn()
        }
        try await server.unreachable()
        let choice = ServerChoice(address: server.https, clientId: "QuickAccess")
        let second = try Harness(server, store: .app(store), folder: folder, choice: choice, suite: suite)
        #expect(second.preferences.lastKnown?.name == "qa")
        await second.app.start()
        await until { second.app.screen == .home }
        let home = try #require(second.app.home)
        #expect(home.name == "qa" && !home.groups.isEmpty)
        #expect(second.app.lookUp != nil, "what was known says what may be looked up")
        await home.load()
        #expect(home.isOffline && home.staleness?.hasPrefix("Offline.") == true)
        #expect(home.problem == nil, "that it is offline is said once")
    }

    @Test func a_locked_device_asks_to_be_unlocked_and_goes_on_by_itself() async throws {
        let server = try Simulator()
        let (store, folder) = (AppStore(), try Folder())
        do {
            try await Harness(server, store: .app(store), folder: folder).signIn()
        }
        store.mood = .locked
        let choice = ServerChoice(address: server.https, clientId: "QuickAccess")
        let harness = try Harness(server, store: .app(store), folder: folder, choice: choice)
        await harness.app.start()
        await until { harness.app.signIn?.isLocked == true }
        let signIn = try #require(harness.app.signIn)
        signIn.username = "qa"
        signIn.password = "abc123"
        #expect(!signIn.canSignIn && signIn.why?.hasPrefix("The device is locked.") == true)
        await signIn.warm()
        store.mood = .well
        harness.app.notify(.unlocked)
        await until { harness.app.screen == .home }
    }

    @Test func a_store_that_cannot_be_read_is_named_and_the_sign_in_is_offered() async throws {
        let server = try Simulator()
        let store = AppStore()
        store.mood = .odd
        let folder = try Folder()
        let choice = ServerChoice(address: server.https, clientId: "QuickAccess")
        let harness = try Harness(server, store: .app(store), folder: folder, choice: choice)
        await harness.app.start()
        await until { harness.app.screen == .signIn }
        #expect(harness.app.signIn?.why?.contains("secret store cannot be used") == true)
    }

    @Test func a_link_fills_the_server_in_and_looks_at_once() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        await harness.app.start()
        let address = try #require(server.https.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let link = try #require(URL(string: "quickaccess://connect?server=\(address)&client_id=Kiosk"))
        await harness.app.open(link)
        await until { harness.app.screen == .signIn }
        #expect(harness.preferences.server == ServerChoice(address: server.https, clientId: "Kiosk"))
        harness.app.changeServer()
        #expect(harness.app.screen == .server && harness.app.signIn == nil)
        #expect(harness.app.server.clientId == "Kiosk", "what was used last is there to be changed")
    }

    @Test func a_link_changes_nothing_while_somebody_is_signed_in() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        try await harness.signIn()
        await harness.app.open(try #require(URL(string: "quickaccess://connect?server=elsewhere.example&client_id=x")))
        harness.app.changeServer()
        #expect(harness.app.screen == .home && harness.preferences.server?.address == server.https)
    }

    @Test(arguments: ["https://connect?server=a", "quickaccess://other?server=a", "quickaccess://connect?client_id=a"])
    func other_links_are_none(link: String) throws {
        #expect(ServerChoice(link: try #require(URL(string: link))) == nil)
    }

    @Test func an_administrator_chooses_the_server_of_a_managed_device() async throws {
        let server = try Simulator()
        let harness = try Harness(server, managed: ["server": server.https, "client_id": "QuickAccess"])
        #expect(harness.app.server.isManaged)
        await harness.app.start()
        await until { harness.app.screen == .signIn }
        harness.app.changeServer()
        await harness.app.server.take(ServerChoice(address: "elsewhere.example", clientId: "x"))
        #expect(harness.app.server.address == server.https, "a link does not go before the administrator")
        #expect(ServerChoice(managed: ["client_id": "x"]) == nil)
    }

    @Test func what_shows_is_covered_unless_the_app_is_active() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let signIn = try await harness.connect()
        signIn.password = "abc123"
        signIn.isRevealed = true
        let doctor = try #require(harness.app.history?.doctor)
        doctor.password = "abc123"
        harness.app.enter(.inactive)
        #expect(harness.app.isCovered && signIn.password == "abc123")
        harness.app.enter(.background)
        #expect(signIn.password.isEmpty && !signIn.isRevealed && doctor.password.isEmpty)
        harness.app.enter(.active)
        #expect(!harness.app.isCovered)
    }

    @Test func the_platform_lets_the_session_be_kept_alive_in_the_background() async throws {
        let server = try Simulator()
        let (store, folder) = (AppStore(), try Folder())
        try await Harness(server, store: .app(store), folder: folder).signIn()
        let choice = ServerChoice(address: server.https, clientId: "QuickAccess")
        let harness = try Harness(server, store: .app(store), folder: folder, choice: choice)
        #expect(await harness.app.refreshInBackground())
        #expect(harness.app.home?.known?.name == "qa")
        try await server.unreachable()
        #expect(await harness.app.refreshInBackground() == false)
        let empty = try Harness(server)
        #expect(await empty.app.refreshInBackground(), "without a session there is nothing to do")
    }

    @Test func a_session_that_cannot_be_opened_leads_to_the_server_screen() async throws {
        let server = try Simulator()
        let choice = ServerChoice(address: "http://clearpass.example", clientId: "QuickAccess")
        let harness = try Harness(server, choice: choice)
        await harness.app.start()
        #expect(harness.app.screen == .server)
        #expect(harness.app.server.problem(of: .address)?.code == "invalid_input")
    }

    @Test func somebody_signs_in_again_while_the_session_goes_on() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let home = try await harness.signIn(client: "Kiosk")
        harness.app.signInAgain()
        #expect(harness.app.screen == .signIn && harness.app.canGoBack)
        let signIn = try #require(harness.app.signIn)
        #expect(signIn.username == "qa")
        signIn.password = "wrong"
        await signIn.signIn()
        #expect(signIn.problem(of: .password)?.code == "credentials_rejected")
        harness.app.goBack()
        #expect(harness.app.screen == .home && harness.app.home === home && home.signedIn.username == "qa")
        #expect(home.known?.name == "qa")
        harness.app.signInAgain()
        signIn.username = "guest-desk"
        signIn.password = "abc123"
        await signIn.signIn()
        #expect(harness.app.screen == .home)
        let another = try #require(harness.app.home)
        #expect(another !== home && another.known == nil && another.name == "guest-desk")
        await another.load()
        #expect(harness.app.lookUp?.kinds == [.guest])
    }
}
