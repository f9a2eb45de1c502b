import Foundation
import Testing

/// The function of `docs/quick-start-swift.md` is the one of the page, and works.
@Suite struct QuickStartTests {
    @Test func the_page_shows_the_function_in_less_than_twenty_lines() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let program = try String(contentsOf: here.appendingPathComponent("QuickStart.swift"), encoding: .utf8)
        let page = here.appendingPathComponent("../../../docs/quick-start-swift.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let shown = text.components(separatedBy: "```swift\n")[1].components(separatedBy: "```")[0]
        #expect(shown == program)
        #expect(shown.split(separator: "\n").count < 20)
    }

    @Test func the_function_signs_in_and_makes_a_call() async throws {
        let server = try Simulator()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(server.caPem.utf8).write(to: folder.appendingPathComponent("ca.pem"))
        let said = try await greet(server: server.https, folder: folder.path)
        #expect(said == "qa has 16 privileges")
    }
}
