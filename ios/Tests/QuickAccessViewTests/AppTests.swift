import Foundation
import QuickAccess
@testable import QuickAccessApp
import QuickAccessUI
import SwiftUI
import Testing

/// The app around the screens: what its files say, and what it asks of the platform.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct AppTests {
    private static let ios = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL

    @Test func the_app_is_built_with_one_window_and_a_wake_up() throws {
        let scene = QuickAccessApp().body
        let fields = Mirror(reflecting: scene).children.map { "\($0.value)" }
        #expect(fields.contains(BackgroundRefresh.identifier))
    }

    @Test func the_property_list_names_what_the_code_uses() throws {
        let plist = try list("App/Resources/Info.plist")
        #expect(plist["BGTaskSchedulerPermittedIdentifiers"] as? [String] == [BackgroundRefresh.identifier])
        #expect(plist["UIBackgroundModes"] as? [String] == ["fetch"])
        #expect((plist["CFBundleLocalizations"] as? [String])?.sorted() == Words.languages)
        let types = try #require(plist["CFBundleURLTypes"] as? [[String: Any]])
        let scheme = try #require((types[0]["CFBundleURLSchemes"] as? [String])?.first)
        let link = try #require(URL(string: "\(scheme)://connect?server=a.example&client_id=x"))
        #expect(ServerChoice(link: link) == ServerChoice(address: "a.example", clientId: "x"))
        #expect(plist["NSAppTransportSecurity"] == nil, "no exception: the library judges certificates itself")
        let launch = try #require(plist["UILaunchScreen"] as? [String: String])
        for (name, kind) in [(launch["UIColorName"], "colorset"), (launch["UIImageName"], "imageset")] {
            let folder = "App/Resources/Assets.xcassets/\(name ?? "").\(kind)/Contents.json"
            #expect(FileManager.default.fileExists(atPath: Self.ios.appendingPathComponent(folder).path))
        }
    }

    @Test func the_privacy_manifest_tracks_and_collects_nothing() throws {
        let manifest = try list("App/Resources/PrivacyInfo.xcprivacy")
        #expect(manifest["NSPrivacyTracking"] as? Bool == false)
        #expect((manifest["NSPrivacyCollectedDataTypes"] as? [Any])?.isEmpty == true)
        let reasons = (manifest["NSPrivacyAccessedAPITypes"] as? [[String: Any]])?
            .compactMap { $0["NSPrivacyAccessedAPITypeReasons"] as? [String] }
        #expect(reasons == [["CA92.1", "AC6B.1"], ["C617.1"]])
    }

    @Test func the_keychain_group_is_the_apps_own() throws {
        let groups = try list("App/Resources/QuickAccess.entitlements")["keychain-access-groups"] as? [String]
        #expect(groups == ["$(AppIdentifierPrefix)dev.quickaccess.app"])
    }

    @Test func the_managed_configuration_has_the_keys_that_are_read() throws {
        let file = Self.ios.appendingPathComponent("App/Resources/managed-configuration.xml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let keys = text.components(separatedBy: "keyName=\"").dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(Set(keys) == ["server", "client_id"])
        #expect(ServerChoice(managed: ["server": "a", "client_id": "b"]) == ServerChoice(address: "a", clientId: "b"))
    }

    @Test func a_fresh_launch_uses_nothing_of_an_earlier_one() async throws {
        let suite = UUID().uuidString
        let defaults = try #require(UserDefaults(suiteName: suite))
        defer { UserDefaults.standard.removePersistentDomain(forName: suite) }
        Preferences(defaults).server = ServerChoice(address: "127.0.0.1:1", clientId: "x")
        let usual = QuickAccessApp.surroundings(defaults: defaults, arguments: ["app"])
        #expect(usual.preferences.server != nil)
        let fresh = QuickAccessApp.surroundings(defaults: defaults, arguments: ["app", "-fresh"])
        #expect(fresh.preferences.server == nil)
        let session = try await fresh.open(ServerChoice(address: "127.0.0.1:1", clientId: "x"))
        for await state in session.states where state != .loading {
            #expect(state == .signedOut(cause: .neverSignedIn, pendingErase: false))
            break
        }
        fresh.stayAwake("a test")()
    }

    @Test func a_clock_that_was_set_is_told_to_the_session() async {
        let (told, tell) = AsyncStream.makeStream(of: PlatformEvent.self)
        let events = PlatformEvents { tell.yield($0) }
        events.begin()
        events.begin()
        NotificationCenter.default.post(name: .NSSystemTimeZoneDidChange, object: nil)
        var heard = told.makeAsyncIterator()
        #expect(await heard.next() == .timeChanged)
    }

    @Test func every_declaration_of_the_screens_says_from_which_system_on() throws {
        let words = ["public ", "package ", "final ", "struct ", "enum ", "extension ", "func ", "class ", "private "]
        var seen = 0
        for folder in ["Sources/QuickAccessUI", "Sources/QuickAccessViews", "App/Sources"] {
            let root = Self.ios.appendingPathComponent(folder)
            let files = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
            for file in files where file.hasSuffix(".swift") {
                let lines = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
                    .components(separatedBy: "\n")
                // These need nothing newer than the library itself.
                let isFree = ["Catalog.swift", "BackgroundTime.swift"].contains { file.hasSuffix($0) }
                for (index, line) in lines.enumerated() where words.contains(where: line.hasPrefix) && !isFree {
                    seen += 1
                    let above = lines[..<index].reversed().prefix { $0.hasPrefix("@") }
                    let isSaid = above.contains("@available(iOS 17.0, macOS 14.0, *)")
                    #expect(isSaid || line.hasPrefix("struct LaunchOptions"), "\(file):\(index + 1): \(line)")
                }
            }
        }
        #expect(seen > 40)
    }

    private func list(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Self.ios.appendingPathComponent(path))
        return try #require(try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any])
    }
}
