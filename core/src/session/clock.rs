//! How old a token is. Within one boot the clock that runs on in sleep decides alone; after a
//! reboot wall time decides, unless it ran backwards, and then nobody knows and a rejection has
//! to tell (design: `expires_in` is relative, RFC 6749 section 5.1, so no server clock is needed).

use super::model::Times;
use crate::environment::{Millis, Now};

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;
/// A longer lifetime is taken as this one.
pub const LONGEST_LIFETIME: Millis = 10 * 365 * 24 * HOUR;
/// The refresh point lies at most this long after the start.
const LATEST_REFRESH: Millis = 24 * HOUR;

/// From when an age is counted on this boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Anchor {
    /// A moment of this boot.
    pub at: Now,
    /// The age at that moment, if it is known.
    pub age: Option<Millis>,
}

impl Anchor {
    /// The age counts from now.
    pub fn fresh(sent: Now) -> Self {
        Self {
            at: sent,
            age: Some(0),
        }
    }

    /// The age of something that was sent then and last seen alive later, as far as the clocks
    /// can tell now.
    pub fn restored(sent: Now, last_seen: Now, now: Now) -> Self {
        if sent.boot_id == now.boot_id {
            return Self::fresh(sent);
        }
        let age = if last_seen.boot_id == now.boot_id {
            // Wall time has decided once on this boot; from there on the boot clock does.
            let seen = last_seen.wall.checked_sub(sent.wall);
            seen.map(|age| age.saturating_add(elapsed(last_seen, now)))
        } else {
            let seen = last_seen.wall.max(sent.wall);
            (now.wall >= seen).then(|| now.wall - sent.wall)
        };
        Self { at: now, age }
    }

    /// The age now.
    pub fn age(&self, now: Now) -> Option<Millis> {
        self.age
            .map(|age| age.saturating_add(elapsed(self.at, now)))
    }
}

/// The time between two moments of this process.
pub fn elapsed(from: Now, now: Now) -> Millis {
    if from.boot_id == now.boot_id {
        now.boot.saturating_sub(from.boot)
    } else {
        now.wall.saturating_sub(from.wall)
    }
}

/// How much is left of a wait.
pub fn rest(since: Now, wait: Millis, now: Now) -> Millis {
    wait.saturating_sub(elapsed(since, now))
}

/// How long before its end a token is no longer handed out.
pub fn margin(lifetime: Millis) -> Millis {
    (10 * SECOND).min(lifetime / 10)
}

/// The point at which a pair is due for a refresh: between 80 and 90 % of the lifetime, so that a
/// thousand phones that signed in together do not refresh together; `late` is for servers on
/// which a refresh token works once only.
pub fn refresh_point(lifetime: Option<Millis>, late: bool, luck: u64) -> Option<Millis> {
    let lifetime = lifetime?;
    if late {
        let rest = (lifetime / 20)
            .clamp(60 * SECOND, 600 * SECOND)
            .min(lifetime / 2);
        return Some(lifetime - rest);
    }
    let base = lifetime.min(LATEST_REFRESH * 10 / 9);
    Some(spread(base, 800, 900, luck))
}

/// A share of `base` between two limits in thousandths, drawn by `luck`.
pub fn spread(base: Millis, from: u64, to: u64, luck: u64) -> Millis {
    let share = u128::from(from) * 1_000 + u128::from(luck % ((to - from) * 1_000 + 1));
    (u128::from(base) * share / 1_000_000) as Millis
}

/// How a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It may be handed out.
    pub usable: bool,
    /// Its time is over.
    pub expired: bool,
    /// Its refresh point has passed.
    pub due: bool,
    /// How long it still lives; `None` when that is not known.
    pub remaining: Option<Millis>,
    /// It is younger than a second, and known to be.
    pub young: bool,
}

