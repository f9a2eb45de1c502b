//! The machine's refresh: journal first, then send, then judge the answer. Only `invalid_grant`
//! ends a refresh token, and only after the store was read again.

use super::{
    clock,
    effect::{Effect, Expect, Happening, RecordDraft, Tokens},
    event::{Failure, Loaded, Outcome},
    lease,
    machine::Turn,
    model::{Attempt, Journal, Renewal},
    state::{Look, Phase, Refresh, Session, Stage, Why, Write},
    storing::Found,
};
use crate::{environment::Now, error::Code, store::StoreError};

/// A journal that keeps meeting other writers waits after so many tries.
const MOST_CONFLICTS: u32 = 3;

impl Turn<'_> {
    /// Starts one: the journal is written before anything is sent.
    pub(super) fn start_refresh(&mut self, s: &mut Session) {
        let after_rejection = s.rejected;
        if !s.starving(self.at.now) && !s.waiters.is_empty() {
            s.stretched = true;
        }
        if s.renewal == Renewal::ClientSecret && !self.known.has_secret {
            let failure = Failure::new(Code::ClientNeedsSecret);
            s.refresh = Refresh::Blocked {
                failure,
                since: self.at.now,
            };
            return;
        }
        let attempt = self.next_attempt();
        let stage = if s.renewal == Renewal::ClientSecret {
            self.send(s, attempt)
        } else {
            self.write_journal(s, attempt)
        };
        s.refresh = Refresh::InFlight {
            attempt,
            stage,
            after_rejection,
        };
    }

    fn write_journal(&mut self, s: &mut Session, attempt: Attempt) -> Stage {
        // The lease is over, or nothing would start. Until the store has taken this journal, it is
        // not certain that what the lease tells of is still open.
        let theirs = s
            .lease
            .filter(|lease| lease.journal.generation == s.generation)
            .map_or(0, |lease| lease.journal.unknown_tries.saturating_add(1));
        let write = self.next_attempt();
        let journal = Journal {
            generation: s.generation,
            attempt,
            owner: self.known.owner,
            at: self.at.now,
            unknown_tries: s.unknown_tries.max(theirs),
        };
        self.effects.push(Effect::Write {
            attempt: write,
            draft: s.draft(Some(journal)),
            tokens: Tokens::Current,
            expect: s.expect(self.known.owner),
        });
        s.journal = Some(journal);
        // A look that is under way is of no use any more: the write compares for itself.
        s.look = Look::after(self.at.now);
        Stage::Journaling { write }
    }

    /// The journal was written, or could not be.
    pub(super) fn journaled(
        &mut self,
        s: &mut Session,
        attempt: Attempt,
        after_rejection: bool,
        result: Result<(), StoreError>,
    ) {
        let stage = match result {
            Ok(()) => {
                if !s.is_saved() {
                    self.note(Happening::SavedAtLast);
                }
                (s.stored, s.displaced_by) = (Some(s.generation), None);
                (s.write, s.conflicts) = (Write::Saved, 0);
                s.count_tries_of_journal();
                self.taken_over(s);
                if self.is_too_late(s) {
                    // This process was stopped for so long that others may count the lease as over.
                    self.write_journal(s, attempt)
                } else {
                    self.send(s, attempt)
                }
            }
            Err(StoreError::Conflict) => self.read_again(Why::Journal),
            // Nor has the store refused: the time ran out while this process was stopped.
            Err(_) if self.is_too_late(s) => self.write_journal(s, attempt),
            // Whether that process has used the token, the record tells.
            Err(StoreError::Busy) if s.starving(self.at.now) => self.read_again(Why::Stopped),
            // With a token that is still good nothing is risked; a locked store opens again; and
            // where other processes could send the same token, none does without a lease.
            Err(error)
                if !s.starving(self.at.now) || error == StoreError::Locked || !self.known.alone =>
            {
                self.wait(s, error.into(), false);
                return;
            }
            Err(error) => self.send_without_journal(s, attempt, error),
        };
        s.refresh = Refresh::InFlight {
            attempt,
            stage,
            after_rejection,
        };
    }

    fn send_without_journal(
        &mut self,
        s: &mut Session,
        attempt: Attempt,
        why: StoreError,
    ) -> Stage {
        self.note(Happening::SentWithoutJournal(why.into()));
        s.count_tries_of_journal();
        // It follows as soon as the store takes it.
        if s.write == Write::Saved {
            s.write = self.owe(0);
        }
        self.send(s, attempt)
    }

    /// The token endpoint answered, or did not.
    pub(super) fn refresh_answered(&mut self, s: &mut Session, attempt: Attempt, outcome: Outcome) {
        let after_rejection = s.refresh.is_after_rejection();
        match outcome {
            Outcome::Granted(grant) => self.granted(s, attempt, &grant, after_rejection),
            Outcome::Refused {
                invalid_grant: true,
                ..
            } if s.renewal == Renewal::RefreshToken => {
                let proof = matches!(
                    s.refresh,
                    Refresh::InFlight {
                        stage: Stage::Sent { proof: true, .. },
                        ..
                    }
                );
                let stage = self.read_again(Why::InvalidGrant { proof });
                s.refresh = Refresh::InFlight {
                    attempt,
                    stage,
                    after_rejection,
                };
            }
            Outcome::Refused { failure, .. } => {
                self.note(Happening::RefreshBlocked(failure.clone()));
                s.refresh = Refresh::Blocked {
                    failure,
                    since: self.at.now,
                };
                s.journal = None;
                self.close_journal(s);
            }
            Outcome::NotSent(failure) => {
                self.note_first(s, &failure);
                self.wait(s, failure, false);
                self.close_journal(s);
            }
            Outcome::Busy(failure) => {
                self.note_first(s, &failure);
                self.wait(s, failure, true);
                self.close_journal(s);
            }
            Outcome::Unknown(failure) => {
                self.note_first(s, &failure);
                if s.renewal == Renewal::RefreshToken {
                    s.unknown_tries = s.unknown_tries.saturating_add(1);
                    // Whether anybody asks or not: the sooner the server says what it did, the
                    // more of the access token's time is left for a sign-in.
                    s.owed = true;
                }
                self.wait(s, failure, true);
                if !self.known.alone {
                    self.close_journal(s);
                }
            }
        }
    }

    /// The store was read again in the middle of a refresh.
    pub(super) fn refresh_reread(
        &mut self,
        mut s: Box<Session>,
        read: Attempt,
        loaded: Loaded,
    ) -> Phase {
        let Refresh::InFlight {
            attempt,
            stage: Stage::Rereading { why, .. },
            after_rejection,
        } = s.refresh.clone()
        else {
            return Phase::SignedIn(s);
        };
        let found = self.found(&mut s, loaded);
        if let Some(ended) = self.settle(&mut s, read, &found) {
            return ended;
        }
        match (found, why) {
            (Found::Newer(_), _) => {}
            (Found::Ours(_) | Found::Lost, Why::Pair(pair, conflicts)) => {
                s.refresh = self.write_pair(&s, pair, conflicts, after_rejection);
            }
            (Found::Unreadable(error), Why::Pair(pair, _)) => {
                self.show_pair(&mut s, pair, after_rejection, Err(error));
            }
            // Another process has it under way, and may have more luck.
            (Found::Ours(None), Why::InvalidGrant { .. } | Why::Journal | Why::Stopped)
                if s.waits_for(self.at.now).is_some() =>
            {
                self.leave_to_another(&mut s);
            }
            (Found::Ours(ended), Why::InvalidGrant { proof }) => {
                self.believe(&mut s, ended, proof);
            }
            (Found::Lost, Why::InvalidGrant { proof }) => self.believe(&mut s, None, proof),
            (Found::Unreadable(_), Why::InvalidGrant { proof }) if self.known.alone => {
                self.believe(&mut s, None, proof);
            }
            (Found::Unreadable(error), _) => self.wait(&mut s, error.into(), false),
            (Found::Ours(Some(cause)), Why::Journal | Why::Stopped) => {
                self.end_elsewhere(&mut s, cause);
            }
            // As long as it is stopped, its lock keeps all others from sending with a lease.
            (Found::Ours(None), Why::Stopped) => {
                let stage = self.send_without_journal(&mut s, attempt, StoreError::Busy);
                s.refresh = Refresh::InFlight {
                    attempt,
                    stage,
                    after_rejection,
                };
            }
            (Found::Lost, Why::Stopped) => self.wait(&mut s, StoreError::Busy.into(), false),
            // What the store holds is known now, so the journal fits.
            (Found::Ours(None) | Found::Lost, Why::Journal) if s.conflicts < MOST_CONFLICTS => {
                s.conflicts += 1;
                (s.refresh, s.journal) = (Refresh::Ready, None);
            }
            (Found::Ours(None) | Found::Lost, Why::Journal) => {
                s.conflicts = 0;
                self.wait(&mut s, StoreError::Conflict.into(), false);
            }
            (Found::Other(_) | Found::Gone(_), _) => {}
        }
        self.pump(s)
    }

    /// Nothing of this try is open any more; only that an earlier one has no answer stays on
    /// record. Where others may wait for the lease, that is written too.
    fn close_journal(&mut self, s: &mut Session) {
        let to_write = s.unknown_tries == 0 || !self.known.alone;
        if to_write && s.renewal == Renewal::RefreshToken {
            self.write_now(s, 0);
        }
    }

    /// Whether others may count the lease as over before a request that is sent now has ended.
    fn is_too_late(&self, s: &Session) -> bool {
        let within = lease::send_within(self.known);
        !self.known.alone
            && s.journal
                .is_some_and(|journal| clock::rest(journal.at, within, self.at.now) == 0)
    }

    fn send(&mut self, s: &Session, attempt: Attempt) -> Stage {
        let within = lease::send_within(self.known);
        let journal = s.journal.filter(|_| !self.known.alone);
        self.effects.push(Effect::SendRefresh {
            epoch: s.epoch,
            generation: s.generation,
            attempt,
            renewal: s.renewal,
            not_after: journal.map(|journal| journal.at.boot.saturating_add(within)),
        });
        Stage::Sent {
            proof: self.proving(s),
            network_changed: None,
        }
    }

    pub(super) fn read_again(&mut self, why: Why) -> Stage {
        let read = self.next_attempt();
        self.effects.push(Effect::Load { attempt: read });
        Stage::Rereading { read, why }
    }

    /// The first failure of a row goes into the history, the rest would only fill it.
    fn note_first(&mut self, s: &Session, failure: &Failure) {
        if s.tries == 0 {
            self.note(Happening::RefreshFailed(failure.clone()));
        }
    }
}

