//! How a session leaves the store: fenced off and removed, buried under a tombstone, or set aside when
//! nobody can read it.

use super::{
    super::{
        StoreError,
        record::{self, StoredRecord},
    },
    Expect, Vault,
};
use crate::{
    environment::Now,
    session::model::{Cause, Epoch},
};

impl Vault {
    /// Puts a tombstone with the cause and without tokens in the place of the session, when that
    /// is what was expected.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub(crate) fn tombstone(
        &self,
        cause: Cause,
        now: Now,
        expect: Expect,
    ) -> Result<(), StoreError> {
        let bytes = record::encode_tombstone(&self.account.id, cause, now, expect.pair());
        self.data.with_lock(|| {
            self.compare(expect, true)?;
            let written = self.put(&self.account.id, &bytes);
            // Noted even when the store refuses, so that a later `erase` leaves the cause behind.
            self.note(|entry| entry.end(cause));
            if written.is_ok() && self.entry()?.replaced {
                self.drop_replaced();
            }
            written
        })
    }

    /// Notes in the data folder that a sign-in is over for good, `None` for whichever the store
    /// holds: its record is deleted on sight from now on. The store is not touched.
    pub(crate) fn fence(&self, epoch: Option<Epoch>) -> Result<(), StoreError> {
        self.data.edit_account(&self.account, |entry| {
            let over = epoch.or(entry.epoch);
            if let Some(over) = over {
                entry.fence(over);
            }
            entry.fenced_unseen |= epoch.is_none();
            // It may have ended in another way right before, by a read that was under way.
            let had_ended = entry.epoch.is_none() && entry.ended.is_some() && entry.ended == over;
            if epoch.is_none() || entry.epoch == over || had_ended {
                entry.end(Cause::SignedOut);
            }
        })
    }

    /// Ends a sign-in for good, `None` for whichever the store holds: fenced first, since only what
    /// is fenced is sure not to come back, and then removed. One whose name is known is removed
    /// even if the fence could not be noted.
    ///
    /// # Errors
    /// As [`fence`](Self::fence) and [`erase`](Self::erase).
    pub(crate) fn end(&self, epoch: Option<Epoch>) -> Result<(), StoreError> {
        match (self.fence(epoch), epoch) {
            (Ok(()), _) => self.erase(epoch),
            (Err(error), None) => Err(error),
            (Err(error), Some(_)) => self.erase(epoch).and(Err(error)),
        }
    }

    /// Removes the entry, for a sign-out, and makes sure that it is gone. `over` names a session
    /// that is to go although it is not fenced.
    ///
    /// # Errors
    /// `Conflict` when the store holds another session, which somebody signed in to meanwhile;
    /// `Unavailable` when the entry is still there afterwards.
    pub(crate) fn erase(&self, over: Option<Epoch>) -> Result<(), StoreError> {
        self.data.with_lock(|| {
            let entry = self.entry()?;
            match self.store.load(&self.account.id) {
                Ok(bytes) => {
                    if let Ok(StoredRecord::Session(record)) =
                        record::decode(&self.account.id, &bytes)
                        && !self.fences(&entry, record.epoch)
                        && over != Some(record.epoch)
                    {
                        return Err(StoreError::Conflict);
                    }
                    self.remove(&self.account.id)?;
                }
                Err(StoreError::NotFound) => {}
                Err(StoreError::Corrupt | StoreError::KeyLost) => self.remove(&self.account.id)?,
                Err(error) => return Err(error),
            }
            if entry.set_aside {
                self.drop_set_aside();
            }
            if entry.replaced {
                self.drop_replaced();
            }
            if entry.epoch.is_some() {
                self.note(|entry| entry.end(Cause::SignedOut));
            }
            Ok(())
        })
    }

    /// Deletes, and makes sure that it is gone.
    fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.store.delete(name)?;
        match self.store.load(name) {
            Err(StoreError::NotFound) => Ok(()),
            Ok(_) => Err(StoreError::Unavailable),
            Err(error) => Err(error),
        }
    }

    /// Deletes if it can; what stays is met again at the next load.
    pub(super) fn discard(&self, name: &str) {
        if let Err(error) = self.store.delete(name) {
            tracing::warn!(%error, "an entry that is over could not be deleted");
        }
    }

    /// Copies what cannot be read beside the entry and removes the entry. If the copy fails, it
    /// stays where it is until the next sign-in replaces it.
    pub(super) fn set_aside(&self) {
        let aside = self.aside();
        let copied = match self.store.load(&self.account.id) {
            Ok(bytes) => self.put(&aside, &bytes),
            // The store itself cannot read it: there is nothing to copy.
            Err(_) => {
                self.discard(&self.account.id);
                return;
            }
        };
        match copied {
            Ok(()) => {
                self.note(|entry| entry.set_aside = true);
                self.discard(&self.account.id);
            }
            Err(error) => tracing::warn!(%error, "a damaged entry could not be set aside"),
        }
    }

    pub(super) fn drop_set_aside(&self) {
        match self.store.delete(&self.aside()) {
            Ok(()) => self.note(|entry| entry.set_aside = false),
            Err(error) => tracing::warn!(%error, "an entry that was set aside stays"),
        }
    }

    fn aside(&self) -> String {
        format!("{}.aside", self.account.id)
    }
}
