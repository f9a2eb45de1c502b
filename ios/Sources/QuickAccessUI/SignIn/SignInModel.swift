import Foundation
import Observation
import QuickAccess

/// The sign-in screen: name and password, progress, and what went wrong next to the field that it is about.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class SignInModel {
    /// A field of the form.
    public enum Field: Hashable, Sendable {
        case username, password
    }

    /// How often the server is looked at while somebody types, in seconds.
    static let warmEvery: TimeInterval = 3

    /// The user name.
    public var username = "" { didSet { if username != oldValue { problem = nil } } }
    /// The password, as the text field holds it; gone when the sign-in has succeeded.
    public var password = "" { didSet { if password != oldValue { problem = nil } } }
    /// Whether the password is shown.
    public var isRevealed = false
    /// What went wrong with the last try.
    public private(set) var problem: Problem?
    /// A certificate to compare.
    public private(set) var certificate: CertificateModel?
    /// Whether the server could not be reached at the last look.
    public private(set) var isOffline = false
    /// What is to be said of the sign-out before.
    public internal(set) var farewell: String?
    /// Where the session stands.
    private(set) var state: SessionState
    private var isTrying = false

    /// The server that this is for.
    public let server: ServerChoice
    @ObservationIgnored private let session: any SessionCalls
    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private let signedIn: @MainActor () -> Void
    @ObservationIgnored private var warmed: Date?

    init(
        _ session: any SessionCalls, _ server: ServerChoice, _ around: Surroundings,
        signedIn: @escaping @MainActor () -> Void
    ) {
        self.signedIn = signedIn
        self.session = session
        self.server = server
        self.around = around
        state = session.state
    }

    /// The texts.
    public var words: Words { around.words }

    /// What the screen is about.
    public var subtitle: String { words(.signInServer, server.name) }

    /// Whether a sign-in is under way.
    public var isSigningIn: Bool {
        if isTrying { return true }
        if case .signingIn = state { return true }
        return false
    }

    /// Whether the device has to be unlocked first.
    public var isLocked: Bool { state == .locked }

    /// Whether there is enough to try.
    public var canSignIn: Bool { !username.isEmpty && !password.isEmpty && !isSigningIn && !isLocked }

    /// Why nobody is signed in, where that is no news that the person has made.
    public var why: String? {
        switch state {
        case .signedOut(let cause, _):
            switch cause {
            case .neverSignedIn: nil
            case .signedOut: farewell
            case let cause: words.cause(cause)
            }
        case .storeFailed(let code): words.error(code)
        case .locked: words.error("store_locked")
        default: nil
        }
    }

    /// Whether the history has something to say about why nobody is signed in.
    public var hasStory: Bool {
        if case .signedOut(let cause, _) = state { return cause != .neverSignedIn }
        return false
    }

    /// What went wrong with a field.
    public func problem(of field: Field) -> Problem? {
        problem.flatMap { self.field(of: $0) == field ? $0 : nil }
    }

    /// What went wrong and is about no field.
    public var generalProblem: Problem? {
        problem.flatMap { field(of: $0) == nil ? $0 : nil }
    }

    /// The field to go to next.
    public var nextField: Field? {
        if username.isEmpty { return .username }
        return password.isEmpty || problem?.code == "credentials_rejected" ? .password : nil
    }

    /// Somebody is about to type a password: looks at the server, so that the connection is warm, and
    /// that a certificate is compared before and not after.
    public func warm() async {
        let now = around.now()
        guard !isSigningIn, !isLocked, warmed.map({ now.timeIntervalSince($0) >= Self.warmEvery }) ?? true
        else { return }
        warmed = now
        do throws(QuickAccessError) {
            _ = try await session.probe()
            isOffline = false
            certificate = nil
        } catch {
            isOffline = error.code == "offline"
            show(certificateOf: error)
        }
    }

    /// Signs in.
    public func signIn() async {
        guard canSignIn else { return }
        isTrying = true
        problem = nil
        farewell = nil
        let done = around.stayAwake("sign-in")
        let secret = Secret(password)
        defer {
            secret.wipe()
            done()
            // What the stream of states tells later.
            state = session.state
            isTrying = false
        }
        do throws(QuickAccessError) {
            try await session.signIn(username: username.trimmingCharacters(in: .whitespaces), password: secret)
            forgetPassword()
            isOffline = false
            signedIn()
        } catch {
            // Nobody needs to be told what they have done themselves.
            guard error.code != "cancelled" else { return }
            if !show(certificateOf: error) { problem = Problem(error, words) }
        }
    }

    /// Gives up the sign-in that is under way.
    public func cancel() {
        session.cancelSignIn()
    }

    /// Forgets what was typed as the password: after a sign-in, and when the app goes to the background.
    public func forgetPassword() {
        password = ""
        isRevealed = false
    }

    func render(_ state: SessionState) {
        self.state = state
        if case .signedIn = state { farewell = nil }
    }

    @discardableResult
    private func show(certificateOf error: QuickAccessError) -> Bool {
        guard let untrusted = error.certificate else { return false }
        // What was confirmed of the same certificate stays.
        if certificate?.certificate == untrusted { return true }
        certificate = CertificateModel(untrusted, Problem(error, words), words) { [weak self] in
            await self?.approve($0)
        }
        return true
    }

    private func approve(_ untrusted: UntrustedCertificate) async {
        do throws(QuickAccessError) {
            try await trust(untrusted, with: session)
            certificate = nil
            warmed = nil
            problem = nil
        } catch {
            problem = Problem(error, words)
        }
    }

    private func field(of problem: Problem) -> Field? {
        switch problem.code {
        case "credentials_rejected": .password
        case "invalid_input": username.isEmpty ? .username : .password
        default: nil
        }
    }
}
