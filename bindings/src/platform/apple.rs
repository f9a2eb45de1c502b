//! Apple's systems: the unified log. Certificates and the keychain need no start there.

use std::fmt;

use oslog::{Level, OsLog};

use crate::{
    failure::CallbackError,
    log::{LogLevel, LogRecord, LogSink},
};

/// Writes to the unified log.
pub(super) struct UnifiedLog(OsLog);

impl UnifiedLog {
    pub(super) fn open() -> Self {
        Self(OsLog::new("dev.quickaccess", "QuickAccess"))
    }
}

impl LogSink for UnifiedLog {
    fn line(&self, record: LogRecord) -> Result<(), CallbackError> {
        // A fault in Apple's words is a bug of the program, which none of these has to be.
        let level = match record.level {
            LogLevel::Fault => Level::Error,
            LogLevel::Warning => Level::Default,
            LogLevel::Info => Level::Info,
            LogLevel::Debug | LogLevel::Trace => Level::Debug,
        };
        let line = format!("{}: {}", record.target, record.text);
        self.0.with_level(level, &line);
        Ok(())
    }
}

impl fmt::Debug for UnifiedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnifiedLog")
    }
}
