//! How things are shown: plain words in the width of the terminal, JSON for scripts. What was asked
//! for goes to standard output, everything else to standard error.

use std::io::{self, Write};

use jiff::{Timestamp, tz::TimeZone};
use quickaccess::{Code, Error, trust::TrustFailure};
use serde_json::Value;

use crate::{
    certificate,
    exit::{Failure, Why},
    terminal::{self, Stream},
    wait,
};

/// Turns the library's log on where it is asked for, on standard error.
pub(crate) fn logs(verbose: u8) {
    let wanted = std::env::var("RUST_LOG")
        .ok()
        .filter(|text| !text.is_empty());
    let filter = match (wanted, verbose) {
        (Some(filter), _) => filter,
        (None, 0) => return,
        (None, 1) => "quickaccess=info".to_owned(),
        (None, 2) => "quickaccess=debug".to_owned(),
        (None, _) => "trace".to_owned(),
    };
    wait::without_spinners();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_ansi(terminal::coloured(&io::stderr()))
        .with_writer(io::stderr)
        .init();
}

/// Prints JSON.
pub(crate) fn json(value: &Value) {
    put(&io::stdout(), &[format!("{value:#}")]);
}

/// Prints a paragraph.
pub(crate) fn text(text: &str) {
    let out = io::stdout();
    put(&out, &wrapped(text, terminal::width(&out), ""));
}

/// Prints a line as it is.
pub(crate) fn line(line: &str) {
    put(&io::stdout(), &[line]);
}

/// Prints lines as they are.
pub(crate) fn lines(lines: &[String]) {
    put(&io::stdout(), lines);
}

/// How long a line of the result may be; `None` where nobody looks at it on a terminal.
pub(crate) fn width() -> Option<usize> {
    terminal::width(&io::stdout())
}

/// Prints rows with their first column lined up.
pub(crate) fn rows<H: AsRef<str>>(rows: &[(H, String)]) {
    let out = io::stdout();
    put(&out, &table(rows, terminal::width(&out), ""));
}

/// Says something beside the result.
pub(crate) fn note(text: &str) {
    let err = io::stderr();
    put(&err, &wrapped(text, terminal::width(&err), ""));
}

/// Asks a question: its line does not end, for the answer.
pub(crate) fn question(text: &str) {
    let err = io::stderr();
    let lines = wrapped(text.trim_end(), terminal::width(&err), "");
    err.put(&format!("{} ", lines.join("\n")));
}

/// Shows what is wrong with a certificate, beside the result.
pub(crate) fn untrusted(shown: &TrustFailure) {
    let err = io::stderr();
    put(
        &err,
        &table(&certificate::rows(shown), terminal::width(&err), "  "),
    );
}

/// Says why a command failed, and what can be done.
pub(crate) fn failure(as_json: bool, failure: &Failure) {
    if as_json {
        json(&failure.json());
        return;
    }
    let err = io::stderr();
    let width = terminal::width(&err);
    let label = |name: &str| match terminal::coloured(&err) {
        true => format!("\u{1b}[1;31m{name}\u{1b}[0m"),
        false => name.to_owned(),
    };
    let labelled = |name: &str, text: &str| {
        let indent = " ".repeat(name.len() + 1);
        let mut lines = wrapped(&format!("{indent}{text}"), width, &indent);
        if let Some(first) = lines.first_mut() {
            first.replace_range(..name.len(), &label(name));
        }
        put(&err, &lines);
    };
    let shown = failure.error().and_then(Error::certificate);
    match (&failure.why, shown) {
        (Why::Library(error), Some(_)) if failure.shown => {
            labelled(
                "error:",
                &format!("Nothing secret was sent. ({})", error.code()),
            );
        }
        (Why::Library(error), Some(shown)) => {
            let (host, port, code) = (&shown.host, shown.port, error.code());
            let text = format!("The certificate of {host}:{port} is not trusted. ({code})");
            labelled("error:", &text);
            untrusted(shown);
            note(&match failure.next {
                Some(_) => "Nothing secret was sent.".to_owned(),
                None => format!("Nothing secret was sent. {}", code.what_to_do()),
            });
        }
        (Why::Library(error), None) if error.code() == Code::Cancelled => note(error.message()),
        (Why::Library(error), None) => labelled("error:", &clean(&error.to_string())),
        (Why::Usage(text) | Why::Machine(text), _) => labelled("error:", text),
        (Why::Remarks, _) => {}
    }
    if let Some(next) = &failure.next {
        labelled("next:", next);
    }
}

