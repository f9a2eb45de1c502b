//! When all is well: a client that gets nowhere then is at fault. And how many refreshes an hour
//! are a storm.

use std::collections::VecDeque;

use crate::time::{HOUR, MINUTE, SECOND};

/// What keeps a client from working for a while after it is over: how long its back-off may last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    /// Nothing was sent: tried again within a minute.
    NotSent,
    /// No answer came, or one that says nothing: tried again within five minutes.
    NoAnswer,
    /// The server asked for so many seconds; a tenth is added, and an hour is the most.
    AskedToWait(Option<u64>),
    /// Refused for another reason than the token's: tried again within an hour.
    Refused,
    /// The store failed, or took long.
    Store,
}

/// The memory of troubles and requests.
#[derive(Debug)]
pub(crate) struct Peace {
    /// From here on, all is well.
    from: u64,
    /// The refreshes of the last hour.
    requests: VecDeque<u64>,
    /// What may bring one more, in the last hour.
    reasons: VecDeque<u64>,
    /// How many an hour are normal.
    normal: usize,
    stormy_until: u64,
}

impl Peace {
    pub(crate) fn new(access_lifetime: u64) -> Self {
        // A caller's minimum of half a lifetime makes two refreshes of one; back-off starts anew
        // after each success, eight tries in its first ten minutes.
        let by_age = 5 * HOUR / (2 * access_lifetime.max(MINUTE));
        Self {
            from: 0,
            requests: VecDeque::new(),
            reasons: VecDeque::new(),
            normal: 24 + by_age as usize,
            stormy_until: 0,
        }
    }

    pub(crate) fn trouble(&mut self, trouble: Trouble, at: u64) {
        let grace = match trouble {
            Trouble::NotSent => 70 * SECOND,
            Trouble::NoAnswer => 310 * SECOND,
            Trouble::AskedToWait(wish) => {
                let wish = wish.unwrap_or(0).min(3_600);
                (wish * 1_100 + 10 * SECOND).max(310 * SECOND)
            }
            Trouble::Refused => HOUR + MINUTE,
            Trouble::Store => 100 * SECOND,
        };
        self.from = self.from.max(at + grace);
    }

    /// Whether all has been well since before this moment.
    pub(crate) fn since(&self, moment: u64) -> bool {
        moment >= self.from
    }

    /// Something that may bring one more refresh: a start, a wish of the person, a change of the
    /// network, a rejection.
    pub(crate) fn reason(&mut self, at: u64) {
        self.reasons.push_back(at);
    }

    /// A refresh is sent. True when it is one too many; told once for each storm.
    pub(crate) fn request(&mut self, at: u64) -> bool {
        let recent = |times: &mut VecDeque<u64>| {
            while times.front().is_some_and(|first| first + HOUR < at) {
                times.pop_front();
            }
        };
        recent(&mut self.requests);
        recent(&mut self.reasons);
        self.requests.push_back(at);
        let most = self.normal + 3 * self.reasons.len();
        let storm = self.requests.len() > most && at >= self.stormy_until;
        if storm {
            self.stormy_until = at + HOUR;
        }
        storm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_told_once_and_reasons_allow_for_more() {
        let mut peace = Peace::new(8 * HOUR);
        let storms = |peace: &mut Peace, from: u64, count: u64| {
            (0..count)
                .filter(|n| peace.request(from + n * SECOND))
                .count()
        };
        assert_eq!(storms(&mut peace, 0, 24), 0);
        assert_eq!(storms(&mut peace, 30 * SECOND, 50), 1);
        let later = 3 * HOUR;
        (0..10).for_each(|n| peace.reason(later + n));
        assert_eq!(storms(&mut peace, later + MINUTE, 54), 0);
        assert_eq!(storms(&mut peace, later + 3 * MINUTE, 1), 1);
    }

    #[test]
    fn peace_comes_when_the_longest_back_off_is_over() {
        let mut peace = Peace::new(HOUR);
        peace.trouble(Trouble::NotSent, 1_000);
        assert!(!peace.since(70_000) && peace.since(71_000));
        peace.trouble(Trouble::AskedToWait(Some(600)), 1_000);
        assert!(!peace.since(600 * SECOND) && peace.since(672 * SECOND));
        peace.trouble(Trouble::NotSent, 2_000);
        assert!(
            !peace.since(600 * SECOND),
            "an earlier trouble still counts"
        );
    }
}
