//! The nouns of a session that machine, driver and store share. Nothing here does anything.

use std::fmt;

use crate::{
    environment::{Millis, Now},
    error::Code,
    secret::Secret,
};

/// Names one committed sign-in: 128 random bits. Sign-out and the next committed sign-in end it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Epoch(pub u128);

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Epoch({:08x}..)", (self.0 >> 96) as u32)
    }
}

/// Counts the token pairs within an epoch, from 1.
pub type Generation = u64;

/// Counts tries of one kind within a process, so that a late answer can be told from a current one.
pub type Attempt = u64;

/// How a session gets its next access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Renewal {
    /// With the refresh token that ClearPass gave.
    RefreshToken,
    /// With the client secret that the app gives at each start (`client_credentials`).
    ClientSecret,
    /// Not at all: the person signs in again when the access token ends.
    None,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
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

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 8] = [
        Self::NeverSignedIn,
        Self::SignedOut,
        Self::SessionEnded,
        Self::RefreshUnfinished,
        Self::SingleUseSpent,
        Self::StoreLost,
        Self::KeyLost,
        Self::Corrupt,
    ];

    /// The code of the error that a caller gets.
    pub fn code(self) -> Code {
        match self {
            Self::NeverSignedIn | Self::SignedOut => Code::SignedOut,
            Self::SessionEnded => Code::SessionEnded,
            Self::RefreshUnfinished => Code::RefreshUnfinished,
            Self::SingleUseSpent => Code::SingleUseSpent,
            Self::StoreLost => Code::StoreLost,
            Self::KeyLost => Code::StoreKeyLost,
            Self::Corrupt => Code::StoreCorrupt,
        }
    }
}

/// The times of one token pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    /// When the request was sent that the pair answers.
    pub sent: Now,
    /// How long the access token lives from then; unknown means until it is rejected.
    pub lifetime: Option<Millis>,
    /// How long after `sent` the next refresh is due; drawn once for each generation.
    pub refresh_after: Option<Millis>,
}

/// What is written before a refresh is sent, and the lease that other processes see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Journal {
    /// The generation whose refresh token is sent.
    pub generation: Generation,
    /// Which try of this process; 0 when none is open, and the journal only remembers that earlier
    /// ones had no answer.
    pub attempt: Attempt,
    /// Which process: drawn at its start. It is odd when a lock in the data folder tells whether
    /// the process still runs.
    pub owner: u64,
    /// When.
    pub at: Now,
    /// How many earlier tries of this generation ended without an answer.
    pub unknown_tries: u32,
}

/// What is known of the process that wrote a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Nothing.
    Unknown,
    /// It still runs, or is stopped: the operating system says that it holds its lock.
    Runs,
    /// It has ended.
    Gone,
}

/// Everything of a session that is kept in the secret store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Which sign-in.
    pub epoch: Epoch,
    /// Which token pair.
    pub generation: Generation,
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, if there is one that may still work.
    pub refresh_token: Option<Secret>,
    /// How the next token is got.
    pub renewal: Renewal,
    /// The times of this pair.
    pub times: Times,
    /// The last moment at which the session was seen alive; the second anchor after a reboot.
    pub last_seen: Now,
    /// Why no refresh is left, once that is so.
    pub ended: Option<Cause>,
    /// An open refresh.
    pub journal: Option<Journal>,
    /// Whether this pair was got because the one before was rejected.
    pub after_rejection: bool,
    /// Whether the refresh token was used for this pair, no new one came, and it is to be proven
    /// straight away whether it still works.
    pub unproven: bool,
    /// The user name as typed; empty for `client_credentials`.
    pub username: String,
}

/// How a server treats refresh tokens; learned by proof, kept for server and client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerMode {
    /// Each refresh answers with a new refresh token, and the old one dies.
    Rotate,
    /// The refresh token stays the same and stays usable.
    Reusable,
    /// The refresh token works once, and no new one comes.
    OneShot,
}
