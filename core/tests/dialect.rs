//! A server that keeps to RFC 6749: forms, codes in `error`, and an old refresh token that stays.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Code, Dialect, QuickAccess};
use quickaccess_simulator::{ErrorStyle, RefreshMode, Revoke};
use support::{HOUR, Phone};

fn plain(phone: &Phone) -> QuickAccess {
    phone.server.set_switches(|switches| {
        switches.error_style = ErrorStyle::Rfc6749;
        switches.refresh_mode = RefreshMode::Reusable;
        switches.revoke = Revoke::Present;
    });
    let builder = phone.builder("QuickAccess").dialect(Dialect::Rfc6749);
    builder.build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_whole_path_works_in_forms() {
    let phone = Phone::new();
    let session = plain(&phone);
    let error = session.sign_in("qa", "wrong+& one").await.unwrap_err();
    assert_eq!(error.code(), Code::CredentialsRejected);
    session.sign_in("qa", "abc123").await.unwrap();
    assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
    phone.pass(9 * HOUR).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    // The old token stays, without a proof.
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
    phone.pass(9 * HOUR).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 3);
    let report = session.sign_out().await.unwrap();
    assert_eq!(report.revocation, quickaccess::Revocation::Revoked);
}

#[tokio::test(start_paused = true)]
async fn a02_refusals_are_understood_in_either_dialect() {
    let phone = Phone::new();
    plain(&phone);
    for dialect in [Dialect::ClearPass, Dialect::Rfc6749] {
        let session = phone.builder("Nobody").dialect(dialect).build().unwrap();
        let error = session.sign_in("qa", "abc123").await.unwrap_err();
        assert_eq!(error.code(), Code::ClientUnknown, "{dialect:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lone_0_is_a_password_where_no_php_reads_it() {
    let phone = Phone::new();
    let told = |dialect| {
        let session = phone
            .builder("QuickAccess")
            .dialect(dialect)
            .build()
            .unwrap();
        async move { session.sign_in("qa", "0").await.unwrap_err().code() }
    };
    assert_eq!(told(Dialect::ClearPass).await, Code::InvalidInput);
    assert_ne!(told(Dialect::Rfc6749).await, Code::InvalidInput);
}
