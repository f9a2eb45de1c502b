//! The one error of every call, in the two tiers of the core: the variant says what to do, and
//! [`Why`] says why, with the stable code of `docs/errors.md`.

use std::{fmt, time::Duration};

use quickaccess::{Action, Error};

use crate::certificate::UntrustedCertificate;

/// What to do about a failed call. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum QuickAccessError {
    /// Show the sign-in screen.
    SignIn {
        /// Why.
        why: Why,
    },
    /// Try again later.
    Retry {
        /// Why.
        why: Why,
        /// How long to wait first, if that is known.
        after: Option<Duration>,
        /// Whether the server may have acted on the request: then look before repeating one that
        /// must not happen twice.
        may_have_acted: bool,
    },
    /// Somebody has to change the set-up: the address, the client id, or the server's settings.
    FixSetup {
        /// Why.
        why: Why,
    },
    /// Show the certificate and ask whether to trust it.
    TrustServer {
        /// Why.
        why: Why,
        /// The certificate, if the server got as far as showing one.
        certificate: Option<Box<UntrustedCertificate>>,
    },
    /// Wait until the device has been unlocked.
    UnlockDevice {
        /// Why.
        why: Why,
    },
    /// The secret store needs mending; signing in again may do it.
    RepairStore {
        /// Why.
        why: Why,
    },
    /// The person may not do this.
    NotPermitted {
        /// Why.
        why: Why,
    },
    /// The request itself is wrong.
    FixRequest {
        /// Why.
        why: Why,
    },
    /// Nothing: it was cancelled.
    Cancelled {
        /// Why.
        why: Why,
    },
    /// Tell the developers.
    ReportBug {
        /// Why.
        why: Why,
    },
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Why {
    /// The stable code; new ones may come, so treat one that you do not know by its action.
    pub code: String,
    /// A sentence for people, with the next step.
    pub text: String,
    /// The HTTP status of the answer, to be copied into a report. What to do follows from the
    /// action and never from this.
    pub status: Option<u16>,
    /// The fields that `validation_failed` is about, if ClearPass named them.
    pub fields: Vec<FieldFault>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FieldFault {
    /// The field's name; empty when the words are about the whole request.
    pub name: String,
    /// What is wrong with it, in the server's words.
    pub words: Vec<String>,
}

impl QuickAccessError {
    /// Why it happened, whatever is to be done.
    pub fn why(&self) -> &Why {
        match self {
            Self::SignIn { why }
            | Self::Retry { why, .. }
            | Self::FixSetup { why }
            | Self::TrustServer { why, .. }
            | Self::UnlockDevice { why }
            | Self::RepairStore { why }
            | Self::NotPermitted { why }
            | Self::FixRequest { why }
            | Self::Cancelled { why }
            | Self::ReportBug { why } => why,
        }
    }
}

impl From<Error> for QuickAccessError {
    fn from(error: Error) -> Self {
        let why = Why {
            code: error.code().as_str().to_owned(),
            text: error.message().to_owned(),
            status: error.status(),
            fields: error
                .fields()
                .iter()
                .map(|field| FieldFault {
                    name: field.name.clone(),
                    words: field.messages.clone(),
                })
                .collect(),
        };
        match error.action() {
            Action::SignIn => Self::SignIn { why },
            Action::Retry {
                after,
                may_have_acted,
            } => Self::Retry {
                why,
                after,
                may_have_acted,
            },
            Action::FixSetup => Self::FixSetup { why },
            Action::TrustServer => Self::TrustServer {
                why,
                certificate: error.certificate().map(|shown| Box::new(shown.into())),
            },
            Action::UnlockDevice => Self::UnlockDevice { why },
            Action::RepairStore => Self::RepairStore { why },
            Action::NotPermitted => Self::NotPermitted { why },
            Action::FixRequest => Self::FixRequest { why },
            Action::Cancelled => Self::Cancelled { why },
            // Core and binding are built together; an action that is missing above is a bug.
            _ => Self::ReportBug { why },
        }
    }
}

impl fmt::Display for QuickAccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = self.why();
        write!(f, "{} ({})", why.text, why.code)
    }
}

impl std::error::Error for QuickAccessError {}

/// What an observer or a log in the other language may throw. Nothing follows from it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum CallbackError {
    /// It failed.
    Failed,
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the callback failed")
    }
}

impl std::error::Error for CallbackError {}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    /// What was thrown is not kept: its text is the app's own, and may hold anything.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// One row of the table of codes.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ErrorRow {
    /// The stable code.
    pub code: String,
    /// What to do, by the name of the action; `server_refused` alone names two.
    pub action: String,
    /// What happened, in a sentence.
    pub meaning: String,
    /// What to do about it, in a sentence.
    pub what_to_do: String,
}

/// The table of all codes, in the order of the actions, as in `docs/errors.md`.
#[uniffi::export]
pub fn error_table() -> Vec<ErrorRow> {
    quickaccess::error_table()
        .into_iter()
        .map(|row| ErrorRow {
            code: row.code.to_owned(),
            action: row.action.to_owned(),
            meaning: row.meaning.to_owned(),
            what_to_do: row.what_to_do.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use quickaccess::Code;

    use super::*;

    fn name(error: &QuickAccessError) -> String {
        let text = format!("{error:?}");
        text.split(' ').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_code_crosses_with_the_action_of_the_table() {
        let mut actions = std::collections::BTreeSet::new();
        for code in Code::ALL {
            for error in [Error::new(*code), Error::new(*code).at_sign_in()] {
                let action = error.action().name();
                let crossed = QuickAccessError::from(error);
                assert_eq!(name(&crossed), action, "{code}");
                assert_eq!(crossed.why().code, code.as_str());
                actions.insert(action);
            }
        }
        assert_eq!(actions.len(), 10, "an action without a code: {actions:?}");
    }

    #[test]
    fn a_retry_says_when_and_whether_the_server_may_have_acted() {
        let wait = Some(Duration::from_secs(7));
        let error = Error::new(Code::ServerBusy)
            .after(wait)
            .may_have_acted(true);
        let QuickAccessError::Retry {
            after,
            may_have_acted,
            ..
        } = error.into()
        else {
            panic!("a busy server is tried again");
        };
        assert_eq!((after, may_have_acted), (wait, true));
    }

    #[test]
    fn the_table_is_the_cores() {
        let rows = error_table();
        assert_eq!(rows.len(), Code::ALL.len());
        assert!(rows.iter().any(|row| row.code == "refresh_unfinished"));
    }
}
