//! Bugs on purpose, each behind a switch of this crate alone: what the simulation must catch, or it
//! is worth nothing. They lie where the core meets its network and its store, as a coat round it, so
//! that the product has no switch for them: for everybody outside, a core in such a coat behaves as
//! one with the bug inside.

mod coat;

pub(crate) use coat::Coated;

use std::fmt;

/// A bug on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A new token pair is published before it is in the store: the store says that it is written,
    /// and writes a moment later.
    PublishBeforeWrite,
    /// A late answer of a session that is over is taken by the next one.
    NoEpochCheck,
    /// A refresh is sent while another one is in flight.
    SecondRefresh,
    /// A gateway's 502 is taken for the answer that the refresh token is no good.
    PageBelieved,
    /// `invalid_grant` is believed without reading the store again: what was read before it comes
    /// once more. It takes two processes on one store.
    BelievedUnread,
    /// The age of a token is counted by wall time, also within one boot.
    WallTimeTrusted,
    /// A store that is locked is taken for one that is empty.
    LockTakenForLoss,
}

impl Mutation {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::PublishBeforeWrite,
        Self::NoEpochCheck,
        Self::SecondRefresh,
        Self::PageBelieved,
        Self::BelievedUnread,
        Self::WallTimeTrusted,
        Self::LockTakenForLoss,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::PublishBeforeWrite => "publish-before-write",
            Self::NoEpochCheck => "no-epoch-check",
            Self::SecondRefresh => "second-refresh",
            Self::PageBelieved => "page-believed",
            Self::BelievedUnread => "believed-unread",
            Self::WallTimeTrusted => "wall-time-trusted",
            Self::LockTakenForLoss => "lock-taken-for-loss",
        }
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Mutation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|bug| bug.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{text} is none of {names}")
        })
    }
}
