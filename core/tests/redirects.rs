//! Redirects: none on the token endpoint, and none that takes the token to another origin.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Action, Cause, Code, Method, RefreshState};
use quickaccess_simulator::{Fault, FaultKind, Operation};
use serde_json::Value;
use support::{Live, until};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// A fault that redirects.
fn redirect(on: Operation, status: u16, location: impl Into<String>) -> Fault {
    let location = location.into();
    Fault::new(on, FaultKind::Redirect { status, location })
}

#[tokio::test(flavor = "multi_thread")]
async fn a28_no_redirect_of_a_sign_in_is_followed() {
    let live = Live::new().await;
    let elsewhere = Live::new().await;
    let session = live.start();
    for status in STATUSES {
        for place in [
            format!("{}/api/oauth", elsewhere.running.https_url()),
            format!("{}/api/oauth", live.running.http_url()),
            "/api/oauth".to_owned(),
        ] {
            live.server
                .fault(redirect(Operation::TokenPassword, status, &place).once());
            let error = session.sign_in("qa", "abc123").await.unwrap_err();
            assert_eq!(
                (error.code(), error.action()),
                (Code::Redirected, Action::FixSetup),
                "{status} {place}"
            );
            assert!(error.message().contains(&place), "{error}");
        }
    }
    let sent = live.server.requests();
    assert_eq!(sent.len(), 15, "each password once");
    assert!(elsewhere.server.connections().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a28_no_redirect_of_a_refresh_is_followed_and_nothing_is_lost() {
    let live = Live::new().await;
    let elsewhere = Live::new().await;
    let session = live.signed_in().await;
    live.pass(Duration::from_secs(27_000));
    let place = format!("{}/api/oauth", elsewhere.running.https_url());
    live.server
        .fault(redirect(Operation::TokenRefresh, 307, place).once());
    session.access_token().await.unwrap();
    let waiting = RefreshState::Waiting(Code::Redirected);
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.refresh == waiting)
    })
    .await;
    assert!(elsewhere.server.connections().is_empty());
    live.pass(Duration::from_secs(10));
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.generation == 2)
    })
    .await;
    assert_ne!(
        session.state().signed_in().unwrap().refresh,
        RefreshState::Ended(Cause::RefreshUnfinished)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a28_a_token_is_never_taken_to_another_origin() {
    let live = Live::new().await;
    let elsewhere = Live::new().await;
    let session = live.signed_in().await;
    for status in STATUSES {
        for place in [
            format!("{}/api/server/version", elsewhere.running.https_url()),
            format!("{}/api/server/version", elsewhere.running.http_url()),
            // The same server by another name, and without TLS.
            format!(
                "https://localhost:{}/api/server/version",
                live.running.https_port()
            ),
            format!("{}/api/server/version", live.running.http_url()),
        ] {
            live.server
                .fault(redirect(Operation::ServerVersion, status, &place).once());
            let error = session.server_version().await.unwrap_err();
            assert_eq!(error.code(), Code::Redirected, "{status} {place}");
        }
    }
    assert!(elsewhere.server.connections().is_empty());
    assert_eq!(live.server.requests().len(), 1 + 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a28_within_the_origin_three_are_followed_and_only_for_what_changes_nothing() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    let version = || async {
        session
            .request(Method::GET, "server/version")
            .send::<Value>()
            .await
    };
    let here = || redirect(Operation::ServerVersion, 302, "/api/server/version");
    live.server.fault(here().times(3));
    assert!(version().await.is_ok());
    live.server.fault(here().times(4));
    assert_eq!(version().await.unwrap_err().code(), Code::Redirected);
    live.server.clear_faults();

    let before = live.server.requests().len();
    live.server
        .fault(redirect(Operation::Resource, 307, "/api/server/version").once());
    let sent = session.request(Method::POST, "guest").send::<Value>().await;
    assert_eq!(sent.unwrap_err().code(), Code::Redirected);
    assert_eq!(live.server.requests().len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a28_a_look_at_the_server_names_the_place_and_does_not_go_there() {
    let live = Live::new().await;
    let elsewhere = Live::new().await;
    let place = format!("{}/api/oauth/me", elsewhere.running.https_url());
    live.server.fault(redirect(Operation::Me, 302, &place));
    let error = live.start().probe().await.unwrap_err();
    assert_eq!(error.code(), Code::Redirected);
    assert!(error.message().contains(&place), "{error}");
    assert!(elsewhere.server.connections().is_empty());
}
