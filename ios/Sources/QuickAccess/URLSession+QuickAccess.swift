import Foundation
import QuickAccessBinding

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// An app's own requests, with the token of a session where they go to that session's own server, and
/// without it anywhere else.
///
/// A token that the server rejects is refreshed once, and the request is sent once more: it did not
/// act. Nothing else is sent again, and neither is a body that is a stream. Each redirect is looked at
/// anew, and takes the token along only within the session's server. A request that has an
/// `Authorization` header already is left as it is.
///
/// The delegate of the `URLSession` is asked as ever, for redirects too.
extension URLSession {
    /// Sends a request and gives the whole answer, whatever its status.
    ///
    /// - Throws: ``QuickAccessError`` when no token can be had, before anything is sent; else as
    ///   `data(for:)`.
    public func data(
        for request: URLRequest,
        with session: QuickAccessSession
    ) async throws -> (Data, URLResponse) {
        try await exchange(request, session) { self.dataTask(with: $0, completionHandler: $1) }
    }

    /// Sends a request with a body and gives the whole answer, whatever its status.
    ///
    /// - Throws: as ``data(for:with:)``.
    public func upload(
        for request: URLRequest,
        from body: Data,
        with session: QuickAccessSession
    ) async throws -> (Data, URLResponse) {
        try await exchange(request, session) { self.uploadTask(with: $0, from: body, completionHandler: $1) }
    }

    /// Sends a request with the content of a file and gives the whole answer, whatever its status. It
    /// is read anew if the request has to be sent once more.
    ///
    /// - Throws: as ``data(for:with:)``.
    public func upload(
        for request: URLRequest,
        fromFile file: URL,
        with session: QuickAccessSession
    ) async throws -> (Data, URLResponse) {
        try await exchange(request, session) { self.uploadTask(with: $0, fromFile: file, completionHandler: $1) }
    }

    /// Sends a request and gives a file with the answer, which is the caller's to move or to remove.
    ///
    /// - Throws: as ``data(for:with:)``.
    public func download(
        for request: URLRequest,
        with session: QuickAccessSession
    ) async throws -> (URL, URLResponse) {
        let exchange = Exchange(session: session, request: request)
        return try await exchange.run {
            let request = $0
            return try await self.run($1) { done in
                self.downloadTask(with: request) { file, response, error in
                    // What lies there is removed as soon as this returns.
                    done(file.flatMap(Exchange.keep), response, error)
                }
            }
        } start: { file in
            let reader = try? FileHandle(forReadingFrom: file)
            return try? reader?.read(upToCount: Exchange.mostJudged)
        } discard: { file in
            try? FileManager.default.removeItem(at: file)
        }
    }
}

extension URLSession {
    /// Sends a request by tasks of a kind that gives the answer's body as data.
    private func exchange(
        _ request: URLRequest,
        _ session: QuickAccessSession,
        _ task: (URLRequest, @escaping @Sendable (Data?, URLResponse?, (any Swift.Error)?) -> Void) -> URLSessionTask
    ) async throws -> (Data, URLResponse) {
        try await Exchange(session: session, request: request).run { request, redirects in
            try await self.run(redirects) { task(request, $0) }
        } start: {
            $0
        }
    }

    /// Runs a task whose redirects are looked at. (`data(for:delegate:)` of Foundation on Linux never
    /// asks the delegate that it is given; the delegate of a task is asked everywhere.)
    fileprivate func run<Body: Sendable>(
        _ redirects: Redirects?,
        _ task: (@escaping @Sendable (Body?, URLResponse?, (any Swift.Error)?) -> Void) -> URLSessionTask
    ) async throws -> (Body, URLResponse) {
        let running = Running()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let task = task { body, response, error in
                    if error == nil, let body, let response {
                        continuation.resume(returning: (body, response))
                    } else {
                        continuation.resume(throwing: error ?? URLError(.cannotParseResponse))
                    }
                }
                task.delegate = redirects
                running.start(task)
            }
        } onCancel: {
            running.cancel()
        }
    }
}

/// A task that can be cancelled before it has begun.
private final class Running: @unchecked Sendable {
    private let lock = NSLock()
    private var task: URLSessionTask?
    private var isCancelled = false

    func start(_ task: URLSessionTask) {
        let isCancelled = lock.withLock {
            self.task = task
            return self.isCancelled
        }
        task.resume()
        if isCancelled { task.cancel() }
    }

    func cancel() {
        let task = lock.withLock {
            isCancelled = true
            return self.task
        }
        task?.cancel()
    }
}

