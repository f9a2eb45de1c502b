//! Which rows a reader of Access Tracker asks for, and the wait for news.

use std::time::Duration;

use http::Uri;

use crate::{
    api::params::Params,
    pages::html::percent_encoded,
    state::Shared,
    tracker::{AccessResult, AccessRow, Mark, Tracker},
};

/// How many rows one answer holds, the newest first.
pub(crate) const MOST_ROWS: usize = 500;
/// How long a reader waits for news before it gets an answer without any.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// What a reader asks for. Members that make no sense count as missing.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) result: Option<AccessResult>,
    /// Words that a row must hold, all of them, in any case and anywhere.
    pub(crate) text: String,
    /// Only rows with smaller numbers.
    pub(crate) before: Option<u64>,
    /// Only what came after this moment; the answer waits for it.
    after: Option<Mark>,
}

/// What a reader gets.
pub(crate) struct Look {
    /// To ask for what comes next.
    pub(crate) mark: Mark,
    /// Whether these are all rows that were asked for, and not what is new among them.
    pub(crate) whole: bool,
    /// How many rows Access Tracker holds.
    pub(crate) kept: usize,
    /// How many of them match.
    pub(crate) matching: usize,
    /// Where the next page of older rows begins, if there is one.
    pub(crate) older: Option<u64>,
    /// The rows, newest first.
    pub(crate) rows: Vec<AccessRow>,
}

impl Query {
    pub(crate) fn read(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let members = Params::from_form(query.as_bytes());
        let member = |name| members.set(name).unwrap_or_default();
        Self {
            result: match member("result").to_ascii_uppercase().as_str() {
                "ACCEPT" => Some(AccessResult::Accept),
                "REJECT" => Some(AccessResult::Reject),
                "TIMEOUT" => Some(AccessResult::Timeout),
                _ => None,
            },
            text: member("text").trim().to_owned(),
            before: member("before").parse().ok(),
            after: member("after").parse().ok(),
        }
    }

    /// Whether it leaves rows out by what is in them.
    pub(crate) fn filters(&self) -> bool {
        self.result.is_some() || !self.text.is_empty()
    }

    /// The page with the same filter and the newest rows.
    pub(crate) fn newest(&self) -> String {
        let result = self.result.map_or("", AccessResult::word);
        let text = percent_encoded(&self.text);
        format!("/access-tracker?result={result}&text={text}")
    }

    /// The page with the same filter that begins with the row before this number.
    pub(crate) fn older(&self, before: u64) -> String {
        format!("{}&before={before}", self.newest())
    }

    fn matches(&self, row: &AccessRow) -> bool {
        if self.result.is_some_and(|result| result != row.result) {
            return false;
        }
        if self.before.is_some_and(|before| row.number >= before) {
            return false;
        }
        if self.text.is_empty() {
            return true;
        }
        let ip = row.source_ip.map(|ip| ip.to_string());
        let texts = [
            row.user.as_deref(),
            row.api_client.as_deref(),
            row.grant.as_deref(),
            row.service.as_deref(),
            row.enforcement_profile.as_deref(),
            row.operator_profile.as_deref(),
            row.fault.as_deref(),
            ip.as_deref(),
            Some(row.result.word()),
            Some(&row.reason),
            Some(&row.told),
        ];
        let all = texts.into_iter().flatten().collect::<Vec<_>>().join("\n");
        let all = all.to_lowercase();
        let words = self.text.to_lowercase();
        words.split_whitespace().all(|word| all.contains(word))
    }
}

impl Look {
    /// What there is at once.
    pub(crate) fn at(tracker: &Tracker, query: &Query) -> Self {
        let mut matching = 0;
        let mut last_shown = 0;
        for row in tracker.rows().rev().filter(|row| query.matches(row)) {
            matching += 1;
            if matching <= MOST_ROWS {
                last_shown = row.number;
            }
        }
        let since = query.after.filter(|mark| tracker.holds(*mark));
        let rows = match since {
            Some(mark) => newest(tracker.rows_since(mark), query),
            None => newest(tracker.rows(), query),
        };
        Self {
            mark: tracker.mark(),
            whole: since.is_none(),
            kept: tracker.rows().count(),
            matching,
            older: (matching > MOST_ROWS).then_some(last_shown),
            rows,
        }
    }

    /// Waits for news, if the query asks for it. Whoever drops it waits no more.
    pub(crate) async fn wait(shared: &Shared, query: &Query) -> Self {
        let news = async {
            let mut changes = shared.changes();
            loop {
                let quiet = shared.read(|state| match query.after {
                    Some(mark) if mark == state.tracker.mark() => true,
                    Some(mark) if state.tracker.holds(mark) => {
                        let mut news = state.tracker.rows_since(mark);
                        !news.any(|row| query.matches(row))
                    }
                    _ => false,
                });
                if !quiet || changes.changed().await.is_err() {
                    return;
                }
            }
        };
        // Out of time or not, what there is now is the answer.
        let _in_time = tokio::time::timeout(LONGEST_WAIT, news).await;
        shared.read(|state| Self::at(&state.tracker, query))
    }
}

fn newest<'a>(
    rows: impl DoubleEndedIterator<Item = &'a AccessRow>,
    query: &Query,
) -> Vec<AccessRow> {
    let matching = rows.rev().filter(|row| query.matches(row));
    matching.take(MOST_ROWS).cloned().collect()
}
