//! The oracle at the client's own words: the states that it shows, and what callers are told.

use quickaccess::Cause;

use super::{
    Current, Oracle, Row,
    book::SignIn,
    loss::{self, Facts},
};
use crate::{device::Device, weather::Loss};

/// A state, as a screen would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is being read, changed, locked or out of order.
    Unclear,
    /// Nobody is signed in, for this cause if one is told.
    Nobody(Option<Cause>),
    /// Somebody is.
    Somebody {
        user: String,
        /// There will be no further refresh, for this cause.
        ended: Option<Cause>,
    },
}

impl Oracle {
    /// A process shows a state.
    pub(crate) fn state_seen(&mut self, process: u64, seen: &Seen, device: &Device) {
        let in_store = self.in_store;
        let known = self.process(process);
        if matches!(seen, Seen::Somebody { .. }) {
            known.holds = known.holds.or(in_store);
        }
        if known.widget {
            // Nobody sees it.
            return;
        }
        match seen {
            Seen::Unclear => {}
            Seen::Nobody(told) => self.nobody_seen(process, *told, device),
            Seen::Somebody { user, ended } => self.somebody_seen(process, user, *ended, device),
        }
    }

    fn nobody_seen(&mut self, process: u64, told: Option<Cause>, device: &Device) {
        let at = device.at();
        match self.current.clone() {
            Current::Nobody { causes, was } => {
                if !self.ended_again(process, was, told, device) {
                    self.told_again(&causes, told, at);
                }
            }
            Current::One(session) => self.ended(process, session, told, device),
            Current::Leaving { session, .. } => self.ended(process, session, told, device),
            Current::Changing {
                before: None,
                causes,
                was,
                first_new,
            } => {
                // The new one may have been there for a moment, or never.
                let new = told.is_some_and(|told| !causes.contains(&told));
                let newer = (first_new..self.book.sign_ins.len()).next_back();
                match newer.filter(|newer| new && self.book.sign_ins[*newer].held.is_some()) {
                    Some(newer) => self.ended(process, newer, told, device),
                    None if self.ended_again(process, was, told, device) => {}
                    None => self.told_again(&causes, told, at),
                }
            }
            Current::Changing {
                before: Some(before),
                first_new,
                ..
            } => {
                let candidates = (first_new..self.book.sign_ins.len()).rev();
                let explained = |session: &usize| {
                    let facts = self.facts(process, *session, told, device);
                    told.is_none_or(|told| loss::judge(&facts, told).is_explained())
                };
                let session = candidates.chain([before]).find(explained);
                self.ended(process, session.unwrap_or(before), told, device);
                // The sign-in goes on.
                if let Current::Nobody { causes, was } = self.current.clone() {
                    self.current = Current::Changing {
                        before: None,
                        causes,
                        was,
                        first_new,
                    };
                }
            }
        }
    }

    /// Whether a process beside the app has gone on with the session after the app had told of its
    /// end, such as with an answer that it heard late, and the cause is true of how it ended then.
    fn ended_again(
        &mut self,
        process: u64,
        was: Option<(usize, Row)>,
        told: Option<Cause>,
        device: &Device,
    ) -> bool {
        let (Some((session, _)), Some(told)) = (was.filter(|_| self.written_beside), told) else {
            return false;
        };
        let facts = self.facts(process, session, Some(told), device);
        let explained = loss::judge(&facts, told).is_explained();
        if explained
            && let Current::Nobody { causes, .. } | Current::Changing { causes, .. } =
                &mut self.current
        {
            causes.push(told);
        }
        explained
    }

    /// Nobody was signed in before: the cause must be the same as then.
    fn told_again(&mut self, causes: &[Cause], told: Option<Cause>, at: u64) {
        let Some(told) = told.filter(|told| !causes.contains(told)) else {
            return;
        };
        if !self.is_true_now(told) {
            self.count(Row::WrongCause, at, || {
                format!("{told:?} is told, where it was {causes:?} before")
            });
        }
        if let Current::Nobody { causes, .. } | Current::Changing { causes, .. } = &mut self.current
        {
            causes.push(told);
        }
    }

