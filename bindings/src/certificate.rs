//! A certificate that is not trusted, for a screen that shows it and asks.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use quickaccess::{Code, Error, trust};

use crate::state::wall_time;

/// A certificate that is not trusted, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UntrustedCertificate {
    /// The host that was asked for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Everything that is wrong, never empty, the gravest first.
    pub problems: Vec<CertificateProblem>,
    /// The certificate that the server showed.
    pub presented: Certificate,
    /// The one that was trusted before, if it was another and is still known.
    pub previous: Option<Certificate>,
    /// Whether a person may approve it after comparing the fingerprint.
    pub can_be_approved: bool,
    /// Whether it replaces one that was trusted: then it takes `approve_changed`.
    pub is_change: bool,
}

/// One thing that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CertificateProblem {
    /// The stable name, such as `unknown_issuer`.
    pub name: String,
    /// What is wrong, as half a sentence.
    pub meaning: String,
    /// Whether a person may let it pass after comparing the fingerprint.
    pub can_be_approved: bool,
}

/// What people need to know of a certificate. Its texts come from whoever made it and prove
/// nothing; the fingerprint is what to compare.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Certificate {
    /// The SHA-256 fingerprint as administrators see it, in upper case: `AB:CD:...`.
    pub fingerprint: String,
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// The start of its time.
    pub not_before: SystemTime,
    /// The end of its time.
    pub not_after: SystemTime,
    /// Both ends in words: `2026-01-01 00:00 to 2027-01-01 00:00 UTC`.
    pub validity: String,
    /// The pin of its public key, as the settings take it; empty where it cannot be read.
    pub pin: String,
}

impl From<&trust::TrustFailure> for UntrustedCertificate {
    fn from(failure: &trust::TrustFailure) -> Self {
        Self {
            host: failure.host.clone(),
            port: failure.port,
            problems: failure
                .problems
                .iter()
                .map(|problem| CertificateProblem {
                    name: problem.as_str().to_owned(),
                    meaning: problem.meaning().to_owned(),
                    can_be_approved: problem.can_be_approved(),
                })
                .collect(),
            presented: (&failure.presented).into(),
            previous: failure.previous.as_ref().map(Certificate::from),
            can_be_approved: failure.can_be_approved(),
            is_change: failure.is_change(),
        }
    }
}

impl From<&trust::Certificate> for Certificate {
    fn from(certificate: &trust::Certificate) -> Self {
        let at = |seconds: i64| wall_time(seconds.saturating_mul(1_000));
        Self {
            fingerprint: certificate.fingerprint(),
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            names: certificate.names.clone(),
            not_before: at(certificate.not_before),
            not_after: at(certificate.not_after),
            validity: certificate.validity(),
            pin: certificate.pin.clone(),
        }
    }
}

/// So many are kept; a screen shows one, and a probe and a sign-in may each have failed.
const KEPT: usize = 8;

/// The failures that a session has shown. What comes back to be approved has to be one of them:
/// nobody approves what no server showed.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<VecDeque<trust::TrustFailure>>);

impl Shown {
    /// Keeps what an error or a report shows, if it shows one.
    pub(crate) fn keep(&self, failure: Option<&trust::TrustFailure>) {
        let Some(failure) = failure else {
            return;
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known != failure);
        kept.push_front(failure.clone());
        kept.truncate(KEPT);
    }

    /// The failure that a record was made of.
    pub(crate) fn find(&self, record: &UntrustedCertificate) -> Result<trust::TrustFailure, Error> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept
            .iter()
            .find(|failure| UntrustedCertificate::from(*failure) == *record);
        found.cloned().ok_or_else(|| {
            Error::with_message(
                Code::InvalidInput,
                "This session has not shown that certificate. Connect again and look anew.",
            )
        })
    }
}
