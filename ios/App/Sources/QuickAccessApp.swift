import Foundation
import QuickAccess
import QuickAccessUI
import QuickAccessViews
import SwiftUI

/// The app: one window, and a wake-up now and then so that a session does not run out unused.
@main
@available(iOS 17.0, macOS 14.0, *)
struct QuickAccessApp: App {
    private let model: AppModel
    private let platform: PlatformEvents

    init() {
        let model = AppModel(Self.surroundings())
        self.model = model
        platform = PlatformEvents { model.notify($0) }
        // Without a log of the platform's, as on Linux, the app runs all the same.
        try? logToPlatform(from: .warning)
    }

    var body: some Scene {
        WindowGroup {
            AppView(model)
                .task { platform.begin() }
        }
        .backgroundTask(.appRefresh(BackgroundRefresh.identifier)) {
            await BackgroundRefresh.run(model)
        }
    }

    /// What the app runs in: the Keychain, its own preferences, and the platform's leave to finish things.
    @MainActor
    static func surroundings(
        defaults: UserDefaults = .standard,
        arguments: [String] = CommandLine.arguments
    ) -> Surroundings {
        let launch = LaunchOptions(arguments)
        if launch.isFresh { Preferences(defaults).forgetAll() }
        return Surroundings(
            open: { (choice) async throws(QuickAccessError) in try Self.open(choice, launch) },
            preferences: Preferences(defaults),
            stayAwake: BackgroundTime.ask)
    }

    nonisolated private static func open(
        _ choice: ServerChoice, _ launch: LaunchOptions
    ) throws(QuickAccessError) -> any SessionCalls {
        let settings = SessionSettings(server: choice.url, clientId: choice.clientId)
        let store = launch.isFresh ? TokenStore.inMemory() : try TokenStore.ofThisDevice(service: "dev.quickaccess.app")
        return try QuickAccessSession(settings, store: store)
    }
}

/// What a test of the whole app asks for on its command line.
struct LaunchOptions: Sendable {
    /// Nothing of an earlier run is used, and nothing is left behind: `-fresh`.
    let isFresh: Bool

    init(_ arguments: [String]) {
        isFresh = arguments.contains("-fresh")
    }
}
