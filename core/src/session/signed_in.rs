//! The machine while somebody is signed in: who waits for what, when a refresh starts, and when
//! the session is over. After every event `pump` looks at the whole, so that nobody is forgotten.

use super::{
    backoff,
    clock::{self, Anchor},
    effect::{Answer, Effect},
    event::{Event, Failure, Loaded, Outcome, PlatformEvent, WaiterId, Want},
    machine::Turn,
    state::{Phase, Refresh, Session, Stage, Write},
};
use crate::{environment::Millis, error::Code};

/// A refused refresh is tried again by itself this often at most.
pub(super) const BLOCKED: Millis = 3_600_000;
/// After a change of network an open request is given this long.
pub(super) const DEAD_PATH: Millis = 10_000;
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
            Event::Used => {
                let due = s.standing(now).due;
                self.use_due(&mut s, due);
            }
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
                        s.unseen_pair().is_none()
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
            Event::TrustChanged => s.retry_unless(|sent, code| sent || is_store(code)),
            Event::Platform(event) => self.platform(&mut s, event),
            Event::Tick => self.tick(&mut s),
            Event::Open | Event::CancelSignIn { .. } => {}
            other => return self.ignore(Phase::SignedIn(s), other),
        }
        self.pump(s)
    }

    /// Looks at the whole: starts what is due, looks for what other processes have done, answers
    /// who can be answered, ends what is over.
    pub(super) fn pump(&mut self, mut s: Box<Session>) -> Phase {
        s.unproven = self.proving(&s);
        // Nothing is left to wait for but the refresh of another process.
        if s.waits_for(self.at.now).is_some() && s.wait_is_over(self.at.now) {
            s.refresh = Refresh::Ready;
        }
        let by_itself = self.used || !*self.background;
        if s.wants_refresh(self.at.now, by_itself) && s.may_start(self.at.now) {
            self.start_refresh(&mut s);
        }
        self.watch(&mut s);
        self.answer_waiters(&mut s);
        match s.over(self.at.now) {
            Some(cause) if s.look.read.is_none() => self.finish(*s, cause),
            _ => Phase::SignedIn(s),
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
            let short = short && !self.works_once(s.renewal);
            self.use_due(s, standing.due || short);
        }
        let asked = matches!(want, Want::Refresh { .. });
        if !asked && s.satisfied(want, now) {
            return;
        }
        self.look_soon(s);
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

    /// Somebody uses the token. When it is due, that is acted on, in the background too.
    fn use_due(&mut self, s: &mut Session, due: bool) {
        s.owed |= due;
        self.used |= due;
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
            } else if s.coming(want, now) {
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
        let leaving = matches!(
            event,
            PlatformEvent::Background | PlatformEvent::Terminating
        );
        match s.write {
            Write::Owed { tries, .. } if s.may_write() => self.write_now(s, tries),
            // Until when the session was seen alive tells its age after a reboot.
            Write::Saved if leaving && s.may_write() => self.write_now(s, 0),
            _ => {}
        }
        if event == PlatformEvent::Foreground {
            s.owed |= s.standing(now).due;
        }
        if !leaving {
            self.look_now(s);
        }
        if event == PlatformEvent::TimeChanged && s.anchor.age.is_none() {
            s.anchor = Anchor::restored(s.times.sent, s.times.sent, now);
        }
        s.retry_unless(|sent, code| match event {
            PlatformEvent::Foreground => sent,
            // A server in trouble is none of the network's, and keeps its back-off.
            PlatformEvent::NetworkChanged => sent && !matches!(code, Code::Offline | Code::Timeout),
            _ => !is_store(code),
        });
        if let Refresh::InFlight {
            stage: Stage::Sent {
                network_changed, ..
            },
            ..
        } = &mut s.refresh
            && event == PlatformEvent::NetworkChanged
        {
            network_changed.get_or_insert(now);
        }
    }

    fn tick(&mut self, s: &mut Session) {
        let now = self.at.now;
        if let Write::Owed { since, wait, tries } = s.write
            && s.may_write()
            && clock::rest(since, wait, now) == 0
        {
            self.write_now(s, tries);
        }
        if let Refresh::InFlight {
            attempt,
            stage: Stage::Sent {
                network_changed, ..
            },
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
            _ if s.look.read == Some(attempt) => self.looked(s, attempt, loaded),
            _ => self.ignore(Phase::SignedIn(s), Event::Loaded { attempt, loaded }),
        }
    }
}

/// Whether a code tells of the secret store, which is asked again at the next call.
pub(super) fn is_store(code: Code) -> bool {
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
        s.journal = None;
        s.refresh = Refresh::Waiting {
            since: self.at.now,
            wait,
            failure,
            sent,
        };
    }
}