/// Judges a pair by the clocks alone.
pub fn judge(times: &Times, anchor: &Anchor, now: Now) -> Standing {
    let age = anchor.age(now);
    let (expired, usable, remaining) = match (times.lifetime, age) {
        (Some(lifetime), Some(age)) => (
            age >= lifetime,
            age < lifetime - margin(lifetime),
            Some(lifetime.saturating_sub(age)),
        ),
        _ => (false, true, None),
    };
    Standing {
        usable,
        expired,
        due: matches!((times.refresh_after, age), (Some(point), Some(age)) if age >= point),
        remaining,
        young: age.is_some_and(|age| age < SECOND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::BootId;

    fn now(boot_id: u64, boot: Millis, wall: Millis) -> Now {
        Now {
            boot_id: BootId(boot_id),
            boot,
            wall,
        }
    }

    #[test]
    fn a16_within_one_boot_only_the_boot_clock_counts() {
        let sent = now(1, 1_000, 500_000_000);
        let anchor = Anchor::restored(sent, sent, now(1, 1_000, 0));
        for wall in [0, 500_000_000, u64::MAX / 2] {
            assert_eq!(anchor.age(now(1, 4_000, wall)), Some(3_000));
        }
    }

    #[test]
    fn a16_after_a_reboot_wall_time_counts_unless_it_ran_backwards() {
        let sent = now(1, 1_000, 500_000);
        let seen = now(1, 9_000, 508_000);
        let later = now(2, 10, 600_000);
        let anchor = Anchor::restored(sent, seen, later);
        assert_eq!(anchor.age(later), Some(100_000));
        // From then on the boot clock decides alone again.
        assert_eq!(anchor.age(now(2, 1_010, 1)), Some(101_000));
        let backwards = now(2, 10, 507_999);
        assert_eq!(Anchor::restored(sent, seen, backwards).age(backwards), None);
    }

    #[test]
    fn a16_wall_time_decides_once_for_each_boot() {
        let sent = now(1, 1_000, 500_000);
        // Seen after the reboot, when the wall clock had moved on by 100 s.
        let seen = now(2, 10, 600_000);
        for wall in [0, 600_000, 900_000_000] {
            let later = now(2, 5_010, wall);
            let age = Anchor::restored(sent, seen, later).age(later);
            assert_eq!(age, Some(105_000), "{wall}");
        }
        let backwards = now(2, 10, 499_999);
        assert_eq!(Anchor::restored(sent, backwards, seen).age(seen), None);
    }

    #[test]
    fn a16_no_reading_of_a_clock_is_too_large() {
        let end = now(2, u64::MAX, u64::MAX);
        let anchor = Anchor::restored(now(1, 0, 0), now(1, 0, 0), now(2, 0, u64::MAX));
        assert_eq!(anchor.age(end), Some(u64::MAX));
        let times = Times {
            sent: now(1, 0, 0),
            lifetime: Some(u64::MAX),
            refresh_after: Some(u64::MAX),
        };
        assert!(judge(&times, &anchor, end).expired);
    }

    #[test]
    fn refresh_points_are_spread_and_capped() {
        for luck in [0, 1, 77_777, u64::MAX] {
            let point = refresh_point(Some(28_800_000), false, luck).unwrap();
            assert!((23_040_000..=25_920_000).contains(&point), "{point}");
            let long = refresh_point(Some(28 * 24 * HOUR), false, luck).unwrap();
            assert!((21 * HOUR..=24 * HOUR).contains(&long), "{long}");
        }
        assert_eq!(refresh_point(Some(28_800_000), true, 0), Some(28_200_000));
        assert_eq!(refresh_point(Some(60_000), true, 0), Some(30_000));
        assert_eq!(refresh_point(None, false, 0), None);
    }

    #[test]
    fn a16_a_token_is_handed_out_until_shortly_before_its_end() {
        let sent = now(1, 0, 0);
        let times = |lifetime| Times {
            sent,
            lifetime: Some(lifetime),
            refresh_after: refresh_point(Some(lifetime), false, 0),
        };
        for (lifetime, last) in [(5_000, 4_499), (60_000, 53_999), (28_800_000, 28_789_999)] {
            let at = |age| judge(&times(lifetime), &Anchor::fresh(sent), now(1, age, 0));
            assert!(at(last).usable, "{lifetime}");
            assert!(!at(last + 1).usable, "{lifetime}");
            assert!(!at(lifetime - 1).expired && at(lifetime).expired);
        }
    }
}
