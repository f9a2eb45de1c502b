//! Worlds in which one kind of trouble comes far more often than in life, so that a short run meets
//! it many times.

use std::{fmt, str::FromStr};

use crate::{
    chance::Chance,
    plan::{Network, System},
    time::{DAY, HOUR, MINUTE, SECOND},
};

/// The trouble that comes more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The server acts, and its answer does not arrive.
    LostAnswers,
    /// The secret store refuses, is full, or lies.
    RefusingStore,
    /// Clocks are moved, phones restart, and tokens live for seconds or weeks.
    Clocks,
    /// The secret store is open only while the phone is unlocked, and the app is woken while it is
    /// not.
    LockedStore,
    /// Every app has a second process on the same store, both are stopped in the middle of things,
    /// and tokens live for minutes.
    TwoProcesses,
}

/// How often things happen to a phone in a month, in millionths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) reboots: u64,
    /// Percent of the restarts that lose the clock.
    pub(crate) lost_clocks: u64,
    pub(crate) clocks_moved: u64,
    pub(crate) store_troubles: u64,
}

impl Rates {
    pub(crate) fn of(focus: Option<Focus>) -> Self {
        let usual = Self {
            reboots: 1_000_000,
            lost_clocks: 20,
            clocks_moved: 500_000,
            store_troubles: 800_000,
        };
        match focus {
            None | Some(Focus::LostAnswers | Focus::TwoProcesses) => usual,
            Some(Focus::RefusingStore) => Self {
                store_troubles: 15_000_000,
                ..usual
            },
            Some(Focus::Clocks) => Self {
                reboots: 8_000_000,
                lost_clocks: 60,
                clocks_moved: 15_000_000,
                ..usual
            },
            Some(Focus::LockedStore) => Self {
                reboots: 8_000_000,
                ..usual
            },
        }
    }
}

impl Focus {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::LostAnswers,
        Self::RefusingStore,
        Self::Clocks,
        Self::LockedStore,
        Self::TwoProcesses,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::LostAnswers => "lost-answers",
            Self::RefusingStore => "refusing-store",
            Self::Clocks => "clocks",
            Self::LockedStore => "locked-store",
            Self::TwoProcesses => "two-processes",
        }
    }

    /// Bends what was drawn for a phone.
    pub(crate) fn bend(self, network: &mut Network, system: &mut System) {
        match self {
            Self::LostAnswers => {
                network.name = "one that loses answers";
                (network.lost_after, network.page_after) = (60_000, 40_000);
                (network.garbled, network.slow) = (40_000, 60_000);
            }
            Self::RefusingStore => system.store_slips = 20_000,
            Self::Clocks => {}
            Self::LockedStore => (system.strict_store, system.wakes) = (true, 6_000_000),
            Self::TwoProcesses => {
                (system.widget, system.stops_apps) = (true, true);
                (system.wakes, network.slow) = (6_000_000, 200_000);
            }
        }
    }

    /// How long access tokens live, where that matters.
    pub(crate) fn access(self, chance: &mut Chance) -> Option<u64> {
        match self {
            Self::Clocks => Some(chance.pick(&[5 * SECOND, MINUTE, 8 * HOUR, 28 * DAY])),
            Self::TwoProcesses => Some(5 * MINUTE),
            _ => None,
        }
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Focus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|focus| focus.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{text} is none of {names}")
        })
    }
}
