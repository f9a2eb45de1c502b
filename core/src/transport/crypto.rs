//! The cryptography of TLS: ring's, as rustls puts it together, without what this client never uses.
//! rustls's own list would bring all of it along, which is a twentieth of a phone's library.

use std::sync::Arc;

use ring::rand::SystemRandom;
use rustls::{
    SignatureScheme, SupportedCipherSuite,
    crypto::{
        CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms,
        ring::{ALL_KX_GROUPS, cipher_suite},
    },
    pki_types::PrivateKeyDer,
    sign::SigningKey,
};
use webpki::ring as signature;

/// What TLS is made with.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: SUITES.to_vec(),
        kx_groups: ALL_KX_GROUPS.to_vec(),
        signature_verification_algorithms: SIGNATURES,
        secure_random: &Ring,
        key_provider: &Ring,
    }
}

/// AES in Galois/Counter Mode, which every server of TLS 1.3 has (RFC 8446 section 9.1) and phones have
/// instructions for.
const SUITES: [SupportedCipherSuite; 6] = [
    cipher_suite::TLS13_AES_256_GCM_SHA384,
    cipher_suite::TLS13_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
];

/// The signatures of certificates, and of handshakes. A test compares them with those of rustls.
const SIGNATURES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        signature::ECDSA_P256_SHA256,
        signature::ECDSA_P256_SHA384,
        signature::ECDSA_P384_SHA256,
        signature::ECDSA_P384_SHA384,
        signature::ED25519,
        signature::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        signature::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        signature::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        signature::RSA_PKCS1_2048_8192_SHA256,
        signature::RSA_PKCS1_2048_8192_SHA384,
        signature::RSA_PKCS1_2048_8192_SHA512,
        signature::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        signature::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        signature::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ],
    // In TLS 1.2 a scheme leaves the curve open; in TLS 1.3 the first is the one.
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[signature::ECDSA_P384_SHA384, signature::ECDSA_P256_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[signature::ECDSA_P256_SHA256, signature::ECDSA_P384_SHA256],
        ),
        (SignatureScheme::ED25519, &[signature::ED25519]),
        (
            SignatureScheme::RSA_PSS_SHA512,
            &[signature::RSA_PSS_2048_8192_SHA512_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PSS_SHA384,
            &[signature::RSA_PSS_2048_8192_SHA384_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PSS_SHA256,
            &[signature::RSA_PSS_2048_8192_SHA256_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA512,
            &[signature::RSA_PKCS1_2048_8192_SHA512],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA384,
            &[signature::RSA_PKCS1_2048_8192_SHA384],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA256,
            &[signature::RSA_PKCS1_2048_8192_SHA256],
        ),
    ],
};

#[derive(Debug)]
struct Ring;

impl SecureRandom for Ring {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        use ring::rand::SecureRandom as _;
        let filled = SystemRandom::new().fill(bytes);
        filled.map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for Ring {
    /// Refuses: a client that shows no certificate has no private key.
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        let text = "QuickAccess shows servers no certificate of its own";
        Err(rustls::Error::General(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::AlgorithmIdentifier;

    use super::*;

    /// The key and the signature of an algorithm.
    type Ids = (AlgorithmIdentifier, AlgorithmIdentifier);
    type Mapping = Vec<(SignatureScheme, Vec<Ids>)>;

    fn ids(list: &WebPkiSupportedAlgorithms) -> (Vec<Ids>, Mapping) {
        let one = |algorithm: &&'static dyn rustls::pki_types::SignatureVerificationAlgorithm| {
            (algorithm.public_key_alg_id(), algorithm.signature_alg_id())
        };
        let mapping = list.mapping.iter();
        (
            list.all.iter().map(one).collect(),
            mapping
                .map(|(scheme, list)| (*scheme, list.iter().map(one).collect()))
                .collect(),
        )
    }

    #[test]
    fn it_is_rustlss_own_but_for_one_kind_of_cipher_and_keys() {
        let theirs = rustls::crypto::ring::default_provider();
        let ours = provider();
        assert_eq!(
            ids(&ours.signature_verification_algorithms),
            ids(&theirs.signature_verification_algorithms)
        );
        let groups = |provider: &CryptoProvider| -> Vec<_> {
            let groups = provider.kx_groups.iter();
            groups.map(|group| group.name()).collect()
        };
        assert_eq!(groups(&ours), groups(&theirs));
        let suites = |provider: &CryptoProvider| -> Vec<_> {
            let suites = provider.cipher_suites.iter().map(|suite| suite.suite());
            suites
                .filter(|suite| !format!("{suite:?}").contains("CHACHA20"))
                .collect()
        };
        assert_eq!(suites(&ours), suites(&theirs));
        assert_eq!(suites(&ours).len(), ours.cipher_suites.len());
    }
}
