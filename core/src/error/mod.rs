//! What can go wrong, in two tiers: [`Error::action`] says what to **do**, [`Error::code`] says
//! **why**. The codes are stable and the same in every language; `docs/errors.md` is made from
//! the table in `code.rs`.

mod code;

use std::{fmt, time::Duration};

use self::code::Tier;
pub use self::code::{Code, ErrorRow, error_table};
use crate::{requests::InvalidField, trust::TrustFailure};

/// An error of this library.
///
/// It prints as a sentence with the next step and the code in brackets, and never holds a
/// secret: no token, no password, no header and no reply body of the token endpoint.
///
/// ```
/// use quickaccess::{Code, ServerUrl};
///
/// let error = ServerUrl::parse("http://clearpass.example").unwrap_err();
/// assert_eq!(error.code(), Code::InvalidInput);
/// assert!(error.to_string().contains("https"));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    message: String,
    after: Option<Duration>,
    may_have_acted: bool,
    at_sign_in: bool,
    trust: Option<TrustFailure>,
    status: Option<u16>,
    fields: Vec<InvalidField>,
}

impl Error {
    /// An error with the table's own words for its code.
    pub fn new(code: Code) -> Self {
        Self::with_message(code, format!("{} {}", code.meaning(), code.what_to_do()))
    }

    /// An error that names the very thing that is wrong. The message must hold no secret.
    pub fn with_message(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            after: None,
            may_have_acted: false,
            at_sign_in: false,
            trust: None,
            status: None,
            fields: Vec::new(),
        }))
    }

    /// Says how long to wait before the next try.
    #[must_use]
    pub fn after(mut self, after: Option<Duration>) -> Self {
        self.0.after = after;
        self
    }

    /// Says that the server may have acted on the request.
    #[must_use]
    pub fn may_have_acted(mut self, may: bool) -> Self {
        self.0.may_have_acted = may;
        self
    }

    /// Says that it happened on a sign-in, where a refusal is the person's to mend.
    #[must_use]
    pub fn at_sign_in(mut self) -> Self {
        self.0.at_sign_in = true;
        self
    }

    /// An untrusted certificate, with all that is wrong with it.
    pub(crate) fn untrusted(failure: TrustFailure) -> Self {
        let mut error = Self::with_message(failure.code(), failure.to_string());
        error.0.trust = Some(failure);
        error
    }

    /// An answer with this HTTP status, which finds fault with these fields.
    pub(crate) fn answered(mut self, status: u16, fields: Vec<InvalidField>) -> Self {
        self.0.status = Some(status);
        self.0.fields = fields;
        self
    }

    /// What to do about it.
    pub fn action(&self) -> Action {
        match self.code().tier() {
            Tier::Retry => Action::Retry {
                after: self.0.after,
                may_have_acted: self.0.may_have_acted,
            },
            Tier::SignInElseFixSetup if self.0.at_sign_in => Action::SignIn,
            Tier::SignInElseFixSetup | Tier::FixSetup => Action::FixSetup,
            Tier::SignIn => Action::SignIn,
            Tier::TrustServer => Action::TrustServer,
            Tier::UnlockDevice => Action::UnlockDevice,
            Tier::RepairStore => Action::RepairStore,
            Tier::NotPermitted => Action::NotPermitted,
            Tier::FixRequest => Action::FixRequest,
            Tier::Cancelled => Action::Cancelled,
            Tier::ReportBug => Action::ReportBug,
        }
    }

    /// Why it happened.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The sentence for people, without the code.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status of the answer to a request that failed, to be copied into a report. What to
    /// do follows from [`Self::code`] and never from this.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The fields that `validation_failed` is about, if ClearPass named them.
    pub fn fields(&self) -> &[InvalidField] {
        &self.0.fields
    }

    /// The certificate behind an [`Action::TrustServer`], to be shown to the person.
    pub fn certificate(&self) -> Option<&TrustFailure> {
        self.0.trust.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.message, self.0.code)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("action", &self.action())
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

/// What to do about an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Show the sign-in screen.
    SignIn,
    /// Try again, not before `after`; when `may_have_acted`, the request may already have had its
    /// effect on the server.
    Retry {
        /// How long to wait first, if that is known.
        after: Option<Duration>,
        /// Whether the server may have acted on the request.
        may_have_acted: bool,
    },
    /// Somebody has to change the set-up: the address, the client id, or the server's settings.
    FixSetup,
    /// Show the certificate ([`Error::certificate`]) and ask whether to trust it.
    TrustServer,
    /// Wait until the device has been unlocked.
    UnlockDevice,
    /// The secret store needs mending; signing in again may do it.
    RepairStore,
    /// The person may not do this.
    NotPermitted,
    /// The request itself is wrong.
    FixRequest,
    /// Nothing: it was cancelled.
    Cancelled,
    /// Tell the developers.
    ReportBug,
}

impl Action {
    /// The name that the table in `docs/errors.md` uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::Retry { .. } => "Retry",
            Self::FixSetup => "FixSetup",
            Self::TrustServer => "TrustServer",
            Self::UnlockDevice => "UnlockDevice",
            Self::RepairStore => "RepairStore",
            Self::NotPermitted => "NotPermitted",
            Self::FixRequest => "FixRequest",
            Self::Cancelled => "Cancelled",
            Self::ReportBug => "ReportBug",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once_and_says_what_to_do() {
        let mut seen = std::collections::BTreeSet::new();
        for row in error_table() {
            assert!(seen.insert(row.code), "{} twice", row.code);
            assert!(row.meaning.ends_with('.') && row.what_to_do.ends_with('.'));
        }
    }

    #[test]
    fn a_refusal_is_the_persons_on_sign_in_and_the_set_ups_elsewhere() {
        let error = Error::new(Code::ServerRefused);
        assert_eq!(error.action(), Action::FixSetup);
        assert_eq!(error.at_sign_in().action(), Action::SignIn);
    }

    #[test]
    fn an_error_ends_with_its_code() {
        let text = Error::new(Code::StoreLocked).to_string();
        assert!(text.ends_with("(store_locked)"), "{text}");
    }
}
