import Foundation

/// Looks texts up in `Localizable.xcstrings`.
///
/// Xcode turns that file into what the system reads. Where it was left as it is, on Linux and by
/// `swift build`, it is read here: it is JSON.
enum Catalog {
    /// The text of a key in a language; nothing when there is none.
    static func text(_ key: String, _ language: String) -> String? {
        if let texts { return texts[key]?[language] }
        guard let path = Bundle.module.path(forResource: language, ofType: "lproj"), let bundle = Bundle(path: path)
        else { return nil }
        let missing = "\u{0}"
        let text = bundle.localizedString(forKey: key, value: missing, table: nil)
        return text == missing ? nil : text
    }

    /// The file itself, by key and language.
    static let texts: [String: [String: String]]? = {
        guard let url = Bundle.module.url(forResource: "Localizable", withExtension: "xcstrings"),
            let data = try? Data(contentsOf: url), let file = try? JSONDecoder().decode(File.self, from: data)
        else { return nil }
        return file.strings.mapValues { entry in
            entry.localizations.compactMapValues { $0.stringUnit.value }
        }
    }()

    private struct File: Decodable {
        let strings: [String: Entry]
    }

    private struct Entry: Decodable {
        let localizations: [String: Localization]
    }

    private struct Localization: Decodable {
        let stringUnit: Unit
    }

    private struct Unit: Decodable {
        let value: String
    }
}
