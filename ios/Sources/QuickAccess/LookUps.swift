import Foundation
import QuickAccessBinding

extension QuickAccessSession {
    /// Endpoints: what Policy Manager knows of devices. Needs the privilege `cppm_endpoints`.
    public var endpoints: Endpoints { Endpoints(raw: session.endpoints()) }

    /// Guests: accounts of visitors. Needs the privilege `guest_users`.
    public var guests: Guests { Guests(raw: session.guests()) }

    /// Devices: accounts of things. Needs the privileges `mac` and `guest_users` together.
    public var devices: Devices { Devices(raw: session.devices()) }

    /// Sessions on the network: who is connected. Needs the privilege `guest_sessions_history`.
    public var networkSessions: NetworkSessions { NetworkSessions(raw: session.networkSessions()) }

    /// What Insight knows of the device with this MAC address, in any notation. Needs the privilege
    /// `insight_alert`.
    ///
    /// - Throws: `not_found` when Insight has never seen it; `invalid_input` when it is no MAC address.
    public func onlineStatus(ofMac address: String) async throws(QuickAccessError) -> OnlineStatus {
        try await waiting { try await $0.onlineStatus(macAddress: address) }
    }
}

extension MacAddress {
    /// Reads a MAC address in any notation that people and devices use.
    ///
    /// - Throws: `invalid_input` when it is none.
    public static func reading(_ text: String) throws(QuickAccessError) -> MacAddress {
        try typed { try readMacAddress(text: text) }
    }
}

extension Filter {
    /// The JSON that it is sent as.
    ///
    /// - Throws: `invalid_input` for a member without a name or one that begins with `$`, filters that
    ///   join nothing, and JSON that is no object.
    public func json() throws(QuickAccessError) -> String {
        try typed { try filterJson(filter: self) }
    }
}

/// Looks endpoints up.
public struct Endpoints: Sendable {
    let raw: QuickAccessBinding.Endpoints

    /// One by its number; `not_found` when there is none.
    public func byId(_ id: UInt64) async throws(QuickAccessError) -> Endpoint {
        try await call { try await $0.byId(id: id) }
    }

    /// One by its MAC address, in any notation; `invalid_input` when it is none.
    public func byMac(_ address: String) async throws(QuickAccessError) -> Endpoint {
        try await call { try await $0.byMac(macAddress: address) }
    }

    /// Makes it known, unknown or disabled, and gives what the server has now. It is done even if the
    /// task is cancelled.
    public func setStatus(_ id: UInt64, to status: EndpointStatus) async throws(QuickAccessError) -> Endpoint {
        try await call { try await $0.setStatus(id: id, status: status) }
    }

    /// The endpoints that a query means; `invalid_input` for one that cannot be sent.
    public func list(_ query: ListQuery = ListQuery()) throws(QuickAccessError) -> Rows<Endpoint> {
        let rows = try typed { try raw.list(query: query) }
        return Rows { try await rows.nextPage() } total: { await rows.total() }
    }

    private func call<T: Sendable>(
        _ call: @escaping @Sendable (QuickAccessBinding.Endpoints) async throws -> T
    ) async throws(QuickAccessError) -> T {
        let raw = raw
        return try await waiting { try await call(raw) }
    }
}

/// Looks guests up and changes them. What changes something is done even if the task is cancelled.
public struct Guests: Sendable {
    let raw: QuickAccessBinding.Guests

    /// One by its number; `not_found` when there is none.
    public func byId(_ id: UInt64) async throws(QuickAccessError) -> Guest {
        try await call { try await $0.byId(id: id) }
    }

    /// One by its user name; `not_found` when there is none.
    public func byName(_ username: String) async throws(QuickAccessError) -> Guest {
        try await call { try await $0.byName(username: username) }
    }

    /// Makes an account, and gives what the server has made of it.
    ///
    /// - Throws: `validation_failed` names the fields. When the error says that the server may have
    ///   acted, look the name up before another try.
    public func create(_ guest: NewGuest, password: Secret) async throws(QuickAccessError) -> Guest {
        try await call {
            defer { password.giveBack() }
            return try await $0.create(guest: guest, password: password.borrow())
        }
    }

    /// Lets the account be used until then.
    public func extend(_ id: UInt64, until: Date) async throws(QuickAccessError) -> Guest {
        try await call { try await $0.extend(id: id, until: until) }
    }

