import Foundation
import Observation
import QuickAccess

/// The doctor: finds out, step by step, why people can't sign in.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class DoctorModel {
    /// Whom to examine for.
    public var username = ""
    /// The password, if the examination is to go all the way; wiped afterwards.
    public var password = ""
    /// The steps so far.
    public private(set) var steps: [DoctorStep] = []
    /// Whether it is at work.
    public private(set) var isRunning = false
    /// What it found in the end.
    public private(set) var report: DoctorReport?
    /// Why there is no report.
    public private(set) var problem: Problem?

    @ObservationIgnored private let session: any SessionCalls
    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private var task: Task<DoctorReport, any Error>?

    init(_ session: any SessionCalls, _ around: Surroundings) {
        self.session = session
        self.around = around
    }

    /// The texts.
    public var words: Words { around.words }

    /// What it says in the end.
    public var verdict: String? {
        report.map {
            switch $0.verdict {
            case .allWell: words(.doctorAllWell)
            case .withRemarks: words(.doctorWithRemarks)
            case .serverWell: words(.doctorServerWell)
            case .broken: words(.doctorBroken)
            }
        }
    }

    /// The report for an administrator.
    public var shareText: String? { report?.asText }

    /// Examines.
    public func run() async {
        guard !isRunning else { return }
        isRunning = true
        steps = []
        report = nil
        problem = nil
        let secret = password.isEmpty ? nil : Secret(password)
        password = ""
        let (progress, told) = AsyncStream.makeStream(of: DoctorProgress.self)
        let (session, username) = (session, username.trimmingCharacters(in: .whitespaces))
        let task = Task {
            defer { told.finish() }
            return try await session.examine(username: username, password: secret) { told.yield($0) }
        }
        self.task = task
        for await step in progress { take(step) }
        switch await task.result {
        case .success(let report):
            self.report = report
            steps = report.checks.map { DoctorStep($0, words) }
        case .failure(let error as QuickAccessError):
            if error.code != "cancelled" { problem = Problem(error, words) }
            steps.removeAll { $0.status == .running }
        case .failure: break
        }
        secret?.wipe()
        self.task = nil
        isRunning = false
    }

    /// Stops.
    public func cancel() {
        task?.cancel()
    }

    private func take(_ progress: DoctorProgress) {
        switch progress {
        case .began(let step, let title): steps.append(DoctorStep(running: step, title, words))
        case .ended(let check):
            steps.removeAll { $0.id == check.step }
            steps.append(DoctorStep(check, words))
        }
    }
}

/// One step of the doctor.
@available(iOS 17.0, macOS 14.0, *)
public struct DoctorStep: Equatable, Identifiable, Sendable {
    /// How it stands.
    public enum Status: Sendable {
        case running, passed, warned, failed, notReached
    }

    /// Its stable name.
    public let id: String
    /// What is checked.
    public let title: String
    /// How it stands.
    public let status: Status
    /// The same in a word.
    public let statusText: String
    /// What was seen, what to do and where: the doctor's own words, as an administrator needs them.
    public let details: [String]

    init(running step: String, _ title: String, _ words: Words) {
        id = step
        self.title = words.named("doctor.step.\(step)") ?? title
        status = .running
        statusText = words(.doctorRunning)
        details = []
    }

    init(_ check: DoctorCheck, _ words: Words) {
        id = check.step
        title = words.named("doctor.step.\(check.step)") ?? check.title
        (status, statusText) =
            switch check.status {
            case .passed: (.passed, words(.doctorPassed))
            case .warned: (.warned, words(.doctorWarned))
            case .failed: (.failed, words(.doctorFailed))
            case .notReached: (.notReached, words(.doctorNotReached))
            }
        let needsMore = status == .failed || status == .warned
        details = needsMore ? [check.saw, check.mend].filter { !$0.isEmpty } + check.menus : []
    }
}
