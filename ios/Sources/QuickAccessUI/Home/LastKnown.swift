import Foundation
import QuickAccess

/// What the server said of the person, with the time: shown when it cannot be asked, which the screen says.
@available(iOS 17.0, macOS 14.0, *)
public struct LastKnown: Codable, Equatable, Sendable {
    /// The account that it is about.
    public var account: String
    /// The user name that it is about, as typed.
    public var username: String
    /// The name that the server gives the person.
    public var name: String?
    /// The operator profile.
    public var profile: String?
    /// The version of ClearPass.
    public var version: String?
    /// The privileges, in the server's order.
    public var privileges: [HeldPrivilege]
    /// When the server said so, by this device's clock.
    public var at: Date
}

/// A privilege that the person has.
@available(iOS 17.0, macOS 14.0, *)
public struct HeldPrivilege: Codable, Equatable, Sendable {
    /// The server's name for it, such as `guest_users`.
    public var name: String
    /// The same for people, in English.
    public var displayName: String
    /// How far it goes.
    public var level: Level
    /// Whether it is enough to look at things.
    public var mayRead: Bool

    /// How far a privilege goes.
    public enum Level: String, Codable, Sendable {
        case full, readWrite, read, allowed, unknown
    }

    init(_ privilege: Privilege) {
        name = privilege.name
        displayName = privilege.displayName
        mayRead = privilege.mayRead
        level =
            switch privilege.level {
            case .full: .full
            case .readWrite: .readWrite
            case .read: .read
            case .allowed: .allowed
            case .unknown: .unknown
            }
    }
}
