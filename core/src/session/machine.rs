//! The session as a pure function: `step(state, event, at)` gives the next state and what is to be
//! done. No clock, no I/O, no randomness and no token: the same function runs in the app, in tests
//! and under a model checker. `README.md` beside this file has the diagram.
//!
//! An event whose time is over changes nothing and is counted as late; one that cannot be in a
//! state changes nothing and is a fault ([`Ignored`]).

use super::{
    effect::{Answer, Effect, Happening, Ignored},
    event::{Event, Failure, Loaded, PlatformEvent, WaiterId},
    model::Attempt,
    state::{Erase, Known, Phase, Previous, Session, SignedOut, State, Write},
};
use crate::{
    environment::{Millis, Now},
    error::Code,
    store::StoreError,
};

/// When an event happens, with the randomness that it may need.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Both clocks.
    pub now: Now,
    /// A random number, for the spread of refresh points and back-off.
    pub luck: u64,
}

/// Takes one event in.
pub fn step(mut state: State, event: Event, at: At) -> (State, Vec<Effect>) {
    let phase = std::mem::replace(&mut state.phase, Phase::Closed);
    let mut turn = Turn {
        known: &mut state.known,
        attempts: &mut state.attempts,
        background: &mut state.background,
        at,
        used: false,
        effects: Vec::new(),
    };
    if let Event::Platform(event) = &event {
        turn.platform_seen(*event);
    }
    let phase = turn.phase(phase, event);
    let effects = turn.effects;
    state.phase = phase;
    (state, effects)
}

/// How long until the machine wants a [`Event::Tick`]. A hint: timers stop in sleep, so every
/// event judges anew.
pub fn next_wake(state: &State, now: Now) -> Option<Millis> {
    let session = |session: &Session| session.next_wake(now, state.background);
    let signed_out = |signed_out: &SignedOut| match signed_out.erase {
        Erase::Owed { since, wait, .. } => Some(super::clock::rest(since, wait, now)),
        Erase::Done | Erase::Busy { .. } => None,
    };
    match &state.phase {
        Phase::SignedIn(s) => session(s),
        Phase::SignedOut(s) => signed_out(s),
        Phase::SigningIn(sign_in) => match &sign_in.previous {
            Previous::SignedIn(s) => session(s),
            Previous::SignedOut(_) if sign_in.replaces() => None,
            Previous::SignedOut(s) => signed_out(s),
        },
        Phase::Closed | Phase::Loading { .. } | Phase::Locked | Phase::StoreFailed(_) => None,
    }
}

/// Whether nothing is under way whose end the machine waits for.
pub fn is_idle(state: &State) -> bool {
    let erased = |signed_out: &SignedOut| !matches!(signed_out.erase, Erase::Busy { .. });
    match &state.phase {
        Phase::SignedIn(session) => session.is_idle(),
        Phase::SignedOut(signed_out) => erased(signed_out),
        Phase::Loading { .. } | Phase::SigningIn(_) => false,
        Phase::Closed | Phase::Locked | Phase::StoreFailed(_) => true,
    }
}

/// Whether the store has refused a write or a removal that is to be tried again.
pub fn owes(state: &State) -> bool {
    let removal = |signed_out: &SignedOut| matches!(signed_out.erase, Erase::Owed { .. });
    match &state.phase {
        Phase::SignedOut(signed_out) => removal(signed_out),
        Phase::SigningIn(sign_in) => match &sign_in.previous {
            Previous::SignedIn(session) => matches!(session.write, Write::Owed { .. }),
            Previous::SignedOut(signed_out) => removal(signed_out),
        },
        Phase::SignedIn(session) => matches!(session.write, Write::Owed { .. }),
        _ => false,
    }
}

/// One step under way.
pub(super) struct Turn<'a> {
    pub(super) known: &'a mut Known,
    pub(super) attempts: &'a mut Attempt,
    pub(super) background: &'a mut bool,
    pub(super) at: At,
    /// Somebody uses a token that is due: that is no timer.
    pub(super) used: bool,
    pub(super) effects: Vec<Effect>,
}

