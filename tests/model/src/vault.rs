//! The entry in the secret store and what the data folder says about it, as the core's vault treats
//! them: the same comparisons in the same order, with the store's trouble chosen from outside.

use quickaccess::{
    session::{
        effect::Expect,
        event::LoadedSession,
        model::{Cause, Epoch, Generation, Holder, Journal, Renewal, ServerMode, Times},
    },
    store::StoreError,
};

use crate::{expecting::pair, server::Token, time::Shift, trouble::Trouble, walk::Visit};

/// What is in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Entry {
    #[default]
    Empty,
    Session(Box<Record>),
    Tombstone(Cause, Option<(Epoch, Generation)>),
    /// It is there and cannot be read.
    Unreadable(StoreError),
}

/// A stored session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) epoch: Epoch,
    pub(crate) generation: Generation,
    /// The sign-in whose access token it holds; anything but the epoch is a mix-up.
    pub(crate) access_of: Epoch,
    pub(crate) token: Option<Token>,
    pub(crate) renewal: Renewal,
    pub(crate) times: Times,
    pub(crate) last_seen: quickaccess::Now,
    pub(crate) ended: Option<Cause>,
    pub(crate) journal: Option<Journal>,
    pub(crate) after_rejection: bool,
    pub(crate) unproven: bool,
}

impl Record {
    pub(crate) fn seen_by_machine(&self, holder: Holder) -> LoadedSession {
        LoadedSession {
            epoch: self.epoch,
            generation: self.generation,
            times: self.times,
            last_seen: self.last_seen,
            renewal: self.renewal,
            refresh_token: self.token.is_some(),
            ended: self.ended,
            journal: self.journal,
            after_rejection: self.after_rejection,
            unproven: self.unproven,
            holder,
        }
    }

    pub(crate) fn walk(&mut self, shift: Shift, visit: &mut impl Visit) {
        crate::walk::times(&mut self.times, visit);
        if let Some(journal) = &mut self.journal {
            visit.journal(&mut journal.at);
        }
        if shift.scope.clocks {
            shift.moment(&mut self.last_seen, crate::time::LIFE);
        } else {
            self.last_seen = crate::time::NOW;
        }
    }
}

/// What the data folder says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Data {
    pub(crate) epoch: Option<Epoch>,
    pub(crate) saved: Option<Epoch>,
    pub(crate) last_cause: Option<Cause>,
    pub(crate) ended: Option<Epoch>,
    pub(crate) fenced: Vec<Epoch>,
    pub(crate) fenced_unseen: bool,
    pub(crate) replaced: bool,
    pub(crate) mode: Option<ServerMode>,
}

impl Data {
    pub(crate) fn fences(&self, epoch: Epoch) -> bool {
        self.fenced_unseen || self.fenced.contains(&epoch)
    }

    pub(crate) fn fence(&mut self, epoch: Epoch) {
        if !self.fenced.contains(&epoch) {
            self.fenced.push(epoch);
            self.fenced.sort_unstable();
        }
    }

    fn go_on(&mut self, epoch: Epoch) {
        self.epoch = Some(epoch);
        self.last_cause = None;
    }

    fn end(&mut self, cause: Cause) {
        self.ended = self.epoch.take().or(self.ended);
        self.last_cause = Some(cause);
    }

    fn note_end(&mut self, cause: Cause) {
        if self.epoch.is_some() || self.last_cause != Some(cause) {
            self.end(cause);
        }
    }

    fn signed_out(&self) -> bool {
        self.epoch.is_none() && self.last_cause == Some(Cause::SignedOut)
    }
}

/// What a process keeps of its own in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    /// Sign-ins that ended in this process.
    pub(crate) over: Vec<Epoch>,
    /// A sign-in of this process whose record was saved and that does not count yet.
    pub(crate) saved: Option<Epoch>,
}

