//! What the entry in the secret store means, together with what the data folder says.

use super::{
    super::{StoreError, data_dir::AccountEntry, record::StoredRecord},
    Loaded, Vault,
};
use crate::session::model::{Cause, Epoch, Generation, Holder, SessionRecord};

impl Vault {
    /// Reads the entry and judges it with what the data folder says:
    ///
    /// - nothing there and nobody signed in: signed out, with the cause that was noted last;
    /// - nothing there though somebody is signed in: reported, and `StoreLost` until the next
    ///   sign-in;
    /// - a session whose epoch is fenced: deleted on sight, and the one that it had replaced is put
    ///   back;
    /// - a session of another epoch than the index has (a crash lay between the two writes): it
    ///   wins, and the index is put right;
    /// - damaged: copied beside (one at most), removed and reported, unless the person signed out;
    /// - key lost: removed where possible, and reported.
    pub(crate) fn load(&self) -> Loaded {
        self.data
            .with_lock(|| self.load_locked())
            .or_else(|_| self.peek())
            .unwrap_or_else(Loaded::Failed)
    }

    /// Somebody holds the lock and does not let go, such as a process that was stopped in the
    /// middle of a write: what is plainly there is read, and nothing is put right.
    fn peek(&self) -> Result<Loaded, StoreError> {
        let entry = self.entry()?;
        match self.current() {
            Ok(StoredRecord::Session(record)) if !self.fences(&entry, record.epoch) => {
                Ok(self.session(record))
            }
            Ok(StoredRecord::Tombstone { cause, of, .. }) => Ok(self.buried(&entry, cause, of)),
            Err(StoreError::Locked) => Err(StoreError::Locked),
            _ => Err(StoreError::Unavailable),
        }
    }

    fn session(&self, record: Box<SessionRecord>) -> Loaded {
        let holder = record
            .journal
            .map_or(Holder::Unknown, |journal| self.data.holder(journal.owner));
        Loaded::Session(record, holder)
    }

    /// What a tombstone means; after a sign-out, neither its cause nor anything of the pair counts
    /// any more.
    fn buried(
        &self,
        entry: &AccountEntry,
        cause: Cause,
        of: Option<(Epoch, Generation)>,
    ) -> Loaded {
        match of {
            Some((epoch, generation)) if !self.fences(entry, epoch) => Loaded::Buried {
                cause,
                epoch,
                generation,
            },
            Some((epoch, _)) if entry.signed_out() || self.is_over(epoch) => {
                Loaded::SignedOut(Cause::SignedOut)
            }
            _ => Loaded::SignedOut(cause),
        }
    }

    fn load_locked(&self) -> Result<Loaded, StoreError> {
        let entry = self.entry()?;
        Ok(match self.current() {
            Ok(StoredRecord::Session(record)) if self.fences(&entry, record.epoch) => {
                match entry.epoch {
                    // A sign-in that was cancelled had already taken the place of this one.
                    Some(epoch) if epoch != record.epoch => self.restored_or_lost(&entry),
                    counts => {
                        self.discard(&self.account.id);
                        let before = entry.last_cause.filter(|_| counts.is_none());
                        let cause = before.unwrap_or(Cause::SignedOut);
                        self.note_end(&entry, cause);
                        Loaded::SignedOut(cause)
                    }
                }
            }
            Ok(StoredRecord::Session(record)) => {
                // One of this process that does not count yet may still be cancelled.
                if *self.saved() != Some(record.epoch) {
                    self.goes_on(&entry, record.epoch);
                }
                self.session(record)
            }
            Ok(StoredRecord::Tombstone { cause, of, .. }) => {
                let buried = self.buried(&entry, cause, of);
                let told = match buried {
                    Loaded::SignedOut(told) => told,
                    _ => cause,
                };
                self.note_end(&entry, told);
                buried
            }
            Err(StoreError::NotFound) => match entry.epoch {
                Some(_) => self.restored_or_lost(&entry),
                None => Loaded::SignedOut(entry.last_cause.unwrap_or(Cause::NeverSignedIn)),
            },
            Err(StoreError::Corrupt | StoreError::KeyLost) if entry.signed_out() => {
                self.discard(&self.account.id);
                Loaded::SignedOut(Cause::SignedOut)
            }
            Err(StoreError::Corrupt) => {
                // Noted first: whoever is killed in between finds it unreadable again.
                self.note_end(&entry, Cause::Corrupt);
                self.set_aside();
                Loaded::SetAside(Cause::Corrupt)
            }
            Err(StoreError::KeyLost) => {
                self.note_end(&entry, Cause::KeyLost);
                self.discard(&self.account.id);
                Loaded::SetAside(Cause::KeyLost)
            }
            Err(error) => Loaded::Failed(error),
        })
    }

    /// Somebody is signed in, and another sign-in or nothing is in the record's place. If there is
    /// no copy, that is reported once; later starts know it from the index.
    fn restored_or_lost(&self, known: &AccountEntry) -> Loaded {
        match self.put_back(known) {
            Ok(Some(record)) => self.session(record),
            Ok(None) if known.epoch.is_some_and(|epoch| self.fences(known, epoch)) => {
                self.discard(&self.account.id);
                self.note_end(known, Cause::SignedOut);
                Loaded::SignedOut(Cause::SignedOut)
            }
            Ok(None) => {
                self.discard(&self.account.id);
                self.note_end(known, Cause::StoreLost);
                Loaded::SetAside(Cause::StoreLost)
            }
            Err(error) => Loaded::Failed(error),
        }
    }
}
