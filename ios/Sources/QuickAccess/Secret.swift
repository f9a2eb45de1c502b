import Foundation

/// A password or a client secret: bytes of UTF-8 in memory of their own, which are overwritten by
/// ``wipe()`` and when the object goes away. It prints nothing of itself.
///
/// What can be promised ends at its edges. A `String` that it is made of cannot be overwritten, in a
/// text field as elsewhere; where that matters, collect bytes, and overwrite yours once this has them.
/// On the way into the library the bytes pass through a buffer of the generated code, which is freed
/// without being overwritten. From there on, the library wipes whatever it frees.
public final class Secret: @unchecked Sendable {
    // The bytes are written in `init`, and later under the lock; whoever reads them has borrowed them.
    private let lock = NSLock()
    private let bytes: UnsafeMutableRawBufferPointer
    private var borrowers = 0
    private var isWiped = false

    /// Takes the characters as UTF-8.
    public convenience init(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Takes bytes of UTF-8; overwrite your own copy as soon as this returns.
    public init(utf8: some Collection<UInt8>) {
        bytes = .allocate(byteCount: utf8.count, alignment: 1)
        bytes.copyBytes(from: utf8)
    }

    deinit {
        overwrite()
        bytes.deallocate()
    }

    /// Overwrites the bytes, now or, while a call uses them, as soon as it has ended. A call that is
    /// given the secret afterwards finds it empty and throws `invalid_input`.
    public func wipe() {
        lock.withLock {
            isWiped = true
            if borrowers == 0 { overwrite() }
        }
    }

    /// Lends the bytes without a copy; what borrows them gives them back with ``giveBack()``.
    func borrow() -> Data {
        lock.withLock {
            borrowers += 1
            guard !isWiped, let start = bytes.baseAddress, !bytes.isEmpty else { return Data() }
            return Data(bytesNoCopy: start, count: bytes.count, deallocator: .none)
        }
    }

    func giveBack() {
        lock.withLock {
            borrowers -= 1
            if borrowers == 0, isWiped { overwrite() }
        }
    }

    private func overwrite() {
        guard let start = bytes.baseAddress else { return }
        // Unlike other stores to memory that is freed next, these calls are never optimised away.
        #if canImport(Darwin)
        memset_s(start, bytes.count, 0, bytes.count)
        #else
        explicit_bzero(start, bytes.count)
        #endif
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of what it holds.
    public var description: String { "Secret" }

    /// Nothing of what it holds.
    public var debugDescription: String { description }

    /// Nothing of what it holds.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
