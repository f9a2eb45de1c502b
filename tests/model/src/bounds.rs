//! How far one model goes: where it starts, what the world in it can do, and how often.

use quickaccess::session::{
    event::PlatformEvent,
    model::{Renewal, ServerMode},
};

use crate::time::Scope;

/// What may still go wrong in one run, and what people may still do. Everything else (time, answers
/// that are right, callers that ask for a token) has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Requests that are not sent, get no answer, or are refused for a reason of the moment.
    pub network: u8,
    /// Store calls that fail.
    pub store: u8,
    /// Store calls whose end is heard of only after something else has happened.
    pub delays: u8,
    /// Times that all processes are stopped, each so long that a lease is over or nearly so.
    pub sleeps: u8,
    /// Kills of the process.
    pub kills: u8,
    /// Reboots of the device, with the wall clock set to anything.
    pub reboots: u8,
    /// Changes of the wall clock within a boot.
    pub jumps: u8,
    /// Refresh tokens that the server takes back by itself.
    pub revokes: u8,
    /// Sign-ins.
    pub sign_ins: u8,
    /// Sign-ins whose caller goes away.
    pub cancels: u8,
    /// Sign-outs.
    pub sign_outs: u8,
    /// Callers of a token that go away.
    pub forgets: u8,
    /// Answers that come after their request was given up.
    pub lates: u8,
    /// Requests that are rejected.
    pub rejections: u8,
    /// Entries that the store loses, or can no longer read.
    pub losses: u8,
    /// Doings of another process on the same store.
    pub others: u8,
    /// Events of the platform.
    pub platform: u8,
}

/// Where a model starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nobody has ever signed in.
    Fresh,
    /// Somebody has just signed in.
    SignedIn,
    /// Somebody has signed in, and the refresh is due.
    Due,
    /// Somebody has signed in, and the access token is over.
    Over,
}

/// One model.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it covers, in a sentence.
    pub covers: &'static str,
    /// Where it starts.
    pub start: Start,
    /// How the server treats refresh tokens.
    pub mode: ServerMode,
    /// Whether that was learned before.
    pub learned: bool,
    /// How the session renews itself.
    pub renewal: Renewal,
    /// Whether the app gives its secret at a later start too.
    pub keeps_secret: bool,
    /// Whether the server gives a refresh token at sign-in.
    pub refresh_token: bool,
    /// Whether no other process may use the store.
    pub alone: bool,
    /// Whether a second process with a machine of its own uses the store.
    pub neighbour: bool,
    /// Whether the operating system tells which processes run.
    pub tells: bool,
    /// Token pairs of a session after which a run is not followed further.
    pub generations: u64,
    /// Callers that wait for a token at the same time.
    pub callers: u64,
    /// Whether people also ask for a refresh, and callers for more lifetime than is left.
    pub demands: bool,
    /// Requests that wait for a verdict at the same time.
    pub requests: u64,
    /// Whether an answer can have an odd lifetime, or none.
    pub odd_lifetimes: bool,
    /// Whether time passes.
    pub time: bool,
    /// Whether wall time matters.
    pub clocks: bool,
    /// What the platform can tell.
    pub platform: &'static [PlatformEvent],
    /// What may happen how often.
    pub budget: Budget,
}

impl Bounds {
    /// Which moments are told apart.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            clocks: self.clocks,
            // Where all processes but this one are known to have ended, nobody waits for them.
            leases: self.neighbour || !self.tells,
        }
    }

    /// A session on a server that rotates, whose world does nothing wrong yet.
    pub(crate) const QUIET: Self = Self {
        name: "",
        covers: "",
        start: Start::SignedIn,
        mode: ServerMode::Rotate,
        learned: false,
        renewal: Renewal::RefreshToken,
        keeps_secret: true,
        refresh_token: true,
        alone: false,
        neighbour: false,
        tells: true,
        generations: 3,
        callers: 1,
        demands: false,
        requests: 0,
        odd_lifetimes: false,
        time: true,
        clocks: false,
        platform: &[],
        budget: Budget {
            network: 0,
            store: 0,
            delays: 0,
            sleeps: 0,
            kills: 0,
            reboots: 0,
            jumps: 0,
            revokes: 0,
            sign_ins: 0,
            cancels: 0,
            sign_outs: 0,
            forgets: 0,
            lates: 0,
            rejections: 0,
            losses: 0,
            others: 0,
            platform: 0,
        },
    };
}
