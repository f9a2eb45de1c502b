//! What an access token opens, and how a dead one is answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use quickaccess_simulator::{DeadTokenStatus, Revoke, Simulator};
use serde_json::json;
use support::{get, guide, signed_in, text, value};

const FORBIDDEN: &str = "{\"type\":\"http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html\",\
                         \"title\":\"Forbidden\",\"status\":403,\"detail\":\"Forbidden\"}";

async fn access_token(server: &Simulator) -> String {
    let tokens = signed_in(server, &guide()).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_vendor_guides_call_lists_privileges_with_every_marking() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let answer = value(
        &server
            .call(get("/api/oauth/privileges", &token))
            .await
            .unwrap(),
    );
    let names: Vec<&str> = answer["privileges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for start in ['#', '?', '%'] {
        assert!(
            names.iter().any(|name| name.starts_with(start)),
            "{start} in {names:?}"
        );
    }
    assert!(names.contains(&"guest_users"));
}

#[tokio::test(start_paused = true)]
async fn me_is_the_profile_the_name_and_what_enforcement_adds() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let me = server.call(get("/api/oauth/me", &token)).await.unwrap();
    assert_eq!(
        text(&me),
        "{\"info\":\"Help Desk\",\"name\":\"qa\",\"department\":\"Quality Assurance\"}"
    );
}

#[tokio::test(start_paused = true)]
async fn versions_and_all_privileges_need_no_privilege() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let ask = async |path: &str| value(&server.call(get(path, &token)).await.unwrap());
    assert_eq!(
        ask("/api/server/version").await["cppm_version"],
        "6.12.7.100007"
    );
    let version = ask("/api/cppm-version").await;
    assert_eq!(
        (&version["app_major_version"], &version["fips_enabled"]),
        (&json!(6), &json!(false))
    );
    assert!(ask("/api/oauth/all-privileges").await["privileges"].is_object());
    assert!(ask("/api/oauth/all-privileges?format=tree").await["privileges"].is_object());
    let odd = server
        .call(get("/api/oauth/all-privileges?format=xml", &token))
        .await
        .unwrap();
    assert_eq!(odd.status(), 422);
    assert!(
        text(&odd).starts_with("{\"validation_messages\":{\"format\":"),
        "{}",
        text(&odd)
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_let_in_gets_the_same_forbidden() {
    let server = Simulator::default_scenario();
    let live = access_token(&server).await;
    let no_api = signed_in(&server, &{
        let mut body = guide();
        body["username"] = "no-api".into();
        body
    })
    .await;
    let bare = Request::get("/api/oauth/me").body(Bytes::new()).unwrap();
    let malformed = Request::get("/api/oauth/me")
        .header("authorization", live.as_str())
        .body(Bytes::new())
        .unwrap();
    let cases = [
        ("no token", bare),
        ("a malformed header", malformed),
        ("an unknown token", get("/api/oauth/me", "f00d")),
        (
            "a profile without API access",
            get("/api/oauth/me", no_api["access_token"].as_str().unwrap()),
        ),
    ];
    for (case, request) in cases {
        let response = server.call(request).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), text(&response).as_str()),
            (403, FORBIDDEN),
            "{case}"
        );
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json",
            "{case}"
        );
    }
    server.advance(Duration::from_secs(28_800));
    let expired = server.call(get("/api/oauth/me", &live)).await.unwrap();
    assert_eq!(
        (expired.status().as_u16(), text(&expired).as_str()),
        (403, FORBIDDEN)
    );
}

#[tokio::test(start_paused = true)]
async fn a_dead_token_may_be_a_401_without_a_body() {
    let server = Simulator::default_scenario();
    server.set_switches(|switches| switches.dead_token_status = DeadTokenStatus::Unauthorized401);
    let token = access_token(&server).await;
    let challenge = async |token: &str| {
        let response = server.call(get("/api/oauth/me", token)).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.body().len()),
            (401, 0)
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        response.headers()[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(
        challenge("f00d")
            .await
            .ends_with("\"The access token provided is invalid\"")
    );
    server.advance(Duration::from_secs(28_800));
    assert!(
        challenge(&token)
            .await
            .ends_with("\"The access token provided has expired\"")
    );
}

#[tokio::test(start_paused = true)]
async fn the_scheme_is_read_in_any_case_and_two_ways_at_once_are_refused() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let with = |path: &str, scheme: &str| {
        let request = Request::get(path).header("authorization", format!("{scheme} {token}"));
        request.body(Bytes::new()).unwrap()
    };
    assert_eq!(
        server
            .call(with("/api/oauth/me", "bEaReR"))
            .await
            .unwrap()
            .status(),
        200
    );
    let path = format!("/api/oauth/me?access_token={token}");
    let member = Request::get(path.as_str()).body(Bytes::new()).unwrap();
    assert_eq!(server.call(member).await.unwrap().status(), 200);
    assert_eq!(
        server.call(with(&path, "Bearer")).await.unwrap().status(),
        400
    );
}

#[tokio::test(start_paused = true)]
async fn revocation_is_there_only_where_it_is_switched_on() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let revoke = |body: serde_json::Value| {
        Request::post("/api/oauth/revoke")
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap()
    };
    let body = json!({ "token": token });
    assert_eq!(
        server.call(revoke(body.clone())).await.unwrap().status(),
        404
    );
    server.set_switches(|switches| switches.revoke = Revoke::Present);
    let missing = value(&server.call(revoke(json!({}))).await.unwrap());
    assert_eq!(missing["detail"], "Missing token parameter to revoke");
    let revoked = server.call(revoke(body)).await.unwrap();
    assert_eq!(text(&revoked), "{\"revoked\":true}");
    assert_eq!(
        server
            .call(get("/api/oauth/me", &token))
            .await
            .unwrap()
            .status(),
        403
    );
}

#[tokio::test(start_paused = true)]
async fn other_verbs_and_paths_are_named_as_such() {
    let server = Simulator::default_scenario();
    let token = access_token(&server).await;
    let delete =
        Request::delete("/api/oauth/me").header("authorization", format!("Bearer {token}"));
    assert_eq!(
        server
            .call(delete.body(Bytes::new()).unwrap())
            .await
            .unwrap()
            .status(),
        405
    );
    let nowhere = server.call(get("/api/nothing-here", &token)).await.unwrap();
    assert_eq!(
        (nowhere.status().as_u16(), &value(&nowhere)["title"]),
        (404, &json!("Not Found"))
    );
}
