//! Signing out: gone at once and for good, whatever the store, the network and late answers do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Cause, Code, Revocation, SessionState, store::StoreError};
use quickaccess_simulator::{HoldAt, Operation, Revoke};
use support::{HOUR, Live, MINUTE, Phone, signed_in, until};

fn gone(cause: Cause) -> SessionState {
    SessionState::SignedOut {
        cause,
        pending_erase: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a17_sign_out_during_a_refresh_wins() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(8 * HOUR).await;
        let hold = phone.server.hold(Operation::TokenRefresh, hold_at);
        let caller = tokio::spawn({
            let session = session.clone();
            async move { session.access_token().await }
        });
        hold.reached().await;
        let report = session.sign_out().await.unwrap();
        assert!(report.erased);
        assert_eq!(caller.await.unwrap().unwrap_err().code(), Code::SignedOut);
        // Another person signs in before the old answer comes.
        session.sign_in("guest-desk", "abc123").await.unwrap();
        let stored = phone.store.records();
        hold.release();
        phone.pass(MINUTE).await;
        assert_eq!(signed_in(&session).username, "guest-desk", "{hold_at:?}");
        assert_eq!(signed_in(&session).generation, 1);
        assert_eq!(
            phone.store.records(),
            stored,
            "the late answer wrote nothing"
        );
        assert_eq!(session.whoami().await.unwrap().name(), Some("guest-desk"));
    }
}

#[tokio::test(start_paused = true)]
async fn a18_sign_out_works_offline_and_says_what_could_not_be_revoked() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.network.offline(true);
    let report = session.sign_out().await.unwrap();
    assert!(report.erased);
    assert_eq!(report.revocation, Revocation::Failed(Code::Offline));
    assert_eq!(session.state(), gone(Cause::SignedOut));
    assert!(phone.store.records().is_empty());
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::SignedOut
    );
}

#[tokio::test(start_paused = true)]
async fn a18_the_server_revokes_where_it_can() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    assert_eq!(
        session.sign_out().await.unwrap().revocation,
        Revocation::NotOffered
    );
    phone
        .server
        .set_switches(|switches| switches.revoke = Revoke::Present);
    session.sign_in("qa", "abc123").await.unwrap();
    assert_eq!(
        session.sign_out().await.unwrap().revocation,
        Revocation::Revoked
    );
}

#[tokio::test(start_paused = true)]
async fn a18_sign_out_holds_while_the_store_refuses() {
    for error in [
        StoreError::Locked,
        StoreError::Unavailable,
        StoreError::Denied,
    ] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        let kept = phone.store.entries();
        phone.store.fail(Some(error));
        let report = session.sign_out().await.unwrap();
        assert!(!report.erased, "{error:?}");
        let pending = SessionState::SignedOut {
            cause: Cause::SignedOut,
            pending_erase: true,
        };
        assert_eq!(session.state(), pending);
        // The app is started again while the record is still there: it is deleted on sight.
        drop(session);
        phone.store.fail(None);
        phone.store.restore(kept);
        let session = phone.start();
        until(&session, |state| *state == gone(Cause::SignedOut)).await;
        assert_eq!(
            session.access_token().await.unwrap_err().code(),
            Code::SignedOut
        );
        assert!(phone.store.records().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a18_a_refused_removal_is_tried_until_it_works() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.store.fail_deletes(Some(StoreError::Locked));
    assert!(!session.sign_out().await.unwrap().erased);
    phone.pass(10 * MINUTE).await;
    phone.store.fail_deletes(None);
    until(&session, |state| *state == gone(Cause::SignedOut)).await;
    assert!(phone.store.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a18_sign_out_before_the_store_could_be_read_holds_too() {
    let phone = Phone::new();
    drop(phone.signed_in().await);
    phone.store.fail(Some(StoreError::Locked));
    let session = phone.start();
    until(&session, |state| *state == SessionState::Locked).await;
    let report = session.sign_out().await.unwrap();
    assert!(!report.erased);
    // Its tokens live on at the server, and it says why it could not tell it.
    assert_eq!(report.revocation, Revocation::Failed(Code::StoreLocked));
    drop(session);
    phone.store.fail(None);
    let session = phone.start();
    until(&session, |state| *state == gone(Cause::SignedOut)).await;
    assert!(phone.store.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a19_the_history_tells_why_in_order_and_survives_a_restart() {
    let phone = Phone::new();
    let session = phone.start();
    session.sign_in("qa", "wrong").await.unwrap_err();
    session.sign_in("qa", "abc123").await.unwrap();
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    phone.network.offline(true);
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap_err();
    session.sign_out().await.unwrap();
    let history = session.history().await;
    let kinds: Vec<_> = history.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "sign_in_failed",
            "signed_in",
            "learned",
            "refreshed",
            "refresh_failed",
            "signed_out"
        ]
    );
    assert!(history.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let text = format!("{history:?}");
    for secret in ["abc123", "wrong"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(history[0].code.as_deref(), Some("credentials_rejected"));
    drop(session);
    assert_eq!(phone.start().history().await, history);
}

#[tokio::test(start_paused = true)]
async fn a19_the_history_answers_why_somebody_was_signed_out() {
    use quickaccess_simulator::{Fault, FaultKind};
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(8 * HOUR).await;
    let lost = Fault::new(Operation::TokenRefresh, FaultKind::DropAfterCommit);
    phone.server.fault(lost.once());
    session.access_token().await.unwrap_err();
    phone.pass(HOUR).await;
    session.access_token().await.unwrap_err();
    drop(session);
    let session = phone.start();
    until(&session, |state| *state == gone(Cause::RefreshUnfinished)).await;
    let history = session.history().await;
    let told: Vec<_> = history
        .iter()
        .map(|entry| (entry.kind.as_str(), entry.code.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("signed_in", None),
            ("refresh_failed", Some("offline")),
            ("refresh_ended", Some("refresh_unfinished")),
            ("signed_out", Some("refresh_unfinished")),
        ]
    );
    assert!(
        history[3].text.contains("lost on the way"),
        "{:?}",
        history[3]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_sign_out_holds_while_the_store_hangs() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    live.store.hang(true);
    let leaving = tokio::spawn({
        let session = session.clone();
        async move { session.sign_out().await }
    });
    // Gone at once, whatever the store does.
    until(&session, |state| {
        matches!(
            state,
            SessionState::SignedOut {
                cause: Cause::SignedOut,
                ..
            }
        )
    })
    .await;
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::SignedOut
    );
    let report = loop {
        live.pass(MINUTE);
        if leaving.is_finished() {
            break leaving.await.unwrap().unwrap();
        }
        tokio::task::yield_now().await;
    };
    assert!(!report.erased);
    live.store.hang(false);
    for _ in 0..100 {
        if session.state() == gone(Cause::SignedOut) {
            break;
        }
        live.pass(MINUTE);
        let patience = std::time::Duration::from_millis(50);
        let _ = tokio::time::timeout(patience, session.subscribe().changed()).await;
    }
    assert_eq!(session.state(), gone(Cause::SignedOut));
    assert!(live.store.records().is_empty());
}
