//! The log of a process, which is one for all: so all of it is one test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{
    Arc, Mutex,
    mpsc::{Receiver, Sender, channel},
};

use quickaccess_ffi::{CallbackError, LogLevel, LogRecord, LogSink, log_to_platform, set_log_sink};
use support::{PATIENCE, Server, wait};

struct Sink {
    lines: Mutex<Sender<LogRecord>>,
    panics: bool,
}

impl LogSink for Sink {
    fn line(&self, record: LogRecord) -> Result<(), CallbackError> {
        let _ = self.lines.lock().unwrap().send(record);
        assert!(!self.panics, "the app's log has a bug");
        Err(CallbackError::Failed)
    }
}

fn sink(panics: bool, level: LogLevel) -> Receiver<LogRecord> {
    let (tell, lines) = channel();
    let lines_of = Mutex::new(tell);
    let sink = Sink {
        lines: lines_of,
        panics,
    };
    set_log_sink(Some(Arc::new(sink)), level).unwrap();
    lines
}

#[test]
fn a_sink_gets_this_librarys_lines_without_a_secret_even_if_it_panics() {
    let server = Server::start();
    let mut tokens = Vec::new();
    for panics in [true, false] {
        let lines = sink(panics, LogLevel::Trace);
        let session = server.signed_in();
        tokens.push(wait(session.access_token()).unwrap());
        wait(session.refresh()).unwrap();
        tracing::warn!(target: "quickaccess::test", count = 3, "the last line");
        tracing::error!(target: "hyper", "a line of another crate");
        let mut seen = Vec::new();
        loop {
            let line = lines.recv_timeout(PATIENCE).unwrap();
            assert!(line.target.starts_with("quickaccess"), "{line:?}");
            let is_last = line.target == "quickaccess::test";
            seen.push(line);
            if is_last {
                break;
            }
        }
        let last = seen.last().unwrap();
        assert_eq!(last.level, LogLevel::Warning);
        assert_eq!(last.text, "the last line count=3");
        let all = format!("{seen:?}");
        for secret in tokens.iter().map(String::as_str).chain(["abc123"]) {
            assert!(!all.contains(secret), "a secret is in the log");
        }
    }

    let lines = sink(false, LogLevel::Warning);
    tracing::info!(target: "quickaccess::test", "too quiet");
    tracing::warn!(target: "quickaccess::test", "loud enough");
    assert_eq!(lines.recv_timeout(PATIENCE).unwrap().text, "loud enough");

    #[cfg(not(any(target_os = "android", target_vendor = "apple")))]
    {
        let refused = log_to_platform(Some(LogLevel::Trace)).unwrap_err();
        assert_eq!(refused.why().code, "invalid_input");
        tracing::warn!(target: "quickaccess::test", "the sink stays");
        let kept = lines.recv_timeout(PATIENCE).unwrap();
        assert_eq!(kept.text, "the sink stays");
    }
    // With no level it ends whatever takes the lines, on every platform.
    log_to_platform(None).unwrap();
    tracing::error!(target: "quickaccess::test", "nobody listens");
    assert!(lines.recv_timeout(PATIENCE).is_err());

    let lines = sink(false, LogLevel::Warning);
    set_log_sink(None, LogLevel::Trace).unwrap();
    tracing::error!(target: "quickaccess::test", "nobody listens");
    // The sink is let go, and its channel ends with it.
    assert!(lines.recv_timeout(PATIENCE).is_err());
}
