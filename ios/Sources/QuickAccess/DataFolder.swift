import Foundation
import QuickAccessBinding

/// The folder for what is not secret, where an app names none.
enum DataFolder {
    /// `QuickAccess` in Application Support, on Linux in `$XDG_DATA_HOME` or `~/.local/share`. Each app
    /// of a phone has its own; other programs say which is theirs, in a folder of the same name.
    ///
    /// It stays out of backups. One that is put back on another device would speak of sessions whose
    /// tokens are not there; and the marker in it, which tells an app that was installed anew, has to
    /// be gone when the app is.
    static func usual() throws(QuickAccessError) -> String {
        do {
            let support = try FileManager.default.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
            var folder = support
            #if !os(iOS)
            // Shared with every other program of the person.
            folder.appendPathComponent(program)
            #endif
            folder.appendPathComponent("QuickAccess")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            #if canImport(Darwin)
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try folder.setResourceValues(values)
            #endif
            return folder.path
        } catch {
            let text = "The data folder cannot be made: \(error.localizedDescription) "
                + "Name one that this app may write as `dataDir` of the settings."
            throw .RepairStore(why: Why(code: "store_unavailable", text: text, status: nil, fields: []))
        }
    }

    private static var program: String {
        Bundle.main.bundleIdentifier ?? ProcessInfo.processInfo.processName
    }
}