    /// Where the note of the end was lost too, that is what there is to tell.
    fn is_true_now(&self, told: Cause) -> bool {
        let lost = match self.last_loss {
            Some(Loss::Damage) => Some(Cause::Corrupt),
            Some(Loss::Key) => Some(Cause::KeyLost),
            Some(Loss::Everything) => Some(Cause::StoreLost),
            None if self.overwritten => Some(Cause::StoreLost),
            _ => None,
        };
        lost == Some(told)
    }

    pub(super) fn facts(
        &self,
        process: u64,
        session: usize,
        told: Option<Cause>,
        device: &Device,
    ) -> Facts {
        let good = self.access_good(process, session, device);
        let at = device.at();
        Facts::of(&self.book, session, (at, told), self.in_store, good)
    }

    /// A session is over for the person.
    fn ended(&mut self, process: u64, session: usize, told: Option<Cause>, device: &Device) {
        let facts = self.facts(process, session, told, device);
        let row = match told {
            Some(told) => loss::judge(&facts, told),
            None => loss::judge_silent(&facts),
        };
        self.count(row, device.at(), || {
            format!("sign-in {session} ended with {told:?}; the facts are {facts:?}")
        });
        self.undone = self.processes.values().any(|process| process.widget);
        let asked = facts.asked.then_some(Cause::SignedOut);
        let causes = told.into_iter().chain(asked).collect();
        let was = Some((session, row));
        self.change(Current::Nobody { causes, was }, device.at());
    }

    fn somebody_seen(&mut self, process: u64, user: &str, ended: Option<Cause>, device: &Device) {
        let at = device.at();
        match self.current.clone() {
            Current::Nobody { was, .. } => self.back(was, user, at),
            Current::One(session) if self.book.sign_ins[session].user != user => {
                self.count(Row::WrongPerson, at, || format!("{user} is shown"));
                let sign_ins = &self.book.sign_ins;
                if let Some(seen) = sign_ins.iter().rposition(|session| session.user == user) {
                    self.current = Current::One(seen);
                }
            }
            Current::One(_) => {}
            Current::Changing {
                before,
                was,
                first_new,
                ..
            } => {
                let newer = &self.book.sign_ins[first_new..];
                let is_new = |one: &SignIn| one.user == user && one.held.is_some();
                match newer.iter().rposition(is_new) {
                    // Nobody was there before: it counts, whoever has gone away meanwhile.
                    Some(new) if before.is_none() => self.replace(first_new + new, None, at),
                    Some(_) => {}
                    None => self.back_while_changing(was, first_new, user),
                }
            }
            Current::Leaving { session, asking } => {
                // The process that was asked is gone, and the wish with it.
                if !asking {
                    self.book.sign_ins[session].asked_out = false;
                    self.current = Current::One(session);
                }
            }
        }
        if let (Some(told), Current::One(session)) = (ended, &self.current) {
            let session = *session;
            let facts = self.facts(process, session, Some(told), device);
            let known = self.book.sign_ins[session].told_ended == Some(told);
            if !known && loss::end_of_renewal(&facts, told).is_none() {
                let row = match facts.newer_in_store {
                    true => Row::NewerInStore,
                    false => Row::WrongCause,
                };
                self.count(row, at, || {
                    format!("no refresh is left because of {told:?}; the facts are {facts:?}")
                });
            }
            self.book.sign_ins[session].told_ended = Some(told);
        }
    }

    /// Somebody is signed in again without a sign-in. An end that was not asked for may come
    /// undone by a kill before it was written; what was asked for and confirmed may not.
    pub(super) fn back(&mut self, was: Option<(usize, Row)>, user: &str, at: u64) {
        let sign_ins = &self.book.sign_ins;
        let newest = sign_ins.iter().rposition(|session| session.user == user);
        let back = was.map(|(session, _)| session).or(newest);
        match was.filter(|(session, _)| sign_ins[*session].user == user) {
            Some((session, row)) if self.undone => {
                self.uncount(row);
                self.current = Current::One(session);
            }
            _ => {
                self.count(Row::CameBack, at, || format!("{user} is signed in again"));
                if let Some(back) = back {
                    self.current = Current::One(back);
                }
            }
        }
    }

