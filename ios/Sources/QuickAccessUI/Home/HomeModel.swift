import Foundation
import Observation
import QuickAccess

/// The home screen: who is signed in, for how long, and what they may do.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class HomeModel {
    /// The session.
    public private(set) var signedIn: SignedIn
    /// What the server said of the person, now or before.
    public private(set) var known: LastKnown?
    /// Whether the server could not be asked, so that what is shown is what it said before.
    public private(set) var isOffline = false
    /// What went wrong when it was asked, or when the session was to be extended.
    public private(set) var problem: Problem?
    /// Whether the server is being asked.
    public private(set) var isLoading = false
    /// What is looked for in the privileges.
    public var search = ""
    /// Whether the person is being asked if they want to sign out.
    public var isAskingToSignOut = false
    /// Whether somebody is signing out.
    public private(set) var isSigningOut = false
    private var isExtending = false

    /// The server.
    public let server: ServerChoice
    @ObservationIgnored private let session: any SessionCalls
    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private let learned: @MainActor (LastKnown) -> Void
    @ObservationIgnored private let signedOut: @MainActor (SignOutReport?) -> Void

    init(
        _ signedIn: SignedIn,
        _ session: any SessionCalls,
        _ server: ServerChoice,
        _ around: Surroundings,
        learned: @escaping @MainActor (LastKnown) -> Void,
        signedOut: @escaping @MainActor (SignOutReport?) -> Void
    ) {
        self.signedIn = signedIn
        self.session = session
        self.server = server
        self.around = around
        self.learned = learned
        self.signedOut = signedOut
        known = around.preferences.lastKnown.flatMap {
            $0.account == session.account && $0.username == signedIn.username ? $0 : nil
        }
    }

    /// The texts.
    public var words: Words { around.words }

    /// The name of the person.
    public var name: String { known?.name ?? signedIn.username }

    /// Operator profile, server and version.
    public var facts: [Fact] {
        [
            Fact(words(.homeProfile), known?.profile),
            Fact(words(.homeServer), server.name),
            Fact(words(.homeVersion), known?.version),
        ].compactMap { $0 }
    }

    /// That what is shown is old, and from when.
    public var staleness: String? {
        guard isOffline else { return nil }
        return known.map { words(.homeOffline, words.date($0.at)) } ?? words.error("offline")
    }

    /// How much time is left at a moment.
    public func timeLeft(at now: Date) -> TimeLeft {
        TimeLeft(of: signedIn, at: now, words)
    }

    /// What can be promised about staying signed in.
    public var promise: String { words.promise(signedIn) }

    /// What there is to know about how the session is extended; nothing when all is well.
    public var refreshNote: String? {
        switch signedIn.refresh {
        case .ready, .inFlight, .elsewhere: nil
        case .waiting(let code): words(.refreshWaiting, words.error(code))
        case .blocked(let code): words(.refreshBlocked, words.error(code))
        case .ended(let cause): words(.refreshEnded, words.cause(cause))
        case .notOffered: words(.refreshNotOffered)
        }
    }

    /// That the session would not outlive the app, where it should.
    public var savedNote: String? {
        if !signedIn.saved { return words(.homeNotSaved) }
        return signedIn.persistence == .process ? words(.homeMemoryOnly) : nil
    }

    /// Whether the session is being extended.
    public var isRefreshing: Bool { isExtending || signedIn.refresh == .inFlight }

    /// Whether extending can be asked for.
    public var canRefresh: Bool {
        if isExtending || isSigningOut { return false }
        switch signedIn.refresh {
        case .ended, .notOffered: return false
        default: return true
        }
    }

    /// The privileges that the search means, by what they are about.
    public var groups: [PrivilegeGroup] {
        PrivilegeGroup.groups(of: known?.privileges ?? [], search: search, words)
    }

    /// What to say where there are no privileges to show.
    public var emptyPrivileges: (title: String, text: String)? {
        guard groups.isEmpty, known != nil else { return nil }
        if known?.privileges.isEmpty == true { return (words(.privilegesNone), words(.privilegesNoneText)) }
        return (words(.privilegesNoMatch), words(.privilegesNoMatchText, search))
    }

    /// Asks the server who this is and what they may do.
    public func load() async {
        guard !isLoading else { return }
        isLoading = true
        let done = around.stayAwake("asking")
        defer {
            done()
            isLoading = false
        }
        do throws(QuickAccessError) {
            let identity = try await session.whoami()
            // The version is nice to have: a person may not be allowed to see it.
            let version = try? await session.serverVersion().version
            let privileges = try await session.privileges()
            let told = LastKnown(
                account: session.account, username: signedIn.username, name: identity.name, profile: identity.profile,
                version: version ?? nil, privileges: privileges.map(HeldPrivilege.init), at: around.now())
            known = told
            isOffline = false
            problem = nil
            learned(told)
        } catch {
            failed(error)
        }
    }

    /// Extends the session now.
    public func refresh() async {
        guard canRefresh else { return }
        isExtending = true
        let done = around.stayAwake("refresh")
        defer {
            done()
            isExtending = false
        }
        do throws(QuickAccessError) {
            try await session.refresh()
            problem = nil
            isOffline = false
        } catch {
            failed(error)
        }
    }

    /// Signs out, after the person was asked.
    public func signOut() async {
        guard !isSigningOut else { return }
        isAskingToSignOut = false
        isSigningOut = true
        let done = around.stayAwake("sign-out")
        defer {
            done()
            isSigningOut = false
        }
        do throws(QuickAccessError) {
            signedOut(try await session.signOut())
        } catch {
            problem = Problem(error, words)
        }
    }

    func render(_ signedIn: SignedIn) {
        self.signedIn = signedIn
    }

    private func failed(_ error: QuickAccessError) {
        isOffline = error.isRetryable && error.code != "bad_reply"
        problem = isOffline && error.code == "offline" ? nil : Problem(error, words)
    }
}
