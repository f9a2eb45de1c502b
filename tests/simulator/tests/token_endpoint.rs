//! The token endpoint, row by row: order of checks, status, title, text, member order, headers and
//! reason phrase. The rows are those that the upstream library's source gives \[L\].
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use hyper::ext::ReasonPhrase;
use quickaccess_simulator::{ApiClient, LocalUser, RefreshMode, Simulator, WrongPasswordStatus};
use serde_json::{Value, json};
use support::{guide, signed_in, text, token, value};

const RFC2616: &str = "http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html";
const RFC6749: &str = "http://tools.ietf.org/html/rfc6749#section-3.2";

/// What a row sends.
enum Send {
    /// JSON members, in the usual request.
    Json(Value),
    /// Anything else.
    Any(Request<Bytes>),
}

struct Row {
    case: &'static str,
    send: Send,
    status: u16,
    title: &'static str,
    detail: &'static str,
}

fn row(
    case: &'static str,
    send: Value,
    status: u16,
    title: &'static str,
    detail: &'static str,
) -> Row {
    Row {
        case,
        send: Send::Json(send),
        status,
        title,
        detail,
    }
}

fn any(case: &'static str, send: http::request::Builder, body: &'static str) -> Row {
    let send = Send::Any(send.body(Bytes::from_static(body.as_bytes())).unwrap());
    Row {
        case,
        send,
        status: 0,
        title: "",
        detail: "",
    }
}

impl Row {
    fn answers(self, status: u16, title: &'static str, detail: &'static str) -> Self {
        Self {
            status,
            title,
            detail,
            ..self
        }
    }
}

fn post() -> http::request::Builder {
    Request::post("/api/oauth").header("content-type", "application/json")
}

const NO_GRANT: &str = "The grant type was not specified in the request";
const NO_CLIENT: &str = "Client credentials were not found in the headers or body";
const NO_SECRET: &str = "This client is invalid or must authenticate using a client secret";
const BAD_CLIENT: &str = "The client credentials are invalid";
const NO_NAME: &str = "Missing parameters: \"username\" and \"password\" required";
const BAD_NAME: &str = "Invalid username and password combination";
const NO_REFRESH: &str = "Missing parameter: \"refresh_token\" is required";
const BAD_REFRESH: &str = "Invalid refresh token";
const OTHERS_REFRESH: &str = "refresh_token doesn't exist or is invalid for the client";
const NOT_ALLOWED: &str = "The grant type is unauthorized for this client_id";
const BAD_JSON: &str = "JSON decoding error: Syntax error, malformed JSON";
const POST_ONLY: &str = "The request method must be POST when requesting an access token";

