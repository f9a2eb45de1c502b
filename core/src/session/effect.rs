//! What comes out of the machine, to be performed by the driver. Where an effect takes time, its
//! comment names the [`Event`](super::event::Event) that its end becomes.

use super::{
    event::{Failure, WaiterId},
    model::{Attempt, Cause, Epoch, Generation, Journal, Renewal, ServerMode, Times},
    state::Keep,
};
use crate::environment::Millis;

/// What a caller is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The current token can be used.
    Token {
        /// It is good, and lives shorter than asked for.
        short: bool,
    },
    /// The request may be sent again with the current token.
    Replay,
    /// The token is good; the privilege is missing.
    NotPermitted,
    /// The sign-in committed.
    SignedIn,
    /// The sign-out is done; whether the store has let go of the record.
    SignedOut {
        /// Whether the record is gone from the store.
        erased: bool,
    },
    /// It failed.
    Failed(Failure),
}

/// What the record is compared with before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// Whatever is there is replaced: a sign-in.
    Anything,
    /// This epoch and generation must be there, whatever another process has tried with it or
    /// concluded from a failure: a new pair beats all of that.
    Exactly {
        /// The epoch.
        epoch: Epoch,
        /// The generation.
        generation: Generation,
    },
    /// This epoch and generation must be there, with this journal of another process and no end
    /// that another process has concluded: every other write, so that no lease is wiped out.
    Untouched {
        /// The epoch.
        epoch: Epoch,
        /// The generation.
        generation: Generation,
        /// Names this process; a journal of its own is no hindrance.
        owner: u64,
        /// The journal of another process.
        others: Option<Journal>,
    },
    /// Nothing must be there: the record had vanished, or a sign-in that was cancelled has or has
    /// not yet taken its place.
    Missing {
        /// The cancelled sign-in, whose record may be there.
        displaced_by: Option<Epoch>,
        /// The session itself, which may be there if that did not happen.
        epoch: Epoch,
        /// Its generation.
        generation: Generation,
        /// Names this process; a journal of its own is no hindrance.
        owner: u64,
        /// The journal of another process with which it may be there.
        others: Option<Journal>,
    },
}

impl Expect {
    /// The same after a sign-in was cancelled whose record may or may not have taken the place of
    /// the expected one.
    pub(super) fn displaced_by(self, cancelled: Epoch, owner: u64) -> Self {
        let (epoch, generation, others) = match self {
            Self::Anything => return self,
            Self::Exactly { epoch, generation } => (epoch, generation, None),
            Self::Untouched {
                epoch,
                generation,
                others,
                ..
            }
            | Self::Missing {
                epoch,
                generation,
                others,
                ..
            } => (epoch, generation, others),
        };
        Self::Missing {
            displaced_by: Some(cancelled),
            epoch,
            generation,
            owner,
            others,
        }
    }
}

/// Where the tokens of a write come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tokens {
    /// The current pair.
    Current,
    /// An answer that is not published yet.
    Answer(Attempt, Keep),
}

/// A record to be written; the driver adds the tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordDraft {
    /// Which sign-in.
    pub epoch: Epoch,
    /// Which token pair.
    pub generation: Generation,
    /// Its times.
    pub times: Times,
    /// How the next pair is got.
    pub renewal: Renewal,
    /// Why no refresh is left.
    pub ended: Option<Cause>,
    /// An open refresh.
    pub journal: Option<Journal>,
    /// Whether the pair was got because the one before was rejected.
    pub after_rejection: bool,
    /// Whether the refresh token was used for this pair, no new one came, and it is to be proven
    /// straight away whether it still works.
    pub unproven: bool,
}

