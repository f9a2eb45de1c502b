//! Which server certificates are believed: the platform's judgement or the given CA
//! certificates, in addition what a person approved by fingerprint. There is no switch that
//! turns the check off.

mod certificate;
mod memory;
mod pins;
mod verifier;
mod x509;

use std::fmt;

pub use certificate::Certificate;
pub use memory::TrustMemory;
pub(crate) use verifier::{Untrusted, Verifier};

use crate::error::Code;

/// Where trust in a server's certificate comes from.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub(crate) extra_roots_pem: Option<String>,
    pub(crate) pins: Vec<String>,
}

impl Trust {
    /// What the device trusts.
    pub fn platform() -> Self {
        Self::default()
    }

    /// What the device trusts, and besides it these CA certificates (PEM, one or more). A
    /// server's own certificate may be among them, and is then believed as it stands.
    pub fn with_roots_pem(pem: impl Into<String>) -> Self {
        Self {
            extra_roots_pem: Some(pem.into()),
            pins: Vec::new(),
        }
    }

    /// Accepts the server's certificate only if its public key is one of these, besides all that
    /// it has to fulfil anyway. A pin is `sha256/` and the Base64 of the SHA-256 of the key
    /// (SubjectPublicKeyInfo, RFC 7469 section 2.4), as
    /// [`Certificate::pin`] shows it. At least two are needed: the other is of a key that is kept
    /// for the day when the first is replaced. No approval lets another key pass.
    #[must_use]
    pub fn and_pins<P: Into<String>>(mut self, pins: impl IntoIterator<Item = P>) -> Self {
        self.pins.extend(pins.into_iter().map(Into::into));
        self
    }
}

/// A certificate that is not trusted, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustFailure {
    /// The host that was asked for; an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Everything that is wrong, never empty: the gravest first, what a person has already
    /// waived last.
    pub problems: Vec<CertificateProblem>,
    /// The certificate that the server showed.
    pub presented: Certificate,
    /// The one that was trusted before, if [`CertificateProblem::Changed`] is among the problems
    /// and it is still known.
    pub previous: Option<Certificate>,
}

/// One thing that is wrong with a certificate, from the gravest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It has been revoked. Can't be approved.
    Revoked,
    /// Its public key is none of those that the app accepts. Can't be approved.
    PinMismatch,
    /// Another certificate was trusted for this host and port before; or this one was, by an
    /// issuer that is no longer trusted.
    Changed,
    /// It is not meant for servers, or broken in another way. Can't be approved.
    Unusable,
    /// Its issuer is not known.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
}

impl CertificateProblem {
    /// The stable name, as the store and the other languages have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::PinMismatch => "pin_mismatch",
            Self::Changed => "changed",
            Self::Unusable => "unusable",
            Self::UnknownIssuer => "unknown_issuer",
            Self::WrongName => "wrong_name",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
        }
    }

    /// What is wrong, as half a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Revoked => "it has been revoked",
            Self::PinMismatch => "its key is not among those that this app accepts",
            Self::Changed => "it is not what was trusted here before",
            Self::Unusable => "it is not made for a server, or cannot be read",
            Self::UnknownIssuer => "its issuer is not known to this device",
            Self::WrongName => "it is for another name",
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
        }
    }

    /// Whether a person may let it pass after comparing the fingerprint.
    pub fn can_be_approved(self) -> bool {
        !matches!(self, Self::Revoked | Self::PinMismatch | Self::Unusable)
    }
}

impl TrustFailure {
    /// The code of the first problem.
    pub fn code(&self) -> Code {
        match self.problems.first() {
            Some(CertificateProblem::Revoked) => Code::CertificateRevoked,
            Some(CertificateProblem::PinMismatch) => Code::PinMismatch,
            Some(CertificateProblem::Changed) => Code::CertificateChanged,
            Some(CertificateProblem::UnknownIssuer) => Code::CertificateUnknown,
            Some(CertificateProblem::WrongName) => Code::NameMismatch,
            Some(CertificateProblem::Expired) => Code::CertificateExpired,
            Some(CertificateProblem::NotYetValid) => Code::CertificateNotYetValid,
            Some(CertificateProblem::Unusable) | None => Code::TlsFailed,
        }
    }

    /// Whether a person may approve it after comparing the fingerprint.
    pub fn can_be_approved(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.can_be_approved())
    }

    /// Whether it replaces one that was trusted, so that approving it takes
    /// [`TrustMemory::approve_changed`].
    pub fn is_change(&self) -> bool {
        self.problems.contains(&CertificateProblem::Changed)
    }
}

impl fmt::Display for TrustFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<&str> = self
            .problems
            .iter()
            .map(|problem| problem.meaning())
            .collect();
        write!(
            f,
            "The certificate of {}:{} is not trusted: {}. It says: {}.",
            self.host,
            self.port,
            problems.join("; "),
            self.presented
        )?;
        if let Some(previous) = &self.previous {
            write!(f, " Trusted before: {previous}.")?;
        }
        write!(f, " {}", self.code().what_to_do())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(sha256: &str) -> Certificate {
        Certificate {
            sha256: sha256.repeat(32),
            subject: "CN=cp".into(),
            issuer: "CN=cp".into(),
            names: vec!["cp.example".into()],
            not_before: 0,
            not_after: 86_400,
            pin: String::new(),
        }
    }

    #[test]
    fn a_failure_tells_everything_and_the_next_step() {
        let failure = TrustFailure {
            host: "clearpass.example".into(),
            port: 8443,
            problems: vec![
                CertificateProblem::Changed,
                CertificateProblem::UnknownIssuer,
                CertificateProblem::WrongName,
                CertificateProblem::Expired,
            ],
            presented: certificate("ab"),
            previous: Some(certificate("cd")),
        };
        let text = failure.to_string();
        for part in [
            "clearpass.example:8443",
            "trusted here before",
            "issuer is not known",
            "another name",
            "has expired",
            "subject CN=cp",
            "names cp.example",
            "1970-01-01 00:00 to 1970-01-02 00:00 UTC",
            "AB:AB",
            "CD:CD",
            Code::CertificateChanged.what_to_do(),
        ] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
    }

    #[test]
    fn revoked_and_unusable_cannot_be_approved_whatever_else_is_wrong() {
        use CertificateProblem::{Expired, PinMismatch, Revoked, UnknownIssuer, Unusable};
        for (problems, may) in [
            (vec![UnknownIssuer, Expired], true),
            (vec![Revoked], false),
            (vec![PinMismatch], false),
            (vec![Unusable, UnknownIssuer], false),
        ] {
            let failure = TrustFailure {
                host: "a".into(),
                port: 1,
                problems,
                presented: certificate("ab"),
                previous: None,
            };
            assert_eq!(failure.can_be_approved(), may, "{failure}");
        }
    }
}