/// The requests that need no token first.
fn rows() -> Vec<Row> {
    let with = |name: &str, with: Value| {
        let mut body = guide();
        body[name] = with;
        body
    };
    let without = |name: &str| {
        let mut body = guide();
        body.as_object_mut().unwrap().shift_remove(name);
        body
    };
    let client = |id: &str| json!({ "grant_type": "client_credentials", "client_id": id });
    let secret = |id: &str, secret: &str| {
        let mut body = guide();
        body["client_id"] = id.into();
        body["client_secret"] = secret.into();
        body
    };
    let get = Request::get("/api/oauth");
    vec![
        any("GET", get, "").answers(405, "invalid_request", POST_ONLY),
        any("PUT", Request::put("/api/oauth"), "{}").answers(405, "invalid_request", POST_ONLY),
        any("malformed JSON", post(), "{\"grant_type\":").answers(400, "Bad Request", BAD_JSON),
        any(
            "another content type",
            Request::post("/api/oauth").header("content-type", "text/xml"),
            "<a/>",
        )
        .answers(
            415,
            "Unsupported Media Type",
            "Invalid content-type specified",
        ),
        any("another accept", post().header("accept", "text/html"), "{}").answers(
            406,
            "Not Acceptable",
            "Cannot honor Accept type specified",
        ),
        any(
            "malformed JSON before another accept",
            post().header("accept", "text/html"),
            "{",
        )
        .answers(400, "Bad Request", BAD_JSON),
        any("nothing at all", post(), "{}").answers(400, "invalid_request", NO_GRANT),
        any("a list", post(), "[1]").answers(400, "invalid_request", NO_GRANT),
        row(
            "no grant_type",
            without("grant_type"),
            400,
            "invalid_request",
            NO_GRANT,
        ),
        row(
            "an empty grant_type",
            with("grant_type", "".into()),
            400,
            "invalid_request",
            NO_GRANT,
        ),
        row(
            "grant_type \"0\"",
            with("grant_type", "0".into()),
            400,
            "invalid_request",
            NO_GRANT,
        ),
        row(
            "an unknown grant_type",
            with("grant_type", "magic".into()),
            400,
            "unsupported_grant_type",
            "Grant type \"magic\" not supported",
        ),
        row(
            "an unknown grant_type is found before a missing client",
            json!({ "grant_type": "authorization_code" }),
            400,
            "unsupported_grant_type",
            "Grant type \"authorization_code\" not supported",
        ),
        row(
            "no client_id",
            without("client_id"),
            400,
            "invalid_client",
            NO_CLIENT,
        ),
        row(
            "an unknown client",
            with("client_id", "QuickAcess".into()),
            400,
            "invalid_client",
            NO_SECRET,
        ),
        row(
            "an unknown client with a secret",
            secret("Nobody", "x"),
            400,
            "invalid_client",
            BAD_CLIENT,
        ),
        row(
            "a confidential client without its secret",
            with("client_id", "Lab".into()),
            400,
            "invalid_client",
            NO_SECRET,
        ),
        row(
            "an empty secret is none",
            secret("Lab", ""),
            400,
            "invalid_client",
            NO_SECRET,
        ),
        row(
            "a wrong secret",
            secret("Lab", "S3cret"),
            400,
            "invalid_client",
            BAD_CLIENT,
        ),
        row(
            "a secret for a public client",
            secret("QuickAccess", "s3cret"),
            400,
            "invalid_client",
            BAD_CLIENT,
        ),
        row(
            "client_credentials without a secret",
            client("Integration"),
            400,
            "invalid_client",
            "client credentials are required",
        ),
        row(
            "client_credentials of a public client",
            client("QuickAccess"),
            400,
            "invalid_client",
            "client credentials are required",
        ),
        row(
            "no user name",
            without("username"),
            400,
            "invalid_request",
            NO_NAME,
        ),
        row(
            "no password",
            without("password"),
            400,
            "invalid_request",
            NO_NAME,
        ),
        row(
            "an empty password",
            with("password", "".into()),
            400,
            "invalid_request",
            NO_NAME,
        ),
        row(
            "password \"0\"",
            with("password", "0".into()),
            400,
            "invalid_request",
            NO_NAME,
        ),
        row(
            "an unknown user",
            with("username", "nobody".into()),
            401,
            "invalid_grant",
            BAD_NAME,
        ),
        row(
            "a wrong password",
            with("password", "abc124".into()),
            401,
            "invalid_grant",
            BAD_NAME,
        ),
        row(
            "a disabled user",
            with("username", "left-last-year".into()),
            401,
            "invalid_grant",
            BAD_NAME,
        ),
        row(
            "a user without a profile",
            with("username", "no-profile".into()),
            401,
            "invalid_grant",
            BAD_NAME,
        ),
        row(
            "a user without details",
            with("username", "no-details".into()),
            400,
            "invalid_grant",
            "Unable to retrieve user information",
        ),
        row(
            "an unknown client is found before a wrong password",
            {
                let mut body = with("client_id", "Nobody".into());
                body["password"] = "wrong".into();
                body
            },
            400,
            "invalid_client",
            NO_SECRET,
        ),
        row(
            "the password grant on a client made for another",
            secret("Integration", "s3cret"),
            400,
            "unauthorized_client",
            NOT_ALLOWED,
        ),
        row(
            "a wrong password is found before that",
            {
                let mut body = secret("Integration", "s3cret");
                body["password"] = "wrong".into();
                body
            },
            401,
            "invalid_grant",
            BAD_NAME,
        ),
        row(
            "client_credentials on a client made for another",
            {
                let mut body = client("Lab");
                body["client_secret"] = "s3cret".into();
                body
            },
            400,
            "unauthorized_client",
            NOT_ALLOWED,
        ),
        row(
            "a scope",
            with("scope", "all".into()),
            400,
            "invalid_scope",
            "An unsupported scope was requested",
        ),
        row(
            "no refresh_token",
            json!({ "grant_type": "refresh_token", "client_id": "QuickAccess" }),
            400,
            "invalid_request",
            NO_REFRESH,
        ),
        row(
            "refresh_token \"0\"",
            refresh("QuickAccess", "0"),
            400,
            "invalid_request",
            NO_REFRESH,
        ),
        row(
            "an unknown refresh_token",
            refresh("QuickAccess", "f00d"),
            400,
            "invalid_grant",
            BAD_REFRESH,
        ),
        row(
            "an unknown refresh_token is found before a grant that is off",
            refresh("Kiosk", "f00d"),
            400,
            "invalid_grant",
            BAD_REFRESH,
        ),
    ]
}

fn refresh(client: &str, refresh_token: &str) -> Value {
    json!({ "grant_type": "refresh_token", "client_id": client, "refresh_token": refresh_token })
}

