//! Where a session stands, and what a platform tells it.

use std::time::{Duration, SystemTime};

use quickaccess::{Cause, Code};

use crate::store::Persistence;

/// Where the session stands, for screens.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SessionState {
    /// The store is being read.
    Loading,
    /// Nobody is signed in.
    SignedOut {
        /// Why.
        cause: SignedOutCause,
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
    SignedIn {
        /// The session.
        session: SignedIn,
    },
    /// The store is locked; unlock the device.
    Locked,
    /// The store cannot be read.
    StoreFailed {
        /// The code that says why.
        code: String,
    },
}

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SignedIn {
    /// The user name as typed; empty for a client of its own.
    pub username: String,
    /// Which token pair, counted from 1.
    pub generation: u64,
    /// When the access token ends by this device's clock, if that is known.
    pub expires_at: Option<SystemTime>,
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
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RefreshState {
    /// It comes when it is due.
    Ready,
    /// One is under way.
    InFlight,
    /// Another process of this app has one under way; its result is taken over.
    Elsewhere,
    /// The last one failed, and it is tried again.
    Waiting {
        /// The code that says why.
        code: String,
    },
    /// The server refuses for a reason that an administrator can mend.
    Blocked {
        /// The code that says why.
        code: String,
    },
    /// There will be none: a sign-in is needed when the access token ends.
    Ended {
        /// Why.
        cause: SignedOutCause,
    },
    /// The server gave no refresh token: a sign-in is needed when the access token ends.
    NotOffered,
}

/// What can be promised about staying signed in.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Stays {
    /// Until a time by this device's clock.
    Until {
        /// That time.
        at: SystemTime,
    },
    /// As long as the app is used now and then.
    WhileUsed,
    /// Nobody knows yet.
    Unknown,
}

/// Why nobody is signed in, or will not be for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SignedOutCause {
    /// Nobody has signed in yet.
    NeverSignedIn,
    /// The person signed out.
    SignedOut,
    /// ClearPass no longer accepts the refresh token, or there was none and the time is over.
    SessionEnded,
    /// The answer to a refresh was lost, and the old token no longer works.
    RefreshUnfinished,
    /// The server lets a refresh token be used once only, and that has been done.
    SingleUseSpent,
    /// The secret store no longer holds what was saved.
    StoreLost,
    /// The key that protects the saved session is gone.
    KeyLost,
    /// The saved session was damaged and has been set aside.
    Corrupt,
}

/// What the platform tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PlatformEvent {
    /// The app came to the foreground.
    Foreground,
    /// The app went to the background.
    Background,
    /// The device was unlocked.
    Unlocked,
    /// The network came, went or is another one.
    NetworkChanged,
    /// The clock or the time zone was set.
    TimeChanged,
    /// The app is about to be ended.
    Terminating,
}

/// A time of the wall clock from milliseconds since 1970 UTC; what no clock can hold is 1970.
pub(crate) fn wall_time(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    let time = if millis < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The same of the core's milliseconds.
pub(crate) fn wall_time_of(millis: quickaccess::Millis) -> SystemTime {
    wall_time(i64::try_from(millis).unwrap_or(i64::MAX))
}

// Core and binding are built together; a variant that is missing in a conversion is a bug, and
// says so by its code.
fn missing() -> String {
    Code::Internal.as_str().to_owned()
}

impl From<&quickaccess::SessionState> for SessionState {
    fn from(state: &quickaccess::SessionState) -> Self {
        use quickaccess::SessionState as Core;
        match state {
            Core::Loading => Self::Loading,
            Core::SignedOut {
                cause,
                pending_erase,
            } => Self::SignedOut {
                cause: (*cause).into(),
                pending_erase: *pending_erase,
            },
            Core::SigningIn { previous } => Self::SigningIn {
                previous: previous.as_ref().map(SignedIn::from),
            },
            Core::SignedIn(session) => Self::SignedIn {
                session: session.into(),
            },
            Core::Locked => Self::Locked,
            Core::StoreFailed(code) => Self::StoreFailed {
                code: code.as_str().to_owned(),
            },
            _ => Self::StoreFailed { code: missing() },
        }
    }
}

impl From<&quickaccess::SignedIn> for SignedIn {
    fn from(session: &quickaccess::SignedIn) -> Self {
        Self {
            username: session.username.clone(),
            generation: session.generation,
            expires_at: session.expires_at.map(wall_time_of),
            refresh: (&session.refresh).into(),
            saved: session.saved,
            stays: session.stays.into(),
            persistence: session.persistence.into(),
        }
    }
}

impl From<&quickaccess::RefreshState> for RefreshState {
    fn from(state: &quickaccess::RefreshState) -> Self {
        use quickaccess::RefreshState as Core;
        let text = |code: &Code| code.as_str().to_owned();
        match state {
            Core::Ready => Self::Ready,
            Core::InFlight => Self::InFlight,
            Core::Elsewhere => Self::Elsewhere,
            Core::Waiting(code) => Self::Waiting { code: text(code) },
            Core::Blocked(code) => Self::Blocked { code: text(code) },
            Core::Ended(cause) => Self::Ended {
                cause: (*cause).into(),
            },
            Core::None => Self::NotOffered,
            _ => Self::Blocked { code: missing() },
        }
    }
}

impl From<quickaccess::Stays> for Stays {
    fn from(stays: quickaccess::Stays) -> Self {
        match stays {
            quickaccess::Stays::Until(at) => Self::Until {
                at: wall_time_of(at),
            },
            quickaccess::Stays::WhileUsed => Self::WhileUsed,
            _ => Self::Unknown,
        }
    }
}

impl From<Cause> for SignedOutCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::NeverSignedIn => Self::NeverSignedIn,
            Cause::SignedOut => Self::SignedOut,
            Cause::SessionEnded => Self::SessionEnded,
            Cause::RefreshUnfinished => Self::RefreshUnfinished,
            Cause::SingleUseSpent => Self::SingleUseSpent,
            Cause::StoreLost => Self::StoreLost,
            Cause::KeyLost => Self::KeyLost,
            Cause::Corrupt => Self::Corrupt,
            // Whatever else it is, the session is over.
            _ => Self::SessionEnded,
        }
    }
}

impl From<PlatformEvent> for quickaccess::PlatformEvent {
    fn from(event: PlatformEvent) -> Self {
        match event {
            PlatformEvent::Foreground => Self::Foreground,
            PlatformEvent::Background => Self::Background,
            PlatformEvent::Unlocked => Self::Unlocked,
            PlatformEvent::NetworkChanged => Self::NetworkChanged,
            PlatformEvent::TimeChanged => Self::TimeChanged,
            PlatformEvent::Terminating => Self::Terminating,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_crosses_as_itself() {
        for cause in Cause::ALL {
            let crossed = SignedOutCause::from(cause);
            assert_eq!(format!("{crossed:?}"), format!("{cause:?}"));
        }
    }

    #[test]
    fn times_before_1970_and_beyond_all_clocks_cross() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(wall_time(-3_600_000), SystemTime::UNIX_EPOCH - hour);
        assert_eq!(wall_time(3_600_000), SystemTime::UNIX_EPOCH + hour);
        assert!(wall_time_of(u64::MAX) >= SystemTime::UNIX_EPOCH);
    }
}
