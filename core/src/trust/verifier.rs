//! Our rustls verifier: the platform's verdict, else the given CA certificates; and when neither
//! vouches for a certificate, every question about it is put on its own, since a platform names
//! one fault and stops. Handshake signatures are always verified, whatever was approved.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rustls::{
    CertificateError, DigitallySignedStruct, Error as TlsError, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::{
    Certificate, CertificateProblem, Trust, TrustFailure, TrustMemory, certificate::Leaf,
    pins::Pins,
};
use crate::error::{Code, Error};

/// Judges the certificates of one server.
#[derive(Debug)]
pub(crate) struct Verifier {
    provider: Arc<CryptoProvider>,
    /// The platform's own verifier; none on a Linux without CA certificates.
    platform: Option<Arc<dyn ServerCertVerifier>>,
    extra_roots: RootCertStore,
    /// The extra certificates as they were given, for a server that shows one of them itself.
    given: Vec<CertificateDer<'static>>,
    pins: Option<Pins>,
    memory: Arc<TrustMemory>,
    /// The host of `memory`, as TLS names it.
    server: ServerName<'static>,
}

/// How long handles share what was read of the system's CA certificates.
const SHARED_FOR: Duration = Duration::from_secs(60);

/// The platform's verifier, if it has one. A Linux reads all of its CA certificates for it, which
/// takes longer than all else that a handle needs; so those that are made within a minute share it,
/// and what has been added to the system counts after that.
fn platform(provider: &Arc<CryptoProvider>) -> Option<Arc<dyn ServerCertVerifier>> {
    type Read = Option<Arc<dyn ServerCertVerifier>>;
    static LAST: Mutex<Option<(Instant, Read)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, platform)) = &*last
        && at.elapsed() < SHARED_FOR
    {
        return platform.clone();
    }
    let platform = match rustls_platform_verifier::Verifier::new(provider.clone()) {
        Ok(platform) => Some(Arc::new(platform) as Arc<dyn ServerCertVerifier>),
        Err(_) => {
            tracing::info!("this system has no CA certificates of its own");
            None
        }
    };
    *last = Some((Instant::now(), platform.clone()));
    platform
}

/// Carries a [`TrustFailure`] through rustls and the HTTP client.
#[derive(Debug)]
pub(crate) struct Untrusted(pub(crate) Box<TrustFailure>);

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Untrusted {}

impl Verifier {
    /// A verifier for the server that the memory is about.
    ///
    /// # Errors
    /// `invalid_input` when the extra CA certificates or the pins can't be read, the host is no
    /// name that a certificate can be for, or an Android app has not started the library.
    pub(crate) fn new(
        trust: &Trust,
        memory: Arc<TrustMemory>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        #[cfg(target_os = "android")]
        crate::android::check_started()?;
        let platform = platform(&provider);
        Self::with_platform(platform, trust, memory, provider)
    }

    fn with_platform(
        platform: Option<Arc<dyn ServerCertVerifier>>,
        trust: &Trust,
        memory: Arc<TrustMemory>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let given = match &trust.extra_roots_pem {
            Some(pem) => read_roots(pem)?,
            None => Vec::new(),
        };
        let mut extra_roots = RootCertStore::empty();
        for root in &given {
            extra_roots.add(root.clone()).map_err(|_| {
                invalid("One of the CA certificates cannot be used to check others.")
            })?;
        }
        let server = ServerName::try_from(memory.host().to_owned())
            .map_err(|_| invalid("The server's name is none that a certificate can be for."))?;
        Ok(Self {
            provider,
            platform,
            extra_roots,
            given,
            pins: Pins::read(&trust.pins)?,
            memory,
            server,
        })
    }

    /// Whether the platform, or else an extra root, vouches for the certificate with this name at
    /// this time.
    fn vouch(&self, shown: &Shown<'_>, name: &ServerName<'_>, now: UnixTime) -> Vouch {
        let platform = self.platform.as_ref().map(|platform| {
            platform.verify_server_cert(shown.leaf, shown.intermediates, name, shown.ocsp, now)
        });
        match &platform {
            Some(Ok(_)) => return Vouch::Yes,
            // No extra root makes good what the platform knows to be revoked.
            Some(Err(TlsError::InvalidCertificate(CertificateError::Revoked))) => {
                return Vouch::Revoked;
            }
            Some(Err(_)) | None => {}
        }
        match (self.extra_roots_vouch(shown, name, now), platform) {
            (Ok(()), _) => Vouch::Yes,
            (Err(_), Some(Err(error))) if is_expired(&error) => Vouch::No(error),
            (Err(error), _) => Vouch::No(error),
        }
    }

