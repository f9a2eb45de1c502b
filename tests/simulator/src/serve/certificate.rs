//! The simulator's certificates: an authority of its own and what it signs, or the bad ones that
//! a client has to notice.

use std::{
    fs, io,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use ring::digest;
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde::{Deserialize, Serialize};

use super::ServeError;
use crate::tokens::hex;

const DAY: i64 = 86_400;
const OWN_NAME: &str = "ClearPass simulator CA";
/// Apple's verifiers take no longer one from an authority that a person has installed.
const LEAF_DAYS: i64 = 397;

/// Which certificate the server shows. In JSON an object; what is left out is as in the default,
/// which is one that a client who trusts the simulator's authority accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateSettings {
    /// Who signs it.
    pub signed_by: SignedBy,
    /// Its subject alternative names: host names and IP addresses.
    pub names: Vec<String>,
    /// When it begins to be valid, in seconds from now; negative is in the past.
    pub valid_from: i64,
    /// When it ends, in seconds from now.
    pub valid_until: i64,
}

/// Who signs a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedBy {
    /// The simulator's authority, whose certificate clients can be given.
    #[default]
    Authority,
    /// Itself, as on many appliances.
    Itself,
    /// An authority that nobody knows.
    Stranger,
}

impl Default for CertificateSettings {
    fn default() -> Self {
        let names = ["localhost", "127.0.0.1", "::1"];
        Self {
            signed_by: SignedBy::Authority,
            names: names.map(str::to_owned).to_vec(),
            valid_from: -DAY,
            valid_until: LEAF_DAYS * DAY - DAY,
        }
    }
}

impl CertificateSettings {
    /// Signed by itself, as on many appliances; otherwise fine.
    pub fn self_signed() -> Self {
        Self {
            signed_by: SignedBy::Itself,
            ..Self::default()
        }
    }

    /// Over since yesterday.
    pub fn expired() -> Self {
        Self {
            valid_from: -30 * DAY,
            valid_until: -DAY,
            ..Self::default()
        }
    }

    /// Good from tomorrow on.
    pub fn not_yet_valid() -> Self {
        Self {
            valid_from: DAY,
            valid_until: 30 * DAY,
            ..Self::default()
        }
    }

    /// For another host.
    pub fn wrong_name() -> Self {
        Self {
            names: vec!["elsewhere.example".into()],
            ..Self::default()
        }
    }
}

/// The simulator's certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What the server shows, ready for TLS.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) sha256: String,
}

impl Authority {
    /// A new one.
    pub(crate) fn new() -> Result<Self, ServeError> {
        Ok(Self::make(OWN_NAME)?.0)
    }

    /// The one in this folder; if there is none, a new one is put there, so that a phone needs to
    /// be given it once only.
    pub(crate) fn kept_in(folder: &Path) -> Result<Self, ServeError> {
        let (pem_file, key_file) = (folder.join("ca.pem"), folder.join("ca-key.pem"));
        let fault = |error: io::Error| {
            ServeError::Certificate(format!("the authority in {}: {error}", folder.display()))
        };
        match (fs::read_to_string(&pem_file), fs::read_to_string(&key_file)) {
            (Ok(pem), Ok(key)) => {
                let key = KeyPair::from_pem(&key)?;
                Ok(Self {
                    issuer: Issuer::from_ca_cert_pem(&pem, key)?,
                    pem,
                })
            }
            (Err(a), Err(b)) if [&a, &b].iter().all(|e| e.kind() == io::ErrorKind::NotFound) => {
                let (authority, key) = Self::make(OWN_NAME)?;
                fs::create_dir_all(folder).map_err(fault)?;
                write_private(&key_file, &key).map_err(fault)?;
                fs::write(&pem_file, &authority.pem).map_err(fault)?;
                Ok(authority)
            }
            (Err(error), _) | (_, Err(error)) => Err(fault(error)),
        }
    }

    /// Its certificate, for clients.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// Makes a certificate with a key of its own.
    pub(crate) fn issue(&self, settings: &CertificateSettings) -> Result<Shown, ServeError> {
        if settings.valid_from >= settings.valid_until {
            return Err(ServeError::Certificate(
                "valid_until must lie after valid_from".into(),
            ));
        }
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(settings.names.clone())?;
        let name = settings.names.first().map_or("clearpass", String::as_str);
        params.distinguished_name = named(name);
        params.not_before = date(settings.valid_from);
        params.not_after = date(settings.valid_until);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = match settings.signed_by {
            SignedBy::Authority => params.signed_by(&key, &self.issuer)?,
            SignedBy::Itself => params.self_signed(&key)?,
            SignedBy::Stranger => {
                params.signed_by(&key, &Self::make("Somebody's own CA")?.0.issuer)?
            }
        };
        let der = certificate.der().clone();
        let sha256 = hex(digest::digest(&digest::SHA256, &der).as_ref());
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|error| ServeError::Certificate(error.to_owned()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![der], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Shown {
            config: Arc::new(config),
            sha256,
        })
    }

    /// A new authority, and its key as PEM.
    fn make(name: &str) -> Result<(Self, String), ServeError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date(-DAY);
        params.not_after = date(3650 * DAY);
        let pem = params.self_signed(&key)?.pem();
        let key_pem = key.serialize_pem();
        Ok((
            Self {
                issuer: Issuer::new(params, key),
                pem,
            },
            key_pem,
        ))
    }
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "QuickAccess");
    name.push(DnType::CommonName, common_name);
    name
}

/// A moment, in seconds from now, in the type that rcgen takes and does not name. Certificates are
/// judged by the real clock, so this is the real one, too.
fn date<Date>(from_now: i64) -> Date
where
    Date: From<SystemTime>,
{
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = now.as_secs().saturating_add_signed(from_now);
    Date::from(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

impl From<rcgen::Error> for ServeError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl From<rustls::Error> for ServeError {
    fn from(error: rustls::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_kept_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deeper");
        let first = Authority::kept_in(&folder).unwrap();
        let again = Authority::kept_in(&folder).unwrap();
        assert_eq!(first.pem(), again.pem());
        assert!(again.issue(&CertificateSettings::default()).is_ok());
        // Half an authority is not replaced by a new one.
        fs::remove_file(folder.join("ca-key.pem")).unwrap();
        assert!(matches!(
            Authority::kept_in(&folder),
            Err(ServeError::Certificate(_))
        ));
    }

    #[test]
    fn each_certificate_has_a_key_of_its_own() {
        let authority = Authority::new().unwrap();
        let issue = |settings| authority.issue(&settings).unwrap().sha256;
        let all = [
            issue(CertificateSettings::default()),
            issue(CertificateSettings::default()),
            issue(CertificateSettings::self_signed()),
        ];
        assert!(all[0] != all[1] && all[1] != all[2]);
        assert!(all.iter().all(|sha256| sha256.len() == 64));
    }

    #[test]
    fn a_validity_that_ends_before_it_begins_is_refused() {
        let backwards = CertificateSettings {
            valid_until: -2 * DAY,
            ..CertificateSettings::default()
        };
        let error = Authority::new().unwrap().issue(&backwards).err().unwrap();
        assert!(error.to_string().contains("valid_until"), "{error}");
    }
}
