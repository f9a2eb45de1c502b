//! The machine and other processes on the same store: whose refresh is waited for, when the store
//! is looked at again, and what another process has concluded. The store is where processes meet;
//! each look is one read of it.

use super::{
    clock::{self, spread},
    effect::{Answer, Effect, Happening},
    event::{Event, Failure, Loaded, WaiterId, Want},
    lease::Lease,
    machine::Turn,
    model::{Attempt, Cause},
    state::{Erase, Look, Phase, Refresh, Session, SignedOut},
    storing::Found,
};
use crate::environment::{Millis, Now};

/// The first look while somebody waits, and the least time between two of them.
const FIRST_LOOK: Millis = 1_000;
/// The longest time between two looks while somebody waits.
const LONGEST_LOOK: Millis = 5_000;

impl Look {
    /// The store has just been read.
    pub(super) fn after(since: Now) -> Self {
        Self {
            since,
            wait: FIRST_LOOK,
            tries: 0,
            read: None,
            last: false,
        }
    }

    /// Brings the next look forward for somebody new who waits.
    fn hurry(&mut self, now: Now) {
        if clock::elapsed(self.since, now) >= FIRST_LOOK {
            self.wait = 0;
        }
    }
}

impl Session {
    /// The refresh of another process whose result is waited for.
    pub fn waits_for(&self, now: Now) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.is_open(now))
    }

    /// How long until the store is to be looked at, or the lease is over.
    pub(super) fn next_look(&self, wanted: bool, now: Now) -> Option<Millis> {
        let lease = self.waits_for(now)?;
        let look = (self.hungry(now) && self.look.read.is_none())
            .then(|| clock::rest(self.look.since, self.look.wait, now));
        let end = (wanted || self.hungry(now)).then(|| lease.rest(now));
        [look, end].into_iter().flatten().min()
    }
}

impl SignedOut {
    /// Whether this is the look that is under way.
    pub(super) fn looks(&self, attempt: Attempt) -> bool {
        self.look.as_ref().is_some_and(|(look, _)| *look == attempt)
    }
}

impl Turn<'_> {
    /// Looks into the store where another process may have put a newer pair: while somebody waits
    /// for its refresh, and once more before the session is given up.
    pub(super) fn watch(&mut self, s: &mut Session) {
        let now = self.at.now;
        if s.look.read.is_some() {
            return;
        }
        let waited_for = s.waits_for(now).is_some()
            && s.refresh == Refresh::Ready
            && s.hungry(now)
            && clock::rest(s.look.since, s.look.wait, now) == 0;
        let before_the_end = !self.known.alone && !s.look.last && s.over(now).is_some();
        if waited_for || before_the_end {
            self.look(s);
        }
    }

    /// Somebody new waits for the refresh of another process.
    pub(super) fn look_soon(&mut self, s: &mut Session) {
        if s.waits_for(self.at.now).is_some() {
            s.look.hurry(self.at.now);
        }
    }

    /// The platform told something: the other process may have gone on, too.
    pub(super) fn look_now(&mut self, s: &mut Session) {
        if s.look.read.is_none() && s.waits_for(self.at.now).is_some() {
            self.look(s);
        }
    }

    fn look(&mut self, s: &mut Session) {
        let attempt = self.next_attempt();
        self.effects.push(Effect::Load { attempt });
        s.look.read = Some(attempt);
    }

    /// A look has ended.
    pub(super) fn looked(&mut self, mut s: Box<Session>, read: Attempt, loaded: Loaded) -> Phase {
        let tries = s.look.tries.saturating_add(1);
        let doubled = FIRST_LOOK << tries.min(8);
        s.look = Look {
            wait: spread(doubled.min(LONGEST_LOOK), 800, 1_000, self.at.luck),
            tries,
            last: s.over(self.at.now).is_some(),
            ..Look::after(self.at.now)
        };
        let found = self.found(&mut s, loaded);
        if let Some(ended) = self.settle(&mut s, read, &found) {
            return ended;
        }
        // A new pair in hand is worth more than an end that was concluded without it.
        if let Found::Ours(Some(cause)) = found
            && s.unseen_pair().is_none()
        {
            self.end_elsewhere(&mut s, cause);
        }
        self.pump(s)
    }

    /// Another process has found out that no refresh of this pair is left.
    pub(super) fn end_elsewhere(&mut self, s: &mut Session, cause: Cause) {
        if matches!(s.refresh, Refresh::Ended { .. }) {
            return;
        }
        s.refresh = Refresh::Ended { cause };
        (s.journal, s.unproven, s.owed, s.unknown_tries) = (None, false, false, 0);
        self.effects.push(Effect::DropRefreshToken);
        self.note(Happening::RefreshEnded(cause));
    }

    /// Another process has the refresh under way: its result is waited for, and looked for.
    pub(super) fn leave_to_another(&mut self, s: &mut Session) {
        (s.refresh, s.journal, s.stretched) = (Refresh::Ready, None, self.works_once(s.renewal));
    }

    /// The lease of another process is over and has become ours; what it sent, if it sent
    /// anything, has no known result.
    pub(super) fn taken_over(&mut self, s: &mut Session) {
        if s.lease.take().is_some() {
            self.note(Happening::TakenOver);
        }
    }

    /// Nobody is signed in here; another process may have signed in, or have saved a new pair of
    /// the session that was given up. True when the caller waits for a look into the store.
    pub(super) fn search(&mut self, s: &mut SignedOut, asks: Option<(WaiterId, Want)>) -> bool {
        if let Some((_, waiters)) = &mut s.look {
            waiters.extend(asks);
            return true;
        }
        let recent = s
            .looked
            .is_some_and(|looked| clock::elapsed(looked, self.at.now) < FIRST_LOOK);
        if self.known.alone || recent || s.erase != Erase::Done {
            return false;
        }
        let attempt = self.next_attempt();
        self.effects.push(Effect::Load { attempt });
        s.look = Some((attempt, asks.into_iter().collect()));
        true
    }

    /// The look of somebody who is signed out has ended.
    pub(super) fn searched(&mut self, mut s: SignedOut, read: Attempt, loaded: Loaded) -> Phase {
        let now = self.at.now;
        let waiters = s.look.take().map(|(_, waiters)| waiters);
        s.looked = Some(now);
        let mut phase = match loaded {
            Loaded::Session(there) if s.erase == Erase::Done => {
                self.effects.push(Effect::Adopt { attempt: read });
                self.note(Happening::Adopted(there.generation));
                let session = Box::new(self.restored(&there));
                self.pump(session)
            }
            Loaded::SignedOut(cause) | Loaded::Buried { cause, .. } | Loaded::SetAside(cause)
                if s.erase == Erase::Done =>
            {
                if matches!(loaded, Loaded::SetAside(_)) {
                    self.note(Happening::SetAside(cause));
                }
                s.cause = cause;
                Phase::SignedOut(s)
            }
            _ => {
                self.effects.push(Effect::Discard { attempt: read });
                Phase::SignedOut(s)
            }
        };
        for (waiter, want) in waiters.into_iter().flatten() {
            phase = self.phase_again(phase, Event::Want { waiter, want });
        }
        phase
    }

    /// Those who wait for a look that serves nobody any more.
    pub(super) fn end_search(&mut self, s: &mut SignedOut, failure: &Failure) {
        for (waiter, _) in s.look.take().into_iter().flat_map(|(_, waiters)| waiters) {
            self.answer(waiter, Answer::Failed(failure.clone()));
        }
    }
}