impl Turn<'_> {
    /// The one match over state and event.
    fn phase(&mut self, phase: Phase, event: Event) -> Phase {
        match (phase, event) {
            (Phase::Closed, Event::Open) => self.load(Vec::new(), None),

            (
                Phase::Loading {
                    attempt, parked, ..
                },
                Event::Loaded { attempt: a, loaded },
            ) if a == attempt => self.loaded(attempt, loaded, parked),
            (
                Phase::Loading {
                    attempt,
                    mut parked,
                    before,
                },
                event,
            ) => match event {
                Event::Want { .. } | Event::SignIn { .. } | Event::Rejected { .. } => {
                    parked.push(event);
                    Phase::Loading {
                        attempt,
                        parked,
                        before,
                    }
                }
                Event::CancelSignIn { waiter } | Event::Forget { waiter } => {
                    parked.retain(|event| asker(event) != Some(waiter));
                    self.answer(waiter, Answer::Failed(Failure::new(Code::Cancelled)));
                    Phase::Loading {
                        attempt,
                        parked,
                        before,
                    }
                }
                Event::SignOut { waiter } => self.sign_out_unread(parked, waiter),
                Event::Open
                | Event::Tick
                | Event::Used
                | Event::TrustChanged
                | Event::Platform(_) => Phase::Loading {
                    attempt,
                    parked,
                    before,
                },
                other => self.ignore(
                    Phase::Loading {
                        attempt,
                        parked,
                        before,
                    },
                    other,
                ),
            },

            (phase @ (Phase::Locked | Phase::StoreFailed(_)), event) => {
                let before = match &phase {
                    Phase::StoreFailed(error) => *error,
                    _ => StoreError::Locked,
                };
                match event {
                    Event::Want { .. } | Event::SignIn { .. } => {
                        self.load(vec![event], Some(before))
                    }
                    Event::Open
                    | Event::Platform(PlatformEvent::Foreground | PlatformEvent::Unlocked) => {
                        self.load(Vec::new(), Some(before))
                    }
                    Event::SignOut { waiter } => self.sign_out_unread(Vec::new(), waiter),
                    Event::Rejected { waiter, .. } => {
                        self.answer(waiter, Answer::Failed(before.into()));
                        phase
                    }
                    Event::Tick
                    | Event::Used
                    | Event::TrustChanged
                    | Event::Platform(_)
                    | Event::Forget { .. }
                    | Event::CancelSignIn { .. } => phase,
                    other => self.ignore(phase, other),
                }
            }

            (Phase::SignedOut(signed_out), Event::SignIn { waiter, renewal }) => {
                self.start_sign_in(Previous::SignedOut(signed_out), waiter, renewal)
            }
            (Phase::SignedOut(signed_out), event) => self.signed_out(signed_out, event),

            (Phase::SigningIn(sign_in), event) => self.signing_in(*sign_in, event),

            (Phase::SignedIn(session), Event::SignIn { waiter, renewal }) => {
                self.start_sign_in(Previous::SignedIn(session), waiter, renewal)
            }
            (Phase::SignedIn(session), Event::SignOut { waiter }) => {
                self.sign_out(*session, waiter)
            }
            (Phase::SignedIn(session), event) => self.signed_in(session, event),

            (phase, event) => self.ignore(phase, event),
        }
    }

    /// The match again, for the session behind a sign-in.
    pub(super) fn phase_again(&mut self, phase: Phase, event: Event) -> Phase {
        self.phase(phase, event)
    }

    /// Reads the store.
    pub(super) fn load(&mut self, parked: Vec<Event>, before: Option<StoreError>) -> Phase {
        let attempt = self.next_attempt();
        self.effects.push(Effect::Load { attempt });
        Phase::Loading {
            attempt,
            parked,
            before,
        }
    }

    /// The store was read: what was asked for meanwhile goes on.
    fn loaded(&mut self, attempt: Attempt, loaded: Loaded, parked: Vec<Event>) -> Phase {
        let looked = Some(self.at.now);
        let signed_out = |cause| {
            let settled = SignedOut::settled(cause);
            Phase::SignedOut(SignedOut { looked, ..settled })
        };
        let mut phase = match loaded {
            Loaded::Session(loaded) => {
                self.effects.push(Effect::Adopt { attempt });
                let session = Box::new(self.restored(&loaded));
                let mut phase = self.pump(session);
                if let Phase::SignedIn(session) = &mut phase {
                    self.seen_again(session, loaded.last_seen);
                }
                phase
            }
            Loaded::SignedOut(cause) | Loaded::Buried { cause, .. } => signed_out(cause),
            Loaded::SetAside(cause) => {
                self.note(Happening::SetAside(cause));
                signed_out(cause)
            }
            Loaded::Failed(error) => {
                for event in &parked {
                    if let Some(waiter) = asker(event) {
                        self.answer(waiter, Answer::Failed(error.into()));
                    }
                }
                return match error {
                    StoreError::Locked => Phase::Locked,
                    error => Phase::StoreFailed(error),
                };
            }
        };
        for event in parked {
            phase = self.phase(phase, event);
        }
        phase
    }

    /// Tells everybody who waits for something of this session that it failed.
    pub(super) fn fail_all(&mut self, session: Session, failure: &Failure) {
        let asking = session.asking.into_iter().flat_map(|(_, waiters)| waiters);
        let waiting = session.waiters.into_iter().map(|(waiter, _)| waiter);
        for waiter in waiting.chain(asking.map(|(waiter, _)| waiter)) {
            self.answer(waiter, Answer::Failed(failure.clone()));
        }
    }

    /// An event changes nothing: its time is over, or it cannot be.
    pub(super) fn ignore(&mut self, phase: Phase, event: Event) -> Phase {
        let attempt = match &event {
            Event::Loaded { attempt, .. }
            | Event::SignInAnswered { attempt, .. }
            | Event::RefreshAnswered { attempt, .. } => {
                self.effects.push(Effect::Discard { attempt: *attempt });
                Some(*attempt)
            }
            Event::Written { attempt, .. } | Event::Judged { attempt, .. } => Some(*attempt),
            // The server's word on a token that is no longer there.
            Event::Accepted { .. } | Event::Forget { .. } => Some(0),
            _ => None,
        };
        let kind = match attempt {
            Some(attempt) if attempt <= *self.attempts => Ignored::Late,
            _ => Ignored::Impossible,
        };
        self.effects.push(Effect::Ignored(kind));
        phase
    }

    fn platform_seen(&mut self, event: PlatformEvent) {
        match event {
            PlatformEvent::Foreground => *self.background = false,
            PlatformEvent::Background => *self.background = true,
            _ => {}
        }
    }

    pub(super) fn next_attempt(&mut self) -> Attempt {
        *self.attempts += 1;
        *self.attempts
    }

    pub(super) fn answer(&mut self, waiter: WaiterId, answer: Answer) {
        self.effects.push(Effect::Answer(waiter, answer));
    }

    pub(super) fn note(&mut self, happening: Happening) {
        self.effects.push(Effect::Note(happening));
    }

    /// How long to wait before the store is tried again: 1 s, doubled each time, 60 s at most.
    pub(super) fn store_backoff(&self, tries: u32) -> Millis {
        super::backoff::exponential(1_000, 60_000, tries, self.at.luck)
    }
}

/// Who waits for the answer to an event.
pub(super) fn asker(event: &Event) -> Option<WaiterId> {
    match event {
        Event::Want { waiter, .. }
        | Event::SignIn { waiter, .. }
        | Event::Rejected { waiter, .. } => Some(*waiter),
        _ => None,
    }
}

#[cfg(test)]
#[path = "machine_tests/mod.rs"]
mod tests;
