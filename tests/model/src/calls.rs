//! The two queues of the driver: calls of the secret store and calls of the data folder, each in its
//! order. What a call of the store has done can be heard of later, when something else came between.

use quickaccess::session::{
    effect::Expect,
    event::{Event, Loaded},
    model::{Attempt, Holder},
};

use crate::{
    explorer::{Explorer, Log},
    trouble::Trouble,
    truth::Over,
    vault::{Entry, Found},
    world::{Job, Note, Process, World},
};

impl World {
    /// The first call of the store's queue is made, if that is still to be done, and its end comes
    /// back as an event.
    pub(crate) fn store(&mut self, explorer: &Explorer, trouble: Trouble, log: &mut Log<'_>) {
        if trouble != Trouble::None {
            self.left.store -= 1;
        }
        self.make_call(trouble);
        let event = match self.process.jobs.remove(0) {
            // It was read before it ended.
            Job::Read {
                attempt,
                found: Found::Session(record),
            } if self.process.memory.over.contains(&record.epoch) => {
                self.process.jobs.push(Job::Load { attempt });
                return;
            }
            Job::Read { attempt, found } => Event::Loaded {
                attempt,
                loaded: self.loaded(explorer, attempt, found),
            },
            Job::Wrote { attempt, result } => Event::Written { attempt, result },
            // The first call was made.
            Job::Load { .. } | Job::Write { .. } | Job::Erase { .. } | Job::Bury { .. } => return,
        };
        self.happen(explorer, event, log);
    }

    /// Keeps the tokens of a record; the machine gets the rest.
    fn loaded(&mut self, explorer: &Explorer, attempt: Attempt, found: Found) -> Loaded {
        match found {
            Found::Session(record) => {
                let owner = record.journal.map(|journal| journal.owner);
                let holder = owner.map_or(Holder::Unknown, |owner| self.holder(explorer, owner));
                if owner.is_some_and(|owner| owner != self.process.owner()) {
                    self.truth.read(&record);
                }
                let seen = record.seen_by_machine(holder);
                self.process.loaded.insert(attempt, *record);
                Loaded::Session(Box::new(seen))
            }
            Found::SignedOut(cause) => Loaded::SignedOut(cause),
            Found::Buried(cause, epoch, generation) => Loaded::Buried {
                cause,
                epoch,
                generation,
            },
            Found::SetAside(cause) => Loaded::SetAside(cause),
            Found::Failed(error) => Loaded::Failed(error),
        }
    }

    /// Makes the first call of the store's queue, unless it was made already; nobody hears of it
    /// yet.
    pub(crate) fn make_call(&mut self, trouble: Trouble) {
        let before = self.vault.entry.clone();
        let Process { jobs, memory, .. } = &mut self.process;
        let done = match jobs.remove(0) {
            Job::Load { attempt } => Job::Read {
                attempt,
                found: self.vault.load(memory, trouble),
            },
            Job::Write {
                attempt,
                record,
                expect,
            } => {
                let result = self.vault.save(memory, (*record).clone(), expect, trouble);
                if self.vault.record() == Some(&record) {
                    self.stored(&record, true);
                }
                Job::Wrote { attempt, result }
            }
            Job::Erase { attempt, epoch } => {
                self.vault.fence(epoch);
                let result = self.vault.erase(memory, epoch, trouble);
                Job::Wrote { attempt, result }
            }
            Job::Bury {
                attempt,
                cause,
                expect,
            } => {
                let result = self.vault.tombstone(memory, cause, expect, trouble);
                Job::Wrote { attempt, result }
            }
            done @ (Job::Read { .. } | Job::Wrote { .. }) => done,
        };
        if self.vault.entry != before {
            self.truth.writer = self.process.seat();
        }
        self.process.jobs.insert(0, done);
    }

    /// What can go wrong with a call and makes a difference.
    pub(crate) fn troubles(&self, job: &Job) -> &'static [Trouble] {
        use Trouble::{Lies, Locked, ReadOnly, SecondLies, SecondRefused, Unavailable};
        let vault = &self.vault;
        let only_read = match &vault.entry {
            Entry::Session(record) => !vault.fences(&self.process.memory, record.epoch),
            Entry::Tombstone(..) => true,
            Entry::Empty | Entry::Unreadable(_) => vault.data.epoch.is_none(),
        };
        match job {
            Job::Load { .. } if only_read => &[Locked, Unavailable],
            Job::Load { .. } => &[Locked, Unavailable, ReadOnly, Lies],
            _ if self.copies(job) => &[Locked, ReadOnly, Lies, SecondRefused, SecondLies],
            _ => &[Locked, ReadOnly, Lies],
        }
    }

    /// Whether a call copies the record that is there before it takes its place.
    pub(crate) fn copies(&self, job: &Job) -> bool {
        let replaces = matches!(job, Job::Write { expect, .. } if *expect == Expect::Anything);
        let record = self.vault.record();
        replaces && record.is_some_and(|record| self.vault.data.epoch == Some(record.epoch))
    }

    /// The data folder makes the first call of its queue.
    pub(crate) fn note(&mut self) {
        match self.process.notes.remove(0) {
            Note::Commit(epoch) => self.vault.commit(&mut self.process.memory, epoch),
            Note::Fence(epoch) => self.vault.fence(epoch),
            Note::Learn(mode) => self.vault.data.mode = Some(mode),
            Note::Tell(waiter, signed_out) => {
                if signed_out {
                    for sitting in &mut self.truth.sittings {
                        if sitting.over == Over::Asked {
                            sitting.over = Over::Told;
                        }
                    }
                }
                self.gone(waiter);
            }
        }
    }
}
