import Foundation
import Observation
import QuickAccess

/// Decides which screen shows: it renders the state of the session, and sends on what the platform tells.
/// What a token is it does not know.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class AppModel {
    /// A screen.
    public enum Screen: Equatable, Sendable {
        /// The store is being read.
        case loading
        /// Which server?
        case server
        /// Who?
        case signIn
        /// Somebody is signed in: home, look-up, history.
        case home
    }

    /// What the app is to the person.
    public enum Phase: Sendable {
        case active, inactive, background
    }

    /// The screen that shows.
    public private(set) var screen = Screen.loading
    /// Whether what is shown is covered, as in the list of running apps.
    public private(set) var isCovered = false
    /// The server screen.
    public private(set) var server: ServerModel
    /// The sign-in screen, once there is a server.
    public private(set) var signIn: SignInModel?
    /// The home screen, while somebody is signed in.
    public private(set) var home: HomeModel?
    /// The look-up screen, where the privileges allow any.
    public private(set) var lookUp: LookUpModel?
    /// The history, once there is a server.
    public private(set) var history: HistoryModel?

    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private var session: (any SessionCalls)?
    @ObservationIgnored private var rendering: Task<Void, Never>?
    /// The person wants to sign in although a session goes on, since it can't be extended.
    private var isSigningInAgain = false

    /// The model of the app; ``start()`` begins.
    public init(_ around: Surroundings) {
        self.around = around
        server = ServerModel(ServerChoice(), isManaged: false, around) { _, _ in }
        renewServer()
    }

    /// The texts.
    public var words: Words { around.words }

    /// Opens the session of the server that was connected to before, if there is one. A server that an
    /// administrator has chosen goes before it.
    public func start() async {
        guard session == nil else { return }
        let remembered = around.preferences.server
        let managed = around.preferences.managedServer
        guard let choice = remembered, managed == nil || managed?.address == choice.address else {
            screen = .server
            if managed?.isComplete == true { await server.connect() }
            return
        }
        do throws(QuickAccessError) {
            use(try await around.open(choice), choice)
        } catch {
            // The screen says what is wrong with it, and lets the person mend it.
            screen = .server
            await server.connect()
        }
    }

    /// Takes a link; one that names a server is taken where nobody is signed in.
    public func open(_ link: URL) async {
        guard home == nil, let choice = ServerChoice(link: link) else { return }
        changeServer()
        await server.take(choice)
    }

    /// Goes back to the server screen.
    public func changeServer() {
        guard home == nil else { return }
        leave()
        screen = .server
    }

    /// Goes to the sign-in, while a session that can no longer be extended goes on.
    public func signInAgain() {
        guard home != nil else { return }
        isSigningInAgain = true
        signIn?.username = home?.signedIn.username ?? ""
        screen = .signIn
    }

    /// Whether the sign-in can be left for the session that goes on.
    public var canGoBack: Bool { isSigningInAgain }

    /// Leaves the sign-in for the session that goes on.
    public func goBack() {
        guard isSigningInAgain else { return }
        isSigningInAgain = false
        signIn?.cancel()
        signIn?.forgetPassword()
        screen = .home
    }

    /// The app came, went, or is about to.
    public func enter(_ phase: Phase) {
        isCovered = phase != .active
        switch phase {
        case .active: session?.notify(.foreground)
        case .inactive: break
        case .background:
            signIn?.forgetPassword()
            history?.doctor.password = ""
            session?.notify(.background)
        }
    }

    /// The platform told something else.
    public func notify(_ event: PlatformEvent) {
        session?.notify(event)
    }

    /// The platform lets the app work for a moment in the background. Asking who is signed in extends a
    /// session that is due, and shows that it lives. Gives back whether that went well.
    public func refreshInBackground() async -> Bool {
        if session == nil { await start() }
        guard let session else { return true }
        // The store is read in its own time.
        for await state in session.states where state != .loading {
            render(state)
            break
        }
        guard let home else { return true }
        await home.load()
        return home.problem == nil && !home.isOffline
    }

    private func use(_ session: any SessionCalls, _ choice: ServerChoice) {
        leave()
        self.session = session
        around.preferences.server = choice
        signIn = SignInModel(session, choice, around) { [weak self] in self?.signedInAgain() }
        history = HistoryModel(session, choice, around)
        render(session.state)
        rendering = Task { [weak self] in
            for await state in session.states {
                guard !Task.isCancelled, let self else { return }
                self.render(state)
            }
        }
    }

    private func leave() {
        rendering?.cancel()
        rendering = nil
        session = nil
        signIn = nil
        history = nil
        forgetPerson()
        renewServer()
    }

    private func renewServer() {
        let managed = around.preferences.managedServer
        let choice = managed ?? around.preferences.server ?? ServerChoice()
        server = ServerModel(choice, isManaged: managed?.isComplete == true, around) { [weak self] choice, session in
            self?.use(session, choice)
        }
    }

    private func render(_ state: SessionState) {
        signIn?.render(state)
        switch state {
        case .loading: screen = .loading
        case .signedOut, .locked, .storeFailed:
            if case .signedOut = state { around.preferences.lastKnown = nil }
            forgetPerson()
            screen = .signIn
        case .signingIn(let previous):
            if let previous { home?.render(previous) }
            screen = .signIn
        case .signedIn(let signedIn): show(signedIn)
        }
    }

    private func show(_ signedIn: SignedIn) {
        guard let session, let choice = signIn?.server else { return }
        if let home {
            home.render(signedIn)
            if !isSigningInAgain { screen = .home }
            return
        }
        let home = HomeModel(
            signedIn, session, choice, around,
            learned: { [weak self] in self?.learned($0) },
            signedOut: { [weak self] in self?.signedOut($0) })
        self.home = home
        if let known = home.known { offerLookUp(known.privileges) }
        screen = .home
    }

    /// A sign-in beside a session has succeeded: that is another person, perhaps, so nothing is kept.
    private func signedInAgain() {
        guard isSigningInAgain, let session else { return }
        forgetPerson()
        render(session.state)
    }

    private func learned(_ known: LastKnown) {
        around.preferences.lastKnown = known
        offerLookUp(known.privileges)
    }

    private func offerLookUp(_ privileges: [HeldPrivilege]) {
        if let lookUp {
            if !lookUp.render(privileges) { self.lookUp = nil }
        } else if let session {
            lookUp = LookUpModel(session, around, privileges)
        }
    }

    /// Says what a sign-out could not do.
    private func signedOut(_ report: SignOutReport?) {
        guard let report else { return }
        var said = [words(.causeSignedOut)]
        if !report.erased { said.append(words(.signOutNotErased)) }
        switch report.revocation {
        case .revoked, .nothingToRevoke: break
        case .notOffered, .failed: said.append(words(.signOutNotRevoked))
        }
        signIn?.farewell = said.joined(separator: " ")
    }

    private func forgetPerson() {
        isSigningInAgain = false
        home = nil
        lookUp = nil
    }
}
