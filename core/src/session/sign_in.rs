//! The machine's sign-in. Until it commits, the session before it lives, serves and refreshes; a
//! failure or a cancel returns to it. It commits when its record has been written and read back.

use super::{
    clock::{Anchor, refresh_point},
    effect::{Answer, Effect, Expect, Happening, Tokens},
    event::{Event, Failure, Grant, Lifetime, Loaded, LoadedSession, Outcome, WaiterId},
    lease::Lease,
    machine::Turn,
    model::{Attempt, Cause, Epoch, Renewal, Times},
    state::{
        Erase, Keep, Known, Look, Phase, Previous, Refresh, Removal, Session, SignInStage,
        SigningIn, Write,
    },
};
use crate::{environment::Now, error::Code, store::StoreError};

impl Turn<'_> {
    /// Asks the server.
    pub(super) fn start_sign_in(
        &mut self,
        previous: Previous,
        waiter: WaiterId,
        renewal: Renewal,
    ) -> Phase {
        if renewal == Renewal::ClientSecret && !self.known.has_secret {
            self.answer(
                waiter,
                Answer::Failed(Failure::new(Code::ClientNeedsSecret)),
            );
            return previous.into_phase();
        }
        let attempt = self.next_attempt();
        self.effects.push(Effect::SendSignIn { attempt, waiter });
        Phase::SigningIn(Box::new(SigningIn {
            attempt,
            waiter,
            stage: SignInStage::Asking { renewal },
            previous,
        }))
    }

    /// Everything that happens while a sign-in is under way.
    pub(super) fn signing_in(&mut self, sign_in: SigningIn, event: Event) -> Phase {
        match event {
            Event::SignIn { waiter, renewal } => {
                let previous = self.cancel(sign_in, &Failure::new(Code::Cancelled));
                self.start_sign_in(previous, waiter, renewal)
            }
            Event::CancelSignIn { waiter } if waiter == sign_in.waiter => self
                .cancel(sign_in, &Failure::new(Code::Cancelled))
                .into_phase(),
            Event::SignOut { waiter } => {
                match self.cancel(sign_in, &Failure::new(Code::Cancelled)) {
                    Previous::SignedIn(session) => self.sign_out(*session, waiter),
                    Previous::SignedOut(mut signed_out) => {
                        self.end_search(&mut signed_out, &Cause::SignedOut.into());
                        signed_out.waiters.push(waiter);
                        self.sign_out_again(&mut signed_out);
                        Phase::SignedOut(signed_out)
                    }
                }
            }
            Event::SignInAnswered {
                attempt,
                outcome,
                epoch,
            } if attempt == sign_in.attempt => self.sign_in_answered(sign_in, outcome, epoch),
            Event::Written { attempt, result } if sign_in.writes(attempt) => {
                self.sign_in_saved(sign_in, result)
            }
            // The new record takes the place of the old one. A removal that is owed would come after
            // it and take it away.
            Event::Tick | Event::Platform(_) if sign_in.replaces() => {
                Phase::SigningIn(Box::new(sign_in))
            }
            // The session before has found the record of this sign-in in its place. It goes on
            // from memory until that one commits.
            Event::Loaded { attempt, loaded } if sign_in.wrote(&loaded) => {
                self.effects.push(Effect::Discard { attempt });
                let loaded = Loaded::Failed(StoreError::Conflict);
                self.behind(sign_in, Event::Loaded { attempt, loaded })
            }
            other => self.behind(sign_in, other),
        }
    }

    /// The session before the sign-in goes on as if there were none.
    fn behind(&mut self, sign_in: SigningIn, event: Event) -> Phase {
        let SigningIn {
            attempt,
            waiter,
            stage,
            previous,
        } = sign_in;
        let phase = self.phase_again(previous.into_phase(), event);
        let previous = match phase {
            Phase::SignedIn(session) => Previous::SignedIn(session),
            Phase::SignedOut(signed_out) => Previous::SignedOut(signed_out),
            // The session before is being looked for in the store again: there is nothing that
            // the sign-in could return to, so it gives way.
            other => {
                match stage {
                    SignInStage::Asking { .. } => {
                        self.effects.push(Effect::AbortSignIn { attempt })
                    }
                    SignInStage::Saving { session, .. } => {
                        self.effects.push(Effect::Fence {
                            epoch: Some(session.epoch),
                        });
                        self.effects.push(Effect::Discard { attempt });
                    }
                }
                self.answer(waiter, Answer::Failed(Failure::new(Code::Cancelled)));
                return other;
            }
        };
        Phase::SigningIn(Box::new(SigningIn {
            attempt,
            waiter,
            stage,
            previous,
        }))
    }

    fn sign_in_answered(&mut self, sign_in: SigningIn, outcome: Outcome, epoch: Epoch) -> Phase {
        let SigningIn {
            attempt,
            waiter,
            stage,
            previous,
        } = sign_in;
        let SignInStage::Asking { renewal } = stage else {
            let sign_in = SigningIn {
                attempt,
                waiter,
                stage,
                previous,
            };
            let event = Event::SignInAnswered {
                attempt,
                outcome,
                epoch,
            };
            return self.ignore(Phase::SigningIn(Box::new(sign_in)), event);
        };
        let failure = match outcome {
            Outcome::Granted(Grant {
                lifetime: Lifetime::Odd,
                ..
            }) => {
                self.effects.push(Effect::Discard { attempt });
                Failure::new(Code::BadReply)
            }
            Outcome::Granted(grant) => {
                let session = self.new_session(epoch, &grant, renewal);
                let write = self.next_attempt();
                self.effects.push(Effect::Write {
                    attempt: write,
                    draft: session.draft(None),
                    tokens: Tokens::Answer(attempt, session.keep_of_sign_in()),
                    expect: Expect::Anything,
                });
                return Phase::SigningIn(Box::new(SigningIn {
                    attempt,
                    waiter,
                    stage: SignInStage::Saving {
                        write,
                        session: Box::new(session),
                    },
                    previous,
                }));
            }
            Outcome::NotSent(failure)
            | Outcome::Unknown(failure)
            | Outcome::Busy(failure)
            | Outcome::Refused { failure, .. } => failure,
        };
        self.note(Happening::SignInFailed(failure.clone()));
        self.answer(waiter, Answer::Failed(failure));
        previous.into_phase()
    }

    fn sign_in_saved(&mut self, sign_in: SigningIn, result: Result<(), StoreError>) -> Phase {
        if let Err(error) = result {
            let failure = Failure::from(error);
            self.note(Happening::SignInFailed(failure.clone()));
            return self.cancel(sign_in, &failure).into_phase();
        }
        let SigningIn {
            attempt,
            waiter,
            stage,
            previous,
        } = sign_in;
        let SignInStage::Saving { mut session, .. } = stage else {
            return previous.into_phase();
        };
        match previous {
            Previous::SignedIn(old) => {
                self.retire(&old, None);
                self.fail_all(*old, &Failure::new(Code::SignedOut));
            }
            Previous::SignedOut(old) => {
                for waiter in old.waiters {
                    self.answer(waiter, Answer::SignedOut { erased: true });
                }
                let searching = old.look.into_iter().flat_map(|(_, waiters)| waiters);
                session.waiters.extend(searching);
            }
        }
        self.effects.push(Effect::Take {
            attempt,
            epoch: session.epoch,
            generation: session.generation,
            keep: session.keep_of_sign_in(),
        });
        self.effects.push(Effect::Commit {
            epoch: session.epoch,
        });
        self.note(Happening::SignedIn);
        self.answer(waiter, Answer::SignedIn);
        self.pump(session)
    }

    /// The sign-in is over without effect. Where its record was on the way to the store already,
    /// it is fenced off and what was there before is put back.
    fn cancel(&mut self, sign_in: SigningIn, failure: &Failure) -> Previous {
        let SigningIn {
            attempt,
            waiter,
            stage,
            mut previous,
        } = sign_in;
        self.answer(waiter, Answer::Failed(failure.clone()));
        match stage {
            SignInStage::Asking { .. } => self.effects.push(Effect::AbortSignIn { attempt }),
            SignInStage::Saving { session, .. } => {
                self.effects.push(Effect::Fence {
                    epoch: Some(session.epoch),
                });
                self.effects.push(Effect::Discard { attempt });
                match &mut previous {
                    Previous::SignedIn(old) => {
                        (old.stored, old.displaced_by) = (None, Some(session.epoch));
                        self.write_now(old, 0);
                    }
                    Previous::SignedOut(old) => {
                        old.removal = match (&old.erase, &old.removal) {
                            // The tombstone with its cause is still owed, whichever record it meets.
                            (Erase::Busy { .. } | Erase::Owed { .. }, Removal::Bury(expect)) => {
                                let owner = self.known.owner;
                                Removal::Bury(Box::new(expect.displaced_by(session.epoch, owner)))
                            }
                            _ => Removal::Erase(Some(session.epoch)),
                        };
                        self.erase(old, 0);
                    }
                }
            }
        }
        previous
    }

    fn new_session(&self, epoch: Epoch, grant: &Grant, renewal: Renewal) -> Session {
        let renewal = match renewal {
            Renewal::RefreshToken if !grant.refresh_token => Renewal::None,
            other => other,
        };
        let lifetime = grant.lifetime.millis();
        let late = self.works_once(renewal);
        let times = Times {
            sent: grant.sent,
            lifetime,
            refresh_after: refresh_point(lifetime, late, self.at.luck),
        };
        let refresh = match renewal {
            Renewal::None => Refresh::None,
            Renewal::RefreshToken | Renewal::ClientSecret => Refresh::Ready,
        };
        let mut session =
            Session::new(epoch, 1, times, Anchor::fresh(grant.sent), renewal, refresh);
        session.stretched = late;
        session
    }
}

