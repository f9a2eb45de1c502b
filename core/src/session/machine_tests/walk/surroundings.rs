//! The store, the server, the people and the time around the machine.

use super::{
    super::*,
    world::{Call, Luck, World},
};
use crate::session::{event::LoadedSession, model::Holder};

impl World {
    /// The store makes its next call.
    pub(super) fn make_a_call(&mut self) {
        let Some(call) = self.calls.pop_front() else {
            return;
        };
        let errors = [
            StoreError::Locked,
            StoreError::Unavailable,
            StoreError::TooLarge,
        ];
        let error = (self.trouble && self.luck.one_in(5)).then(|| errors[self.luck.below(3)]);
        let end = match call {
            Call::Load(attempt) => Event::Loaded {
                attempt,
                loaded: self.load(attempt, error),
            },
            Call::Write(attempt, draft, expect, token) => {
                let result = match error {
                    Some(error) => Err(error),
                    None if self.fenced.contains(&draft.epoch.0) => Err(StoreError::Conflict),
                    None => self.compare(expect, draft.ended.is_some()),
                };
                if result.is_ok() {
                    self.ended = None;
                    self.stored = Some(LoadedSession {
                        epoch: draft.epoch,
                        generation: draft.generation,
                        times: draft.times,
                        last_seen: self.now,
                        renewal: draft.renewal,
                        refresh_token: token && draft.ended.is_none(),
                        ended: draft.ended,
                        journal: draft.journal,
                        holder: Holder::Unknown,
                        after_rejection: draft.after_rejection,
                        unproven: draft.unproven,
                    });
                }
                Event::Written { attempt, result }
            }
            Call::Remove(attempt, epoch, cause, expect) => {
                let over = |there: &LoadedSession| {
                    epoch.is_none_or(|epoch| epoch == there.epoch)
                        || self.fenced.contains(&there.epoch.0)
                };
                let result = match (error, expect) {
                    (Some(error), _) => Err(error),
                    (None, Some(expect)) => self.compare(expect, true),
                    (None, None) if self.stored.as_ref().is_none_or(over) => Ok(()),
                    (None, None) => Err(StoreError::Conflict),
                };
                if result.is_ok() {
                    (self.stored, self.ended) = (None, Some(cause));
                }
                Event::Written { attempt, result }
            }
        };
        self.coming.push(end);
    }

    /// As the vault compares; `ends` says that the write is the end of the session itself.
    pub(super) fn compare(&self, expect: Expect, ends: bool) -> Result<(), StoreError> {
        let Some(there) = &self.stored else {
            return match expect {
                Expect::Anything | Expect::Missing { .. } => Ok(()),
                Expect::Exactly { .. } | Expect::Untouched { .. } => Err(StoreError::Conflict),
            };
        };
        let of_others = |owner| there.journal.filter(|journal| journal.owner != owner);
        let open = ends || there.ended.is_none();
        let fits = match expect {
            Expect::Anything => true,
            Expect::Exactly { epoch, generation } => {
                (there.epoch, there.generation) == (epoch, generation)
            }
            Expect::Untouched {
                epoch,
                generation,
                owner,
                others,
            } => {
                (there.epoch, there.generation) == (epoch, generation)
                    && open
                    && of_others(owner) == others
            }
            Expect::Missing {
                displaced_by,
                epoch,
                generation,
                owner,
                others,
            } => displaced_by.is_some_and(|other| {
                let own = there.epoch == epoch && there.generation <= generation;
                other == there.epoch || (own && open && of_others(owner) == others)
            }),
        };
        fits.then_some(()).ok_or(StoreError::Conflict)
    }

    pub(super) fn load(&mut self, attempt: Attempt, error: Option<StoreError>) -> Loaded {
        match (error, &self.stored) {
            (Some(error), _) => Loaded::Failed(error),
            (None, Some(there)) if !self.fenced.contains(&there.epoch.0) => {
                self.loaded.insert(attempt, there.refresh_token);
                Loaded::Session(Box::new(there.clone()))
            }
            (None, Some(_)) => Loaded::SignedOut(Cause::SignedOut),
            (None, None) => match self.ended {
                Some(cause) => Loaded::SignedOut(cause),
                None => Loaded::SetAside(Cause::Corrupt),
            },
        }
    }

