//! The machine while somebody is signed in: who waits for what, when a refresh starts, and when
//! the session is over. After every event `pump` looks at the whole, so that nobody is forgotten.

use super::{
    backoff,
    clock::{self, Standing},
    effect::{Answer, Effect},
    event::{Event, Failure, Loaded, Outcome, PlatformEvent, WaiterId, Want},
    machine::Turn,
    model::{Cause, Renewal},
    state::{Phase, Refresh, Session, Stage, Write},
};
use crate::{
    environment::{Millis, Now},
    error::Code,
};

/// A refused refresh is tried again by itself this often at most.
const BLOCKED: Millis = 3_600_000;
/// After a change of network an open request is given this long.
const DEAD_PATH: Millis = 10_000;
/// Without a way to the server, a caller may start a try this long after the last.
const OFFLINE_CALLER: Millis = 5_000;
/// A person may ask for a refresh again this long after the last try.
const ASKED_AGAIN: Millis = 1_000;

impl Turn<'_> {
    /// Everything but sign-in and sign-out while somebody is signed in.
    pub(super) fn signed_in(&mut self, mut s: Box<Session>, event: Event) -> Phase {
        let now = self.at.now;
        match event {
            Event::Want { waiter, want } => self.want(&mut s, waiter, want),
            Event::Used => s.owed |= s.standing(now).due,
            Event::Forget { waiter } => s.waiters.retain(|(id, _)| *id != waiter),
            Event::Written { attempt, result } => return self.written(s, attempt, result),
            Event::Loaded { attempt, loaded } => return self.reread(s, attempt, loaded),
            Event::RefreshAnswered {
                epoch,
                generation,
                attempt,
                outcome,
            } => {
                // An open try of this generation, or a success that comes late and still counts.
                let granted = matches!(outcome, Outcome::Granted(_));
                let counts = epoch == s.epoch
                    && generation == s.generation
                    && attempt <= *self.attempts
                    && if granted {
                        !s.holds_new_pair()
                    } else {
                        s.sent(attempt)
                    };
                if !counts {
                    let event = Event::RefreshAnswered {
                        epoch,
                        generation,
                        attempt,
                        outcome,
                    };
                    return self.ignore(Phase::SignedIn(s), event);
                }
                self.refresh_answered(&mut s, attempt, outcome);
            }
            Event::Accepted { epoch, generation } => {
                if (epoch, generation) != (s.epoch, s.generation) {
                    return self.ignore(Phase::SignedIn(s), event);
                }
                s.accepted = true;
                s.no_api_access = None;
            }
            Event::Rejected {
                waiter,
                epoch,
                generation,
                area,
                me,
            } => {
                if epoch == s.epoch {
                    self.rejected(&mut s, waiter, generation, area, me);
                } else {
                    self.answer(waiter, Answer::Failed(Failure::new(Code::SignedOut)));
                }
            }
            Event::Judged { attempt, verdict } => match s.asking.take() {
                Some((asked, waiters)) if asked == attempt => {
                    self.judged(&mut s, waiters, verdict);
                }
                asking => {
                    s.asking = asking;
                    return self.ignore(Phase::SignedIn(s), Event::Judged { attempt, verdict });
                }
            },
            Event::Platform(event) => self.platform(&mut s, event),
            Event::Tick => self.tick(&mut s),
            Event::Open | Event::CancelSignIn { .. } => {}
            other => return self.ignore(Phase::SignedIn(s), other),
        }
        self.pump(s)
    }

    /// Looks at the whole: starts what is due, answers who can be answered, ends what is over.
    pub(super) fn pump(&mut self, mut s: Box<Session>) -> Phase {
        if s.wants_refresh(self.at.now, *self.background) && s.may_start(self.at.now) {
            self.start_refresh(&mut s);
        }
        self.answer_waiters(&mut s);
        match s.over(self.at.now) {
            Some(cause) => self.finish(*s, cause),
            None => Phase::SignedIn(s),
        }
    }

    fn want(&mut self, s: &mut Session, waiter: WaiterId, want: Want) {
        let now = self.at.now;
        s.waiters.push((waiter, want));
        let standing = s.standing(now);
        if let Want::Token { prefer, .. } = want {
            let short = standing
                .remaining
                .is_some_and(|left| left < s.clamped(prefer));
            s.owed |= standing.due || short;
        }
        let asked = matches!(want, Want::Refresh { .. });
        if !asked && s.satisfied(want, now) {
            return;
        }
        // A caller that needs it gets a try where waiting serves nobody.
        let ready = match &s.refresh {
            Refresh::Waiting {
                since,
                failure,
                sent,
                ..
            } => {
                let waited = clock::elapsed(*since, now);
                is_store(failure.code)
                    || (!sent && waited >= OFFLINE_CALLER)
                    || (asked && failure.code != Code::ServerBusy && waited >= ASKED_AGAIN)
            }
            Refresh::Blocked { since, .. } => {
                let waited = clock::elapsed(*since, now);
                waited >= BLOCKED || (asked && waited >= ASKED_AGAIN)
            }
            _ => false,
        };
        if ready {
            s.refresh = Refresh::Ready;
        }
    }

    fn answer_waiters(&mut self, s: &mut Session) {
        let now = self.at.now;
        let serves = s.serves(now);
        let waiters = std::mem::take(&mut s.waiters);
        for (waiter, want) in waiters {
            let answer = if s.satisfied(want, now) {
                match want {
                    Want::Replay { .. } => Answer::Replay,
                    Want::Token { .. } | Want::Refresh { .. } => Answer::Token { short: false },
                }
            } else if s.coming(want) {
                s.waiters.push((waiter, want));
                continue;
            } else if matches!(want, Want::Token { strict: false, .. }) && serves {
                Answer::Token { short: true }
            } else {
                Answer::Failed(s.reason(want, now))
            };
            self.answer(waiter, answer);
        }
    }

    fn platform(&mut self, s: &mut Session, event: PlatformEvent) {
        let now = self.at.now;
        if event == PlatformEvent::Background {
            return;
        }
        if let Write::Owed { tries, .. } = s.write {
            self.write_now(s, tries);
        }
        if event == PlatformEvent::Foreground {
            s.owed |= s.standing(now).due;
        }
        match &mut s.refresh {
            Refresh::Waiting { failure, sent, .. } => {
                let again = is_store(failure.code)
                    || (event == PlatformEvent::Foreground && !*sent)
                    || (event == PlatformEvent::NetworkChanged && failure.code != Code::ServerBusy);
                if again {
                    s.refresh = Refresh::Ready;
                }
            }
            Refresh::InFlight {
                stage: Stage::Sent { network_changed },
                ..
            } if event == PlatformEvent::NetworkChanged => {
                network_changed.get_or_insert(now);
            }
            _ => {}
        }
    }

    fn tick(&mut self, s: &mut Session) {
        let now = self.at.now;
        if let Write::Owed { since, wait, tries } = s.write
            && clock::rest(since, wait, now) == 0
        {
            self.write_now(s, tries);
        }
        if let Refresh::InFlight {
            attempt,
            stage: Stage::Sent { network_changed },
            ..
        } = &mut s.refresh
            && network_changed.is_some_and(|since| clock::rest(since, DEAD_PATH, now) == 0)
        {
            *network_changed = None;
            self.effects
                .push(Effect::AbortRefresh { attempt: *attempt });
        }
    }

    /// The store was read again in the middle of something.
    fn reread(&mut self, s: Box<Session>, attempt: u64, loaded: Loaded) -> Phase {
        match (&s.refresh, &s.write) {
            (
                Refresh::InFlight {
                    stage: Stage::Rereading { read, .. },
                    ..
                },
                _,
            ) if *read == attempt => self.refresh_reread(s, attempt, loaded),
            (_, Write::Checking { read, .. }) if *read == attempt => {
                self.write_reread(s, attempt, loaded)
            }
            _ => self.ignore(Phase::SignedIn(s), Event::Loaded { attempt, loaded }),
        }
    }
}

