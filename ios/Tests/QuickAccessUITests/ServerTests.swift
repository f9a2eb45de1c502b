import Foundation
import QuickAccess
@testable import QuickAccessUI
import Testing

/// The server screen: what is typed, what is found, and certificates to compare.
@MainActor
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    @Test func a_first_run_asks_for_the_server() async throws {
        let harness = try Harness(try Simulator())
        await harness.app.start()
        let model = harness.app.server
        #expect(model.address.isEmpty && !model.canConnect && model.emptyField == .address)
        model.address = "clearpass.example"
        #expect(!model.canConnect && model.emptyField == .clientId)
        model.clientId = "QuickAccess"
        #expect(model.canConnect && model.emptyField == nil)
        #expect(model.choice.url == "https://clearpass.example" && model.choice.name == "clearpass.example")
    }

    @Test func a_look_shows_that_it_is_under_way_and_typing_ends_it() async throws {
        let server = try Simulator()
        let harness = try Harness(server)
        await harness.app.start()
        let model = harness.app.server
        model.address = server.https
        model.clientId = "QuickAccess"
        let hold = try await server.hold("me", "before_commit")
        let look = Task { await model.connect() }
        try await hold.reached()
        #expect(model.isLooking && !model.canConnect)
        model.address = "elsewhere.example"
        #expect(!model.isLooking && model.canConnect)
        try await hold.release()
        await look.value
        #expect(harness.app.screen == .server, "the late answer is about another server")
    }

    @Test func a_certificate_to_approve_says_all_there_is_to_compare() async throws {
        let server = try Simulator()
        let harness = try Harness(server, trusts: false)
        await harness.app.start()
        await harness.app.server.take(harness.choice())
        let certificate = try #require(harness.app.server.certificate)
        #expect(certificate.title == "This server cannot prove who it is")
        #expect(certificate.problems == ["Its issuer is not known to this device."])
        #expect(certificate.facts.first?.label == "SHA-256 fingerprint")
        #expect(certificate.facts.first?.value.split(separator: ":").count == 32)
        #expect(certificate.facts.map(\.label).contains("Valid"))
        #expect(certificate.canBeApproved && !certificate.asksConfirmation && certificate.previousFingerprint == nil)
        #expect(certificate.approveTitle == "The fingerprints are the same: trust it")
        #expect(harness.app.server.problem == nil)
        #expect(try await server.counter("token_requests.password") == 0)
    }

    @Test func a_certificate_that_has_changed_takes_a_step_of_its_own() async throws {
        let server = try Simulator()
        let harness = try Harness(server, trusts: false)
        await harness.app.start()
        await harness.app.server.take(harness.choice())
        await harness.app.server.certificate?.approve()
        await until { harness.app.screen == .signIn }
        let signIn = try #require(harness.app.signIn)
        try await server.changeCertificate()
        await signIn.warm()
        let certificate = try #require(signIn.certificate)
        #expect(certificate.problem.code == "certificate_changed" && certificate.asksConfirmation)
        #expect(certificate.advice.hasPrefix("This is what an attack looks like."))
        #expect(certificate.previousFingerprint?.value != certificate.facts.first?.value)
        #expect(!certificate.canApprove)
        await certificate.approve()
        #expect(signIn.certificate === certificate, "without the confirmation nothing is approved")
        certificate.isConfirmed = true
        signIn.username = "qa"
        signIn.password = "abc123"
        await signIn.signIn()
        #expect(signIn.certificate === certificate && certificate.isConfirmed, "the same certificate stays")
        #expect(try await server.counter("token_requests.password") == 0)
        #expect(certificate.canApprove)
        await certificate.approve()
        #expect(signIn.certificate == nil)
        await signIn.signIn()
        await until { harness.app.screen == .home }
    }


    @Test(arguments: [
        ("https://127.0.0.1:1", "offline", nil as ServerModel.Field?),
        ("http://clearpass.example", "invalid_input", .address),
        ("not an address", "invalid_input", .address),
    ])
    func what_is_wrong_stands_where_it_belongs(address: String, code: String, field: ServerModel.Field?) async throws {
        let harness = try Harness(try Simulator())
        await harness.app.start()
        let model = harness.app.server
        await model.take(ServerChoice(address: address, clientId: "QuickAccess"))
        let problem = try #require(field.flatMap { model.problem(of: $0) } ?? model.problem)
        #expect(problem.code == code && !problem.text.isEmpty)
        #expect(problem.isRetryable == (code == "offline"))
        #expect((problem.detail == nil) == (code == "offline"))
        model.address = "another.example"
        #expect(model.problem == nil && model.problem(of: .address) == nil, "it was about the other address")
    }

    @Test func a_web_server_that_is_none_of_ours_is_told() async throws {
        let server = try Simulator()
        // Each look knocks three times at once.
        try await server.tell(
            "POST", "/faults", "{\"on\": \"me\", \"times\": 3, \"what\": {\"status\": {\"code\": 404, \"body\": \"html\"}}}")
        let harness = try Harness(server)
        await harness.app.start()
        await harness.app.server.take(harness.choice())
        #expect(harness.app.server.problem(of: .address)?.code == "not_clearpass")
    }

    @Test func what_cannot_be_approved_is_not_offered() async throws {
        let shown = Certificate(
            fingerprint: "AB:CD", subject: "CN=a", issuer: "CN=b", names: [], notBefore: .distantPast,
            notAfter: .distantFuture, validity: "", pin: "")
        let problems = [
            CertificateProblem(name: "revoked", meaning: "it has been revoked", canBeApproved: false),
            CertificateProblem(name: "of_the_future", meaning: "it is odd", canBeApproved: false),
        ]
        let untrusted = UntrustedCertificate(
            host: "a", port: 443, problems: problems, presented: shown, previous: nil, canBeApproved: false,
            isChange: true)
        let words = Words(language: "en")
        let model = CertificateModel(untrusted, Problem(code: "certificate_revoked", isRetryable: false, words), words) {
            Issue.record("approved \($0)")
        }
        model.isConfirmed = true
        #expect(!model.canApprove && !model.asksConfirmation && !model.canBeApproved)
        #expect(model.advice == "This cannot be let pass here. Tell your administrator.")
        #expect(model.problems == ["It has been revoked.", "it is odd"])
        await model.approve()
    }
}