    /// The process is killed and started again: what is stored is all that is left.
    pub(super) fn start_again(&mut self) {
        let known = self.state.known.clone();
        let ways = std::mem::take(&mut self.ways);
        *self = Self {
            state: State::new(known),
            now: self.now,
            luck: Luck(self.luck.next() | 1),
            stored: self.stored.take(),
            ended: self.ended,
            fenced: std::mem::take(&mut self.fenced),
            ways,
            ..Self::blank()
        };
        if self.luck.one_in(3) {
            self.now.boot_id = BootId(self.now.boot_id.0 + 1);
            self.now.boot = 0;
        }
        self.event(Event::Open);
    }

    /// Another process of the app, or a disaster.
    pub(super) fn something_happens_to_the_store(&mut self) {
        match (self.luck.below(7), &mut self.stored) {
            (0, Some(there)) => {
                there.epoch = Epoch(u128::from(self.luck.next()));
                there.generation = 1;
            }
            (1, stored) => (*stored, self.ended) = (None, Some(Cause::SignedOut)),
            (2, stored) => (*stored, self.ended) = (None, None),
            (_, Some(there)) => there.generation += 1,
            _ => {}
        }
    }

    pub(super) fn outcome(&mut self) -> Outcome {
        let failure = |code| Failure::new(code);
        let new_token = match self.state.known.mode {
            Some(ServerMode::Rotate) => true,
            Some(ServerMode::Reusable | ServerMode::OneShot) => self.luck.one_in(50),
            None => self.luck.one_in(2),
        };
        if !self.trouble {
            return self.granted(new_token);
        }
        match self.luck.below(10) {
            0 => Outcome::NotSent(failure(Code::Offline)),
            1 => Outcome::Unknown(failure(Code::Timeout)),
            2 => Outcome::Unknown(failure(Code::ServerError)),
            3 => Outcome::Busy(failure(Code::ServerBusy)),
            4 => Outcome::Refused {
                invalid_grant: false,
                failure: failure(Code::ClientUnknown),
            },
            5 => invalid_grant(),
            _ => self.granted(new_token),
        }
    }

    pub(super) fn granted(&mut self, refresh_token: bool) -> Outcome {
        let lifetimes = [
            Lifetime::Known(LIFE),
            Lifetime::Known(60_000),
            Lifetime::Known(1_500),
            Lifetime::Unsaid,
            Lifetime::Odd,
            Lifetime::Known(Millis::MAX),
        ];
        let most = if self.trouble { lifetimes.len() } else { 1 };
        Outcome::Granted(Grant {
            sent: self.now,
            lifetime: lifetimes[self.luck.below(most)],
            refresh_token,
        })
    }

    pub(super) fn server_is_asked(&self) -> bool {
        !(self.sign_ins.is_empty() && self.refreshes.is_empty() && self.questions.is_empty())
    }

    pub(super) fn nothing_is_open(&self) -> bool {
        !self.server_is_asked() && self.calls.is_empty() && self.coming.is_empty()
    }

    pub(super) fn server_answers(&mut self) {
        let mut outcome = self.outcome();
        if !self.sign_ins.is_empty() && (self.refreshes.is_empty() || self.luck.one_in(2)) {
            let attempt = self.sign_ins.remove(0);
            if let Outcome::Granted(grant) = &mut outcome {
                // The Refresh Token box of the API client.
                grant.refresh_token = !self.luck.one_in(4);
            }
            self.keep_pair(attempt, &outcome);
            let epoch = Epoch(u128::from(self.luck.next()));
            self.coming.push(Event::SignInAnswered {
                attempt,
                outcome,
                epoch,
            });
        } else if !self.refreshes.is_empty() {
            let at = self.luck.below(self.refreshes.len());
            let (epoch, generation, attempt) = self.refreshes.remove(at);
            self.keep_pair(attempt, &outcome);
            self.coming.push(Event::RefreshAnswered {
                epoch,
                generation,
                attempt,
                outcome,
            });
        } else if !self.questions.is_empty() {
            let attempt = self.questions.remove(0);
            let verdict = match self.luck.below(3) {
                0 => Verdict::Rejected,
                1 if self.trouble => Verdict::None(Failure::new(Code::Offline)),
                _ => Verdict::Accepted,
            };
            self.coming.push(Event::Judged { attempt, verdict });
        }
    }

    pub(super) fn keep_pair(&mut self, attempt: Attempt, outcome: &Outcome) {
        if let Outcome::Granted(grant) = outcome {
            self.pairs.insert(attempt, grant.refresh_token);
        }
    }

