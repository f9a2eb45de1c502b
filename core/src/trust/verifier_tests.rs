use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa};
use rustls::client::WebPkiServerVerifier;

use super::{
    CertificateProblem::{
        Changed, Expired, NotYetValid, PinMismatch, Revoked, UnknownIssuer, Unusable, WrongName,
    },
    *,
};
use crate::transport::testing::{Ca, Identity, SUMMER_2025, SUMMER_2026, SUMMER_2027, self_signed};

const HOST: &str = "clearpass.example";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A verifier with a platform of the test's choice, for `HOST`, with a fresh memory.
fn verifier(platform: Option<Arc<dyn ServerCertVerifier>>, trust: &Trust) -> Verifier {
    verifier_for(HOST, platform, trust)
}

fn verifier_for(
    host: &str,
    platform: Option<Arc<dyn ServerCertVerifier>>,
    trust: &Trust,
) -> Verifier {
    let memory = Arc::new(TrustMemory::new(host, 443));
    Verifier::with_platform(platform, trust, memory, provider()).unwrap()
}

fn show(verifier: &Verifier, identity: &Identity, wall: u64) -> Result<(), Box<TrustFailure>> {
    let now = UnixTime::since_unix_epoch(Duration::from_millis(wall));
    match verifier.verify_server_cert(&identity.der(), &[], &verifier.server, &[], now) {
        Ok(_) => Ok(()),
        Err(TlsError::Other(other)) => Err(other
            .0
            .downcast_ref::<Untrusted>()
            .expect("our own error")
            .0
            .clone()),
        Err(other) => panic!("{other:?}"),
    }
}

fn problems(verifier: &Verifier, identity: &Identity, wall: u64) -> Vec<CertificateProblem> {
    show(verifier, identity, wall)
        .expect_err("nobody vouches for it")
        .problems
}

/// A platform that trusts this CA, judged by webpki as on Linux.
fn platform_with(ca: &Ca) -> Arc<dyn ServerCertVerifier> {
    let mut roots = RootCertStore::empty();
    for root in read_roots(ca.trust().extra_roots_pem.as_deref().unwrap()).unwrap() {
        roots.add(root).unwrap();
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .unwrap()
}

/// A platform that says the same of every certificate.
#[derive(Debug)]
struct Says(CertificateError);

impl ServerCertVerifier for Says {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Err(self.0.clone().into())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        panic!("signatures are verified by us")
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        panic!("signatures are verified by us")
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Vec::new()
    }
}

fn no_change(_: &mut CertificateParams) {}

