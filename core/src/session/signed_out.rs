//! The machine while nobody is signed in, and the ways there: a sign-out, the end of a session, and
//! the removal of its record until the store lets go of it.

use super::{
    clock,
    effect::{Answer, Effect, Happening},
    event::{Event, PlatformEvent, WaiterId},
    machine::{Turn, asker},
    model::{Cause, Epoch},
    state::{Erase, Phase, Removal, Session, SignedOut},
};
use crate::store::StoreError;

impl Turn<'_> {
    /// Everything but a sign-in while nobody is signed in.
    pub(super) fn signed_out(&mut self, mut signed_out: SignedOut, event: Event) -> Phase {
        match event {
            Event::Want { waiter, want } => {
                if !self.search(&mut signed_out, Some((waiter, want))) {
                    self.answer(waiter, Answer::Failed(signed_out.cause.into()));
                }
            }
            Event::Rejected { waiter, .. } => {
                self.answer(waiter, Answer::Failed(signed_out.cause.into()));
            }
            Event::Loaded { attempt, loaded } if signed_out.looks(attempt) => {
                return self.searched(signed_out, attempt, loaded);
            }
            Event::SignOut { waiter } => {
                self.end_search(&mut signed_out, &Cause::SignedOut.into());
                signed_out.waiters.push(waiter);
                self.sign_out_again(&mut signed_out);
            }
            Event::Written { attempt, result } => match signed_out.erase {
                Erase::Busy { attempt: a, tries } if a == attempt => match result {
                    Ok(()) | Err(StoreError::NotFound) => self.erased(&mut signed_out, true),
                    // Another process went on with this session or a newer one.
                    Err(StoreError::Conflict) => {
                        self.erased(&mut signed_out, true);
                        return self.load(Vec::new(), None);
                    }
                    Err(error) => {
                        if tries == 0 {
                            self.note(Happening::EraseOwed(error.into()));
                        }
                        signed_out.erase = Erase::Owed {
                            since: self.at.now,
                            wait: self.store_backoff(tries),
                            tries: tries.saturating_add(1),
                        };
                        let waiters = std::mem::take(&mut signed_out.waiters);
                        for waiter in waiters {
                            self.answer(waiter, Answer::SignedOut { erased: false });
                        }
                    }
                },
                _ => {
                    return self.ignore(
                        Phase::SignedOut(signed_out),
                        Event::Written { attempt, result },
                    );
                }
            },
            Event::Platform(_) | Event::Tick => {
                if let Erase::Owed { since, wait, tries } = signed_out.erase
                    && (matches!(event, Event::Platform(_))
                        || clock::rest(since, wait, self.at.now) == 0)
                {
                    self.erase(&mut signed_out, tries);
                }
                if event == Event::Platform(PlatformEvent::Foreground) {
                    self.search(&mut signed_out, None);
                }
            }
            Event::Forget { waiter } => {
                if let Some((_, waiters)) = &mut signed_out.look {
                    waiters.retain(|(id, _)| *id != waiter);
                }
            }
            Event::Open | Event::Used | Event::TrustChanged | Event::CancelSignIn { .. } => {}
            other => return self.ignore(Phase::SignedOut(signed_out), other),
        }
        Phase::SignedOut(signed_out)
    }

    /// A person signs out where nobody is signed in. Another process may have signed in meanwhile,
    /// or may still get a new pair of a session that has ended, and what has ended may lie in the
    /// store as it was: that is over, too.
    pub(super) fn sign_out_again(&mut self, signed_out: &mut SignedOut) {
        let over = self.known.alone && signed_out.is_over_for_good();
        let whatever_is_there = signed_out.removal == Removal::Erase(None);
        match signed_out.erase {
            Erase::Done if over => self.erased(signed_out, true),
            Erase::Busy { .. } if over || whatever_is_there => {}
            Erase::Owed { tries, .. } if over || whatever_is_there => self.erase(signed_out, tries),
            _ => {
                self.effects.push(Effect::Fence { epoch: None });
                if !signed_out.is_over_for_good() {
                    self.note(Happening::SignedOut(Cause::SignedOut));
                }
                signed_out.cause = Cause::SignedOut;
                signed_out.removal = Removal::Erase(None);
                self.erase(signed_out, 0);
            }
        }
    }

    /// A sign-out before the store could be read: whatever it holds is fenced off.
    pub(super) fn sign_out_unread(&mut self, parked: Vec<Event>, waiter: WaiterId) -> Phase {
        for event in &parked {
            if let Some(waiter) = asker(event) {
                self.answer(waiter, Answer::Failed(Cause::SignedOut.into()));
            }
        }
        self.effects.push(Effect::Fence { epoch: None });
        self.effects.push(Effect::Retire {
            waiter: Some(waiter),
        });
        self.end_signed_out(waiter, None)
    }

    /// A person signs out: gone at once, whatever the store and the network say.
    pub(super) fn sign_out(&mut self, session: Session, waiter: WaiterId) -> Phase {
        let epoch = Some(session.epoch);
        self.effects.push(Effect::Fence { epoch });
        self.retire(&session, Some(waiter));
        self.fail_all(session, &Cause::SignedOut.into());
        self.end_signed_out(waiter, epoch)
    }

    fn end_signed_out(&mut self, waiter: WaiterId, epoch: Option<Epoch>) -> Phase {
        self.note(Happening::SignedOut(Cause::SignedOut));
        let mut signed_out = SignedOut::settled(Cause::SignedOut);
        signed_out.removal = Removal::Erase(epoch);
        signed_out.waiters.push(waiter);
        self.erase(&mut signed_out, 0);
        Phase::SignedOut(signed_out)
    }

    /// No refresh is left and the access token is over: a tombstone with the cause remains.
    pub(super) fn finish(&mut self, session: Session, cause: Cause) -> Phase {
        let mut signed_out = SignedOut::settled(cause);
        signed_out.removal = Removal::Bury(Box::new(session.expect(self.known.owner)));
        self.retire(&session, None);
        self.erase(&mut signed_out, 0);
        self.note(Happening::SignedOut(cause));
        self.fail_all(session, &cause.into());
        Phase::SignedOut(signed_out)
    }

    /// Another process signed out, or what was saved is gone.
    pub(super) fn gone(&mut self, session: Session, cause: Cause) -> Phase {
        self.retire(&session, None);
        self.note(Happening::SignedOut(cause));
        self.fail_all(session, &cause.into());
        Phase::SignedOut(SignedOut::settled(cause))
    }

    /// The tokens of a session are no longer wanted, those included that nobody has seen yet.
    pub(super) fn retire(&mut self, session: &Session, waiter: Option<WaiterId>) {
        if let Some(attempt) = session.unseen_pair() {
            self.effects.push(Effect::Discard { attempt });
        }
        self.effects.push(Effect::Retire { waiter });
    }

    /// Removes the record; what refuses is tried again.
    pub(super) fn erase(&mut self, signed_out: &mut SignedOut, tries: u32) {
        let attempt = self.next_attempt();
        self.effects.push(match &signed_out.removal {
            Removal::Erase(epoch) => Effect::Erase {
                attempt,
                epoch: *epoch,
            },
            Removal::Bury(expect) => Effect::Bury {
                attempt,
                cause: signed_out.cause,
                expect: **expect,
            },
        });
        signed_out.erase = Erase::Busy { attempt, tries };
    }

    fn erased(&mut self, signed_out: &mut SignedOut, erased: bool) {
        signed_out.erase = Erase::Done;
        for waiter in std::mem::take(&mut signed_out.waiters) {
            self.answer(waiter, Answer::SignedOut { erased });
        }
    }
}

impl SignedOut {
    /// Whether nobody was signed in, or the person has signed out.
    fn is_over_for_good(&self) -> bool {
        matches!(self.cause, Cause::NeverSignedIn | Cause::SignedOut)
    }
}