impl Refresh {
    /// Whether a rejection of the current pair is the reason of the refresh under way.
    pub(super) fn is_after_rejection(&self) -> bool {
        matches!(
            self,
            Self::InFlight {
                after_rejection: true,
                ..
            }
        )
    }
}

impl Session {
    /// What the journal tells of earlier tries counts from now on.
    fn count_tries_of_journal(&mut self) {
        if let Some(journal) = self.journal {
            self.unknown_tries = journal.unknown_tries;
        }
    }

    /// The record as it is to be stored.
    pub(super) fn draft(&self, journal: Option<Journal>) -> RecordDraft {
        RecordDraft {
            epoch: self.epoch,
            generation: self.generation,
            times: self.times,
            renewal: self.renewal,
            ended: match self.refresh {
                Refresh::Ended { cause } => Some(cause),
                _ => None,
            },
            journal,
            after_rejection: self.after_rejection,
            unproven: self.unproven,
        }
    }

    /// What must be in the store before a write. A pair that the store has not taken yet beats
    /// whatever others have made of the one before.
    pub(super) fn expect(&self, owner: u64) -> Expect {
        if !self.is_saved() {
            return self.expect_for_pair(owner);
        }
        Expect::Untouched {
            epoch: self.epoch,
            generation: self.generation,
            owner,
            others: self.lease.map(|lease| lease.journal),
        }
    }

    /// What must be in the store before a new pair is written.
    pub(super) fn expect_for_pair(&self, owner: u64) -> Expect {
        match self.stored {
            Some(generation) => Expect::Exactly {
                epoch: self.epoch,
                generation,
            },
            None => Expect::Missing {
                displaced_by: self.displaced_by,
                epoch: self.epoch,
                generation: self.generation,
                owner,
                others: None,
            },
        }
    }

    /// The journal that a record must keep: while a try is open, and while one ended without an
    /// answer.
    pub(super) fn open_journal(&self, owner: u64, now: Now) -> Option<Journal> {
        let remembered = || Journal {
            generation: self.generation,
            attempt: 0,
            owner,
            at: now,
            unknown_tries: self.unknown_tries - 1,
        };
        self.journal
            .or_else(|| (self.unknown_tries > 0).then(remembered))
    }
}