impl Session {
    /// How the access token stands by the clocks.
    pub(super) fn standing(&self, now: Now) -> Standing {
        clock::judge(&self.times, &self.anchor, now)
    }

    /// Whether the access token may be handed out.
    pub fn serves(&self, now: Now) -> bool {
        self.standing(now).usable && !self.rejected
    }

    /// A caller's minimum, clamped to half of the lifetime: no server can give more for long.
    fn clamped(&self, at_least: Millis) -> Millis {
        self.times
            .lifetime
            .map_or(0, |lifetime| at_least.min(lifetime / 2))
    }

    fn satisfied(&self, want: Want, now: Now) -> bool {
        let serves = self.serves(now);
        match want {
            Want::Token { at_least, .. } => {
                let left = self.standing(now).remaining;
                serves && left.is_none_or(|left| left >= self.clamped(at_least))
            }
            Want::Refresh { than } | Want::Replay { than } => serves && self.generation > than,
        }
    }

    /// Whether waiting will bring this caller something.
    fn coming(&self, want: Want) -> bool {
        match self.refresh {
            Refresh::InFlight { .. } => true,
            Refresh::Ready => {
                !(self.stretched && matches!(want, Want::Token { .. }) && !self.rejected)
            }
            _ => false,
        }
    }

    fn hungry(&self, now: Now) -> bool {
        let serves = self.serves(now);
        self.waiters.iter().any(|(_, want)| {
            let stretched = self.stretched && serves && matches!(want, Want::Token { .. });
            !stretched && !self.satisfied(*want, now)
        })
    }

