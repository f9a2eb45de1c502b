//! Which privileges each call needs, tried out call by call.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess_simulator::{ServeOptions, Simulator};
use serde_json::{Value, json};
use support::{Person, call, items};

/// A call, the privileges that it needs, and at which level: `r`ead, `w`rite or `d`elete.
const CALLS: &[(&str, &str, &[&str], char)] = &[
    ("GET", "/api/endpoint", &["cppm_endpoints"], 'r'),
    ("POST", "/api/endpoint", &["cppm_endpoints"], 'w'),
    ("GET", "/api/endpoint/{id}", &["cppm_endpoints"], 'r'),
    ("PATCH", "/api/endpoint/{id}", &["cppm_endpoints"], 'w'),
    ("PUT", "/api/endpoint/{id}", &["cppm_endpoints"], 'w'),
    ("DELETE", "/api/endpoint/{id}", &["cppm_endpoints"], 'd'),
    (
        "GET",
        "/api/endpoint/mac-address/{mac}",
        &["cppm_endpoints"],
        'r',
    ),
    (
        "PATCH",
        "/api/endpoint/mac-address/{mac}",
        &["cppm_endpoints"],
        'w',
    ),
    (
        "PUT",
        "/api/endpoint/mac-address/{mac}",
        &["cppm_endpoints"],
        'w',
    ),
    (
        "DELETE",
        "/api/endpoint/mac-address/{mac}",
        &["cppm_endpoints"],
        'd',
    ),
    ("GET", "/api/guest", &["guest_users"], 'r'),
    ("POST", "/api/guest", &["guest_users"], 'w'),
    ("GET", "/api/guest/{id}", &["guest_users"], 'r'),
    ("PATCH", "/api/guest/{id}", &["guest_users"], 'w'),
    ("PUT", "/api/guest/{id}", &["guest_users"], 'w'),
    ("DELETE", "/api/guest/{id}", &["guest_users"], 'd'),
    (
        "GET",
        "/api/guest/username/{username}",
        &["guest_users"],
        'r',
    ),
    (
        "PATCH",
        "/api/guest/username/{username}",
        &["guest_users"],
        'w',
    ),
    (
        "PUT",
        "/api/guest/username/{username}",
        &["guest_users"],
        'w',
    ),
    (
        "DELETE",
        "/api/guest/username/{username}",
        &["guest_users"],
        'd',
    ),
    (
        "GET",
        "/api/guest/{id}/receipt/{template}",
        &["guest_users"],
        'r',
    ),
    (
        "GET",
        "/api/guest/{id}/pass/{template}",
        &["guest_users"],
        'r',
    ),
    (
        "POST",
        "/api/guest/{id}/sendreceipt/sms",
        &["guest_users"],
        'w',
    ),
    (
        "POST",
        "/api/guest/{id}/sendreceipt/smtp",
        &["guest_users"],
        'w',
    ),
    ("POST", "/api/guest/{id}/sponsor", &["guest_users"], 'w'),
    ("GET", "/api/device", &["mac", "guest_users"], 'r'),
    ("POST", "/api/device", &["mac", "guest_users"], 'w'),
    ("GET", "/api/device/{id}", &["mac", "guest_users"], 'r'),
    ("PATCH", "/api/device/{id}", &["mac", "guest_users"], 'w'),
    ("PUT", "/api/device/{id}", &["mac", "guest_users"], 'w'),
    ("DELETE", "/api/device/{id}", &["mac", "guest_users"], 'd'),
    ("GET", "/api/device/mac/{mac}", &["mac", "guest_users"], 'r'),
    (
        "PATCH",
        "/api/device/mac/{mac}",
        &["mac", "guest_users"],
        'w',
    ),
    ("PUT", "/api/device/mac/{mac}", &["mac", "guest_users"], 'w'),
    (
        "DELETE",
        "/api/device/mac/{mac}",
        &["mac", "guest_users"],
        'd',
    ),
    ("GET", "/api/session", &["guest_sessions_history"], 'r'),
    ("GET", "/api/session/{id}", &["guest_sessions_history"], 'r'),
    (
        "POST",
        "/api/session/{id}/disconnect",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session/{id}/reauthorize",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/disconnect/mac/{mac}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/disconnect/username/{username}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/disconnect/ip/{ip}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/coa/mac/{mac}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/coa/username/{username}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "POST",
        "/api/session-action/coa/ip/{ip}",
        &["guest_sessions_history"],
        'w',
    ),
    (
        "GET",
        "/api/insight/endpoint/mac/{mac}",
        &["insight_alert"],
        'r',
    ),
    (
        "GET",
        "/api/insight/endpoint/ip/{ip}",
        &["insight_alert"],
        'r',
    ),
    ("GET", "/api/login-audit/{name}", &["cppm_login_audit"], 'r'),
];

