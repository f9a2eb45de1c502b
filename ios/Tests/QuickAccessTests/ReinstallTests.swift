import Foundation
import QuickAccess
import Testing

/// An app that is removed takes its folder along, and leaves what is in a store such as the Keychain.
@Suite struct ReinstallTests {
    @Test func a26_what_a_former_installation_left_in_the_store_is_not_picked_up() async throws {
        let server = try Simulator()
        let store = AppStore()
        let old: String
        do {
            let folder = try Folder()
            let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
            try await session.signIn(username: "qa", password: Secret("abc123"))
            old = session.account
        }
        #expect(store.names.contains(old), "the store outlives the folder")
        let folder = try Folder()
        let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
        try await session.until { $0 == .signedOut(cause: .neverSignedIn, pendingErase: false) }
        #expect(session.account != old)
        #expect(try await refusal { try await session.accessToken() }.code == "signed_out")
        let accounts = try Accounts(store: .app(store), dataDir: folder.url.path)
        #expect(try await accounts.list().map(\.id) == [session.account])
        try await session.signIn(username: "guest-desk", password: Secret("abc123"))
        #expect(try await session.whoami().name == "guest-desk")
    }

    @Test func what_a_former_installation_approved_is_the_apps_own_stores_to_clear() async throws {
        let server = try Simulator()
        let store = AppStore()
        var settings = server.settings()
        settings.rootsPem = nil
        do {
            let folder = try Folder()
            settings.dataDir = folder.url.path
            let session = try QuickAccessSession(settings, store: .app(store))
            let unknown = try await refusal { try await session.probe() }
            try await session.approve(try #require(unknown.certificate))
        }
        for name in store.names where name.hasPrefix("trust-") { try store.delete(name: name) }
        let folder = try Folder()
        settings.dataDir = folder.url.path
        let session = try QuickAccessSession(settings, store: .app(store))
        #expect(try await refusal { try await session.probe() }.code == "certificate_unknown")
    }

    @Test func a26_a_marker_that_cannot_be_read_is_no_fresh_installation() async throws {
        let server = try Simulator()
        let store = AppStore()
        let folder = try Folder()
        do {
            let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
            try await session.signIn(username: "qa", password: Secret("abc123"))
        }
        let marker = folder.url.appendingPathComponent("installed")
        #expect(FileManager.default.fileExists(atPath: marker.path))
        try FileManager.default.removeItem(at: marker)
        try FileManager.default.createDirectory(at: marker, withIntermediateDirectories: false)
        let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
        try await session.untilSignedIn()
        #expect(try await session.whoami().name == "qa")
    }

    @Test func a25_a_store_that_has_lost_its_entry_is_told() async throws {
        let server = try Simulator()
        let store = AppStore()
        let folder = try Folder()
        do {
            let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
            try await session.signIn(username: "qa", password: Secret("abc123"))
            try store.delete(name: session.account)
        }
        let session = try QuickAccessSession(server.settings(folder: folder.url), store: .app(store))
        try await session.until { $0 == .signedOut(cause: .storeLost, pendingErase: false) }
        try await session.signIn(username: "qa", password: Secret("abc123"))
    }

    @Test func without_a_folder_of_its_own_a_session_that_lasts_lies_in_the_usual_one() async throws {
        let server = try Simulator()
        let store = AppStore()
        let session = try QuickAccessSession(server.settings(), store: .app(store))
        try await session.signIn(username: "qa", password: Secret("abc123"))
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: false)
        let ours = support.appendingPathComponent(ProcessInfo.processInfo.processName)
        defer { try? FileManager.default.removeItem(at: ours) }
        let folder = ours.appendingPathComponent("QuickAccess")
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("installed").path))
        let accounts = try Accounts(store: .app(store))
        #expect(try await accounts.list().contains { $0.id == session.account })
        try await accounts.remove(id: session.account)
    }
}