    /// Whether somebody waits who cannot go on with the token that is there.
    pub(super) fn starving(&self, now: Now) -> bool {
        !self.serves(now) && !self.waiters.is_empty()
    }

    fn wants_refresh(&self, now: Now, background: bool) -> bool {
        let proof = self.unproven && self.refresh == Refresh::Ready;
        proof || self.hungry(now) || ((self.owed || self.unproven) && !background)
    }

    fn may_start(&self, now: Now) -> bool {
        let store_free = matches!(self.write, Write::Saved | Write::Owed { .. });
        store_free
            && match &self.refresh {
                Refresh::Ready => self.unproven || !self.standing(now).young,
                Refresh::Waiting { since, wait, .. } => clock::rest(*since, *wait, now) == 0,
                Refresh::Blocked { since, .. } => clock::rest(*since, BLOCKED, now) == 0,
                Refresh::InFlight { .. } | Refresh::Ended { .. } | Refresh::None => false,
            }
    }

    /// Why a caller can't have what it wants.
    fn reason(&self, want: Want, now: Now) -> Failure {
        match &self.refresh {
            Refresh::Waiting {
                since,
                wait,
                failure,
                ..
            } => Failure {
                after: Some(clock::rest(*since, *wait, now)),
                ..failure.clone()
            },
            Refresh::Blocked { failure, .. } => failure.clone(),
            Refresh::Ended { cause } => (*cause).into(),
            Refresh::None if self.serves(now) && matches!(want, Want::Refresh { .. }) => {
                Failure::new(Code::GrantNotEnabled)
            }
            Refresh::None => Cause::SessionEnded.into(),
            Refresh::Ready | Refresh::InFlight { .. } => Failure::new(Code::ServerBusy),
        }
    }

    /// The cause, when no refresh is left and the access token can no longer be handed out.
    fn over(&self, now: Now) -> Option<Cause> {
        let cause = match self.refresh {
            Refresh::Ended { cause } => cause,
            Refresh::None => Cause::SessionEnded,
            _ => return None,
        };
        (!self.serves(now) && self.asking.is_none()).then_some(cause)
    }

    fn sent(&self, attempt: u64) -> bool {
        matches!(self.refresh, Refresh::InFlight { attempt: a, stage: Stage::Sent { .. }, .. } if a == attempt)
    }

    fn holds_new_pair(&self) -> bool {
        matches!(
            self.refresh,
            Refresh::InFlight {
                stage: Stage::Saving { .. }
                    | Stage::Rereading {
                        why: super::state::Why::Pair(..),
                        ..
                    },
                ..
            }
        )
    }

    /// How long until a tick is of use.
    pub(super) fn next_wake(&self, now: Now, background: bool) -> Option<Millis> {
        let write = match self.write {
            Write::Owed { since, wait, .. } => Some(clock::rest(since, wait, now)),
            _ => None,
        };
        let wanted = (self.owed || self.unproven) && !background;
        let standing = self.standing(now);
        let refresh = match &self.refresh {
            Refresh::Ready if standing.young && (wanted || !self.waiters.is_empty()) => Some(1_000),
            Refresh::Waiting { since, wait, .. } if wanted => Some(clock::rest(*since, *wait, now)),
            Refresh::Blocked { since, .. } if wanted => Some(clock::rest(*since, BLOCKED, now)),
            Refresh::InFlight {
                stage: Stage::Sent { network_changed },
                ..
            } => network_changed.map(|since| clock::rest(since, DEAD_PATH, now)),
            Refresh::Ended { .. } | Refresh::None => {
                let margin = self.times.lifetime.map_or(0, clock::margin);
                standing.remaining.map(|left| left.saturating_sub(margin))
            }
            _ => None,
        };
        [write, refresh].into_iter().flatten().min()
    }

    /// Whether the session can get another access token without the person.
    pub fn renews(&self) -> bool {
        !matches!(self.refresh, Refresh::Ended { .. } | Refresh::None)
            && self.renewal != Renewal::None
    }
}

/// Whether a code tells of the secret store, which is asked again at the next call.
fn is_store(code: Code) -> bool {
    matches!(
        code,
        Code::StoreLocked
            | Code::StoreDenied
            | Code::StoreUnavailable
            | Code::StoreKeyLost
            | Code::StoreCorrupt
    )
}

impl Turn<'_> {
    /// The refresh failed: the next one waits.
    pub(super) fn wait(&mut self, s: &mut Session, failure: Failure, sent: bool) {
        let wait = if is_store(failure.code) {
            self.store_backoff(s.tries)
        } else if sent || failure.code == Code::ServerBusy {
            backoff::server(s.tries, failure.after, self.at.luck)
        } else {
            backoff::offline(s.tries, self.at.luck)
        };
        s.tries = s.tries.saturating_add(1);
        s.refresh = Refresh::Waiting {
            since: self.at.now,
            wait,
            failure,
            sent,
        };
    }
}
