//! The library's log, handed to a sink in the other language or to the platform's own log. Only this
//! project's own lines pass: other crates below it may print what must not be seen.

use std::{
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU8, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use quickaccess::{Code, Error};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};

use crate::{
    failure::{CallbackError, QuickAccessError},
    platform,
};

/// So many lines wait for a slow sink; what comes on top is dropped.
const WAITING: usize = 1_024;

/// Takes the library's log. It is called on a thread of its own, never under a lock; what it
/// throws changes nothing.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// One line.
    fn line(&self, record: LogRecord) -> Result<(), CallbackError>;
}

/// One line of the log. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LogRecord {
    /// How grave it is.
    pub level: LogLevel,
    /// The part of the library that says it.
    pub target: String,
    /// What it says.
    pub text: String,
}

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed.
    Fault,
    /// Something is odd.
    Warning,
    /// What a session does.
    Info,
    /// For those who look for a fault.
    Debug,
    /// Everything.
    Trace,
}

/// Sends the log of this process to a sink, from a level on; another sink takes its place. With
/// `None` it ends.
///
/// # Errors
/// `invalid_input` when the process has another log for Rust already.
#[uniffi::export]
pub fn set_log_sink(
    sink: Option<Arc<dyn LogSink>>,
    level: LogLevel,
) -> Result<(), QuickAccessError> {
    let log = Log::installed()?;
    let lets_pass = if sink.is_some() { level as u8 + 1 } else { 0 };
    *log.sink.lock().unwrap_or_else(PoisonError::into_inner) = sink;
    log.level.store(lets_pass, Ordering::Relaxed);
    Ok(())
}

/// Writes the log of this process to the platform's own, from a level on: logcat under the tag
/// `QuickAccess` on Android, the unified log under the subsystem `dev.quickaccess` on Apple's
/// systems. It takes the place of a sink, as a sink takes its; with `None` it ends.
///
/// # Errors
/// `invalid_input` when the process has another log for Rust already, or the platform has no log
/// that this can write to.
#[uniffi::export]
pub fn log_to_platform(level: Option<LogLevel>) -> Result<(), QuickAccessError> {
    let Some(level) = level else {
        return set_log_sink(None, LogLevel::Fault);
    };
    match platform::log() {
        Some(log) => set_log_sink(Some(log), level),
        None => Err(Error::with_message(
            Code::InvalidInput,
            "This platform has no log that QuickAccess can write to. Take the lines with a log \
             sink instead.",
        )
        .into()),
    }
}

struct Log {
    sink: Mutex<Option<Arc<dyn LogSink>>>,
    /// How many levels pass.
    level: AtomicU8,
    lines: SyncSender<LogRecord>,
}

impl Log {
    fn installed() -> Result<&'static Self, Error> {
        static LOG: OnceLock<Result<Arc<Log>, String>> = OnceLock::new();
        let log = LOG.get_or_init(Self::install);
        let log = log.as_ref().map_err(|why| {
            let text = format!("The log cannot be taken: {why}.");
            Error::with_message(Code::InvalidInput, text)
        })?;
        Ok(log)
    }

    fn install() -> Result<Arc<Self>, String> {
        let (lines, queue) = sync_channel(WAITING);
        let log = Arc::new(Self {
            sink: Mutex::new(None),
            level: AtomicU8::new(0),
            lines,
        });
        tracing::subscriber::set_global_default(Lines(log.clone()))
            .map_err(|_| "this process has another log for Rust".to_owned())?;
        let told = log.clone();
        std::thread::Builder::new()
            .name("quickaccess-log".to_owned())
            .spawn(move || told.hand_on(&queue))
            .map_err(|error| error.to_string())?;
        Ok(log)
    }

    /// Calls the sink, line by line, as long as the process lives.
    fn hand_on(&self, queue: &Receiver<LogRecord>) {
        while let Ok(record) = queue.recv() {
            let sink = self
                .sink
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            let Some(sink) = sink else {
                continue;
            };
            // Nobody can be told that the log fails.
            let _ = catch_unwind(AssertUnwindSafe(move || sink.line(record)));
        }
    }
}

/// The log as tracing's subscriber.
struct Lines(Arc<Log>);

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && metadata.target().starts_with("quickaccess")
}

fn level_of(level: &Level) -> LogLevel {
    match *level {
        Level::ERROR => LogLevel::Fault,
        Level::WARN => LogLevel::Warning,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

impl Subscriber for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_ours(metadata) {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let lets_pass = self.0.level.load(Ordering::Relaxed);
        is_ours(metadata) && (level_of(metadata.level()) as u8) < lets_pass
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let record = LogRecord {
            level: level_of(event.metadata().level()),
            target: event.metadata().target().to_owned(),
            text: text.0,
        };
        // The library does not wait for its log.
        let _ = self.0.lines.try_send(record);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// A line in words: the sentence, then each field with its name.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => {
                let fields = std::mem::take(&mut self.0);
                write!(self.0, "{value:?}{fields}")
            }
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
