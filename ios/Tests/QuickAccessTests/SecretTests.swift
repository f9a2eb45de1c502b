import Foundation
import QuickAccess
import Testing

/// What must not be seen is not seen. One after the other, since a process has one log.
@Suite(.serialized) struct SecretTests {
    @Test func a29_no_secret_is_in_a_log_line_a_record_or_an_error() async throws {
        let sink = Sink()
        try setLogSink(sink, from: .trace)
        let server = try Simulator()
        let store = AppStore()
        let session = try QuickAccessSession(server.settings(), store: .app(store, .process))
        var shown: [Any] = []
        let planted = Secret("wr0ng-Pa55")
        shown += [planted, try await refusal { try await session.signIn(username: "qa", password: planted) }]
        try await session.signIn(username: "qa", password: Secret("abc123"))
        var secrets = Set(["abc123", "wr0ng-Pa55", "s3cret-0f-client", try await session.accessToken()])
        secrets.formUnion(tokens(in: store))
        shown.append(session.state)
        try await session.refresh()
        secrets.insert(try await session.accessToken())
        secrets.formUnion(tokens(in: store))
        #expect(secrets.count == 7, "two access and two refresh tokens beside what was typed")
        shown += [session, try await session.accessToken(for: TokenNeed(strict: false)), session.state]
        shown += [try await session.whoami(), try await session.privileges(), try await session.probe()]
        shown += [try await session.serverVersion(), server.settings()]
        shown.append(try await session.examine(username: "qa", password: Secret("abc123")))
        // An endpoint that repeats the password in its refusal.
        let repeats = "{\"problem\": {\"status\": 400, \"title\": \"abc123\", \"detail\": \"abc123\"}}"
        try await server.fault("\"token_password\"", repeats)
        shown.append(try await refusal { try await session.signIn(username: "qa", password: Secret("abc123")) })
        let confidential = try QuickAccessSession(
            server.settings("Lab"), store: .inMemory(), clientSecret: Secret("s3cret-0f-client"))
        shown += [confidential, try await refusal { try await confidential.signInClient() }]
        shown.append(try await session.signOut())
        shown += try await session.history()
        shown.append(try await refusal { try await session.accessToken() })

        var texts = sink.lines
        #expect(texts.contains { $0.contains("trace") || $0.contains("debug") })
        for one in shown {
            texts += ["\(one)", String(reflecting: one), (one as? any Error)?.localizedDescription ?? ""]
            var dumped = ""
            dump(one, to: &dumped)
            texts.append(dumped)
        }
        for secret in secrets {
            #expect(secret.count > 5)
            #expect(!texts.contains { $0.contains(secret) }, "a secret was shown")
        }
        try setLogSink(nil, from: .warning)
    }

    @Test func the_log_of_the_platform_is_there_or_says_that_there_is_none() throws {
        #if os(Linux)
        do {
            try logToPlatform(from: .info)
            Issue.record("Linux has no log that this writes to")
        } catch {
            #expect(error.code == "invalid_input")
        }
        #else
        try logToPlatform(from: .info)
        #endif
        try logToPlatform(from: nil)
    }

    @Test func a_secret_prints_nothing_of_itself_and_is_empty_once_it_is_wiped() async throws {
        let server = try Simulator()
        let session = try server.session()
        let secret = Secret("abc123")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(String(reflecting: secret)) \(dumped)".contains("abc123") == false)
        #expect(secret.customMirror.children.isEmpty)
        #expect(secret.description == secret.debugDescription)
        try await session.signIn(username: "qa", password: secret)
        // It is the caller's, for as long as the caller likes.
        try await session.signIn(username: "qa", password: secret)
        secret.wipe()
        let error = try await refusal { try await session.signIn(username: "qa", password: secret) }
        #expect(error.code == "invalid_input")
        #expect(try await server.counter("token_requests.password") == 2)
    }

    @Test func a_secret_that_is_wiped_during_a_call_is_wiped_after_it() async throws {
        let server = try Simulator()
        let session = try server.session()
        let secret = Secret(utf8: Array("abc123".utf8))
        let hold = try await server.hold("token_password", "before_commit")
        let call = Task { try await session.signIn(username: "qa", password: secret) }
        try await hold.reached()
        secret.wipe()
        try await hold.release()
        try await call.value
        #expect(try await refusal { try await session.signIn(username: "qa", password: secret) }.code == "invalid_input")
    }

    /// The tokens of a record as it lies in the store, the refresh token too.
    private func tokens(in store: AppStore) -> [String] {
        store.contents.flatMap { bytes in
            String(decoding: bytes.map { $0 < 0x80 ? $0 : 0x20 }, as: UTF8.self)
                .split { !$0.isHexDigit }.map(String.init).filter { $0.count == 40 }
        }
    }
}

/// Keeps every line, and throws.
private final class Sink: LogSink, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String] = []

    var lines: [String] { lock.withLock { kept } }

    func line(record: LogRecord) throws {
        lock.withLock { kept.append("\(record) \(record.text)") }
        // A sink that throws ends nothing.
        throw Trouble(what: "sink")
    }
}
