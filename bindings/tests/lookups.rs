//! Typed look-ups of the binding, and what can be done to what they find.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use quickaccess_ffi::{
    AccountState, EndpointStatus, ListQuery, Member, NetworkSessionState, NewGuest,
    QuickAccessError, ReceiptBy, read_mac_address,
};
use quickaccess_simulator::RowKind;
use support::{Server, wait};

const STRANGER: &str = "02-00-c0-ff-ee-01";

fn query(limit: u32) -> ListQuery {
    ListQuery {
        filter: None,
        sort: None,
        offset: 0,
        limit: Some(limit),
        count: true,
    }
}

fn code<T: std::fmt::Debug>(done: Result<T, QuickAccessError>) -> String {
    done.unwrap_err().why().code.clone()
}

#[test]
fn a_mac_address_is_read_in_any_notation() {
    for typed in ["00-00-5E-00-53-AF", "0000.5e00.53af", " 00005e0053af "] {
        let mac = read_mac_address(typed.to_owned()).unwrap();
        assert_eq!(mac.text, "00:00:5e:00:53:af");
        assert_eq!(
            (mac.bare.as_str(), mac.is_randomized),
            ("00005e0053af", false)
        );
    }
    assert!(read_mac_address(STRANGER.to_owned()).unwrap().is_randomized);
    assert_eq!(
        code(read_mac_address("printer".to_owned())),
        "invalid_input"
    );
}

#[test]
fn an_endpoint_is_found_changed_and_listed() {
    let server = Server::start();
    let endpoints = server.administrator().endpoints();
    let by_id = wait(endpoints.by_id(17)).unwrap();
    assert_eq!(by_id.id, 17);
    assert!(!by_id.profile.is_empty());
    let by_mac = wait(endpoints.by_mac(by_id.mac_address.to_uppercase())).unwrap();
    assert_eq!(by_mac, by_id);
    assert_eq!(format!("{by_id:?}"), "Endpoint { id: 17, .. }");
    for wanted in [EndpointStatus::Disabled, EndpointStatus::Known] {
        let changed = wait(endpoints.set_status(17, wanted.clone())).unwrap();
        assert_eq!(changed.status, wanted);
    }
    let word = "Lost".to_owned();
    let odd = endpoints.set_status(17, EndpointStatus::Other { word });
    assert_eq!(code(wait(odd)), "validation_failed");
    assert_eq!(
        code(wait(endpoints.by_mac(STRANGER.to_owned()))),
        "not_found"
    );
    assert_eq!(
        code(wait(endpoints.by_mac("x".to_owned()))),
        "invalid_input"
    );

    let rows = endpoints.list(query(1_000)).unwrap();
    assert_eq!(wait(rows.total()), None, "nothing has been asked yet");
    let mut all = 0;
    while let Some(page) = wait(rows.next_page()).unwrap() {
        assert!(page.len() <= 1_000);
        all += page.len();
    }
    assert_eq!(wait(rows.total()), Some(all as u64));
    assert_eq!(all, 5_000);
}

#[test]
fn a_device_is_found_and_listed() {
    let server = Server::start();
    let devices = server.administrator().devices();
    let by_id = wait(devices.by_id(5)).unwrap();
    assert_eq!(
        wait(devices.by_mac(by_id.mac.clone().unwrap())).unwrap(),
        by_id
    );
    let rows = devices.list(query(100)).unwrap();
    let first = wait(rows.next_page()).unwrap().unwrap();
    assert_eq!((first.len(), wait(rows.total())), (100, Some(1_000)));
}

