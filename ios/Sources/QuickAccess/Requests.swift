import Foundation
import QuickAccessBinding

extension QuickAccessSession {
    /// Begins a request to the server's API, below `/api`: `session.request("GET", "guest/7")`. Nothing
    /// is sent before the result is asked for.
    public func request(_ method: String, _ path: String) -> RequestBuilder {
        RequestBuilder(session: session, request: ApiRequest(method: method, path: path))
    }
}

/// A request to the server's API with the session's token, put together step by step.
///
/// ```swift
/// struct Guest: Codable, Sendable { let username: String }
/// let guest = try await session.request("GET", "guest/7").value(as: Guest.self)
/// ```
///
/// One that changes nothing (GET, HEAD) is tried again when the way broke or the server was busy; what
/// may have acted is never repeated. A task that is cancelled cancels its request. Every call throws
/// ``QuickAccessError``: `not_permitted`, `not_found`, `validation_failed` with the fields in
/// ``QuickAccessError/why``, `action_failed` for an answer that says so, and those of ``QuickAccessSession``.
public struct RequestBuilder: Sendable {
    let session: Session
    var request: ApiRequest

    /// Adds a parameter to the query; it is encoded here.
    public func query(_ name: String, _ value: String) -> Self {
        with { $0.query.append(NameAndValue(name: name, value: value)) }
    }

    /// Adds a header, such as `If-Match`. Those that tell who asks or where the message ends are the
    /// library's own, and refused with `invalid_input`.
    public func header(_ name: String, _ value: String) -> Self {
        with { $0.headers.append(NameAndValue(name: name, value: value)) }
    }

    /// Makes a value the body, as JSON.
    ///
    /// - Throws: `invalid_input` when it cannot be written as JSON.
    public func json(
        _ value: some Encodable,
        encoder: JSONEncoder = JSONEncoder()
    ) throws(QuickAccessError) -> Self {
        let text: Data
        do {
            text = try encoder.encode(value)
        } catch {
            // What the encoder says may quote the value.
            throw .FixRequest(
                why: Why(
                    code: "invalid_input", text: "The body cannot be written as JSON. Give other values.",
                    status: nil, fields: []))
        }
        return with { $0.body = .json(text: text) }
    }

    /// Makes bytes of any media type the body, such as `text/csv`.
    public func body(_ content: Data, mediaType: String) -> Self {
        with { $0.body = .bytes(mediaType: mediaType, content: content) }
    }

    /// Makes a form with files (`multipart/form-data`) the body.
    public func form(_ parts: [FormPart]) -> Self {
        with { $0.body = .form(parts: parts) }
    }

    /// Sets the longest that all of it may take, in seconds: the wait for a token, every try and every
    /// pause. Without one each try has the time of ``Timeouts``.
    public func deadline(_ seconds: TimeInterval) -> Self {
        with { $0.deadline = seconds }
    }

    /// Sets how often a request that changes nothing may be tried again; 2 unless set.
    public func retries(_ most: UInt32) -> Self {
        with { $0.retries = most }
    }

    /// Sets the largest body of the answer, in bytes; 8 MiB unless set. A download has no limit.
    public func maxBody(_ bytes: UInt64) -> Self {
        with { $0.maxBody = bytes }
    }

    /// Sends it, and gives status and body of a success as they came.
    @discardableResult
    public func response() async throws(QuickAccessError) -> ApiResponse {
        let (session, request, cancel) = (session, request, CancelHandle())
        return try await waiting(onCancel: cancel.cancel) {
            try await session.send(request: request, cancel: cancel)
        }
    }

    /// Sends it, and reads the body of a success as JSON.
    ///
    /// - Throws: `bad_reply` when the answer has another form; it names the place and quotes nothing.
    public func value<Value: Decodable>(
        as type: Value.Type = Value.self,
        decoder: JSONDecoder = JSONDecoder()
    ) async throws(QuickAccessError) -> Value {
        try decode(type, from: try await response().body, with: decoder)
    }

    /// Sends it, and gives the body of a success part by part: what is too large to be held. Nobody
    /// looks into it, so that an action that failed with a success is not told.
    public func download() async throws(QuickAccessError) -> Download {
        let (session, request, cancel) = (session, request, CancelHandle())
        let download = try await waiting(onCancel: cancel.cancel) {
            try await session.download(request: request, cancel: cancel)
        }
        return Download(download)
    }

    /// The rows of a collection, one after the other; each page is asked for when its first row is.
    ///
    /// - Throws: `invalid_input` for a request or query that cannot be sent.
    public func rows<Row: Decodable & Sendable>(
        _ query: ListQuery = ListQuery(),
        as type: Row.Type = Row.self,
        decoder: JSONDecoder = JSONDecoder()
    ) throws(QuickAccessError) -> Rows<Row> {
        let pages = try typed { try session.pages(request: request, query: query) }
        let counted = Counted()
        return Rows {
            guard let page = try await pages.nextPage() else { return nil }
            counted.take(page.count)
            return try page.rows.map { try decode(Row.self, from: Data($0.utf8), with: decoder) }
        } total: {
            counted.total
        }
    }

    private func with(_ change: (inout ApiRequest) -> Void) -> Self {
        var builder = self
        change(&builder.request)
        return builder
    }
}

extension RequestBuilder: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method and path: what else it holds may be anything, a guest's password too.
    public var description: String { "\(request.method) \(request.path)" }

    /// The same.
    public var debugDescription: String { description }

    /// The same.
    public var customMirror: Mirror {
        Mirror(self, children: ["method": request.method, "path": request.path])
    }
}

/// Reads JSON; the error names the place where it does not fit.
private func decode<Value: Decodable>(
    _ type: Value.Type, from json: Data, with decoder: JSONDecoder
) throws(QuickAccessError) -> Value {
    do {
        return try decoder.decode(type, from: json)
    } catch {
        let path: [any CodingKey]
        switch error {
        case DecodingError.keyNotFound(let key, let context): path = context.codingPath + [key]
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            path = context.codingPath
        default: path = []
        }
        let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        let text = "The answer has another form than the app expects"
            + (place.isEmpty ? "." : ", at `\(place)`.") + " Read it in the form that the server has."
        throw .Retry(
            why: Why(code: "bad_reply", text: text, status: nil, fields: []), after: nil, mayHaveActed: true)
    }
}

/// How many rows there are in all, as the newest page says.
private final class Counted: @unchecked Sendable {
    private let lock = NSLock()
    private var count: UInt64?

    var total: UInt64? { lock.withLock { count } }

    func take(_ count: UInt64?) {
        lock.withLock { self.count = count ?? self.count }
    }
}
