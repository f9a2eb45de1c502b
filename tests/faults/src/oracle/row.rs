//! The rows of the report: every way in which a session may end, and every broken promise.

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Row {
    // Explained ends of a session.
    Asked,
    Expired,
    Revoked,
    Spent,
    LostAnswer,
    NoteRefused,
    StoreEmptied,
    StoreDamaged,
    KeyLost,
    // Ends of a session that are not.
    WrongCause,
    NoReason,
    NewerInStore,
    AnswerLostUntold,
    GoodTokenThrownAway,
    CameBack,
    WrongPerson,
    // Broken promises to callers and to the server.
    GoodTokenRefused,
    DeadTokenServed,
    SeenBeforeStored,
    CallerForgotten,
    NothingWorks,
    SentAfterStored,
    SentTwiceAtOnce,
    SentAfterSignOut,
    Storm,
    SecretShown,
    Fault,
}

impl Row {
    /// Every row, in the order of the report.
    pub(crate) const ALL: [Self; 27] = [
        Self::Asked,
        Self::Expired,
        Self::Revoked,
        Self::Spent,
        Self::LostAnswer,
        Self::NoteRefused,
        Self::StoreEmptied,
        Self::StoreDamaged,
        Self::KeyLost,
        Self::WrongCause,
        Self::NoReason,
        Self::NewerInStore,
        Self::AnswerLostUntold,
        Self::GoodTokenThrownAway,
        Self::CameBack,
        Self::WrongPerson,
        Self::GoodTokenRefused,
        Self::DeadTokenServed,
        Self::SeenBeforeStored,
        Self::CallerForgotten,
        Self::NothingWorks,
        Self::SentAfterStored,
        Self::SentTwiceAtOnce,
        Self::SentAfterSignOut,
        Self::Storm,
        Self::SecretShown,
        Self::Fault,
    ];

    /// Whether this is an end of a session that the person can understand.
    pub(crate) fn is_explained(self) -> bool {
        self <= Self::KeyLost
    }

    /// Whether this is an end of a session, or its coming back.
    pub(crate) fn is_end(self) -> bool {
        self <= Self::WrongPerson
    }

    /// Whether an end of this kind takes a good access token with it by right.
    pub(crate) fn ends_access(self) -> bool {
        matches!(
            self,
            Self::Asked | Self::StoreEmptied | Self::StoreDamaged | Self::KeyLost
        )
    }

    /// What it means.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Asked => "the person signed out, or another one in",
            Self::Expired => "the refresh token was too old",
            Self::Revoked => "an administrator ended the tokens",
            Self::Spent => "a server that gives each refresh token one use",
            Self::LostAnswer => "a refresh without an answer, and told so",
            Self::NoteRefused => "the store took neither note nor answer",
            Self::StoreEmptied => "the store was emptied",
            Self::StoreDamaged => "the store damaged the record",
            Self::KeyLost => "the store's key was lost",
            Self::WrongCause => "signed out, and a wrong cause was told",
            Self::NoReason => "signed out for no reason",
            Self::NewerInStore => "no refresh is left, beside a newer pair in the store",
            Self::AnswerLostUntold => "an answer was lost, and nothing tells of it",
            Self::GoodTokenThrownAway => "a good access token was thrown away",
            Self::CameBack => "a session came back after it was over",
            Self::WrongPerson => "a token of another sign-in was served",
            Self::GoodTokenRefused => "a caller got an error beside a good token",
            Self::DeadTokenServed => "a token was served after its end",
            Self::SeenBeforeStored => "a token was seen before it was stored",
            Self::CallerForgotten => "a caller never got an answer",
            Self::NothingWorks => "signed in, and nothing works although all is well",
            Self::SentAfterStored => "a refresh token was sent again after its answer",
            Self::SentTwiceAtOnce => "a second refresh was in flight",
            Self::SentAfterSignOut => "a refresh token was sent after the sign-out",
            Self::Storm => "a storm of token requests",
            Self::SecretShown => "a secret was shown",
            Self::Fault => "a fault of the program",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_listed_once_and_in_order() {
        assert!(Row::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Row::ALL.len(), Row::Fault as usize + 1);
    }
}
