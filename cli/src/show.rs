//! How things are shown: plain words on a terminal, JSON for scripts, progress on standard error.

use std::{future::Future, io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use quickaccess::{RefreshState, SignedIn, Stays, store::Persistence};
use serde_json::{Value, json};

use crate::{args::Common, exit::Failure};

/// Turns the library's log on, on standard error.
pub(crate) fn logs(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => "quickaccess=info",
        2 => "quickaccess=debug",
        _ => "trace",
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(level))
        .with_ansi(coloured())
        .with_writer(std::io::stderr)
        .init();
}

/// Waits with a spinner, where somebody is there to see it.
pub(crate) async fn wait<T>(what: &str, work: impl Future<Output = T>) -> T {
    let spinner = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    spinner.set_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    let done = work.await;
    spinner.finish_and_clear();
    done
}

/// Prints JSON.
pub(crate) fn json(value: &Value) {
    line(&format!("{value:#}"));
}

/// Prints a line. That nobody reads any more is no failure.
pub(crate) fn line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Says something beside the result.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Says why a command failed.
pub(crate) fn failure(common: &Common, failure: &Failure) {
    match failure {
        Failure::Library(error) if common.json => json(&json!({
            "error": {
                "action": error.action().name(),
                "code": error.code().as_str(),
                "message": error.message(),
                "certificate_sha256": error.certificate().map(|shown| &shown.presented.sha256),
            }
        })),
        Failure::Usage(text) if common.json => {
            json(&json!({ "error": { "action": "FixUsage", "code": "usage", "message": text } }));
        }
        Failure::Library(error) => note(&red(&error.to_string())),
        Failure::Usage(text) => note(&red(text)),
    }
}

/// Rows with their first column lined up.
pub(crate) fn rows(rows: &[(&str, String)]) {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, text) in rows {
        line(&format!("{name:width$}  {text}"));
    }
}

/// The session for people.
pub(crate) fn session_rows(signed_in: &SignedIn) -> Vec<(&'static str, String)> {
    let mut rows = vec![(
        "Access token",
        match signed_in.expires_at {
            Some(end) => format!("good for another {} (until {})", left(end), time(end)),
            None => "good until the server rejects it".to_owned(),
        },
    )];
    rows.push((
        "Stay signed in",
        match (&signed_in.refresh, signed_in.stays) {
            (RefreshState::Ended(cause), _) => {
                format!("until the access token ends: {}", cause.code().meaning())
            }
            (RefreshState::Blocked(code), _) => {
                format!(
                    "not clear, ClearPass refuses to extend the session: {}",
                    code.meaning()
                )
            }
            (RefreshState::Waiting(code), _) => format!("being tried again: {}", code.meaning()),
            (RefreshState::None, _) => {
                "no: this API client gives no refresh token, sign in again when the token ends"
                    .to_owned()
            }
            (_, Stays::WhileUsed) => "yes, as long as it is used now and then".to_owned(),
            (_, Stays::Until(end)) => format!("until {} at least", time(end)),
            _ => "not known yet; the first refresh will tell".to_owned(),
        },
    ));
    rows.push((
        "Kept",
        match (signed_in.saved, signed_in.persistence) {
            (false, _) => "not saved yet; it is tried again".to_owned(),
            (true, Persistence::Device) => "in the secret store of this machine".to_owned(),
            (true, Persistence::UntilReboot) => {
                "in the kernel keyring, until a reboot or three days without use".to_owned()
            }
            (true, Persistence::Process) => "in memory, until this command ends".to_owned(),
        },
    ));
    rows
}

/// The session for scripts.
pub(crate) fn session_json(signed_in: &SignedIn) -> Value {
    let (refresh, code) = match &signed_in.refresh {
        RefreshState::InFlight => ("in_flight", None),
        RefreshState::Waiting(code) => ("waiting", Some(*code)),
        RefreshState::Blocked(code) => ("blocked", Some(*code)),
        RefreshState::Ended(cause) => ("ended", Some(cause.code())),
        RefreshState::None => ("none", None),
        _ => ("ready", None),
    };
    json!({
        "username": signed_in.username,
        "generation": signed_in.generation,
        "expires_at": signed_in.expires_at.map(time),
        "refresh": refresh,
        "refresh_code": code.map(quickaccess::Code::as_str),
        "stays": match signed_in.stays {
            Stays::Until(end) => json!({ "until": time(end) }),
            Stays::WhileUsed => json!("while_used"),
            _ => json!("unknown"),
        },
        "saved": signed_in.saved,
        "kept": match signed_in.persistence {
            Persistence::Device => "device",
            Persistence::UntilReboot => "until_reboot",
            Persistence::Process => "process",
        },
    })
}

/// A moment, in UTC and to the second.
pub(crate) fn time(millis: u64) -> String {
    i64::try_from(millis)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_second(millis / 1_000).ok())
        .map_or_else(|| "a time out of reach".to_owned(), |time| time.to_string())
}

/// How long until a moment, in the two largest units.
fn left(end: u64) -> String {
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
    let seconds = end.saturating_sub(now) / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// A heading on a terminal.
pub(crate) fn bold(text: &str) -> String {
    if std::io::stdout().is_terminal() && allowed() {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

fn red(text: &str) -> String {
    if coloured() {
        format!("\u{1b}[31m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

fn coloured() -> bool {
    std::io::stderr().is_terminal() && allowed()
}

/// Colours are for terminals, and only where nobody asked for none (`NO_COLOR`).
fn allowed() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|text| text.is_empty())
        && std::env::var_os("TERM").is_none_or(|text| text != "dumb")
}
