//! What is remembered of one host and port: the certificate that was trusted last, and what a
//! person approved. It decides what a newly shown certificate means; it asks nobody.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Certificate, CertificateProblem, TrustFailure, certificate::Leaf};
use crate::{
    error::{Code, Error},
    secret::SecretBytes,
};

/// The version of the stored form.
const VERSION: u32 = 1;
/// Nothing that was stored here is larger; a larger one is no record of ours.
const LARGEST_RECORD: usize = 16 * 1024;
/// The names of a stored certificate take no more bytes than this, since a store may be small.
const STORED_NAMES: usize = 400;

/// What is remembered of the trust in one host and port.
///
/// It is shared by the verifier, which asks it and tells it, and by the session, which stores
/// it. A server that was ever trusted, by the platform or by a person, is never again taken for
/// an unknown one.
#[derive(Debug)]
pub struct TrustMemory {
    host: String,
    port: u16,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    known: HostTrust,
    unsaved: bool,
    /// Something was remembered, and nobody can read it any more.
    forgotten: bool,
}

/// Everything that is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct HostTrust {
    /// The last certificate that was trusted.
    accepted: Option<Certificate>,
    /// What a person approved; always of the certificate in `accepted`.
    waived: Option<Vec<CertificateProblem>>,
}

impl TrustMemory {
    /// Nothing is known of this host and port yet.
    pub fn new(host: &str, port: u16) -> Self {
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_ascii_lowercase();
        Self {
            host,
            port,
            inner: Mutex::default(),
        }
    }

    /// The host, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The last certificate that was trusted, by the platform or by approval.
    pub fn accepted(&self) -> Option<Certificate> {
        self.lock().known.accepted.clone()
    }

    /// Trusts the certificate that a failure showed, as long as nothing else is wrong with it.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved, when it replaces a trusted one (that takes
    /// [`Self::approve_changed`]), or when it is of another server or out of date.
    pub fn approve(&self, shown: &TrustFailure) -> Result<(), Error> {
        if shown.is_change() {
            return refuse(
                "It replaces a certificate that was trusted before, which takes a separate confirmation.",
            );
        }
        self.approve_as(shown)
    }

    /// Trusts a certificate that replaces one that was trusted before.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved, when it replaces none, or when it is of another
    /// server or out of date.
    pub fn approve_changed(&self, shown: &TrustFailure) -> Result<(), Error> {
        if !shown.is_change() {
            return refuse("It replaces no certificate, so there is no change to confirm.");
        }
        self.approve_as(shown)
    }

    fn approve_as(&self, shown: &TrustFailure) -> Result<(), Error> {
        if (shown.host.as_str(), shown.port) != (self.host.as_str(), self.port) {
            return refuse("It was shown by another server.");
        }
        if let Some(problem) = shown
            .problems
            .iter()
            .find(|problem| !problem.can_be_approved())
        {
            return refuse(&format!("No approval helps when {}.", problem.meaning()));
        }
        let mut inner = self.lock();
        let accepted = inner.known.accepted.as_ref();
        let up_to_date = match accepted {
            // Another certificate has been trusted since it was shown.
            Some(accepted) if shown.is_change() => shown
                .previous
                .as_ref()
                .is_some_and(|previous| previous.sha256 == accepted.sha256),
            Some(accepted) => accepted.sha256 == shown.presented.sha256,
            None => shown.is_change() == inner.forgotten,
        };
        if !up_to_date {
            return refuse(
                "What is trusted here has changed since it was shown. Connect again and look anew.",
            );
        }
        let waived = shown.problems.iter().copied();
        inner.set(HostTrust {
            accepted: Some(shown.presented.clone()),
            waived: Some(
                waived
                    .filter(|problem| *problem != CertificateProblem::Changed)
                    .collect(),
            ),
        });
        Ok(())
    }

    /// Takes what has to be stored, once; `None` when nothing changed since the last time.
    pub fn take_changes(&self) -> Option<SecretBytes> {
        let mut inner = self.lock();
        std::mem::take(&mut inner.unsaved).then(|| encode(&self.host, self.port, &inner.known))
    }

    /// Says that what [`Self::take_changes`] gave could not be stored: it is given again.
    pub fn not_stored(&self) {
        self.lock().unsaved = true;
    }

    /// Says that something was remembered of this server which cannot be read any more. What it
    /// shows is then a change, unless the platform vouches for it.
    pub fn forgotten(&self) {
        let mut inner = self.lock();
        inner.forgotten = inner.known.accepted.is_none();
    }

    /// Takes in what was stored. What the platform has accepted since the start is newer and
    /// stays; an approval that disagrees with the stored certificate does not.
    ///
    /// # Errors
    /// `store_corrupt` when it can't be read. Then it counts as [`Self::forgotten`].
    pub fn restore(&self, stored: &SecretBytes) -> Result<(), Error> {
        let stored = decode(&self.host, self.port, stored).inspect_err(|_| self.forgotten())?;
        let mut inner = self.lock();
        let same = |a: &Option<Certificate>, b: &Option<Certificate>| {
            a.as_ref().map(|a| &a.sha256) == b.as_ref().map(|b| &b.sha256)
        };
        let newer = inner.known.accepted.is_some()
            && (inner.known.waived.is_none() || same(&inner.known.accepted, &stored.accepted));
        if !newer {
            inner.known = stored;
            (inner.unsaved, inner.forgotten) = (false, false);
        } else if inner.known.waived.is_none() && same(&inner.known.accepted, &stored.accepted) {
            inner.known.waived = stored.waived;
        }
        Ok(())
    }