/// Text that came from the server, without what would act on a terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// A heading, where standard output is a terminal.
pub(crate) fn bold(text: &str) -> String {
    if terminal::coloured(&io::stdout()) {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// A moment for scripts, from milliseconds since 1970: UTC, to the second.
pub(crate) fn time(millis: u64) -> String {
    timestamp(i64::try_from(millis / 1_000).unwrap_or(i64::MAX))
}

/// A moment for scripts, from seconds since 1970.
pub(crate) fn timestamp(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| OUT_OF_REACH.to_owned(), |time| time.to_string())
}

/// A moment for people, from milliseconds since 1970: in the zone of this machine.
pub(crate) fn local_time(millis: u64, format: &str) -> String {
    let time = i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map_or_else(
        || OUT_OF_REACH.to_owned(),
        |time| {
            time.to_zoned(TimeZone::system())
                .strftime(format)
                .to_string()
        },
    )
}

const OUT_OF_REACH: &str = "a time out of reach";

/// Breaks a text between words; lines after the first begin with the indent. A word that is longer
/// than a line stands alone.
pub(crate) fn wrapped(text: &str, width: Option<usize>, indent: &str) -> Vec<String> {
    let Some(width) = width else {
        return vec![text.to_owned()];
    };
    let lead = text.len() - text.trim_start_matches(' ').len();
    let (lead, words) = text.split_at(lead);
    let mut lines = Vec::new();
    let (mut line, mut length) = (lead.to_owned(), lead.len());
    let mut begun = false;
    for word in words.split(' ') {
        for (index, piece) in pieces(word, width.saturating_sub(indent.len())).enumerate() {
            let piece_length = piece.chars().count();
            if index > 0 || (begun && length + 1 + piece_length > width) {
                lines.push(std::mem::replace(&mut line, indent.to_owned()));
                length = indent.len();
            } else if begun {
                line.push(' ');
                length += 1;
            }
            line.push_str(piece);
            length += piece_length;
            begun = true;
        }
    }
    lines.push(line);
    lines
}

/// The pieces of a word that is longer than a line and has colons to break it after, as
/// fingerprints have; else the word.
fn pieces(word: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let end = text.char_indices().nth(width).map(|(end, _)| end);
        let colon = end.and_then(|end| text[..end].rfind(':'));
        let Some(colon) = colon else {
            return Some(text);
        };
        let (piece, after) = text.split_at(colon + 1);
        rest = Some(after);
        Some(piece)
    })
}

/// Rows with their first column lined up; a value may have lines of its own. Where there is too
/// little room beside the first column, the second goes below it.
pub(crate) fn table<H: AsRef<str>>(
    rows: &[(H, String)],
    width: Option<usize>,
    before: &str,
) -> Vec<String> {
    let lengths = rows
        .iter()
        .map(|(heading, _)| heading.as_ref().chars().count());
    let first = lengths.max().unwrap_or(0);
    let beside = before.len() + first + 2;
    let below = width.is_some_and(|width| width < beside + 24);
    let mut lines = Vec::new();
    for (heading, value) in rows {
        let heading = heading.as_ref();
        let mut label = format!("{before}{heading:first$}  ");
        let mut indent = " ".repeat(beside);
        if below {
            if !heading.is_empty() {
                lines.push(format!("{before}{heading}"));
            }
            indent = format!("{before}  ");
            label.clone_from(&indent);
        }
        for part in value.split('\n') {
            let room = width.map(|width| width.saturating_sub(indent.len()).max(1));
            for piece in wrapped(part, room, "") {
                let text = format!("{label}{piece}");
                lines.push(text.trim_end().to_owned());
                label.clone_from(&indent);
            }
        }
    }
    lines
}

/// Writes lines. That nobody reads them any more is no failure.
fn put(stream: &impl Sink, lines: &[impl AsRef<str>]) {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.as_ref());
        text.push('\n');
    }
    stream.put(&text);
}

/// A standard stream that is written to.
trait Sink: Stream {
    fn put(&self, text: &str);
}

impl Sink for io::Stdout {
    fn put(&self, text: &str) {
        let mut out = self.lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Sink for io::Stderr {
    fn put(&self, text: &str) {
        let _ = self.lock().write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_between_words() {
        let text = "one two three four";
        assert_eq!(wrapped(text, None, ""), [text]);
        assert_eq!(wrapped(text, Some(100), ""), [text]);
        assert_eq!(
            wrapped(text, Some(9), "  "),
            ["one two", "  three", "  four"]
        );
        assert_eq!(wrapped("  one two", Some(6), "  "), ["  one", "  two"]);
        let long = "a very-long-word-that-fits-nowhere b";
        assert_eq!(
            wrapped(long, Some(10), ""),
            ["a", "very-long-word-that-fits-nowhere", "b"]
        );
        assert_eq!(wrapped("", Some(10), ""), [""]);
        let fingerprint = "is 8D:EA:B8:87:70";
        assert_eq!(
            wrapped(fingerprint, Some(8), ""),
            ["is", "8D:EA:", "B8:87:70"]
        );
    }

    #[test]
    fn rows_line_up_and_go_below_each_other_where_it_is_narrow() {
        let rows = [
            ("Name", "qa".to_owned()),
            ("Stay", "one two three four five six".to_owned()),
        ];
        assert_eq!(
            table(&rows, None, ""),
            ["Name  qa", "Stay  one two three four five six"]
        );
        assert_eq!(
            table(&rows, Some(30), ""),
            ["Name  qa", "Stay  one two three four five", "      six"]
        );
        assert_eq!(
            table(&rows, Some(20), " "),
            [
                " Name",
                "   qa",
                " Stay",
                "   one two three",
                "   four five six"
            ]
        );
        let lines = [("A", "one\ntwo".to_owned()), ("", "three".to_owned())];
        assert_eq!(table(&lines, None, ""), ["A  one", "   two", "   three"]);
    }

    #[test]
    fn nothing_from_outside_acts_on_the_terminal() {
        assert_eq!(
            clean("a\u{1b}[31mb\r\n\u{9b}c"),
            "a\u{fffd}[31mb\u{fffd}\u{fffd}\u{fffd}c"
        );
    }

    #[test]
    fn times_are_in_utc_for_scripts() {
        assert_eq!(time(1_800_000_000_999), "2027-01-15T08:00:00Z");
        assert_eq!(time(u64::MAX), "a time out of reach");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
    }
}