/// The status of a call with these privileges. What varies in the path leads nowhere, so that
/// nothing changes.
async fn status(person: &Person, privileges: &[String], method: &str, path: &str) -> u16 {
    let change = |profile: &mut quickaccess_simulator::OperatorProfile| {
        profile.privileges = privileges.to_vec();
    };
    person.server.change_profile("Help Desk", change).unwrap();
    let path = path.replace("{ip}", "203.0.113.255");
    let path = path.replace("{template}", "1").replace(['{', '}'], "!");
    let body = if method == "GET" {
        Value::Null
    } else {
        json!({})
    };
    person.ask(method, &path, body).await.0
}

#[tokio::test(start_paused = true)]
async fn each_call_is_open_to_just_the_levels_that_it_needs() {
    let server = Simulator::default_scenario();
    let qa = Person::sign_in(&server, "qa").await;
    for (method, path, needs, level) in CALLS {
        let all = |mark: &str| -> Vec<String> {
            needs.iter().map(|name| format!("{mark}{name}")).collect()
        };
        for (mark, open) in [("", "rwd"), ("%", "rw"), ("#", "r"), ("?", ""), ("!", "")] {
            let status = status(&qa, &all(mark), method, path).await;
            assert_eq!(
                status != 403,
                open.contains(*level),
                "{method} {path} {mark}: {status}"
            );
        }
        assert_eq!(status(&qa, &[], method, path).await, 403, "{method} {path}");
        for left_out in 0..needs.len() {
            let mut some = all("");
            some.remove(left_out);
            assert_eq!(
                status(&qa, &some, method, path).await,
                403,
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn the_control_api_lists_just_these_calls() {
    let server = Simulator::default_scenario();
    let running = server.serve(ServeOptions::default()).await.unwrap();
    let (_, listed) = call(&running.control_url(), "GET", "/calls", "").await;
    let listed: Vec<Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            json!([
                call["method"],
                call["path"],
                call["privileges"],
                call["level"]
            ])
        })
        .collect();
    let level = |level: char| match level {
        'r' => "read",
        'w' => "write",
        _ => "delete",
    };
    let tried: Vec<Value> = CALLS
        .iter()
        .map(|(method, path, needs, one)| json!([method, path, needs, level(*one)]))
        .collect();
    assert_eq!(listed, tried);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_permitted_looks_like_a_dead_token_and_is_counted() {
    let server = Simulator::default_scenario();
    let qa = Person::sign_in(&server, "qa").await;
    let forbidden = qa.ask("DELETE", "/api/endpoint/1", Value::Null).await;
    server.revoke_access_tokens();
    assert_eq!(
        qa.ask("GET", "/api/endpoint/1", Value::Null).await,
        forbidden
    );
    assert_eq!(forbidden.0, 403);
    let counters = server.counters();
    assert_eq!((counters.forbidden, counters.rejected_tokens), (1, 1));
    assert_eq!(
        (counters.resource_calls.endpoint, counters.resources),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn the_help_desk_reads_endpoints_changes_guests_and_sees_sessions() {
    let server = Simulator::default_scenario();
    let qa = Person::sign_in(&server, "qa").await;
    let mac = qa.get("/api/endpoint/7").await["mac_address"].clone();
    let mac = mac.as_str().unwrap();
    qa.get(&format!("/api/insight/endpoint/mac/{mac}")).await;
    assert_eq!(items(&qa.get("/api/session").await).len(), 25);
    let note = json!({ "notes": "called at nine" });
    let (status, guest) = qa.ask("PATCH", "/api/guest/7", note).await;
    assert_eq!((status, &guest["notes"]), (200, &json!("called at nine")));
    assert_eq!(qa.ask("DELETE", "/api/device/7", Value::Null).await.0, 204);
    let change = json!({ "status": "Disabled" });
    assert_eq!(qa.ask("PATCH", "/api/endpoint/7", change).await.0, 403);
    assert_eq!(
        qa.ask("GET", "/api/login-audit/qa", Value::Null).await.0,
        403
    );
    let desk = Person::sign_in(&server, "guest-desk").await;
    assert_eq!(desk.ask("GET", "/api/guest/7", Value::Null).await.0, 200);
    assert_eq!(desk.ask("GET", "/api/device/8", Value::Null).await.0, 403);
    assert_eq!(desk.ask("GET", "/api/session", Value::Null).await.0, 403);
}