/// A refusal in the server's exact shape.
fn check(case: &str, response: &Response<Bytes>, status: u16, title: &str, detail: &str) {
    assert_eq!(response.status(), status, "{case}: {}", text(response));
    let kind = if status == 405 { RFC6749 } else { RFC2616 };
    let (title_json, detail_json) = (json!(title), json!(detail));
    let body = format!(
        "{{\"type\":\"{kind}\",\"title\":{title_json},\"status\":{status},\"detail\":{detail_json}}}"
    );
    assert_eq!(text(response), body, "{case}");
    let headers = response.headers();
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "application/problem+json",
        "{case}"
    );
    for absent in [
        header::WWW_AUTHENTICATE,
        header::CACHE_CONTROL,
        header::ALLOW,
    ] {
        assert!(!headers.contains_key(&absent), "{case}: {absent}");
    }
    let phrase = response
        .extensions()
        .get::<ReasonPhrase>()
        .map(ReasonPhrase::as_bytes);
    assert_eq!(phrase, Some(title.as_bytes()), "{case}");
}

#[tokio::test(start_paused = true)]
async fn every_refusal_has_its_status_title_text_and_shape() {
    let server = Simulator::default_scenario();
    for Row {
        case,
        send,
        status,
        title,
        detail,
    } in rows()
    {
        let request = match send {
            Send::Json(body) => token(&body),
            Send::Any(request) => request,
        };
        let response = server.call(request).await.unwrap();
        check(case, &response, status, title, detail);
    }
    assert_eq!(server.counters().sign_ins_accepted, 0);
}

#[tokio::test(start_paused = true)]
async fn refresh_tokens_are_refused_for_what_became_of_them() {
    let server = Simulator::default_scenario();
    let sign_in = async || {
        let tokens = signed_in(&server, &guide()).await;
        tokens["refresh_token"].as_str().unwrap().to_owned()
    };
    let ask = async |client: &str, refresh_token: &str| {
        server
            .call(token(&refresh(client, refresh_token)))
            .await
            .unwrap()
    };

    let used = sign_in().await;
    assert_eq!(ask("QuickAccess", &used).await.status(), 200);
    check(
        "used",
        &ask("QuickAccess", &used).await,
        400,
        "invalid_grant",
        BAD_REFRESH,
    );
    assert_eq!(server.counters().refresh_reuse, 1);

    let others = sign_in().await;
    server
        .change_scenario(|scenario| {
            scenario.api_clients.push(ApiClient::public("Other"));
            Ok(())
        })
        .unwrap();
    check(
        "another client's",
        &ask("Other", &others).await,
        400,
        "invalid_grant",
        OTHERS_REFRESH,
    );
    assert_eq!(
        ask("QuickAccess", &others).await.status(),
        200,
        "it still works for its own"
    );

    let revoked = sign_in().await;
    server.revoke_refresh_tokens();
    check(
        "revoked",
        &ask("QuickAccess", &revoked).await,
        400,
        "invalid_grant",
        BAD_REFRESH,
    );

    let late = sign_in().await;
    server.advance(Duration::from_secs(14 * 86_400));
    check(
        "expired",
        &ask("QuickAccess", &late).await,
        400,
        "invalid_grant",
        "Refresh token has expired",
    );

    let off = sign_in().await;
    server
        .change_client("QuickAccess", |client| client.refresh = false)
        .unwrap();
    check(
        "refresh box off",
        &ask("QuickAccess", &off).await,
        400,
        "unauthorized_client",
        NOT_ALLOWED,
    );

    let disabled = sign_in_with_refresh(&server).await;
    server.enable_client("QuickAccess", false).unwrap();
    check(
        "client disabled",
        &ask("QuickAccess", &disabled).await,
        400,
        "invalid_client",
        NO_SECRET,
    );
    server.enable_client("QuickAccess", true).unwrap();
    check(
        "its tokens are over",
        &ask("QuickAccess", &disabled).await,
        400,
        "invalid_grant",
        BAD_REFRESH,
    );
}

async fn sign_in_with_refresh(server: &Simulator) -> String {
    server
        .change_client("QuickAccess", |client| client.refresh = true)
        .unwrap();
    let tokens = signed_in(server, &guide()).await;
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_success_has_the_vendors_members_in_the_vendors_order() {
    let server = Simulator::default_scenario();
    let response = server.call(token(&guide())).await.unwrap();
    let tokens = value(&response);
    let (access, refresh) = (&tokens["access_token"], &tokens["refresh_token"]);
    for token in [access, refresh] {
        let token = token.as_str().unwrap();
        assert!(
            token.len() == 40
                && token
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        );
    }
    assert_eq!(
        text(&response),
        format!(
            "{{\"access_token\":{access},\"expires_in\":28800,\"token_type\":\"Bearer\",\
             \"scope\":null,\"refresh_token\":{refresh}}}"
        )
    );
    let headers = response.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::PRAGMA], "no-cache");
}

