//! The machine and a new token pair: written and read back before anybody sees it, and served from
//! memory when the store refuses.

use super::{
    clock::{Anchor, LONGEST_LIFETIME, refresh_point},
    effect::{Effect, Happening, RecordDraft, Tokens},
    event::{Failure, Grant, Lifetime, WaiterId, Want},
    machine::Turn,
    model::{Attempt, Cause, Renewal, Times},
    state::{Keep, NewPair, Refresh, Session, Stage, Why, Write},
};
use crate::{environment::Millis, error::Code, store::StoreError};

/// A pair that keeps meeting other writers is served from memory after so many tries.
const MOST_CONFLICTS: u32 = 3;

impl Turn<'_> {
    /// Tokens came: they are written before anybody sees them.
    pub(super) fn granted(
        &mut self,
        s: &mut Session,
        attempt: Attempt,
        grant: &Grant,
        after_rejection: bool,
    ) {
        let keep = self.keep(s, grant.refresh_token);
        let lifetime = grant.lifetime.millis();
        let late = self.works_once(s.renewal);
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

    pub(super) fn write_pair(
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
                generation: s.generation.saturating_add(1),
                times: pair.times,
                renewal: s.renewal,
                ended: (pair.keep == Keep::Spent).then_some(Cause::SingleUseSpent),
                journal: None,
                after_rejection,
                unproven: pair.keep == Keep::OldUnproven,
            },
            tokens: Tokens::Answer(pair.attempt, pair.keep),
            expect: s.expect_for_pair(self.known.owner),
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

    /// The new pair was written, or could not be.
    pub(super) fn pair_written(
        &mut self,
        s: &mut Session,
        pair: NewPair,
        conflicts: u32,
        result: Result<(), StoreError>,
    ) {
        let after_rejection = s.refresh.is_after_rejection();
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
    pub(super) fn show_pair(
        &mut self,
        s: &mut Session,
        pair: NewPair,
        after_rejection: bool,
        result: Result<(), StoreError>,
    ) {
        s.replay_who_asks();
        s.generation = s.generation.saturating_add(1);
        (s.journal, s.lease) = (None, None);
        s.times = pair.times;
        s.anchor = Anchor::fresh(pair.times.sent);
        s.after_rejection = after_rejection;
        (s.unknown_tries, s.owed) = (0, false);
        s.stretched = self.works_once(s.renewal);
        (s.accepted, s.rejected, s.no_api_access) = (false, false, None);
        s.unproven = pair.keep == Keep::OldUnproven;
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
                (s.stored, s.displaced_by) = (Some(s.generation), None);
                s.write = Write::Saved;
            }
            Err(error) => {
                self.note(Happening::NotSaved(error.into()));
                s.write = self.owe(0);
            }
        }
        if pair.odd && s.refresh == Refresh::Ready {
            self.wait(s, Failure::new(Code::BadReply), true);
        } else {
            s.tries = 0;
        }
    }
}

impl Session {
    /// Who asked whether the pair before is dead need not know any more: the next one is there.
    pub(super) fn replay_who_asks(&mut self) {
        let than = self.generation;
        let asking = self
            .asking
            .take()
            .into_iter()
            .flat_map(|(_, asking)| asking);
        let replays = asking.map(|(waiter, _): (WaiterId, _)| (waiter, Want::Replay { than }));
        self.waiters.extend(replays);
    }

    /// The answer that holds a pair which nobody has seen yet.
    pub(super) fn unseen_pair(&self) -> Option<Attempt> {
        match &self.refresh {
            Refresh::InFlight {
                stage:
                    Stage::Saving { pair, .. }
                    | Stage::Rereading {
                        why: Why::Pair(pair, _),
                        ..
                    },
                ..
            } => Some(pair.attempt),
            _ => None,
        }
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
