import Foundation
import QuickAccessBinding

/// The rows of a collection, read page by page as a loop gets to them.
///
/// ```swift
/// for try await guest in try session.guests.list() { print(guest.username) }
/// ```
///
/// They can be read once. The loop throws ``QuickAccessError`` alone; after an error the same page can
/// be asked for again, with another loop. Rows that come or go on the server between two pages shift
/// those after them; sorting by `id`, the least first, keeps new rows out of the way.
public struct Rows<Row: Sendable>: AsyncSequence, Sendable {
    /// A row.
    public typealias Element = Row

    private let next: @Sendable () async throws -> [Row]?
    private let count: @Sendable () async -> UInt64?

    init(
        next: @escaping @Sendable () async throws -> [Row]?,
        total: @escaping @Sendable () async -> UInt64?
    ) {
        self.next = next
        count = total
    }

    /// The rows of the next page; nothing after the last one.
    public func nextPage() async throws(QuickAccessError) -> [Row]? {
        let next = next
        return try await waiting { try await next() }
    }

    /// How many there are in all, once a page has come and if the query asked for it.
    public func total() async -> UInt64? {
        await count()
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(rows: self)
    }

    /// Reads row by row.
    public struct Iterator: AsyncIteratorProtocol {
        private let rows: Rows
        private var page: ArraySlice<Row> = []

        fileprivate init(rows: Rows) {
            self.rows = rows
        }

        /// The next row; nothing after the last one.
        public mutating func next() async throws -> Row? {
            while page.isEmpty {
                guard let more = try await rows.nextPage() else { return nil }
                page = more[...]
            }
            return page.popFirst()
        }
    }
}

/// A body on its way, read part by part: `for try await part in download { … }`. It can be read once.
/// Letting go of it ends the transfer.
public struct Download: AsyncSequence, Sendable {
    /// A part of the body.
    public typealias Element = Data

    private let download: QuickAccessBinding.Download

    init(_ download: QuickAccessBinding.Download) {
        self.download = download
    }

    /// The HTTP status, a success.
    public var status: UInt16 { download.status() }

    /// The media type.
    public var contentType: String? { download.contentType() }

    /// How many bytes the server has announced.
    public var length: UInt64? { download.length() }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(download: download)
    }

    /// Reads part by part.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let download: QuickAccessBinding.Download

        /// The next part; nothing after the last one.
        ///
        /// - Throws: `timeout` when no part came for too long; `bad_reply` when the body was cut off.
        ///   Either stays.
        public func next() async throws -> Data? {
            let download = download
            return try await waiting { try await download.nextPart() }
        }
    }
}
