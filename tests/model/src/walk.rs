//! Visits every moment and every attempt number in the machine's state. The patterns name all
//! fields on purpose: a new one does not compile until it was thought of here.

use quickaccess::{
    Millis, Now,
    session::{
        clock::Anchor,
        effect::Expect,
        event::{Event, WaiterId},
        lease::Lease,
        model::{Attempt, Times},
        state::{
            Erase, NewPair, Phase, Previous, Refresh, Removal, Session, SignInStage, SignedOut,
            SigningIn, Stage, State, Why, Write,
        },
    },
};

use crate::time::{HOUR, MINUTE};

/// Further tries are told apart from no more than this many.
const MOST_TRIES: u32 = 2;
/// Without a way to the server, a caller may start a try this long after the last.
pub(crate) const OFFLINE_CALLER: Millis = 5_000;
/// Between two looks into the store for what others have done lies this at least.
pub(crate) const FIRST_LOOK: Millis = 1_000;
/// After a change of network an open request is given this long.
pub(crate) const DEAD_PATH: Millis = 10_000;

/// What is done to each.
pub(crate) trait Visit {
    /// A moment of the past, and the age from which on it makes no difference.
    fn moment(&mut self, at: &mut Now, most: Millis);
    /// An attempt number.
    fn attempt(&mut self, attempt: &mut Attempt);
    /// When a journal was written, or seen first.
    fn journal(&mut self, at: &mut Now);
    /// When the session's own journal was written.
    fn own_journal(&mut self, at: &mut Now);
}

pub(crate) fn state(state: &mut State, visit: &mut impl Visit) {
    let State {
        phase,
        known: _,
        attempts: _,
        background: _,
    } = state;
    match phase {
        Phase::Closed | Phase::Locked | Phase::StoreFailed(_) => {}
        Phase::Loading {
            attempt,
            parked: _,
            before: _,
        } => visit.attempt(attempt),
        Phase::SignedOut(out) => signed_out(out, visit),
        Phase::SigningIn(sign_in) => signing_in(sign_in, visit),
        Phase::SignedIn(s) => session(s, visit),
    }
}

fn signed_out(out: &mut SignedOut, visit: &mut impl Visit) {
    let SignedOut {
        cause: _,
        erase,
        removal,
        waiters: _,
        look,
        looked,
    } = out;
    if let Removal::Bury(expect) = removal {
        self::expect(expect, visit);
    }
    if let Some((attempt, _)) = look {
        visit.attempt(attempt);
    }
    if let Some(at) = looked {
        visit.moment(at, FIRST_LOOK);
    }
    match erase {
        Erase::Done => {}
        Erase::Busy { attempt, tries } => {
            visit.attempt(attempt);
            *tries = (*tries).min(MOST_TRIES);
        }
        Erase::Owed { since, wait, tries } => {
            visit.moment(since, *wait);
            *tries = (*tries).min(MOST_TRIES);
        }
    }
}

fn signing_in(sign_in: &mut SigningIn, visit: &mut impl Visit) {
    let SigningIn {
        attempt,
        waiter: _,
        stage,
        previous,
    } = sign_in;
    visit.attempt(attempt);
    match stage {
        SignInStage::Asking { renewal: _ } => {}
        SignInStage::Saving { write, session: s } => {
            visit.attempt(write);
            session(s, visit);
        }
    }
    match previous {
        Previous::SignedOut(out) => signed_out(out, visit),
        Previous::SignedIn(s) => session(s, visit),
    }
}

