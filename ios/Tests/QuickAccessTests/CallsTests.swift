import Foundation
import QuickAccess
import Testing

/// Calls that no other suite makes: certificates, the doctor, accounts and the table of errors.
@Suite struct CallsTests {
    @Test func a_certificate_that_nobody_knows_is_told_before_the_password_leaves_and_can_be_approved() async throws {
        let server = try Simulator()
        var settings = server.settings()
        settings.rootsPem = nil
        let session = try server.session(settings)
        let refused = try await signIn(session)
        #expect(refused.code == "certificate_unknown")
        #expect(try await server.counter("token_requests.password") == 0)
        try await session.approve(try #require(refused.certificate))
        try await session.signIn(username: "qa", password: Secret("abc123"))
        #expect(try await session.whoami().name == "qa")
    }

    @Test func a_certificate_that_took_the_place_of_an_approved_one_takes_a_step_of_its_own() async throws {
        let server = try Simulator()
        var settings = server.settings()
        settings.rootsPem = nil
        let session = try server.session(settings)
        try await session.approve(try #require(try await signIn(session).certificate))
        try await session.signIn(username: "qa", password: Secret("abc123"))
        try await server.call("PUT", "/certificate", "{\"signed_by\": \"itself\"}")
        try await server.call("POST", "/connections/cut")
        let changed = try await refusal { try await session.probe() }
        #expect(changed.code == "certificate_changed")
        let shown = try #require(changed.certificate)
        #expect(shown.isChange && shown.previous != nil)
        #expect(try await refusal { try await session.approve(shown) }.code == "invalid_input")
        try await session.approveChanged(shown)
        #expect(try await session.probe().certificate?.fingerprint == shown.presented.fingerprint)
    }

    @Test func the_doctor_names_what_is_missing_and_leaves_the_session_alone() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let token = try await session.accessToken()
        let well = try await session.examine(username: "qa", password: Secret("abc123"))
        #expect(well.verdict == .allWell || well.verdict == .withRemarks, "\(well.asText)")
        #expect(try await session.examine(username: "qa").verdict == .serverWell)
        try await server.call("PATCH", "/service", "{\"enabled\": false}")
        let broken = try await session.examine(username: "qa", password: Secret("abc123"))
        #expect(broken.verdict == .broken)
        #expect(broken.checks.contains { $0.status == .failed && !$0.mend.isEmpty })
        #expect(try await session.accessToken() == token)
    }

    @Test func the_doctor_tells_each_step_as_it_begins_and_ends() async throws {
        let server = try Simulator()
        let session = try server.session()
        let told = Told()
        let report = try await session.examine(username: "qa", password: Secret("abc123")) { told.take($0) }
        #expect(told.began.count > 3)
        #expect(told.ended == report.checks)
        #expect(told.began.allSatisfy { step in report.checks.contains { $0.step == step } })
    }

    @Test func a_doctor_ends_with_its_task() async throws {
        let server = try Simulator()
        let session = try server.session()
        let hold = try await server.hold("token_password", "before_commit")
        let call = Task { try await session.examine(username: "qa", password: Secret("abc123")) }
        try await hold.reached()
        call.cancel()
        #expect((await call.result.failure as? QuickAccessError)?.code == "cancelled")
        try await hold.release()
    }

    @Test func a_failing_check_for_one_request_is_told_with_its_status() async throws {
        let server = try Simulator()
        let session = try await server.signedIn()
        let busy = "{\"status\": {\"code\": 503, \"retry_after\": {\"seconds\": 600}}}"
        for _ in 0..<4 { try await server.fault("\"server_version\"", busy) }
        let error = try await refusal { try await session.serverVersion() }
        #expect(error.isRetryable && error.code == "server_busy")
        #expect(error.why.status == 503)
        #expect(error.retryAfter == 600)
    }

    @Test func two_accounts_at_one_server_are_listed_chosen_and_removed() async throws {
        let server = try Simulator()
        let folder = try Folder()
        let store = TokenStore.app(AppStore())
        let first = try QuickAccessSession(server.settings(folder: folder.url), store: store)
        try await first.signIn(username: "qa", password: Secret("abc123"))
        var settings = server.settings(folder: folder.url)
        settings.account = .new
        let second = try QuickAccessSession(settings, store: store)
        try await second.signIn(username: "guest-desk", password: Secret("abc123"))
        let accounts = try Accounts(store: store, dataDir: folder.url.path)
        #expect(Set(try await accounts.list().map(\.username)) == ["qa", "guest-desk"])

        try await second.makeDefault()
        #expect(try await accounts.list().first(where: \.isDefault)?.id == second.account)
        try await accounts.setDefault(id: first.account)
        #expect(try await accounts.list().first(where: \.isDefault)?.id == first.account)
        #expect(try await refusal { try await accounts.setDefault(id: "nobody") }.code == "invalid_input")

        try await accounts.remove(id: second.account)
        #expect(try await accounts.list().map(\.id) == [first.account])
        settings.account = .this(id: first.account)
        let again = try QuickAccessSession(settings, store: store)
        try await again.untilSignedIn()
        #expect(again.account == first.account)
    }

    @Test func the_table_of_errors_is_the_page_about_errors() throws {
        let page = try String(contentsOf: Sources.root.appendingPathComponent("docs/errors.md"), encoding: .utf8)
        var rows: [ErrorRow] = []
        var action = ""
        for line in page.components(separatedBy: "\n") {
            if line.hasPrefix("## ") { action = String(line.dropFirst(3)) }
            let cells = line.components(separatedBy: " | ")
            guard line.hasPrefix("| `"), cells.count == 3 else { continue }
            rows.append(
                ErrorRow(
                    code: cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "|` ")),
                    action: action, meaning: cells[1],
                    whatToDo: cells[2].trimmingCharacters(in: CharacterSet(charactersIn: "| "))))
        }
        #expect(rows.count > 20)
        #expect(errorTable() == rows)
    }

    @Test func an_errors_localized_description_is_the_sentence_for_people() async throws {
        let session = try QuickAccessSession(Simulator().settings(), store: .inMemory())
        let refused = try await refusal { try await session.accessToken() }
        #expect(refused.errorDescription == refused.text)
        #expect((refused as any Error).localizedDescription == refused.text)
        #expect(!refused.text.contains("Why("))
    }

    @Test func this_machines_own_store_is_there_or_says_what_is_missing() async throws {
        do {
            let store = try TokenStore.ofThisDevice(service: "dev.quickaccess.tests")
            let folder = try Folder()
            let settings = SessionSettings(
                server: "https://127.0.0.1:9", clientId: "QuickAccess", dataDir: folder.url.path)
            _ = try QuickAccessSession(settings, store: store).state
        } catch let error as QuickAccessError {
            #expect(error.code.hasPrefix("store_"))
            #expect(!error.text.isEmpty)
        }
    }

    private func signIn(_ session: QuickAccessSession) async throws -> QuickAccessError {
        try await refusal { try await session.signIn(username: "qa", password: Secret("abc123")) }
    }
}

/// What the doctor has told.
private final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [DoctorProgress] = []

    func take(_ progress: DoctorProgress) {
        lock.withLock { all.append(progress) }
    }

    var began: [String] {
        lock.withLock { all.compactMap { if case .began(let step, let title) = $0, !title.isEmpty { step } else { nil } } }
    }

    var ended: [DoctorCheck] {
        lock.withLock { all.compactMap { if case .ended(let check) = $0 { check } else { nil } } }
    }
}