impl SigningIn {
    /// Whether the new record is on its way to where something else is still to be removed.
    pub(super) fn replaces(&self) -> bool {
        matches!(self.stage, SignInStage::Saving { .. })
            && matches!(self.previous, Previous::SignedOut(_))
    }

    fn writes(&self, attempt: Attempt) -> bool {
        matches!(self.stage, SignInStage::Saving { write, .. } if write == attempt)
    }

    fn wrote(&self, loaded: &Loaded) -> bool {
        match (&self.stage, loaded) {
            (SignInStage::Saving { session, .. }, Loaded::Session(there)) => {
                session.epoch == there.epoch
            }
            _ => false,
        }
    }
}

impl Session {
    /// A session whose record is in the store.
    pub(super) fn new(
        epoch: Epoch,
        generation: u64,
        times: Times,
        anchor: Anchor,
        renewal: Renewal,
        refresh: Refresh,
    ) -> Self {
        Self {
            epoch,
            generation,
            times,
            anchor,
            renewal,
            refresh,
            write: Write::Saved,
            stored: Some(generation),
            displaced_by: None,
            lease: None,
            journal: None,
            look: Look::after(anchor.at),
            unknown_tries: 0,
            tries: 0,
            conflicts: 0,
            owed: false,
            unproven: false,
            stretched: false,
            accepted: false,
            rejected: false,
            after_rejection: false,
            no_api_access: None,
            asking: None,
            refused_areas: Vec::new(),
            waiters: Vec::new(),
        }
    }

