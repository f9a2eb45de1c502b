//! The pages for people: what holds for all of them, and the start page.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod access_tracker;
mod api_docs;
mod try_it;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use quickaccess_simulator::{Counters, Fault, FaultKind, LocalUser, Match, Scenario, Simulator};
use serde_json::{Value, json};

const PAGES: [&str; 5] = [
    "/",
    "/access-tracker",
    "/access-tracker/rows",
    "/access-tracker.json",
    "/api-docs",
];

fn get(path: &str) -> Request<Bytes> {
    Request::get(path)
        .header(header::HOST, "127.0.0.1:8080")
        .body(Bytes::new())
        .unwrap()
}

async fn text(server: &Simulator, path: &str) -> String {
    let response = server.call(get(path)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn post(path: &str, body: &Value) -> Request<Bytes> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap()
}

async fn token(server: &Simulator, body: &Value) -> Response<Bytes> {
    server.call(post("/api/oauth", body)).await.unwrap()
}

fn password(user: &str, password: &str) -> Value {
    json!({ "grant_type": "password", "client_id": "QuickAccess", "username": user, "password": password })
}

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_name_that_is_markup_shows_as_text() {
    let evil = "<script>alert('x')</script>\"&amp;";
    let shown = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;amp;";
    let mut scenario = Scenario::default();
    scenario.server.name = evil.into();
    scenario.operator_profiles[0].name = evil.into();
    scenario.api_clients[0].id = evil.into();
    scenario.local_users = vec![LocalUser::new(evil, "abc123", evil)];
    let server = Simulator::new(scenario);
    let body = json!({ "grant_type": evil, "client_id": evil, "username": evil, "password": "x" });
    token(&server, &body).await;

    for path in ["/", "/access-tracker", "/access-tracker/rows", "/api-docs"] {
        let page = text(&server, path).await;
        assert!(page.contains(shown), "{path}");
        assert!(!page.contains("<script>"), "{path}");
    }
    let path = "/access-tracker?text=%22%3E%3Cscript%3E";
    let page = text(&server, path).await;
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""));
    let rows: Value = serde_json::from_str(&text(&server, "/access-tracker.json").await).unwrap();
    assert_eq!(rows["rows"][0]["user"], evil);
}

#[tokio::test]
async fn no_page_holds_a_password_a_secret_or_a_token() {
    let server = Simulator::default_scenario();
    let first = json_of(&token(&server, &password("qa", "abc123")).await);
    let refresh = json!({
        "grant_type": "refresh_token", "client_id": "QuickAccess",
        "refresh_token": first["refresh_token"],
    });
    let second = json_of(&token(&server, &refresh).await);
    token(&server, &refresh).await;
    token(&server, &password("qa", "typed-wrong")).await;
    token(
        &server,
        &json!({ "grant_type": "password", "client_id": "Lab", "client_secret": "s3cret" }),
    )
    .await;

    let mut secrets = vec!["abc123", "s3cret", "typed-wrong"];
    for reply in [&first, &second] {
        for name in ["access_token", "refresh_token"] {
            secrets.push(reply[name].as_str().unwrap());
        }
    }
    for path in PAGES {
        let page = text(&server, path).await;
        for secret in &secrets {
            assert!(!page.contains(secret), "{path} holds {secret}");
        }
    }
}

#[tokio::test]
async fn pages_are_not_counted_and_meet_no_fault() {
    let server = Simulator::default_scenario();
    server.fault(Fault::new(Match::any(), FaultKind::DropBefore).once());
    for path in PAGES.into_iter().chain(["/pages/style.css"]) {
        text(&server, path).await;
    }
    assert_eq!(server.counters(), Counters::default());
    assert!(server.requests().is_empty());
    assert!(
        server.call(get("/api/oauth/me")).await.is_err(),
        "the fault waits for the API"
    );
}

#[tokio::test]
async fn what_pages_refer_to_is_there_and_nothing_is_inline() {
    let server = Simulator::default_scenario();
    token(&server, &password("qa", "abc123")).await;
    for path in ["/", "/access-tracker", "/api-docs"] {
        let page = text(&server, path).await;
        for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
        let links = [" href=\"", " src=\""];
        let links = links.iter().flat_map(|name| page.split(name).skip(1));
        for link in links.filter_map(|rest| rest.split('"').next()) {
            match link.strip_prefix('#') {
                Some(id) => assert!(page.contains(&format!("id=\"{id}\"")), "{path}: #{id}"),
                None => {
                    assert!(link.starts_with('/'), "{path} leads to {link}");
                    text(&server, link).await;
                }
            }
        }
    }
    let lost = server.call(get("/pages/none.css")).await.unwrap();
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn browsers_are_told_to_load_nothing_from_elsewhere() {
    let server = Simulator::default_scenario();
    for path in PAGES.into_iter().chain(["/pages/access-tracker.js"]) {
        let response = server.call(get(path)).await.unwrap();
        let header = |name| response.headers()[name].to_str().unwrap();
        let policy = header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(header(header::CACHE_CONTROL), "no-store", "{path}");
    }
}

#[tokio::test]
async fn the_start_page_says_who_can_sign_in() {
    let server = Simulator::default_scenario();
    server.enable_client("Lab", false).unwrap();
    let page = text(&server, "/").await;
    let state = |name: &str| {
        let cell = format!("<bdi>{name}</bdi></th>");
        let row = page.split(&cell).nth(1).unwrap().split("</tr>").next();
        let badge = row.unwrap().rsplit("<span class=\"badge ").next().unwrap();
        badge.split(['>', '<']).nth(1).unwrap().to_owned()
    };
    for (name, words) in [
        ("qa", "Can sign in"),
        ("left-last-year", "Disabled"),
        ("no-api", "Signs in, but may not use the API"),
        ("no-profile", "Refused: no operator profile"),
        ("no-details", "Refused: no details about the person"),
        ("QuickAccess", "Enabled"),
        ("Lab", "Disabled"),
    ] {
        assert_eq!(state(name), words, "{name}");
    }
    assert!(page.contains("6.12.7.100007") && page.contains("2 weeks"));
}
