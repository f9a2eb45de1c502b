import Foundation
import QuickAccess

/// How much time a session has, at a moment.
@available(iOS 17.0, macOS 14.0, *)
public struct TimeLeft: Equatable, Sendable {
    /// How much the person has to care.
    public enum Urgency: Sendable {
        /// There is time, or it is extended by itself.
        case calm
        /// A sign-in is needed soon.
        case soon
        /// The time is over.
        case over
    }

    /// From when on a person is warned, in seconds: time to save what one does.
    static let warning: TimeInterval = 5 * 60

    /// As a countdown, such as 7:59:58.
    public let text: String
    /// The same in words, for a screen reader: without seconds, which would be out of date when said.
    public let spoken: String
    /// How much to care.
    public let urgency: Urgency

    init(of session: SignedIn, at now: Date, _ words: Words) {
        guard let end = session.expiresAt else {
            text = words(.timeUnknown)
            spoken = text
            urgency = .calm
            return
        }
        let left = end.timeIntervalSince(now)
        guard left > 0 else {
            text = words(.timeOver)
            spoken = text
            urgency = .over
            return
        }
        let seconds = Duration.seconds(left.rounded(.up))
        text =
            left >= 86_400
            ? words.span(left)
            : seconds.formatted(Duration.TimeFormatStyle(pattern: .hourMinuteSecond, locale: words.locale))
        let minutes = left >= 60 ? (left / 60).rounded(.down) * 60 : left
        spoken = words.span(minutes)
        urgency = left <= Self.warning && !session.isExtended ? .soon : .calm
    }
}

@available(iOS 17.0, macOS 14.0, *)
extension SignedIn {
    /// Whether it is extended by itself, as far as is known.
    var isExtended: Bool {
        switch refresh {
        case .ready, .inFlight, .elsewhere, .waiting: true
        case .blocked, .ended, .notOffered: false
        }
    }
}

@available(iOS 17.0, macOS 14.0, *)
extension Words {
    /// Why nobody is signed in, or will not be for long.
    public func cause(_ cause: SignedOutCause) -> String {
        switch cause {
        case .neverSignedIn: self(.causeNeverSignedIn)
        case .signedOut: self(.causeSignedOut)
        case .sessionEnded: error("session_ended")
        case .refreshUnfinished: error("refresh_unfinished")
        case .singleUseSpent: error("single_use_spent")
        case .storeLost: error("store_lost")
        case .keyLost: error("store_key_lost")
        case .corrupt: error("store_corrupt")
        }
    }

    /// What can be promised about staying signed in.
    func promise(_ session: SignedIn) -> String {
        switch session.stays {
        case .until(let end): self(.staysUntil, date(end))
        case .whileUsed: self(.staysWhileUsed)
        case .unknown: self(.staysUnknown)
        }
    }
}