fn session(s: &mut Session, visit: &mut impl Visit) {
    let Session {
        epoch: _,
        generation: _,
        times,
        anchor,
        renewal: _,
        refresh,
        write,
        stored: _,
        displaced_by: _,
        lease,
        journal,
        look,
        unknown_tries,
        tries,
        // A small number, which steers.
        conflicts: _,
        owed: _,
        unproven: _,
        stretched: _,
        accepted: _,
        rejected: _,
        after_rejection: _,
        no_api_access,
        asking,
        refused_areas,
        waiters: _,
    } = s;
    self::times(times, visit);
    let Anchor { at, age: _ } = anchor;
    visit.moment(at, oldest(times));
    self::refresh(refresh, visit);
    match write {
        Write::Saved => {}
        Write::Busy {
            attempt,
            behind: _,
            tries,
        }
        | Write::Checking {
            read: attempt,
            behind: _,
            tries,
        } => {
            visit.attempt(attempt);
            *tries = (*tries).min(MOST_TRIES);
        }
        Write::Owed { since, wait, tries } => {
            visit.moment(since, *wait);
            *tries = (*tries).min(MOST_TRIES);
        }
    }
    if let Some(Lease {
        journal,
        holder: _,
        seen,
        length: _,
    }) = lease
    {
        visit.journal(&mut journal.at);
        visit.journal(seen);
    }
    if let Some(journal) = journal {
        visit.attempt(&mut journal.attempt);
        visit.own_journal(&mut journal.at);
        journal.unknown_tries = journal.unknown_tries.min(MOST_TRIES);
    }
    visit.moment(&mut look.since, look.wait.max(FIRST_LOOK));
    if let Some(read) = &mut look.read {
        visit.attempt(read);
    }
    look.tries = look.tries.min(MOST_TRIES);
    *unknown_tries = (*unknown_tries).min(MOST_TRIES);
    *tries = (*tries).min(MOST_TRIES);
    if let Some(since) = no_api_access {
        visit.moment(since, MINUTE);
    }
    if let Some((attempt, _)) = asking {
        visit.attempt(attempt);
    }
    for (_, since) in refused_areas {
        visit.moment(since, MINUTE);
    }
}

fn refresh(refresh: &mut Refresh, visit: &mut impl Visit) {
    match refresh {
        Refresh::Ready | Refresh::Ended { cause: _ } | Refresh::None => {}
        Refresh::InFlight {
            attempt,
            stage,
            after_rejection: _,
        } => {
            visit.attempt(attempt);
            match stage {
                Stage::Journaling { write } => visit.attempt(write),
                Stage::Sent {
                    proof: _,
                    network_changed,
                } => {
                    if let Some(since) = network_changed {
                        visit.moment(since, DEAD_PATH);
                    }
                }
                Stage::Saving {
                    write,
                    pair,
                    conflicts: _,
                } => {
                    visit.attempt(write);
                    new_pair(pair, visit);
                }
                Stage::Rereading { read, why } => {
                    visit.attempt(read);
                    match why {
                        Why::Journal | Why::Stopped | Why::InvalidGrant { proof: _ } => {}
                        Why::Pair(pair, _) => new_pair(pair, visit),
                    }
                }
            }
        }
        Refresh::Waiting {
            since,
            wait,
            failure: _,
            sent: _,
        } => visit.moment(since, (*wait).max(OFFLINE_CALLER)),
        Refresh::Blocked { failure: _, since } => visit.moment(since, HOUR),
    }
}

fn new_pair(pair: &mut NewPair, visit: &mut impl Visit) {
    let NewPair {
        attempt,
        times,
        odd: _,
        keep: _,
    } = pair;
    visit.attempt(attempt);
    self::times(times, visit);
}

/// What a write expects to find.
pub(crate) fn expect(expect: &mut Expect, visit: &mut impl Visit) {
    if let Expect::Untouched {
        others: Some(journal),
        ..
    }
    | Expect::Missing {
        others: Some(journal),
        ..
    } = expect
    {
        visit.journal(&mut journal.at);
    }
}

/// The times of a pair, in the machine or in the store.
pub(crate) fn times(times: &mut Times, visit: &mut impl Visit) {
    let most = oldest(times);
    let Times {
        sent,
        lifetime: _,
        refresh_after: _,
    } = times;
    visit.moment(sent, most);
}

/// The age from which on a pair only gets older.
fn oldest(times: &Times) -> Millis {
    times.lifetime.unwrap_or(0).max(MINUTE)
}

