//! How a server treats refresh tokens, what is promised about it, and what callers may wish for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Cause, Code, Environment, RefreshState, Stays, TokenNeed};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation, RefreshMode};
use support::{HOUR, MINUTE, Phone, signed_in, until};

/// Longer than the default lifetime of an access token.
const OVER: Duration = Duration::from_secs(28_800);

#[tokio::test(start_paused = true)]
async fn a10_a_new_refresh_token_proves_rotation() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    assert_eq!(signed_in(&session).stays, Stays::Unknown);
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    assert_eq!(signed_in(&session).stays, Stays::WhileUsed);
    for generation in 3..30 {
        phone.pass(OVER).await;
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            generation
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a10_a_second_use_proves_a_reusable_token() {
    let phone = Phone::new();
    phone
        .server
        .set_switches(|switches| switches.refresh_mode = RefreshMode::Reusable);
    let session = phone.signed_in().await;
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.generation == 3)
    })
    .await;
    assert_eq!(
        phone.server.counters().token_requests.refresh_token,
        2,
        "the answer and its proof"
    );
    assert_eq!(
        signed_in(&session).stays,
        Stays::Unknown,
        "nobody knows its end"
    );
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    phone.pass(MINUTE).await;
    assert_eq!(
        phone.server.counters().token_requests.refresh_token,
        3,
        "it is proven once"
    );
}

#[tokio::test(start_paused = true)]
async fn a10_a_refused_second_use_proves_a_token_for_one_use() {
    let phone = Phone::new();
    phone
        .server
        .set_switches(|switches| switches.refresh_mode = RefreshMode::OneShot);
    let session = phone.signed_in().await;
    phone.pass(MINUTE).await;
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
    let ended = RefreshState::Ended(Cause::SingleUseSpent);
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.refresh == ended)
    })
    .await;
    assert!(
        session.whoami().await.is_ok(),
        "the new access token is kept"
    );
    phone.pass(OVER).await;
    let error = session.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::SingleUseSpent);
    // The next session knows: it waits for the last twentieth, and says what it can promise.
    session.sign_in("qa", "abc123").await.unwrap();
    let end = signed_in(&session).expires_at.unwrap();
    assert!(matches!(signed_in(&session).stays, Stays::Until(until) if until > end));
    phone.pass(Duration::from_secs(28_000)).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 1);
    phone.pass(Duration::from_secs(700)).await;
    session.access_token().await.unwrap();
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.generation == 2)
    })
    .await;
    assert_eq!(
        phone.server.counters().refresh_reuse,
        1,
        "the proof alone, in the first session"
    );
}

#[tokio::test(start_paused = true)]
async fn a10_a_client_disabled_for_a_minute_loses_nothing_and_does_not_loop() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(Duration::from_secs(27_000)).await;
    let refusal = FaultKind::problem(400, "invalid_client", "The client credentials are invalid");
    phone
        .server
        .fault(Fault::new(Operation::TokenRefresh, refusal));
    session.access_token().await.unwrap();
    let blocked = RefreshState::Blocked(Code::ClientUnknown);
    until(&session, |state| {
        state.signed_in().is_some_and(|s| s.refresh == blocked)
    })
    .await;
    let before = phone.network.sent();
    for _ in 0..100 {
        phone.pass(Duration::from_secs(10)).await;
        assert!(session.access_token().await.is_ok());
    }
    assert_eq!(phone.network.sent(), before, "no loop");
    phone.server.clear_faults();
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn a11_a_minimum_longer_than_the_servers_lifetime_still_stores_the_new_pair() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(5 * HOUR).await;
    let need = TokenNeed {
        at_least: 1_000 * HOUR,
        ..TokenNeed::default()
    };
    let token = session.access_token_with(need).await.unwrap();
    assert_eq!(
        (token.generation(), token.is_short()),
        (2, false),
        "clamped to half the lifetime"
    );
    drop(session);
    assert_eq!(phone.start().access_token().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn a11_a_minimum_that_cannot_be_met_gives_a_short_token_and_one_try() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(5 * HOUR).await;
    phone.network.offline(true);
    let need = TokenNeed {
        at_least: 4 * HOUR,
        ..TokenNeed::default()
    };
    for _ in 0..20 {
        let token = session.access_token_with(need).await.unwrap();
        assert_eq!((token.generation(), token.is_short()), (1, true));
    }
    assert_eq!(phone.network.tried(), 2, "the sign-in and one refresh");
    let strict = TokenNeed {
        strict: true,
        ..need
    };
    let error = session.access_token_with(strict).await.unwrap_err();
    assert_eq!(error.code(), Code::Offline);
}

