#if DEBUG
import Foundation
import QuickAccess
import QuickAccessUI
import SwiftUI

/// Every state of every screen, for previews and for tests.
@available(iOS 17.0, macOS 14.0, *)
package enum PreviewState: String, CaseIterable {
    case firstRun, probing, serverOffline, serverWrong, certificateUnknown, certificateChanged
    case signIn, signInRevealed, signingIn, wrongPassword, signInOffline, locked, storeLost
    case home, homeSearch, homeNothingFound, homeOffline, homeWithoutRefresh, homeExpiring, homeExpired, homeBlocked
    case homeNoAccess, signingOut, covered
    case lookUpFound, lookUpNone, lookUpNotPermitted
    case historyEmpty, history, doctor

    /// The app in this state.
    @MainActor
    package func app(_ words: Words) async -> AppModel {
        let defaults = UserDefaults(suiteName: "QuickAccessPreview") ?? .standard
        defaults.removePersistentDomain(forName: "QuickAccessPreview")
        let preferences = Preferences(defaults)
        preferences.server = self == .firstRun ? nil : Sample.server
        let session = session
        let around = Surroundings(
            open: { (_) async throws(QuickAccessError) in session }, preferences: preferences, words: words,
            now: { Sample.now })
        let app = AppModel(around)
        if isServer { app.changeServer() } else { await app.start() }
        await drive(app)
        return app
    }

    private var isServer: Bool {
        switch self {
        case .firstRun, .probing, .serverOffline, .serverWrong, .certificateUnknown, .certificateChanged: true
        default: false
        }
    }

    private var session: PreviewSession {
        switch self {
        case .probing: PreviewSession(probed: nil)
        case .serverOffline, .signInOffline: PreviewSession(probed: .failure(Sample.error("offline")))
        case .serverWrong: PreviewSession(probed: .failure(Sample.error("not_clearpass")))
        case .certificateUnknown: PreviewSession(probed: .failure(Sample.untrusted(isChange: false)))
        case .certificateChanged: PreviewSession(probed: .failure(Sample.untrusted(isChange: true)))
        case .signingIn: PreviewSession(signedIn: nil)
        case .wrongPassword: PreviewSession(signedIn: .failure(Sample.error("credentials_rejected")))
        case .locked: PreviewSession(.locked)
        case .storeLost, .history, .doctor:
            PreviewSession(.signedOut(cause: .refreshUnfinished, pendingErase: false))
        case .firstRun, .signIn, .signInRevealed, .historyEmpty: PreviewSession()
        case .homeOffline: PreviewSession(Sample.session(), told: .failure(Sample.error("offline")))
        case .homeNoAccess: PreviewSession(Sample.session(), told: .failure(Sample.error("no_api_access")))
        case .homeWithoutRefresh:
            PreviewSession(Sample.session(.notOffered, stays: .until(at: Sample.now + 28_798)))
        case .homeExpiring:
            PreviewSession(
                Sample.session(.ended(cause: .singleUseSpent), left: 240, stays: .until(at: Sample.now + 240)))
        case .homeExpired: PreviewSession(Sample.session(.waiting(code: "offline"), left: -1, stays: .unknown))
        case .homeBlocked: PreviewSession(Sample.session(.blocked(code: "client_unknown")))
        case .lookUpNotPermitted:
            PreviewSession(Sample.session(), found: .failure(Sample.error("not_permitted")))
        case .home, .homeSearch, .homeNothingFound, .signingOut, .covered, .lookUpFound, .lookUpNone:
            PreviewSession(Sample.session())
        }
    }

    /// Does what leads there.
    @MainActor
    private func drive(_ app: AppModel) async {
        if isServer, self != .firstRun {
            let call = Task { await app.server.connect() }
            // One that never comes back is shown while it is under way.
            if self == .probing { await Task.yield() } else { await call.value }
        }
        if let signIn = app.signIn { await drive(signIn) }
        if let home = app.home { await drive(home, app) }
        if let lookUp = app.lookUp { await drive(lookUp) }
        if let history = app.history, self == .history || self == .historyEmpty || self == .doctor {
            await history.load()
            if self == .doctor { await history.doctor.run() }
        }
        if self == .covered { app.enter(.inactive) }
    }

    @MainActor
    private func drive(_ signIn: SignInModel) async {
        switch self {
        case .signInRevealed:
            signIn.username = "ada"
            signIn.password = "correct horse"
            signIn.isRevealed = true
        case .signingIn, .wrongPassword:
            signIn.username = "ada"
            signIn.password = "correct horse"
            let call = Task { await signIn.signIn() }
            if self == .signingIn { await Task.yield() } else { await call.value }
        case .signInOffline: await signIn.warm()
        default: break
        }
    }

    @MainActor
    private func drive(_ home: HomeModel, _ app: AppModel) async {
        await home.load()
        if self == .homeSearch { home.search = "guest" }
        if self == .homeNothingFound { home.search = "printer" }
        if self == .signingOut { home.isAskingToSignOut = true }
    }

    @MainActor
    private func drive(_ lookUp: LookUpModel) async {
        switch self {
        case .lookUpFound, .lookUpNotPermitted:
            lookUp.query = "00:00:5e:00:53:01"
            await lookUp.lookUp()
        case .lookUpNone:
            lookUp.kind = .guest
            lookUp.query = "grace"
            await lookUp.lookUp()
        default: break
        }
    }

    /// The screen alone, without what is around it.
    @MainActor @ViewBuilder
    package func screen(_ app: AppModel) -> some View {
        switch self {
        case .lookUpFound, .lookUpNone, .lookUpNotPermitted:
            if let lookUp = app.lookUp { LookUpView(model: lookUp) }
        case .historyEmpty, .history, .doctor:
            if let history = app.history { HistoryView(model: history) }
        case .covered: AppView(app)
        default:
            if isServer {
                ServerView(model: app.server)
            } else if let home = app.home {
                HomeView(app: app, model: home)
            } else if let signIn = app.signIn {
                SignInView(app: app, model: signIn)
            }
        }
    }
}

/// A screen in a state, once it is there.
@available(iOS 17.0, macOS 14.0, *)
struct PreviewScreen: View {
    let state: PreviewState
    var words = Words()
    @State private var app: AppModel?

    var body: some View {
        NavigationStack {
            if let app { state.screen(app) }
        }
        .environment(\.layoutDirection, words.isRightToLeft ? .rightToLeft : .leftToRight)
        .task { app = await state.app(words) }
    }
}

@available(iOS 17.0, macOS 14.0, *)
struct EveryState_Previews: PreviewProvider {
    static var previews: some View {
        ForEach(PreviewState.allCases, id: \.self) { state in
            PreviewScreen(state: state)
                .previewDisplayName(state.rawValue)
        }
    }
}

@available(iOS 17.0, macOS 14.0, *)
struct EveryLook_Previews: PreviewProvider {
    static var previews: some View {
        PreviewScreen(state: .home, words: Words(language: "ar"))
            .previewDisplayName("Arabic")
        PreviewScreen(state: .home)
            .preferredColorScheme(.dark)
            .previewDisplayName("Dark")
        PreviewScreen(state: .home)
            .dynamicTypeSize(.accessibility3)
            .previewDisplayName("Large text")
    }
}
#endif
