import QuickAccess
import QuickAccessUI
import SwiftUI

/// The app: the screen that its model has chosen, and a cover over it while the app is not active.
@available(iOS 17.0, macOS 14.0, *)
public struct AppView: View {
    private let app: AppModel
    @Environment(\.scenePhase) private var phase

    /// The app as its model has it.
    public init(_ app: AppModel) {
        self.app = app
    }

    /// The screen, and the cover.
    public var body: some View {
        screen
            .overlay {
                if app.isCovered { CoverView(words: app.words) }
            }
            .onChange(of: phase) { _, phase in
                switch phase {
                case .active: app.enter(.active)
                case .background: app.enter(.background)
                default: app.enter(.inactive)
                }
            }
            .onOpenURL { link in
                Task { await app.open(link) }
            }
            .task { await app.start() }
    }

    @ViewBuilder private var screen: some View {
        switch app.screen {
        case .loading:
            ProgressView(app.words(.loading))
                .frame(maxWidth: .infinity, maxHeight: .infinity)
        case .server:
            NavigationStack { ServerView(model: app.server) }
        case .signIn:
            if let signIn = app.signIn {
                NavigationStack { SignInView(app: app, model: signIn) }
            }
        case .home:
            if let home = app.home {
                SessionView(app: app, home: home)
            }
        }
    }
}

/// What somebody who is signed in can go to.
@available(iOS 17.0, macOS 14.0, *)
struct SessionView: View {
    let app: AppModel
    let home: HomeModel

    var body: some View {
        TabView {
            NavigationStack { HomeView(app: app, model: home) }
                .tabItem { Label(app.words(.homeTitle), systemImage: "person.crop.circle") }
            if let lookUp = app.lookUp {
                NavigationStack { LookUpView(model: lookUp) }
                    .tabItem { Label(app.words(.lookUpTitle), systemImage: "magnifyingglass") }
            }
            if let history = app.history {
                NavigationStack { HistoryView(model: history) }
                    .tabItem { Label(app.words(.historyEvents), systemImage: "clock") }
            }
        }
    }
}

/// Hides what is on the screen from the list of running apps and from whoever looks on.
@available(iOS 17.0, macOS 14.0, *)
struct CoverView: View {
    let words: Words

    var body: some View {
        Rectangle()
            .fill(.background)
            .ignoresSafeArea()
            .overlay {
                Image(systemName: "lock.shield")
                    .font(.largeTitle)
                    .foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(words(.covered))
    }
}
