//! Rows that clients create, change and delete.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use bytes::Bytes;
use http::Request;
use quickaccess_simulator::{
    Fault, FaultKind, HoldAt, Match, Operation, RowKind, Simulator, UpdateStatus,
};
use serde_json::{Value, json};
use support::{Person, encode, items, text};

async fn admin() -> Person {
    Person::sign_in(&Simulator::default_scenario(), "api-admin").await
}

#[tokio::test(start_paused = true)]
async fn rows_come_change_and_go() {
    let admin = admin().await;
    let cases = [
        (
            "/api/endpoint",
            json!({ "mac_address": "AC-DE-48-00-00-01", "status": "Known" }),
            json!({ "status": "Disabled", "attributes": { "Owner": "Ada" } }),
            json!({ "mac_address": "acde48000001", "status": "Unknown" }),
        ),
        (
            "/api/guest",
            json!({ "username": "ada@new.example", "password": "p", "role_id": 2, "badge": 7 }),
            json!({ "enabled": false }),
            json!({ "username": "eve@new.example", "password": "p", "role_id": 1 }),
        ),
        (
            "/api/device",
            json!({ "mac": "acde.4800.0001", "role_id": 4, "visitor_name": "Kiln" }),
            json!({ "visitor_name": "Oven" }),
            json!({ "mac": "acde48000002", "role_id": 4 }),
        ),
    ];
    for (path, new, change, other) in cases {
        let (status, created) = admin.ask("POST", path, new).await;
        assert_eq!(status, 201, "{created}");
        let row = format!("{path}/{}", created["id"]);
        let link = created["_links"]["self"]["href"].as_str().unwrap();
        assert_eq!(link, format!("https://clearpass.example{row}"));
        assert_eq!(admin.get(&row).await, created);

        let (status, changed) = admin.ask("PATCH", &row, change.clone()).await;
        assert_eq!(status, 200, "{changed}");
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&changed[name], value, "{name}");
        }
        let (status, replaced) = admin.ask("PUT", &row, other).await;
        assert_eq!(
            (status, &replaced["id"]),
            (200, &created["id"]),
            "{replaced}"
        );
        assert_eq!(replaced.get("badge"), None);
        assert_eq!(admin.get(&row).await, replaced);

        assert_eq!(
            admin.ask("DELETE", &row, Value::Null).await,
            (204, Value::Null)
        );
        assert_eq!(admin.ask("GET", &row, Value::Null).await.0, 404);
        assert_eq!(admin.ask("DELETE", &row, Value::Null).await.0, 404);
        let list = admin.get(&format!("{path}?limit=1&sort=-id")).await;
        assert_ne!(items(&list)[0]["id"], created["id"]);
    }
    assert_eq!(admin.server.counters().rows_changed, 12);
}

