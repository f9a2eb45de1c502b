import Foundation
import QuickAccess
@testable import QuickAccessUI
@testable import QuickAccessViews
import SwiftUI
import Testing

/// Every screen in every state and language, as text. `QUICKACCESS_WRITE_PAGES=1` writes the files anew.
@MainActor
@Suite(.serialized, .timeLimit(.minutes(1))) struct SnapshotTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots")
    private static let rewrites = ProcessInfo.processInfo.environment["QUICKACCESS_WRITE_PAGES"] == "1"

    @Test(arguments: Words.languages) func every_state_shows_what_it_did(language: String) async throws {
        let words = Words(language: language, timeZone: .gmt)
        let folder = Self.folder.appendingPathComponent(language)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for state in PreviewState.allCases {
            let app = await state.app(words)
            let rendered = Rendered(state.screen(app))
            rendered.now = Sample.now
            let shown = rendered.text
            let file = folder.appendingPathComponent("\(state.rawValue).txt")
            if Self.rewrites {
                try shown.write(to: file, atomically: true, encoding: .utf8)
            } else {
                let expected = try? String(contentsOf: file, encoding: .utf8)
                #expect(shown == expected, "\(language)/\(state.rawValue).txt")
            }
        }
    }

    @Test func no_file_is_left_of_a_state_that_is_gone() throws {
        for language in Words.languages {
            let files = try FileManager.default.contentsOfDirectory(
                atPath: Self.folder.appendingPathComponent(language).path)
            #expect(Set(files) == Set(PreviewState.allCases.map { "\($0.rawValue).txt" }))
        }
    }

    @Test func no_screen_of_another_language_shows_an_english_text() async throws {
        let texts = (Catalog.texts ?? [:]).values.compactMap { $0["en"] }
        let english = Set(texts.filter { $0.count > 25 && !$0.contains("%") })
        let german = Words(language: "de", timeZone: .gmt)
        for state in PreviewState.allCases {
            let rendered = Rendered(state.screen(await state.app(german)))
            let shown = rendered.all.flatMap { [$0.label, $0.spokenLabel ?? "", $0.spokenValue ?? ""] }
            #expect(english.intersection(shown) == [], "\(state)")
        }
    }
}
