//! What callers need of a session, and whether a refresh is wanted and may start.

use super::{
    clock::{self, Standing},
    event::{Failure, Want},
    model::{Cause, Renewal},
    signed_in::{BLOCKED, DEAD_PATH},
    state::{Refresh, Session, Stage, Write},
};
use crate::{
    environment::{Millis, Now},
    error::Code,
};

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
    pub(super) fn clamped(&self, at_least: Millis) -> Millis {
        self.times
            .lifetime
            .map_or(0, |lifetime| at_least.min(lifetime / 2))
    }

    pub(super) fn satisfied(&self, want: Want, now: Now) -> bool {
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
    pub(super) fn coming(&self, want: Want, now: Now) -> bool {
        let may_come = match &self.refresh {
            // The last look into the store before the session is given up.
            _ if self.look.read.is_some() && self.over(now).is_some() => return true,
            Refresh::InFlight { .. } => return true,
            Refresh::Ready => true,
            // The wait is over: a write of the record alone is in the way, and its end starts it.
            Refresh::Waiting { .. } | Refresh::Blocked { .. } => self.wait_is_over(now),
            Refresh::Ended { .. } | Refresh::None => false,
        };
        may_come && !(self.stretched && self.serves(now) && matches!(want, Want::Token { .. }))
    }

    /// Whether somebody waits whom only a refresh can satisfy.
    pub(super) fn hungry(&self, now: Now) -> bool {
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

    /// Whether somebody needs a refresh, or it is due and may be started `by_itself`.
    pub(super) fn wants_refresh(&self, now: Now, by_itself: bool) -> bool {
        let proof = self.unproven && self.refresh == Refresh::Ready;
        proof || self.hungry(now) || ((self.owed || self.unproven) && by_itself)
    }

    pub(super) fn may_start(&self, now: Now) -> bool {
        let elsewhere = self.renewal == Renewal::RefreshToken && self.waits_for(now).is_some();
        // A write under way wakes the machine when it ends.
        self.store_is_free()
            && !elsewhere
            && match &self.refresh {
                Refresh::Ready => self.unproven || !self.standing(now).young,
                Refresh::Waiting { .. } | Refresh::Blocked { .. } => self.wait_is_over(now),
                Refresh::InFlight { .. } | Refresh::Ended { .. } | Refresh::None => false,
            }
    }

    /// Whether the wait after a refresh that failed is over.
    pub(super) fn wait_is_over(&self, now: Now) -> bool {
        match &self.refresh {
            Refresh::Waiting { since, wait, .. } => clock::rest(*since, *wait, now) == 0,
            Refresh::Blocked { since, .. } => clock::rest(*since, BLOCKED, now) == 0,
            _ => false,
        }
    }

    /// Why a caller can't have what it wants.
    pub(super) fn reason(&self, want: Want, now: Now) -> Failure {
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
    pub(super) fn over(&self, now: Now) -> Option<Cause> {
        let cause = match self.refresh {
            Refresh::Ended { cause } => cause,
            Refresh::None => Cause::SessionEnded,
            _ => return None,
        };
        (!self.serves(now) && self.asking.is_none()).then_some(cause)
    }

    pub(super) fn sent(&self, attempt: u64) -> bool {
        self.open_request() == Some(attempt)
    }

    /// The request for the next pair that is under way.
    pub(super) fn open_request(&self) -> Option<u64> {
        match self.refresh {
            Refresh::InFlight {
                attempt,
                stage: Stage::Sent { .. },
                ..
            } => Some(attempt),
            _ => None,
        }
    }

    /// Whether the record may be written now. While a journal or a new pair is on its way to the
    /// store, that is the write.
    pub(super) fn may_write(&self) -> bool {
        !matches!(
            self.refresh,
            Refresh::InFlight {
                stage: Stage::Journaling { .. } | Stage::Saving { .. } | Stage::Rereading { .. },
                ..
            }
        )
    }

    fn store_is_free(&self) -> bool {
        matches!(self.write, Write::Saved | Write::Owed { .. })
    }

    /// Whether neither a refresh nor a write is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.store_is_free() && !matches!(self.refresh, Refresh::InFlight { .. })
    }

    /// A refresh that waits may start again, unless waiting is right for this failure of a request
    /// that was sent or not.
    pub(super) fn retry_unless(&mut self, right: impl FnOnce(bool, Code) -> bool) {
        if let Refresh::Waiting { failure, sent, .. } = &self.refresh
            && !right(*sent, failure.code)
        {
            self.refresh = Refresh::Ready;
        }
    }

    /// How long until a tick is of use.
    pub(super) fn next_wake(&self, now: Now, background: bool) -> Option<Millis> {
        let write = match self.write {
            Write::Owed { since, wait, .. } if self.may_write() => {
                Some(clock::rest(since, wait, now))
            }
            _ => None,
        };
        let free = self.store_is_free();
        let wanted = free && (self.owed || self.unproven) && !background;
        let standing = self.standing(now);
        let elsewhere = self.waits_for(now).map_or(0, |lease| lease.rest(now));
        let refresh = match &self.refresh {
            Refresh::Ready if self.waits_for(now).is_some() => self.next_look(wanted, now),
            // One that is too young is waited for. If it no longer is, the event before this one
            // was of no account and started nothing.
            Refresh::Ready if free && self.wants_refresh(now, !background) => {
                Some(if standing.young { 1_000 } else { 0 })
            }
            Refresh::Waiting { since, wait, .. } if wanted => {
                Some(clock::rest(*since, *wait, now).max(elsewhere))
            }
            Refresh::Blocked { since, .. } if wanted => {
                Some(clock::rest(*since, BLOCKED, now).max(elsewhere))
            }
            Refresh::InFlight {
                stage: Stage::Sent {
                    network_changed, ..
                },
                ..
            } => network_changed.map(|since| clock::rest(since, DEAD_PATH, now)),
            // A look into the store and the verdict on a rejection wake it, too.
            Refresh::Ended { .. } | Refresh::None
                if self.look.read.is_none() && self.asking.is_none() =>
            {
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