    /// The platform, or a given CA certificate, vouches for the leaf.
    pub(super) fn vouched(&self, leaf: &[u8], sha256: &str) {
        let mut inner = self.lock();
        if inner
            .known
            .accepted
            .as_ref()
            .is_none_or(|accepted| accepted.sha256 != sha256)
        {
            // An approval of the one before ends here: falling back to it is a change.
            inner.set(HostTrust {
                accepted: Some(Leaf::read(leaf).certificate),
                waived: None,
            });
        }
    }

    /// Nobody vouches for a certificate, and this is wrong with it. It passes when a person has
    /// waived all of it.
    pub(super) fn judge(
        &self,
        presented: Certificate,
        mut problems: Vec<CertificateProblem>,
    ) -> Result<(), Box<TrustFailure>> {
        let inner = self.lock();
        let accepted = inner.known.accepted.as_ref();
        let same = accepted.is_some_and(|accepted| accepted.sha256 == presented.sha256);
        let waived = inner
            .known
            .waived
            .as_deref()
            .filter(|_| same)
            .unwrap_or_default();
        let open = |problem: &CertificateProblem| !waived.contains(problem);
        if !problems.iter().any(open) {
            return Ok(());
        }
        let distrusted = problems.contains(&CertificateProblem::UnknownIssuer)
            && open(&CertificateProblem::UnknownIssuer);
        let changed = match accepted {
            Some(_) => !same || distrusted,
            None => inner.forgotten,
        };
        if changed {
            problems.push(CertificateProblem::Changed);
        }
        problems.sort_by_key(|problem| (!open(problem), *problem));
        problems.dedup();
        Err(Box::new(TrustFailure {
            host: self.host.clone(),
            port: self.port,
            problems,
            previous: accepted.filter(|_| changed).cloned(),
            presented,
        }))
    }

    /// No code that holds the lock can panic half-way through a change.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn set(&mut self, known: HostTrust) {
        if self.known != known {
            self.known = known;
            (self.unsaved, self.forgotten) = (true, false);
        }
    }
}

fn refuse(reason: &str) -> Result<(), Error> {
    Err(Error::with_message(
        Code::InvalidInput,
        format!("This certificate cannot be approved in this way. {reason}"),
    ))
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    host: String,
    port: u16,
    accepted: Option<StoredCertificate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waived: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct StoredCertificate {
    sha256: String,
    subject: String,
    issuer: String,
    names: Vec<String>,
    not_before: i64,
    not_after: i64,
    #[serde(default)]
    pin: String,
}

fn encode(host: &str, port: u16, known: &HostTrust) -> SecretBytes {
    let mut room = STORED_NAMES;
    let stored = Stored {
        v: VERSION,
        host: host.to_owned(),
        port,
        accepted: known
            .accepted
            .as_ref()
            .map(|certificate| StoredCertificate {
                sha256: certificate.sha256.clone(),
                subject: certificate.subject.clone(),
                issuer: certificate.issuer.clone(),
                names: certificate
                    .names
                    .iter()
                    .take_while(|name| {
                        let fits = name.len() <= room;
                        room = room.saturating_sub(name.len());
                        fits
                    })
                    .cloned()
                    .collect(),
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                pin: certificate.pin.clone(),
            }),
        waived: known.waived.as_ref().map(|waived| {
            waived
                .iter()
                .map(|problem| problem.as_str().to_owned())
                .collect()
        }),
    };
    let bytes = serde_json::to_vec(&stored).expect("a struct of texts and numbers has a JSON form");
    SecretBytes::new(bytes)
}

fn decode(host: &str, port: u16, bytes: &SecretBytes) -> Result<HostTrust, Error> {
    let broken = |what: &str| {
        Error::with_message(
            Code::StoreCorrupt,
            format!("What was stored about the trust in this server cannot be used: {what}."),
        )
    };
    if bytes.len() > LARGEST_RECORD {
        return Err(broken("it is too large"));
    }
    let stored: Stored =
        serde_json::from_slice(bytes.expose()).map_err(|_| broken("it cannot be read"))?;
    if stored.v != VERSION {
        return Err(broken("another version of this app wrote it"));
    }
    if (stored.host.as_str(), stored.port) != (host, port) {
        return Err(broken("it is about another server"));
    }
    let waived = stored.waived.map(|names| {
        let problems: Option<Vec<_>> = names.iter().map(|name| waivable(name)).collect();
        problems.ok_or_else(|| broken("it waives what this version does not know"))
    });
    let waived = waived.transpose()?;
    let accepted = stored.accepted.map(|certificate| Certificate {
        sha256: certificate.sha256,
        subject: certificate.subject,
        issuer: certificate.issuer,
        names: certificate.names,
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        pin: certificate.pin,
    });
    let Some(certificate) = &accepted else {
        return Err(broken("it names no certificate"));
    };
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if certificate.sha256.len() != 64 || !certificate.sha256.bytes().all(hex) {
        return Err(broken("its fingerprint is none"));
    }
    Ok(HostTrust { accepted, waived })
}

fn waivable(name: &str) -> Option<CertificateProblem> {
    use CertificateProblem::{Expired, NotYetValid, UnknownIssuer, WrongName};
    [UnknownIssuer, WrongName, Expired, NotYetValid]
        .into_iter()
        .find(|problem| problem.as_str() == name)
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
