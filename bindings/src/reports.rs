//! What a call found out: a look at the server, a sign-out, and the history of a session.

use std::time::{Duration, SystemTime};

use crate::{certificate::Certificate, state::wall_time_of};

/// What a look at the server told: it is a ClearPass, and its certificate is good.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ServerProbe {
    /// How long the first answer took, the connection included.
    pub took: Duration,
    /// How far the server's clock is ahead of this device's, in seconds, if it told its time.
    pub clock_ahead: Option<i64>,
    /// The certificate that was trusted; none over plain http.
    pub certificate: Option<Certificate>,
}

/// What became of a sign-out. The session is over on this device in any case.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SignOutReport {
    /// Whether the secret store has let go of the record. If not, the record is not used again,
    /// and its removal is tried until it works.
    pub erased: bool,
    /// What became of the tokens on the server.
    pub revocation: Revocation,
}

/// What became of the tokens on the server after a sign-out.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Revocation {
    /// The server says that they no longer work.
    Revoked,
    /// The server offers no revocation: its tokens work until they end.
    NotOffered,
    /// It could not be tried, or failed.
    Failed {
        /// The code that says why.
        code: String,
    },
    /// There was no token to revoke.
    NothingToRevoke,
}

/// One thing that happened to a session. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HistoryEntry {
    /// When, by the device's clock.
    pub at: SystemTime,
    /// What kind of thing: a short stable word such as `signed_in`.
    pub kind: String,
    /// The stable code of the error behind it, if there is one.
    pub code: Option<String>,
    /// A sentence.
    pub text: String,
}

impl From<quickaccess::Probe> for ServerProbe {
    fn from(probe: quickaccess::Probe) -> Self {
        Self {
            took: probe.took,
            clock_ahead: probe.clock_ahead,
            certificate: probe.certificate.as_ref().map(Certificate::from),
        }
    }
}

impl From<quickaccess::SignOutReport> for SignOutReport {
    fn from(report: quickaccess::SignOutReport) -> Self {
        use quickaccess::{Code, Revocation as Core};
        let failed = |code: Code| Revocation::Failed {
            code: code.as_str().to_owned(),
        };
        Self {
            erased: report.erased,
            revocation: match report.revocation {
                Core::Revoked => Revocation::Revoked,
                Core::NotOffered => Revocation::NotOffered,
                Core::NothingToRevoke => Revocation::NothingToRevoke,
                Core::Failed(code) => failed(code),
                _ => failed(Code::Internal),
            },
        }
    }
}

impl From<quickaccess::HistoryEntry> for HistoryEntry {
    fn from(entry: quickaccess::HistoryEntry) -> Self {
        Self {
            at: wall_time_of(entry.at),
            kind: entry.kind,
            code: entry.code,
            text: entry.text,
        }
    }
}
