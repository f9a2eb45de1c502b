//! The machine and its record in the store: writes that are tried again until the store takes
//! them, and what it means when another writer was first.

use super::{
    clock,
    effect::{Effect, Happening, Tokens},
    event::{Failure, Loaded, LoadedSession},
    lease::Lease,
    machine::Turn,
    model::{Attempt, Cause},
    state::{Phase, Refresh, Session, Stage, Write},
};
use crate::{
    environment::{Millis, Now},
    error::Code,
    store::StoreError,
};

/// A start notes that the session is alive when that was noted longer ago than this.
const SEEN_AGAIN: Millis = 3_600_000;

/// What a read of the store means for the session in memory.
pub(super) enum Found {
    /// The same session with a newer pair.
    Newer(Box<LoadedSession>),
    /// The same session with this pair or an older one; and why no refresh of this pair is left,
    /// if another process has found that out.
    Ours(Option<Cause>),
    /// Another session.
    Other(Box<LoadedSession>),
    /// Nobody is signed in there any more.
    Gone(Cause),
    /// Nothing is there, although it should be: the pair in memory is the only one left.
    Lost,
    /// The store did not tell.
    Unreadable(StoreError),
}

impl Turn<'_> {
    /// What a read of the store means. What it says of the record is remembered.
    pub(super) fn found(&self, s: &mut Session, loaded: Loaded) -> Found {
        s.look.since = self.at.now;
        match loaded {
            Loaded::Session(there) if there.epoch != s.epoch => Found::Other(there),
            Loaded::Session(there) if there.generation > s.generation => Found::Newer(there),
            Loaded::Session(there) => {
                s.stored = Some(there.generation);
                s.lease = Lease::of(&there, s.lease.as_ref(), self.known, self.at.now);
                let same = there.generation == s.generation;
                // A journal of our own that the store took and told as refused: it has replaced
                // what told of earlier tries.
                if let Some(journal) = there.journal
                    && (journal.owner, journal.generation) == (self.known.owner, s.generation)
                {
                    s.unknown_tries = s.unknown_tries.max(journal.unknown_tries);
                }
                Found::Ours(there.ended.filter(|_| same))
            }
            // Buried because of a failure; the new pair in hand is worth more.
            Loaded::Buried {
                epoch, generation, ..
            } if epoch == s.epoch
                && generation <= s.generation
                && (s.unseen_pair().is_some() || generation < s.generation) =>
            {
                s.stored = Some(generation);
                s.lease = None;
                Found::Ours(None)
            }
            Loaded::Buried { cause, .. }
            | Loaded::SignedOut(
                cause @ (Cause::SignedOut
                | Cause::SessionEnded
                | Cause::RefreshUnfinished
                | Cause::SingleUseSpent),
            ) => Found::Gone(cause),
            // No fence and no tombstone: what was saved is gone, and nobody has ended the session.
            Loaded::SignedOut(_) | Loaded::SetAside(_) => {
                s.stored = None;
                Found::Lost
            }
            Loaded::Failed(error) => Found::Unreadable(error),
        }
    }

    /// Writes the session as it is. Where another process has a journal there, that one stands:
    /// only a newer pair is worth more.
    pub(super) fn write_now(&mut self, s: &mut Session, tries: u32) {
        if s.lease.is_some() && s.is_saved() {
            s.write = Write::Saved;
            return;
        }
        let attempt = self.next_attempt();
        let behind = !s.is_saved();
        let journal = s.open_journal(self.known.owner, self.at.now);
        self.effects.push(Effect::Write {
            attempt,
            draft: s.draft(journal),
            tokens: Tokens::Current,
            expect: s.expect(self.known.owner),
        });
        s.write = Write::Busy {
            attempt,
            behind,
            tries,
        };
    }

    /// A session that was last seen alive on another boot, or long ago, is seen again: the moment
    /// is noted, so that its age can be told after the next reboot.
    pub(super) fn seen_again(&mut self, s: &mut Session, last_seen: Now) {
        let now = self.at.now;
        let long_ago =
            last_seen.boot_id != now.boot_id || clock::elapsed(last_seen, now) >= SEEN_AGAIN;
        if long_ago && s.write == Write::Saved && s.may_write() {
            self.write_now(s, 0);
        }
    }

    /// A write ended.
    pub(super) fn written(
        &mut self,
        mut s: Box<Session>,
        attempt: Attempt,
        result: Result<(), StoreError>,
    ) -> Phase {
        match (&s.refresh, &s.write) {
            (
                Refresh::InFlight {
                    attempt: refresh,
                    stage: Stage::Journaling { write },
                    after_rejection,
                },
                _,
            ) if *write == attempt => {
                let (refresh, after_rejection) = (*refresh, *after_rejection);
                self.journaled(&mut s, refresh, after_rejection, result);
            }
            (
                Refresh::InFlight {
                    stage:
                        Stage::Saving {
                            write,
                            pair,
                            conflicts,
                        },
                    ..
                },
                _,
            ) if *write == attempt => {
                let (pair, conflicts) = (*pair, *conflicts);
                self.pair_written(&mut s, pair, conflicts, result);
            }
            (
                _,
                Write::Busy {
                    attempt: busy,
                    behind,
                    tries,
                },
            ) if *busy == attempt => {
                let (behind, tries) = (*behind, *tries);
                s.write = self.background_written(&mut s, behind, tries, result);
            }
            _ => {
                let event = super::event::Event::Written { attempt, result };
                return self.ignore(Phase::SignedIn(s), event);
            }
        }
        self.pump(s)
    }

    fn background_written(
        &mut self,
        s: &mut Session,
        behind: bool,
        tries: u32,
        result: Result<(), StoreError>,
    ) -> Write {
        match result {
            Ok(()) => {
                (s.stored, s.displaced_by) = (Some(s.generation), None);
                if behind {
                    self.note(Happening::SavedAtLast);
                }
                Write::Saved
            }
            Err(StoreError::Conflict) => {
                let read = self.next_attempt();
                self.effects.push(Effect::Load { attempt: read });
                Write::Checking {
                    read,
                    behind,
                    tries,
                }
            }
            Err(error) => {
                // Told once, and only when it is the pair itself that is not saved.
                if behind && tries == 0 {
                    self.note(Happening::NotSaved(error.into()));
                }
                self.owe(tries)
            }
        }
    }

    pub(super) fn owe(&self, tries: u32) -> Write {
        Write::Owed {
            since: self.at.now,
            wait: self.store_backoff(tries),
            tries: tries.saturating_add(1),
        }
    }

    /// The store was read again because a write met another writer.
    pub(super) fn write_reread(
        &mut self,
        mut s: Box<Session>,
        read: Attempt,
        loaded: Loaded,
    ) -> Phase {
        let Write::Checking { tries, .. } = s.write else {
            return Phase::SignedIn(s);
        };
        let found = self.found(&mut s, loaded);
        if let Some(ended) = self.settle(&mut s, read, &found) {
            return ended;
        }
        match found {
            // The pair is there as it was before its end; that is still to be written.
            Found::Ours(None)
                if s.is_saved()
                    && s.lease.is_none()
                    && matches!(s.refresh, Refresh::Ended { .. }) =>
            {
                (s.write, s.displaced_by) = (self.owe(tries), None);
            }
            // The pair is there, and what another process has noted with it stands.
            Found::Ours(ended) if s.is_saved() => {
                (s.write, s.displaced_by) = (Write::Saved, None);
                if let Some(cause) = ended
                    && !matches!(s.refresh, Refresh::InFlight { .. })
                {
                    self.end_elsewhere(&mut s, cause);
                }
            }
            Found::Ours(_) | Found::Lost | Found::Unreadable(_) => s.write = self.owe(tries),
            Found::Newer(_) | Found::Other(_) | Found::Gone(_) => {}
        }
        self.pump(s)
    }

    /// What a read means whatever it was for: a newer pair is adopted, another session takes
    /// over, and a sign-out elsewhere holds here too. Gives the phase when this session is over.
    pub(super) fn settle(
        &mut self,
        s: &mut Box<Session>,
        read: Attempt,
        found: &Found,
    ) -> Option<Phase> {
        match found {
            Found::Newer(there) => {
                if let Some(attempt) = s.unseen_pair() {
                    self.effects.push(Effect::Discard { attempt });
                }
                // Whatever it brings is older; and one request at a time.
                if let Some(attempt) = s.open_request() {
                    self.effects.push(Effect::AbortRefresh { attempt });
                }
                self.effects.push(Effect::Adopt { attempt: read });
                self.note(Happening::Adopted(there.generation));
                s.replay_who_asks();
                let mut newer = Box::new(self.restored(there));
                newer.waiters = std::mem::take(&mut s.waiters);
                newer.refused_areas = std::mem::take(&mut s.refused_areas);
                *s = newer;
                None
            }
            Found::Other(there) => {
                self.retire(s, None);
                self.effects.push(Effect::Adopt { attempt: read });
                let other = Box::new(self.restored(there));
                let old = std::mem::replace(s, other.clone());
                self.fail_all(*old, &Failure::new(Code::SignedOut));
                Some(self.pump(other))
            }
            Found::Gone(cause) => {
                self.effects.push(Effect::Discard { attempt: read });
                Some(self.gone((**s).clone(), *cause))
            }
            Found::Ours(_) | Found::Lost | Found::Unreadable(_) => {
                self.effects.push(Effect::Discard { attempt: read });
                None
            }
        }
    }
}

impl Session {
    /// Whether the store is known to hold the pair that is served.
    pub(super) fn is_saved(&self) -> bool {
        self.stored == Some(self.generation)
    }
}
