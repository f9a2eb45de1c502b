//! What goes into the machine. What comes out is in `effect`.

use super::model::{Attempt, Cause, Epoch, Generation, Holder, Journal, Renewal, Times};
use crate::{
    environment::{Millis, Now},
    error::Code,
    store::StoreError,
};

/// Names a caller that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WaiterId(pub u64);

/// A method and the first segment of a path, such as `GET endpoint`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Area(pub String);

/// What a caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// A token that can be used.
    Token {
        /// A refresh is started in the background when less than this is left.
        prefer: Millis,
        /// A refresh is waited for when less than this is left.
        at_least: Millis,
        /// A token that is good but too short is an error.
        strict: bool,
    },
    /// A newer generation than this one, because the person asked for a refresh.
    Refresh {
        /// The generation that is not enough.
        than: Generation,
    },
    /// A newer generation than this one, because it was rejected.
    Replay {
        /// The generation that was rejected.
        than: Generation,
    },
}

/// Why something failed, as the machine keeps it: small, comparable, with no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The code that callers get.
    pub code: Code,
    /// How long the server asked to wait.
    pub after: Option<Millis>,
    /// What the server said, where that is to be shown.
    pub detail: Option<String>,
}

impl Failure {
    /// A failure with nothing but its code.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            after: None,
            detail: None,
        }
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self::new(cause.code())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(match error {
            StoreError::Locked => Code::StoreLocked,
            StoreError::KeyLost => Code::StoreKeyLost,
            StoreError::Corrupt => Code::StoreCorrupt,
            StoreError::Denied => Code::StoreDenied,
            StoreError::NotFound
            | StoreError::TooLarge
            | StoreError::Conflict
            | StoreError::Busy
            | StoreError::Unavailable => Code::StoreUnavailable,
        })
    }
}

/// What became of a token request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No byte of it was written.
    NotSent(Failure),
    /// The server may have committed, and no answer came.
    Unknown(Failure),
    /// The server asked to wait (429).
    Busy(Failure),
    /// Tokens came; the driver holds them under the attempt.
    Granted(Grant),
    /// The server refused with an OAuth code.
    Refused {
        /// Whether the code was `invalid_grant`.
        invalid_grant: bool,
        /// What callers are told.
        failure: Failure,
    },
}

/// Tokens came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// When the request was sent.
    pub sent: Now,
    /// How long the access token lives.
    pub lifetime: Lifetime,
    /// Whether a refresh token came.
    pub refresh_token: bool,
}

/// What an answer says about the lifetime of the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// So many milliseconds from the request.
    Known(Millis),
    /// Nothing: it lives until it is rejected.
    Unsaid,
    /// Zero, negative or no number.
    Odd,
}

/// What the store holds, without the tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Loaded {
    /// A session; the driver holds its tokens under the attempt.
    Session(Box<LoadedSession>),
    /// Nobody is signed in.
    SignedOut(Cause),
    /// Nobody is signed in: no refresh of this pair was left.
    Buried {
        /// Why.
        cause: Cause,
        /// Which sign-in it was.
        epoch: Epoch,
        /// Which token pair.
        generation: Generation,
    },
    /// What was saved is lost or cannot be used, which nobody knew so far.
    SetAside(Cause),
    /// The store did not tell.
    Failed(StoreError),
}

/// A stored session without its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoadedSession {
    /// Which sign-in.
    pub epoch: Epoch,
    /// Which token pair.
    pub generation: Generation,
    /// Its times.
    pub times: Times,
    /// The last moment at which it was seen alive.
    pub last_seen: Now,
    /// How the next pair is got.
    pub renewal: Renewal,
    /// Whether a refresh token is there.
    pub refresh_token: bool,
    /// Why no refresh is left.
    pub ended: Option<Cause>,
    /// An open refresh.
    pub journal: Option<Journal>,
    /// What is known of the process that wrote the journal.
    pub holder: Holder,
    /// Whether the pair was got because the one before was rejected.
    pub after_rejection: bool,
    /// Whether the refresh token was used for this pair, no new one came, and it is to be proven
    /// straight away whether it still works.
    pub unproven: bool,
}

/// What the platform tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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

/// What `/oauth/me` said about an access token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is good.
    Accepted,
    /// It is dead.
    Rejected,
    /// Nothing: the question failed.
    None(Failure),
}

/// What goes in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The store is to be read.
    Open,
    /// A read of the store ended. It never brings a session that was fenced off before it comes,
    /// even if the read was made before that: then the store is read again.
    Loaded {
        /// Which.
        attempt: Attempt,
        /// What it holds.
        loaded: Loaded,
    },
    /// A write or removal ended.
    Written {
        /// Which.
        attempt: Attempt,
        /// How.
        result: Result<(), StoreError>,
    },
    /// A person, or the app with its secret, signs in.
    SignIn {
        /// Who asks.
        waiter: WaiterId,
        /// What the session will renew itself with, if the server lets it.
        renewal: Renewal,
    },
    /// The sign-in of this caller is no longer wanted.
    CancelSignIn {
        /// Who asked for it.
        waiter: WaiterId,
    },
    /// The token endpoint was asked with a password or a secret.
    SignInAnswered {
        /// Which attempt.
        attempt: Attempt,
        /// What became of it.
        outcome: Outcome,
        /// Names the session if it commits; random.
        epoch: Epoch,
    },
    /// Somebody wants a token.
    Want {
        /// Who.
        waiter: WaiterId,
        /// What exactly.
        want: Want,
    },
    /// A caller went away. It cancels nothing.
    Forget {
        /// Who.
        waiter: WaiterId,
    },
    /// A token was used after its refresh point.
    Used,
    /// A refresh ended.
    RefreshAnswered {
        /// The epoch that it was for.
        epoch: Epoch,
        /// The generation whose token was sent.
        generation: Generation,
        /// Which attempt.
        attempt: Attempt,
        /// What became of it.
        outcome: Outcome,
    },
    /// The server accepted a token.
    Accepted {
        /// The epoch of the token.
        epoch: Epoch,
        /// Its generation.
        generation: Generation,
    },
    /// The server rejected a request with 401 or 403.
    Rejected {
        /// Who asks what to do.
        waiter: WaiterId,
        /// The epoch of the token that was used.
        epoch: Epoch,
        /// Its generation.
        generation: Generation,
        /// What was asked for.
        area: Area,
        /// Whether it was `/oauth/me` itself.
        me: bool,
    },
    /// `/oauth/me` told about a token.
    Judged {
        /// Which question.
        attempt: Attempt,
        /// What it said.
        verdict: Verdict,
    },
    /// A person signs out.
    SignOut {
        /// Who asks.
        waiter: WaiterId,
    },
    /// What is trusted of the server's certificate has changed.
    TrustChanged,
    /// The platform tells something.
    Platform(PlatformEvent),
    /// Time has passed.
    Tick,
}

impl Event {
    /// Its name, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Loaded { .. } => "loaded",
            Self::Written { .. } => "written",
            Self::SignIn { .. } => "sign_in",
            Self::CancelSignIn { .. } => "cancel_sign_in",
            Self::SignInAnswered { .. } => "sign_in_answered",
            Self::Want { .. } => "want",
            Self::Forget { .. } => "forget",
            Self::Used => "used",
            Self::RefreshAnswered { .. } => "refresh_answered",
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Judged { .. } => "judged",
            Self::SignOut { .. } => "sign_out",
            Self::TrustChanged => "trust_changed",
            Self::Platform(_) => "platform",
            Self::Tick => "tick",
        }
    }
}
