import Foundation
import QuickAccess
import Testing

/// Look-ups by kind, and what can be done to what they find.
@Suite struct LookUpTests {
    private let stranger = "02-00-c0-ff-ee-01"

    @Test func a_mac_address_is_read_in_any_notation() throws {
        for typed in ["00-00-5E-00-53-AF", "0000.5e00.53af", " 00005e0053af "] {
            let mac = try MacAddress.reading(typed)
            #expect(mac.text == "00:00:5e:00:53:af" && mac.bare == "00005e0053af" && !mac.isRandomized)
        }
        #expect(try MacAddress.reading(stranger).isRandomized)
        do {
            _ = try MacAddress.reading("printer")
            Issue.record("a word was taken for an address")
        } catch {
            #expect(error.code == "invalid_input")
        }
    }

    @Test func an_endpoint_is_found_changed_and_listed() async throws {
        let server = try Simulator()
        let endpoints = try await server.administrator().endpoints
        let byId = try await endpoints.byId(17)
        #expect(byId.id == 17 && !byId.profile.isEmpty)
        #expect(try await endpoints.byMac(byId.macAddress.uppercased()) == byId)
        for status in [EndpointStatus.disabled, .known] {
            #expect(try await endpoints.setStatus(17, to: status).status == status)
        }
        let odd = try await refusal { try await endpoints.setStatus(17, to: .other(word: "Lost")) }
        #expect(odd.code == "validation_failed")
        #expect(try await refusal { [stranger] in try await endpoints.byMac(stranger) }.code == "not_found")
        #expect(try await refusal { try await endpoints.byMac("x") }.code == "invalid_input")
        let rows = try endpoints.list(ListQuery(limit: 1_000, count: true))
        var count: UInt64 = 0
        for try await _ in rows { count += 1 }
        #expect(count == 5_000)
        #expect(await rows.total() == count)
    }

    @Test func a_device_is_found_and_listed() async throws {
        let server = try Simulator()
        let devices = try await server.administrator().devices
        let byId = try await devices.byId(5)
        #expect(try await devices.byMac(try #require(byId.mac)) == byId)
        let rows = try devices.list(ListQuery(limit: 100, count: true))
        #expect(try await rows.nextPage()?.count == 100)
        #expect(await rows.total() == 1_000)
    }

    @Test func a_guest_is_made_looked_up_extended_and_switched_off() async throws {
        let server = try Simulator()
        let guests = try await server.signedIn().guests
        let guest = NewGuest(
            username: "ada@example.com", roleId: 2, visitorName: "Ada", visitorPhone: "+44 20 7946 0000",
            email: "ada@example.com", expireTime: Date(timeIntervalSince1970: 4_000_000_000))
        let made = try await guests.create(guest, password: Secret("hunter2"))
        #expect(made.visitorName == "Ada")
        #expect(!"\(made) \(guest)".contains("hunter2"))
        #expect(try await guests.byName(made.username).id == made.id)
        #expect(try await guests.byId(made.id).id == made.id)
        let taken = try await refusal { try await guests.create(guest, password: Secret("hunter2")) }
        #expect(taken.code == "validation_failed" && !"\(taken)".contains("hunter2"))
        let extended = try await guests.extend(made.id, until: Date(timeIntervalSince1970: 4_100_000_000))
        #expect(extended.expireTime != made.expireTime)
        #expect(try await guests.disable(made.id, endSessions: true).currentState == .disabled)
        #expect(try await guests.enable(made.id).enabled == true)
        try await guests.sendReceipt(made.id, by: .email)
        #expect(try await server.counter("receipts_sent") == 1)
        #expect(try await refusal { try await guests.sendReceipt(0, by: .sms) }.code == "not_found")
        let rows = try guests.list(ListQuery(limit: 10, count: true))
        #expect(try await rows.nextPage()?.count == 10)
        #expect(await rows.total() == 3_001)
    }

    @Test func sessions_on_the_network_are_found_and_ended() async throws {
        let server = try Simulator()
        let session = try await server.administrator()
        let sessions = session.networkSessions
        let known = try #require(try await sessions.active().nextPage()?.first { $0.state == .active && $0.mac != nil })
        let mac = try #require(known.mac)
        #expect(try await sessions.byId(known.id) == known)
        #expect(try await session.onlineStatus(ofMac: mac).isOnline == true)
        #expect(try await refusal { [stranger] in try await session.onlineStatus(ofMac: stranger) }.code == "not_found")
        for rows in [
            try sessions.active(ofUser: try #require(known.username)), try sessions.active(ofMac: mac),
            try sessions.list(),
        ] {
            #expect(try await rows.nextPage()?.isEmpty == false)
        }
        #expect(try await refusal { try sessions.active(ofUser: "") }.code == "invalid_input")
        try await sessions.reauthorize(known.id)
        try await sessions.disconnect(known.id)
        #expect(try await server.counter("session_actions") == 2)
        #expect(try await refusal { try await sessions.disconnect(known.id) }.code == "action_failed")
    }
}
