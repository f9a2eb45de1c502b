//! Certificates that nobody vouches for: everything that is wrong is told before the password
//! leaves, and an approval by fingerprint holds for what was shown.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{
    Action, Code, Error, QuickAccess, SessionState, Trust,
    store::StoreError,
    trust::{CertificateProblem, TrustFailure},
};
use quickaccess_simulator::{CertificateSettings, SignedBy, Simulator};
use support::{Live, MINUTE, until};

const PASSWORD: &str = "abc123";

/// What the person would see.
fn shown(error: &Error) -> TrustFailure {
    assert_eq!(error.action(), Action::TrustServer, "{error}");
    error
        .certificate()
        .expect("it comes with the error")
        .clone()
}

/// A sign-in that has to stop before the password.
async fn refused(session: &QuickAccess, live: &Live) -> TrustFailure {
    let before = (live.server.requests(), live.server.counters());
    let error = session.sign_in("qa", PASSWORD).await.unwrap_err();
    // The server has seen the end of the connection.
    let failed = |server: &Simulator| server.counters().tls_failures > before.1.tls_failures;
    live.server.wait_for(failed).await;
    let after = (live.server.requests(), live.server.counters());
    assert_eq!(after.0, before.0, "not a byte of a request: {error}");
    assert_eq!(after.1.token_requests, before.1.token_requests);
    shown(&error)
}