    /// Switches the account off, and ends its sessions if wanted.
    public func disable(_ id: UInt64, endSessions: Bool = false) async throws(QuickAccessError) -> Guest {
        try await call { try await $0.disable(id: id, endSessions: endSessions) }
    }

    /// Switches the account on again.
    public func enable(_ id: UInt64) async throws(QuickAccessError) -> Guest {
        try await call { try await $0.enable(id: id) }
    }

    /// Sends the account's receipt to the guest.
    ///
    /// - Throws: `action_failed` with the server's reason, for instance when there is no address.
    public func sendReceipt(_ id: UInt64, by way: ReceiptBy) async throws(QuickAccessError) {
        try await call { try await $0.sendReceipt(id: id, by: way) }
    }

    /// The guests that a query means; `invalid_input` for one that cannot be sent.
    public func list(_ query: ListQuery = ListQuery()) throws(QuickAccessError) -> Rows<Guest> {
        let rows = try typed { try raw.list(query: query) }
        return Rows { try await rows.nextPage() } total: { await rows.total() }
    }

    private func call<T: Sendable>(
        _ call: @escaping @Sendable (QuickAccessBinding.Guests) async throws -> T
    ) async throws(QuickAccessError) -> T {
        let raw = raw
        return try await waiting { try await call(raw) }
    }
}

/// Looks devices up.
public struct Devices: Sendable {
    let raw: QuickAccessBinding.Devices

    /// One by its number; `not_found` when there is none.
    public func byId(_ id: UInt64) async throws(QuickAccessError) -> Device {
        let raw = raw
        return try await waiting { try await raw.byId(id: id) }
    }

    /// One by its MAC address, in any notation; `invalid_input` when it is none.
    public func byMac(_ address: String) async throws(QuickAccessError) -> Device {
        let raw = raw
        return try await waiting { try await raw.byMac(macAddress: address) }
    }

    /// The devices that a query means; `invalid_input` for one that cannot be sent.
    public func list(_ query: ListQuery = ListQuery()) throws(QuickAccessError) -> Rows<Device> {
        let rows = try typed { try raw.list(query: query) }
        return Rows { try await rows.nextPage() } total: { await rows.total() }
    }
}

/// Looks sessions on the network up, and acts on them.
public struct NetworkSessions: Sendable {
    let raw: QuickAccessBinding.NetworkSessions

    /// One by its id; `not_found` when there is none.
    public func byId(_ id: String) async throws(QuickAccessError) -> NetworkSession {
        try await call { try await $0.byId(id: id) }
    }

    /// Those that go on, stale ones included.
    public func active() -> Rows<NetworkSession> {
        rows(raw.active())
    }

    /// Those of a user that go on; `invalid_input` for an empty name.
    public func active(ofUser username: String) throws(QuickAccessError) -> Rows<NetworkSession> {
        rows(try typed { try raw.activeByUser(username: username) })
    }

    /// Those of a device that go on, in whatever notation the server keeps its MAC address.
    public func active(ofMac address: String) throws(QuickAccessError) -> Rows<NetworkSession> {
        rows(try typed { try raw.activeByMac(macAddress: address) })
    }

    /// The sessions that a query means, past ones too; `invalid_input` for one that cannot be sent.
    public func list(_ query: ListQuery = ListQuery()) throws(QuickAccessError) -> Rows<NetworkSession> {
        rows(try typed { try raw.list(query: query) })
    }

    /// Ends a session. It is done even if the task is cancelled.
    ///
    /// - Throws: `action_failed` with the server's reason, for instance when it is over already.
    public func disconnect(_ id: String) async throws(QuickAccessError) {
        try await call { try await $0.disconnect(id: id) }
    }

    /// Authorizes a session anew, so that a changed role or account takes hold.
    ///
    /// - Throws: as ``disconnect(_:)``.
    public func reauthorize(_ id: String) async throws(QuickAccessError) {
        try await call { try await $0.reauthorize(id: id) }
    }

    private func rows(_ rows: NetworkSessionRows) -> Rows<NetworkSession> {
        Rows { try await rows.nextPage() } total: { await rows.total() }
    }

    private func call<T: Sendable>(
        _ call: @escaping @Sendable (QuickAccessBinding.NetworkSessions) async throws -> T
    ) async throws(QuickAccessError) -> T {
        let raw = raw
        return try await waiting { try await call(raw) }
    }
}
