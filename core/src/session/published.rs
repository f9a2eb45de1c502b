//! What everybody may see of a session without asking the driver: the state, and the token that
//! is good right now. It is one value behind an atomic pointer, so reading it takes no lock.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use super::{
    clock::{self, Anchor, Standing},
    lease::Lease,
    model::{Cause, Epoch, Generation, Renewal, ServerMode, Times},
    state::{Phase, Previous, Refresh, Session, State},
};
use crate::{
    environment::{Millis, Now},
    error::Code,
    secret::Secret,
    store::{Persistence, StoreError},
};

/// The driver is told of the use of a token that is due this often at most.
const NUDGE_AGAIN: Millis = 10_000;

/// What everybody may see.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: SessionState,
    pub(crate) serving: Option<Serving>,
    /// The refresh of another process whose result is waited for.
    pub(crate) lease: Option<Lease>,
}

/// The token that is good right now.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) token: AccessToken,
    pub(crate) times: Times,
    pub(crate) anchor: Anchor,
    /// When the driver was told last that the refresh point has passed, by the boot clock.
    pub(crate) nudged: AtomicU64,
    /// The driver was told that the server accepts it.
    pub(crate) accepted: AtomicBool,
}

impl Serving {
    pub(crate) fn standing(&self, now: Now) -> Standing {
        clock::judge(&self.times, &self.anchor, now)
    }

    /// Whether the driver is to be told that a token that is due is used; not at every use.
    pub(crate) fn nudges(&self, now: Now) -> bool {
        let last = self.nudged.load(Relaxed);
        let again = last == 0 || now.boot.saturating_sub(last) >= NUDGE_AGAIN;
        again
            && self
                .nudged
                .compare_exchange(last, now.boot.max(1), Relaxed, Relaxed)
                .is_ok()
    }
}

/// An access token. Cloning it copies no secret; its `Debug` shows none.
#[derive(Clone)]
pub struct AccessToken {
    inner: Arc<Inner>,
    short: bool,
}

struct Inner {
    secret: Secret,
    epoch: Epoch,
    generation: Generation,
}

impl AccessToken {
    pub(crate) fn new(secret: Secret, epoch: Epoch, generation: Generation) -> Self {
        Self {
            inner: Arc::new(Inner {
                secret,
                epoch,
                generation,
            }),
            short: false,
        }
    }

    pub(crate) fn with_short(mut self, short: bool) -> Self {
        self.short = short;
        self
    }

    /// The token itself, for the `Authorization: Bearer` header of a request to the configured
    /// server and to no other.
    pub fn expose(&self) -> &str {
        self.inner.secret.expose()
    }

    /// Which token pair of the session it is, counted from 1.
    pub fn generation(&self) -> u64 {
        self.inner.generation
    }

    /// It is good, and lives shorter than the caller asked for.
    pub fn is_short(&self) -> bool {
        self.short
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.inner.epoch
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.inner.secret
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("generation", &self.inner.generation)
            .field("short", &self.short)
            .finish_non_exhaustive()
    }
}

/// Where the session stands, for screens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionState {
    /// The store is being read.
    Loading,
    /// Nobody is signed in.
    SignedOut {
        /// Why.
        cause: Cause,
        /// The store still holds the record, because it refused to let go of it; it is tried
        /// again, and the record will not be used.
        pending_erase: bool,
    },
    /// A sign-in is under way; the session before it goes on meanwhile.
    SigningIn {
        /// That session.
        previous: Option<SignedIn>,
    },
    /// Somebody is signed in.
    SignedIn(SignedIn),
    /// The store is locked; unlock the device.
    Locked,
    /// The store cannot be read; the code says why.
    StoreFailed(Code),
}

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedIn {
    /// The user name as typed; empty for a client of its own.
    pub username: String,
    /// Which token pair, counted from 1.
    pub generation: u64,
    /// When the access token ends, in milliseconds since 1970 UTC by this device's clock; `None`
    /// when the server did not say or the clock cannot tell.
    pub expires_at: Option<Millis>,
    /// How the refresh stands.
    pub refresh: RefreshState,
    /// Whether the secret store holds what is served. If not, it is written again by itself.
    pub saved: bool,
    /// What can be promised about staying signed in.
    pub stays: Stays,
    /// How long the store keeps the session.
    pub persistence: Persistence,
}

