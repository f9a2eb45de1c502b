//! The journal of another process is its lease: the result of that process's refresh is waited for
//! until the lease is over. It is longer than any honest refresh, so a process that is killed or
//! stopped under it holds nobody up for longer, and at once nobody where its end can be told.

use super::{
    clock,
    event::LoadedSession,
    model::{Holder, Journal},
    state::Known,
};
use crate::{
    environment::{Millis, Now},
    transport::Limits,
};

/// From the connection to the last byte of the answer.
const SENDING: Millis = (Limits::REFRESH.connect.as_millis()
    + Limits::REFRESH.first_byte.as_millis()
    + Limits::REFRESH.body.as_millis()) as Millis;

/// A journal of another process that the store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The journal.
    pub journal: Journal,
    /// What is known of its process.
    pub holder: Holder,
    /// When this process saw the journal first.
    pub seen: Now,
    /// How long it may last, in milliseconds.
    pub length: Millis,
}

impl Lease {
    /// The lease that a record tells of, if another process has written a journal into it.
    /// `before` is the lease that was known so far.
    pub(super) fn of(
        there: &LoadedSession,
        before: Option<&Self>,
        known: &Known,
        now: Now,
    ) -> Option<Self> {
        let journal = there
            .journal
            .filter(|journal| journal.owner != known.owner)?;
        let same = before.filter(|before| before.journal == journal);
        let current = journal.generation == there.generation && journal.attempt != 0;
        // Nobody but this process uses the store, so whoever wrote it has ended.
        let impossible = known.alone && there.holder != Holder::Runs;
        Some(Self {
            journal,
            holder: if impossible {
                Holder::Gone
            } else {
                there.holder
            },
            seen: same.map_or(now, |same| same.seen),
            length: if current { length(known) } else { 0 },
        })
    }

    /// How long its result is still waited for, in milliseconds.
    ///
    /// Within one boot the boot clock decides. After a reboot it is over; but where the system
    /// proves that the process runs, its clock only cannot be compared, and wall time decides,
    /// which a person may set: so it never lasts longer than its length from when it was seen.
    pub fn rest(&self, now: Now) -> Millis {
        let from = self.journal.at;
        let same_boot = from.boot_id == now.boot_id;
        match self.holder {
            Holder::Gone => return 0,
            Holder::Unknown if !same_boot => return 0,
            Holder::Unknown | Holder::Runs => {}
        }
        if same_boot && from.boot > now.boot {
            return 0;
        }
        let by_journal = clock::rest(from, self.length, now);
        by_journal.min(clock::rest(self.seen, self.length, now))
    }

    /// Whether its result is still waited for.
    pub fn is_open(&self, now: Now) -> bool {
        self.rest(now) > 0
    }
}

/// How long a lease lasts: the longest refresh that its own limits allow, with its two writes, and
/// one more read and write should another writer come between.
pub fn length(known: &Known) -> Millis {
    SENDING + known.store_limit.saturating_mul(4)
}

/// How long after its journal a request may still be sent, so that it ends within the lease.
pub(super) fn send_within(known: &Known) -> Millis {
    known.store_limit.saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::BootId;

    const LENGTH: Millis = 205_000;

    fn now(boot_id: u64, boot: Millis, wall: Millis) -> Now {
        Now {
            boot_id: BootId(boot_id),
            boot,
            wall,
        }
    }

    fn lease(holder: Holder) -> Lease {
        Lease {
            journal: Journal {
                generation: 1,
                attempt: 1,
                owner: 5,
                at: now(1, 1_000_000, 9_000_000),
                unknown_tries: 0,
            },
            holder,
            seen: now(1, 1_000_500, 9_000_500),
            length: LENGTH,
        }
    }

    #[test]
    fn a_lease_outlasts_every_honest_refresh() {
        let known = Known {
            mode: None,
            doubts_old_token: true,
            has_secret: false,
            alone: false,
            owner: 1,
            store_limit: 10_000,
        };
        let sending = Limits::REFRESH.connect + Limits::REFRESH.first_byte + Limits::REFRESH.body;
        let longest = send_within(&known) + sending.as_millis() as Millis + 2 * 10_000;
        assert!(length(&known) >= longest);
        assert_eq!(length(&known), LENGTH);
    }

    #[test]
    fn within_a_boot_the_boot_clock_ends_it_whatever_wall_time_says() {
        for holder in [Holder::Unknown, Holder::Runs] {
            let lease = lease(holder);
            for wall in [0, 9_000_000, u64::MAX / 2] {
                assert!(lease.is_open(now(1, 1_000_000 + LENGTH - 1, wall)));
                assert!(!lease.is_open(now(1, 1_000_000 + LENGTH, wall)));
            }
            // No boot clock runs backwards, so these two are not the same one.
            assert!(!lease.is_open(now(1, 999_999, 9_000_000)));
        }
    }

    #[test]
    fn a_process_that_has_ended_holds_nobody_up() {
        assert!(!lease(Holder::Gone).is_open(now(1, 1_000_001, 9_000_001)));
    }

    #[test]
    fn after_a_reboot_it_is_over_unless_its_process_is_seen_to_run() {
        assert!(!lease(Holder::Unknown).is_open(now(2, 10, 9_000_001)));
        let mut running = lease(Holder::Runs);
        running.seen = now(2, 10, 9_000_001);
        assert!(running.is_open(now(2, 20, 9_000_011)));
        assert!(!running.is_open(now(2, 20, 9_000_000 + LENGTH)));
        // Wall time was set back by a day: the time since it was seen ends it.
        assert!(running.is_open(now(2, LENGTH, 1)));
        assert!(!running.is_open(now(2, 10 + LENGTH, 1)));
    }
}
