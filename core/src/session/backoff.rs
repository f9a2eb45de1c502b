//! How long to wait before the next try.

use super::clock::spread;
use crate::environment::Millis;

/// A server's wish to wait is honoured up to this long.
const LONGEST_WISH: Millis = 3_600_000;

/// Doubles with each try, up to a limit, and is spread over the upper half.
pub(super) fn exponential(first: Millis, longest: Millis, tries: u32, luck: u64) -> Millis {
    let full = first.saturating_mul(1 << tries.min(30)).min(longest);
    spread(full, 500, 1_000, luck)
}

/// After a server error or a lost answer: from 2 s to 5 min, and never less than the server asked
/// for (`Retry-After`, RFC 9110 section 10.2.3), plus up to a tenth so that not all come at once.
pub(super) fn server(tries: u32, wish: Option<Millis>, luck: u64) -> Millis {
    let own = exponential(2_000, 300_000, tries, luck);
    let wish = wish.unwrap_or(0).min(LONGEST_WISH);
    own.max(wish + spread(wish / 10, 0, 1_000, luck))
}

/// While there is no way to the server: from 1 s to 5 min. Each try writes its journal, so it is not
/// made for its own sake; a caller or a change of the network brings the next one sooner.
pub(super) fn offline(tries: u32, luck: u64) -> Millis {
    exponential(1_000, 300_000, tries, luck)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_waits_grow_and_stay_within_their_limits() {
        let waits: Vec<_> = (0..40).map(|tries| server(tries, None, 500_000)).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert!(waits[0] >= 1_000 && *waits.last().unwrap() <= 300_000);
    }

    #[test]
    fn a14_a_server_that_asks_for_time_gets_it_up_to_an_hour() {
        for luck in [0, 123_456, u64::MAX] {
            let wait = server(0, Some(90_000), luck);
            assert!((90_000..=99_000).contains(&wait), "{wait}");
            assert!(server(0, Some(Millis::MAX), luck) <= 3_960_000);
        }
    }
}
