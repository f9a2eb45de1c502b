//! Time in a few classes. Now is always the same moment; what lies in the past moves away from it,
//! and no further than it makes a difference. So two runs that differ in nothing but the hour are one.

use quickaccess::{BootId, Millis, Now, session::machine::At};

const SECOND: Millis = 1_000;
/// The lifetime of an access token.
pub(crate) const LIFE: Millis = 28_800 * SECOND;
/// How long a verdict is remembered.
pub(crate) const MINUTE: Millis = 60 * SECOND;
/// How long the journal of another process is waited for, when each call of the store may take ten
/// seconds; a test compares it.
pub(crate) const LEASE: Millis = 205 * SECOND;
/// So long after its journal a request may still be sent.
pub(crate) const SEND_WITHIN: Millis = 20 * SECOND;
/// How often a blocked refresh is tried.
pub(crate) const HOUR: Millis = 3_600 * SECOND;

/// The present moment, in every state.
pub(crate) const NOW: Now = Now {
    boot_id: BootId(2),
    boot: 1 << 40,
    wall: 1 << 42,
};
/// All boots before the present one: no two of their moments are ever compared.
const EARLIER: BootId = BootId(1);
/// Wall time further away than this makes no difference.
const FAR: i64 = 2 * LIFE as i64;

/// The present with the one value of luck that is explored: it decides only where in their spans
/// waits and refresh points lie.
pub(crate) const AT: At = At { now: NOW, luck: 0 };

/// How time moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shift {
    /// By the clock that runs on in sleep.
    pub(crate) boot: Millis,
    /// By the wall clock, which can be set back.
    pub(crate) wall: i64,
    /// Into another boot.
    pub(crate) reboot: bool,
    /// What of it matters at all.
    pub(crate) scope: Scope,
}

/// Which moments a model tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    /// Wall time.
    pub(crate) clocks: bool,
    /// The age of a journal that another process may wait for.
    pub(crate) leases: bool,
}

impl Shift {
    pub(crate) fn none(scope: Scope) -> Self {
        Self {
            boot: 0,
            wall: 0,
            reboot: false,
            scope,
        }
    }

    pub(crate) fn by(time: Millis, scope: Scope) -> Self {
        Self {
            boot: time,
            wall: time as i64,
            ..Self::none(scope)
        }
    }

    /// Moves the moment of a journal, whose age is told in three classes: a request may be sent, it
    /// is too late for that, the lease is over.
    pub(crate) fn journal(self, at: &mut Now) {
        self.moment(at, LEASE);
        let age = NOW.boot.saturating_sub(at.boot);
        if at.boot_id == NOW.boot_id && age < LEASE {
            let class = if age < SEND_WITHIN { 0 } else { SEND_WITHIN };
            (at.boot, at.wall) = (NOW.boot - class, NOW.wall - class);
        }
    }

    /// Moves a moment of the past; from `most` on, its age makes no difference.
    pub(crate) fn moment(self, at: &mut Now, most: Millis) {
        let mut wall_age = NOW.wall as i64 - at.wall as i64 + self.wall;
        if at.boot_id == NOW.boot_id {
            let age = (NOW.boot - at.boot + self.boot).min(most);
            if !self.scope.clocks {
                wall_age = age as i64;
            }
            (at.boot_id, at.boot) = match self.reboot {
                true => (EARLIER, 0),
                false => (NOW.boot_id, NOW.boot - age),
            };
        }
        at.wall = (NOW.wall as i64 - wall_age.clamp(-FAR, FAR)) as Millis;
    }
}

#[cfg(test)]
mod tests {
    use quickaccess::session::{lease, state::Known};

    use super::*;

    #[test]
    fn a_lease_lasts_as_long_as_in_the_core() {
        let known = Known {
            mode: None,
            doubts_old_token: true,
            has_secret: false,
            alone: false,
            owner: 1,
            store_limit: crate::world::STORE_LIMIT,
        };
        assert_eq!(lease::length(&known), LEASE);
    }
}
