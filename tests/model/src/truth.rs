//! What the checker alone knows: what truly happened to each sign-in, so that it can tell whether
//! what the machine does and says is right.

use quickaccess::session::{
    clock::rest,
    model::{Cause, Epoch, Generation, Renewal, ServerMode},
    state::{Refresh, Session, Write},
};

use crate::{
    promise::Promise,
    time::{HOUR, NOW},
    vault::{Record, Vault},
    world::{Job, View, World},
};

/// What truly happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Truth {
    /// Each sign-in that the server granted; the first has epoch one.
    pub(crate) sittings: Vec<Sitting>,
    /// The one that counts: the last that committed.
    pub(crate) latest: Option<Epoch>,
    /// The store lost its entry, and none was written since.
    pub(crate) lost: bool,
    /// The store's entry became unreadable, and none was written since.
    pub(crate) unreadable: Option<Cause>,
    /// Another process, which acts at one stroke, wrote last.
    pub(crate) meddled: bool,
    /// The seat of the process that changed the store last.
    pub(crate) writer: u64,
}

/// What truly happened to one sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sitting {
    pub(crate) renewal: Renewal,
    /// It counts, or did once.
    pub(crate) committed: bool,
    /// It was cancelled before it counted.
    pub(crate) cancelled: bool,
    /// The person signed out.
    pub(crate) over: Over,
    /// The highest generation that was ever stored.
    pub(crate) stored: Generation,
    /// The highest refresh token that was ever stored.
    pub(crate) serial: u8,
    /// It was stored that no refresh is left.
    pub(crate) dropped: bool,
    /// The cause that was told when no refresh was left.
    pub(crate) ended: Option<Cause>,
    /// A try of this generation is without an answer, as far as anybody can know.
    pub(crate) open_try: Option<Generation>,
    /// A token was sent although the store did not take a note of it, and the history says so.
    pub(crate) unjournaled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Over {
    No,
    /// It was asked for; a kill may still undo it.
    Asked,
    /// The person was told that it is done.
    Told,
}

impl Sitting {
    pub(crate) fn new(renewal: Renewal) -> Self {
        Self {
            renewal,
            committed: false,
            cancelled: false,
            over: Over::No,
            stored: 0,
            serial: 0,
            dropped: false,
            ended: None,
            open_try: None,
            unjournaled: false,
        }
    }
}

impl Truth {
    pub(crate) fn of(&mut self, epoch: Epoch) -> &mut Sitting {
        &mut self.sittings[epoch.0 as usize - 1]
    }

    pub(crate) fn about(&self, epoch: Epoch) -> &Sitting {
        &self.sittings[epoch.0 as usize - 1]
    }

    /// A sign-in counts from now on.
    pub(crate) fn commit(&mut self, epoch: Epoch) {
        self.of(epoch).committed = true;
        self.latest = Some(epoch);
    }

    /// The process is gone, and with it what only it knew.
    pub(crate) fn killed(&mut self, vault: &Vault) {
        for (number, sitting) in self.sittings.iter_mut().enumerate() {
            // A cancel that nobody could write down yet came too late.
            sitting.cancelled &= vault.data.fences(Epoch(number as u128 + 1));
        }
        if let Some(record) = vault.next_found() {
            self.read(record);
        }
    }

    /// A record is read, and its journal tells of a try without an answer.
    pub(crate) fn read(&mut self, record: &Record) {
        let mut journal = record.journal.iter();
        if journal.any(|journal| journal.generation == record.generation) {
            self.of(record.epoch).open_try = Some(record.generation);
        }
    }
}

impl World {
    /// A record is in the store now.
    pub(crate) fn stored(&mut self, record: &Record, ours: bool) {
        let newer = self.truth.latest > Some(record.epoch);
        if newer && ours {
            self.breaks(Promise::NewestEpochWins, "an older epoch was written");
        }
        let strange = record
            .token
            .is_some_and(|token| token.epoch != record.epoch);
        if record.access_of != record.epoch || strange {
            self.breaks(
                Promise::TokensStayApart,
                "a record holds tokens of another sign-in",
            );
        }
        let truth = &mut self.truth;
        (truth.lost, truth.unreadable, truth.meddled) = (false, None, !ours);
        let sitting = truth.of(record.epoch);
        if record.generation > sitting.stored {
            sitting.unjournaled = false;
        }
        sitting.stored = sitting.stored.max(record.generation);
        sitting.dropped = record.ended.is_some();
        sitting.ended = record.ended.or(sitting.ended);
        if let Some(token) = record.token {
            sitting.serial = sitting.serial.max(token.serial);
        }
    }

