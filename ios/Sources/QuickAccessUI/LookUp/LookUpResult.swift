import Foundation
import QuickAccess

/// One thing that was looked up, as names and values.
@available(iOS 17.0, macOS 14.0, *)
public struct LookUpResult: Equatable, Identifiable, Sendable {
    /// Tells it from the others of its kind.
    public let id: String
    /// What it is called.
    public let title: String
    /// How it stands.
    public let status: String
    /// Whether that is as it should be.
    public let isGood: Bool
    /// What is known of it.
    public let facts: [Fact]

    init(_ endpoint: Endpoint, _ words: Words) {
        id = "endpoint/\(endpoint.id)"
        title = endpoint.mac ?? endpoint.macAddress
        isGood = endpoint.status == .known
        status =
            switch endpoint.status {
            case .known: words(.endpointKnown)
            case .unknown: words(.endpointUnknown)
            case .disabled: words(.endpointDisabled)
            case .other(let word): word
            }
        let named = (endpoint.profile + endpoint.attributes).compactMap { Fact($0.name, $0.value as String?) }
        facts = Self.once(
            [
                Fact(words(.factNote), endpoint.description),
                Fact(words(.factRandomMac), endpoint.randomizedMac == true ? words(.yes) : nil),
                Fact(words(.factAdded), endpoint.addedAt),
                Fact(words(.factChanged), endpoint.updatedAt),
            ].compactMap { $0 } + named)
    }

    init(_ guest: Guest, _ words: Words) {
        id = "guest/\(guest.id)"
        title = guest.visitorName ?? guest.username
        isGood = guest.currentState == .active
        status =
            switch guest.currentState {
            case .active: words(.guestActive)
            case .disabled: words(.guestDisabled)
            case .expired: words(.guestExpired)
            case .pending: words(.guestPending)
            case .other(let word): word
            }
        facts = [
            Fact(words(.factUser), guest.username),
            Fact(words(.factRole), guest.roleName),
            Fact(words(.factCompany), guest.visitorCompany),
            Fact(words(.factEmail), guest.email),
            Fact(words(.factPhone), guest.visitorPhone),
            Fact(words(.factSponsor), guest.sponsorName),
            Fact(words(.factFrom), guest.startTime),
            Fact(words(.factUntil), guest.expireTime),
            Fact(words(.factMac), guest.macAddress),
            Fact(words(.factNote), guest.notes),
        ].compactMap { $0 }
    }

    init(_ session: NetworkSession, _ words: Words) {
        id = "session/\(session.id)"
        title = session.username ?? session.mac ?? session.id
        isGood = session.state == .active
        status =
            switch session.state {
            case .active: words(.sessionActive)
            case .stale: words(.sessionStale)
            case .closed: words(.sessionClosed)
            case .other(let word): word
            }
        facts = [
            Fact(words(.factMac), session.mac ?? session.macAddress),
            Fact(words(.factIp), session.framedipaddress),
            Fact(words(.factSince), session.acctstarttime),
            Fact(words(.factLasted), session.acctsessiontime.map { words.span(TimeInterval($0)) }),
            Fact(words(.factNetwork), session.ssid),
            Fact(words(.factAccessPoint), session.apName ?? session.nasName),
            Fact(words(.factRole), session.tipsrole ?? session.arubauserrole),
        ].compactMap { $0 }
    }

    /// The first of a name counts: an administrator may choose a name that is taken.
    private static func once(_ facts: [Fact]) -> [Fact] {
        var seen = Set<String>()
        return facts.filter { seen.insert($0.label).inserted }
    }
}