/// How the refresh of a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshState {
    /// It comes when it is due.
    Ready,
    /// One is under way.
    InFlight,
    /// Another process of this app has one under way; its result is taken over.
    Elsewhere,
    /// The last one failed, and it is tried again.
    Waiting(Code),
    /// The server refuses for a reason that an administrator can mend.
    Blocked(Code),
    /// There will be none: a sign-in is needed when the access token ends.
    Ended(Cause),
    /// The server gave no refresh token: a sign-in is needed when the access token ends.
    None,
}

/// What can be promised about staying signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stays {
    /// Until then, in milliseconds since 1970 UTC.
    Until(Millis),
    /// As long as the app is used now and then.
    WhileUsed,
    /// Nobody knows yet.
    Unknown,
}

impl SessionState {
    /// The view of a state.
    pub(crate) fn of(state: &State, username: &str, persistence: Persistence, now: Now) -> Self {
        let signed_in = |s: &Session| view(s, state.known.mode, username, persistence, now);
        match &state.phase {
            Phase::Closed | Phase::Loading { before: None, .. } => Self::Loading,
            Phase::Loading {
                before: Some(error),
                ..
            }
            | Phase::StoreFailed(error) => Self::store(*error),
            Phase::Locked => Self::Locked,
            Phase::SignedOut(signed_out) => Self::SignedOut {
                cause: signed_out.cause,
                pending_erase: signed_out.erase != super::state::Erase::Done,
            },
            Phase::SigningIn(sign_in) => Self::SigningIn {
                previous: match &sign_in.previous {
                    Previous::SignedIn(s) => Some(signed_in(s)),
                    Previous::SignedOut(_) => None,
                },
            },
            Phase::SignedIn(s) => match &s.refresh {
                Refresh::Waiting { failure, .. }
                    if failure.code == Code::StoreLocked && !s.serves(now) =>
                {
                    Self::Locked
                }
                _ => Self::SignedIn(signed_in(s)),
            },
        }
    }

    fn store(error: StoreError) -> Self {
        match error {
            StoreError::Locked => Self::Locked,
            error => Self::StoreFailed(super::event::Failure::from(error).code),
        }
    }

    /// The session that serves, if there is one.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(signed_in),
            Self::SigningIn { previous } => previous.as_ref(),
            _ => None,
        }
    }
}

fn view(
    s: &Session,
    mode: Option<ServerMode>,
    username: &str,
    persistence: Persistence,
    now: Now,
) -> SignedIn {
    // Where the age was known at the anchor, the end is the same whenever it is worked out.
    let at = |after: Millis| {
        let age = s.anchor.age?;
        let wall = s.anchor.at.wall.saturating_add(after);
        Some(wall.saturating_sub(age))
    };
    let expires_at = s.times.lifetime.and_then(at);
    SignedIn {
        username: username.to_owned(),
        generation: s.generation,
        expires_at,
        refresh: match &s.refresh {
            Refresh::Ready if s.waits_for(now).is_some() => RefreshState::Elsewhere,
            Refresh::Ready => RefreshState::Ready,
            Refresh::InFlight { .. } => RefreshState::InFlight,
            Refresh::Waiting { failure, .. } => RefreshState::Waiting(failure.code),
            Refresh::Blocked { failure, .. } => RefreshState::Blocked(failure.code),
            Refresh::Ended { cause } => RefreshState::Ended(*cause),
            Refresh::None => RefreshState::None,
        },
        saved: s.is_saved(),
        stays: stays(s, mode, expires_at, at),
        persistence,
    }
}

fn stays(
    s: &Session,
    mode: Option<ServerMode>,
    expires_at: Option<Millis>,
    at: impl Fn(Millis) -> Option<Millis>,
) -> Stays {
    let until = |end: Option<Millis>| end.map_or(Stays::Unknown, Stays::Until);
    match (&s.refresh, s.renewal, mode) {
        (Refresh::Ended { .. } | Refresh::None, _, _) => until(expires_at),
        // What an administrator has to mend first, and a refresh whose answer is missing, promise
        // nothing.
        (Refresh::Blocked { .. }, _, _) => Stays::Unknown,
        _ if s.unknown_tries > 0 => Stays::Unknown,
        (_, Renewal::ClientSecret, _) | (_, _, Some(ServerMode::Rotate)) => Stays::WhileUsed,
        // One more lifetime from the late refresh point.
        (_, _, Some(ServerMode::OneShot)) if !s.unproven => until(
            s.times
                .refresh_after
                .zip(s.times.lifetime)
                .and_then(|(point, life)| at(point.saturating_add(life))),
        ),
        _ => Stays::Unknown,
    }
}
