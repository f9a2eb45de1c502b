//! Signing in: what the token endpoint can answer, and what a sign-in never touches.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Action, Cause, Code, RefreshState, SessionState, store::StoreError};
use quickaccess_simulator::{
    ErrorStyle, Fault, FaultBody, FaultKind, Moment, Operation, RetryAfter, WrongPasswordStatus,
};
use support::{HOUR, Phone, signed_in, until};

#[tokio::test(start_paused = true)]
async fn a02_every_refusal_has_its_own_code_whatever_its_status_and_style() {
    for style in [ErrorStyle::Problem, ErrorStyle::Rfc6749] {
        for status in [
            WrongPasswordStatus::BadRequest400,
            WrongPasswordStatus::Unauthorized401,
        ] {
            let phone = Phone::new();
            phone.server.set_switches(|switches| {
                switches.error_style = style;
                switches.wrong_password_status = status;
            });
            let code = |client: &'static str, name: &'static str, password: &'static str| {
                let session = phone.builder(client).build().unwrap();
                async move { session.sign_in(name, password).await.unwrap_err() }
            };
            let error = code("QuickAccess", "qa", "wrong").await;
            assert_eq!(
                (error.code(), error.action()),
                (Code::CredentialsRejected, Action::SignIn)
            );
            let error = code("QuickAcess", "qa", "abc123").await;
            assert_eq!(
                (error.code(), error.action()),
                (Code::ClientUnknown, Action::FixSetup)
            );
            assert!(error.message().contains("`QuickAcess`"), "{error}");
            let error = code("Integration", "qa", "abc123").await;
            assert_eq!(
                error.code(),
                Code::ClientUnknown,
                "it has a secret, none was sent"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a02_a_grant_that_is_not_enabled_has_its_own_code() {
    let phone = Phone::new();
    let session = phone
        .builder("Integration")
        .client_secret("s3cret")
        .build()
        .unwrap();
    let error = session.sign_in("qa", "abc123").await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::GrantNotEnabled, Action::FixSetup)
    );
}

#[tokio::test(start_paused = true)]
async fn a02_an_unknown_title_is_shown() {
    let phone = Phone::new();
    let banned = FaultKind::problem(401, "banned", "User is banned");
    phone
        .server
        .fault(Fault::new(Operation::TokenPassword, banned));
    let error = phone.start().sign_in("qa", "abc123").await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::ServerRefused, Action::SignIn)
    );
    assert!(
        error.message().contains("banned: User is banned"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a02_replies_that_are_none_give_typed_errors_without_their_text() {
    let marker = "<html";
    for (kind, code) in [
        (
            FaultKind::Status {
                code: 502,
                retry_after: None,
                moment: Moment::BeforeCommit,
                body: FaultBody::Html,
            },
            Code::ServerError,
        ),
        (
            FaultKind::Status {
                code: 503,
                retry_after: Some(RetryAfter::Seconds(7)),
                moment: Moment::BeforeCommit,
                body: FaultBody::Html,
            },
            Code::ServerBusy,
        ),
        (
            FaultKind::Status {
                code: 429,
                retry_after: Some(RetryAfter::Seconds(7)),
                moment: Moment::BeforeCommit,
                body: FaultBody::Problem,
            },
            Code::ServerBusy,
        ),
        (FaultKind::EmptyBody, Code::BadReply),
        (FaultKind::Truncated, Code::BadReply),
        (FaultKind::WrongType, Code::BadReply),
        (FaultKind::Oversized { bytes: 10_000_000 }, Code::BadReply),
        (FaultKind::DropAfterCommit, Code::Offline),
    ] {
        let phone = Phone::new();
        phone
            .server
            .fault(Fault::new(Operation::TokenPassword, kind.clone()));
        let session = phone.start();
        let error = session.sign_in("qa", "abc123").await.unwrap_err();
        assert_eq!(error.code(), code, "{kind:?}");
        assert!(!format!("{error} {error:?}").contains(marker), "{error:?}");
        assert_eq!(phone.network.sent(), 1, "a password is never sent twice");
        let Action::Retry { after, .. } = error.action() else {
            panic!("{error:?}")
        };
        assert_eq!(
            after.is_some(),
            matches!(
                kind,
                FaultKind::Status {
                    retry_after: Some(_),
                    ..
                }
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a02_input_that_cannot_be_is_refused_before_it_is_sent() {
    let phone = Phone::new();
    let session = phone.start();
    for (name, password) in [("", "abc123"), ("qa", ""), ("0", "abc123"), ("qa", "0")] {
        let error = session.sign_in(name, password).await.unwrap_err();
        assert_eq!(
            (error.code(), error.action()),
            (Code::InvalidInput, Action::FixRequest)
        );
    }
    assert_eq!(phone.network.tried(), 0);
}

#[tokio::test(start_paused = true)]
async fn a03_a_confidential_client_sends_its_secret_on_sign_in_and_on_refresh() {
    let phone = Phone::new();
    let session = phone
        .builder("Lab")
        .client_secret("s3cret")
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    phone.pass(HOUR).await;
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
    assert!(!phone.store.holds("s3cret"));
    // Started without the secret: nothing is lost, and giving it mends it.
    drop(session);
    let session = phone.builder("Lab").build().unwrap();
    phone.pass(HOUR).await;
    let error = session.refresh().await.unwrap_err();
    assert_eq!(error.action(), Action::FixSetup);
    assert!(session.access_token().await.is_ok());
    drop(session);
    let session = phone
        .builder("Lab")
        .client_secret("s3cret")
        .build()
        .unwrap();
    assert_eq!(session.refresh().await.unwrap().generation(), 3);
}

#[tokio::test(start_paused = true)]
async fn a03_client_credentials_renew_themselves_and_expect_no_refresh_token() {
    let phone = Phone::new();
    let session = phone
        .builder("Integration")
        .client_secret("s3cret")
        .build()
        .unwrap();
    session.sign_in_client().await.unwrap();
    assert!(session.whoami().await.is_ok());
    phone.pass(9 * HOUR).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    assert_eq!(phone.server.counters().token_requests.client_credentials, 2);
    // Started without the secret, the session waits for it.
    drop(session);
    phone.pass(9 * HOUR).await;
    let session = phone.builder("Integration").build().unwrap();
    let error = session.access_token().await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::ClientNeedsSecret, Action::FixSetup)
    );
    assert!(session.state().signed_in().is_some(), "nothing is lost");
    assert_eq!(
        session.sign_in_client().await.unwrap_err().code(),
        Code::ClientNeedsSecret
    );
    drop(session);
    let session = phone
        .builder("Integration")
        .client_secret("s3cret")
        .build()
        .unwrap();
    assert_eq!(session.access_token().await.unwrap().generation(), 3);
}

#[tokio::test(start_paused = true)]
async fn a03_a_client_without_refresh_is_served_to_the_end_of_its_token() {
    let phone = Phone::new();
    let session = phone.builder("Kiosk").build().unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    assert_eq!(signed_in(&session).refresh, RefreshState::None);
    assert_eq!(
        session.refresh().await.unwrap_err().code(),
        Code::GrantNotEnabled
    );
    assert!(session.access_token().await.is_ok());
    let cause = Cause::SessionEnded;
    until(&session, |state| {
        *state
            == SessionState::SignedOut {
                cause,
                pending_erase: false,
            }
    })
    .await;
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::SessionEnded
    );
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_cannot_be_kept_is_refused_and_leaves_the_session_before_it() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.store.limit(10);
    let error = session.sign_in("guest-desk", "abc123").await.unwrap_err();
    assert_eq!(error.action(), Action::RepairStore);
    phone.store.limit(100_000);
    assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
    phone.store.fail_saves(Some(StoreError::Denied));
    let error = session.sign_in("guest-desk", "abc123").await.unwrap_err();
    assert_eq!(error.code(), Code::StoreDenied);
    phone.store.fail_saves(None);
    until(&session, |state| state.signed_in().is_some_and(|s| s.saved)).await;
    drop(session);
    assert_eq!(phone.start().whoami().await.unwrap().name(), Some("qa"));
}

#[tokio::test(start_paused = true)]
async fn a04_the_password_is_neither_stored_nor_sent_again_by_itself() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(9 * HOUR).await;
    assert!(session.whoami().await.is_ok());
    phone.server.revoke_access_tokens();
    assert!(session.whoami().await.is_ok());
    phone.server.revoke_refresh_tokens();
    phone.pass(9 * HOUR).await;
    let error = session.access_token().await.unwrap_err();
    assert_eq!(error.action(), Action::SignIn, "a person has to");
    assert_eq!(phone.server.counters().token_requests.password, 1);
    drop(session);
    drop(phone.start());
    assert!(!phone.store.holds("abc123"));
    for file in std::fs::read_dir(phone.data.path()).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains("abc123"));
    }
}