#[test]
fn a_guest_is_made_looked_up_extended_and_switched_off() {
    let server = Server::start();
    let guests = server.signed_in().guests();
    let guest = NewGuest {
        username: "ada@example.com".to_owned(),
        role_id: 2,
        visitor_name: Some("Ada".to_owned()),
        visitor_company: None,
        visitor_phone: Some("+44 20 7946 0000".to_owned()),
        email: Some("ada@example.com".to_owned()),
        start_time: None,
        expire_time: Some(UNIX_EPOCH + Duration::from_secs(4_000_000_000)),
        notes: None,
        other: vec![Member {
            name: "custom_field".to_owned(),
            value: "x".to_owned(),
        }],
    };
    let made = wait(guests.create(guest.clone(), b"hunter2".to_vec())).unwrap();
    assert_eq!(made.visitor_name.as_deref(), Some("Ada"));
    assert!(made.other.iter().any(|member| member.value == "x"));
    let printed = format!("{made:?} {guest:?} {guests:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    assert_eq!(
        wait(guests.by_name(made.username.clone())).unwrap().id,
        made.id
    );
    assert_eq!(wait(guests.by_id(made.id)).unwrap().id, made.id);
    let taken = wait(guests.create(guest.clone(), b"hunter2".to_vec())).unwrap_err();
    assert_eq!(taken.why().code, "validation_failed");
    assert!(!format!("{taken:?}").contains("hunter2"));
    let no_text = wait(guests.create(guest, vec![0xff]));
    assert_eq!(code(no_text), "invalid_input");

    let until = UNIX_EPOCH + Duration::from_secs(4_100_000_000);
    let extended = wait(guests.extend(made.id, until)).unwrap();
    assert_ne!(extended.expire_time, made.expire_time);
    let before = UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(code(wait(guests.extend(made.id, before))), "invalid_input");
    let off = wait(guests.disable(made.id, true)).unwrap();
    assert_eq!(off.current_state, AccountState::Disabled);
    assert_eq!(wait(guests.enable(made.id)).unwrap().enabled, Some(true));
    wait(guests.send_receipt(made.id, ReceiptBy::Email)).unwrap();
    wait(guests.send_receipt(made.id, ReceiptBy::Sms)).unwrap();
    assert_eq!(
        code(wait(guests.send_receipt(0, ReceiptBy::Sms))),
        "not_found"
    );

    let rows = guests.list(query(10)).unwrap();
    assert_eq!(wait(rows.next_page()).unwrap().unwrap().len(), 10);
    assert_eq!(wait(rows.total()), Some(3_001));
}

#[test]
fn sessions_on_the_network_are_found_and_ended() {
    let server = Server::start();
    let session = server.administrator();
    let sessions = Arc::clone(&session).network_sessions();
    let open = r#"{"acctstoptime":{"$exists":false}}"#;
    let open = server
        .simulator
        .find_rows(RowKind::Session, open, 0, 1)
        .unwrap();
    let known = r#"{"state":"active"}"#;
    let known = server
        .simulator
        .find_rows(RowKind::Session, known, 0, 1)
        .unwrap();
    let known = &known.rows[0];
    let text = |name: &str| known[name].as_str().unwrap().to_owned();
    let (id, mac) = (text("id"), text("mac_address"));

    let by_id = wait(sessions.by_id(id.clone())).unwrap();
    assert_eq!(by_id.mac, Some(read_mac_address(mac.clone()).unwrap().text));
    let online = wait(session.online_status(mac.clone())).unwrap();
    assert_eq!(online.is_online, Some(true));
    let mut active = 0;
    let rows = sessions.active();
    while let Some(page) = wait(rows.next_page()).unwrap() {
        active += page.len() as u64;
    }
    assert_eq!((active, wait(rows.total())), (open.count, None));
    for rows in [
        sessions.active_by_user(text("username")).unwrap(),
        sessions.active_by_mac(mac).unwrap(),
        sessions.list(query(1_000)).unwrap(),
    ] {
        let found = wait(rows.next_page()).unwrap().unwrap();
        assert!(!found.is_empty());
    }
    assert_eq!(
        code(sessions.active_by_user(String::new())),
        "invalid_input"
    );
    assert_eq!(
        code(sessions.active_by_mac("x".to_owned())),
        "invalid_input"
    );
    assert_eq!(
        code(wait(session.online_status(STRANGER.to_owned()))),
        "not_found"
    );

    wait(sessions.reauthorize(id.clone())).unwrap();
    wait(sessions.disconnect(id.clone())).unwrap();
    let over = wait(sessions.by_id(id.clone())).unwrap();
    assert_eq!(over.state, NetworkSessionState::Closed);
    assert_eq!(code(wait(sessions.disconnect(id))), "action_failed");
}