    /// The machine says that no refresh is left after this pair.
    pub(crate) fn judge_end(&mut self, pair: View, cause: Cause, mode: ServerMode) {
        let View::In(epoch, generation) = pair else {
            return;
        };
        let grant = *self.server.grant(epoch);
        let known = self.process.state.known.mode;
        let sitting = self.truth.of(epoch);
        sitting.ended = Some(cause);
        let won = self.process.won == Some((epoch, generation));
        let unfinished = sitting.open_try == Some(generation);
        let used_up = mode == ServerMode::OneShot && grant.live.is_none();
        let true_cause = match cause {
            // Taken back between an answer and its proof, a token looks used up: nobody can tell.
            Cause::SingleUseSpent => used_up || grant.revoked,
            Cause::RefreshUnfinished => unfinished,
            // A process that was killed before its proof leaves the next one without the mode.
            Cause::SessionEnded => {
                let unlearned = known != Some(ServerMode::OneShot) && used_up && !unfinished;
                grant.revoked || sitting.unjournaled || unlearned
            }
            _ => false,
        };
        if won {
            self.breaks(
                Promise::SuccessBeatsFailure,
                "a failure for a generation that had a success was believed",
            );
        } else if !true_cause {
            self.breaks(
                Promise::CauseIsTrue,
                "no refresh is left, for a cause that is not the true one",
            );
        }
    }

    /// Compares what everybody saw before a step with what they see after it.
    pub(crate) fn judge_change(&mut self, before: View, noted: bool) {
        let after = View::of(&self.process.state);
        match (before, after) {
            (View::In(epoch, _), View::Out(cause)) => {
                if !noted {
                    self.breaks(
                        Promise::NoSilentEnd,
                        "a session ended and the history says nothing",
                    );
                }
                self.judge_out(cause, Some(epoch));
            }
            (View::Unread, View::Out(cause)) => self.judge_out(cause, self.truth.latest),
            (View::In(old, _), View::In(new, _)) if old == new => {}
            (_, View::In(epoch, _)) => self.judge_in(epoch),
            _ => {}
        }
    }

    fn judge_out(&mut self, cause: Cause, epoch: Option<Epoch>) {
        let Some(epoch) = epoch else {
            if !matches!(cause, Cause::NeverSignedIn | Cause::SignedOut) {
                self.breaks(Promise::CauseIsTrue, "nobody had signed in yet");
            }
            return;
        };
        let sitting = self.truth.about(epoch);
        let right = match cause {
            // Signed out again before the data folder had even heard of the sign-in: nobody is
            // signed in, as was asked for.
            Cause::SignedOut | Cause::NeverSignedIn => self.truth.sittings[epoch.0 as usize - 1..]
                .iter()
                .any(|sitting| sitting.over != Over::No),
            Cause::StoreLost => self.truth.lost,
            Cause::KeyLost | Cause::Corrupt => self.truth.unreadable == Some(cause),
            Cause::SessionEnded if sitting.renewal == Renewal::None => true,
            _ => sitting.ended == Some(cause),
        };
        if !right {
            self.breaks(
                Promise::CauseIsTrue,
                "a session is gone, for a cause that is not the true one",
            );
        }
    }

    /// A session is there that was not there before.
    fn judge_in(&mut self, epoch: Epoch) {
        let latest = self.truth.latest;
        if let Some(record) = self.vault.record() {
            self.truth.read(record);
        }
        let sitting = self.truth.of(epoch);
        let asked_here = self.process.asked_out.contains(&epoch);
        let back = sitting.over == Over::Told || asked_here || sitting.cancelled;
        // Killed between its record and the word about it: it counts.
        let counts = sitting.committed || !sitting.cancelled;
        if sitting.over == Over::Asked {
            sitting.over = Over::No;
        }
        if back {
            self.breaks(
                Promise::FencedStaysOut,
                "a session that was over or cancelled is there again",
            );
        } else if latest > Some(epoch) {
            self.breaks(Promise::NewestEpochWins, "an older session is there again");
        } else if counts {
            self.truth.commit(epoch);
        }
    }

