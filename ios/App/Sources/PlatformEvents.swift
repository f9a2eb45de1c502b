import Foundation
import QuickAccess

#if canImport(Network)
import Network
#endif
#if canImport(UIKit)
import UIKit
#endif

/// Tells the session what the platform tells the app, besides coming and going: the device was unlocked, the
/// network or the clock is another one, the app is about to end.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
final class PlatformEvents {
    private let tell: @MainActor (PlatformEvent) -> Void
    private var observers: [any NSObjectProtocol] = []
    #if canImport(Network)
    private var monitor: NWPathMonitor?
    #endif

    init(tell: @escaping @MainActor (PlatformEvent) -> Void) {
        self.tell = tell
    }

    /// Begins to listen, once.
    func begin() {
        guard observers.isEmpty else { return }
        for (name, event) in Self.notifications {
            let center = NotificationCenter.default
            let observer = center.addObserver(forName: name, object: nil, queue: nil) { [weak self] _ in
                // An app that is about to end gets no second turn; the clock may be told on any thread.
                if Thread.isMainThread {
                    MainActor.assumeIsolated { self?.take(event) }
                } else {
                    Task { @MainActor in self?.take(event) }
                }
            }
            observers.append(observer)
        }
        #if canImport(Network)
        let monitor = NWPathMonitor()
        monitor.pathUpdateHandler = { [weak self] _ in
            MainActor.assumeIsolated { self?.tell(.networkChanged) }
        }
        monitor.start(queue: .main)
        self.monitor = monitor
        #endif
    }

    private func take(_ event: PlatformEvent) {
        // That it went to the background the app's own view tells.
        if event == .background { BackgroundRefresh.schedule() } else { tell(event) }
    }

    private static var notifications: [(Notification.Name, PlatformEvent)] {
        var all: [(Notification.Name, PlatformEvent)] = [(.NSSystemTimeZoneDidChange, .timeChanged)]
        #if canImport(Darwin)
        all.append((.NSSystemClockDidChange, .timeChanged))
        #endif
        #if canImport(UIKit)
        all += [
            (UIApplication.protectedDataDidBecomeAvailableNotification, .unlocked),
            (UIApplication.didEnterBackgroundNotification, .background),
            (UIApplication.willTerminateNotification, .terminating),
        ]
        #endif
        return all
    }
}
