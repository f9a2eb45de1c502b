//! What becomes of one request on its way, drawn before it is sent.

use crate::{
    chance::{Chance, MILLION},
    plan::Network,
    time::SECOND,
};

/// What becomes of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Luck {
    Good,
    NoConnection,
    LostBefore,
    LostAfter,
    PageBefore,
    PageAfter,
    Truncated,
    TooLarge,
    Garbage,
}

/// What is drawn for one request.
#[derive(Debug)]
pub(super) struct Fate {
    pub(super) luck: Luck,
    /// Milliseconds to the server, in it and back.
    pub(super) times: [u64; 3],
    /// A dead connection is noticed at once, not by its time limit.
    pub(super) resets: bool,
    /// Decides what an ill server does, and what garbage looks like.
    pub(super) rest: Chance,
}

impl Fate {
    pub(super) fn draw(network: &Network, chance: &mut Chance) -> Self {
        let mut left = chance.below(MILLION);
        let mut luck = Luck::Good;
        for (ppm, bad) in [
            (network.lost_before / 3, Luck::NoConnection),
            (
                network.lost_before - network.lost_before / 3,
                Luck::LostBefore,
            ),
            (network.lost_after, Luck::LostAfter),
            (network.page_before, Luck::PageBefore),
            (network.page_after, Luck::PageAfter),
            (network.garbled / 3, Luck::Truncated),
            (network.garbled / 3, Luck::TooLarge),
            (network.garbled / 3, Luck::Garbage),
        ] {
            match left.checked_sub(ppm) {
                Some(rest) => left = rest,
                None => {
                    luck = bad;
                    break;
                }
            }
        }
        let mut times = [
            chance.between(15, 120),
            chance.magnitude(5, 300),
            chance.between(15, 120),
        ];
        if chance.happens(network.slow) {
            times[chance.below(3) as usize] += chance.between(5 * SECOND, 110 * SECOND);
        }
        Self {
            luck,
            times,
            resets: chance.percent(60),
            rest: Chance::stream(chance.next(), "rest"),
        }
    }

    pub(super) fn is_slow(&self) -> bool {
        self.times.iter().sum::<u64>() > 2 * SECOND
    }
}
