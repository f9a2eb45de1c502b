//! The made-up world that rows are made from: a seed, a time and how many rows of each kind there
//! are. Everything in it is a function of these, and can be found again without having been kept.
//!
//! Nothing in it belongs to anybody: MAC addresses are those for documentation (RFC 7042) and,
//! since these are 256 only, locally administered ones; IP addresses are those for documentation
//! (RFC 5737), host names end in `.example`, telephone numbers are of the fictional range 555-01.

use super::{RowKind, mac};

/// Without a seed in the scenario.
const SEED: u64 = 0x00c1_ea49_a55d;

/// Networks for documentation, 254 addresses each.
const NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
const HOSTS: u64 = 254;
/// How many IP addresses there are; so many neighbours in a row differ.
const ADDRESSES: u64 = NETWORKS.len() as u64 * HOSTS;

/// The documentation range, and the prefix of the addresses after it.
const DOCUMENTED: &str = "00005e0053";
const LOCAL: &str = "02005e";
const IN_DOCUMENTED: u64 = 256;

const BITS: u32 = 24;
const MASK: u64 = (1 << BITS) - 1;
/// Odd, so that a multiplication by it can be undone.
const STRETCH: u64 = 0x9e_3779;
const SHRINK: u64 = inverse(STRETCH);

#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    seed: u64,
    /// The server's clock at the start, in seconds since 1970: what rows' times are counted from.
    pub(crate) start: i64,
    made: [u64; 4],
}

impl World {
    pub(crate) fn new(seed: Option<u64>, start: i64, made: [u64; 4]) -> Self {
        Self {
            seed: seed.unwrap_or(SEED),
            start,
            made,
        }
    }

    /// How many rows of a kind are made.
    pub(crate) fn made(&self, kind: RowKind) -> u64 {
        self.made[kind as usize]
    }

    /// A number that looks random, always the same for the same purpose and row.
    pub(crate) fn roll(&self, purpose: &str, index: u64) -> u64 {
        let salt = purpose.bytes().fold(self.seed, |salt, byte| {
            (salt ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        scramble(salt ^ scramble(index))
    }

    /// A roll from 0 to 99.
    pub(crate) fn percent(&self, purpose: &str, index: u64) -> u64 {
        self.roll(purpose, index) % 100
    }

    /// One of several, by a roll.
    pub(crate) fn pick<T: Copy>(&self, purpose: &str, index: u64, from: &[T]) -> T {
        from[(self.roll(purpose, index) % from.len() as u64) as usize]
    }

    /// The MAC address of an endpoint, which its device and its sessions share.
    pub(crate) fn mac(&self, endpoint: u64) -> String {
        match endpoint < IN_DOCUMENTED {
            true => format!("{DOCUMENTED}{:02x}", (endpoint ^ self.seed) % IN_DOCUMENTED),
            false => format!("{LOCAL}{:06x}", self.shuffle(endpoint)),
        }
    }

    /// The endpoint that would have this MAC address.
    pub(crate) fn endpoint_of(&self, mac: &str) -> Option<u64> {
        let mac = mac::parse(mac)?;
        let hex = |digits| u64::from_str_radix(digits, 16).ok();
        if let Some(digits) = mac.strip_prefix(DOCUMENTED) {
            return Some((hex(digits)? ^ self.seed) % IN_DOCUMENTED);
        }
        let endpoint = self.unshuffle(hex(mac.strip_prefix(LOCAL)?)?);
        (endpoint >= IN_DOCUMENTED).then_some(endpoint)
    }

    /// The IP address of the endpoint or session with this number.
    pub(crate) fn ip(&self, index: u64) -> String {
        let address = index % ADDRESSES;
        let network = NETWORKS[(address / HOSTS) as usize];
        format!("{network}.{}", address % HOSTS + 1)
    }

    /// A number of 24 bits in another order, so that neighbours don't look alike.
    fn shuffle(&self, index: u64) -> u64 {
        let mixed = (index ^ self.seed) & MASK;
        let stretched = mixed.wrapping_mul(STRETCH) & MASK;
        stretched ^ (stretched >> (BITS / 2))
    }

    fn unshuffle(&self, shuffled: u64) -> u64 {
        // Shifted by half of the bits, it undoes itself.
        let stretched = shuffled ^ (shuffled >> (BITS / 2));
        let mixed = stretched.wrapping_mul(SHRINK) & MASK;
        (mixed ^ self.seed) & MASK
    }

    /// A number below 4,096 in another order.
    pub(crate) fn shuffle_names(&self, number: u64) -> u64 {
        (number ^ self.seed).wrapping_mul(STRETCH) % 4_096
    }

    pub(crate) fn unshuffle_names(&self, shuffled: u64) -> u64 {
        (shuffled.wrapping_mul(SHRINK) ^ self.seed) % 4_096
    }
}

/// What undoes a multiplication by an odd number, for any number of bits up to 64 (Newton).
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut round = 0;
    while round < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}

/// Spreads each bit over all others.
fn scramble(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_endpoint_has_a_mac_address_of_its_own_and_is_found_by_it() {
        for seed in [None, Some(0), Some(7), Some(u64::MAX)] {
            let world = World::new(seed, 0, [0; 4]);
            let macs: HashSet<String> = (0..20_000).map(|index| world.mac(index)).collect();
            assert_eq!(macs.len(), 20_000);
            for index in [0, 1, 255, 256, 257, 4_999, 19_999, MASK] {
                let found = world.endpoint_of(&world.mac(index));
                assert_eq!(found, Some(index), "{seed:?}");
            }
            assert_eq!(world.endpoint_of("ac0000000000"), None);
        }
    }

    #[test]
    fn names_are_shuffled_without_a_double() {
        let world = World::new(Some(9), 0, [0; 4]);
        let shuffled: HashSet<u64> = (0..4_096).map(|n| world.shuffle_names(n)).collect();
        assert_eq!(shuffled.len(), 4_096);
        assert!((0..4_096).all(|n| world.unshuffle_names(world.shuffle_names(n)) == n));
    }

    #[test]
    fn neighbours_have_different_addresses() {
        let world = World::new(None, 0, [0; 4]);
        let ips: HashSet<String> = (0..ADDRESSES).map(|index| world.ip(index)).collect();
        assert_eq!(ips.len() as u64, ADDRESSES);
        assert!(ips.contains("192.0.2.1") && ips.contains("203.0.113.254"));
    }
}