    fn extra_roots_vouch(
        &self,
        shown: &Shown<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), TlsError> {
        let parsed = ParsedCertificate::try_from(shown.leaf)?;
        if self.given.iter().any(|root| root == shown.leaf) {
            // A server's own certificate was given as the one to believe.
            match time_problem(&shown.read.certificate, now) {
                Some(CertificateProblem::Expired) => return Err(CertificateError::Expired.into()),
                Some(_) => return Err(CertificateError::NotValidYet.into()),
                None => {}
            }
            if !shown.read.for_servers {
                return Err(CertificateError::InvalidPurpose.into());
            }
        } else {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &self.extra_roots,
                shown.intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        verify_server_name(&parsed, name)
    }

    /// Everything that is wrong with a certificate that nobody vouches for; never empty.
    fn problems(&self, shown: &Shown<'_>, now: UnixTime) -> Vec<CertificateProblem> {
        let Ok(parsed) = ParsedCertificate::try_from(shown.leaf) else {
            return vec![CertificateProblem::Unusable];
        };
        let certificate = &shown.read.certificate;
        let mut problems = Vec::new();
        if !shown.read.for_servers {
            problems.push(CertificateProblem::Unusable);
        }
        if verify_server_name(&parsed, &self.server).is_err() {
            problems.push(CertificateProblem::WrongName);
        }
        problems.extend(time_problem(certificate, now));
        // The issuer alone: asked with a name that the certificate has, at a time that it is
        // valid, so that neither can hide the answer.
        let name = own_name(&parsed, certificate).unwrap_or_else(|| self.server.clone());
        match self.vouch(shown, &name, within(certificate, now)) {
            Vouch::Yes => {}
            Vouch::Revoked => problems.push(CertificateProblem::Revoked),
            // A certificate without any name: the chain was good up to that question.
            Vouch::No(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => {}
            // Not the leaf, whose time was seen to: a certificate above it.
            Vouch::No(error) if is_expired(&error) => problems.push(CertificateProblem::Expired),
            // For one that is not for servers, nobody says who its issuer is.
            Vouch::No(TlsError::InvalidCertificate(
                CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. },
            )) => problems.push(CertificateProblem::Unusable),
            Vouch::No(_) => problems.push(CertificateProblem::UnknownIssuer),
        }
        if problems.is_empty() {
            // Refused as a whole, and every single answer is good: whatever it is, it is broken.
            problems.push(CertificateProblem::Unusable);
        }
        problems
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let read = Leaf::read(end_entity);
        let shown = Shown {
            leaf: end_entity,
            intermediates,
            ocsp: ocsp_response,
            read: &read,
        };
        let vouch = self.vouch(&shown, server_name, now);
        if server_name.to_owned() != self.server {
            // A proxy that is spoken to over TLS: it is believed when it is vouched for, and is
            // neither remembered nor offered for approval.
            return match vouch {
                Vouch::Yes => Ok(ServerCertVerified::assertion()),
                Vouch::Revoked => Err(CertificateError::Revoked.into()),
                Vouch::No(error) => Err(error),
            };
        }
        let pinned = self.pins.as_ref();
        let pinned = pinned.is_none_or(|pins| pins.hold(&read.certificate.pin));
        let mut problems = match vouch {
            Vouch::Yes if !pinned => {
                let mismatch = vec![CertificateProblem::PinMismatch];
                return refused(self.memory.judge(read.certificate, mismatch));
            }
            Vouch::Yes => {
                self.memory.vouched(end_entity, &read.certificate.sha256);
                return Ok(ServerCertVerified::assertion());
            }
            Vouch::Revoked => vec![CertificateProblem::Revoked],
            Vouch::No(_) => Vec::new(),
        };
        if !pinned {
            problems.push(CertificateProblem::PinMismatch);
        }
        problems.extend(self.problems(&shown, now));
        refused(self.memory.judge(read.certificate, problems))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// What a server showed.
struct Shown<'a> {
    leaf: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    ocsp: &'a [u8],
    read: &'a Leaf,
}

fn refused(verdict: Result<(), Box<TrustFailure>>) -> Result<ServerCertVerified, TlsError> {
    match verdict {
        Ok(()) => Ok(ServerCertVerified::assertion()),
        Err(failure) => Err(TlsError::Other(OtherError(Arc::new(Untrusted(failure))))),
    }
}

enum Vouch {
    Yes,
    Revoked,
    No(TlsError),
}

fn is_expired(error: &TlsError) -> bool {
    matches!(
        error,
        TlsError::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. }
        )
    )
}

fn time_problem(certificate: &Certificate, now: UnixTime) -> Option<CertificateProblem> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < certificate.not_before {
        Some(CertificateProblem::NotYetValid)
    } else if now > certificate.not_after {
        Some(CertificateProblem::Expired)
    } else {
        None
    }
}

/// The time nearest to now at which the certificate is valid.
fn within(certificate: &Certificate, now: UnixTime) -> UnixTime {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let seconds = seconds
        .min(certificate.not_after)
        .max(certificate.not_before);
    UnixTime::since_unix_epoch(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

/// A name that the certificate is for; for a wildcard, one that it covers.
fn own_name(
    parsed: &ParsedCertificate<'_>,
    certificate: &Certificate,
) -> Option<ServerName<'static>> {
    certificate.names.iter().find_map(|name| {
        let name = match name.strip_prefix("*.") {
            Some(parent) => format!("a.{parent}"),
            None => name.clone(),
        };
        let name = ServerName::try_from(name).ok()?;
        verify_server_name(parsed, &name).is_ok().then_some(name)
    })
}

fn read_roots(pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match roots {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(invalid(
            "The CA certificates cannot be read. Give them as PEM, from BEGIN CERTIFICATE to END CERTIFICATE.",
        )),
    }
}

fn invalid(message: &str) -> Error {
    Error::with_message(Code::InvalidInput, message)
}

#[cfg(test)]
#[path = "verifier_tests.rs"]
mod tests;