    /// The same while a sign-in is not confirmed, and is not what is seen.
    fn back_while_changing(&mut self, was: Option<(usize, Row)>, first_new: usize, user: &str) {
        let Some((session, row)) =
            was.filter(|(session, _)| self.undone && self.book.sign_ins[*session].user == user)
        else {
            return;
        };
        self.uncount(row);
        self.current = Current::Changing {
            before: Some(session),
            causes: Vec::new(),
            was: None,
            first_new,
        };
    }

    fn uncount(&mut self, row: Row) {
        if let Some(count) = self.tally.get_mut(&row) {
            *count -= 1;
        }
    }

    /// A sign-in is asked for.
    pub(crate) fn sign_in_begun(&mut self) {
        let first_new = self.book.sign_ins.len();
        self.current = match self.current.clone() {
            Current::Nobody { causes, was } => Current::Changing {
                before: None,
                causes,
                was,
                first_new,
            },
            Current::One(session) | Current::Leaving { session, .. } => Current::Changing {
                before: Some(session),
                causes: Vec::new(),
                was: None,
                first_new,
            },
            still @ Current::Changing { .. } => still,
        };
    }

    /// A sign-in is confirmed, or failed and changed nothing.
    pub(crate) fn sign_in_ended(&mut self, user: &str, confirmed: bool, at: u64) {
        let Current::Changing {
            before,
            causes,
            was,
            first_new,
        } = self.current.clone()
        else {
            return;
        };
        if !confirmed {
            self.current = match before {
                Some(session) => Current::One(session),
                None => Current::Nobody { causes, was },
            };
            return;
        }
        let is_new = |session: &usize| {
            let session = &self.book.sign_ins[*session];
            session.user == user && session.held.is_some()
        };
        match (first_new..self.book.sign_ins.len()).rev().find(is_new) {
            Some(session) => self.replace(session, before, at),
            None => self.fault(
                at,
                "a sign-in was confirmed that the server knows nothing of",
            ),
        }
    }

    /// Another sign-in counts now.
    pub(super) fn replace(&mut self, session: usize, before: Option<usize>, at: u64) {
        if let Some(before) = before {
            self.book.sign_ins[before].asked_out = true;
            self.count(Row::Asked, at, String::new);
        }
        self.overwritten = false;
        self.change(Current::One(session), at);
    }

    /// A sign-out is asked for.
    pub(crate) fn sign_out_begun(&mut self) {
        let asking = true;
        match self.current.clone() {
            Current::Nobody { mut causes, was } => {
                causes.push(Cause::SignedOut);
                self.current = Current::Nobody { causes, was };
            }
            Current::One(session) | Current::Leaving { session, .. } => {
                self.book.sign_ins[session].asked_out = true;
                self.current = Current::Leaving { session, asking };
            }
            Current::Changing {
                before, first_new, ..
            } => {
                for session in (first_new..self.book.sign_ins.len()).chain(before) {
                    self.book.sign_ins[session].asked_out = true;
                }
            }
        }
    }

    /// A sign-out is confirmed: from now on nothing of the session may ever come back.
    pub(crate) fn sign_out_ended(&mut self, at: u64) {
        let (was_there, mut causes) = match &self.current {
            Current::Nobody { causes, .. } => (false, causes.clone()),
            Current::One(_) | Current::Leaving { .. } => (true, Vec::new()),
            Current::Changing { before, causes, .. } => (before.is_some(), causes.clone()),
        };
        if was_there {
            self.count(Row::Asked, at, String::new);
        }
        causes.push(Cause::SignedOut);
        self.change(Current::Nobody { causes, was: None }, at);
    }
}