    /// What must hold between any two steps.
    pub(crate) fn judge_rest(&mut self) {
        self.nothing_is_stuck();
        self.waiters_are_answered();
        if let Some(session) = self.process.state.session().cloned() {
            self.judge_session(&session);
        }
    }

    fn nothing_is_stuck(&mut self) {
        use crate::walk::Awaited;
        let jobs = &mut self.process.jobs;
        let requests = &self.process.requests;
        let stuck = crate::walk::awaited(&self.process.state)
            .into_iter()
            .any(|awaited| match awaited {
                Awaited::Store(attempt) => !jobs.iter_mut().any(|job| *job.attempt() == attempt),
                Awaited::Server(attempt) => {
                    !requests.iter().any(|request| request.attempt == attempt)
                }
            });
        if stuck {
            self.breaks(
                Promise::NothingIsStuck,
                "the machine waits for something that is not under way",
            );
        }
    }

    fn waiters_are_answered(&mut self) {
        let known = crate::walk::waiters(&self.process.state);
        let told = |id| {
            let mut notes = self.process.notes.iter();
            notes.any(|note| matches!(note, crate::world::Note::Tell(waiter, _) if *waiter == id))
        };
        let forgotten = self
            .process
            .callers
            .iter()
            .any(|caller| !known.contains(&caller.id) && !told(caller.id));
        if forgotten {
            self.breaks(Promise::WaitersAreAnswered, "a caller was forgotten");
        }
    }

    fn judge_session(&mut self, s: &Session) {
        let timer = self.process.timer.is_some();
        let writing = matches!(s.write, Write::Busy { .. } | Write::Checking { .. });
        let under_way = match &s.refresh {
            Refresh::InFlight { .. } => true,
            Refresh::Ready => timer || writing,
            // The wait is over, and the end of the write starts the next try.
            Refresh::Waiting { since, wait, .. } => writing && rest(*since, *wait, NOW) == 0,
            Refresh::Blocked { since, .. } => writing && rest(*since, HOUR, NOW) == 0,
            Refresh::Ended { .. } | Refresh::None => false,
        };
        // The store is looked at once more before the session is given up.
        let under_way = under_way || s.look.read.is_some();
        if !s.waiters.is_empty() && !under_way {
            self.breaks(
                Promise::WaitersAreAnswered,
                "a caller waits for a token and nothing is under way",
            );
        }
        let same = self.process.current.is_some_and(|pair| {
            (pair.epoch, pair.generation) == (s.epoch, s.generation) && pair.of == s.epoch
        });
        if !same {
            self.breaks(
                Promise::TokensStayApart,
                "the driver holds other tokens than the machine serves",
            );
        }
        let saved = matches!(
            s.write,
            Write::Saved
                | Write::Busy { behind: false, .. }
                | Write::Checking { behind: false, .. }
        );
        if saved && self.truth.about(s.epoch).stored < s.generation {
            self.breaks(
                Promise::StoredBeforeShown,
                "a pair is shown as saved that the store never took",
            );
        }
        self.saved_means_stored(s);
    }

    fn saved_means_stored(&mut self, s: &Session) {
        let truth = &self.truth;
        let meddled = truth.writer != self.process.seat()
            || truth.meddled
            || truth.lost
            || truth.unreadable.is_some();
        let writing = self
            .process
            .jobs
            .iter()
            .any(|job| !matches!(job, Job::Load { .. }));
        let claims = s.write == Write::Saved && s.stored == Some(s.generation);
        if meddled || writing || !claims {
            return;
        }
        let token = self.process.current.and_then(|pair| pair.token);
        let stored = self.vault.record().is_some_and(|record| {
            (record.epoch, record.generation) == (s.epoch, s.generation)
                && record.token == token
                && record.ended.is_some() == matches!(s.refresh, Refresh::Ended { .. })
        });
        if !stored {
            self.breaks(
                Promise::SavedMeansStored,
                "what counts as saved is not what the store holds",
            );
        }
    }
}
