//! The whole path over TLS, as the vendor's guide walks it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use quickaccess::{Level, MemoryStore, Need, QuickAccess, Stays, Trust};
use quickaccess_simulator::{ServeOptions, Simulator};

#[tokio::test]
async fn a01_the_vendor_guides_example_signs_in_and_lists_its_privileges() {
    let server = Simulator::default_scenario();
    let running = server.serve(ServeOptions::default()).await.unwrap();
    let session = QuickAccess::builder(running.https_url(), "QuickAccess")
        .trust(Trust::with_roots_pem(running.ca_pem()))
        .store(MemoryStore::new())
        .build()
        .unwrap();
    let probe = session.probe().await.unwrap();
    assert!(probe.clock_ahead.is_some_and(|seconds| seconds.abs() < 60));
    assert_eq!(
        probe.certificate.unwrap().sha256,
        running.certificate_sha256()
    );

    session.sign_in("qa", "abc123").await.unwrap();
    let token = session.access_token().await.unwrap();
    assert_eq!(token.expose().len(), 40);
    assert!(
        token
            .expose()
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    );
    let state = session.state();
    let signed_in = state.signed_in().unwrap();
    assert_eq!(
        (signed_in.username.as_str(), signed_in.stays),
        ("qa", Stays::Unknown)
    );

    let me = session.whoami().await.unwrap();
    assert_eq!((me.name(), me.profile()), (Some("qa"), Some("Help Desk")));
    let privileges = session.privileges().await.unwrap();
    assert_eq!(privileges.level("guest_users"), Some(Level::Full));
    assert_eq!(privileges.level("cppm_endpoints"), Some(Level::Read));
    assert_eq!(privileges.level("platform"), Some(Level::Allowed));
    assert_eq!(
        privileges.level("cppm_certificates"),
        Some(Level::ReadWrite)
    );
    assert!(privileges.allows("guest_users", Need::Delete));
    assert!(session.server_version().await.unwrap().version.is_some());
    assert!(session.sign_out().await.unwrap().erased);
}

#[tokio::test]
async fn a01_a_person_with_a_small_profile_sees_just_that() {
    let server = Simulator::default_scenario();
    let running = server.serve(ServeOptions::default()).await.unwrap();
    // Plain http is for this very machine alone, and needs no certificate.
    let session = QuickAccess::builder(running.http_url(), "QuickAccess")
        .store(MemoryStore::new())
        .build()
        .unwrap();
    assert_eq!(session.probe().await.unwrap().certificate, None);
    session.sign_in("guest-desk", "abc123").await.unwrap();
    let privileges = session.privileges().await.unwrap();
    assert!(privileges.allows("guest_users", Need::Write));
    assert_eq!(privileges.level("cppm_endpoints"), None);
}