/// Everybody whom the machine still means to answer.
pub(crate) fn waiters(state: &State) -> Vec<WaiterId> {
    let mut all = Vec::new();
    match &state.phase {
        Phase::Closed | Phase::Locked | Phase::StoreFailed(_) => {}
        Phase::Loading { parked, .. } => {
            all.extend(parked.iter().filter_map(|event| match event {
                Event::Want { waiter, .. }
                | Event::SignIn { waiter, .. }
                | Event::Rejected { waiter, .. } => Some(*waiter),
                _ => None,
            }))
        }
        Phase::SignedOut(out) => all.extend(of_signed_out(out)),
        Phase::SigningIn(sign_in) => {
            all.push(sign_in.waiter);
            match &sign_in.previous {
                Previous::SignedOut(out) => all.extend(of_signed_out(out)),
                Previous::SignedIn(s) => all.extend(of_session(s)),
            }
        }
        Phase::SignedIn(s) => all.extend(of_session(s)),
    }
    all
}

fn of_signed_out(out: &SignedOut) -> impl Iterator<Item = WaiterId> {
    let looking = out.look.iter().flat_map(|(_, waiters)| waiters);
    let looking = looking.map(|(waiter, _)| *waiter);
    out.waiters.iter().copied().chain(looking)
}

fn of_session(s: &Session) -> impl Iterator<Item = WaiterId> {
    let waiting = s.waiters.iter().map(|(waiter, _)| *waiter);
    let asking = s.asking.iter().flat_map(|(_, waiters)| waiters);
    waiting.chain(asking.map(|(waiter, _)| *waiter))
}

/// What the machine waits for: each must be under way, or nobody will ever hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// A call of the store.
    Store(Attempt),
    /// An answer of the server.
    Server(Attempt),
}

/// Everything that the machine waits for.
pub(crate) fn awaited(state: &State) -> Vec<Awaited> {
    let mut all = Vec::new();
    match &state.phase {
        Phase::Closed | Phase::Locked | Phase::StoreFailed(_) => {}
        Phase::Loading { attempt, .. } => all.push(Awaited::Store(*attempt)),
        Phase::SignedOut(out) => all.extend(awaited_out(out)),
        Phase::SigningIn(sign_in) => {
            all.push(match &sign_in.stage {
                SignInStage::Asking { .. } => Awaited::Server(sign_in.attempt),
                SignInStage::Saving { write, .. } => Awaited::Store(*write),
            });
            match &sign_in.previous {
                Previous::SignedOut(out) => all.extend(awaited_out(out)),
                Previous::SignedIn(s) => awaited_in(s, &mut all),
            }
        }
        Phase::SignedIn(s) => awaited_in(s, &mut all),
    }
    all
}

fn awaited_out(out: &SignedOut) -> impl Iterator<Item = Awaited> {
    let erase = match out.erase {
        Erase::Busy { attempt, .. } => Some(attempt),
        Erase::Done | Erase::Owed { .. } => None,
    };
    let look = out.look.as_ref().map(|(attempt, _)| *attempt);
    erase.into_iter().chain(look).map(Awaited::Store)
}

fn awaited_in(s: &Session, all: &mut Vec<Awaited>) {
    if let Refresh::InFlight { attempt, stage, .. } = &s.refresh {
        all.push(match stage {
            Stage::Sent { .. } => Awaited::Server(*attempt),
            Stage::Journaling { write: job }
            | Stage::Saving { write: job, .. }
            | Stage::Rereading { read: job, .. } => Awaited::Store(*job),
        });
    }
    match &s.write {
        Write::Busy { attempt: job, .. } | Write::Checking { read: job, .. } => {
            all.push(Awaited::Store(*job));
        }
        Write::Saved | Write::Owed { .. } => {}
    }
    all.extend(s.look.read.map(Awaited::Store));
    if let Some((attempt, _)) = &s.asking {
        all.push(Awaited::Server(*attempt));
    }
}
