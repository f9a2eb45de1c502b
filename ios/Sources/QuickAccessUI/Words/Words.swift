import Foundation

/// The texts of the screens in one language.
@available(iOS 17.0, macOS 14.0, *)
public struct Words: Sendable {
    /// The languages that there are texts in.
    public static let languages = ["ar", "de", "en", "es", "fr", "ja"]

    /// The language.
    public let language: String
    /// How numbers, dates and spans of time are written.
    public let locale: Locale
    /// The zone that times are shown in.
    public let timeZone: TimeZone

    /// Texts in a language; else in the first one that the person wants and there is, else in English.
    public init(language: String? = nil, locale: Locale? = nil, timeZone: TimeZone = .autoupdatingCurrent) {
        let chosen = language ?? Bundle.preferredLocalizations(from: Self.languages, forPreferences: nil).first ?? "en"
        self.language = chosen
        self.timeZone = timeZone
        self.locale = locale ?? (language == nil ? .autoupdatingCurrent : Locale(identifier: chosen))
    }

    /// Whether the language is written from right to left.
    public var isRightToLeft: Bool { language == "ar" }

    /// A text, with what belongs into its gaps.
    public func callAsFunction(_ phrase: Phrase, _ arguments: String...) -> String {
        Self.fill(Catalog.text(phrase.rawValue, language) ?? phrase.rawValue, arguments)
    }

    /// What an error means and what helps; an unknown code is said to be one.
    public func error(_ code: String) -> String {
        Catalog.text("error.\(code)", language) ?? self(.errorUnknown, code)
    }

    func knows(error code: String) -> Bool {
        Catalog.text("error.\(code)", language) != nil
    }

    /// A text under a name that comes from elsewhere, such as a privilege's; nothing for one unknown.
    func named(_ key: String) -> String? {
        Catalog.text(key, language)
    }

    /// A day and a time.
    public func date(_ date: Date) -> String {
        var style = Date.FormatStyle(date: .abbreviated, time: .shortened, locale: locale)
        style.timeZone = timeZone
        return date.formatted(style)
    }

    /// A day.
    public func day(_ date: Date) -> String {
        var style = Date.FormatStyle(date: .abbreviated, time: .omitted, locale: locale)
        style.timeZone = timeZone
        return date.formatted(style)
    }

    /// A span of time in words: its two largest units.
    public func span(_ seconds: TimeInterval) -> String {
        let units = Duration.UnitsFormatStyle(
            allowedUnits: [.days, .hours, .minutes, .seconds], width: .wide, maximumUnitCount: 2)
        return Duration.seconds(seconds.rounded()).formatted(units.locale(locale))
    }

    /// A number.
    public func number(_ number: Int) -> String {
        number.formatted(IntegerFormatStyle<Int>(locale: locale))
    }

    /// Puts arguments into `%@`, in their order, or into `%1$@` and so on.
    static func fill(_ text: String, _ arguments: [String]) -> String {
        var filled = ""
        var rest = Substring(text)
        var next = 0
        while let percent = rest.firstIndex(of: "%") {
            filled += rest[..<percent]
            let after = rest[rest.index(after: percent)...]
            if after.hasPrefix("@") {
                filled += next < arguments.count ? arguments[next] : ""
                next += 1
                rest = after.dropFirst()
            } else if let number = after.first?.wholeNumberValue, after.dropFirst().hasPrefix("$@") {
                filled += arguments.indices.contains(number - 1) ? arguments[number - 1] : ""
                rest = after.dropFirst(3)
            } else {
                filled += "%"
                rest = after
            }
        }
        return filled + rest
    }
}
