//! What the driver talks to: one account's entry in the secret store, together with what the data
//! folder says about it. It compares before it writes, reads back what it wrote, honours the
//! sign-out fence, and knows nothing of tokens' meaning or of networks. Every call blocks.

mod ending;
mod loading;
mod replaced;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::digest::{SHA256, digest};

use super::{
    StoreError, TokenStore,
    data_dir::{AccountEntry, DataDir, Installed},
    record::{self, StoredRecord},
};
use crate::{
    secret::SecretBytes,
    session::{
        effect::Expect,
        model::{Cause, Epoch, Generation, Holder, SessionRecord},
    },
};

/// One account's entry in the secret store.
#[derive(Debug)]
pub(crate) struct Vault {
    store: Arc<dyn TokenStore>,
    data: Arc<DataDir>,
    account: AccountEntry,
    /// Sign-ins that ended in this process, whether the data folder knows it by now or not.
    over: Mutex<Vec<Epoch>>,
    /// A sign-in of this process whose record was saved and that does not count yet.
    saved: Mutex<Option<Epoch>>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Loaded {
    /// Somebody is signed in; and what is known of the process that wrote the journal, if there is
    /// one.
    Session(Box<SessionRecord>, Holder),
    /// Nobody is.
    SignedOut(Cause),
    /// Nobody is: no refresh of this pair was left.
    Buried {
        /// Why.
        cause: Cause,
        /// Which sign-in it was.
        epoch: Epoch,
        /// Which token pair.
        generation: Generation,
    },
    /// What was saved is lost or cannot be used; it is out of the way now.
    SetAside(Cause),
    /// The store did not tell.
    Failed(StoreError),
}

impl Vault {
    pub(crate) fn new(
        store: Arc<dyn TokenStore>,
        data: Arc<DataDir>,
        account: &AccountEntry,
    ) -> Self {
        Self {
            store,
            data,
            account: account.clone(),
            over: Mutex::default(),
            saved: Mutex::default(),
        }
    }

    /// A sign-in is over for good, from now on and for this process; it does not block. The data
    /// folder is told by [`fence`](Self::fence).
    pub(crate) fn never_again(&self, epoch: Epoch) {
        self.over().push(epoch);
    }

    /// Whether a sign-in has ended in this process.
    pub(crate) fn is_over(&self, epoch: Epoch) -> bool {
        self.over().contains(&epoch)
    }

    fn over(&self) -> MutexGuard<'_, Vec<Epoch>> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn saved(&self) -> MutexGuard<'_, Option<Epoch>> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fences(&self, entry: &AccountEntry, epoch: Epoch) -> bool {
        entry.fences(epoch) || self.is_over(epoch)
    }

    /// Writes a session, when what is there is what was expected, and reads it back. The sign-in
    /// behind an `Expect::Anything` counts from its [`commit`](Self::commit) on; until then the
    /// session before it can be put back.
    ///
    /// # Errors
    /// `Conflict` when another writer was first or the epoch is fenced, `TooLarge` before anything
    /// is written, `Unavailable` when the store gives back something else than it was given.
    pub(crate) fn save(&self, record: &SessionRecord, expect: Expect) -> Result<(), StoreError> {
        let bytes = record::encode_session(&self.account.id, record);
        self.data.with_lock(|| {
            self.compare(expect, record.ended.is_some())?;
            let entry = self.entry()?;
            if self.fences(&entry, record.epoch) {
                return Err(StoreError::Conflict);
            }
            if expect != Expect::Anything {
                self.put(&self.account.id, &bytes)?;
                self.goes_on(&entry, record.epoch);
                return Ok(());
            }
            self.keep_replaced(&entry)?;
            *self.saved() = Some(record.epoch);
            self.put(&self.account.id, &bytes)?;
            self.note(|entry| entry.saved = Some(record.epoch));
            Ok(())
        })
    }

    /// Notes that a sign-in whose record was saved counts from now on: the one before it is over
    /// for good, and what was set aside is removed. Where another process has saved a later sign-in
    /// meanwhile, that one counts, and this one changes nothing.
    pub(crate) fn commit(&self, epoch: Epoch, username: &str) -> Result<(), StoreError> {
        let (set_aside, replaced) = self.data.edit_numbered(&self.account, |entry, number| {
            let late = entry.saved.is_some_and(|saved| saved != epoch);
            if late || self.fences(entry, epoch) {
                return (false, false);
            }
            if let Some(before) = entry.epoch.filter(|&before| before != epoch) {
                entry.fence(before);
            }
            entry.epoch = Some(epoch);
            (entry.number, entry.removed) = (number, false);
            if entry.username != username {
                // Whether it is somebody else, the server has to say.
                entry.name = None;
            }
            entry.username = username.to_owned();
            entry.last_cause = None;
            (entry.set_aside, entry.replaced)
        })?;
        self.saved().take_if(|saved| *saved == epoch);
        if set_aside {
            self.drop_set_aside();
        }
        if replaced {
            self.drop_replaced();
        }
        Ok(())
    }

