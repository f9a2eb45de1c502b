import Foundation
import Testing

/// Every public name is explained where it is declared, and every call is made by a test.
@Suite struct InterfaceTests {
    @Test func every_public_name_has_a_comment() throws {
        var missing: [String] = []
        var seen = 0
        for file in try Sources.files("ios/Sources/QuickAccess") {
            for (index, line) in file.lines.enumerated() where isPublic(line) {
                seen += 1
                let above = file.lines[..<index].last { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("@") }
                if above?.trimmingCharacters(in: .whitespaces).hasPrefix("///") != true {
                    missing.append("\(file.name):\(index + 1): \(line.trimmingCharacters(in: .whitespaces))")
                }
            }
        }
        #expect(seen > 50)
        #expect(missing == [])
    }

    @Test func every_public_call_is_made_by_a_test() throws {
        let folders = ["ios/Tests/QuickAccessTests", "ios/Tests/Support/QuickAccessSimulator"]
        let tests = try folders.flatMap(Sources.files)
            .filter { $0.name != "InterfaceTests.swift" }
            .flatMap(\.lines).joined(separator: "\n")
        var unused: [String] = []
        var seen = 0
        for file in try Sources.files("ios/Sources/QuickAccess") {
            for line in file.lines where isPublic(line) {
                guard let name = callable(line) else { continue }
                seen += 1
                if tests.range(of: "\\b\(name)\\b", options: .regularExpression) == nil {
                    unused.append("\(file.name): \(name)")
                }
            }
        }
        #expect(seen > 30)
        #expect(unused == [])
    }

    @Test func the_privacy_manifest_names_the_one_reason_and_no_tracking() throws {
        let file = Sources.root.appendingPathComponent("ios/Sources/QuickAccess/PrivacyInfo.xcprivacy")
        let manifest = try PropertyListSerialization.propertyList(from: Data(contentsOf: file), format: nil)
        let entries = try #require(manifest as? [String: Any])
        #expect(entries["NSPrivacyTracking"] as? Bool == false)
        let reasons = try #require(entries["NSPrivacyAccessedAPITypes"] as? [[String: Any]])
        #expect(reasons.map { $0["NSPrivacyAccessedAPITypeReasons"] as? [String] } == [["C617.1"]])
    }

    private func isPublic(_ line: String) -> Bool {
        let code = line.trimmingCharacters(in: .whitespaces)
        return code.hasPrefix("public ") || code.hasPrefix("open ")
    }

    /// The name of a function or property. `makeAsyncIterator` is what a loop calls.
    private func callable(_ line: String) -> String? {
        let words = line.components(separatedBy: CharacterSet.alphanumerics.union(["_"]).inverted)
            .filter { !$0.isEmpty }
        for (word, name) in zip(words, words.dropFirst()) where word == "func" || word == "var" {
            return name == "makeAsyncIterator" ? nil : name
        }
        return nil
    }
}
