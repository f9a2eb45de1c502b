import Foundation
import Observation
import QuickAccess

/// "Why was I signed out?": what happened to the session, what the doctor finds, and what this app is.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class HistoryModel {
    /// What happened, the newest first.
    public private(set) var rows: [HistoryRow] = []
    /// Whether it has been read.
    public private(set) var isLoaded = false
    /// Why it could not be read.
    public private(set) var problem: Problem?
    /// The doctor.
    public let doctor: DoctorModel

    /// The server.
    public let server: ServerChoice
    @ObservationIgnored private let session: any SessionCalls
    @ObservationIgnored private let around: Surroundings

    init(_ session: any SessionCalls, _ server: ServerChoice, _ around: Surroundings) {
        self.session = session
        self.server = server
        self.around = around
        doctor = DoctorModel(session, around)
    }

    /// The texts.
    public var words: Words { around.words }

    /// The answer to the screen's question: why the session before ended, if it did.
    public var answer: String? {
        rows.first { $0.kind == "signed_out" }?.reason
    }

    /// Whether there is nothing to show.
    public var isEmpty: Bool { isLoaded && rows.isEmpty }

    /// The history as a text that can be sent to a help desk; the library keeps secrets out of it.
    public var shareText: String {
        let head = [words(.historyTitle), words(.signInServer, server.name)]
        return (head + rows.map { "\($0.time)  \($0.text) [\($0.marks)]" }).joined(separator: "\n")
    }

    /// What this is, and whom it talks to.
    public var about: [Fact] {
        [
            Fact(words(.aboutVersion), Bundle.main.infoDictionary?["CFBundleShortVersionString"] as? String),
            Fact(words(.homeServer), server.name),
            Fact(words(.serverClientId), server.clientId),
        ].compactMap { $0 }
    }

    /// Reads it.
    public func load() async {
        do throws(QuickAccessError) {
            let entries = try await session.history()
            rows = entries.enumerated().map { HistoryRow($0.offset, $0.element, words) }.reversed()
            problem = nil
        } catch {
            problem = Problem(error, words)
        }
        isLoaded = true
    }
}

/// One thing that happened.
@available(iOS 17.0, macOS 14.0, *)
public struct HistoryRow: Equatable, Identifiable, Sendable {
    /// Its place in the history.
    public let id: Int
    /// When.
    public let time: String
    /// What, in the person's language.
    public let text: String
    /// Why, where there is a reason.
    public let reason: String?
    /// Whether it is bad news.
    public let isBad: Bool
    let kind: String
    /// The stable words, which a help desk can look up.
    let marks: String

    private static let good: Set = ["signed_in", "refreshed", "saved", "learned", "adopted", "taken_over"]

    init(_ id: Int, _ entry: HistoryEntry, _ words: Words) {
        self.id = id
        kind = entry.kind
        time = words.date(entry.at)
        // What this version has no words for is told in the library's.
        text = words.named("history.\(entry.kind)") ?? entry.text
        reason = entry.code.map { $0 == "signed_out" ? words(.causeSignedOut) : words.error($0) }
        isBad = !Self.good.contains(entry.kind) && entry.code != "signed_out"
        marks = [entry.kind, entry.code].compactMap { $0 }.joined(separator: ", ")
    }
}
