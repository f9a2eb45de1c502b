//! Which server certificates are believed: the platform's judgement or the given CA
//! certificates, in addition what a person approved by fingerprint. There is no switch that
//! turns the check off.

use std::fmt;

use crate::error::Code;

/// Where trust in a server's certificate comes from.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub(crate) extra_roots_pem: Option<String>,
}

impl Trust {
    /// What the device trusts.
    pub fn platform() -> Self {
        Self::default()
    }

    /// What the device trusts, and besides it these CA certificates (PEM, one or more).
    pub fn with_roots_pem(pem: impl Into<String>) -> Self {
        Self {
            extra_roots_pem: Some(pem.into()),
        }
    }
}

/// A certificate that is not trusted, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustFailure {
    /// The host that was asked for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Everything that is wrong, the gravest first; never empty.
    pub problems: Vec<CertificateProblem>,
    /// The certificate that the server showed.
    pub presented: Certificate,
    /// The one that was trusted before, if there was one.
    pub previous: Option<Certificate>,
}

/// One thing that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It has been revoked. Can't be approved.
    Revoked,
    /// Another certificate was trusted for this host and port before.
    Changed,
    /// Its issuer is not known.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is not meant for servers, or broken in another way.
    Unusable,
}

/// What people need to know of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// SHA-256 of the whole certificate, 64 lower-case hex digits.
    pub sha256: String,
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// The start of its time, in seconds since 1970 UTC.
    pub not_before: i64,
    /// The end of its time, in seconds since 1970 UTC.
    pub not_after: i64,
}

impl TrustFailure {
    /// The code of the gravest problem.
    pub fn code(&self) -> Code {
        match self.problems.first() {
            Some(CertificateProblem::Revoked) => Code::CertificateRevoked,
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
        !self.problems.iter().any(|problem| {
            matches!(
                problem,
                CertificateProblem::Revoked | CertificateProblem::Unusable
            )
        })
    }
}

impl fmt::Display for TrustFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code().meaning(), self.code().what_to_do())
    }
}
