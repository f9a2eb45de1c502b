//! What is done to sessions and guests, and what is known of endpoints and local users.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess_simulator::{Row, RowKind, Simulator};
use serde_json::{Value, json};
use support::{Person, encode, guide, token};

async fn admin() -> Person {
    Person::sign_in(&Simulator::default_scenario(), "api-admin").await
}

fn first(server: &Simulator, kind: RowKind, filter: Value) -> Row {
    let found = server.find_rows(kind, &filter.to_string(), 0, 1).unwrap();
    found.rows.into_iter().next().unwrap()
}

fn count(server: &Simulator, kind: RowKind, filter: Value) -> u64 {
    server
        .find_rows(kind, &filter.to_string(), 0, 0)
        .unwrap()
        .count
}

#[tokio::test(start_paused = true)]
async fn a_session_is_disconnected_once() {
    let admin = admin().await;
    let session = first(
        &admin.server,
        RowKind::Session,
        json!({ "state": "active" }),
    );
    let id = session["id"].as_str().unwrap();
    let path = format!("/api/session/{id}/disconnect");
    let body = json!({ "id": id, "confirm_disconnect": true });
    let done = admin.ask("POST", &path, body.clone()).await;
    assert_eq!(done, (200, json!({ "error": 0, "message": "Success" })));
    let over = admin.get(&format!("/api/session/{id}")).await;
    assert_eq!(over["state"], "closed");
    assert!(over["acctstoptime"].is_string() && over["acctsessiontime"].is_i64());

    let (status, again) = admin.ask("POST", &path, body).await;
    assert_eq!(
        (status, &again["error"]),
        (200, &json!(1)),
        "200 is no success"
    );
    let reauthorize = format!("/api/session/{id}/reauthorize");
    let (status, late) = admin.ask("POST", &reauthorize, json!({})).await;
    assert_eq!((status, &late["error"]), (200, &json!(1)));
    assert_eq!(admin.server.counters().session_actions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_disconnect_must_be_confirmed_for_the_session_in_the_path() {
    let admin = admin().await;
    let session = first(
        &admin.server,
        RowKind::Session,
        json!({ "state": "active" }),
    );
    let id = session["id"].as_str().unwrap();
    let path = format!("/api/session/{id}/disconnect");
    let cases = [
        (json!({}), json!(["id", "confirm_disconnect"])),
        (json!({ "id": id }), json!(["confirm_disconnect"])),
        (
            json!({ "id": id, "confirm_disconnect": false }),
            json!(["confirm_disconnect"]),
        ),
        (
            json!({ "id": "other", "confirm_disconnect": true }),
            json!(["id"]),
        ),
    ];
    for (body, members) in cases {
        let (status, refused) = admin.ask("POST", &path, body.clone()).await;
        let messages = refused["validation_messages"].as_object().unwrap();
        let named: Vec<&String> = messages.keys().collect();
        assert_eq!((status, json!(named)), (422, members), "{body}");
    }
    let nowhere = "/api/session/no-such/disconnect";
    assert_eq!(admin.ask("POST", nowhere, json!({})).await.0, 404);
    assert_eq!(
        admin.server.row(RowKind::Session, id).unwrap()["state"],
        "active"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_is_authorized_anew_and_goes_on() {
    let admin = admin().await;
    let session = first(
        &admin.server,
        RowKind::Session,
        json!({ "state": "active" }),
    );
    let path = format!(
        "/api/session/{}/reauthorize",
        session["id"].as_str().unwrap()
    );
    let body = json!({ "confirm_reauthorize": true });
    let (status, done) = admin.ask("POST", &path, body).await;
    assert_eq!((status, &done["error"]), (200, &json!(0)));
    let body = json!({ "confirm_reauthorize": false });
    assert_eq!(admin.ask("POST", &path, body).await.0, 422);
    let id = session["id"].as_str().unwrap();
    assert_eq!(
        admin.server.row(RowKind::Session, id).unwrap()["state"],
        "active"
    );
}

#[tokio::test(start_paused = true)]
async fn all_sessions_of_a_device_a_user_or_an_address_are_ended_at_once() {
    for (by, member, later) in [
        ("mac", "mac_address", false),
        ("username", "username", false),
        ("ip", "framedipaddress", true),
    ] {
        let admin = admin().await;
        let session = first(
            &admin.server,
            RowKind::Session,
            json!({ "state": "active" }),
        );
        let value = session[member].as_str().unwrap();
        let active = json!({ "state": "active", member: value });
        let number = count(&admin.server, RowKind::Session, active.clone());
        let path = |action| {
            let value = encode(value);
            format!("/api/session-action/{action}/{by}/{value}?async={later}")
        };
        let (_, coa) = admin.ask("POST", &path("coa"), Value::Null).await;
        assert_eq!((&coa["error"], &coa["count"]), (&json!(0), &json!(number)));
        assert_eq!(
            count(&admin.server, RowKind::Session, active.clone()),
            number
        );

        let (status, done) = admin.ask("POST", &path("disconnect"), json!({})).await;
        assert_eq!(status, if later { 202 } else { 200 });
        assert_eq!(
            (&done["error"], &done["message"]),
            (&json!(0), &json!("Success"))
        );
        assert_eq!(done["count_success"], number);
        assert_eq!(count(&admin.server, RowKind::Session, active), 0);

        let (_, none) = admin.ask("POST", &path("disconnect"), json!({})).await;
        assert_eq!(
            (&none["error"], &none["status"]),
            (&json!(1), &json!("failed"))
        );
    }
    let admin = admin().await;
    let odd = "/api/session-action/disconnect/mac/no-mac";
    assert_eq!(admin.ask("POST", odd, json!({})).await.0, 422);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_on_line_while_a_session_of_it_goes_on() {
    let admin = admin().await;
    let session = first(
        &admin.server,
        RowKind::Session,
        json!({ "state": "active" }),
    );
    let text = |name: &str| session[name].as_str().unwrap();
    let path = format!("/api/insight/endpoint/mac/{}", text("mac_address"));
    let insight = admin.get(&path).await;
    assert_eq!(insight["is_online"], true);
    assert_eq!(insight.get("_links"), None);
    let ip = insight["ip"].as_str().unwrap();
    let by_ip = admin.get(&format!("/api/insight/endpoint/ip/{ip}")).await;
    assert_eq!(by_ip, insight);

    let all = format!("/api/session-action/disconnect/mac/{}", text("mac_address"));
    admin.ask("POST", &all, json!({})).await;
    let insight = admin.get(&path).await;
    assert_eq!(
        (&insight["is_online"], &insight["user"]),
        (&json!(false), &json!(""))
    );
    let seen = insight["ip"].as_str().unwrap();
    assert!(admin.get(&format!("/api/insight/endpoint/ip/{seen}")).await["mac"].is_string());
    for (ip, status) in [("10.0.0.1", 404), ("ten", 422)] {
        let path = format!("/api/insight/endpoint/ip/{ip}");
        assert_eq!(admin.ask("GET", &path, Value::Null).await.0, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_local_users_sign_ins_are_audited() {
    let server = Simulator::default_scenario();
    let sign_in = async |password: &str| {
        let mut body = guide();
        body["password"] = password.into();
        server.call(token(&body)).await.unwrap();
    };
    let admin = Person::sign_in(&server, "api-admin").await;
    let audit = async || admin.get("/api/login-audit/qa").await;
    let never = audit().await;
    assert_eq!(never["last_successful_login"], json!({}));
    assert_eq!(never["last_failure_login"], json!({ "count": 0 }));
    for password in ["wrong", "abc123", "wrong", "wrong"] {
        sign_in(password).await;
    }
    let audit = audit().await;
    assert_eq!(audit["username"], "qa");
    assert!(audit["last_successful_login"]["timestamp"].is_string());
    assert_eq!(audit["last_failure_login"]["count"], 2);
}

#[tokio::test(start_paused = true)]
async fn receipts_and_passes_are_given_out_and_sent() {
    let admin = admin().await;
    let with_mail = json!({ "email": { "$contains": "@" } });
    let guest = first(&admin.server, RowKind::Guest, with_mail);
    let path = |what: &str| format!("/api/guest/{}/{what}", guest["id"]);
    let receipt = admin.get(&path("receipt/5")).await;
    assert_eq!(receipt["guest_receipt"]["username"], guest["username"]);
    assert_eq!(
        admin.ask("GET", &path("receipt/five"), Value::Null).await.0,
        404
    );

    let mut request = admin.request("GET", &path("pass/1"), &Value::Null);
    let refused = admin.server.call(request.clone()).await.unwrap();
    assert_eq!(refused.status(), 406, "the client takes JSON alone");
    let media = "application/vnd.apple.pkpass";
    request
        .headers_mut()
        .insert("accept", media.parse().unwrap());
    let pass = admin.server.call(request).await.unwrap();
    assert_eq!(
        (pass.status().as_u16(), &pass.headers()["content-type"]),
        (200, &media.parse().unwrap())
    );
    let name = guest["visitor_name"].as_str().unwrap();
    assert!(
        pass.body()
            .windows(name.len())
            .any(|part| part == name.as_bytes())
    );

    let confirm = json!({ "confirm": true });
    let (status, sent) = admin
        .ask("POST", &path("sendreceipt/smtp"), confirm.clone())
        .await;
    assert_eq!((status, sent.get("error")), (200, None));
    assert_eq!(
        admin
            .ask("POST", &path("sendreceipt/sms"), json!({}))
            .await
            .0,
        422
    );
    assert_eq!(
        admin
            .ask("POST", &path("sendreceipt/fax"), confirm.clone())
            .await
            .0,
        404
    );
    let nowhere = first(&admin.server, RowKind::Guest, json!({ "email": "" }));
    let path = format!("/api/guest/{}/sendreceipt/smtp", nowhere["id"]);
    let (status, failed) = admin.ask("POST", &path, confirm).await;
    assert_eq!(
        (status, &failed["error"]),
        (200, &json!("The guest has no address"))
    );
    assert_eq!(admin.server.counters().receipts_sent, 1);
}

#[tokio::test(start_paused = true)]
async fn a_sponsor_accepts_or_rejects_who_waits() {
    let admin = admin().await;
    let waiting = json!({ "register_token_confirmed": 0 });
    let found = admin
        .server
        .find_rows(RowKind::Guest, &waiting.to_string(), 0, 2)
        .unwrap();
    for (guest, reject) in found.rows.iter().zip([false, true]) {
        let row = format!("/api/guest/{}", guest["id"]);
        let path = format!("{row}/sponsor");
        let token = &guest["register_token"];
        assert_eq!(guest["current_state"], "pending");
        let wrong = json!({ "token": token, "register_token": "x" });
        let (status, refused) = admin.ask("POST", &path, wrong).await;
        assert_eq!(status, 422);
        assert!(refused["validation_messages"]["register_token"].is_array());

        let mut body = json!({ "token": token, "register_token": token });
        if reject {
            body["register_reject"] = true.into();
        }
        let (status, done) = admin.ask("POST", &path, body.clone()).await;
        assert_eq!(status, 200, "{done}");
        if reject {
            assert_eq!(done["_confirm_reject"], true);
            assert_eq!(admin.ask("GET", &row, Value::Null).await.0, 404);
        } else {
            assert_eq!(done["_confirm_success"], true);
            assert_eq!(admin.get(&row).await["current_state"], "active");
            assert_eq!(admin.ask("POST", &path, body).await.0, 422, "once only");
        }
    }
}
