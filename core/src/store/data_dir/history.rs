//! The history: the last things that happened to the sessions, one JSON line each. A line that a
//! crash tore is left out when it is read.

use serde::{Deserialize, Serialize};

use super::files::{Files, Lock};
use crate::{environment::Millis, store::StoreError};

const FILE: &str = "history.jsonl";
/// How many entries are kept.
const KEPT: usize = 200;
/// The file is written anew when it has grown to this many lines.
const LONGEST_FILE: usize = 2 * KEPT;
/// A longer text is cut.
const LONGEST_TEXT: usize = 500;

/// One thing that happened, for the person to read. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// When, by the wall clock: milliseconds since 1970-01-01T00:00Z.
    pub at: Millis,
    /// What kind of thing: a short stable word such as `signed_in`.
    pub kind: String,
    /// The stable code of the error behind it, if there is one.
    #[serde(default)]
    pub code: Option<String>,
    /// A sentence.
    #[serde(default)]
    pub text: String,
}

impl HistoryEntry {
    /// An entry. A text of more than 500 characters is cut.
    pub fn new(at: Millis, kind: &str, code: Option<&str>, text: &str) -> Self {
        Self {
            at,
            kind: kind.to_owned(),
            code: code.map(str::to_owned),
            text: text.chars().take(LONGEST_TEXT).collect(),
        }
    }
}

pub(super) fn append(files: &Files, entry: &HistoryEntry) -> Result<(), StoreError> {
    let mut line = line_of(entry)?;
    files.with_lock(Lock::Files, || {
        let before = files.read(FILE)?.unwrap_or_default();
        if before.iter().filter(|&&byte| byte == b'\n').count() >= LONGEST_FILE {
            let mut kept = entries(&before);
            kept.drain(..kept.len().saturating_sub(KEPT - 1));
            kept.push(entry.clone());
            let lines: Vec<_> = kept.iter().map(line_of).collect::<Result<_, _>>()?;
            return files.replace(FILE, &lines.concat());
        }
        if before.last().is_some_and(|&byte| byte != b'\n') {
            line.insert(0, b'\n');
        }
        files.append(FILE, &line)
    })
}

pub(super) fn read(files: &Files) -> Result<Vec<HistoryEntry>, StoreError> {
    let mut all = entries(&files.read(FILE)?.unwrap_or_default());
    all.drain(..all.len().saturating_sub(KEPT));
    Ok(all)
}

fn entries(bytes: &[u8]) -> Vec<HistoryEntry> {
    let lines = bytes.split(|&byte| byte == b'\n');
    lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

fn line_of(entry: &HistoryEntry) -> Result<Vec<u8>, StoreError> {
    let mut line = serde_json::to_vec(entry).map_err(|_| StoreError::Unavailable)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: Millis) -> HistoryEntry {
        HistoryEntry::new(at, "refreshed", None, "one\ntwo")
    }

    fn times(files: &Files) -> Vec<Millis> {
        read(files).unwrap().iter().map(|entry| entry.at).collect()
    }

    #[test]
    fn a19_the_history_is_read_in_order_and_keeps_the_last_200() {
        let files = Files::Memory(Default::default());
        for at in 0..1_000 {
            append(&files, &entry(at)).unwrap();
            let from = (at + 1).saturating_sub(200);
            assert_eq!(times(&files), (from..=at).collect::<Vec<_>>());
        }
        let lines = files.read(FILE).unwrap().unwrap();
        assert!(entries(&lines).len() <= LONGEST_FILE);
    }

    #[test]
    fn a_torn_last_line_costs_that_line_alone() {
        let files = Files::Memory(Default::default());
        append(&files, &entry(1)).unwrap();
        append(&files, &entry(2)).unwrap();
        let whole = files.read(FILE).unwrap().unwrap();
        let first = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        for cut in first..whole.len() - 1 {
            files.replace(FILE, &whole[..cut]).unwrap();
            append(&files, &entry(3)).unwrap();
            assert_eq!(times(&files), [1, 3], "cut at {cut}");
        }
    }

    #[test]
    fn noise_in_the_file_is_left_out() {
        let files = Files::Memory(Default::default());
        files
            .append(FILE, b"\xff\xfe\n{}\n[1,2]\n\0\0\0\n")
            .unwrap();
        append(&files, &entry(5)).unwrap();
        assert_eq!(times(&files), [5]);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let long = HistoryEntry::new(1, "x", Some("offline"), &"\u{e9}".repeat(5_000));
        assert_eq!(long.text.chars().count(), 500);
    }
}