#[tokio::test(start_paused = true)]
async fn rows_are_changed_by_their_names_too() {
    let admin = admin().await;
    let guest = admin.get("/api/guest/5").await;
    let name = encode(guest["username"].as_str().unwrap());
    let path = format!("/api/guest/username/{name}");
    let (_, changed) = admin.ask("PATCH", &path, json!({ "notes": "x" })).await;
    assert_eq!(
        (&changed["id"], &changed["notes"]),
        (&json!(5), &json!("x"))
    );
    let mac = admin.get("/api/endpoint/5").await["mac_address"].clone();
    let path = format!("/api/endpoint/mac-address/{}", mac.as_str().unwrap());
    assert_eq!(admin.ask("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(
        admin.ask("GET", "/api/endpoint/5", Value::Null).await.0,
        404
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_comes_as_a_map_a_list_or_a_text_before_the_rest() {
    let admin = admin().await;
    let mac = admin.get("/api/endpoint/9").await["mac_address"].clone();
    let cases = [
        (
            json!({ "status": "Known" }),
            json!({ "mac_address": { "isEmpty": "A value is required here" } }),
        ),
        (
            json!({ "mac_address": "acde48000001", "status": "On" }),
            json!({ "status": ["must be one of Known, Unknown, Disabled"] }),
        ),
        (
            json!({ "mac_address": mac, "status": "Known" }),
            json!({ "mac_address": format!("There is one with {mac} already") }),
        ),
    ];
    for (body, messages) in cases {
        let request = admin.request("POST", "/api/endpoint", &body);
        let response = admin.server.call(request).await.unwrap();
        assert_eq!(
            text(&response),
            format!(
                "{{\"validation_messages\":{messages},\
                 \"type\":\"http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html\",\
                 \"title\":\"Unprocessable Entity\",\"status\":422,\
                 \"detail\":\"Failed Validation\"}}"
            )
        );
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
    }
    let taken = admin.get("/api/guest/9").await["username"].clone();
    let renamed = admin
        .ask("PATCH", "/api/guest/8", json!({ "username": taken }))
        .await;
    assert_eq!(renamed.0, 422);
    let (status, same) = admin
        .ask("PATCH", "/api/guest/9", json!({ "username": taken }))
        .await;
    assert_eq!(status, 200, "its own name is nobody else's: {same}");
}

#[tokio::test(start_paused = true)]
async fn a_client_may_send_back_what_it_was_given() {
    let admin = admin().await;
    let mut guest = admin.get("/api/guest/11").await;
    guest["notes"] = "seen".into();
    let (status, after) = admin.ask("PATCH", "/api/guest/11", guest.clone()).await;
    assert_eq!((status, after), (200, guest));
}

#[tokio::test(start_paused = true)]
async fn a_password_is_taken_and_never_shown() {
    let admin = admin().await;
    let guest = json!({ "username": "ada", "password": "hunter2", "role_id": 2 });
    let (_, created) = admin.ask("POST", "/api/guest", guest).await;
    assert!(!created.to_string().contains("hunter2"), "{created}");
    let stored = admin.server.row(RowKind::Guest, "3001").unwrap();
    assert!(!Value::from(stored).to_string().contains("hunter2"));
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_extended_and_disabled() {
    let admin = admin().await;
    let expired = admin
        .server
        .find_rows(RowKind::Guest, r#"{"current_state":"expired"}"#, 0, 1)
        .unwrap();
    let path = format!("/api/guest/{}", expired.rows[0]["id"]);
    for (change, state) in [
        (json!({ "expire_time": "2099-01-01T00:00:00Z" }), "active"),
        (json!({ "enabled": false }), "disabled"),
        (json!({ "enabled": "1", "expire_time": 0 }), "active"),
        (json!({ "start_time": 4_000_000_000_u32 }), "pending"),
    ] {
        let (_, guest) = admin.ask("PATCH", &path, change.clone()).await;
        assert_eq!(guest["current_state"], state, "{change}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_may_be_answered_without_a_body() {
    let admin = admin().await;
    let switch = |switches: &mut quickaccess_simulator::Switches| {
        switches.update_status = UpdateStatus::NoContent204;
    };
    admin.server.set_switches(switch);
    let change = json!({ "status": "Disabled" });
    let answer = admin.ask("PATCH", "/api/endpoint/3", change).await;
    assert_eq!(answer, (204, Value::Null));
    assert_eq!(admin.get("/api/endpoint/3").await["status"], "Disabled");
}

#[tokio::test(start_paused = true)]
async fn requests_that_are_none_are_refused_before_anything_is_done() {
    let admin = admin().await;
    let with = |method: &str, path: &str, header: (&str, &str), body: &str| {
        let plain = admin.request(method, path, &Value::Null);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in plain.headers() {
            if name.as_str() != header.0 {
                request = request.header(name, value);
            }
        }
        let body = Bytes::copy_from_slice(body.as_bytes());
        request.header(header.0, header.1).body(body).unwrap()
    };
    let json = ("content-type", "application/json");
    let cases = [
        (with("DELETE", "/api/guest", json, ""), 405),
        (with("POST", "/api/guest/7", json, "{}"), 405),
        (with("GET", "/api/session/x/disconnect", json, ""), 405),
        (with("GET", "/api/guest", ("accept", "text/html"), ""), 406),
        (
            with("POST", "/api/guest", ("content-type", "text/plain"), "{}"),
            415,
        ),
        (with("POST", "/api/guest", json, "{"), 400),
        (with("PATCH", "/api/guest/0", json, "{}"), 404),
        (with("PUT", "/api/guest/7", json, "{}"), 422),
        (
            with("POST", "/api/guest?change_of_authorization=7", json, "{}"),
            422,
        ),
    ];
    for (request, wanted) in cases {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = admin.server.call(request).await.unwrap();
        assert_eq!(response.status(), wanted, "{method} {uri}");
    }
    assert_eq!(admin.server.counters().rows_changed, 0);
    let form = with(
        "PATCH",
        "/api/guest/7",
        ("content-type", "application/x-www-form-urlencoded"),
        "notes=as+a+form&enabled=0",
    );
    assert_eq!(admin.server.call(form).await.unwrap().status(), 200);
    let guest = admin.get("/api/guest/7").await;
    assert_eq!(
        (&guest["notes"], &guest["enabled"]),
        (&json!("as a form"), &json!(false))
    );
}

/// A guest with an active session, and how many sessions of this guest are active.
fn guest_on_line(server: &Simulator) -> (Value, String) {
    let filter = r#"{"state":"active","ssid":"Guest"}"#;
    let found = server.find_rows(RowKind::Session, filter, 0, 1).unwrap();
    let name = found.rows[0]["username"].as_str().unwrap().to_owned();
    let filter = json!({ "username": name }).to_string();
    let guests = server.find_rows(RowKind::Guest, &filter, 0, 1).unwrap();
    (guests.rows[0]["id"].clone(), name)
}

fn active(server: &Simulator, name: &str) -> u64 {
    let filter = json!({ "state": "active", "username": name }).to_string();
    server
        .find_rows(RowKind::Session, &filter, 0, 0)
        .unwrap()
        .count
}

#[tokio::test(start_paused = true)]
async fn a_change_of_authorization_reaches_active_sessions() {
    for (method, body) in [
        ("PATCH", json!({ "enabled": false })),
        ("DELETE", Value::Null),
    ] {
        let admin = admin().await;
        let (id, name) = guest_on_line(&admin.server);
        let before = active(&admin.server, &name);
        let path = |coa| format!("/api/guest/{id}?change_of_authorization={coa}");
        admin
            .ask("PATCH", &path(true), json!({ "notes": "x" }))
            .await;
        assert_eq!(active(&admin.server, &name), before, "the guest may stay");
        assert_eq!(admin.server.counters().session_actions, before);
        let status = admin.ask(method, &path(true), body).await.0;
        assert!(status < 300);
        assert_eq!(active(&admin.server, &name), 0, "{method}");
    }
    let admin = admin().await;
    let (id, name) = guest_on_line(&admin.server);
    let path = format!("/api/guest/{id}");
    admin.ask("PATCH", &path, json!({ "enabled": false })).await;
    assert!(active(&admin.server, &name) > 0, "nobody asked for it");
}

#[tokio::test(start_paused = true)]
async fn faults_meet_writes_before_or_after_they_are_done() {
    let admin = admin().await;
    let server = admin.server.clone();
    let notes = || server.row(RowKind::Guest, "7").unwrap()["notes"].clone();
    let patch = |note: &str| admin.request("PATCH", "/api/guest/7", &json!({ "notes": note }));
    let faults = [
        (FaultKind::DropBefore, false),
        (FaultKind::DropBeforeCommit, false),
        (FaultKind::DropAfterCommit, true),
        (FaultKind::Truncated, true),
        (FaultKind::EmptyBody, true),
    ];
    for (number, (what, done)) in faults.into_iter().enumerate() {
        server.fault(Fault::new(Operation::Resource, what.clone()).once());
        let note = format!("note {number}");
        let cut = server.call(patch(&note)).await;
        assert_eq!(cut.is_ok(), what == FaultKind::EmptyBody);
        assert_eq!(notes() == note.as_str(), done, "{what:?}");
    }
    for (at, done) in [(HoldAt::BeforeCommit, false), (HoldAt::AfterCommit, true)] {
        let on = Match::path("/api/guest/*").method("PATCH");
        let hold = server.hold(on, at);
        let note = format!("{at:?}");
        let request = patch(&note);
        let calling = tokio::spawn({
            let server = server.clone();
            async move { server.call(request).await }
        });
        hold.reached().await;
        assert_eq!(notes() == note.as_str(), done, "{at:?}");
        hold.release();
        assert_eq!(calling.await.unwrap().unwrap().status(), 200);
        assert_eq!(notes(), note.as_str());
    }
}
