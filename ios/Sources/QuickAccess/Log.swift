import QuickAccessBinding

/// Sends the log of this process to a sink, from a level on; another sink takes its place, and `nil`
/// ends it. No line holds a secret.
///
/// - Throws: `invalid_input` when the process has another log for Rust already.
public func setLogSink(_ sink: (any LogSink)?, from level: LogLevel) throws(QuickAccessError) {
    try typed { try QuickAccessBinding.setLogSink(sink: sink, level: level) }
}

/// The table of all codes, in the order of the actions, as in `docs/errors.md`.
public func errorTable() -> [ErrorRow] {
    QuickAccessBinding.errorTable()
}