#[test]
fn a27_every_fault_is_named_alone() {
    let ca = Ca::new();
    let ours = verifier(None, &ca.trust());
    let good = ca.issue(&[HOST], no_change);
    assert_eq!(
        problems(&ours, &self_signed(&[HOST], no_change), SUMMER_2026),
        [UnknownIssuer]
    );
    assert_eq!(
        problems(&ours, &ca.issue(&["other.example"], no_change), SUMMER_2026),
        [WrongName]
    );
    assert_eq!(problems(&ours, &good, SUMMER_2027), [Expired]);
    assert_eq!(problems(&ours, &good, SUMMER_2025), [NotYetValid]);
    let for_clients = ca.issue(&[HOST], |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    assert_eq!(problems(&ours, &for_clients, SUMMER_2026), [Unusable]);
    assert_eq!(show(&ours, &good, SUMMER_2026), Ok(()));
}

#[test]
fn a27_several_faults_are_all_named() {
    let ca = Ca::new();
    let ours = verifier(None, &ca.trust());
    let foreign = self_signed(&["other.example"], no_change);
    let misnamed = ca.issue(&["other.example"], no_change);
    assert_eq!(
        problems(&ours, &foreign, SUMMER_2026),
        [UnknownIssuer, WrongName]
    );
    assert_eq!(
        problems(&ours, &foreign, SUMMER_2027),
        [UnknownIssuer, WrongName, Expired]
    );
    assert_eq!(
        problems(&ours, &foreign, SUMMER_2025),
        [UnknownIssuer, WrongName, NotYetValid]
    );
    assert_eq!(
        problems(&ours, &misnamed, SUMMER_2027),
        [WrongName, Expired]
    );
    let nameless = ca.issue(&[], no_change);
    assert_eq!(
        problems(&ours, &nameless, SUMMER_2025),
        [WrongName, NotYetValid]
    );
    let for_clients = self_signed(&["other.example"], |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    assert_eq!(
        problems(&ours, &for_clients, SUMMER_2027),
        [Unusable, WrongName, Expired]
    );
}

#[test]
fn a27_the_platform_is_asked_each_question_on_its_own_too() {
    let ca = Ca::new();
    let ours = verifier(Some(platform_with(&ca)), &Trust::platform());
    let misnamed = ca.issue(&["*.other.example"], no_change);
    assert_eq!(
        problems(&ours, &misnamed, SUMMER_2027),
        [WrongName, Expired]
    );
    let foreign = Ca::new().issue(&["other.example"], no_change);
    assert_eq!(
        problems(&ours, &foreign, SUMMER_2027),
        [UnknownIssuer, WrongName, Expired]
    );
    assert_eq!(
        show(&ours, &ca.issue(&[HOST], no_change), SUMMER_2026),
        Ok(())
    );
}

#[test]
fn a_revoked_certificate_is_told_with_the_rest_and_no_extra_root_saves_it() {
    let ca = Ca::new();
    let platform = Arc::new(Says(CertificateError::Revoked));
    let ours = verifier(Some(platform), &ca.trust());
    let revoked = ca.issue(&[HOST], no_change);
    assert_eq!(problems(&ours, &revoked, SUMMER_2026), [Revoked]);
    let failure = show(&ours, &ca.issue(&["other.example"], no_change), SUMMER_2027).unwrap_err();
    assert_eq!(failure.problems, [Revoked, WrongName, Expired]);
    assert!(ours.memory.approve(&failure).is_err());
}

#[test]
fn extra_roots_count_beside_a_platform_that_does_not_know_them() {
    let ca = Ca::new();
    let platform: Arc<dyn ServerCertVerifier> = Arc::new(Says(CertificateError::UnknownIssuer));
    let good = ca.issue(&[HOST], no_change);
    let with_root = verifier(Some(platform.clone()), &ca.trust());
    assert_eq!(show(&with_root, &good, SUMMER_2026), Ok(()));
    let without = verifier(Some(platform), &Trust::platform());
    assert_eq!(problems(&without, &good, SUMMER_2026), [UnknownIssuer]);
}

#[test]
fn a_servers_own_certificate_can_be_given_as_the_one_to_believe() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let own = self_signed(&[HOST], |params| params.is_ca = is_ca);
        let ours = verifier(None, &Trust::with_roots_pem(own.pem()));
        assert_eq!(show(&ours, &own, SUMMER_2026), Ok(()), "{is_ca:?}");
        assert_eq!(problems(&ours, &own, SUMMER_2027), [Expired], "{is_ca:?}");
        let elsewhere = verifier_for("other.example", None, &Trust::with_roots_pem(own.pem()));
        assert_eq!(
            problems(&elsewhere, &own, SUMMER_2026),
            [WrongName],
            "{is_ca:?}"
        );
    }
}

#[test]
fn a_self_signed_ca_certificate_is_unknown_and_can_be_approved() {
    let own = self_signed(&[HOST], |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)
    });
    let ours = verifier(None, &Trust::platform());
    let failure = show(&ours, &own, SUMMER_2026).unwrap_err();
    assert_eq!(failure.problems, [UnknownIssuer]);
    ours.memory.approve(&failure).unwrap();
    assert_eq!(show(&ours, &own, SUMMER_2026), Ok(()));
}

#[test]
fn names_follow_the_rules_for_wildcards_and_addresses() {
    let ca = Ca::new();
    for (names, host, fits) in [
        (&["*.cp.example"][..], "one.cp.example", true),
        (&["*.cp.example"], "a.one.cp.example", false),
        (&["*.cp.example"], "cp.example", false),
        (&["clearpass.example"], "ClearPass.Example", true),
        (&["127.0.0.1", "::1"], "127.0.0.1", true),
        (&["127.0.0.1", "::1"], "[::1]", true),
        (&["127.0.0.1"], "127.0.0.2", false),
        (&["localhost"], "localhost", true),
        (&["localhost"], "127.0.0.1", false),
    ] {
        let ours = verifier_for(host, None, &ca.trust());
        let result = show(&ours, &ca.issue(names, no_change), SUMMER_2026);
        let told = result.map_err(|failure| failure.problems);
        let expected = if fits { Ok(()) } else { Err(vec![WrongName]) };
        assert_eq!(told, expected, "{names:?} for {host}");
    }
}

#[test]
fn a27_a_host_once_trusted_by_the_platform_is_never_merely_unknown() {
    let ca = Ca::new();
    let ours = verifier(Some(platform_with(&ca)), &Trust::platform());
    let good = ca.issue(&[HOST], no_change);
    show(&ours, &good, SUMMER_2026).unwrap();
    let failure = show(&ours, &self_signed(&[HOST], no_change), SUMMER_2026).unwrap_err();
    assert_eq!(failure.problems, [Changed, UnknownIssuer]);
    assert_eq!(failure.code(), Code::CertificateChanged);
    assert_eq!(failure.previous, Some(Leaf::read(&good.der()).certificate));
    // The same certificate, once its issuer is no longer trusted.
    let later = Verifier::with_platform(None, &Trust::platform(), ours.memory.clone(), provider());
    let failure = show(&later.unwrap(), &good, SUMMER_2026).unwrap_err();
    assert_eq!(failure.code(), Code::CertificateChanged);
}

