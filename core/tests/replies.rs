//! Answers that are not what ClearPass sends, from a proxy, a captive portal or another server.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Action, Code, Method, QuickAccess, Stays};
use serde_json::Value;
use support::{
    MINUTE, Phone, Scripted,
    scripted::{is_for, redirect, reply},
    signed_in,
};

const FORBIDDEN: &str = r#"{"type":"x","title":"Forbidden","status":403,"detail":"Forbidden"}"#;
const PORTAL: &str = "<html><body>Welcome to the hotel</body></html>";

async fn version(session: &QuickAccess) -> Result<Value, quickaccess::Error> {
    session.request(Method::GET, "server/version").send().await
}

/// A session of `qa` behind a script.
async fn behind(phone: &Phone, script: Scripted) -> QuickAccess {
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    session
}

#[tokio::test(start_paused = true)]
async fn a10_a_server_that_answers_with_the_same_refresh_token_does_not_rotate() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        let body: Value = serde_json::from_slice(request.body.as_ref()?.expose()).ok()?;
        let sent = body.get("refresh_token")?;
        let access = "c".repeat(40);
        let answer = serde_json::json!({
            "access_token": access, "expires_in": 28_800, "token_type": "Bearer",
            "scope": null, "refresh_token": sent,
        });
        Some(reply(200, &answer.to_string()))
    });
    let session = behind(&phone, script).await;
    phone.pass(MINUTE).await;
    session.refresh().await.unwrap();
    phone.pass(MINUTE).await;
    assert_eq!(
        signed_in(&session).stays,
        Stays::Unknown,
        "its end is not known"
    );
    assert_eq!(
        signed_in(&session).generation,
        3,
        "the answer and its proof"
    );
}

#[tokio::test(start_paused = true)]
async fn a20_whatever_me_answers_short_of_yes_and_no_is_no_verdict() {
    for odd in [
        || {
            reply(
                404,
                r#"{"title":"Not Found","status":404,"detail":"Page not found."}"#,
            )
        },
        || reply(404, PORTAL),
        || reply(422, r#"{"title":"Unprocessable Entity","status":422}"#),
        || reply(200, PORTAL),
        || reply(429, ""),
        || redirect("https://portal.example/login"),
    ] {
        let phone = Phone::new();
        let script = Scripted::new(&phone.network, move |request| {
            if is_for(request, "oauth/me") {
                return Some(odd());
            }
            is_for(request, "server/version").then(|| reply(403, FORBIDDEN))
        });
        let session = behind(&phone, script).await;
        let error = version(&session).await.unwrap_err();
        assert!(
            matches!(
                error.action(),
                Action::Retry {
                    may_have_acted: false,
                    ..
                }
            ),
            "{error:?}"
        );
        assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a20_a_portals_welcome_page_is_no_acceptance() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        is_for(request, "server/version").then(|| reply(200, PORTAL))
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("no-api", "abc123").await.unwrap();
    assert_eq!(version(&session).await.unwrap_err().code(), Code::BadReply);
    let error = session.whoami().await.unwrap_err();
    assert_eq!(error.code(), Code::NoApiAccess, "{error}");
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_answered_by_a_page_may_have_been_made() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        is_for(request, "guest").then(|| reply(200, PORTAL))
    });
    let session = behind(&phone, script).await;
    for (method, acted) in [(Method::POST, true), (Method::GET, false)] {
        let sent = session.request(method, "guest").send::<Value>().await;
        let error = sent.unwrap_err();
        assert_eq!(error.code(), Code::BadReply);
        assert!(
            matches!(error.action(), Action::Retry { may_have_acted, .. } if may_have_acted == acted),
            "{error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a29_a_server_that_repeats_the_token_is_not_quoted() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        let token = request.bearer.as_ref()?.expose().to_owned();
        let detail = format!("no guest for {token}");
        is_for(request, "guest").then(|| {
            let body = serde_json::json!({"title": "Not Found", "status": 404, "detail": detail});
            reply(404, &body.to_string())
        })
    });
    let session = behind(&phone, script).await;
    let error = session
        .request(Method::GET, "guest")
        .send::<Value>()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    let token = session.access_token().await.unwrap();
    assert!(!format!("{error} {error:?}").contains(token.expose()));
}

#[tokio::test(start_paused = true)]
async fn a29_the_place_of_a_redirect_is_shown_without_what_may_be_secret_in_it() {
    let place = "https://portal.example/login?was=%70a%73s+wor%64&user=qa#pass+word";
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, move |_| Some(redirect(place)));
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    let errors = [
        session.sign_in("qa", "pass word").await.unwrap_err(),
        session.probe().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.code(), error.action()),
            (Code::Redirected, Action::FixSetup)
        );
        assert!(
            error.message().contains("https://portal.example/login"),
            "{error}"
        );
        assert!(!error.message().contains("was="), "{error}");
        assert!(!error.message().contains("pass+word"), "{error}");
    }
}