    /// A session that was read from the store. What its record tells of the last refresh decides
    /// how it goes on: with no journal, that refresh was never sent or has been dealt with; under a
    /// journal whose lease is open, another process may still get the answer; under any other, a
    /// try may have been sent, and nobody is left to hear of it.
    pub(super) fn restored(loaded: &LoadedSession, known: &Known, now: Now) -> Self {
        let refresh = match (loaded.ended, loaded.renewal) {
            (Some(cause), _) => Refresh::Ended { cause },
            (None, Renewal::ClientSecret) => Refresh::Ready,
            (None, Renewal::RefreshToken) if loaded.refresh_token => Refresh::Ready,
            (None, _) => Refresh::None,
        };
        let anchor = Anchor::restored(loaded.times.sent, loaded.last_seen, now);
        let mut session = Self::new(
            loaded.epoch,
            loaded.generation,
            loaded.times,
            anchor,
            loaded.renewal,
            refresh,
        );
        session.after_rejection = loaded.after_rejection;
        session.unproven = loaded.unproven;
        session.look = Look::after(now);
        session.lease = Lease::of(loaded, None, known, now);
        session.unknown_tries = match loaded.journal {
            Some(journal) if journal.generation != loaded.generation => 0,
            Some(journal) if session.waits_for(now).is_some() => journal.unknown_tries,
            Some(journal) => journal.unknown_tries.saturating_add(1),
            None => 0,
        };
        // The sooner it is known what became of it, the more of the access token's time is left.
        session.owed = session.unknown_tries > 0 || session.waits_for(now).is_some();
        session
    }

    fn keep_of_sign_in(&self) -> Keep {
        match self.renewal {
            Renewal::RefreshToken => Keep::New,
            Renewal::ClientSecret | Renewal::None => Keep::None,
        }
    }
}
