import Foundation
import QuickAccess
@testable import QuickAccessUI
import Testing

/// The texts: all of them in all languages, with their gaps.
@Suite struct WordsTests {
    private let texts = Catalog.texts ?? [:]

    @Test func every_text_is_there_in_every_language_with_the_same_gaps() {
        #expect(texts.count > 200)
        for (key, versions) in texts {
            #expect(versions.keys.sorted() == Words.languages, "\(key)")
            let gaps = versions["en"].map(gaps) ?? []
            for (language, text) in versions {
                #expect(!text.trimmingCharacters(in: .whitespaces).isEmpty, "\(key) in \(language)")
                #expect(self.gaps(text) == gaps, "\(key) in \(language)")
            }
        }
    }

    @Test func every_key_that_is_used_is_there_and_every_one_there_is_used() {
        let phrases = Set(Phrase.allCases.map(\.rawValue))
        #expect(phrases.subtracting(texts.keys) == [])
        let told = ["error.", "privilege.", "history.", "doctor.step.", "certificate.problem."]
        #expect(texts.keys.filter { key in !phrases.contains(key) && !told.contains { key.hasPrefix($0) } } == [])
    }

    @Test func every_error_has_words_and_no_others_are_there() {
        let codes = Set(errorTable().map { "error.\($0.code)" })
        #expect(codes.count > 30)
        #expect(Set(texts.keys.filter { $0.hasPrefix("error.") }) == codes)
    }

    @Test(arguments: Words.languages) func a_text_is_in_its_language(language: String) throws {
        let words = Words(language: language)
        let same = texts.filter { $0.value[language] == $0.value["en"] && $0.key.hasPrefix("error.") }
        #expect(language == "en" || same.isEmpty, "\(same.keys)")
        #expect(words.error("odd").contains("odd") && !words.knows(error: "odd"))
        #expect(words.isRightToLeft == (language == "ar"))
        #expect(words(.signInServer, "a.example").contains("a.example"))
    }

    @Test func gaps_are_filled_in_the_order_that_a_language_wants() {
        #expect(Words.fill("%@ of %@", ["1", "2"]) == "1 of 2")
        #expect(Words.fill("%2$@: %1$@", ["a", "b"]) == "b: a")
        #expect(Words.fill("100 % of %@%", ["x"]) == "100 % of x%")
        #expect(Words.fill("%@ %3$@", []) == " ")
        #expect(Words.fill("%@", ["%@"]) == "%@", "what is put in is not read again")
    }

    @Test func numbers_and_times_are_written_as_the_language_does() {
        let noon = Date(timeIntervalSince1970: 1_800_014_400)
        let german = Words(language: "de", timeZone: .gmt)
        #expect(german.date(noon).contains("12:00") && german.date(noon).contains("2027"))
        #expect(german.day(noon).contains("15.01.2027") || german.day(noon).contains("15. Jan. 2027"))
        #expect(german.number(12_345) == "12.345" && german.span(120) == "2 Minuten")
        #expect(Words.languages.contains(Words().language))
    }

    private func gaps(_ text: String) -> [String] {
        var found: [String] = []
        var rest = Substring(text)
        while let range = rest.range(of: "%([0-9]\\$)?@", options: .regularExpression) {
            found.append(String(rest[range]))
            rest = rest[range.upperBound...]
        }
        return found.sorted()
    }
}
