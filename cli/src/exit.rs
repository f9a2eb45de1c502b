//! How a command ends: the library's error and its outer tier as exit code, or wrong usage.

use quickaccess::{Action, Error};

/// A fault in this program.
pub(crate) const BUG: u8 = 70;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library says so.
    Library(Error),
    /// The command was typed wrongly, or something beside the library failed.
    Usage(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Library(error) => match error.action() {
                Action::SignIn => 10,
                Action::Retry { .. } => 11,
                Action::FixSetup => 12,
                Action::TrustServer => 13,
                Action::UnlockDevice => 14,
                Action::RepairStore => 15,
                Action::NotPermitted => 16,
                Action::FixRequest => 17,
                Action::Cancelled => 18,
                _ => BUG,
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}
