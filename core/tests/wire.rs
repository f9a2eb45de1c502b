//! What the network loses, over real TLS: one refresh for all, whoever goes away, and the right end
//! when an answer never comes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{
    Action, Cause, Code, PlatformEvent, QuickAccess, RefreshState, SessionState, Stays,
};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Moment, Operation, RefreshMode, Simulator};
use support::{Live, MINUTE, a_thousand_callers_get_the_second_pair, signed_in, until};

/// Longer than the default lifetime of an access token.
const OVER: Duration = Duration::from_secs(28_800);
/// Past the refresh point, with half an hour left.
const DUE: Duration = Duration::from_secs(27_000);

#[tokio::test(flavor = "multi_thread")]
async fn a02_replies_that_are_none_give_typed_errors_without_their_text() {
    for (kind, code) in [
        (FaultKind::html_502(Moment::BeforeCommit), Code::ServerError),
        (FaultKind::status_retry_after(503, 7), Code::ServerBusy),
        (FaultKind::status_retry_after(429, 7), Code::ServerBusy),
        (FaultKind::EmptyBody, Code::BadReply),
        (FaultKind::Truncated, Code::BadReply),
        (FaultKind::WrongType, Code::BadReply),
        (FaultKind::Oversized { bytes: 10_000_000 }, Code::BadReply),
        (FaultKind::DropAfterCommit, Code::Offline),
        (
            FaultKind::problem(401, "banned", "User is banned"),
            Code::ServerRefused,
        ),
    ] {
        let live = Live::new().await;
        let fault = Fault::new(Operation::TokenPassword, kind.clone());
        live.server.fault(fault);
        let session = live.start();
        let error = session.sign_in("qa", "abc123").await.unwrap_err();
        assert_eq!(error.code(), code, "{kind:?}");
        let text = format!("{error} {error:?}").to_lowercase();
        assert!(
            !text.contains("<html") && !text.contains("it works!"),
            "{text}"
        );
        assert_eq!(
            live.server.requests().len(),
            1,
            "{kind:?}: a password is never sent twice"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a03_a_confidential_client_sends_its_secret_every_time_and_a_public_one_none() {
    let live = Live::new().await;
    let lab = live.builder("Lab").client_secret("s3cret").build().unwrap();
    lab.sign_in("qa", "abc123").await.unwrap();
    live.pass(MINUTE);
    lab.refresh().await.unwrap();
    let session = live.signed_in().await;
    live.pass(MINUTE);
    session.refresh().await.unwrap();
    let members: Vec<_> = live
        .server
        .requests()
        .into_iter()
        .map(|request| request.members.join(" "))
        .collect();
    assert_eq!(
        members,
        [
            "grant_type username password client_id client_secret",
            "grant_type refresh_token client_id client_secret",
            "grant_type username password client_id",
            "grant_type refresh_token client_id",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_thousand_callers_share_one_refresh() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    live.pass(OVER);
    a_thousand_callers_get_the_second_pair(&session).await;
    assert_eq!(live.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_a_caller_that_goes_away_cancels_nothing() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let live = Live::new().await;
        let session = live.signed_in().await;
        live.pass(OVER);
        let hold = live.server.hold(Operation::TokenRefresh, hold_at);
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
        drop(session);
        let restarted = live.start();
        assert_eq!(restarted.access_token().await.unwrap().generation(), 2);
        assert!(restarted.whoami().await.is_ok(), "{hold_at:?}");
        assert_eq!(live.server.counters().token_requests.refresh_token, 1);
    }
}

/// How an answer can be lost on the wire after the server has committed.
fn losses() -> Vec<FaultKind> {
    vec![
        FaultKind::DropAfterCommit,
        FaultKind::html_502(Moment::AfterCommit),
        FaultKind::Truncated,
        FaultKind::Oversized { bytes: 10_000_000 },
        FaultKind::WrongType,
        FaultKind::EmptyBody,
    ]
}

/// Lets the back-off of a lost answer pass until the refresh has come to an end.
async fn wait_for_the_end(live: &Live, session: &QuickAccess) -> RefreshState {
    for _ in 0..10 {
        let state = until(session, |state| {
            let refresh = state.signed_in().map(|s| s.refresh.clone());
            !matches!(refresh, Some(RefreshState::InFlight))
        })
        .await;
        match state.signed_in().map(|s| s.refresh.clone()) {
            Some(RefreshState::Waiting(_)) => {
                let asked = |server: &Simulator| server.counters().token_requests.refresh_token;
                let before = asked(&live.server);
                live.pass(Duration::from_secs(20));
                live.server.wait_for(|server| asked(server) > before).await;
            }
            Some(refresh) => return refresh,
            None => panic!("{state:?}"),
        }
    }
    panic!("it goes on for ever: {:?}", session.state());
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_a_lost_answer_has_the_right_end_in_each_mode_and_when_it_is_lost_again() {
    for mode in [
        RefreshMode::Rotate,
        RefreshMode::OneShot,
        RefreshMode::Reusable,
    ] {
        for loss in losses() {
            for times in [1, 2] {
                let live = Live::new().await;
                live.server
                    .set_switches(|switches| switches.refresh_mode = mode);
                let session = live.signed_in().await;
                live.pass(DUE);
                let fault = Fault::new(Operation::TokenRefresh, loss.clone());
                live.server.fault(fault.times(times));
                // The token is good, so the caller has it at once; the refresh runs behind.
                assert_eq!(session.access_token().await.unwrap().generation(), 1);
                until(&session, |state| {
                    state
                        .signed_in()
                        .is_some_and(|s| s.refresh != RefreshState::Ready)
                })
                .await;
                let end = wait_for_the_end(&live, &session).await;
                let case = format!("{mode:?} {loss:?} {times}");
                assert!(session.whoami().await.is_ok(), "{case}");
                let state = signed_in(&session);
                if mode == RefreshMode::Reusable {
                    assert!(state.generation > 1, "{case}: {state:?}");
                    continue;
                }
                assert_eq!(end, RefreshState::Ended(Cause::RefreshUnfinished), "{case}");
                assert_eq!(
                    state.stays,
                    Stays::Until(state.expires_at.unwrap()),
                    "{case}"
                );
                live.pass(Duration::from_secs(1_900));
                let error = session.access_token().await.unwrap_err();
                assert_eq!(
                    (error.code(), error.action()),
                    (Code::RefreshUnfinished, Action::SignIn),
                    "{case}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a09_an_answer_on_a_path_that_died_is_given_up_ten_seconds_after_the_change() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    live.pass(DUE);
    let hold = live
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    session.access_token().await.unwrap();
    hold.reached().await;
    session.notify(PlatformEvent::NetworkChanged);
    live.pass(Duration::from_secs(9));
    assert_eq!(signed_in(&session).refresh, RefreshState::InFlight);
    live.pass(Duration::from_secs(2));
    until(&session, |state| {
        state
            .signed_in()
            .is_some_and(|s| matches!(s.refresh, RefreshState::Waiting(_)))
    })
    .await;
    hold.release();
    let end = wait_for_the_end(&live, &session).await;
    assert_eq!(end, RefreshState::Ended(Cause::RefreshUnfinished));
    assert!(session.whoami().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_an_old_answer_changes_nothing_for_the_next_person() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    live.pass(OVER);
    let hold = live
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    let caller = tokio::spawn({
        let session = session.clone();
        async move { session.access_token().await }
    });
    hold.reached().await;
    assert!(session.sign_out().await.unwrap().erased);
    assert_eq!(caller.await.unwrap().unwrap_err().code(), Code::SignedOut);
    session.sign_in("guest-desk", "abc123").await.unwrap();
    let stored = live.store.records();
    hold.release();
    live.server
        .wait_for(|server| {
            let requests = server.requests();
            requests
                .iter()
                .filter(|request| request.operation == Some(Operation::TokenRefresh))
                .all(|request| request.status.is_some())
        })
        .await;
    assert_eq!(session.whoami().await.unwrap().name(), Some("guest-desk"));
    assert_eq!(live.store.records(), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a20_a_dead_token_is_refreshed_and_the_request_replayed_once_for_all() {
    use quickaccess_simulator::DeadTokenStatus::{Forbidden403, Unauthorized401};
    for status in [Forbidden403, Unauthorized401] {
        let live = Live::new().await;
        live.server
            .set_switches(|switches| switches.dead_token_status = status);
        let session = live.signed_in().await;
        session.server_version().await.unwrap();
        live.pass(MINUTE);
        live.server.revoke_access_tokens();
        let all: Vec<_> = (0..100)
            .map(|_| {
                let session = session.clone();
                tokio::spawn(async move { session.server_version().await })
            })
            .collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        let counters = live.server.counters();
        assert_eq!(counters.token_requests.refresh_token, 1, "{status:?}");
        assert_eq!(counters.me, 1, "{status:?}");
        assert!(matches!(session.state(), SessionState::SignedIn(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a05_a_sign_in_that_is_cancelled_ends_its_connection_and_its_answer_changes_nothing() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let live = Live::new().await;
        let session = live.start();
        let hold = live.server.hold(Operation::TokenPassword, hold_at);
        let first = tokio::spawn({
            let session = session.clone();
            async move { session.sign_in("guest-desk", "abc123").await }
        });
        hold.reached().await;
        first.abort();
        live.server
            .wait_for(|server| server.connections().iter().all(|one| !one.open))
            .await;
        session.sign_in("qa", "abc123").await.unwrap();
        hold.release();
        assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
        assert_eq!(signed_in(&session).username, "qa", "{hold_at:?}");
    }
}
