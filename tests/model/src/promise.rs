//! What must hold in every state: the promises of the session, and how a run breaks one.

/// A promise of the session. Each is a safety property: a run breaks it at one step, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Promise {
    /// A refresh token is never sent again after its answer was stored.
    AnsweredTokenRests,
    /// Within an epoch a success for a generation beats any failure for it, in any order.
    SuccessBeatsFailure,
    /// The cause that is told is the true one.
    CauseIsTrue,
    /// No session ends without a word.
    NoSilentEnd,
    /// A failed or cancelled sign-in leaves the session before it whole.
    FailedSignInChangesNothing,
    /// No older epoch overwrites a newer one.
    NewestEpochWins,
    /// What was signed out or cancelled never comes back.
    FencedStaysOut,
    /// Whoever waits is known to the machine, and something is under way for it.
    WaitersAreAnswered,
    /// Whatever the machine waits for is under way.
    NothingIsStuck,
    /// Refreshes are bounded whatever servers answer.
    RefreshesAreBounded,
    /// Nothing panics.
    NoPanic,
    /// One refresh is in flight at most.
    OneRefreshInFlight,
    /// A token is shown only after it was stored, or as unsaved.
    StoredBeforeShown,
    /// No event is refused as impossible.
    NothingImpossible,
    /// What counts as saved lies in the store.
    SavedMeansStored,
    /// Within a boot no token is handed out after its end.
    NoDeadToken,
    /// The tokens of one session never get into another, and are there when they are asked for.
    TokensStayApart,
}

impl Promise {
    /// Every promise.
    pub const ALL: [Self; 17] = [
        Self::AnsweredTokenRests,
        Self::SuccessBeatsFailure,
        Self::CauseIsTrue,
        Self::NoSilentEnd,
        Self::FailedSignInChangesNothing,
        Self::NewestEpochWins,
        Self::FencedStaysOut,
        Self::WaitersAreAnswered,
        Self::NothingIsStuck,
        Self::RefreshesAreBounded,
        Self::NoPanic,
        Self::OneRefreshInFlight,
        Self::StoredBeforeShown,
        Self::NothingImpossible,
        Self::SavedMeansStored,
        Self::NoDeadToken,
        Self::TokensStayApart,
    ];

    /// The promise in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::AnsweredTokenRests => {
                "a refresh token is never sent again after its answer was stored"
            }
            Self::SuccessBeatsFailure => {
                "a success for a generation beats any failure for it, in any order"
            }
            Self::CauseIsTrue => "the cause that is told is the true one",
            Self::NoSilentEnd => "no session ends without a word",
            Self::FailedSignInChangesNothing => {
                "a failed or cancelled sign-in leaves the session before it whole"
            }
            Self::NewestEpochWins => "no older epoch overwrites a newer one",
            Self::FencedStaysOut => "what was signed out or cancelled never comes back",
            Self::WaitersAreAnswered => "a waiter is never left with nothing under way for it",
            Self::NothingIsStuck => "whatever the machine waits for is under way",
            Self::RefreshesAreBounded => "refreshes are bounded whatever servers answer",
            Self::NoPanic => "nothing panics",
            Self::OneRefreshInFlight => "one refresh of a session is in flight at most",
            Self::StoredBeforeShown => "a token is shown only after it was stored, or as unsaved",
            Self::NothingImpossible => "no event is refused as impossible",
            Self::SavedMeansStored => "what counts as saved lies in the store",
            Self::NoDeadToken => "within a boot no token is handed out after its end",
            Self::TokensStayApart => "the tokens of one session never get into another",
        }
    }
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Broken {
    pub(crate) promise: Promise,
    pub(crate) how: &'static str,
}