    /// Reads an entry beside the sessions, such as what was approved for a server.
    pub(crate) fn load_named(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.store.load(name)
    }

    /// Writes an entry beside the sessions and reads it back.
    pub(crate) fn save_named(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.data.with_lock(|| self.put(name, bytes))
    }

    /// The entry's name for what is trusted on a host and port.
    pub(crate) fn trust_name(host: &str, port: u16) -> String {
        let hash = digest(&SHA256, format!("{host}:{port}").as_bytes());
        let mut name = String::from("trust-");
        for byte in &hash.as_ref()[..8] {
            name.push_str(&format!("{byte:02x}"));
        }
        name
    }

    /// The first start of an installation clears what an earlier one left in a store that
    /// outlives the app.
    pub(crate) fn settle_installation(
        store: &dyn TokenStore,
        data: &DataDir,
    ) -> Result<Installed, StoreError> {
        let installed = data.installed();
        if installed == Installed::Fresh {
            store.forget_former_installation()?;
            data.mark_installed()?;
        }
        Ok(installed)
    }

    /// The account as the index has it now.
    fn entry(&self) -> Result<AccountEntry, StoreError> {
        let entry = self.data.account_by_id(&self.account.id)?;
        Ok(entry.unwrap_or_else(|| self.account.clone()))
    }

    fn current(&self) -> Result<StoredRecord, StoreError> {
        let bytes = self.store.load(&self.account.id)?;
        record::decode(&self.account.id, &bytes)
    }

    /// Compares what is there with what was expected; `ends` says that the write is the end of the
    /// session itself.
    fn compare(&self, expect: Expect, ends: bool) -> Result<(), StoreError> {
        if expect == Expect::Anything {
            return self.settle_fence();
        }
        let there = match self.current() {
            Ok(there) => Some(there),
            Err(StoreError::NotFound | StoreError::Corrupt | StoreError::KeyLost) => None,
            Err(error) => return Err(error),
        };
        let over = match expect.pair() {
            Some((epoch, _)) => self.fences(&self.entry()?, epoch),
            None => false,
        };
        if expect.fits(there.as_ref(), ends) && !over {
            Ok(())
        } else {
            Err(StoreError::Conflict)
        }
    }

    /// Before a sign-in replaces what nobody has seen, a sign-out that fenced it unseen learns
    /// which epoch it was, so that the fence does not catch the new one.
    fn settle_fence(&self) -> Result<(), StoreError> {
        if !self.entry()?.fenced_unseen {
            return Ok(());
        }
        let unseen = match self.current() {
            Ok(StoredRecord::Session(record)) => Some(record.epoch),
            Ok(StoredRecord::Tombstone { of, .. }) => of.map(|(epoch, _)| epoch),
            Err(StoreError::NotFound | StoreError::Corrupt | StoreError::KeyLost) => None,
            Err(error) => return Err(error),
        };
        self.data.edit_account(&self.account, |entry| {
            entry.fenced_unseen = false;
            if let Some(epoch) = unseen {
                entry.fence(epoch);
            }
        })
    }

    /// Writes, and reads back what was written.
    fn put(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        let most = self.store.claims().max_record.unwrap_or(usize::MAX);
        if bytes.len() > most {
            return Err(StoreError::TooLarge);
        }
        self.store.save(name, bytes)?;
        match self.store.load(name) {
            Ok(back) if back.expose() == bytes.expose() => Ok(()),
            Ok(_) | Err(StoreError::NotFound) => Err(StoreError::Unavailable),
            Err(error) => Err(error),
        }
    }

    /// This sign-in counts, and its record is in its place.
    fn goes_on(&self, entry: &AccountEntry, epoch: Epoch) {
        if entry.epoch != Some(epoch) {
            self.note(|entry| entry.go_on(epoch));
        }
        if entry.replaced {
            self.drop_replaced();
        }
    }

    fn note_end(&self, known: &AccountEntry, cause: Cause) {
        if known.epoch.is_some() || known.last_cause != Some(cause) {
            self.note(|entry| entry.end(cause));
        }
    }

    /// Changes the index. The store has the last word, so a data folder that refuses is no
    /// failure here: the next load puts the index right.
    fn note(&self, change: impl FnOnce(&mut AccountEntry)) {
        if let Err(error) = self.data.edit_account(&self.account, change) {
            tracing::warn!(%error, "the account index could not be brought up to date");
        }
    }
}

#[cfg(test)]
mod tests;
