//! Servers that ask for time, and phones without a network.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Action, Cause, Code, PlatformEvent, SessionState};
use quickaccess_simulator::{Fault, FaultBody, FaultKind, Moment, Operation, RetryAfter};
use support::{HOUR, MINUTE, Phone, until};

const OVER: Duration = Duration::from_secs(28_800);

#[tokio::test(start_paused = true)]
async fn a14_a_busy_server_is_not_stormed_and_work_goes_on_when_it_ends() {
    for code in [429, 503] {
        for retry_after in [
            None,
            Some(RetryAfter::Seconds(120)),
            Some(RetryAfter::DateInSeconds(120)),
            Some(RetryAfter::Text("soon".to_owned())),
        ] {
            let phone = Phone::new();
            // A lost answer would end a rotating session; here nothing is committed.
            let session = phone.signed_in().await;
            phone.pass(OVER).await;
            let busy = FaultKind::Status {
                code,
                retry_after: retry_after.clone(),
                moment: Moment::BeforeCommit,
                body: FaultBody::Problem,
            };
            phone
                .server
                .fault(Fault::new(Operation::TokenRefresh, busy));
            for _ in 0..1_200 {
                let error = session.access_token().await.unwrap_err();
                assert_eq!(error.code(), Code::ServerBusy);
                let Action::Retry { after, .. } = error.action() else {
                    panic!("{error:?}")
                };
                let after = after.expect("it says when");
                assert!(after <= 6 * MINUTE, "{after:?}");
                phone.pass(Duration::from_secs(3)).await;
            }
            let asked = phone.network.sent() - 1;
            assert!(
                (8..=40).contains(&asked),
                "{code} {retry_after:?}: {asked} requests in an hour"
            );
            phone.server.clear_faults();
            phone.pass(6 * MINUTE).await;
            assert_eq!(session.access_token().await.unwrap().generation(), 2);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a14_retry_after_is_honoured_even_when_a_person_asks() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(HOUR).await;
    let busy = FaultKind::Status {
        code: 429,
        retry_after: Some(RetryAfter::Seconds(600)),
        moment: Moment::BeforeCommit,
        body: FaultBody::Html,
    };
    phone
        .server
        .fault(Fault::new(Operation::TokenRefresh, busy).times(1));
    for _ in 0..10 {
        assert_eq!(
            session.refresh().await.unwrap_err().code(),
            Code::ServerBusy
        );
        phone.pass(Duration::from_secs(50)).await;
    }
    assert_eq!(phone.network.sent(), 2, "the sign-in and one refresh");
    phone.pass(4 * MINUTE).await;
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn a15_offline_for_a_week_is_still_signed_in() {
    let phone = Phone::new();
    drop(phone.signed_in().await);
    phone.network.offline(true);
    let tried = phone.network.tried();
    let session = phone.start();
    until(&session, |state| state.signed_in().is_some()).await;
    assert!(
        session.access_token().await.is_ok(),
        "a token that is good needs no network"
    );
    assert_eq!(phone.network.tried(), tried, "nor does the start");
    for _ in 0..7 * 24 {
        phone.pass(HOUR).await;
        if let Err(error) = session.access_token().await {
            assert_eq!(error.code(), Code::Offline);
        }
    }
    assert!(session.state().signed_in().is_some());
    phone.network.offline(false);
    session.notify(PlatformEvent::NetworkChanged);
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn a15_a_refresh_token_that_died_meanwhile_ends_the_session_with_its_cause() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.network.offline(true);
    phone.pass(20 * 24 * HOUR).await;
    phone.network.offline(false);
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::SessionEnded
    );
    let cause = Cause::SessionEnded;
    until(&session, |state| {
        *state
            == SessionState::SignedOut {
                cause,
                pending_erase: false,
            }
    })
    .await;
    drop(session);
    let error = phone.start().access_token().await.unwrap_err();
    assert_eq!(
        error.code(),
        Code::SessionEnded,
        "a new start knows the cause"
    );
}