#[tokio::test(start_paused = true)]
async fn only_the_grants_that_have_one_get_a_refresh_token() {
    let server = Simulator::default_scenario();
    let mut kiosk = guide();
    kiosk["client_id"] = "Kiosk".into();
    let mut integration = json!({ "grant_type": "client_credentials", "client_id": "Integration" });
    integration["client_secret"] = "s3cret".into();
    for body in [&kiosk, &integration] {
        let tokens = signed_in(&server, body).await;
        let members: Vec<_> = tokens.as_object().unwrap().keys().cloned().collect();
        assert_eq!(
            members,
            ["access_token", "expires_in", "token_type", "scope"]
        );
    }
    let mut lab = guide();
    lab["client_id"] = "Lab".into();
    lab["client_secret"] = "s3cret".into();
    assert!(signed_in(&server, &lab).await["refresh_token"].is_string());
}

#[tokio::test(start_paused = true)]
async fn form_bodies_and_basic_credentials_work_as_well() {
    let server = Simulator::default_scenario();
    let form = Request::post("/api/oauth")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", "Basic TGFiOnMzY3JldA==")
        .body(Bytes::from_static(
            b"grant_type=password&username=qa&password=abc123&client_id=Nobody",
        ))
        .unwrap();
    assert_eq!(
        server.call(form).await.unwrap().status(),
        200,
        "Basic is read first"
    );
}

#[tokio::test(start_paused = true)]
async fn options_are_answered_with_nothing() {
    let server = Simulator::default_scenario();
    let request = Request::options("/api/oauth").body(Bytes::new()).unwrap();
    let response = server.call(request).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.body().len()),
        (200, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_refresh_does_with_its_token_what_the_mode_says() {
    for (mode, new_one, old_one_works) in [
        (RefreshMode::Rotate, true, false),
        (RefreshMode::OneShot, false, false),
        (RefreshMode::Reusable, false, true),
    ] {
        let server = Simulator::default_scenario();
        server.set_switches(|switches| switches.refresh_mode = mode);
        let tokens = signed_in(&server, &guide()).await;
        let old = refresh("QuickAccess", tokens["refresh_token"].as_str().unwrap());
        let first = value(&server.call(token(&old)).await.unwrap());
        assert_eq!(first.get("refresh_token").is_some(), new_one, "{mode:?}");
        assert_ne!(first["access_token"], tokens["access_token"], "{mode:?}");
        let second = server.call(token(&old)).await.unwrap();
        assert_eq!(second.status() == 200, old_one_works, "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_disputed_status_of_a_wrong_password_is_a_switch() {
    let server = Simulator::default_scenario();
    server.set_switches(|s| s.wrong_password_status = WrongPasswordStatus::BadRequest400);
    let mut wrong = guide();
    wrong["password"] = "wrong".into();
    let response = server.call(token(&wrong)).await.unwrap();
    check("wrong password", &response, 400, "invalid_grant", BAD_NAME);
}

#[tokio::test(start_paused = true)]
async fn without_the_oauth2_service_no_password_is_right() {
    let server = Simulator::default_scenario();
    server.enable_oauth2_service(false);
    let response = server.call(token(&guide())).await.unwrap();
    check("service off", &response, 401, "invalid_grant", BAD_NAME);
    let row = server.access_tracker().pop().unwrap();
    assert_eq!(row.reason, "No enabled service handles OAuth2 requests");
}

#[tokio::test(start_paused = true)]
async fn a_service_for_something_else_or_with_other_sources_accepts_nobody() {
    type Change = fn(&mut quickaccess_simulator::OAuth2Service);
    let cases: [(Change, &str); 2] = [
        (
            |service| service.application = "WebLogin".into(),
            "No enabled service handles OAuth2 requests",
        ),
        (|service| service.local_users = false, "User not found"),
    ];
    for (change, reason) in cases {
        let server = Simulator::default_scenario();
        let changed = server.change_scenario(|scenario| {
            change(&mut scenario.oauth2_service);
            Ok(())
        });
        changed.unwrap();
        let response = server.call(token(&guide())).await.unwrap();
        check(reason, &response, 401, "invalid_grant", BAD_NAME);
        assert_eq!(server.access_tracker().pop().unwrap().reason, reason);
    }
}

#[tokio::test(start_paused = true)]
async fn a_disabled_operator_goes_on_refreshing() {
    let server = Simulator::new({
        let mut scenario = quickaccess_simulator::Scenario::default();
        scenario
            .local_users
            .push(LocalUser::new("temp", "pass", "Front Desk"));
        scenario
    });
    let mut body = guide();
    body["username"] = "temp".into();
    body["password"] = "pass".into();
    let tokens = signed_in(&server, &body).await;
    server.enable_user("temp", false).unwrap();
    let again = refresh("QuickAccess", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(server.call(token(&again)).await.unwrap().status(), 200);
    assert_eq!(server.call(token(&body)).await.unwrap().status(), 401);
}
