//! Sign-ins that are cancelled or refused, and the session before them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use quickaccess::{Code, RefreshState, SessionState};
use quickaccess_simulator::{HoldAt, Operation};
use support::{HOUR, Phone, signed_in, until};

#[tokio::test(start_paused = true)]
async fn a05_a_sign_in_can_be_cancelled_and_its_late_answer_changes_nothing() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let phone = Phone::new();
        let session = phone.start();
        let hold = phone.server.hold(Operation::TokenPassword, hold_at);
        let first = tokio::spawn({
            let session = session.clone();
            async move { session.sign_in("guest-desk", "abc123").await }
        });
        hold.reached().await;
        assert!(matches!(session.state(), SessionState::SigningIn { .. }));
        first.abort();
        until(&session, |state| {
            matches!(state, SessionState::SignedOut { .. })
        })
        .await;
        session.sign_in("qa", "abc123").await.unwrap();
        hold.release();
        phone.pass(HOUR).await;
        assert_eq!(signed_in(&session).username, "qa", "{hold_at:?}");
        assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
    }
}

#[tokio::test(start_paused = true)]
async fn a05_a_second_sign_in_takes_the_place_of_the_first() {
    let phone = Phone::new();
    let session = phone.start();
    let hold = phone
        .server
        .hold(Operation::TokenPassword, HoldAt::AfterCommit);
    let first = tokio::spawn({
        let session = session.clone();
        async move { session.sign_in("guest-desk", "abc123").await }
    });
    hold.reached().await;
    let second = session.sign_in("qa", "abc123");
    second.await.unwrap();
    assert_eq!(first.await.unwrap().unwrap_err().code(), Code::Cancelled);
    hold.release();
    phone.pass(HOUR).await;
    assert_eq!(signed_in(&session).username, "qa");
}

#[tokio::test(start_paused = true)]
async fn a05_a_wrong_password_leaves_the_old_session_whole_with_its_refresh_in_flight() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(Duration::from_secs(27_000)).await;
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    session.access_token().await.unwrap();
    hold.reached().await;
    let error = session.sign_in("guest-desk", "wrong").await.unwrap_err();
    assert_eq!(error.code(), Code::CredentialsRejected);
    assert_eq!(signed_in(&session).refresh, RefreshState::InFlight);
    hold.release();
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.generation == 2)
    })
    .await;
    assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
}

#[tokio::test(start_paused = true)]
async fn a05_a_refresh_goes_on_under_a_sign_in_that_is_cancelled() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(Duration::from_secs(27_000)).await;
    let hold = phone
        .server
        .hold(Operation::TokenPassword, HoldAt::AfterCommit);
    let other = tokio::spawn({
        let session = session.clone();
        async move { session.sign_in("guest-desk", "abc123").await }
    });
    hold.reached().await;
    assert_eq!(
        session.refresh().await.unwrap().generation(),
        2,
        "under the open sign-in"
    );
    other.abort();
    until(&session, |state| matches!(state, SessionState::SignedIn(_))).await;
    hold.release();
    drop(session);
    let session = phone.start();
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
}

#[tokio::test(start_paused = true)]
async fn a05_a_sign_in_dropped_at_any_poll_leaves_what_was_there() {
    for somebody_before in [false, true] {
        for polls in 0..12 {
            let phone = Phone::new();
            let session = phone.start();
            if somebody_before {
                session.sign_in("qa", "abc123").await.unwrap();
            }
            let came = {
                let mut call = pin!(session.sign_in("guest-desk", "abc123"));
                let mut context = Context::from_waker(Waker::noop());
                (0..polls).any(|_| call.as_mut().poll(&mut context).is_ready())
            };
            assert!(!came, "nothing runs between the polls");
            for _ in 0..polls {
                tokio::task::yield_now().await;
            }
            phone.pass(HOUR).await;
            assert_eq!(
                session.state().signed_in().map(|s| s.username.as_str()),
                somebody_before.then_some("qa"),
                "{polls}"
            );
            // A second one can be started at once.
            session.sign_in("guest-desk", "abc123").await.unwrap();
            assert_eq!(session.whoami().await.unwrap().name(), Some("guest-desk"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a05_a_sign_in_cancelled_at_any_moment_leaves_the_session_before_it() {
    for turns in 0..60 {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        let other = tokio::spawn({
            let session = session.clone();
            async move { session.sign_in("guest-desk", "abc123").await }
        });
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        other.abort();
        let was_told = other.await.is_ok_and(|told| told.is_ok());
        phone.pass(HOUR).await;
        // Nobody was told of a sign-in that did not happen; one that committed in the moment of
        // the cancel is there as a whole.
        let name = signed_in(&session).username;
        assert!(
            name == "guest-desk" || (name == "qa" && !was_told),
            "{turns}: {name}"
        );
        let me = session.whoami().await.unwrap();
        assert_eq!(me.name(), Some(name.as_str()), "{turns}");
        drop(session);
        let me = phone.start().whoami().await.unwrap();
        assert_eq!(me.name(), Some(name.as_str()), "{turns}: after a restart");
    }
}
