//! What the machine knows. There is no token in here: the driver holds the tokens and finds the
//! right ones by epoch, generation and attempt.

use super::{
    clock::Anchor,
    effect::Expect,
    event::{Area, Event, Failure, WaiterId, Want},
    lease::Lease,
    model::{Attempt, Cause, Epoch, Generation, Journal, Renewal, ServerMode, Times},
};
use crate::{
    environment::{Millis, Now},
    store::StoreError,
};

/// The whole state of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Where the session stands.
    pub phase: Phase,
    /// What is known of server and app, whoever is signed in.
    pub known: Known,
    /// The last attempt number that was given out.
    pub attempts: Attempt,
    /// Whether the app is in the background, where no timer starts a refresh.
    pub background: bool,
}

impl State {
    /// The state before the store was read.
    pub fn new(known: Known) -> Self {
        Self {
            phase: Phase::Closed,
            known,
            attempts: 0,
            background: false,
        }
    }

    /// The session that serves tokens, also the one behind a sign-in that is under way.
    pub fn session(&self) -> Option<&Session> {
        match &self.phase {
            Phase::SignedIn(session) => Some(session),
            Phase::SigningIn(sign_in) => match &sign_in.previous {
                Previous::SignedIn(session) => Some(session),
                Previous::SignedOut(_) => None,
            },
            _ => None,
        }
    }
}

/// What is known of server and app, whoever is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// How the server treats refresh tokens, if that was learned.
    pub mode: Option<ServerMode>,
    /// Whether an answer without a refresh token leaves open what became of the old one. True for
    /// ClearPass; a server that keeps to RFC 6749 section 6 keeps it.
    pub doubts_old_token: bool,
    /// Whether the app gave a client secret at this start.
    pub has_secret: bool,
    /// Whether no other process uses the same store entries.
    pub alone: bool,
    /// Names this process in the journal.
    pub owner: u64,
    /// How long one call of the store may take.
    pub store_limit: Millis,
}

/// Where the session stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing was asked for yet.
    Closed,
    /// The store is being read; what was asked for meanwhile waits.
    Loading {
        /// Which read.
        attempt: Attempt,
        /// Asked for meanwhile, in order.
        parked: Vec<Event>,
        /// What the read before this one said, so that people do not see the state flicker.
        before: Option<StoreError>,
    },
    /// Nobody is signed in.
    SignedOut(SignedOut),
    /// A sign-in is under way; the session before it lives, serves and refreshes.
    SigningIn(Box<SigningIn>),
    /// Somebody is signed in.
    SignedIn(Box<Session>),
    /// The store is locked, and nothing of it is known yet.
    Locked,
    /// The store cannot be read.
    StoreFailed(StoreError),
}

/// Nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignedOut {
    /// Why.
    pub cause: Cause,
    /// What is still to be removed from the store.
    pub erase: Erase,
    /// How it is removed.
    pub removal: Removal,
    /// Callers of sign-out that wait for it.
    pub waiters: Vec<WaiterId>,
    /// When the store was looked at last for a session of another process.
    pub looked: Option<Now>,
    /// Such a look that is under way, and who waits for it.
    pub look: Option<(Attempt, Vec<(WaiterId, Want)>)>,
}

impl SignedOut {
    /// Nobody is signed in, and nothing is to be removed.
    pub fn settled(cause: Cause) -> Self {
        Self {
            cause,
            erase: Erase::Done,
            removal: Removal::Erase(None),
            waiters: Vec::new(),
            looked: None,
            look: None,
        }
    }
}

/// How a record is removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Removal {
    /// It is deleted; the epoch that is over, or whichever the store holds.
    Erase(Option<Epoch>),
    /// A tombstone with the cause takes its place.
    Bury(Box<Expect>),
}

/// What is still to be removed from the store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Erase {
    /// Nothing.
    Done,
    /// A removal is under way.
    Busy {
        /// Which.
        attempt: Attempt,
        /// How many failed before it.
        tries: u32,
    },
    /// The store refused; it is tried again.
    Owed {
        /// When it refused.
        since: Now,
        /// How long to wait from then, in milliseconds.
        wait: u64,
        /// How many tries failed.
        tries: u32,
    },
}

/// A sign-in that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SigningIn {
    /// Which one.
    pub attempt: Attempt,
    /// Who asked for it.
    pub waiter: WaiterId,
    /// How far it is.
    pub stage: SignInStage,
    /// What it returns to unless it commits.
    pub previous: Previous,
}

/// How far a sign-in is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignInStage {
    /// The server is being asked.
    Asking {
        /// What the session will renew itself with.
        renewal: Renewal,
    },
    /// The new record is being written.
    Saving {
        /// Which write.
        write: Attempt,
        /// The session as it will be.
        session: Box<Session>,
    },
}

/// What a sign-in returns to unless it commits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Previous {
    /// Nobody was signed in.
    SignedOut(SignedOut),
    /// Somebody was.
    SignedIn(Box<Session>),
}

impl Previous {
    pub(super) fn into_phase(self) -> Phase {
        match self {
            Self::SignedOut(signed_out) => Phase::SignedOut(signed_out),
            Self::SignedIn(session) => Phase::SignedIn(session),
        }
    }
}

