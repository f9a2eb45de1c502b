//! One account: which entry of the secret store is its own, which sign-in counts, and which ones
//! are over for good (the sign-out fence).

use serde::{Deserialize, Serialize};

use crate::session::model::{Cause, Epoch};

/// How many ended sign-ins are remembered for an account.
const LONGEST_FENCE: usize = 64;

/// One account of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub(crate) struct AccountEntry {
    /// Random, 32 hex digits; names the entry in the secret store.
    pub(crate) id: String,
    /// The server's address as a [`ServerUrl`](crate::ServerUrl) prints it.
    pub(crate) server: String,
    /// The client id at that server.
    pub(crate) client_id: String,
    /// The sign-in that counts; `None` when nobody is signed in.
    pub(crate) epoch: Option<Epoch>,
    /// The sign-in whose record was saved last, whether it counts by now or not.
    pub(crate) saved: Option<Epoch>,
    /// The user name as typed at the last sign-in.
    pub(crate) username: String,
    /// The name that the server gives this person, once it has said so.
    pub(crate) name: Option<String>,
    /// The number of the last sign-in, counted over all accounts: the greater, the newer.
    pub(crate) number: u64,
    /// Whether the account was removed: nobody sees it any more, and its fence still holds.
    pub(crate) removed: bool,
    /// Why nobody is signed in; `None` before the first sign-in and while somebody is.
    pub(crate) last_cause: Option<Cause>,
    /// The sign-in that counted last, once it does no more.
    pub(crate) ended: Option<Epoch>,
    /// Whether an entry was set aside in the secret store.
    pub(crate) set_aside: bool,
    /// Whether the secret store may hold the record that a sign-in has replaced and that counts
    /// until that sign-in does.
    pub(crate) replaced: bool,
    /// Ended sign-ins, oldest first.
    fenced: Vec<Epoch>,
    /// Whether somebody signed out before the store could say which sign-in that ends: whatever
    /// it holds is over.
    pub(crate) fenced_unseen: bool,
}

impl AccountEntry {
    pub(super) fn new(id: String, server: &str, client_id: &str) -> Self {
        Self {
            id,
            server: server.to_owned(),
            client_id: client_id.to_owned(),
            epoch: None,
            saved: None,
            username: String::new(),
            name: None,
            number: 0,
            removed: false,
            last_cause: None,
            ended: None,
            set_aside: false,
            replaced: false,
            fenced: Vec::new(),
            fenced_unseen: false,
        }
    }

    /// Whether a sign-in is over for good.
    pub(crate) fn fences(&self, epoch: Epoch) -> bool {
        self.fenced_unseen || self.fenced.contains(&epoch)
    }

    /// A sign-in is over for good.
    pub(crate) fn fence(&mut self, epoch: Epoch) {
        if !self.fenced.contains(&epoch) {
            self.fenced.push(epoch);
            let too_many = self.fenced.len().saturating_sub(LONGEST_FENCE);
            self.fenced.drain(..too_many);
        }
    }

    /// This sign-in counts, whatever was noted before.
    pub(crate) fn go_on(&mut self, epoch: Epoch) {
        self.epoch = Some(epoch);
        self.last_cause = None;
    }

    /// Nobody is signed in any more.
    pub(crate) fn end(&mut self, cause: Cause) {
        self.ended = self.epoch.take().or(self.ended);
        self.last_cause = Some(cause);
    }

    /// Whether this is an account of the same person at the same server.
    pub(crate) fn is_of(&self, met: &Self) -> bool {
        !self.removed
            && self.name.is_some()
            && (&self.server, &self.client_id, &self.name)
                == (&met.server, &met.client_id, &met.name)
    }

    /// Whether the person signed out, and nobody signed in since.
    pub(crate) fn signed_out(&self) -> bool {
        self.epoch.is_none() && self.last_cause == Some(Cause::SignedOut)
    }
}

