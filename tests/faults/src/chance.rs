//! Seeded randomness: small, the same on every machine, and split into streams by name, so that a
//! new draw in one part of the world changes nothing in another.

/// One stream of random numbers (SplitMix64: good enough to tell things apart, and whole numbers
/// alone, so that every platform draws the same).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

/// One in a million.
pub(crate) const MILLION: u64 = 1_000_000;

impl Chance {
    /// The stream of a seed that has this name.
    pub(crate) fn stream(seed: u64, name: &str) -> Self {
        let start = name
            .bytes()
            .fold(mix(seed), |seed, byte| mix(seed ^ u64::from(byte)));
        Self(start)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// A number from `first` to `last` whose order of magnitude is drawn first, as durations of
    /// faults are: many short ones and a few long ones.
    pub(crate) fn magnitude(&mut self, first: u64, last: u64) -> u64 {
        let doublings = u64::from((last / first.max(1)).max(1).ilog2());
        let low = first << self.below(doublings + 1);
        self.between(low, (low * 2).min(last).max(low))
    }

    /// Whether something happens that has so many chances in a million.
    pub(crate) fn happens(&mut self, ppm: u64) -> bool {
        ppm > 0 && self.below(MILLION) < ppm
    }

    /// So many percent.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.happens(percent * 10_000)
    }

    /// How often something happens that happens `ppm / 1,000,000` times on average.
    pub(crate) fn times(&mut self, ppm: u64) -> u64 {
        ppm / MILLION + u64::from(self.happens(ppm % MILLION))
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Picks by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(u64, T)]) -> T {
        let mut left = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, thing) in from {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *thing,
            }
        }
        from[from.len() - 1].1
    }
}

/// Scatters the bits of a number.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draws = |seed, name| {
            let mut chance = Chance::stream(seed, name);
            [chance.next(), chance.next(), chance.next()]
        };
        assert_eq!(draws(7, "a"), draws(7, "a"));
        assert_ne!(draws(7, "a"), draws(7, "b"));
        assert_ne!(draws(7, "a"), draws(8, "a"));
    }

    #[test]
    fn draws_keep_to_their_limits_and_reach_them() {
        let mut chance = Chance::stream(1, "limits");
        let drawn: Vec<_> = (0..1_000).map(|_| chance.between(3, 7)).collect();
        assert!(drawn.iter().all(|n| (3..=7).contains(n)));
        assert!(drawn.contains(&3) && drawn.contains(&7));
        let long: Vec<_> = (0..1_000).map(|_| chance.magnitude(10, 5_000)).collect();
        assert!(long.iter().all(|n| (10..=5_000).contains(n)));
        assert!(long.iter().any(|n| *n < 40) && long.iter().any(|n| *n > 2_500));
        let often = (0..100_000).filter(|_| chance.happens(50_000)).count();
        assert!((4_500..5_500).contains(&often), "{often}");
    }

    #[test]
    fn weights_count() {
        let mut chance = Chance::stream(1, "weights");
        let rare = (0..10_000).filter(|_| chance.weighted(&[(9, false), (1, true)]));
        let rare = rare.count();
        assert!((800..1_200).contains(&rare), "{rare}");
    }
}
