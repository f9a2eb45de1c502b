//! Dead token, missing privilege, no API access, a broken `/me`, a proxy's page: told apart, with one
//! refresh and one replay at most.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Action, Code, Method, QuickAccess};
use quickaccess_simulator::{
    DeadTokenStatus, Fault, FaultBody, FaultKind, HoldAt, Moment, Operation,
};
use serde_json::Value;
use support::{HOUR, MINUTE, Phone};

async fn version(session: &QuickAccess) -> Result<Value, quickaccess::Error> {
    session.request(Method::GET, "server/version").send().await
}

#[tokio::test(start_paused = true)]
async fn a20_a_dead_token_is_refreshed_once_and_the_request_replayed_once() {
    for status in [
        DeadTokenStatus::Forbidden403,
        DeadTokenStatus::Unauthorized401,
    ] {
        let phone = Phone::new();
        phone
            .server
            .set_switches(|switches| switches.dead_token_status = status);
        let session = phone.signed_in().await;
        version(&session).await.unwrap();
        phone.pass(HOUR).await;
        phone.server.revoke_access_tokens();
        version(&session).await.unwrap();
        let counters = phone.server.counters();
        assert_eq!(counters.token_requests.refresh_token, 1, "{status:?}");
        assert_eq!(
            counters.me, 1,
            "one question told a dead token from a missing privilege"
        );
        assert_eq!(session.access_token().await.unwrap().generation(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a20_a_hundred_at_once_share_one_question_and_one_refresh() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    version(&session).await.unwrap();
    phone.pass(HOUR).await;
    phone.server.revoke_access_tokens();
    let all: Vec<_> = (0..100)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { version(&session).await })
        })
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    let counters = phone.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (1, 1));
    assert_eq!(
        counters.rejected_tokens, 101,
        "each was rejected once, and the question"
    );
}

#[tokio::test(start_paused = true)]
async fn a20_a_missing_privilege_costs_no_refresh_and_is_remembered_for_a_minute() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    phone
        .server
        .fault(Fault::new(Operation::ServerVersion, forbidden));
    for _ in 0..10 {
        let error = version(&session).await.unwrap_err();
        assert_eq!(
            (error.code(), error.action()),
            (Code::NotPermitted, Action::NotPermitted)
        );
        assert!(error.message().contains("GET server"), "{error}");
    }
    let counters = phone.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (0, 1));
    assert_eq!(
        session.access_token().await.unwrap().generation(),
        1,
        "nobody was signed out"
    );
    // The memory skips the question, never the request.
    phone.server.clear_faults();
    assert!(version(&session).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a20_a_profile_without_api_access_is_named_and_does_not_loop() {
    let phone = Phone::new();
    let session = phone.start();
    session.sign_in("no-api", "abc123").await.unwrap();
    for _ in 0..20 {
        let error = session.whoami().await.unwrap_err();
        assert_eq!(
            (error.code(), error.action()),
            (Code::NoApiAccess, Action::FixSetup)
        );
        let error = version(&session).await.unwrap_err();
        assert_eq!(error.code(), Code::NoApiAccess);
        phone.pass(MINUTE).await;
    }
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
    // The administrator gives access: it works at once, without a new sign-in.
    phone
        .server
        .change_profile("Reception (console only)", |profile| {
            profile.api_access = true
        })
        .unwrap();
    assert!(session.whoami().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a20_api_access_taken_away_costs_one_refresh() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    version(&session).await.unwrap();
    phone.pass(HOUR).await;
    phone
        .server
        .change_profile("Help Desk", |profile| profile.api_access = false)
        .unwrap();
    for _ in 0..20 {
        let error = version(&session).await.unwrap_err();
        assert_eq!(error.code(), Code::NoApiAccess);
        phone.pass(Duration::from_secs(30)).await;
    }
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn a20_no_verdict_means_try_again_and_refreshes_nothing() {
    for kind in [
        FaultKind::Status {
            code: 500,
            retry_after: None,
            moment: Moment::BeforeCommit,
            body: FaultBody::Html,
        },
        FaultKind::DropBefore,
        FaultKind::Status {
            code: 403,
            retry_after: None,
            moment: Moment::BeforeCommit,
            body: FaultBody::Html,
        },
    ] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
        phone
            .server
            .fault(Fault::new(Operation::ServerVersion, forbidden));
        phone.server.fault(Fault::new(Operation::Me, kind.clone()));
        let error = version(&session).await.unwrap_err();
        assert!(
            matches!(error.action(), Action::Retry { .. }),
            "{kind:?}: {error}"
        );
        assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a20_a_proxys_page_asks_nothing() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    let page = FaultKind::Status {
        code: 403,
        retry_after: None,
        moment: Moment::BeforeCommit,
        body: FaultBody::Html,
    };
    phone
        .server
        .fault(Fault::new(Operation::ServerVersion, page));
    let error = version(&session).await.unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert_eq!(
        (
            phone.server.counters().me,
            phone.server.counters().token_requests.refresh_token
        ),
        (0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a20_a_server_that_accepts_me_and_rejects_everything_else_is_asked_no_more_than_that() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    version(&session).await.unwrap();
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    phone
        .server
        .fault(Fault::new(Operation::ServerVersion, forbidden));
    phone.pass(HOUR).await;
    phone.server.revoke_access_tokens();
    // Dead, so refreshed and replayed; the replay is refused with a good token.
    let error = version(&session).await.unwrap_err();
    assert_eq!(error.code(), Code::NotPermitted);
    let counters = phone.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a20_a_caller_does_not_wait_for_a_refresh_longer_than_it_would_for_a_token() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    version(&session).await.unwrap();
    phone.pass(HOUR).await;
    phone.server.revoke_access_tokens();
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    let began = tokio::time::Instant::now();
    let error = version(&session).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    assert!(began.elapsed() <= MINUTE, "{:?}", began.elapsed());
    hold.release();
    version(&session).await.unwrap();
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn a20_a_missing_privilege_is_told_again_as_soon_as_the_profile_has_access() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    version(&session).await.unwrap();
    phone.pass(HOUR).await;
    let access = |allowed: bool| {
        phone
            .server
            .change_profile("Help Desk", |profile| profile.api_access = allowed)
            .unwrap();
    };
    access(false);
    assert_eq!(
        version(&session).await.unwrap_err().code(),
        Code::NoApiAccess
    );
    access(true);
    version(&session).await.unwrap();
    access(false);
    assert_eq!(
        version(&session).await.unwrap_err().code(),
        Code::NoApiAccess
    );
    access(true);
    version(&session).await.unwrap();
    // Something works again, so that another refusal is a privilege's.
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    phone
        .server
        .fault(Fault::new(Operation::Privileges, forbidden));
    let error = session.privileges().await.unwrap_err();
    assert_eq!(error.code(), Code::NotPermitted);
}