/// An account as it is written.
#[derive(Serialize, Deserialize)]
struct Row {
    id: String,
    server: String,
    client_id: String,
    #[serde(default)]
    epoch: Option<String>,
    #[serde(default)]
    saved: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    number: u64,
    #[serde(default)]
    removed: bool,
    #[serde(default)]
    last_cause: Option<String>,
    #[serde(default)]
    ended: Option<String>,
    #[serde(default)]
    set_aside: bool,
    #[serde(default)]
    replaced: bool,
    #[serde(default)]
    fenced: Vec<String>,
    #[serde(default)]
    fenced_unseen: bool,
}

impl From<Row> for AccountEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            server: row.server,
            client_id: row.client_id,
            epoch: row.epoch.as_deref().and_then(epoch_of),
            saved: row.saved.as_deref().and_then(epoch_of),
            username: row.username,
            name: row.name,
            number: row.number,
            removed: row.removed,
            last_cause: row.last_cause.as_deref().map(cause_of),
            ended: row.ended.as_deref().and_then(epoch_of),
            set_aside: row.set_aside,
            replaced: row.replaced,
            fenced: row
                .fenced
                .iter()
                .filter_map(|text| epoch_of(text))
                .collect(),
            fenced_unseen: row.fenced_unseen,
        }
    }
}

impl From<AccountEntry> for Row {
    fn from(entry: AccountEntry) -> Self {
        Self {
            id: entry.id,
            server: entry.server,
            client_id: entry.client_id,
            epoch: entry.epoch.map(epoch_text),
            saved: entry.saved.map(epoch_text),
            username: entry.username,
            name: entry.name,
            number: entry.number,
            removed: entry.removed,
            last_cause: entry.last_cause.map(|cause| cause_text(cause).to_owned()),
            ended: entry.ended.map(epoch_text),
            set_aside: entry.set_aside,
            replaced: entry.replaced,
            fenced: entry.fenced.into_iter().map(epoch_text).collect(),
            fenced_unseen: entry.fenced_unseen,
        }
    }
}

fn epoch_text(epoch: Epoch) -> String {
    format!("{:032x}", epoch.0)
}

fn epoch_of(text: &str) -> Option<Epoch> {
    u128::from_str_radix(text, 16).ok().map(Epoch)
}

fn cause_text(cause: Cause) -> &'static str {
    match cause {
        Cause::NeverSignedIn => "never_signed_in",
        Cause::SignedOut => "signed_out",
        Cause::SessionEnded => "session_ended",
        Cause::RefreshUnfinished => "refresh_unfinished",
        Cause::SingleUseSpent => "single_use_spent",
        Cause::StoreLost => "store_lost",
        Cause::KeyLost => "key_lost",
        Cause::Corrupt => "corrupt",
    }
}

/// A cause that only a newer version knows is some end of the session.
fn cause_of(text: &str) -> Cause {
    Cause::ALL
        .into_iter()
        .find(|&cause| cause_text(cause) == text)
        .unwrap_or(Cause::SessionEnded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_written_and_read_with_all_that_it_has() {
        let mut entry = AccountEntry::new("ab".repeat(16), "https://a.example", "QuickAccess");
        entry.fence(Epoch(7));
        entry.epoch = Some(Epoch(u128::MAX - 1));
        entry.saved = Some(Epoch(8));
        entry.username = "qa".to_owned();
        entry.name = Some("QA Team".to_owned());
        entry.removed = true;
        entry.set_aside = true;
        entry.replaced = true;
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<AccountEntry>(&text).unwrap(), entry);
        for cause in Cause::ALL {
            entry.end(cause);
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<AccountEntry>(&text).unwrap(), entry);
        }
    }

    #[test]
    fn the_fence_keeps_the_last_64_sign_ins() {
        let mut entry = AccountEntry::new(String::new(), "", "");
        for number in 0..100 {
            entry.fence(Epoch(number));
            entry.fence(Epoch(number));
        }
        assert!(!entry.fences(Epoch(35)));
        assert!(entry.fences(Epoch(36)) && entry.fences(Epoch(99)));
    }
}
