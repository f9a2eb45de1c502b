//! Access Tracker: every OAuth2 transaction with its true reason, also where the client is told
//! less. Holds no password and no token.

use std::{collections::VecDeque, fmt, net::IpAddr, str::FromStr};

use jiff::Timestamp;
use serde::Serialize;

/// How many rows are kept.
const ROWS: usize = 10_000;
/// Longer names are cut, as a text of any length may come in.
const LONGEST_NAME: usize = 128;
/// Longer explanations are cut, since they may quote what came in.
const LONGEST_TEXT: usize = 512;

/// One OAuth2 transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccessRow {
    /// The request's number, from 1.
    pub number: u64,
    /// When, by the server's clock.
    pub time: Timestamp,
    /// The user name as sent, or the one that the refresh token belongs to.
    pub user: Option<String>,
    /// The client id as sent.
    pub api_client: Option<String>,
    /// The grant type as sent.
    pub grant: Option<String>,
    /// How it ended.
    pub result: AccessResult,
    /// The Policy Manager service that handled it, for the password grant.
    pub service: Option<String>,
    /// The enforcement that an accepted sign-in got.
    pub enforcement_profile: Option<String>,
    /// The operator profile that the token speaks with.
    pub operator_profile: Option<String>,
    /// The true reason, for administrators.
    pub reason: String,
    /// What the client was told: the OAuth code and text, empty when it was accepted.
    pub told: String,
    /// What a fault did to the answer.
    pub fault: Option<String>,
    /// Where the request came from; none for calls inside the process.
    pub source_ip: Option<IpAddr>,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessResult {
    /// Tokens were issued.
    Accept,
    /// It was refused.
    Reject,
    /// The server got no further: a fault came before the commit.
    Timeout,
}

impl AccessResult {
    /// The word that administrators know it by, as in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
            Self::Timeout => "TIMEOUT",
        }
    }
}

/// Names a row in an answer's extensions, so that a fault can be noted on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowNumber(pub(crate) u64);

/// The newest rows, each with the revision that added or last changed it.
pub(crate) struct Tracker {
    rows: VecDeque<(u64, AccessRow)>,
    last: u64,
    /// Tells this tracker from the one before a reset, whose revisions mean nothing here.
    run: u64,
    revision: u64,
    /// The revision that cleared it.
    cleared: u64,
}

/// A moment in a tracker's life, so that a reader can ask for what came after it. As text it is
/// opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    run: u64,
    revision: u64,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}.{}", self.run, self.revision)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (run, revision) = text.split_once('.').ok_or(())?;
        Ok(Self {
            run: u64::from_str_radix(run, 16).map_err(drop)?,
            revision: revision.parse().map_err(drop)?,
        })
    }
}

impl Default for Tracker {
    fn default() -> Self {
        Self {
            rows: VecDeque::new(),
            last: 0,
            run: getrandom::u64().expect("the system gives random bits"),
            revision: 0,
            cleared: 0,
        }
    }
}

impl AccessRow {
    /// A row that is filled in while the request goes through its checks.
    pub(crate) fn new(time: Timestamp, source_ip: Option<IpAddr>) -> Self {
        Self {
            number: 0,
            time,
            user: None,
            api_client: None,
            grant: None,
            result: AccessResult::Reject,
            service: None,
            enforcement_profile: None,
            operator_profile: None,
            reason: String::new(),
            told: String::new(),
            fault: None,
            source_ip,
        }
    }
}

impl AccessRow {
    /// The row in one line, for a terminal.
    pub fn summary(&self) -> String {
        let result = match self.result {
            AccessResult::Accept => "ACCEPT",
            AccessResult::Reject => "REJECT",
            AccessResult::Timeout => "TIMEOUT",
        };
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".into());
        let time = self.time.strftime("%H:%M:%S");
        let mut line = format!(
            "{time}  {result:<7}  {:<18}  {:<12}  {:<12}  {}",
            name(&self.grant),
            name(&self.user),
            name(&self.api_client),
            self.reason
        );
        if let Some(fault) = &self.fault {
            line.push_str(&format!(" [{fault}]"));
        }
        line.trim_end().to_owned()
    }
}

impl Tracker {
    pub(crate) fn add(&mut self, mut row: AccessRow) -> RowNumber {
        self.last += 1;
        self.revision += 1;
        row.number = self.last;
        let names = [&mut row.user, &mut row.api_client, &mut row.grant];
        for name in names.into_iter().flatten() {
            cut(name, LONGEST_NAME);
        }
        cut(&mut row.reason, LONGEST_TEXT);
        cut(&mut row.told, LONGEST_TEXT);
        self.rows.push_back((self.revision, row));
        if self.rows.len() > ROWS {
            self.rows.pop_front();
        }
        RowNumber(self.last)
    }

    /// Notes what a fault did to the answer.
    pub(crate) fn note_fault(&mut self, row: RowNumber, fault: &str) {
        let noted = self.rows.iter_mut().rev().find(|(_, r)| r.number == row.0);
        if let Some((changed, row)) = noted {
            self.revision += 1;
            *changed = self.revision;
            row.fault = Some(fault.into());
        }
    }

    /// Oldest first.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &AccessRow> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// The present moment.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            run: self.run,
            revision: self.revision,
        }
    }

    /// Whether what was read at this moment is still there, so that the rows since then tell all.
    pub(crate) fn holds(&self, mark: Mark) -> bool {
        mark.run == self.run && (self.cleared..=self.revision).contains(&mark.revision)
    }

    /// The rows that were added or changed after this moment, oldest first.
    pub(crate) fn rows_since(&self, mark: Mark) -> impl DoubleEndedIterator<Item = &AccessRow> {
        let news = self.rows.iter().filter(move |(at, _)| *at > mark.revision);
        news.map(|(_, row)| row)
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.revision += 1;
        self.cleared = self.revision;
    }
}

fn cut(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('\u{2026}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: &str) -> AccessRow {
        AccessRow {
            user: Some(user.into()),
            ..AccessRow::new(Timestamp::UNIX_EPOCH, None)
        }
    }

    fn news(tracker: &Tracker, mark: Mark) -> Vec<u64> {
        tracker.rows_since(mark).map(|row| row.number).collect()
    }

    #[test]
    fn a_mark_tells_new_and_changed_rows_from_those_that_were_read() {
        let mut tracker = Tracker::default();
        let first = tracker.add(row("a"));
        tracker.add(row("b"));
        let read = tracker.mark();
        assert!(tracker.holds(read) && news(&tracker, read).is_empty());
        tracker.add(row("c"));
        tracker.note_fault(first, "delayed");
        assert_eq!(news(&tracker, read), [1, 3]);
        assert_eq!(read.to_string().parse(), Ok(read));
    }

    #[test]
    fn a_mark_holds_until_the_rows_are_cleared_or_the_tracker_is_another() {
        let mut tracker = Tracker::default();
        tracker.add(row("a"));
        let read = tracker.mark();
        tracker.clear();
        assert!(!tracker.holds(read));
        assert!(tracker.holds(tracker.mark()));
        assert!(!Tracker::default().holds(read));
    }

    #[test]
    fn texts_of_any_length_are_cut() {
        let mut tracker = Tracker::default();
        let mut long = row(&"\u{e9}".repeat(200));
        long.reason = "x".repeat(513);
        long.told = "x".repeat(512);
        tracker.add(long);
        let kept = tracker.rows().next().unwrap();
        let length = |text: &str| text.chars().count();
        assert_eq!(kept.user.as_deref().map(length), Some(129));
        assert_eq!((length(&kept.reason), length(&kept.told)), (513, 512));
    }
}
