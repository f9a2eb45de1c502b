import Foundation
import QuickAccess

func greet(server: String, folder: String) async throws -> String {
    // Leave this out for a certificate that the device trusts.
    let ca = try String(contentsOfFile: "\(folder)/ca.pem", encoding: .utf8)
    let settings = SessionSettings(server: server, clientId: "QuickAccess", rootsPem: ca)
    let session = try QuickAccessSession(settings, store: .inMemory())
    do {
        try await session.signIn(username: "qa", password: Secret("abc123"))
        let me = try await session.whoami()
        let privileges = try await session.privileges()
        return "\(me.name ?? "somebody") has \(privileges.count) privileges"
    } catch {
        return "\(error.text) (\(error.code))"
    }
}