#[test]
fn a_renewal_that_the_platform_trusts_is_no_change_to_confirm() {
    let ca = Ca::new();
    let ours = verifier(Some(platform_with(&ca)), &Trust::platform());
    show(&ours, &ca.issue(&[HOST], no_change), SUMMER_2026).unwrap();
    let renewed = ca.issue(&[HOST], no_change);
    show(&ours, &renewed, SUMMER_2026).unwrap();
    let accepted = ours.memory.accepted().expect("it was trusted");
    assert_eq!(accepted, Leaf::read(&renewed.der()).certificate);
}

#[test]
fn what_is_no_certificate_is_unusable() {
    let ours = verifier(None, &Trust::platform());
    let now = UnixTime::since_unix_epoch(Duration::from_millis(SUMMER_2026));
    let broken = CertificateDer::from(b"no certificate".to_vec());
    let error = ours
        .verify_server_cert(&broken, &[], &ours.server, &[], now)
        .unwrap_err();
    let TlsError::Other(other) = error else {
        panic!("{error:?}")
    };
    let failure = &other
        .0
        .downcast_ref::<Untrusted>()
        .expect("our own error")
        .0;
    assert_eq!(failure.problems, [Unusable]);
    assert!(!failure.can_be_approved());
}

#[test]
fn another_name_than_the_servers_is_never_remembered_or_offered() {
    let ca = Ca::new();
    let ours = verifier(None, &ca.trust());
    let now = UnixTime::since_unix_epoch(Duration::from_millis(SUMMER_2026));
    let proxy = ServerName::try_from("proxy.example").unwrap();
    let good = ca.issue(&["proxy.example"], no_change);
    ours.verify_server_cert(&good.der(), &[], &proxy, &[], now)
        .unwrap();
    assert_eq!(ours.memory.accepted(), None);
    let bad = self_signed(&["proxy.example"], no_change);
    let error = ours
        .verify_server_cert(&bad.der(), &[], &proxy, &[], now)
        .unwrap_err();
    assert_eq!(
        error,
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer)
    );
}

#[test]
fn ca_certificates_that_cannot_be_read_are_refused() {
    for pem in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let memory = Arc::new(TrustMemory::new(HOST, 443));
        let error = Verifier::with_platform(None, &Trust::with_roots_pem(pem), memory, provider());
        assert_eq!(error.expect_err(pem).code(), Code::InvalidInput);
    }
}

/// The pin of a server's key, as the app would be given it.
fn pin(identity: &Identity) -> String {
    Leaf::read(&identity.der()).certificate.pin
}

#[test]
fn a_pinned_key_is_asked_for_in_addition_and_a_backup_does_as_well() {
    let ca = Ca::new();
    let (now, next) = (ca.issue(&[HOST], no_change), ca.issue(&[HOST], no_change));
    let other = ca.issue(&[HOST], no_change);
    let ours = verifier(None, &ca.trust().and_pins([pin(&now), pin(&next)]));
    assert_eq!(problems(&ours, &other, SUMMER_2026), [PinMismatch]);
    assert_eq!(show(&ours, &now, SUMMER_2026), Ok(()));
    assert_eq!(show(&ours, &next, SUMMER_2026), Ok(()));
    assert_eq!(
        problems(&ours, &other, SUMMER_2026),
        [PinMismatch, Changed],
        "whoever vouches for it"
    );
    // A pin makes nothing else good.
    assert_eq!(problems(&ours, &now, SUMMER_2027), [Changed, Expired]);
}

#[test]
fn a_pin_mismatch_cannot_be_approved() {
    let (now, next) = (
        self_signed(&[HOST], no_change),
        self_signed(&[HOST], no_change),
    );
    let other = self_signed(&[HOST], no_change);
    let ours = verifier(None, &Trust::platform().and_pins([pin(&now), pin(&next)]));
    let shown = show(&ours, &other, SUMMER_2026).unwrap_err();
    assert_eq!(shown.problems, [PinMismatch, UnknownIssuer]);
    assert_eq!(shown.code(), Code::PinMismatch);
    assert_eq!(
        ours.memory.approve(&shown).unwrap_err().code(),
        Code::InvalidInput
    );
    // The pinned key of a self-signed certificate still takes an approval.
    let shown = show(&ours, &now, SUMMER_2026).unwrap_err();
    assert_eq!(shown.problems, [UnknownIssuer]);
    ours.memory.approve(&shown).unwrap();
    assert_eq!(show(&ours, &now, SUMMER_2026), Ok(()));
}

#[test]
fn pins_that_cannot_be_read_are_refused_at_the_start() {
    let memory = Arc::new(TrustMemory::new(HOST, 443));
    let trust = Trust::platform().and_pins(["sha256/none"]);
    let error = Verifier::with_platform(None, &trust, memory, provider()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}
