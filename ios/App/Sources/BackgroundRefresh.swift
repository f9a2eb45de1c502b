import Foundation
import QuickAccessUI

#if canImport(BackgroundTasks)
import BackgroundTasks
#endif

/// The wake-up in the background. iOS decides when it comes, if at all: nothing depends on it, it only keeps
/// a session from running out while nobody uses the app.
@available(iOS 17.0, macOS 14.0, *)
enum BackgroundRefresh {
    /// As in Info.plist.
    static let identifier = "dev.quickaccess.app.refresh"
    /// How long to wait at least, in seconds: a token lives for hours.
    static let pause: TimeInterval = 4 * 3_600

    /// Asks for the next wake-up; iOS keeps one.
    static func schedule(now: Date = Date()) {
        #if canImport(BackgroundTasks) && os(iOS)
        let request = BGAppRefreshTaskRequest(identifier: identifier)
        request.earliestBeginDate = now + pause
        // It fails where the person has switched this off: then there is none.
        try? BGTaskScheduler.shared.submit(request)
        #endif
    }

    /// Does what it is for, and asks for the next one first: this one may be cut short.
    @MainActor
    static func run(_ model: AppModel) async {
        schedule()
        _ = await model.refreshInBackground()
    }
}