/// One request of an app, and what becomes of it.
private struct Exchange {
    /// So much of a rejection is enough to judge it.
    static let mostJudged = Int(QuickAccessBinding.mostJudged())

    let session: QuickAccessSession
    let request: URLRequest

    /// Moves a file to where it stays.
    static func keep(_ file: URL) -> URL? {
        let kept = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).tmp")
        return (try? FileManager.default.moveItem(at: file, to: kept)).map { kept }
    }

    /// Sends it, and once more if its token was dead. `start` gives the start of a body, and `discard`
    /// lets go of one that nobody will see.
    func run<Body>(
        _ send: (URLRequest, Redirects?) async throws -> (Body, URLResponse),
        start: (Body) -> Data?,
        discard: (Body) -> Void = { _ in }
    ) async throws -> (Body, URLResponse) {
        guard let url = request.url, request.value(forHTTPHeaderField: authorization) == nil,
            let token = try await session.token(for: url)
        else { return try await send(request, nil) }
        let redirects = Redirects(session)
        let (body, response) = try await send(request.carrying(token), redirects)
        guard let newer = await judged(token, response, redirects, start(body)),
            // A stream can be read once only, and has been read.
            request.httpBodyStream == nil
        else { return (body, response) }
        discard(body)
        let again = Redirects(session)
        let second = try await send(request.carrying(newer), again)
        _ = await judged(newer, second.1, again, start(second.0))
        return second
    }

    /// The token to send the request once more with, if the session says so.
    private func judged(
        _ token: AccessToken,
        _ response: URLResponse,
        _ redirects: Redirects,
        _ start: @autoclosure () -> Data?
    ) async -> AccessToken? {
        // After a redirect the answer is of another request.
        guard let response = response as? HTTPURLResponse, !redirects.happened else { return nil }
        let isRejection = response.statusCode == 401 || response.statusCode == 403
        let answer = ClientAnswer(
            method: request.httpMethod ?? "GET",
            url: request.url?.absoluteString ?? "",
            status: UInt16(clamping: response.statusCode),
            contentType: response.value(forHTTPHeaderField: "Content-Type"),
            body: isRejection ? start()?.prefix(Self.mostJudged) : nil
        )
        // Where it cannot be judged, the state of the session tells, and the caller gets what came.
        guard case .replay(let newer)? = try? await session.judge(token, answer) else { return nil }
        return newer
    }
}

/// Looks at the redirects of one request: each gets the token anew, or goes without.
private final class Redirects: NSObject, URLSessionTaskDelegate, @unchecked Sendable {
    private let session: QuickAccessSession
    private let lock = NSLock()
    private var seen = false

    init(_ session: QuickAccessSession) {
        self.session = session
    }

    var happened: Bool { lock.withLock { seen } }

    private func onward(_ request: URLRequest?) async -> URLRequest? {
        lock.withLock { seen = true }
        guard var request, let url = request.url else { return nil }
        request.setValue(nil, forHTTPHeaderField: authorization)
        guard let token = try? await session.token(for: url) else { return request }
        return request.carrying(token)
    }

    #if canImport(FoundationNetworking)
    func urlSession(
        _ urlSession: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        // It may be called on any thread, which its type does not say here.
        nonisolated(unsafe) let completionHandler = completionHandler
        let goOn: @Sendable (URLRequest?) -> Void = { request in
            Task { completionHandler(await self.onward(request)) }
        }
        guard let apps = urlSession.delegate as? any URLSessionTaskDelegate else { return goOn(request) }
        apps.urlSession(
            urlSession, task: task, willPerformHTTPRedirection: response, newRequest: request,
            completionHandler: goOn)
    }
    #else
    func urlSession(
        _ urlSession: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest
    ) async -> URLRequest? {
        guard let apps = urlSession.delegate as? any URLSessionTaskDelegate,
            let follow = apps.urlSession(_:task:willPerformHTTPRedirection:newRequest:completionHandler:)
        else { return await onward(request) }
        let allowed = await withCheckedContinuation { continuation in
            follow(urlSession, task, response, request) { continuation.resume(returning: $0) }
        }
        return await onward(allowed)
    }
    #endif
}

private let authorization = "Authorization"

extension URLRequest {
    fileprivate func carrying(_ token: AccessToken) -> URLRequest {
        var request = self
        request.setValue("Bearer \(token.expose())", forHTTPHeaderField: authorization)
        return request
    }
}
