//! Handles that come and go: what is under way ends well, and then nothing is left running.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::Arc, time::Duration};

use quickaccess::{Method, store::StoreError};
use quickaccess_simulator::{HoldAt, Operation};
use support::{HOUR, MINUTE, Phone, until};

const OVER: Duration = Duration::from_secs(28_800);

#[tokio::test(start_paused = true)]
async fn a07_the_last_handle_that_goes_in_the_middle_of_a_refresh_still_stores_the_new_pair() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        let hold = phone.server.hold(Operation::TokenRefresh, hold_at);
        let caller = tokio::spawn(async move { session.access_token().await });
        hold.reached().await;
        // The caller owns the only handle.
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        hold.release();
        phone.pass(MINUTE).await;
        let restarted = phone.start();
        assert_eq!(
            restarted.access_token().await.unwrap().generation(),
            2,
            "{hold_at:?}"
        );
        assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a12_a_pair_that_is_not_saved_is_written_once_more_when_the_last_handle_goes() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    phone.store.fail_saves_after(1, Some(StoreError::Locked));
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    phone.store.fail_saves(None);
    drop(session);
    phone.pass(MINUTE).await;
    assert_eq!(phone.start().access_token().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_running_when_the_last_handle_has_gone() {
    for refuse in [None, Some(StoreError::Locked)] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        phone.store.fail_saves_after(1, refuse);
        session.access_token().await.unwrap();
        let watcher = session.subscribe();
        let clone = session.clone();
        drop(session);
        assert!(
            clone
                .request(Method::GET, "oauth/me")
                .send::<serde_json::Value>()
                .await
                .is_ok()
        );
        drop(clone);
        drop(watcher);
        phone.pass(HOUR).await;
        assert_eq!(Arc::strong_count(&phone.store), 1, "{refuse:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a18_a_sign_out_whose_caller_goes_away_is_carried_out() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    let caller = tokio::spawn(async move { session.sign_out().await });
    // It has asked, and does not wait for the answer.
    tokio::task::yield_now().await;
    caller.abort();
    phone.pass(MINUTE).await;
    assert!(phone.store.records().is_empty());
    let session = phone.start();
    until(&session, |state| {
        matches!(
            state,
            quickaccess::SessionState::SignedOut {
                cause: quickaccess::Cause::SignedOut,
                ..
            }
        )
    })
    .await;
}
