import Foundation
import Observation
import QuickAccess

/// The server screen: which ClearPass and which API client, and whether it is there and can be trusted.
@available(iOS 17.0, macOS 14.0, *)
@MainActor
@Observable
public final class ServerModel {
    /// What a look at the server found.
    public enum Finding {
        /// Nobody has looked yet.
        case nothing
        /// Somebody is looking.
        case looking
        /// It is a ClearPass and trusted.
        case good
        /// It has to be compared first.
        case untrusted(CertificateModel)
        /// It is of no use, and why.
        case refused(Problem)
    }

    /// A field of the form.
    public enum Field: Hashable, Sendable {
        case address, clientId
    }

    /// What was typed as the address.
    public var address: String { didSet { if address != oldValue { forget() } } }
    /// What was typed as the client id.
    public var clientId: String { didSet { if clientId != oldValue { forget() } } }
    /// What was found.
    public private(set) var finding = Finding.nothing
    /// Whether an administrator has chosen the server: then there is nothing to type.
    public let isManaged: Bool

    @ObservationIgnored private let around: Surroundings
    @ObservationIgnored private let connected: @MainActor (ServerChoice, any SessionCalls) -> Void
    @ObservationIgnored private var session: (any SessionCalls)?
    @ObservationIgnored private var attempt = 0

    init(
        _ choice: ServerChoice,
        isManaged: Bool,
        _ around: Surroundings,
        connected: @escaping @MainActor (ServerChoice, any SessionCalls) -> Void
    ) {
        address = choice.address
        clientId = choice.clientId
        self.isManaged = isManaged
        self.around = around
        self.connected = connected
    }

    /// The texts.
    public var words: Words { around.words }

    /// What was typed.
    public var choice: ServerChoice { ServerChoice(address: address, clientId: clientId) }

    /// Whether somebody is looking.
    public var isLooking: Bool {
        if case .looking = finding { true } else { false }
    }

    /// Whether there is a server to look at, and nobody is looking.
    public var canConnect: Bool { choice.isComplete && !isLooking }

    /// The first field that is still empty.
    public var emptyField: Field? {
        if address.isEmpty { return .address }
        return clientId.isEmpty ? .clientId : nil
    }

    /// The certificate to compare, if there is one.
    public var certificate: CertificateModel? {
        if case .untrusted(let certificate) = finding { certificate } else { nil }
    }

    /// What is wrong, if it is about no field.
    public var problem: Problem? {
        guard case .refused(let problem) = finding, field(of: problem) == nil else { return nil }
        return problem
    }

    /// What is wrong with a field.
    public func problem(of field: Field) -> Problem? {
        guard case .refused(let problem) = finding, self.field(of: problem) == field else { return nil }
        return problem
    }

    /// Takes a choice that came with a link or from an administrator, and looks at once if it is whole.
    public func take(_ choice: ServerChoice) async {
        guard !isManaged else { return }
        address = choice.address
        if !choice.clientId.isEmpty { clientId = choice.clientId }
        await connect()
    }

    /// Looks at the server, and goes on to the sign-in when it is good.
    public func connect() async {
        guard canConnect else { return }
        await look(after: nil)
    }

    private func look(after approval: UntrustedCertificate?) async {
        attempt += 1
        let mine = attempt
        let choice = choice
        finding = .looking
        do throws(QuickAccessError) {
            let session =
                if let session { session } else { try await around.open(choice) }
            guard mine == attempt else { return }
            self.session = session
            if let approval { try await trust(approval, with: session) }
            _ = try await session.probe()
            guard mine == attempt else { return }
            finding = .good
            connected(choice, session)
        } catch {
            guard mine == attempt else { return }
            finding = found(error)
        }
    }

    private func found(_ error: QuickAccessError) -> Finding {
        let problem = Problem(error, words)
        guard let certificate = error.certificate else { return .refused(problem) }
        return .untrusted(
            CertificateModel(certificate, problem, words) { [weak self] in await self?.look(after: $0) })
    }

    private func field(of problem: Problem) -> Field? {
        switch problem.code {
        case "not_clearpass", "redirected", "name_mismatch": .address
        // The library says which setting it is about.
        case "invalid_input": problem.detail?.contains("client id") == true ? .clientId : .address
        case "client_unknown": .clientId
        default: nil
        }
    }

    /// What was typed is another server now: what was found is about the old one.
    private func forget() {
        attempt += 1
        session = nil
        finding = .nothing
    }
}
