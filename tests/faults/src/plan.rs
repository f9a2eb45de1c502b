//! What is drawn for a phone before its life begins: its server, its network, its system and its
//! person. `docs/reliability.md` has the same rates in words.

use quickaccess_simulator::{DeadTokenStatus, RefreshMode};

use crate::{
    calendar::{self, Person},
    chance::{Chance, mix},
    focus::{Focus, Rates},
    time::{DAY, HOUR, MINUTE, MONTH, span},
    weather::{self, Event},
};

/// The people of the server, with their passwords. The first is the phone's owner.
pub(crate) const USERS: [(&str, &str); 2] = [("qa", "abc123"), ("guest-desk", "abc123")];

/// A phone's character and everything that will happen around it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Replays this phone.
    pub(crate) seed: u64,
    /// How long it lives.
    pub(crate) life: u64,
    pub(crate) mode: RefreshMode,
    pub(crate) dead_token: DeadTokenStatus,
    /// Whether the server can revoke.
    pub(crate) revokes: bool,
    /// How long an access token lives.
    pub(crate) access: u64,
    /// How long a refresh token lives.
    pub(crate) refresh: u64,
    pub(crate) person: Person,
    pub(crate) network: Network,
    pub(crate) system: System,
    /// What happens when, in order.
    pub(crate) timeline: Vec<(u64, Event)>,
}

/// How the network treats each request, in chances in a million.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) name: &'static str,
    /// It never arrives.
    pub(crate) lost_before: u64,
    /// It is carried out and the answer never arrives.
    pub(crate) lost_after: u64,
    /// A page of something in between comes instead, and nothing was done.
    pub(crate) page_before: u64,
    /// The same, and it was done.
    pub(crate) page_after: u64,
    /// The answer is cut, far too long, empty or nonsense.
    pub(crate) garbled: u64,
    /// It takes 5 to 110 seconds.
    pub(crate) slow: u64,
    /// How often a day it is gone for a while, in millionths.
    pub(crate) gaps: u64,
    /// How often a day it changes, in millionths.
    pub(crate) changes: u64,
}

/// How the phone's system treats the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System {
    /// The secret store is open only while the phone is unlocked, not from the first unlock on.
    pub(crate) strict_store: bool,
    /// The app is stopped soon after it goes to the background.
    pub(crate) stops_apps: bool,
    /// Percent of the times in the background that end with the process.
    pub(crate) ends_apps: u64,
    /// Times a day that the app is woken in the background, in millionths.
    pub(crate) wakes: u64,
    /// Chances in a million that the process dies at one step of the store or the network.
    pub(crate) dies_at_step: u64,
    /// The same for one turn of one of its tasks.
    pub(crate) dies_at_turn: u64,
    /// Chances in a million that one call of the store fails by itself.
    pub(crate) store_slips: u64,
    /// A second process of the app works on the same store.
    pub(crate) widget: bool,
}

const CALM: Network = Network {
    name: "calm",
    lost_before: 500,
    lost_after: 300,
    page_before: 200,
    page_after: 100,
    garbled: 100,
    slow: 1_000,
    gaps: 500_000,
    changes: 2_000_000,
};

const USUAL: Network = Network {
    name: "usual",
    lost_before: 3_000,
    lost_after: 1_500,
    page_before: 1_000,
    page_after: 500,
    garbled: 500,
    slow: 5_000,
    gaps: 2_000_000,
    changes: 5_000_000,
};

const ROUGH: Network = Network {
    name: "rough",
    lost_before: 20_000,
    lost_after: 8_000,
    page_before: 6_000,
    page_after: 3_000,
    garbled: 3_000,
    slow: 30_000,
    gaps: 6_000_000,
    changes: 15_000_000,
};

impl Plan {
    /// Draws a phone.
    pub(crate) fn draw(seed: u64, life: u64, focus: Option<Focus>) -> Self {
        let mut chance = Chance::stream(seed, "plan");
        let mode = chance.weighted(&[
            (50, RefreshMode::Rotate),
            (25, RefreshMode::Reusable),
            (25, RefreshMode::OneShot),
        ]);
        let mut network = chance.weighted(&[(50, CALM), (35, USUAL), (15, ROUGH)]);
        let (dies_at_step, dies_at_turn) =
            chance.weighted(&[(50, (50, 2)), (35, (500, 20)), (15, (4_000, 150))]);
        let mut system = System {
            strict_store: chance.percent(30),
            stops_apps: chance.percent(60),
            ends_apps: chance.pick(&[10, 40, 80]),
            wakes: chance.pick(&[0, 1_000_000, 3_000_000]),
            dies_at_step,
            dies_at_turn,
            store_slips: chance.pick(&[0, 200, 2_000]),
            widget: Chance::stream(seed, "widget").percent(30),
        };
        let mut access =
            chance.weighted(&[(20, 5 * MINUTE), (30, HOUR), (35, 8 * HOUR), (15, 28 * DAY)]);
        let refresh = chance.pick(&[1, 2, 7, 14, 14, 30, 60]) * DAY;
        let person = Person::draw(&mut chance);
        let dead_token = chance.pick(&[
            DeadTokenStatus::Forbidden403,
            DeadTokenStatus::Forbidden403,
            DeadTokenStatus::Unauthorized401,
        ]);
        let revokes = chance.percent(30);
        if let Some(focus) = focus {
            focus.bend(&mut network, &mut system);
            let lives = focus.access(&mut Chance::stream(seed, "access"));
            access = lives.unwrap_or(access);
        }
        let uses = calendar::uses(&person, life, &mut Chance::stream(seed, "calendar"));
        let mut timeline = weather::events(
            &uses,
            life,
            &network,
            &system,
            &Rates::of(focus),
            &mut Chance::stream(seed, "weather"),
        );
        if system.widget {
            // Two processes that hold different pairs can't both be right about an empty store.
            timeline.retain(|(_, event)| !matches!(event, Event::Lost(_)));
        }
        timeline.extend(uses);
        timeline.sort_by_key(|(at, _)| *at);
        Self {
            seed,
            life,
            mode,
            dead_token,
            revokes,
            access,
            refresh,
            person,
            network,
            system,
            timeline,
        }
    }
}

impl Plan {
    /// For the story.
    pub(crate) fn words(&self) -> String {
        let Self {
            mode,
            person,
            network,
            system,
            ..
        } = self;
        format!(
            "a phone on a server of mode {mode:?}, access tokens of {}, refresh tokens of {}; \
             the network is {}; {person:?}; {system:?}",
            span(self.access),
            span(self.refresh),
            network.name
        )
    }
}

/// The seed of one phone of a run.
pub(crate) fn seed_of(run: u64, phone: u64) -> u64 {
    mix(mix(run) ^ phone.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// How many months the phones of a run live: three each, and the last one what is left.
pub(crate) fn lives(phone_months: u64) -> Vec<u64> {
    let mut left = phone_months;
    std::iter::from_fn(|| {
        let months = left.min(3);
        left -= months;
        (months > 0).then_some(months * MONTH)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_phone_and_another_seed_another() {
        let drawn = |seed| format!("{:?}", Plan::draw(seed, MONTH, None));
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn the_phones_of_a_run_live_as_many_months_as_were_asked_for() {
        for months in [1, 2, 3, 4, 1_000] {
            assert_eq!(lives(months).iter().sum::<u64>(), months * MONTH);
        }
        assert_ne!(seed_of(1, 0), seed_of(1, 1));
        assert_ne!(seed_of(1, 1), seed_of(2, 1));
    }
}