#[tokio::test(flavor = "multi_thread")]
async fn a04_a27_every_problem_is_told_and_the_password_stays_here() {
    use CertificateProblem::{Expired, NotYetValid, UnknownIssuer, WrongName};
    let itself = |settings: CertificateSettings| CertificateSettings {
        signed_by: SignedBy::Itself,
        ..settings
    };
    let everything = CertificateSettings {
        names: CertificateSettings::wrong_name().names,
        ..itself(CertificateSettings::expired())
    };
    for (settings, problems, code) in [
        (
            CertificateSettings::self_signed(),
            vec![UnknownIssuer],
            Code::CertificateUnknown,
        ),
        (
            CertificateSettings {
                signed_by: SignedBy::Stranger,
                ..CertificateSettings::default()
            },
            vec![UnknownIssuer],
            Code::CertificateUnknown,
        ),
        (
            CertificateSettings::expired(),
            vec![Expired],
            Code::CertificateExpired,
        ),
        (
            CertificateSettings::not_yet_valid(),
            vec![NotYetValid],
            Code::CertificateNotYetValid,
        ),
        (
            CertificateSettings::wrong_name(),
            vec![WrongName],
            Code::NameMismatch,
        ),
        (
            everything,
            vec![UnknownIssuer, WrongName, Expired],
            Code::CertificateUnknown,
        ),
    ] {
        let live = Live::showing(settings.clone()).await;
        let session = live.start();
        let failure = refused(&session, &live).await;
        assert_eq!(failure.problems, problems, "{settings:?}");
        assert_eq!(failure.code(), code);
        assert_eq!(failure.presented.sha256, live.running.certificate_sha256());
        assert_eq!(failure.port, live.running.https_port());
        assert!(!failure.presented.subject.is_empty() && !failure.presented.issuer.is_empty());
        assert!(failure.presented.not_after > failure.presented.not_before);
        // A look tells the same, without a password at hand.
        let error = session.probe().await.unwrap_err();
        assert_eq!(shown(&error).problems, problems);
        assert!(live.server.requests().is_empty());
        assert!(matches!(session.state(), SessionState::SignedOut { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_a_self_signed_certificate_is_approved_by_fingerprint_and_stops_when_it_changes() {
    let live = Live::showing(CertificateSettings::self_signed()).await;
    let session = live.stranger("QuickAccess").build().unwrap();
    let error = session.probe().await.unwrap_err();
    let failure = shown(&error);
    assert_eq!(failure.presented.sha256, live.running.certificate_sha256());
    assert!(
        error.message().contains(&failure.presented.fingerprint()),
        "{error}"
    );
    session.approve_certificate(&failure).await.unwrap();
    let probe = session.probe().await.unwrap();
    assert_eq!(probe.certificate.unwrap().sha256, failure.presented.sha256);
    session.sign_in("qa", PASSWORD).await.unwrap();
    assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));

    // It holds after a restart, and for this certificate alone.
    drop(session);
    let session = live.stranger("QuickAccess").build().unwrap();
    assert!(session.whoami().await.is_ok());
    live.running
        .change_certificate(&CertificateSettings::self_signed())
        .unwrap();
    live.running.cut_connections().await;
    let changed = refused(&session, &live).await;
    assert_eq!(changed.code(), Code::CertificateChanged);
    assert_eq!(
        changed.previous.as_ref().map(|previous| &previous.sha256),
        Some(&failure.presented.sha256)
    );
    assert_eq!(changed.presented.sha256, live.running.certificate_sha256());
    // The session before is not touched, and tells what is wrong.
    assert!(session.access_token().await.is_ok());
    let error = session.whoami().await.unwrap_err();
    assert_eq!(error.code(), Code::CertificateChanged);
    // Neither the ordinary step nor the old approval lets it pass.
    let error = session.approve_certificate(&changed).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    assert!(session.approve_changed_certificate(&failure).await.is_err());
    refused(&session, &live).await;
    session.approve_changed_certificate(&changed).await.unwrap();
    assert!(session.whoami().await.is_ok());
    session.sign_in("qa", PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_an_approval_waives_only_what_was_shown() {
    let live = Live::showing(CertificateSettings::self_signed()).await;
    let session = live.stranger("QuickAccess").build().unwrap();
    let failure = refused(&session, &live).await;
    session.approve_certificate(&failure).await.unwrap();
    session.sign_in("qa", PASSWORD).await.unwrap();
    // The same certificate is over a year later: that was not shown.
    live.pass(MINUTE * 60 * 24 * 400);
    let expired = refused(&session, &live).await;
    assert_eq!(expired.code(), Code::CertificateExpired);
    assert_eq!(
        expired.problems,
        [
            CertificateProblem::Expired,
            CertificateProblem::UnknownIssuer
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_an_approval_is_for_one_host_and_port() {
    let one = Live::showing(CertificateSettings::self_signed()).await;
    let two = Live::showing(CertificateSettings::self_signed()).await;
    let session = one.stranger("QuickAccess").build().unwrap();
    let failure = refused(&session, &one).await;
    session.approve_certificate(&failure).await.unwrap();
    // The same store, another port.
    let other = two
        .stranger("QuickAccess")
        .store(one.store.clone())
        .build()
        .unwrap();
    assert!(other.approve_certificate(&failure).await.is_err());
    let failure = refused(&other, &two).await;
    assert_eq!(failure.code(), Code::CertificateUnknown);
    // The same port, another name.
    let by_name = format!("https://localhost:{}", one.running.https_port());
    let named = QuickAccess::builder(by_name, "QuickAccess")
        .store(one.store.clone())
        .data_dir(one.data.path())
        .environment(one.clocks.clone())
        .build()
        .unwrap();
    assert_eq!(refused(&named, &one).await.code(), Code::CertificateUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_a_host_once_trusted_by_the_platform_is_never_merely_unknown() {
    let live = Live::new().await;
    drop(live.signed_in().await);
    live.running
        .change_certificate(&CertificateSettings::self_signed())
        .unwrap();
    live.running.cut_connections().await;
    // Not even after a restart, nor when the authority is no longer trusted.
    for trust in [
        Trust::with_roots_pem(live.running.ca_pem()),
        Trust::platform(),
    ] {
        let session = live.stranger("QuickAccess").trust(trust).build().unwrap();
        let failure = refused(&session, &live).await;
        assert_eq!(failure.code(), Code::CertificateChanged);
        assert!(failure.previous.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_what_was_learned_of_a_certificate_is_written_as_soon_as_the_store_takes_it() {
    let live = Live::new().await;
    let session = live.start();
    until(&session, |state| *state != SessionState::Loading).await;
    live.store.fail_saves(Some(StoreError::Unavailable));
    session.probe().await.unwrap();
    session.probe().await.unwrap();
    live.store.fail_saves(None);
    session.sign_in("qa", PASSWORD).await.unwrap();
    // It is written beside the requests: with the first one after its refusal was heard of.
    let remembered = || {
        let entries = live.store.entries();
        entries.keys().any(|name| name.starts_with("trust-"))
    };
    for _ in 0..100 {
        if remembered() {
            break;
        }
        session.whoami().await.unwrap();
    }
    assert!(remembered());
    drop(session);
    live.running
        .change_certificate(&CertificateSettings::self_signed())
        .unwrap();
    let session = live.start();
    let failure = refused(&session, &live).await;
    assert_eq!(failure.code(), Code::CertificateChanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_nobody_says_unknown_before_the_store_has_told_what_it_knows() {
    let live = Live::showing(CertificateSettings::self_signed()).await;
    let session = live.stranger("QuickAccess").build().unwrap();
    let failure = refused(&session, &live).await;
    session.approve_certificate(&failure).await.unwrap();
    drop(session);
    live.running
        .change_certificate(&CertificateSettings::self_signed())
        .unwrap();
    live.store.fail(Some(StoreError::Locked));
    let session = live.stranger("QuickAccess").build().unwrap();
    let error = session.probe().await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::StoreLocked, Action::UnlockDevice)
    );
    live.store.fail(None);
    session.notify(quickaccess::PlatformEvent::Unlocked);
    until(&session, |state| {
        matches!(state, SessionState::SignedOut { .. })
    })
    .await;
    let error = session.probe().await.unwrap_err();
    assert_eq!(error.code(), Code::CertificateChanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a27_a_refresh_waits_for_the_approval_of_a_changed_certificate_and_loses_nothing() {
    let live = Live::showing(CertificateSettings::self_signed()).await;
    let session = live.stranger("QuickAccess").build().unwrap();
    let failure = refused(&session, &live).await;
    session.approve_certificate(&failure).await.unwrap();
    session.sign_in("qa", PASSWORD).await.unwrap();
    live.running
        .change_certificate(&CertificateSettings::self_signed())
        .unwrap();
    live.pass(MINUTE * 60 * 8);
    let error = session.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::CertificateChanged);
    assert_eq!(live.server.counters().token_requests.refresh_token, 0);
    assert!(session.state().signed_in().is_some());
    session
        .approve_changed_certificate(&shown(&error))
        .await
        .unwrap();
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
}
