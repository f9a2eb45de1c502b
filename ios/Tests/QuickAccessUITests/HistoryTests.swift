import Foundation
import QuickAccess
@testable import QuickAccessUI
import Testing

/// The history, the doctor, and what this app is.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct HistoryTests {
    @Test func an_empty_history_says_so_and_a_full_one_tells_the_newest_first() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        let signIn = try await harness.connect()
        let history = try #require(harness.app.history)
        #expect(!history.isLoaded && !history.isEmpty)
        await history.load()
        #expect(history.isEmpty && history.answer == nil)
        signIn.username = "qa"
        signIn.password = "secret-that-is-wrong"
        await signIn.signIn()
        signIn.password = "abc123"
        await signIn.signIn()
        await history.load()
        #expect(history.rows.map(\.text) == ["Signed in", "The sign-in failed"])
        #expect(history.rows.map(\.isBad) == [false, true])
        #expect(history.rows[1].reason?.hasPrefix("ClearPass did not accept this sign-in.") == true)
        #expect(history.shareText.contains("[sign_in_failed, credentials_rejected]"))
        #expect(!history.shareText.contains("secret-that-is-wrong") && !history.shareText.contains("abc123"))
        #expect(history.about.contains(Fact("Client ID", "QuickAccess")))
    }

    @Test func an_entry_that_has_no_words_here_is_told_in_the_librarys() {
        let entry = HistoryEntry(at: Date(timeIntervalSince1970: 0), kind: "of_the_future", code: "odd", text: "It rains.")
        let row = HistoryRow(0, entry, Words(language: "de", timeZone: .gmt))
        #expect(row.text == "It rains." && row.reason == "Etwas ist schiefgegangen (odd)." && row.isBad)
    }

    @Test func the_doctor_tells_step_by_step_what_is_broken_and_how_to_mend_it() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        _ = try await harness.connect()
        try await server.tell("PATCH", "/clients/QuickAccess", "{\"enabled\": false}")
        let doctor = try #require(harness.app.history?.doctor)
        doctor.username = "qa"
        doctor.password = "abc123"
        await doctor.run()
        #expect(doctor.password.isEmpty && !doctor.isRunning)
        #expect(doctor.verdict == "A step is broken." && doctor.problem == nil)
        let broken = try #require(doctor.steps.first { $0.status == .failed })
        #expect(broken.id == "client" && broken.title == "The API client is known and public")
        #expect(broken.details.count >= 2 && broken.statusText == "Broken")
        #expect(doctor.steps.first?.status == .passed && doctor.steps.first?.details == [])
        #expect(doctor.steps.last?.status == .notReached)
        #expect(doctor.shareText?.contains("abc123") == false)
        try await server.tell("PATCH", "/clients/QuickAccess", "{\"enabled\": true}")
        await doctor.run()
        #expect(doctor.verdict == "The server is well. The rest takes a password.")
        doctor.password = "abc123"
        await doctor.run()
        #expect(doctor.verdict == "All is well." || doctor.verdict == "It works; something is worth mending.")
        #expect(harness.app.screen == .signIn, "the doctor signs nobody in")
    }

    @Test func the_doctor_can_be_stopped_and_says_when_nothing_can_be_asked() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        _ = try await harness.connect()
        let doctor = try #require(harness.app.history?.doctor)
        doctor.username = "qa"
        doctor.password = "abc123"
        let hold = try await server.hold("token", "before_commit")
        let call = Task { await doctor.run() }
        try await hold.reached()
        #expect(doctor.isRunning && doctor.verdict == nil && doctor.shareText == nil)
        await until { doctor.steps.contains { $0.status == .running } }
        await doctor.run()
        doctor.cancel()
        await call.value
        #expect(!doctor.isRunning && doctor.problem == nil && doctor.report == nil)
        #expect(!doctor.steps.contains { $0.status == .running })
        try await hold.release()
    }
}
