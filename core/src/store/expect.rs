//! What a write expects to find, so that no process writes over what another one did meanwhile.

use super::record::StoredRecord;
use crate::session::{
    effect::Expect,
    model::{Epoch, Generation, Journal, SessionRecord},
};

impl Expect {
    /// The token pair that the write goes on from.
    pub(super) fn pair(&self) -> Option<(Epoch, Generation)> {
        match *self {
            Self::Anything => None,
            Self::Exactly { epoch, generation }
            | Self::Untouched {
                epoch, generation, ..
            }
            | Self::Missing {
                epoch, generation, ..
            } => Some((epoch, generation)),
        }
    }

    /// Whether this is what was expected; nothing is also what cannot be read any more. `ends` says
    /// that the write is the end of the session itself.
    pub(super) fn fits(&self, there: Option<&StoredRecord>, ends: bool) -> bool {
        let there = match there {
            Some(StoredRecord::Session(there)) => there,
            Some(StoredRecord::Tombstone { of, .. }) => {
                return match self {
                    Self::Anything => true,
                    Self::Exactly { .. } => *of == self.pair(),
                    Self::Untouched { .. } | Self::Missing { .. } => false,
                };
            }
            None => return matches!(self, Self::Anything | Self::Missing { .. }),
        };
        let is = Some((there.epoch, there.generation));
        let open = ends || there.ended.is_none();
        match *self {
            Self::Anything => true,
            Self::Exactly { .. } => is == self.pair(),
            Self::Untouched { owner, others, .. } => {
                is == self.pair() && open && journal_of_others(there, owner) == others
            }
            Self::Missing {
                displaced_by,
                epoch,
                generation,
                owner,
                others,
            } => displaced_by.is_some_and(|other| {
                let own = there.epoch == epoch && there.generation <= generation;
                let untouched = journal_of_others(there, owner) == others;
                other == there.epoch || (own && open && untouched)
            }),
        }
    }
}

fn journal_of_others(there: &SessionRecord, owner: u64) -> Option<Journal> {
    there.journal.filter(|journal| journal.owner != owner)
}