/// What goes into the history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Happening {
    /// Somebody signed in.
    SignedIn,
    /// A sign-in failed.
    SignInFailed(Failure),
    /// A new token pair came.
    Refreshed(Generation),
    /// A refresh failed and will be tried again.
    RefreshFailed(Failure),
    /// A refresh was refused for a reason that is not the token's.
    RefreshBlocked(Failure),
    /// No refresh is left.
    RefreshEnded(Cause),
    /// Nobody is signed in any more.
    SignedOut(Cause),
    /// The store did not take the record.
    NotSaved(Failure),
    /// The store has taken it at last.
    SavedAtLast,
    /// A refresh went out without its journal.
    SentWithoutJournal(Failure),
    /// It was proven how the server treats refresh tokens.
    Learned(ServerMode),
    /// The server rejected a token before its time.
    TokenRejected,
    /// The server accepts the tokens of this person nowhere.
    NoApiAccess,
    /// Another process had a newer pair.
    Adopted(Generation),
    /// A refresh that another process began, or this one before it was ended, has no result.
    TakenOver,
    /// What was saved is lost or cannot be used.
    SetAside(Cause),
    /// The sign-out could not remove the record yet.
    EraseOwed(Failure),
}

/// Why an event changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// Its time is over: normal.
    Late,
    /// It cannot be in this state: a fault.
    Impossible,
}

/// What comes out, to be performed in this order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Read the store; ends with `Event::Loaded`.
    Load {
        /// Names the read.
        attempt: Attempt,
    },
    /// Ask the token endpoint with the password or secret; ends with `Event::SignInAnswered`.
    SendSignIn {
        /// Names the attempt.
        attempt: Attempt,
        /// Who holds the password.
        waiter: WaiterId,
    },
    /// Drop the request of a sign-in.
    AbortSignIn {
        /// Which.
        attempt: Attempt,
    },
    /// Write a record; ends with `Event::Written`.
    Write {
        /// Names the write.
        attempt: Attempt,
        /// The record.
        draft: RecordDraft,
        /// Its tokens.
        tokens: Tokens,
        /// What must be there before.
        expect: Expect,
    },
    /// Note in the data folder that this epoch is the one that counts now.
    Commit {
        /// Which.
        epoch: Epoch,
    },
    /// Note in the data folder that an epoch is over; `None` for whichever counts now.
    Fence {
        /// Which.
        epoch: Option<Epoch>,
    },
    /// Remove the record; ends with `Event::Written`.
    Erase {
        /// Names the removal.
        attempt: Attempt,
        /// The session that is over; `None` for whichever the store holds.
        epoch: Option<Epoch>,
    },
    /// Put a tombstone in the record's place; ends with `Event::Written`.
    Bury {
        /// Names the write.
        attempt: Attempt,
        /// Why the session is over.
        cause: Cause,
        /// What must be there before.
        expect: Expect,
    },
    /// Ask for a new pair; ends with `Event::RefreshAnswered`.
    SendRefresh {
        /// The epoch.
        epoch: Epoch,
        /// The generation whose token is sent.
        generation: Generation,
        /// Names the attempt.
        attempt: Attempt,
        /// With what.
        renewal: Renewal,
        /// It is not sent after this moment of the boot clock, since another process may have
        /// taken the lease over by then.
        not_after: Option<Millis>,
    },
    /// Give up waiting for the answer to a refresh: the path is dead.
    AbortRefresh {
        /// Which.
        attempt: Attempt,
    },
    /// The pair of an answer is the current one now.
    Take {
        /// Which answer.
        attempt: Attempt,
        /// Its epoch.
        epoch: Epoch,
        /// Its generation.
        generation: Generation,
        /// What becomes of the refresh token.
        keep: Keep,
    },
    /// The pair that was read from the store is the current one now.
    Adopt {
        /// Which read.
        attempt: Attempt,
    },
    /// Drop what was answered or read under an attempt, and revoke it where the server can.
    Discard {
        /// Which.
        attempt: Attempt,
    },
    /// Drop the refresh token of the current pair.
    DropRefreshToken,
    /// Drop the current pair, and revoke it where the server can.
    Retire {
        /// Who waits to hear of it.
        waiter: Option<WaiterId>,
    },
    /// Ask `/oauth/me` with the current token; ends with `Event::Judged`.
    AskMe {
        /// Names the question.
        attempt: Attempt,
    },
    /// Tell a caller.
    Answer(WaiterId, Answer),
    /// Remember how the server treats refresh tokens.
    Learn(ServerMode),
    /// Add to the history.
    Note(Happening),
    /// The event changed nothing.
    Ignored(Ignored),
}