#[tokio::test(start_paused = true)]
async fn a10_nothing_is_promised_while_it_is_not_known_what_became_of_the_refresh() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    assert_eq!(signed_in(&session).stays, Stays::WhileUsed);
    phone.pass(MINUTE).await;
    let loss = Fault::new(Operation::TokenRefresh, FaultKind::DropAfterCommit);
    phone.server.fault(loss.once());
    session.refresh().await.unwrap_err();
    assert_eq!(signed_in(&session).stays, Stays::Unknown, "it may be spent");
    until(&session, |state| {
        let ended = RefreshState::Ended(Cause::RefreshUnfinished);
        state.signed_in().is_some_and(|s| s.refresh == ended)
    })
    .await;
    let state = signed_in(&session);
    assert_eq!(state.stays, Stays::Until(state.expires_at.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a10_the_promise_of_one_more_lifetime_is_kept() {
    let phone = Phone::new();
    phone
        .server
        .set_switches(|switches| switches.refresh_mode = RefreshMode::OneShot);
    let session = phone.signed_in().await;
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    phone.pass(MINUTE).await;
    session.sign_in("qa", "abc123").await.unwrap();
    let Stays::Until(promised) = signed_in(&session).stays else {
        panic!("{:?}", session.state())
    };
    // Whatever its callers wish for, and however often they come.
    let wish = TokenNeed {
        prefer: 5 * HOUR,
        at_least: HOUR,
        strict: false,
    };
    loop {
        let now = phone.clocks.now().wall;
        // The last ten seconds of a token are not handed out.
        if now + 10_000 >= promised {
            break;
        }
        let token = session.access_token_with(wish).await;
        assert!(
            token.is_ok(),
            "{} s before the end",
            (promised - now) / 1_000
        );
        phone.pass(5 * MINUTE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a10_an_api_client_that_is_disabled_for_a_minute_keeps_who_was_signed_in() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    let refusal = FaultKind::problem(400, "unauthorized_client", "The grant type is unauthorized");
    phone
        .server
        .fault(Fault::new(Operation::TokenRefresh, refusal));
    for _ in 0..60 {
        let error = session.access_token().await.unwrap_err();
        assert_eq!(
            (error.code(), error.action()),
            (Code::GrantNotEnabled, quickaccess::Action::FixSetup)
        );
        phone.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(phone.network.sent(), 2, "the sign-in and one refresh");
    assert_eq!(signed_in(&session).stays, Stays::Unknown);
    phone.server.clear_faults();
    // Somebody asks for it, or the app starts anew, or an hour goes by.
    for way in ["asked", "start", "hour"] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        let refusal = FaultKind::problem(400, "odd", "for a minute");
        let fault = Fault::new(Operation::TokenRefresh, refusal);
        phone.server.fault(fault.once());
        let error = session.access_token().await.unwrap_err();
        assert_eq!(error.code(), Code::ServerRefused);
        assert!(error.message().contains("odd: for a minute"), "{error}");
        phone.pass(MINUTE).await;
        match way {
            "asked" => assert_eq!(session.refresh().await.unwrap().generation(), 2),
            "start" => {
                drop(session);
                let session = phone.start();
                assert_eq!(session.access_token().await.unwrap().generation(), 2);
            }
            _ => {
                assert!(session.access_token().await.is_err());
                phone.pass(HOUR).await;
                assert_eq!(session.access_token().await.unwrap().generation(), 2);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a11_a_minimum_that_takes_too_long_gives_the_good_token_that_is_there() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(5 * HOUR).await;
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::BeforeCommit);
    let need = TokenNeed {
        at_least: 4 * HOUR,
        ..TokenNeed::default()
    };
    let token = session.access_token_with(need).await.unwrap();
    assert_eq!((token.generation(), token.is_short()), (1, true));
    let strict = TokenNeed {
        strict: true,
        ..need
    };
    let error = session.access_token_with(strict).await.unwrap_err();
    assert_eq!(error.code(), Code::Timeout);
    hold.release();
    let token = session.access_token_with(strict).await.unwrap();
    assert_eq!((token.generation(), token.is_short()), (2, false));
}
