//! The machine by itself: events in, effects out. What needs a server or a store is tested in
//! `core/tests` with the driver.

mod elsewhere;
mod ending;
mod events;
mod leases;
mod proof;
mod refreshing;
mod rejection;
mod signing_in;
mod storing;
mod time;
mod walk;

use super::*;
use crate::{
    environment::BootId,
    session::{
        effect::{Expect, Tokens},
        event::{Area, Grant, Lifetime, LoadedSession, Outcome, Verdict, Want},
        model::{Cause, Epoch, Holder, Journal, Renewal, ServerMode},
        state::{Refresh, Stage},
    },
};

const EPOCH: Epoch = Epoch(7);
const LIFE: Millis = 28_800_000;
/// This process in the journal.
const OWNER: u64 = 9;

fn at(time: Millis) -> At {
    At {
        now: Now {
            boot_id: BootId(1),
            boot: 1_000 + time,
            wall: 1_000_000 + time,
        },
        luck: 0,
    }
}

fn known() -> Known {
    Known {
        mode: None,
        doubts_old_token: true,
        has_secret: false,
        alone: false,
        owner: OWNER,
        store_limit: 10_000,
    }
}

fn waiter(id: u64) -> WaiterId {
    WaiterId(id)
}

fn grant(time: Millis, refresh_token: bool) -> Outcome {
    Outcome::Granted(Grant {
        sent: at(time).now,
        lifetime: Lifetime::Known(LIFE),
        refresh_token,
    })
}

fn invalid_grant() -> Outcome {
    Outcome::Refused {
        invalid_grant: true,
        failure: Failure::new(Code::CredentialsRejected),
    }
}

/// A machine, the time, and the effects of the last event.
struct Bench {
    state: State,
    time: Millis,
    effects: Vec<Effect>,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            state: State::new(known()),
            time: 0,
            effects: Vec::new(),
        };
        bench.event(Event::Open);
        bench
    }

    fn signed_out() -> Self {
        let mut bench = Self::new();
        bench.event(Event::Loaded {
            attempt: 1,
            loaded: Loaded::SignedOut(Cause::NeverSignedIn),
        });
        bench
    }

    fn signed_in() -> Self {
        Self::signed_in_with(None)
    }

    fn signed_in_with(mode: Option<ServerMode>) -> Self {
        let mut bench = Self::signed_out();
        bench.state.known.mode = mode;
        bench.event(Event::SignIn {
            waiter: waiter(100),
            renewal: Renewal::RefreshToken,
        });
        let attempt = bench.state.attempts;
        bench.event(Event::SignInAnswered {
            attempt,
            outcome: grant(0, true),
            epoch: EPOCH,
        });
        bench.written(Ok(()));
        assert!(bench.answers().contains(&(waiter(100), Answer::SignedIn)));
        bench
    }

    /// No other process uses the store.
    fn alone(mut self) -> Self {
        self.state.known.alone = true;
        self
    }

    /// A second sign-in is answered at this time, and its record is on the way to the store.
    fn sign_in_until_saved(&mut self, time: Millis, epoch: Epoch) -> Attempt {
        self.event(Event::SignIn {
            waiter: waiter(2),
            renewal: Renewal::RefreshToken,
        });
        let attempt = self.state.attempts;
        self.event(Event::SignInAnswered {
            attempt,
            outcome: grant(time, true),
            epoch,
        });
        attempt
    }

    fn event(&mut self, event: Event) {
        let state = std::mem::replace(&mut self.state, State::new(known()));
        (self.state, self.effects) = step(state, event, at(self.time));
    }

    /// The last write ends.
    fn written(&mut self, result: Result<(), StoreError>) {
        let attempt = self.last_write();
        self.event(Event::Written { attempt, result });
    }

    fn last_write(&self) -> Attempt {
        self.effects
            .iter()
            .rev()
            .find_map(|effect| match effect {
                Effect::Write { attempt, .. }
                | Effect::Erase { attempt, .. }
                | Effect::Bury { attempt, .. } => Some(*attempt),
                _ => None,
            })
            .expect("something was written")
    }

    fn last_load(&self) -> Attempt {
        self.effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Load { attempt } => Some(*attempt),
                _ => None,
            })
            .expect("the store was read")
    }

    fn sent_refresh(&self) -> Option<Attempt> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::SendRefresh { attempt, .. } => Some(*attempt),
            _ => None,
        })
    }

    fn refresh(&mut self, id: u64) -> Attempt {
        let than = self.session().generation;
        self.event(Event::Want {
            waiter: waiter(id),
            want: Want::Refresh { than },
        });
        self.written(Ok(()));
        self.sent_refresh()
            .expect("the journal was written, so it is sent")
    }

    fn answer_refresh(&mut self, attempt: Attempt, outcome: Outcome) {
        let generation = self.session().generation;
        self.event(Event::RefreshAnswered {
            epoch: EPOCH,
            generation,
            attempt,
            outcome,
        });
    }

    fn session(&self) -> &Session {
        self.state.session().expect("somebody is signed in")
    }

    fn answers(&self) -> Vec<(WaiterId, Answer)> {
        let answers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Answer(waiter, answer) => Some((*waiter, answer.clone())),
            _ => None,
        });
        answers.collect()
    }

    /// Somebody asks for a token that is good.
    fn want_token(&mut self, id: u64) {
        self.event(Event::Want {
            waiter: waiter(id),
            want: Want::Token {
                prefer: 0,
                at_least: 0,
                strict: false,
            },
        });
    }

    /// The read that was asked for last gives this.
    fn loaded(&mut self, loaded: Loaded) {
        let attempt = self.last_load();
        self.event(Event::Loaded { attempt, loaded });
    }

    /// Time passes, and the timer rings when the machine wanted it to.
    fn ring(&mut self) {
        let wait = next_wake(&self.state, at(self.time).now);
        self.time += wait.expect("the machine wants to be woken");
        self.event(Event::Tick);
    }

    fn writes(&self) -> bool {
        let writes = |effect: &Effect| matches!(effect, Effect::Write { .. });
        self.effects.iter().any(writes)
    }

    fn discards(&self, attempt: Attempt) -> bool {
        self.effects.contains(&Effect::Discard { attempt })
    }

    /// The journal of the record that is written.
    fn written_journal(&self) -> Option<Journal> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Write { draft, .. } => draft.journal,
            _ => None,
        })
    }

    /// The same record as in memory, as a read of the store gives it.
    fn stored(&self) -> Loaded {
        Loaded::Session(Box::new(self.record()))
    }

    fn record(&self) -> LoadedSession {
        let s = self.session();
        LoadedSession {
            epoch: s.epoch,
            generation: s.generation,
            times: s.times,
            last_seen: s.times.sent,
            renewal: s.renewal,
            refresh_token: true,
            ended: None,
            journal: None,
            holder: Holder::Unknown,
            after_rejection: false,
            unproven: s.unproven,
        }
    }
}