    pub(super) fn something_comes(&mut self) {
        if !self.coming.is_empty() {
            let at = self.luck.below(self.coming.len());
            let event = self.coming.swap_remove(at);
            match event {
                // Read before its fence: the driver reads again.
                Event::Loaded {
                    attempt,
                    loaded: Loaded::Session(there),
                } if self.fenced.contains(&there.epoch.0) => {
                    self.loaded.remove(&attempt);
                    self.calls.push_back(Call::Load(attempt));
                }
                event => self.event(event),
            }
        }
    }

    pub(super) fn waiter(&mut self) -> WaiterId {
        self.last_waiter += 1;
        WaiterId(self.last_waiter)
    }

    /// Somebody or the platform does something.
    pub(super) fn somebody_acts(&mut self) {
        let (epoch, generation) = self
            .state
            .session()
            .map_or((Epoch(1), 1), |session| (session.epoch, session.generation));
        let event = match self.luck.below(16) {
            0..=2 => Event::Want {
                waiter: self.waiter(),
                want: Want::Token {
                    prefer: self.luck.next() % LIFE,
                    at_least: self.luck.next() % LIFE,
                    strict: self.luck.one_in(2),
                },
            },
            3 | 4 => Event::Want {
                waiter: self.waiter(),
                want: Want::Refresh { than: generation },
            },
            5 => Event::SignIn {
                waiter: self.waiter(),
                renewal: match self.luck.below(4) {
                    0 => Renewal::ClientSecret,
                    _ => Renewal::RefreshToken,
                },
            },
            6 if self.luck.one_in(3) => Event::SignOut {
                waiter: self.waiter(),
            },
            7 | 8 => Event::Rejected {
                waiter: self.waiter(),
                epoch,
                generation: generation - u64::from(generation > 1 && self.luck.one_in(4)),
                area: Area(format!("GET area{}", self.luck.below(100))),
                me: self.luck.one_in(4),
            },
            9 => Event::Accepted { epoch, generation },
            10 => Event::Used,
            11 => Event::TrustChanged,
            12 => match self.signing_in.first() {
                Some(&waiter) => Event::CancelSignIn {
                    waiter: WaiterId(waiter),
                },
                None => Event::Tick,
            },
            13 => match self.waiting.first() {
                // Who goes away waits no more, whatever comes.
                Some(&waiter) if self.luck.one_in(2) => {
                    self.waiting.remove(&waiter);
                    return self.forget(WaiterId(waiter));
                }
                _ => Event::Tick,
            },
            _ => Event::Platform(
                [
                    PlatformEvent::Foreground,
                    PlatformEvent::Background,
                    PlatformEvent::Unlocked,
                    PlatformEvent::NetworkChanged,
                    PlatformEvent::TimeChanged,
                    PlatformEvent::Terminating,
                ][self.luck.below(6)],
            ),
        };
        match &event {
            Event::SignIn { waiter, .. } => self.signing_in.insert(waiter.0),
            Event::Want { waiter, .. }
            | Event::Rejected { waiter, .. }
            | Event::SignOut { waiter } => self.waiting.insert(waiter.0),
            _ => false,
        };
        self.event(event);
    }

    /// The one who went away may be told all the same; nobody minds.
    pub(super) fn forget(&mut self, waiter: WaiterId) {
        let at = At {
            now: self.now,
            luck: 0,
        };
        let (state, effects) = step(self.state.clone(), Event::Forget { waiter }, at);
        let others = |effect: &Effect| !matches!(effect, Effect::Answer(id, _) if *id == waiter);
        self.state = state;
        for effect in effects.into_iter().filter(others) {
            self.perform(effect, &State::new(known()), false, "forget");
        }
        self.gone(waiter);
    }

    /// Nothing waits for this one any more, unless it asks for a verdict or a sign-out.
    pub(super) fn gone(&mut self, waiter: WaiterId) {
        let still = format!("{:?}", self.state).contains(&format!("{waiter:?}"));
        if still {
            self.waiting.insert(waiter.0);
        }
    }

    pub(super) fn time_passes(&mut self) {
        let leap = match self.luck.below(8) {
            0 => 1,
            1 => 1_000,
            2 => 20_000,
            3 => 3_600_000,
            4 => LIFE,
            _ => next_wake(&self.state, self.now).unwrap_or_default(),
        };
        self.now.boot += leap;
        self.now.wall += leap;
        if self.trouble && self.luck.one_in(20) {
            self.now.wall = self.luck.next() >> self.luck.below(64);
        }
        self.tick();
    }

    pub(super) fn tick(&mut self) {
        let wake = next_wake(&self.state, self.now);
        let before = self.state.clone();
        self.event(Event::Tick);
        if wake == Some(0) {
            assert_ne!(self.state, before, "woken for nothing, and at once again");
        }
    }
}
