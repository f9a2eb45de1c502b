//! Guests: found, made, extended, switched off, sent a receipt.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{
    AccountState, Code, NetworkSession, NetworkSessionState, NewGuest, QuickAccess, ReceiptBy,
};
use quickaccess_simulator::{Row, RowKind, UpdateStatus};
use serde_json::{Value, json};
use support::{
    Phone, START, Scripted,
    scripted::{is_for, reply},
};

fn row(value: &Value) -> Row {
    value.as_object().unwrap().clone()
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_found_by_name_and_a_name_is_no_path() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let found = phone.server.find_rows(RowKind::Guest, "{}", 0, 1).unwrap();
    let known = &found.rows[0];
    let guest = session
        .guests()
        .by_name(text(known, "username"))
        .await
        .unwrap();
    assert_eq!(Value::from(guest.id), known["id"]);
    assert_eq!(guest.role_name.as_deref(), Some(text(known, "role_name")));
    assert_eq!(session.guests().by_id(guest.id).await.unwrap(), guest);

    let odd = "a/b?c=d#e%2f é@example.org";
    let added = json!({ "username": odd, "role_id": 2, "password": "x" });
    phone.server.add_row(RowKind::Guest, &row(&added)).unwrap();
    assert_eq!(session.guests().by_name(odd).await.unwrap().username, odd);
    for (name, code) in [
        ("nobody", Code::NotFound),
        ("../../oauth/me", Code::NotFound),
        ("..", Code::InvalidInput),
        ("", Code::InvalidInput),
    ] {
        let error = session.guests().by_name(name).await.unwrap_err();
        assert_eq!(error.code(), code, "{name:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_made_extended_switched_off_and_sent_a_receipt() {
    for status in [UpdateStatus::Ok200, UpdateStatus::NoContent204] {
        let phone = Phone::new();
        phone
            .server
            .set_switches(|switches| switches.update_status = status);
        let session = phone.administrator().await;
        let guests = session.guests();
        let now = START / 1_000;
        let new = NewGuest::new("ada", "s3cret-guest", 2)
            .visitor_name("Ada Alder")
            .email("ada@example.org")
            .expire_time(now + 3_600);
        let made = guests.create(&new).await.unwrap();
        assert_eq!((made.username.as_str(), made.enabled), ("ada", Some(true)));
        assert_eq!(made.visitor_name.as_deref(), Some("Ada Alder"));
        assert!(!format!("{new:?} {made:?}").contains("s3cret-guest"));

        let extended = guests.extend(made.id, now + 7_200).await.unwrap();
        assert_ne!(extended.expire_time, made.expire_time);
        let off = guests.disable(made.id, false).await.unwrap();
        assert_eq!(
            (off.enabled, &off.current_state),
            (Some(false), &AccountState::Disabled)
        );
        assert_eq!(guests.enable(made.id).await.unwrap().enabled, Some(true));

        guests
            .send_receipt(made.id, ReceiptBy::Email)
            .await
            .unwrap();
        assert_eq!(phone.server.counters().receipts_sent, 1);
        let error = guests
            .send_receipt(made.id, ReceiptBy::Sms)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            (Code::ActionFailed, Some(200))
        );
        assert!(error.message().contains("telephone number"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_expiry_is_the_very_second_that_was_meant() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let new = NewGuest::new("ada", "x", 2)
        .start_time(1_793_000_400)
        .expire_time(1_924_992_000);
    let made = session.guests().create(&new).await.unwrap();
    assert_eq!(made.start_time.as_deref(), Some("2026-10-26T07:40:00Z"));
    assert_eq!(made.expire_time.as_deref(), Some("2031-01-01T00:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn a29_a_guests_password_is_in_no_error_although_the_server_repeats_it() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        is_for(request, "guest").then(|| {
            let sent: Value = serde_json::from_slice(request.body.as_ref()?.expose()).ok()?;
            let password = sent["password"].as_str()?;
            let body = json!({
                "validation_messages": { "password": [format!("{password} is weak"), "weak"] },
                "title": "Unprocessable Entity", "status": 422, "detail": format!("{password}!"),
            });
            Some(reply(422, &body.to_string()))
        })?
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("api-admin", "abc123").await.unwrap();
    let new = NewGuest::new("ada", "pl\"ant\\ed", 2).member("password", "not this way");
    let error = session.guests().create(&new).await.unwrap_err();
    assert_eq!(error.code(), Code::ValidationFailed);
    assert_eq!(error.fields()[0].messages, ["weak"]);
    let printed = format!("{error} {error:?} {:?} {new:?}", error.fields());
    assert!(
        !printed.contains("ant\\ed") && !printed.contains("ant\\\\ed"),
        "{printed}"
    );
}

#[tokio::test(start_paused = true)]
async fn switching_a_guest_off_ends_its_sessions_only_if_wanted() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let (guest, sessions) = an_active_guest(&phone, &session).await;
    session.guests().disable(guest, false).await.unwrap();
    let still = phone.server.row(RowKind::Session, &sessions[0]).unwrap();
    assert_eq!(still["state"], "active");
    session.guests().enable(guest).await.unwrap();
    session.guests().disable(guest, true).await.unwrap();
    for id in sessions {
        let over = phone.server.row(RowKind::Session, &id).unwrap();
        assert_eq!(over["state"], "closed");
    }
}

/// A guest with active sessions, and their ids.
async fn an_active_guest(phone: &Phone, session: &QuickAccess) -> (u64, Vec<String>) {
    let filter = r#"{"state":"active"}"#;
    let active = phone
        .server
        .find_rows(RowKind::Session, filter, 0, 1_000)
        .unwrap();
    for row in active.rows {
        let name = text(&row, "username").to_owned();
        if let Ok(guest) = session.guests().by_name(&name).await {
            let rows = session.network_sessions().active_by_user(&name).unwrap();
            let rows = rows.collect(1_000).await.unwrap();
            let goes_on = |one: &NetworkSession| one.state == NetworkSessionState::Active;
            let ids = rows.into_iter().filter(goes_on).map(|one| one.id);
            return (guest.id, ids.collect());
        }
    }
    panic!("no guest has an active session")
}
