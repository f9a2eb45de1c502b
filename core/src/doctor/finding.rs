//! What came of one check, before it is put into the report.

use super::report::CheckStatus;
use crate::error::{Code, Error};

/// What came of one check.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) status: CheckStatus,
    pub(super) saw: String,
    pub(super) mend: String,
    pub(super) menus: Vec<&'static str>,
    pub(super) code: Option<Code>,
}

impl Finding {
    fn new(status: CheckStatus, code: Option<Code>, saw: String) -> Self {
        Self {
            status,
            saw,
            mend: String::new(),
            menus: Vec::new(),
            code,
        }
    }

    pub(super) fn passed(saw: impl Into<String>) -> Self {
        Self::new(CheckStatus::Passed, None, saw.into())
    }

    pub(super) fn warned(code: Option<Code>, saw: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warned, code, saw.into())
    }

    pub(super) fn failed(code: Code, saw: impl Into<String>) -> Self {
        Self::new(CheckStatus::Failed, Some(code), saw.into()).mend(code.what_to_do())
    }

    /// An error whose message says what was seen, and then what to do.
    pub(super) fn of(error: &Error) -> Self {
        let to_do = error.code().what_to_do();
        let message = error.message();
        let saw = message.strip_suffix(to_do).unwrap_or(message);
        Self::failed(error.code(), saw.trim())
    }

    pub(super) fn not_reached(saw: impl Into<String>) -> Self {
        Self::new(CheckStatus::NotReached, None, saw.into())
    }

    /// What to do about it.
    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    /// Where that is done.
    pub(super) fn at(mut self, menus: &[&'static str]) -> Self {
        self.menus = menus.to_vec();
        self
    }
}
