//! Staying signed in: one refresh for all, whoever goes away, whatever the network loses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use quickaccess::{Cause, Code, PlatformEvent, RefreshState, SessionState, Stays};
use quickaccess_simulator::{Fault, FaultBody, FaultKind, HoldAt, Moment, Operation, RefreshMode};
use support::{HOUR, MINUTE, Phone, a_thousand_callers_get_the_second_pair, signed_in, until};

/// Longer than the default lifetime of an access token.
const OVER: Duration = Duration::from_secs(28_800);

#[tokio::test(start_paused = true)]
async fn a06_a_thousand_callers_share_one_refresh() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    a_thousand_callers_get_the_second_pair(&session).await;
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn a07_a_caller_that_goes_away_cancels_nothing() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        let hold = phone.server.hold(Operation::TokenRefresh, hold_at);
        let caller = tokio::spawn({
            let session = session.clone();
            async move { session.access_token().await }
        });
        hold.reached().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        hold.release();
        until(&session, |state| {
            state.signed_in().is_some_and(|s| s.generation == 2)
        })
        .await;
        assert_eq!(
            phone.server.counters().token_requests.refresh_token,
            1,
            "{hold_at:?}"
        );
        // The new pair is stored: a new start of the app has it without asking the server.
        drop(session);
        let restarted = phone.start();
        assert_eq!(restarted.access_token().await.unwrap().generation(), 2);
        assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a07_a_caller_dropped_at_any_poll_leaves_one_refresh() {
    for polls in 0..6 {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        {
            let mut call = pin!(session.access_token());
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if let Poll::Ready(token) = call.as_mut().poll(&mut context) {
                    assert_eq!(token.unwrap().generation(), 2);
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let token = session.access_token().await.unwrap();
        assert_eq!(
            (
                token.generation(),
                phone.server.counters().token_requests.refresh_token
            ),
            (2, 1),
            "{polls}"
        );
    }
}

/// How an answer can be lost after the server has committed.
fn losses() -> Vec<FaultKind> {
    vec![
        FaultKind::DropAfterCommit,
        FaultKind::Status {
            code: 502,
            retry_after: None,
            moment: Moment::AfterCommit,
            body: FaultBody::Html,
        },
        FaultKind::Status {
            code: 500,
            retry_after: None,
            moment: Moment::AfterCommit,
            body: FaultBody::Problem,
        },
        FaultKind::Truncated,
        FaultKind::Oversized { bytes: 10_000_000 },
        FaultKind::WrongType,
        FaultKind::EmptyBody,
        FaultKind::Delay {
            before_commit: Duration::ZERO,
            after_commit: Duration::from_secs(200),
        },
    ]
}

#[tokio::test(start_paused = true)]
async fn a09_a_lost_answer_ends_a_rotating_session_with_the_true_cause() {
    for loss in losses() {
        for times in [1, 2] {
            let phone = Phone::new();
            let session = phone.signed_in().await;
            phone.pass(Duration::from_secs(27_000)).await;
            phone
                .server
                .fault(Fault::new(Operation::TokenRefresh, loss.clone()).times(times));
            // The token is good, so the caller has it at once; the refresh runs behind.
            assert_eq!(session.access_token().await.unwrap().generation(), 1);
            let ended = RefreshState::Ended(Cause::RefreshUnfinished);
            until(&session, |state| {
                state.signed_in().is_some_and(|s| s.refresh == ended)
            })
            .await;
            // The access token is served to its end, and the state says when that is.
            let state = signed_in(&session);
            assert_eq!(
                state.stays,
                Stays::Until(state.expires_at.unwrap()),
                "{loss:?}"
            );
            assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
            phone.pass(HOUR).await;
            let error = session.access_token().await.unwrap_err();
            assert_eq!(error.code(), Code::RefreshUnfinished, "{loss:?}");
            let cause = Cause::RefreshUnfinished;
            until(&session, |state| {
                *state
                    == SessionState::SignedOut {
                        cause,
                        pending_erase: false,
                    }
            })
            .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a09_a_lost_answer_costs_nothing_where_the_token_is_reusable() {
    for loss in losses() {
        for times in [1, 2] {
            let phone = Phone::new();
            phone
                .server
                .set_switches(|switches| switches.refresh_mode = RefreshMode::Reusable);
            let session = phone.signed_in().await;
            phone.pass(OVER).await;
            phone
                .server
                .fault(Fault::new(Operation::TokenRefresh, loss.clone()).times(times));
            let error = session.access_token().await.unwrap_err();
            assert!(
                matches!(error.action(), quickaccess::Action::Retry { .. }),
                "{loss:?}: {error}"
            );
            phone.pass(10 * MINUTE).await;
            assert!(session.access_token().await.is_ok(), "{loss:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a09_a_lost_answer_where_a_token_works_once_is_told_as_unfinished() {
    for loss in losses() {
        let phone = Phone::new();
        phone
            .server
            .set_switches(|switches| switches.refresh_mode = RefreshMode::OneShot);
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        phone
            .server
            .fault(Fault::new(Operation::TokenRefresh, loss.clone()).times(1));
        session.access_token().await.unwrap_err();
        phone.pass(10 * MINUTE).await;
        let error = session.access_token().await.unwrap_err();
        assert_eq!(error.code(), Code::RefreshUnfinished, "{loss:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a09_no_callers_patience_ends_a_refresh() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    let slow = FaultKind::Delay {
        before_commit: Duration::ZERO,
        after_commit: Duration::from_secs(100),
    };
    phone
        .server
        .fault(Fault::new(Operation::TokenRefresh, slow).times(1));
    let error = session.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    assert_eq!(signed_in(&session).refresh, RefreshState::InFlight);
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.generation == 2)
    })
    .await;
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn a_network_change_gives_an_open_refresh_ten_seconds() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(Duration::from_secs(27_000)).await;
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::BeforeCommit);
    session.access_token().await.unwrap();
    hold.reached().await;
    session.notify(PlatformEvent::NetworkChanged);
    let waiting = RefreshState::Waiting(Code::Offline);
    let began = tokio::time::Instant::now();
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.refresh == waiting)
    })
    .await;
    assert_eq!(began.elapsed().as_secs(), 10);
    drop(hold);
}

#[tokio::test(start_paused = true)]
async fn a09_a_lost_answer_where_a_token_is_known_to_work_once_ends_the_same_and_serves_to_the_end()
{
    for known in [false, true] {
        for loss in losses() {
            for times in [1, 2] {
                let phone = Phone::new();
                phone
                    .server
                    .set_switches(|switches| switches.refresh_mode = RefreshMode::OneShot);
                let session = phone.signed_in().await;
                if known {
                    phone.pass(MINUTE).await;
                    session.refresh().await.unwrap();
                    phone.pass(MINUTE).await;
                    session.sign_in("qa", "abc123").await.unwrap();
                }
                let generation = signed_in(&session).generation;
                // In the last twentieth, and before the end.
                phone.pass(Duration::from_secs(28_300)).await;
                phone
                    .server
                    .fault(Fault::new(Operation::TokenRefresh, loss.clone()).times(times));
                assert!(session.access_token().await.is_ok());
                let ended = RefreshState::Ended(Cause::RefreshUnfinished);
                let case = format!("{known} {loss:?} {times}");
                until(
                    &session,
                    |state| !matches!(state, SessionState::SignedIn(s) if s.refresh != ended),
                )
                .await;
                if let Some(state) = session.state().signed_in() {
                    assert_eq!(state.generation, generation, "{case}");
                    assert_eq!(state.stays, Stays::Until(state.expires_at.unwrap()));
                    assert!(session.whoami().await.is_ok(), "{case}");
                }
                phone.pass(HOUR).await;
                let error = session.access_token().await.unwrap_err();
                assert_eq!(error.code(), Code::RefreshUnfinished, "{case}");
            }
        }
    }
}
