//! Which steps between which states were seen, what went into the history, and whether the diagram
//! of the phases in the session's README shows these steps and no others. The diagram of the refresh
//! is compared by a test of the core, in a world without answers that come after all.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use quickaccess::session::{
    effect::Happening,
    model::{Cause, ServerMode},
    state::{Phase, Refresh, Session, Stage, State},
};

/// The arrows of a diagram, each from a state to a state.
pub type Arrows = BTreeSet<(String, String)>;

/// The phases, as the diagram names them; the first is before the store was asked for.
pub(crate) const PHASES: [&str; 7] = [
    "[*]",
    "Loading",
    "SignedOut",
    "SigningIn",
    "SignedIn",
    "Locked",
    "StoreFailed",
];

/// How a refresh stands, as the diagram names it; the first is no session at all.
pub(crate) const REFRESHES: [&str; 10] = [
    "[*]",
    "Ready",
    "Journaling",
    "Sent",
    "Saving",
    "Rereading",
    "Waiting",
    "Blocked",
    "Ended",
    "None",
];

/// What goes into the history: a check that never comes by one of these checks too little.
pub(crate) const HAPPENINGS: [&str; 25] = [
    "signed in",
    "a sign-in failed",
    "refreshed",
    "a refresh failed",
    "a refresh was blocked",
    "no refresh left: session_ended",
    "no refresh left: refresh_unfinished",
    "no refresh left: single_use_spent",
    "signed out: signed_out",
    "signed out: session_ended",
    "signed out: refresh_unfinished",
    "signed out: single_use_spent",
    "not saved",
    "saved at last",
    "sent without a journal",
    "learned: rotate",
    "learned: reusable",
    "learned: one_shot",
    "a token was rejected",
    "no API access",
    "adopted",
    "set aside: store_key_lost",
    "set aside: store_corrupt",
    "an erase is owed",
    "something else",
];

/// The steps that were seen, each a bit in the row of the state it leaves.
#[derive(Debug, Default)]
pub struct Seen {
    phases: [AtomicU64; PHASES.len()],
    refreshes: [AtomicU64; REFRESHES.len()],
    happenings: AtomicU64,
}

/// Where a state stands in both diagrams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    phase: usize,
    /// Of which session, and how its refresh stands.
    refresh: Option<(u128, usize)>,
}

impl Seen {
    pub(crate) fn place(&self, state: &State) -> Place {
        Place {
            phase: phase(&state.phase),
            refresh: state.session().map(|s| (s.epoch.0, refresh(s))),
        }
    }

    /// Notes the step from a place to a state.
    pub(crate) fn step(&self, from: Place, to: &State) {
        let to = self.place(to);
        if from.phase != to.phase {
            mark(&self.phases[from.phase], to.phase);
        }
        match (from.refresh, to.refresh) {
            (Some((old, from)), Some((new, to))) if old == new => {
                if from != to {
                    mark(&self.refreshes[from], to);
                }
            }
            (from, to) => {
                if let Some((_, from)) = from {
                    mark(&self.refreshes[from], 0);
                }
                if let Some((_, to)) = to {
                    mark(&self.refreshes[0], to);
                }
            }
        }
    }
}

impl Seen {
    /// Notes that something went into the history.
    pub(crate) fn happened(&self, happening: &Happening) {
        mark(&self.happenings, happening_number(happening));
    }

    /// Takes in what another run has seen.
    pub fn add(&self, other: &Self) {
        let rows = |seen: &Self| -> Vec<u64> {
            let rows = seen.phases.iter().chain(&seen.refreshes);
            let rows = rows.chain([&seen.happenings]);
            rows.map(|row| row.load(Relaxed)).collect()
        };
        let own = self.phases.iter().chain(&self.refreshes);
        for (row, bits) in own.chain([&self.happenings]).zip(rows(other)) {
            row.fetch_or(bits, Relaxed);
        }
    }

    /// The steps between phases.
    pub fn phases(&self) -> Arrows {
        arrows(&self.phases, &PHASES)
    }

    /// The steps of a session's refresh. That a session can be over at any of them is left out.
    pub fn refreshes(&self) -> Arrows {
        let mut all = arrows(&self.refreshes, &REFRESHES);
        all.retain(|(_, to)| to != REFRESHES[0]);
        all
    }

