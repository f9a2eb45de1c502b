import Foundation
import QuickAccess
@testable import QuickAccessUI
import Testing

/// The look-up screen: what is offered, found, not found, and not permitted.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct LookUpTests {
    @Test func only_what_the_privileges_allow_is_offered() async throws {
        let server = try Simulator()
        let desk = try Harness(server)
        try await desk.signIn("guest-desk")
        #expect(desk.app.lookUp?.kinds == [.guest] && desk.app.lookUp?.kind == .guest)
        let all = try Harness(server)
        try await all.signIn()
        let model = try #require(all.app.lookUp)
        #expect(model.kinds.map(model.title) == ["Endpoint", "Guest", "Sessions"])
        try await server.tell("PATCH", "/profiles/Help%20Desk", "{\"privileges\": [\"guest_users\"]}")
        await all.app.home?.load()
        #expect(model.kinds == [.guest] && model.kind == .guest)
        try await server.tell("PATCH", "/profiles/Help%20Desk", "{\"privileges\": [\"?guest_users\"]}")
        await all.app.home?.load()
        #expect(all.app.lookUp == nil, "a visible parent is nothing to look at")
    }

    @Test func an_endpoint_is_found_by_its_mac_address() async throws {
        let server = try Simulator()
        let model = try await model(server)
        #expect(model.isMac && model.prompt == "MAC address" && !model.canLookUp)
        let mac = try await server.macOfAnEndpoint()
        model.query = " \(mac.uppercased()) "
        await model.lookUp()
        let result = try #require(found(model).first)
        #expect(result.title.replacingOccurrences(of: ":", with: "") == mac.lowercased().filter(\.isHexDigit))
        #expect(!result.status.isEmpty && !result.facts.isEmpty)
        model.query = "02-00-c0-ff-ee-01"
        #expect(model.outcome == .nothing)
        await model.lookUp()
        #expect(model.outcome == .none)
        #expect(model.emptyText == "ClearPass knows nothing under “02-00-c0-ff-ee-01”.")
        model.query = "printer"
        await model.lookUp()
        guard case .refused(let problem) = model.outcome else {
            Issue.record("\(model.outcome)")
            return
        }
        #expect(problem.code == "invalid_input" && problem.detail != nil)
    }

    @Test func a_guest_is_found_by_name() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        try await harness.signIn()
        let desk = try await server.signedIn()
        let guest = NewGuest(
            username: "ada@example.com", roleId: 2, visitorName: "Ada", visitorPhone: "+44 20 7946 0000",
            email: "ada@example.com", expireTime: Date(timeIntervalSince1970: 4_000_000_000))
        _ = try await desk.guests.create(guest, password: Secret("hunter2"))
        let model = try #require(harness.app.lookUp)
        model.kind = .guest
        #expect(model.query.isEmpty && model.prompt == "Guest’s user name" && !model.isMac)
        model.query = "ada@example.com"
        await model.lookUp()
        let result = try #require(found(model).first)
        #expect(result.title == "Ada" && result.isGood && result.status == "Active")
        #expect(result.facts.contains(Fact("Email", "ada@example.com")))
        #expect(!result.facts.contains { $0.value.contains("hunter2") })
    }

    @Test func sessions_are_listed_all_or_of_one_user() async throws {
        let server = try Simulator()
        let model = try await model(server)
        model.kind = .sessions
        #expect(model.canLookUp, "no name means all of them")
        await model.lookUp()
        let all = found(model)
        #expect(!all.isEmpty, "\(String(describing: model.outcome))")
        #expect( all.allSatisfy { !$0.status.isEmpty })
        #expect(Set(all.map(\.id)).count == all.count)
        let user = try #require(all.first?.title)
        model.query = user
        await model.lookUp()
        #expect(found(model).allSatisfy { $0.title == user } && !found(model).isEmpty)
        model.query = "nobody of that name"
        await model.lookUp()
        #expect(model.outcome == .none)
        model.query = ""
        #expect(model.emptyText == "Nobody is connected.")
    }

    @Test func a_privilege_that_was_taken_away_is_told_and_signs_nobody_out() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        try await harness.signIn()
        let model = try #require(harness.app.lookUp)
        try await server.tell("PATCH", "/profiles/Help%20Desk", "{\"privileges\": [\"?api_index\", \"apigility\"]}")
        model.kind = .sessions
        await model.lookUp()
        guard case .refused(let problem) = model.outcome else {
            Issue.record("\(model.outcome)")
            return
        }
        #expect(problem.code == "not_permitted" && harness.app.screen == .home)
    }

    @Test func a_late_answer_is_not_shown_for_another_question() async throws {
        let server = try Simulator()
        let model = try await model(server)
        model.kind = .sessions
        let hold = try await server.hold("resource", "before_commit")
        let call = Task { await model.lookUp() }
        try await hold.reached()
        #expect(model.isLooking && !model.canLookUp)
        model.kind = .guest
        #expect(!model.isLooking)
        try await hold.release()
        await call.value
        #expect(model.outcome == .nothing)
    }

    @Test func every_status_has_its_word() {
        let words = Words(language: "en")
        let endpoints: [EndpointStatus] = [.known, .unknown, .disabled, .other(word: "Odd")]
        let guests: [AccountState] = [.active, .disabled, .expired, .pending, .other(word: "odd")]
        let sessions: [NetworkSessionState] = [.active, .stale, .closed, .other(word: "odd")]
        #expect(endpoints.map { LookUpResult(Self.endpoint($0), words).status } == ["Known", "Unknown", "Disabled", "Odd"])
        #expect(
            guests.map { LookUpResult(Self.guest($0), words).status }
                == ["Active", "Disabled", "Expired", "Pending", "odd"])
        #expect(
            sessions.map { LookUpResult(Self.session($0), words).status }
                == ["Connected", "No news for long", "Ended", "odd"])
        let facts = LookUpResult(Self.endpoint(.known), words).facts
        #expect(facts.map(\.label) == ["Note", "Made-up MAC address", "Category"], "a name counts once")
    }

    static func endpoint(_ status: EndpointStatus) -> Endpoint {
        Endpoint(
            id: 1, macAddress: "00005e005301", mac: "00:00:5e:00:53:01", status: status, description: "Printer",
            randomizedMac: true, addedAt: nil, updatedAt: nil,
            attributes: [Member(name: "Category", value: "again")],
            profile: [Member(name: "Category", value: "Printer")], other: [])
    }

    static func guest(_ state: AccountState) -> Guest {
        Guest(
            id: 1, username: "ada", enabled: true, currentState: state, roleId: nil, roleName: nil, startTime: nil,
            expireTime: nil, sponsorName: nil, email: nil, visitorName: nil, visitorCompany: nil, visitorPhone: nil,
            macAddress: nil, notes: nil, other: [])
    }

    static func session(_ state: NetworkSessionState) -> NetworkSession {
        NetworkSession(
            id: "R1", username: "ada", macAddress: nil, mac: nil, framedipaddress: nil, acctstarttime: nil,
            acctstoptime: nil, acctsessiontime: 3_600, state: state, ssid: nil, apName: nil, nasName: nil,
            nasipaddress: nil, tipsrole: nil, arubauserrole: nil, totalTraffic: nil, other: [])
    }

    private func model(_ server: Simulator) async throws -> LookUpModel {
        let harness = try Harness(server)
        try await harness.signIn()
        return try #require(harness.app.lookUp)
    }

    private func found(_ model: LookUpModel) -> [LookUpResult] {
        if case .found(let results) = model.outcome { results } else { [] }
    }
}
