import Foundation
import Observation
import QuickAccess

/// The look-up screen: what the privileges allow to look up, and nothing else.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class LookUpModel {
    /// What can be looked up.
    public enum Kind: String, CaseIterable, Hashable, Identifiable, Sendable {
        case endpoint, guest, sessions

        /// Itself.
        public var id: Self { self }

        /// The privilege that it takes.
        var privilege: String {
            switch self {
            case .endpoint: "cppm_endpoints"
            case .guest: "guest_users"
            case .sessions: "guest_sessions_history"
            }
        }
    }

    /// What a look-up came to.
    public enum Outcome: Equatable {
        /// Nothing was looked up yet.
        case nothing
        /// Somebody is looking.
        case looking
        /// What there is; never empty.
        case found([LookUpResult])
        /// There is none.
        case none
        /// It failed.
        case refused(Problem)
    }

    /// What is looked up.
    public var kind: Kind { didSet { if kind != oldValue { clear() } } }
    /// The MAC address or the name.
    public var query = "" { didSet { if query != oldValue, outcome != .nothing { forget() } } }
    /// What it came to.
    public private(set) var outcome = Outcome.nothing
    /// What may be looked up, in the order of the screen.
    public private(set) var kinds: [Kind]

    @ObservationIgnored private let session: any SessionCalls
    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private var attempt = 0

    /// Nothing when none of it is allowed.
    init?(_ session: any SessionCalls, _ around: Surroundings, _ privileges: [HeldPrivilege]) {
        let allowed = Self.allowed(privileges)
        guard let first = allowed.first else { return nil }
        kinds = allowed
        kind = first
        self.session = session
        self.around = around
    }

    /// The texts.
    public var words: Words { around.words }

    /// What a kind is called.
    public func title(_ kind: Kind) -> String {
        switch kind {
        case .endpoint: words(.lookUpEndpoint)
        case .guest: words(.lookUpGuest)
        case .sessions: words(.lookUpSessions)
        }
    }

    /// What is to be typed.
    public var prompt: String {
        switch kind {
        case .endpoint: words(.lookUpMac)
        case .guest: words(.lookUpGuestName)
        case .sessions: words(.lookUpUser)
        }
    }

    /// Whether what is typed is a MAC address, for the keyboard.
    public var isMac: Bool { kind == .endpoint }

    /// Whether somebody is looking.
    public var isLooking: Bool { outcome == .looking }

    /// Whether there is enough to look up. Sessions need no name: then all that go on are meant.
    public var canLookUp: Bool { !isLooking && (kind == .sessions || !wanted.isEmpty) }

    /// What to say of a look-up that found nothing.
    public var emptyText: String {
        wanted.isEmpty ? words(.lookUpNoSessions) : words(.lookUpNone, wanted)
    }

    /// Looks up.
    public func lookUp() async {
        guard canLookUp else { return }
        attempt += 1
        let mine = attempt
        outcome = .looking
        let found: Outcome
        do throws(QuickAccessError) {
            let results = try await results()
            found = results.isEmpty ? .none : .found(results)
        } catch {
            found = error.code == "not_found" ? .none : .refused(Problem(error, words))
        }
        if mine == attempt { outcome = found }
    }

    /// The privileges are others now. Gives back whether anything is still allowed.
    func render(_ privileges: [HeldPrivilege]) -> Bool {
        kinds = Self.allowed(privileges)
        if let first = kinds.first, !kinds.contains(kind) { kind = first }
        return !kinds.isEmpty
    }

    private var wanted: String { query.trimmingCharacters(in: .whitespacesAndNewlines) }

    private func results() async throws(QuickAccessError) -> [LookUpResult] {
        switch kind {
        case .endpoint: [LookUpResult(try await session.endpoint(mac: wanted), words)]
        case .guest: [LookUpResult(try await session.guest(name: wanted), words)]
        case .sessions:
            try await session.activeSessions(ofUser: wanted.isEmpty ? nil : wanted)
                .map { LookUpResult($0, words) }
        }
    }

    private func clear() {
        query = ""
        forget()
    }

    /// An answer to an older question is not to come in between.
    private func forget() {
        attempt += 1
        outcome = .nothing
    }

    private static func allowed(_ privileges: [HeldPrivilege]) -> [Kind] {
        Kind.allCases.filter { kind in privileges.contains { $0.name == kind.privilege && $0.mayRead } }
    }
}
