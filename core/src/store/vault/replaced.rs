//! The record that a sign-in replaces, kept beside the entry until that sign-in counts: whoever is
//! killed between the two, or whose store has lied, gets the session before it back.

use super::{
    super::{
        StoreError,
        data_dir::AccountEntry,
        record::{self, StoredRecord},
    },
    Vault,
};
use crate::session::model::SessionRecord;

impl Vault {
    /// Copies the record that counts now beside the entry, before a sign-in takes its place.
    ///
    /// # Errors
    /// What the store says, which would hardly take the sign-in either. One that has no room for
    /// two, and a data folder that refuses, are no error: the copy is of use in a crash alone.
    pub(super) fn keep_replaced(&self, entry: &AccountEntry) -> Result<(), StoreError> {
        let record = match self.current() {
            Ok(StoredRecord::Session(record)) => record,
            Ok(StoredRecord::Tombstone { .. })
            | Err(StoreError::NotFound | StoreError::Corrupt | StoreError::KeyLost) => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if entry.epoch != Some(record.epoch) || self.fences(entry, record.epoch) {
            return Ok(());
        }
        // Noted first, so that no copy is left that nobody knows of.
        let noted = self
            .data
            .edit_account(&self.account, |entry| entry.replaced = true);
        if let Err(error) = noted {
            tracing::warn!(%error, "the session before a sign-in is not copied");
            return Ok(());
        }
        let bytes = record::encode_session(&self.account.id, &record);
        match self.put(&self.replaced(), &bytes) {
            Err(StoreError::TooLarge) => {
                tracing::warn!("the store has no room for a copy of the session before");
                Ok(())
            }
            result => result,
        }
    }

    /// Puts the session that counts back, from its copy. `None` when there is no copy of it.
    pub(super) fn put_back(
        &self,
        entry: &AccountEntry,
    ) -> Result<Option<Box<SessionRecord>>, StoreError> {
        if !entry.replaced {
            return Ok(None);
        }
        let bytes = match self.store.load(&self.replaced()) {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound | StoreError::Corrupt | StoreError::KeyLost) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let Ok(StoredRecord::Session(record)) = record::decode(&self.account.id, &bytes) else {
            return Ok(None);
        };
        if entry.epoch != Some(record.epoch) || self.fences(entry, record.epoch) {
            return Ok(None);
        }
        self.put(&self.account.id, &bytes)?;
        self.drop_replaced();
        Ok(Some(record))
    }

    /// Removes the copy: the sign-in counts, or the session before it is back in its place, or
    /// over.
    pub(super) fn drop_replaced(&self) {
        match self.store.delete(&self.replaced()) {
            Ok(()) => self.note(|entry| entry.replaced = false),
            Err(error) => tracing::warn!(%error, "the copy of a replaced session stays"),
        }
    }

    fn replaced(&self) -> String {
        format!("{}.replaced", self.account.id)
    }
}
