import Foundation

/// Privileges that belong together, in words.
@available(iOS 17.0, macOS 14.0, *)
public struct PrivilegeGroup: Equatable, Identifiable, Sendable {
    /// What they are about.
    public let title: String
    /// The privileges, in the server's order.
    public let rows: [PrivilegeRow]

    /// The title: no two groups have the same.
    public var id: String { title }

    /// The privileges that a search means, by group; groups without any are left out.
    static func groups(of held: [HeldPrivilege], search: String, _ words: Words) -> [PrivilegeGroup] {
        let wanted = search.trimmingCharacters(in: .whitespaces)
        let rows = held.map { (Topic(of: $0.name), PrivilegeRow($0, words)) }
            .filter { wanted.isEmpty || $0.1.matches(wanted, words.locale) }
        return Topic.allCases.compactMap { topic in
            let rows = rows.filter { $0.0 == topic }.map(\.1)
            return rows.isEmpty ? nil : PrivilegeGroup(title: words(topic.phrase), rows: rows)
        }
    }

    /// What a privilege is about, by its name.
    private enum Topic: CaseIterable {
        case guests, devices, network, administration, api, other

        init(of name: String) {
            self =
                switch name {
                case "guest_users", "guest_sessions_history": .guests
                case "mac", "cppm_endpoints", "insight_alert": .devices
                case "api_clients", "api_docs", "api_index", "apigility": .api
                case "admin_users", "auth_profiles", "platform": .administration
                case "cppm_network_devices", "cppm_roles", "cppm_deny_listed_users": .network
                case _ where name.hasPrefix("guest_"): .guests
                case _ where name.hasPrefix("api_"): .api
                case _ where name.hasPrefix("cppm_"): .administration
                default: .other
                }
        }

        var phrase: Phrase {
            switch self {
            case .guests: .groupGuests
            case .devices: .groupDevices
            case .network: .groupNetwork
            case .administration: .groupAdministration
            case .api: .groupApi
            case .other: .groupOther
            }
        }
    }
}

/// A privilege in words.
@available(iOS 17.0, macOS 14.0, *)
public struct PrivilegeRow: Equatable, Identifiable, Sendable {
    /// The server's name for it.
    public let id: String
    /// The name for people.
    public let name: String
    /// How far it goes.
    public let level: String
    /// Whether it lets people change things, which the screen marks.
    public let changesThings: Bool

    init(_ held: HeldPrivilege, _ words: Words) {
        id = held.name
        name = words.named("privilege.\(held.name)") ?? held.displayName
        changesThings = held.level == .full || held.level == .readWrite
        level =
            switch held.level {
            case .full: words(.levelFull)
            case .readWrite: words(.levelReadWrite)
            case .read: words(.levelRead)
            case .allowed: words(.levelAllowed)
            case .unknown: words(.levelUnknown)
            }
    }

    func matches(_ wanted: String, _ locale: Locale) -> Bool {
        [id, name, level].contains {
            $0.range(of: wanted, options: [.caseInsensitive, .diacriticInsensitive], locale: locale) != nil
        }
    }
}
