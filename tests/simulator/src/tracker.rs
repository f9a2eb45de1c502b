//! Access Tracker: every OAuth2 transaction with its true reason, also where the client is told
//! less. Holds no password and no token.

use std::{collections::VecDeque, net::IpAddr};

use jiff::Timestamp;
use serde::Serialize;

/// How many rows are kept.
const ROWS: usize = 10_000;
/// Longer names are cut, as a text of any length may come in.
const LONGEST_NAME: usize = 128;

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

/// Names a row in an answer's extensions, so that a fault can be noted on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowNumber(pub(crate) u64);

#[derive(Default)]
pub(crate) struct Tracker {
    rows: VecDeque<AccessRow>,
    last: u64,
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
        row.number = self.last;
        for name in [&mut row.user, &mut row.api_client, &mut row.grant]
            .into_iter()
            .flatten()
        {
            if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
                name.truncate(end);
            }
        }
        self.rows.push_back(row);
        if self.rows.len() > ROWS {
            self.rows.pop_front();
        }
        RowNumber(self.last)
    }

    /// Notes what a fault did to the answer.
    pub(crate) fn note_fault(&mut self, row: RowNumber, fault: &str) {
        if let Some(row) = self.rows.iter_mut().rev().find(|one| one.number == row.0) {
            row.fault = Some(fault.into());
        }
    }

    /// Oldest first.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &AccessRow> {
        self.rows.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
    }
}