    /// What never went into the history.
    pub fn never_happened(&self) -> Vec<&'static str> {
        let seen = self.happenings.load(Relaxed);
        let all = HAPPENINGS.iter().enumerate().take(HAPPENINGS.len() - 1);
        let never = all.filter(|(number, _)| seen & (1 << number) == 0);
        never.map(|(_, name)| *name).collect()
    }

    /// What the page's diagram of the phases shows and was not seen, or was seen and is not shown;
    /// nothing when all is well.
    pub fn compare(&self, readme: &str) -> Vec<String> {
        differences(&self.phases(), &drawn(readme))
    }
}

fn differences(seen: &Arrows, drawn: &Arrows) -> Vec<String> {
    let line = |what: &str, (from, to): &(String, String)| format!("{what}: {from} --> {to}");
    let not_drawn = seen.difference(drawn).map(|arrow| line("not drawn", arrow));
    let not_taken = drawn.difference(seen).map(|arrow| line("not taken", arrow));
    not_drawn.chain(not_taken).collect()
}

/// The arrows of the first diagram on the page, which is that of the phases.
pub fn drawn(readme: &str) -> Arrows {
    let block = readme.split("```mermaid").nth(1).unwrap_or_default();
    let block = block.split("```").next().unwrap_or_default();
    let arrows = block.lines().filter_map(|line| {
        let (from, rest) = line.trim().split_once(" --> ")?;
        let to = rest.split(':').next()?;
        Some((from.trim().to_owned(), to.trim().to_owned()))
    });
    arrows.collect()
}

fn arrows(rows: &[AtomicU64], names: &[&str]) -> Arrows {
    let mut all = Arrows::new();
    for (from, row) in rows.iter().enumerate() {
        let row = row.load(Relaxed);
        let to = (0..names.len()).filter(|to| row & (1 << to) != 0);
        all.extend(to.map(|to| (names[from].to_owned(), names[to].to_owned())));
    }
    all
}

fn happening_number(happening: &Happening) -> usize {
    let ended = |cause: &Cause| match cause {
        Cause::SessionEnded => 0,
        Cause::RefreshUnfinished => 1,
        Cause::SingleUseSpent => 2,
        _ => HAPPENINGS.len() - 1,
    };
    let number = match happening {
        Happening::SignedIn => 0,
        Happening::SignInFailed(_) => 1,
        Happening::Refreshed(_) => 2,
        Happening::RefreshFailed(_) => 3,
        Happening::RefreshBlocked(_) => 4,
        Happening::RefreshEnded(cause) => 5 + ended(cause),
        Happening::SignedOut(Cause::SignedOut) => 8,
        Happening::SignedOut(cause) => 9 + ended(cause),
        Happening::NotSaved(_) => 12,
        Happening::SavedAtLast => 13,
        Happening::SentWithoutJournal(_) => 14,
        Happening::Learned(ServerMode::Rotate) => 15,
        Happening::Learned(ServerMode::Reusable) => 16,
        Happening::Learned(ServerMode::OneShot) => 17,
        Happening::TokenRejected => 18,
        Happening::NoApiAccess => 19,
        Happening::Adopted(_) | Happening::TakenOver => 20,
        Happening::SetAside(Cause::KeyLost) => 21,
        Happening::SetAside(_) => 22,
        Happening::EraseOwed(_) => 23,
    };
    number.min(HAPPENINGS.len() - 1)
}

fn mark(row: &AtomicU64, to: usize) {
    if row.load(Relaxed) & (1 << to) == 0 {
        row.fetch_or(1 << to, Relaxed);
    }
}

fn phase(phase: &Phase) -> usize {
    match phase {
        Phase::Closed => 0,
        Phase::Loading { .. } => 1,
        Phase::SignedOut(_) => 2,
        Phase::SigningIn(_) => 3,
        Phase::SignedIn(_) => 4,
        Phase::Locked => 5,
        Phase::StoreFailed(_) => 6,
    }
}

fn refresh(s: &Session) -> usize {
    match &s.refresh {
        Refresh::Ready => 1,
        Refresh::InFlight { stage, .. } => match stage {
            Stage::Journaling { .. } => 2,
            Stage::Sent { .. } => 3,
            Stage::Saving { .. } => 4,
            Stage::Rereading { .. } => 5,
        },
        Refresh::Waiting { .. } => 6,
        Refresh::Blocked { .. } => 7,
        Refresh::Ended { .. } => 8,
        Refresh::None => 9,
    }
}
