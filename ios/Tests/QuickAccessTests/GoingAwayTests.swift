import Foundation
import QuickAccess
import QuickAccessBinding
import Testing

/// Objects that go away while they are used, and code of the app's that throws.
@Suite struct GoingAwayTests {
    @Test func a_session_that_is_let_go_of_during_a_call_lets_the_call_end() async throws {
        let server = try Simulator()
        var session: QuickAccessSession? = try server.session()
        let dropped = Dropped()
        dropped.look(at: try #require(session))
        let hold = try await server.hold("token_password", "before_commit")
        let call = Task { [session] in try await session?.signIn(username: "qa", password: Secret("abc123")) }
        try await hold.reached()
        session = nil
        try await hold.release()
        try await call.value
        #expect(dropped.isGone)
        #expect(try await server.counter("sign_ins_accepted") == 1)
    }

    @Test func a07_a_session_that_is_let_go_of_during_a_refresh_still_stores_its_tokens() async throws {
        let server = try Simulator()
        let folder = try Folder()
        let store = TokenStore.app(AppStore())
        var session: QuickAccessSession? = try QuickAccessSession(
            server.settings(folder: folder.url), store: store)
        try await session?.signIn(username: "qa", password: Secret("abc123"))
        let first = try await session?.accessToken()
        let hold = try await server.hold("token_refresh", "after_commit")
        let refresh = Task { [session] in try await session?.refresh() }
        try await hold.reached()
        refresh.cancel()
        session = nil
        #expect((await refresh.result.failure as? QuickAccessError)?.code == "cancelled")
        let next = try QuickAccessSession(server.settings(folder: folder.url), store: store)
        try await hold.release()
        // The pair of the refresh that goes on is taken over, whichever comes first: its answer or this.
        try await next.refresh()
        #expect(try #require(next.generation) >= 2)
        #expect(try await next.accessToken() != first)
        #expect(try await server.counter("refresh_reuse") == 0)
    }

    @Test func a_session_is_made_and_dropped_on_a_plain_thread() async throws {
        let server = try Simulator()
        let settings = server.settings()
        let dropped = Dropped()
        await withCheckedContinuation { done in
            Thread {
                do {
                    let session = try QuickAccessSession(settings, store: .inMemory())
                    session.notify(.foreground)
                    dropped.look(at: session)
                } catch {
                    Issue.record("\(error)")
                }
                done.resume()
            }.start()
        }
        #expect(dropped.isGone)
    }

    /// A write to a connection that its other side has closed raises SIGPIPE, which nothing here ignores.
    @Test func a_server_that_goes_away_takes_no_program_with_it() async throws {
        for turns in 0..<40 {
            var server: Simulator? = try Simulator()
            let session = try #require(try await server?.signedIn())
            server?.stop()
            let call = Task { try await session.signIn(username: "qa", password: Secret("abc123")) }
            // The request lies unread somewhere between the two when the server ends.
            for _ in 0..<(turns * 100) { await Task.yield() }
            server = nil
            // An answer that was under way may still come.
            _ = await call.result
            #expect(try await session.accessToken().count == 40)
        }
    }

    @Test func the_states_end_with_their_session() async throws {
        let server = try Simulator()
        var session: QuickAccessSession? = try server.session()
        let states = try #require(session?.states)
        session = nil
        // It hangs here if nobody ends the stream.
        for await _ in states {}
    }

    @Test func the_states_end_with_the_task_that_reads_them() async throws {
        let server = try Simulator()
        let session = try server.session()
        let reader = Task { for await _ in session.states {} }
        reader.cancel()
        await reader.value
        #expect(session.account.count == 32)
    }

    @Test func an_observer_that_throws_harms_nobody() async throws {
        let server = try Simulator()
        let session = try Session(
            settings: server.settings(), store: QuickAccessBinding.TokenStore.inMemory())
        let thrower = Thrower()
        let observation = session.observe(observer: thrower)
        try await session.signIn(username: "qa", password: Data("abc123".utf8))
        #expect(try await session.whoami().name == "qa")
        await thrower.called()
        observation.stop()
    }

    @Test func a_store_that_throws_is_a_store_that_is_not_available() async throws {
        let server = try Simulator()
        let store = AppStore()
        let session = try QuickAccessSession(server.settings(), store: .app(store, .process))
        store.mood = .odd
        let error = try await refusal { try await session.signIn(username: "qa", password: Secret("abc123")) }
        guard case .RepairStore = error else {
            Issue.record("\(error)")
            return
        }
        store.mood = .well
        try await session.signIn(username: "qa", password: Secret("abc123"))
        store.mood = .locked
        // The good token is served from memory.
        #expect(try await session.accessToken().count == 40)
    }

    @Test func ten_thousand_sessions_come_and_go_without_growth() async throws {
        var seen: [Int] = []
        let counted = Counted()
        for _ in 0..<5 {
            for _ in 0..<2_500 {
                let settings = SessionSettings(server: "http://127.0.0.1:9", clientId: "QuickAccess")
                let session = try QuickAccessSession(settings, store: .app(CountedStore(counted), .process))
                let states = session.states
                withExtendedLifetime(states) { _ = session.state }
            }
            // What the library's threads still hold of the last ones goes as soon as they get there.
            while counted.now > 0 { await Task.yield() }
            seen.append(try resident())
        }
        // What one session holds is some 10 KiB, so that 2,500 that stay would be 25 MB.
        #expect(seen.last! < seen.dropLast().max()! + 12 * 1_024, "KiB after 2,500 each: \(seen)")
    }

    /// The memory of this process in KiB; on a Mac, where no file tells it, none.
    private func resident() throws -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        let line = try #require(status.components(separatedBy: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}

/// Whether an object of another thread has gone.
private final class Dropped: @unchecked Sendable {
    private weak var session: QuickAccessSession?

    func look(at session: QuickAccessSession) {
        self.session = session
    }

    var isGone: Bool { session == nil }
}

/// An observer that throws something that no observer may.
private final class Thrower: StateObserver, @unchecked Sendable {
    private let calls = AsyncStream.makeStream(of: Void.self)

    func stateChanged(state: SessionState) throws {
        calls.continuation.yield()
        throw Trouble(what: "observer")
    }

    /// Waits until it was called twice: it is told the next state although it threw.
    func called() async {
        var left = 2
        for await _ in calls.stream {
            left -= 1
            if left == 0 { return }
        }
    }
}

/// How many objects there are now.
private final class Counted: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var now: Int { lock.withLock { count } }

    func add(_ one: Int) {
        lock.withLock { count += one }
    }
}

/// An empty store that is counted as long as it is there.
private final class CountedStore: SecretStore, Sendable {
    private let counted: Counted

    init(_ counted: Counted) {
        self.counted = counted
        counted.add(1)
    }

    deinit {
        counted.add(-1)
    }

    func load(name: String) throws -> Data { throw StoreError.NotFound }
    func save(name: String, bytes: Data) throws {}
    func delete(name: String) throws {}
}
