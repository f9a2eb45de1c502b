//! The account index: which accounts there are, and which one is opened when none is named.

use serde::{Deserialize, Serialize};

use super::{AccountEntry, DataDir, random_id};
use crate::{session::model::Cause, store::StoreError};

pub(super) const ACCOUNTS: &str = "accounts.json";
/// How many removed accounts are remembered.
const MOST_REMOVED: usize = 16;

/// Which of the accounts at a server is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Which {
    /// The default one, else the first, else a new one.
    #[default]
    Usual,
    /// A new one, beside those that are there.
    New,
    /// The one with this id.
    This(String),
}

impl DataDir {
    /// An account of a server and a client id, made with a random id if there is none: before
    /// its first save, so that the secret store never holds an entry that nobody knows. Where the
    /// index was just found damaged, nobody knows who was signed in, and the new account says so.
    pub(crate) fn account(
        &self,
        server: &str,
        client_id: &str,
        which: &Which,
    ) -> Result<AccountEntry, StoreError> {
        let index: Index = self.read(ACCOUNTS)?;
        match index.find(server, client_id, which) {
            Some(entry) => return Ok(entry.clone()),
            None if matches!(which, Which::This(_)) => return Err(StoreError::NotFound),
            None => {}
        }
        let lost = self.damaged().contains(&ACCOUNTS);
        self.edit(ACCOUNTS, |index: &mut Index| {
            if let Some(entry) = index.find(server, client_id, which) {
                return entry.clone();
            }
            let mut entry = AccountEntry::new(random_id(), server, client_id);
            if lost {
                entry.end(Cause::Corrupt);
            }
            index.accounts.push(entry.clone());
            entry
        })
    }

    /// The accounts that are there, in the order of their making, and which one is the default.
    pub(crate) fn accounts(&self) -> Result<(Vec<AccountEntry>, Option<String>), StoreError> {
        let mut index: Index = self.read(ACCOUNTS)?;
        index.accounts.retain(|entry| !entry.removed);
        Ok((index.accounts, index.default))
    }

    /// Makes an account the one that is opened when none is named, or none of them.
    ///
    /// # Errors
    /// `NotFound` when there is no such account.
    pub(crate) fn set_default(&self, id: Option<&str>) -> Result<(), StoreError> {
        self.edit(ACCOUNTS, |index: &mut Index| {
            let there = |id| {
                index
                    .accounts
                    .iter()
                    .any(|entry| !entry.removed && entry.id == id)
            };
            if !id.is_none_or(there) {
                return Err(StoreError::NotFound);
            }
            index.default = id.map(str::to_owned);
            Ok(())
        })?
    }

    /// Takes an account out of sight; if it was the default, there is none.
    pub(crate) fn remove_account(&self, id: &str) -> Result<(), StoreError> {
        self.edit(ACCOUNTS, |index: &mut Index| index.remove(id))
    }

    /// Notes the name that the server gives the person of an account. Gives the accounts of the
    /// same person at the same server in which somebody signed in earlier, which may be the very
    /// one that has the name now; if one of them was the default, the newest is.
    pub(crate) fn meet(&self, id: &str, name: &str) -> Result<Vec<AccountEntry>, StoreError> {
        self.edit(ACCOUNTS, |index: &mut Index| {
            let own = index.accounts.iter_mut().find(|entry| entry.id == id);
            let Some(own) = own.filter(|entry| !entry.removed) else {
                return Vec::new();
            };
            own.name = Some(name.to_owned());
            let own = own.clone();
            let same = index.accounts.iter().filter(|entry| entry.is_of(&own));
            let mut same: Vec<_> = same.cloned().collect();
            same.sort_by_key(|entry| entry.number);
            let newest = same.pop();
            let replaced = |id: &String| same.iter().any(|entry| entry.id == *id);
            if index.default.as_ref().is_some_and(replaced) {
                index.default = newest.map(|entry| entry.id);
            }
            same
        })
    }

    /// An account as the index has it now.
    pub(crate) fn account_by_id(&self, id: &str) -> Result<Option<AccountEntry>, StoreError> {
        let index: Index = self.read(ACCOUNTS)?;
        Ok(index.accounts.into_iter().find(|entry| entry.id == id))
    }

    /// Changes an account in the index, which gets it back if it has lost it. The first one that
    /// somebody signs in to is the default.
    pub(crate) fn edit_account<R>(
        &self,
        account: &AccountEntry,
        change: impl FnOnce(&mut AccountEntry) -> R,
    ) -> Result<R, StoreError> {
        self.edit_numbered(account, |entry, _| change(entry))
    }

    /// The same for a sign-in, with the number that it gets.
    pub(crate) fn edit_numbered<R>(
        &self,
        account: &AccountEntry,
        change: impl FnOnce(&mut AccountEntry, u64) -> R,
    ) -> Result<R, StoreError> {
        self.edit(ACCOUNTS, |index: &mut Index| {
            let numbers = index.accounts.iter().map(|entry| entry.number);
            let next = numbers.max().unwrap_or(0).saturating_add(1);
            let at = index
                .accounts
                .iter()
                .position(|entry| entry.id == account.id)
                .unwrap_or_else(|| {
                    index.accounts.push(AccountEntry::new(
                        account.id.clone(),
                        &account.server,
                        &account.client_id,
                    ));
                    index.accounts.len() - 1
                });
            let entry = &mut index.accounts[at];
            let before = entry.epoch;
            let result = change(entry, next);
            let counts = !entry.removed && entry.epoch != before && entry.epoch.is_some();
            // Where a default was removed, none is until somebody signs in again.
            if index.default.is_none() && counts {
                index.default = Some(entry.id.clone());
            }
            result
        })
    }
}

/// The index as it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Index {
    #[serde(default)]
    pub(super) accounts: Vec<AccountEntry>,
    /// The account that is opened when none is named.
    #[serde(default)]
    pub(super) default: Option<String>,
}

impl Index {
    /// The account that is meant, if it is there.
    pub(super) fn find(
        &self,
        server: &str,
        client_id: &str,
        which: &Which,
    ) -> Option<&AccountEntry> {
        let mut here = self.accounts.iter().filter(|entry| {
            !entry.removed && entry.server == server && entry.client_id == client_id
        });
        match which {
            Which::New => None,
            Which::This(id) => here.find(|entry| entry.id == *id),
            Which::Usual => {
                let is_default = |entry: &&AccountEntry| self.default.as_ref() == Some(&entry.id);
                here.clone().find(is_default).or_else(|| here.next())
            }
        }
    }

    /// Takes an account out of sight. Its row stays for as long as a handle that was left open may
    /// still write, so that its fence holds.
    pub(super) fn remove(&mut self, id: &str) {
        self.default.take_if(|default| default == id);
        if let Some(entry) = self.accounts.iter_mut().find(|entry| entry.id == id) {
            entry.removed = true;
            (entry.username, entry.name) = (String::new(), None);
        }
        let removed = self.accounts.iter().filter(|entry| entry.removed).count();
        let mut too_many = removed.saturating_sub(MOST_REMOVED);
        self.accounts.retain(|entry| {
            let goes = entry.removed && too_many > 0;
            too_many -= usize::from(goes);
            !goes
        });
    }
}
