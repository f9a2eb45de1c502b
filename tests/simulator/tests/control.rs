//! The control API, as a test in another language uses it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess_simulator::{Running, ServeOptions, Simulator};
use serde_json::{Value, json};
use support::{call, guide, raw};

struct Control {
    server: Simulator,
    running: Running,
}

impl Control {
    async fn start() -> Self {
        let server = Simulator::default_scenario();
        let running = server.serve(ServeOptions::default()).await.unwrap();
        Self { server, running }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        call(&self.running.control_url(), method, path, &body).await
    }

    async fn fine(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, value) = self.ask(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    /// The status of a sign-in over the product's port.
    async fn sign_in(&self) -> (u16, Value) {
        call(
            &self.running.http_url(),
            "POST",
            "/api/oauth",
            &guide().to_string(),
        )
        .await
    }
}

#[tokio::test]
async fn what_happened_can_be_read() {
    let control = Control::start().await;
    control.sign_in().await;
    assert_eq!(
        control.fine("GET", "/counters", Value::Null).await["sign_ins_accepted"],
        1
    );
    let requests = control.fine("GET", "/requests", Value::Null).await;
    assert_eq!(requests[0]["operation"], "token_password");
    assert_eq!(
        requests[0]["members"],
        json!(["grant_type", "username", "password", "client_id"])
    );
    let rows = control.fine("GET", "/access-tracker", Value::Null).await;
    assert_eq!(
        (&rows[0]["result"], &rows[0]["user"]),
        (&json!("ACCEPT"), &json!("qa"))
    );
    assert_eq!(
        control.fine("GET", "/connections", Value::Null).await[0]["requests"],
        1
    );
    let addresses = control.fine("GET", "/addresses", Value::Null).await;
    assert_eq!(addresses, control.running.json());
    control.fine("DELETE", "/records", Value::Null).await;
    assert_eq!(
        control.fine("GET", "/access-tracker", Value::Null).await,
        json!([])
    );
}

#[tokio::test]
async fn faults_are_placed_listed_and_taken_away() {
    let control = Control::start().await;
    let fault = json!({ "on": "token_password", "times": 1, "what": { "html502": {} } });
    let id = control.fine("POST", "/faults", fault).await["id"].clone();
    assert_eq!(
        control.fine("GET", "/faults", Value::Null).await[0]["id"],
        id
    );
    assert_eq!(control.sign_in().await.0, 502);
    assert_eq!(control.sign_in().await.0, 200);
    let forever =
        json!({ "on": { "path": "/api/oauth*", "method": "post" }, "what": "wrong_type" });
    let id = control.fine("POST", "/faults", forever).await["id"].clone();
    assert_eq!(control.sign_in().await, (200, Value::Null));
    control
        .fine("DELETE", &format!("/faults/{id}"), Value::Null)
        .await;
    assert!(control.sign_in().await.1["access_token"].is_string());
    assert_eq!(
        control
            .ask("DELETE", &format!("/faults/{id}"), Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_request_is_held_until_it_is_let_go() {
    let control = Control::start().await;
    let gate =
        json!({ "on": "token_password", "times": 1, "what": { "hold": { "at": "after_commit" } } });
    let id = control.fine("POST", "/faults", gate).await["id"].clone();
    let url = control.running.http_url();
    let held =
        tokio::spawn(async move { call(&url, "POST", "/api/oauth", &guide().to_string()).await });
    let reached = control
        .fine("GET", &format!("/faults/{id}/reached"), Value::Null)
        .await;
    assert_eq!(reached["reached"], 1);
    assert_eq!(
        control.fine("GET", "/counters", Value::Null).await["sign_ins_accepted"],
        1
    );
    assert!(!held.is_finished());
    control
        .fine("POST", &format!("/faults/{id}/release"), Value::Null)
        .await;
    assert_eq!(held.await.unwrap().0, 200);
}

#[tokio::test]
async fn waiting_ends_when_the_counter_is_there_or_time_is_up() {
    let control = Control::start().await;
    let late = control
        .ask(
            "GET",
            "/wait?counter=sign_ins_accepted&timeout_ms=1",
            Value::Null,
        )
        .await;
    assert_eq!(late.0, 408, "{}", late.1);
    let url = control.running.control_url();
    let waiting = tokio::spawn(async move {
        call(
            &url,
            "GET",
            "/wait?counter=token_requests.password&at_least=2",
            "",
        )
        .await
    });
    control.sign_in().await;
    control.sign_in().await;
    assert_eq!(waiting.await.unwrap().1["token_requests"]["password"], 2);
    let odd = control
        .ask("GET", "/wait?counter=nonsense", Value::Null)
        .await;
    assert_eq!(odd.0, 404);
}

#[tokio::test]
async fn time_passes_when_it_is_told_to() {
    let control = Control::start().await;
    let token = control.sign_in().await.1["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let me = format!("/api/oauth/me?access_token={token}");
    let url = control.running.http_url();
    assert_eq!(call(&url, "GET", &me, "").await.0, 200);
    control
        .fine("POST", "/clock/advance", json!({ "seconds": 28_800 }))
        .await;
    assert_eq!(call(&url, "GET", &me, "").await.0, 403);
    let clock = control
        .fine("PUT", "/clock", json!({ "wall": "2030-01-01T00:00:00Z" }))
        .await;
    assert!(
        clock["wall"]
            .as_str()
            .unwrap()
            .starts_with("2030-01-01T00:00:0"),
        "{clock}"
    );
    assert_eq!(
        control
            .ask("POST", "/clock/advance", json!({ "seconds": -1 }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn switches_and_the_set_up_change_while_it_runs() {
    let control = Control::start().await;
    let switches = json!({ "refresh_mode": "one_shot", "wrong_password_status": 400 });
    let switches = control.fine("PATCH", "/switches", switches).await;
    assert_eq!(
        (&switches["refresh_mode"], &switches["revoke"]),
        (&json!("one_shot"), &json!("missing"))
    );
    control
        .fine("PATCH", "/users/qa", json!({ "password": "other" }))
        .await;
    assert_eq!(control.sign_in().await.0, 400);
    control
        .fine("PATCH", "/users/qa", json!({ "password": "abc123" }))
        .await;
    control
        .fine("PATCH", "/service", json!({ "enabled": false }))
        .await;
    assert_eq!(control.sign_in().await.0, 400);
    control
        .fine("PATCH", "/service", json!({ "enabled": true }))
        .await;
    let client = control
        .fine(
            "PATCH",
            "/clients/QuickAccess",
            json!({ "access_token_lifetime": 60 }),
        )
        .await;
    assert_eq!(
        client["refresh_token_lifetime"], 1_209_600,
        "what is not named stays"
    );
    assert_eq!(control.sign_in().await.1["expires_in"], 60);
    control
        .fine(
            "PATCH",
            "/profiles/Help%20Desk",
            json!({ "api_access": false }),
        )
        .await;
    assert!(!control.server.scenario().operator_profiles[0].api_access);
    control.fine("POST", "/reset", Value::Null).await;
    assert_eq!(control.sign_in().await.1["expires_in"], 28_800);
}

#[tokio::test]
async fn tokens_are_ended_one_by_one_by_user_or_all() {
    let control = Control::start().await;
    let token = control.sign_in().await.1["access_token"].clone();
    assert_eq!(
        control
            .fine("POST", "/tokens/revoke", json!({ "token": token }))
            .await["revoked"],
        1
    );
    assert_eq!(
        control
            .fine("POST", "/tokens/revoke", json!({ "user": "qa" }))
            .await["revoked"],
        1
    );
    control.sign_in().await;
    assert_eq!(
        control
            .fine("POST", "/tokens/revoke", json!({ "all": "access" }))
            .await["revoked"],
        1
    );
    assert_eq!(
        control
            .ask("POST", "/tokens/revoke", json!({ "everything": 1 }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn the_certificate_changes_and_connections_are_cut() {
    let control = Control::start().await;
    let before = control.running.certificate_sha256();
    let after = control
        .fine("PUT", "/certificate", json!({ "signed_by": "itself" }))
        .await;
    assert_eq!(
        after["certificate_sha256"],
        control.running.certificate_sha256()
    );
    assert_ne!(after["certificate_sha256"], before);
    let backwards = json!({ "valid_from": 5, "valid_until": 4 });
    assert_eq!(control.ask("PUT", "/certificate", backwards).await.0, 400);
    control.fine("POST", "/connections/cut", Value::Null).await;
}

#[tokio::test]
async fn a_set_up_is_replaced_as_a_whole_or_not_at_all() {
    let control = Control::start().await;
    let mut scenario = control.fine("GET", "/scenario", Value::Null).await;
    scenario["local_users"][0]["operator_profile"] = "Nobody has this".into();
    let (status, problem) = control.ask("PUT", "/scenario", scenario.clone()).await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        status == 400 && detail.contains("local_users[0] \"qa\""),
        "{detail}"
    );
    assert_eq!(control.sign_in().await.0, 200);
    scenario["local_users"] = json!([]);
    control.fine("PUT", "/scenario", scenario).await;
    assert_eq!(control.sign_in().await.0, 401);
}

#[tokio::test]
async fn mistakes_are_named_where_they_are() {
    let control = Control::start().await;
    for (method, path, body, word) in [
        ("GET", "/nothing", Value::Null, "GET / lists"),
        ("DELETE", "/counters", Value::Null, "GET / lists"),
        ("POST", "/faults", json!({ "what": "explode" }), "explode"),
        (
            "POST",
            "/faults",
            json!({ "what": "truncated", "times": 0 }),
            "times is 0",
        ),
        (
            "POST",
            "/faults",
            json!({ "what": { "redirect": { "status": 200, "location": "/" } } }),
            "between 300 and 399",
        ),
        (
            "PATCH",
            "/clients/Nobody",
            json!({ "enabled": false }),
            "\"QuickAccess\"",
        ),
        (
            "PATCH",
            "/clients/Lab",
            json!({ "public": true }),
            "a public client has no secret",
        ),
        (
            "PATCH",
            "/switches",
            json!({ "refresh_mode": "sometimes" }),
            "sometimes",
        ),
        (
            "PATCH",
            "/switches",
            json!({ "unheard_of": 1 }),
            "unheard_of",
        ),
        ("POST", "/faults/99/release", Value::Null, "no gate 99"),
    ] {
        let (status, problem) = control.ask(method, path, body).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(
            (400..500).contains(&status) && detail.contains(word),
            "{method} {path}: {problem}"
        );
    }
    let listed = control.fine("GET", "/", Value::Null).await;
    assert!(listed["control"].as_array().unwrap().len() > 20);
}

#[tokio::test]
async fn a_page_in_a_browser_can_control_nothing() {
    let control = Control::start().await;
    let url = control.running.control_url();
    let host = url.strip_prefix("http://").unwrap();
    for headers in [
        format!("host: {host}\r\norigin: https://elsewhere.example"),
        "host: leads-here.example".to_owned(),
    ] {
        let request = format!(
            "POST /reset HTTP/1.1\r\n{headers}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        let answer = raw(&url, &request).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }
}