/// A session that serves tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Which sign-in.
    pub epoch: Epoch,
    /// Which token pair.
    pub generation: Generation,
    /// The times of the pair.
    pub times: Times,
    /// From when its age is counted on this boot.
    pub anchor: Anchor,
    /// How the next pair is got.
    pub renewal: Renewal,
    /// How the refresh stands.
    pub refresh: Refresh,
    /// How the record in the store stands.
    pub write: Write,
    /// The generation that the store is known to hold; `None` when its record is gone.
    pub stored: Option<Generation>,
    /// A cancelled sign-in whose record may have taken this one's place.
    pub displaced_by: Option<Epoch>,
    /// The journal of another process that the store is known to hold.
    pub lease: Option<Lease>,
    /// The journal of our own try, from its writing until its answer is dealt with.
    pub journal: Option<Journal>,
    /// Looks into the store for what another process has done.
    pub look: Look,
    /// Tries of this generation that ended without an answer.
    pub unknown_tries: u32,
    /// Tries since the last success, for the back-off.
    pub tries: u32,
    /// Journals in a row that met another writer.
    pub conflicts: u32,
    /// A refresh is wanted without anybody waiting for it.
    pub owed: bool,
    /// The refresh token was sent once and no new one came: whether it still works is to be
    /// proven straight away.
    pub unproven: bool,
    /// A caller's minimum lifetime has had its refresh for this generation.
    pub stretched: bool,
    /// The access token was accepted by the server at least once.
    pub accepted: bool,
    /// The server does not accept the access token, although its time is not over.
    pub rejected: bool,
    /// This pair was got because the one before was rejected.
    pub after_rejection: bool,
    /// Since when it is known that the server accepts this pair nowhere.
    pub no_api_access: Option<Now>,
    /// Requests that wait for the verdict of `/oauth/me` on this pair.
    pub asking: Option<(Attempt, Vec<(WaiterId, Area)>)>,
    /// Areas that were refused while the token was good, and when.
    pub refused_areas: Vec<(Area, Now)>,
    /// Callers that wait for a token.
    pub waiters: Vec<(WaiterId, Want)>,
}

/// Looks into the store for what another process has done meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    /// When the store was read last.
    pub since: Now,
    /// How long to wait from then, in milliseconds.
    pub wait: Millis,
    /// How many looks found nothing new.
    pub tries: u32,
    /// The look that is under way.
    pub read: Option<Attempt>,
    /// Whether the last look before the session ends has been taken.
    pub last: bool,
}

/// How the refresh of a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refresh {
    /// It can start, or another process has one under way whose result is waited for.
    Ready,
    /// One is under way.
    InFlight {
        /// Which.
        attempt: Attempt,
        /// How far it is.
        stage: Stage,
        /// Whether a rejection of the current pair is its reason.
        after_rejection: bool,
    },
    /// The last one failed; the next waits.
    Waiting {
        /// When it failed.
        since: Now,
        /// How long to wait from then, in milliseconds.
        wait: u64,
        /// Why it failed.
        failure: Failure,
        /// Whether the server can have seen it.
        sent: bool,
    },
    /// The server refuses for a reason that is not the refresh token's.
    Blocked {
        /// Its reason.
        failure: Failure,
        /// Since when.
        since: Now,
    },
    /// No refresh is left; the access token is served to its end.
    Ended {
        /// Why.
        cause: Cause,
    },
    /// There never was one.
    None,
}

/// How far a refresh is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The journal is being written.
    Journaling {
        /// Which write.
        write: Attempt,
    },
    /// It was sent.
    Sent {
        /// Whether it is the proof of what became of the old token.
        proof: bool,
        /// When the network changed under it.
        network_changed: Option<Now>,
    },
    /// The new pair is being written.
    Saving {
        /// Which write.
        write: Attempt,
        /// The new pair.
        pair: NewPair,
        /// How many writes met another writer.
        conflicts: u32,
    },
    /// The store is being read again before an answer is believed.
    Rereading {
        /// Which read.
        read: Attempt,
        /// Why.
        why: Why,
    },
}

/// Why the store is read again in the middle of a refresh.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// Another writer was before the journal.
    Journal,
    /// The journal could not be written because another process was stopped in the middle of a
    /// write.
    Stopped,
    /// The server said `invalid_grant`.
    InvalidGrant {
        /// Whether it was the proof of what became of the old token.
        proof: bool,
    },
    /// Another writer was before the new pair.
    Pair(NewPair, u32),
}

/// A token pair that was answered and is not published yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewPair {
    /// Which answer holds its tokens.
    pub attempt: Attempt,
    /// Its times.
    pub times: Times,
    /// Whether its lifetime was odd, so that it cannot be used.
    pub odd: bool,
    /// What becomes of the refresh token.
    pub keep: Keep,
}

/// What becomes of the refresh token when an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// The answer had a new one.
    New,
    /// The old one stays.
    Old,
    /// The old one stays until it is proven whether it still works.
    OldUnproven,
    /// The old one was good for one use.
    Spent,
    /// There is none.
    None,
}

/// How the record in the store stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Write {
    /// It holds what the session is.
    Saved,
    /// A write is under way.
    Busy {
        /// Which.
        attempt: Attempt,
        /// Whether the tokens in memory are newer than the store's.
        behind: bool,
        /// How many failed before it.
        tries: u32,
    },
    /// A write met another writer; the store is being read again.
    Checking {
        /// Which read.
        read: Attempt,
        /// Whether the tokens in memory are newer than the store's.
        behind: bool,
        /// How many writes failed before.
        tries: u32,
    },
    /// The store refused; it is tried again.
    Owed {
        /// When it refused.
        since: Now,
        /// How long to wait from then, in milliseconds.
        wait: u64,
        /// How many tries failed.
        tries: u32,
    },
}
