import Foundation

/// The sources of this package, for tests of what is written there.
enum Sources {
    /// The root of the repository.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../..").standardizedFileURL

    /// The lines of each file of a folder.
    static func files(_ folder: String) throws -> [(name: String, lines: [String])] {
        let folder = root.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { name in
                let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                return (name, text.components(separatedBy: "\n"))
            }
    }
}
