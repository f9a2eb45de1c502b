import Foundation
import QuickAccess
@testable import QuickAccessUI
@testable import QuickAccessViews
import SwiftUI
import Testing

/// What the views do with what their models say: order, names for a screen reader, focus, and taps.
@MainActor
@Suite(.serialized, .timeLimit(.minutes(1))) struct ViewTests {
    private let words = Words(language: "en", timeZone: .gmt)

    @Test func the_server_is_typed_in_order_and_submitted() async throws {
        let app = await PreviewState.firstRun.app(words)
        let screen = Rendered(ServerView(model: app.server))
        let fields = screen.all.filter { $0.role == .field }
        #expect(fields.map(\.label) == ["Address", "Client ID"])
        #expect(fields[0].hints.contains("content URL") && fields[0].hints.contains("keyboard URL"))
        #expect(fields.allSatisfy { $0.hints.contains("no corrections") && $0.hints.contains("capitals never") })
        #expect(try !screen.get("connect").isEnabled)
        try screen.type("clearpass.example.com", into: "address")
        try screen.submit("address")
        #expect(try screen.get("client-id").isFocused, "a field that is empty comes next")
        try screen.type("QuickAccess", into: "client-id")
        #expect(app.server.choice == Sample.server)
        try screen.tap("connect")
        await until { app.screen == .signIn }
    }

    @Test func a_managed_server_cannot_be_typed_over() async throws {
        let defaults = try #require(UserDefaults(suiteName: "QuickAccessViewTests"))
        defer { UserDefaults.standard.removePersistentDomain(forName: "QuickAccessViewTests") }
        defaults.set(["server": "a.example", "client_id": "x"], forKey: "com.apple.configuration.managed")
        let app = AppModel(
            Surroundings(
                open: { (_) async throws(QuickAccessError) in PreviewSession() }, preferences: Preferences(defaults),
                words: words))
        let screen = Rendered(ServerView(model: app.server))
        #expect(try !screen.get("address").isEnabled)
        #expect(try !screen.get("client-id").isEnabled)
        #expect(try screen.get("connect").isEnabled)
        #expect(screen.text.contains("Your organization has set the server."))
        #expect(throws: Rendered.Missing.self) { try screen.type("b.example", into: "address") }
    }

    @Test func a_changed_certificate_is_approved_by_two_steps() async throws {
        let app = await PreviewState.certificateChanged.app(words)
        let screen = Rendered(ServerView(model: app.server))
        #expect(try !screen.get("approve").isEnabled)
        try screen.tap("My administrator has confirmed the new fingerprint")
        #expect(try screen.get("approve").isEnabled)
        #expect(screen.all.contains { $0.traits.contains("header") && $0.label.hasPrefix("This server shows another") })
    }

    @Test func the_password_is_for_password_managers_and_can_be_revealed() async throws {
        let app = await PreviewState.signIn.app(words)
        let signIn = try #require(app.signIn)
        let screen = Rendered(SignInView(app: app, model: signIn))
        #expect(try screen.get("username").hints.contains("content username"))
        #expect(try screen.get("password").hints.contains("content password"))
        try screen.type("ada", into: "username")
        try screen.submit("username")
        #expect(try screen.get("password").isFocused)
        try screen.type("correct horse", into: "password")
        #expect(!screen.text.contains("correct horse"))
        #expect(try screen.get("reveal").spokenName == "Show password")
        try screen.tap("reveal")
        #expect(try screen.get("password").role == .field)
        #expect(try screen.get("password").value == "correct horse")
        #expect(try screen.get("reveal").spokenName == "Hide password")
        try screen.submit("password")
        await until { signIn.password.isEmpty }
    }

    @Test func a_wrong_password_stands_below_its_field_and_is_spoken_in_one_go() async throws {
        let app = await PreviewState.wrongPassword.app(words)
        let screen = Rendered(SignInView(app: app, model: try #require(app.signIn)))
        let order = screen.all.compactMap(\.identifier)
        #expect(order.firstIndex(of: "problem.credentials_rejected") == order.firstIndex(of: "reveal").map { $0 + 1 })
        let problem = try screen.get("problem.credentials_rejected")
        #expect(problem.spoken.hasPrefix("ClearPass did not accept this sign-in."))
        let below = problem.children.flatMap { $0.all }.map { $0.isUnspoken }
        #expect(!below.isEmpty && !below.contains(false))
    }

    @Test func a_sign_in_under_way_offers_to_cancel_and_nothing_else() async throws {
        let app = await PreviewState.signingIn.app(words)
        let screen = Rendered(SignInView(app: app, model: try #require(app.signIn)))
        #expect(screen.find("sign-in") == nil)
        #expect(screen.find("Signing in…")?.role == .progress)
        let enabled = screen.all.filter { $0.isControl && $0.isEnabled }.map(\.spokenName)
        #expect(enabled == ["Cancel", "Doctor"])
    }

    @Test func another_server_is_a_tap_away_and_so_is_the_story() async throws {
        let app = await PreviewState.storeLost.app(words)
        let signIn = try #require(app.signIn)
        let screen = Rendered(SignInView(app: app, model: signIn))
        try screen.tap("Why was I signed out?")
        await screen.appear()
        #expect(screen.all.contains { $0.role == .share && $0.shared?.contains("refresh_unfinished") == true })
        try screen.tap("Use another server")
        #expect(app.screen == .server)
    }

    @Test func home_says_name_time_and_privileges_to_a_screen_reader() async throws {
        let app = await PreviewState.home.app(words)
        let screen = Rendered(HomeView(app: app, model: try #require(app.home)))
        screen.now = Sample.now
        #expect(try screen.get("name").traits == ["header"])
        let time = try screen.get("time-left")
        #expect(time.label == "7:59:58" && time.spoken == "Time left, 7 hours, 59 minutes")
        screen.now = Sample.now + 1
        #expect(try screen.get("time-left").label == "7:59:57")
        let rows = screen.all.filter { $0.role == .element }.map(\.spoken)
        #expect(rows.contains("Guest accounts, Full access"))
        try screen.type("endpoint", into: "Search privileges")
        #expect(screen.all.filter { $0.role == .element }.map(\.spoken) == ["Endpoints, Read only"])
        await screen.refresh()
        #expect(app.home?.problem == nil)
    }

    @Test func signing_out_is_asked_for_twice() async throws {
        let app = await PreviewState.home.app(words)
        let home = try #require(app.home)
        let screen = Rendered(HomeView(app: app, model: home))
        try screen.tap("sign-out")
        let dialog = try #require(screen.all.first { $0.role == .dialog })
        #expect(dialog.children.map(\.spokenName).dropFirst() == ["Sign out", "Cancel"])
        dialog.children.last?.tap?()
        #expect(!home.isAskingToSignOut && !screen.all.contains { $0.role == .dialog })
        try screen.tap("sign-out")
        screen.all.first { $0.role == .dialog }?.children[1].tap?()
        await until { app.signIn?.farewell != nil }
    }

    @Test func tabs_offer_what_is_allowed() async throws {
        let app = await PreviewState.home.app(words)
        let screen = Rendered(AppView(app))
        #expect(screen.all.filter { $0.role == .tab }.map(\.label) == ["Home", "Look up", "What happened"])
        let without = await PreviewState.homeNoAccess.app(words)
        #expect(Rendered(AppView(without)).all.filter { $0.role == .tab }.map(\.label) == ["Home", "What happened"])
    }

    @Test func a_look_up_is_chosen_typed_and_submitted() async throws {
        let app = await PreviewState.home.app(words)
        let lookUp = try #require(app.lookUp)
        let screen = Rendered(LookUpView(model: lookUp))
        #expect(screen.all.filter { $0.role == .option }.map(\.spokenName) == ["Endpoint", "Guest", "Sessions"])
        try screen.type("00:00:5e:00:53:01", into: "query")
        try screen.submit("query")
        await until { !lookUp.isLooking && lookUp.outcome != .nothing }
        #expect(screen.text.contains("Printer, 2nd floor"))
        try screen.tap("Guest")
        #expect(try screen.get("query").value == "")
        #expect(lookUp.kind == .guest)
    }

    @Test func the_app_is_covered_as_soon_as_it_is_not_active() async throws {
        let app = await PreviewState.home.app(words)
        let screen = Rendered(AppView(app))
        #expect(screen.find("QuickAccess is hidden") == nil)
        screen.environment.scenePhase = .inactive
        #expect(try screen.get("QuickAccess is hidden").role == .cover && app.isCovered)
        screen.environment.scenePhase = .background
        #expect(screen.find("QuickAccess is hidden") != nil)
        screen.environment.scenePhase = .active
        #expect(screen.find("QuickAccess is hidden") == nil && !app.isCovered)
    }

    @Test func the_doctor_is_run_from_its_form() async throws {
        let app = await PreviewState.history.app(words)
        let history = try #require(app.history)
        let screen = Rendered(HistoryView(model: history))
        try screen.type("ada", into: "doctor-username")
        try screen.type("correct horse", into: "doctor-password")
        try screen.tap("examine")
        await until { history.doctor.verdict != nil }
        #expect(screen.text.contains("Guest: Administration > API Services > API Clients"))
        #expect(screen.all.filter { $0.role == .share }.map(\.shared).contains("The report."))
        #expect(screen.all.first { $0.spokenValue == "Broken" }?.spokenName == "The API client is known and public")
    }

    @Test func every_preview_shows_its_screen() async {
        for previews in [Rendered(EveryState_Previews.previews), Rendered(EveryLook_Previews.previews)] {
            #expect(previews.nodes.isEmpty, "each begins with nothing")
            await previews.appear()
            let screens = previews.nodes.map(\.role)
            #expect(screens.allSatisfy { [.navigation, .cover, .tabs].contains($0) }, "\(screens)")
            #expect(screens.count >= 3)
        }
        let all = Rendered(EveryState_Previews.previews)
        await all.appear()
        // The app under its cover is two: its tabs, and what lies over them.
        #expect(all.nodes.count == PreviewState.allCases.count + 1)
    }

    @Test func every_control_has_a_name() async throws {
        for state in PreviewState.allCases {
            let screen = Rendered(state.screen(await state.app(words)))
            for control in screen.all where control.isControl {
                #expect(!control.spokenName.isEmpty, "\(state): \(control.role) \(control.identifier ?? "")")
            }
        }
    }
}

/// Waits until something that is observed is so.
@MainActor
func until(_ isSo: @escaping @MainActor () -> Bool) async {
    while true {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        let now = withObservationTracking(isSo) { changed.finish() }
        if now || Task.isCancelled { return }
        for await _ in changes {}
        await Task.yield()
    }
}
