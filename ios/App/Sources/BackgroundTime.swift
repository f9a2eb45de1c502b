import Foundation

#if canImport(UIKit)
import UIKit
#endif

/// Time to finish what was begun, should the person leave the app: an answer that is lost may cost the session.
enum BackgroundTime {
    /// Asks for it; what comes back gives it back.
    @MainActor
    static func ask(_ why: String) -> @MainActor () -> Void {
        #if canImport(UIKit)
        let held = Held()
        // iOS ends an app that still holds on when the time is over.
        held.id = UIApplication.shared.beginBackgroundTask(withName: why) {
            MainActor.assumeIsolated { held.end() }
        }
        return { held.end() }
        #else
        return {}
        #endif
    }

    #if canImport(UIKit)
    @MainActor
    private final class Held {
        var id = UIBackgroundTaskIdentifier.invalid

        func end() {
            guard id != .invalid else { return }
            UIApplication.shared.endBackgroundTask(id)
            id = .invalid
        }
    }
    #endif
}
