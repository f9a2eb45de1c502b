//! The machine's refresh: journal first, then send, then write the new pair, then show it. Only
//! `invalid_grant` ends a refresh token, and only after the store was read again.

use super::{
    clock::{Anchor, LONGEST_LIFETIME, refresh_point},
    effect::{Answer, Effect, Expect, Happening, RecordDraft, Tokens},
    event::{Failure, Grant, Lifetime, Loaded, Outcome},
    machine::Turn,
    model::{Attempt, Cause, Journal, Renewal, ServerMode, Times},
    state::{Keep, NewPair, Phase, Refresh, Session, Stage, Why, Write},
    storing::Found,
};
use crate::{
    environment::{Millis, Now},
    error::Code,
    store::StoreError,
};

/// A pair that keeps meeting other writers is served from memory after so many tries.
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
            let write = self.next_attempt();
            let journal = Journal {
                generation: s.generation,
                attempt,
                owner: self.known.owner,
                at: self.at.now,
                unknown_tries: s.unknown_tries,
            };
            self.effects.push(Effect::Write {
                attempt: write,
                draft: s.draft(Some(journal)),
                tokens: Tokens::Current,
                expect: s.expect(),
            });
            Stage::Journaling { write }
        };
        s.refresh = Refresh::InFlight {
            attempt,
            stage,
            after_rejection,
        };
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
                s.stored = Some(s.generation);
                if s.write != Write::Saved {
                    s.write = Write::Saved;
                    self.note(Happening::SavedAtLast);
                }
                self.send(s, attempt)
            }
            Err(StoreError::Conflict) => self.read_again(Why::Journal),
            // With a token that is still good nothing is risked; a locked store opens again.
            Err(error) if !s.starving(self.at.now) || error == StoreError::Locked => {
                self.wait(s, error.into(), false);
                return;
            }
            Err(error) => {
                self.note(Happening::SentWithoutJournal(error.into()));
                self.send(s, attempt)
            }
        };
        s.refresh = Refresh::InFlight {
            attempt,
            stage,
            after_rejection,
        };
    }

    /// The token endpoint answered, or did not.
    pub(super) fn refresh_answered(&mut self, s: &mut Session, attempt: Attempt, outcome: Outcome) {
        let after_rejection = matches!(
            s.refresh,
            Refresh::InFlight {
                after_rejection: true,
                ..
            }
        );
        match outcome {
            Outcome::Granted(grant) => self.granted(s, attempt, &grant, after_rejection),
            Outcome::Refused {
                invalid_grant: true,
                ..
            } if s.renewal == Renewal::RefreshToken => {
                let stage = self.read_again(Why::InvalidGrant);
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
                    s.unknown_tries += 1;
                }
                self.wait(s, failure, true);
            }
        }
    }

    /// A new pair: it is written before anybody sees it.
    fn granted(&mut self, s: &mut Session, attempt: Attempt, grant: &Grant, after_rejection: bool) {
        let keep = self.keep(s, grant.refresh_token);
        let lifetime = grant.lifetime.millis();
        let late =
            s.renewal == Renewal::RefreshToken && self.known.mode == Some(ServerMode::OneShot);
        let pair = NewPair {
            attempt,
            times: Times {
                sent: grant.sent,
                lifetime,
                refresh_after: refresh_point(lifetime, late, self.at.luck),
            },
            odd: grant.lifetime == Lifetime::Odd,
            keep,
        };
        s.refresh = self.write_pair(s, pair, 0, after_rejection);
    }

    fn write_pair(
        &mut self,
        s: &Session,
        pair: NewPair,
        conflicts: u32,
        after_rejection: bool,
    ) -> Refresh {
        let write = self.next_attempt();
        self.effects.push(Effect::Write {
            attempt: write,
            draft: RecordDraft {
                epoch: s.epoch,
                generation: s.generation + 1,
                times: pair.times,
                renewal: s.renewal,
                ended: (pair.keep == Keep::Spent).then_some(Cause::SingleUseSpent),
                journal: None,
                after_rejection,
            },
            tokens: Tokens::Answer(pair.attempt, pair.keep),
            expect: s.expect(),
        });
        Refresh::InFlight {
            attempt: pair.attempt,
            stage: Stage::Saving {
                write,
                pair,
                conflicts,
            },
            after_rejection,
        }
    }

    /// What becomes of the refresh token; how a server treats it is learned here, by proof alone.
    fn keep(&mut self, s: &Session, new_token: bool) -> Keep {
        if s.renewal == Renewal::ClientSecret {
            return Keep::None;
        }
        if new_token {
            self.learn(ServerMode::Rotate);
            return Keep::New;
        }
        match self.known.mode {
            Some(ServerMode::OneShot) => Keep::Spent,
            Some(ServerMode::Reusable) => Keep::Old,
            _ if !self.known.doubts_old_token => Keep::Old,
            _ if s.unproven => {
                self.learn(ServerMode::Reusable);
                Keep::Old
            }
            _ => Keep::OldUnproven,
        }
    }

    /// The new pair was written, or could not be.
    pub(super) fn pair_written(
        &mut self,
        s: &mut Session,
        pair: NewPair,
        conflicts: u32,
        result: Result<(), StoreError>,
    ) {
        let after_rejection = matches!(
            s.refresh,
            Refresh::InFlight {
                after_rejection: true,
                ..
            }
        );
        if result == Err(StoreError::Conflict) && conflicts < MOST_CONFLICTS {
            let stage = self.read_again(Why::Pair(pair, conflicts + 1));
            s.refresh = Refresh::InFlight {
                attempt: pair.attempt,
                stage,
                after_rejection,
            };
        } else {
            self.show_pair(s, pair, after_rejection, result);
        }
    }

    /// The new pair becomes the current one.
    fn show_pair(
        &mut self,
        s: &mut Session,
        pair: NewPair,
        after_rejection: bool,
        result: Result<(), StoreError>,
    ) {
        s.generation += 1;
        s.times = pair.times;
        s.anchor = Anchor::fresh(pair.times.sent);
        s.after_rejection = after_rejection;
        (s.unknown_tries, s.owed, s.stretched) = (0, false, false);
        (s.accepted, s.rejected, s.no_api_access) = (false, false, None);
        s.unproven = pair.keep == Keep::OldUnproven;
        for (waiter, _) in s.asking.take().into_iter().flat_map(|(_, waiters)| waiters) {
            self.answer(waiter, Answer::Replay);
        }
        s.refresh = match pair.keep {
            Keep::Spent => Refresh::Ended {
                cause: Cause::SingleUseSpent,
            },
            Keep::None if s.renewal != Renewal::ClientSecret => Refresh::None,
            _ => Refresh::Ready,
        };
        self.effects.push(Effect::Take {
            attempt: pair.attempt,
            epoch: s.epoch,
            generation: s.generation,
            keep: pair.keep,
        });
        self.note(Happening::Refreshed(s.generation));
        if pair.keep == Keep::Spent {
            self.note(Happening::RefreshEnded(Cause::SingleUseSpent));
        }
        match result {
            Ok(()) => {
                s.stored = Some(s.generation);
                s.write = Write::Saved;
            }
            Err(error) => {
                self.note(Happening::NotSaved(error.into()));
                let wait = self.store_backoff(0);
                s.write = Write::Owed {
                    since: self.at.now,
                    wait,
                    tries: 1,
                };
            }
        }
        if pair.odd && s.refresh == Refresh::Ready {
            self.wait(s, Failure::new(Code::BadReply), true);
        } else {
            s.tries = 0;
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
            stage: Stage::Rereading { why, .. },
            after_rejection,
            ..
        } = s.refresh.clone()
        else {
            return Phase::SignedIn(s);
        };
        let found = Found::of(&mut s, loaded);
        if let Some(ended) = self.settle(&mut s, read, &found) {
            return ended;
        }
        match (found, why) {
            (Found::Newer(_), Why::Pair(pair, _)) => {
                self.effects.push(Effect::Discard {
                    attempt: pair.attempt,
                });
            }
            (Found::Newer(_), _) => {}
            (Found::Ours | Found::Lost, Why::Pair(pair, conflicts)) => {
                s.refresh = self.write_pair(&s, pair, conflicts, after_rejection);
            }
            (Found::Unreadable(error), Why::Pair(pair, _)) => {
                self.show_pair(&mut s, pair, after_rejection, Err(error));
            }
            (Found::Ours | Found::Lost, Why::InvalidGrant) => self.believe(&mut s),
            (Found::Unreadable(_), Why::InvalidGrant) if self.known.alone => self.believe(&mut s),
            (Found::Unreadable(error), _) => self.wait(&mut s, error.into(), false),
            (Found::Ours | Found::Lost, Why::Journal) => {
                self.wait(&mut s, StoreError::Conflict.into(), false);
            }
            (Found::Other(_) | Found::Gone(_), _) => {}
        }
        self.pump(s)
    }

    /// `invalid_grant` is true: no refresh is left. The access token is served to its end.
    fn believe(&mut self, s: &mut Session) {
        let cause = if s.unknown_tries > 0 {
            Cause::RefreshUnfinished
        } else if s.unproven {
            self.learn(ServerMode::OneShot);
            Cause::SingleUseSpent
        } else if self.known.mode == Some(ServerMode::OneShot) {
            Cause::SingleUseSpent
        } else {
            Cause::SessionEnded
        };
        (s.unproven, s.owed, s.unknown_tries) = (false, false, 0);
        s.refresh = Refresh::Ended { cause };
        self.effects.push(Effect::DropRefreshToken);
        self.note(Happening::RefreshEnded(cause));
        self.write_now(s, 0);
    }

    /// Nothing of this try is open any more; only a try without an answer stays on record.
    fn close_journal(&mut self, s: &mut Session) {
        if s.unknown_tries == 0 && s.renewal == Renewal::RefreshToken {
            self.write_now(s, 0);
        }
    }

    fn send(&mut self, s: &Session, attempt: Attempt) -> Stage {
        self.effects.push(Effect::SendRefresh {
            epoch: s.epoch,
            generation: s.generation,
            attempt,
            renewal: s.renewal,
        });
        Stage::Sent {
            network_changed: None,
        }
    }

    fn read_again(&mut self, why: Why) -> Stage {
        let read = self.next_attempt();
        self.effects.push(Effect::Load { attempt: read });
        Stage::Rereading { read, why }
    }

    fn learn(&mut self, mode: ServerMode) {
        if self.known.mode != Some(mode) {
            self.known.mode = Some(mode);
            self.effects.push(Effect::Learn(mode));
            self.note(Happening::Learned(mode));
        }
    }

    /// The first failure of a row goes into the history, the rest would only fill it.
    fn note_first(&mut self, s: &Session, failure: &Failure) {
        if s.tries == 0 {
            self.note(Happening::RefreshFailed(failure.clone()));
        }
    }
}

impl Session {
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
        }
    }

    /// What must be in the store before a write.
    pub(super) fn expect(&self) -> Expect {
        match self.stored {
            Some(generation) => Expect::Exactly {
                epoch: self.epoch,
                generation,
            },
            None => Expect::Anything,
        }
    }

    /// The journal that a record must keep while a try is without an answer.
    pub(super) fn open_journal(&self, owner: u64, now: Now) -> Option<Journal> {
        (self.unknown_tries > 0).then(|| Journal {
            generation: self.generation,
            attempt: 0,
            owner,
            at: now,
            unknown_tries: self.unknown_tries - 1,
        })
    }
}

impl Lifetime {
    /// In milliseconds, ten years at most; an odd one is over at once.
    pub(super) fn millis(self) -> Option<Millis> {
        match self {
            Self::Known(millis) => Some(millis.min(LONGEST_LIFETIME)),
            Self::Unsaid => None,
            Self::Odd => Some(0),
        }
    }
}
