import QuickAccessBinding

/// Sends the log of this process to a sink, from a level on; another sink takes its place, and `nil`
/// ends it. No line holds a secret.
///
/// - Throws: `invalid_input` when the process has another log for Rust already.
public func setLogSink(_ sink: (any LogSink)?, from level: LogLevel) throws(QuickAccessError) {
    try typed { try QuickAccessBinding.setLogSink(sink: sink, level: level) }
}

/// Writes the log of this process to the platform's own, from a level on: on Apple's systems to the
/// unified log, under the subsystem `dev.quickaccess`. It takes the place of a sink, as a sink takes its;
/// `nil` ends it.
///
/// - Throws: `invalid_input` when the process has another log for Rust already, or the platform has no
///   log that this can write to, as on Linux.
public func logToPlatform(from level: LogLevel?) throws(QuickAccessError) {
    try typed { try QuickAccessBinding.logToPlatform(level: level) }
}

/// The table of all codes, in the order of the actions, as in `docs/errors.md`.
public func errorTable() -> [ErrorRow] {
    QuickAccessBinding.errorTable()
}