impl Memory {
    pub(crate) fn never_again(&mut self, epoch: Epoch) {
        if let Err(at) = self.over.binary_search(&epoch) {
            self.over.insert(at, epoch);
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Found {
    Session(Box<Record>),
    SignedOut(Cause),
    Buried(Cause, Epoch, Generation),
    SetAside(Cause),
    Failed(StoreError),
}

/// Entry and index together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Vault {
    pub(crate) entry: Entry,
    /// The record that a sign-in has replaced.
    pub(crate) copy: Option<Box<Record>>,
    pub(crate) data: Data,
}

impl Vault {
    pub(crate) fn record(&self) -> Option<&Record> {
        match &self.entry {
            Entry::Session(record) => Some(record),
            _ => None,
        }
    }

    /// The session that the next start would find.
    pub(crate) fn next_found(&self) -> Option<&Record> {
        self.record()
            .filter(|record| !self.data.fences(record.epoch))
    }

    pub(crate) fn fences(&self, memory: &Memory, epoch: Epoch) -> bool {
        self.data.fences(epoch) || memory.over.contains(&epoch)
    }

    pub(crate) fn load(&mut self, memory: &Memory, mut trouble: Trouble) -> Found {
        if let Err(error) = trouble.read() {
            return Found::Failed(error);
        }
        match self.entry.clone() {
            Entry::Session(record) if self.fences(memory, record.epoch) => match self.data.epoch {
                Some(epoch) if epoch != record.epoch => self.restored_or_lost(memory, &mut trouble),
                counts => {
                    self.discard(trouble);
                    let before = self.data.last_cause.filter(|_| counts.is_none());
                    let cause = before.unwrap_or(Cause::SignedOut);
                    self.data.note_end(cause);
                    Found::SignedOut(cause)
                }
            },
            Entry::Session(record) => {
                if memory.saved != Some(record.epoch) {
                    self.goes_on(record.epoch, trouble);
                }
                Found::Session(record)
            }
            Entry::Tombstone(cause, of) => {
                let buried = self.buried(memory, cause, of);
                self.data.note_end(match buried {
                    Found::SignedOut(told) => told,
                    _ => cause,
                });
                buried
            }
            Entry::Empty => match self.data.epoch {
                Some(_) => self.restored_or_lost(memory, &mut trouble),
                None => Found::SignedOut(self.data.last_cause.unwrap_or(Cause::NeverSignedIn)),
            },
            Entry::Unreadable(_) if self.data.signed_out() => {
                self.discard(trouble);
                Found::SignedOut(Cause::SignedOut)
            }
            Entry::Unreadable(error) => {
                let cause = match error {
                    StoreError::KeyLost => Cause::KeyLost,
                    _ => Cause::Corrupt,
                };
                self.data.note_end(cause);
                self.discard(trouble);
                Found::SetAside(cause)
            }
        }
    }

    fn buried(&self, memory: &Memory, cause: Cause, of: Option<(Epoch, Generation)>) -> Found {
        match of {
            Some((epoch, generation)) if !self.fences(memory, epoch) => {
                Found::Buried(cause, epoch, generation)
            }
            Some((epoch, _)) if self.data.signed_out() || memory.over.contains(&epoch) => {
                Found::SignedOut(Cause::SignedOut)
            }
            _ => Found::SignedOut(cause),
        }
    }

    fn restored_or_lost(&mut self, memory: &Memory, trouble: &mut Trouble) -> Found {
        match self.put_back(memory, trouble) {
            Ok(Some(record)) => Found::Session(record),
            Ok(None) if self.data.epoch.is_some_and(|e| self.fences(memory, e)) => {
                self.discard(*trouble);
                self.data.note_end(Cause::SignedOut);
                Found::SignedOut(Cause::SignedOut)
            }
            Ok(None) => {
                self.discard(*trouble);
                self.data.note_end(Cause::StoreLost);
                Found::SetAside(Cause::StoreLost)
            }
            Err(error) => Found::Failed(error),
        }
    }

    /// What cannot be deleted is met again at the next load.
    fn discard(&mut self, trouble: Trouble) {
        if trouble.lets_delete() {
            self.entry = Entry::Empty;
        }
    }

    fn goes_on(&mut self, epoch: Epoch, trouble: Trouble) {
        if self.data.epoch != Some(epoch) {
            self.data.go_on(epoch);
        }
        self.drop_replaced(trouble);
    }

    pub(crate) fn save(
        &mut self,
        memory: &mut Memory,
        record: Record,
        expect: Expect,
        mut trouble: Trouble,
    ) -> Result<(), StoreError> {
        self.compare(memory, expect, record.ended.is_some(), trouble)?;
        let epoch = record.epoch;
        if self.fences(memory, epoch) {
            return Err(StoreError::Conflict);
        }
        let entry = Entry::Session(Box::new(record));
        if expect != Expect::Anything {
            trouble.write(|| self.entry = entry)?;
            self.goes_on(epoch, trouble);
            return Ok(());
        }
        trouble.read()?;
        self.keep_replaced(memory, &mut trouble)?;
        memory.saved = Some(epoch);
        trouble.write(|| self.entry = entry)?;
        self.data.saved = Some(epoch);
        Ok(())
    }

    pub(crate) fn commit(&mut self, memory: &mut Memory, epoch: Epoch) {
        let late = self.data.saved.is_some_and(|saved| saved != epoch);
        if !late && !self.fences(memory, epoch) {
            if let Some(before) = self.data.epoch.filter(|&before| before != epoch) {
                self.data.fence(before);
            }
            self.data.go_on(epoch);
            self.drop_replaced(Trouble::None);
        }
        memory.saved.take_if(|saved| *saved == epoch);
    }

    pub(crate) fn tombstone(
        &mut self,
        memory: &Memory,
        cause: Cause,
        expect: Expect,
        mut trouble: Trouble,
    ) -> Result<(), StoreError> {
        self.compare(memory, expect, true, trouble)?;
        let buried = Entry::Tombstone(cause, pair(expect));
        let written = trouble.write(|| self.entry = buried);
        self.data.end(cause);
        if written.is_ok() {
            self.drop_replaced(trouble);
        }
        written
    }

    pub(crate) fn fence(&mut self, epoch: Option<Epoch>) {
        let over = epoch.or(self.data.epoch);
        if let Some(over) = over {
            self.data.fence(over);
        }
        self.data.fenced_unseen |= epoch.is_none();
        let data = &self.data;
        let had_ended = data.epoch.is_none() && data.ended.is_some() && data.ended == over;
        if epoch.is_none() || data.epoch == over || had_ended {
            self.data.end(Cause::SignedOut);
        }
    }

    pub(crate) fn erase(
        &mut self,
        memory: &Memory,
        over: Option<Epoch>,
        mut trouble: Trouble,
    ) -> Result<(), StoreError> {
        trouble.read()?;
        match &self.entry {
            Entry::Session(record)
                if !self.fences(memory, record.epoch) && over != Some(record.epoch) =>
            {
                return Err(StoreError::Conflict);
            }
            Entry::Empty => {}
            _ => trouble.write(|| self.entry = Entry::Empty)?,
        }
        self.drop_replaced(trouble);
        if self.data.epoch.is_some() {
            self.data.end(Cause::SignedOut);
        }
        Ok(())
    }
}
