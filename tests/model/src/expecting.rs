//! What a write expects to find, as the core's vault compares it, and the copy of the record that a
//! sign-in replaces.

use quickaccess::{
    session::{
        effect::Expect,
        model::{Epoch, Generation},
    },
    store::StoreError,
};

use crate::{
    trouble::Trouble,
    vault::{Entry, Memory, Record, Vault},
};

impl Vault {
    pub(crate) fn compare(
        &mut self,
        memory: &Memory,
        expect: Expect,
        ends: bool,
        trouble: Trouble,
    ) -> Result<(), StoreError> {
        if expect == Expect::Anything {
            return self.settle_fence(trouble);
        }
        trouble.read()?;
        let over = pair(expect).is_some_and(|(epoch, _)| self.fences(memory, epoch));
        (self.fits(expect, ends) && !over)
            .then_some(())
            .ok_or(StoreError::Conflict)
    }

    fn fits(&self, expect: Expect, ends: bool) -> bool {
        let there = match &self.entry {
            Entry::Session(there) => there,
            Entry::Tombstone(_, of) => {
                return matches!(expect, Expect::Exactly { .. }) && *of == pair(expect);
            }
            Entry::Empty | Entry::Unreadable(_) => return matches!(expect, Expect::Missing { .. }),
        };
        let is = Some((there.epoch, there.generation));
        let open = ends || there.ended.is_none();
        let of_others = |owner| there.journal.filter(|journal| journal.owner != owner);
        match expect {
            Expect::Anything => true,
            Expect::Exactly { .. } => is == pair(expect),
            Expect::Untouched { owner, others, .. } => {
                is == pair(expect) && open && of_others(owner) == others
            }
            Expect::Missing {
                displaced_by,
                epoch,
                generation,
                owner,
                others,
            } => displaced_by.is_some_and(|other| {
                let own = there.epoch == epoch && there.generation <= generation;
                other == there.epoch || (own && open && of_others(owner) == others)
            }),
        }
    }

    fn settle_fence(&mut self, trouble: Trouble) -> Result<(), StoreError> {
        if !self.data.fenced_unseen {
            return Ok(());
        }
        trouble.read()?;
        self.data.fenced_unseen = false;
        match &self.entry {
            Entry::Session(record) => self.data.fence(record.epoch),
            Entry::Tombstone(_, Some((epoch, _))) => self.data.fence(*epoch),
            _ => {}
        }
        Ok(())
    }

    /// Copies the record that counts now, before a sign-in takes its place.
    pub(crate) fn keep_replaced(
        &mut self,
        memory: &Memory,
        trouble: &mut Trouble,
    ) -> Result<(), StoreError> {
        let record = match &self.entry {
            Entry::Session(record) => record.clone(),
            Entry::Empty | Entry::Tombstone(..) | Entry::Unreadable(_) => return Ok(()),
        };
        if self.data.epoch != Some(record.epoch) || self.fences(memory, record.epoch) {
            return Ok(());
        }
        self.data.replaced = true;
        trouble.write(|| self.copy = Some(record))
    }

    /// Puts the session that counts back, from its copy.
    pub(crate) fn put_back(
        &mut self,
        memory: &Memory,
        trouble: &mut Trouble,
    ) -> Result<Option<Box<Record>>, StoreError> {
        let copy = self.copy.clone().filter(|copy| {
            self.data.replaced
                && self.data.epoch == Some(copy.epoch)
                && !self.fences(memory, copy.epoch)
        });
        let Some(record) = copy else { return Ok(None) };
        trouble.write(|| self.entry = Entry::Session(record.clone()))?;
        self.drop_replaced(*trouble);
        Ok(Some(record))
    }

    pub(crate) fn drop_replaced(&mut self, trouble: Trouble) {
        if self.data.replaced && trouble.lets_delete() {
            self.copy = None;
            self.data.replaced = false;
        }
    }
}

/// The token pair that a write goes on from.
pub(crate) fn pair(expect: Expect) -> Option<(Epoch, Generation)> {
    match expect {
        Expect::Anything => None,
        Expect::Exactly { epoch, generation }
        | Expect::Untouched {
            epoch, generation, ..
        }
        | Expect::Missing {
            epoch, generation, ..
        } => Some((epoch, generation)),
    }
}
