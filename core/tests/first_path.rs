//! The whole path over TLS, as the vendor's guide walks it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quickaccess::{Code, Level, MemoryStore, Need, QuickAccess, RefreshState, Stays, Trust};
use quickaccess_simulator::{
    Fault, FaultKind, Handshake, HoldAt, Moment, Operation, ServeOptions, Simulator,
};
use support::Live;

fn now_millis() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_millis() as u64
}

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
    let sent = server.requests().pop().expect("the sign-in");
    assert_eq!(
        (sent.method.as_str(), sent.path.as_str()),
        ("POST", "/api/oauth")
    );
    assert_eq!(
        sent.members,
        ["grant_type", "username", "password", "client_id"]
    );
    assert!(!sent.header_names.contains(&"authorization".to_owned()));
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
    // 28,800 s, and a refresh token came with it.
    assert_eq!(signed_in.refresh, RefreshState::Ready);
    let lives = signed_in.expires_at.unwrap() - now_millis();
    assert!((28_700_000..=28_800_000).contains(&lives), "{lives}");

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

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_server_warms_the_connections_of_what_follows() {
    let live = Live::new().await;
    let session = live.start();
    // All three at once, so that none waits for another's connection.
    let holds: Vec<_> = (0..3)
        .map(|before| {
            let at = HoldAt::BeforeCommit;
            let fault = Fault::new(Operation::Me, FaultKind::Hold { at });
            let id = live.server.fault(fault.after(before).once());
            live.server.find_hold(id).unwrap()
        })
        .collect();
    let looking = tokio::spawn({
        let session = session.clone();
        async move { session.probe().await }
    });
    for hold in &holds {
        hold.reached().await;
    }
    for hold in &holds {
        hold.release();
    }
    looking.await.unwrap().unwrap();
    assert_eq!(live.server.counters().connections, 3);
    session.sign_in("qa", "abc123").await.unwrap();
    let (me, privileges) = tokio::join!(session.whoami(), session.privileges());
    assert!(me.is_ok() && privileges.is_ok());
    assert_eq!(live.server.counters().connections, 3, "no other was needed");
    // The one that carried the password is closed, and it carried nothing after it.
    live.server
        .wait_for(|server| {
            server
                .connections()
                .iter()
                .any(|connection| !connection.open)
        })
        .await;
    let closed: Vec<_> = live
        .server
        .connections()
        .into_iter()
        .filter(|connection| !connection.open)
        .collect();
    assert_eq!(closed.len(), 1);
    assert_eq!(
        (closed[0].requests, closed[0].tls),
        (2, Some(Handshake::Full))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_server_tells_what_it_is_and_how_far_its_clock_is_off() {
    let live = Live::new().await;
    let session = live.start();
    for off in [0_i64, 7_200, -7_200] {
        let wall = SystemTime::now();
        let change = Duration::from_secs(off.unsigned_abs());
        let there = if off < 0 {
            wall - change
        } else {
            wall + change
        };
        live.server.set_wall_clock(there);
        let ahead = session.probe().await.unwrap().clock_ahead.unwrap();
        assert!((ahead - off).abs() < 60, "{ahead} for {off}");
    }
    for (kind, code) in [
        (FaultKind::WrongType, Code::NotClearpass),
        (FaultKind::html_502(Moment::BeforeCommit), Code::ServerError),
        (FaultKind::status_retry_after(429, 5), Code::ServerBusy),
        (
            FaultKind::problem(404, "Not Found", "Page not found."),
            Code::NotClearpass,
        ),
        (FaultKind::DropAfterCommit, Code::Offline),
    ] {
        live.server.fault(Fault::new(Operation::Me, kind.clone()));
        let error = session.probe().await.unwrap_err();
        assert_eq!(error.code(), code, "{kind:?}");
        live.server.clear_faults();
    }
}
