//! Typed look-ups, and what can be done to what they find.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{collections::HashSet, time::Duration};

use quickaccess::{
    Action, Code, Endpoint, EndpointStatus, ListQuery, MacAddress, Method, NetworkSession,
    NetworkSessionState,
};
use quickaccess_simulator::{Fault, FaultKind, Operation, Row, RowKind, UpdateStatus};
use serde_json::{Value, json};
use support::{
    Phone, Scripted,
    scripted::{is_for, reply},
};

/// The first row of a kind that a filter means.
fn first(phone: &Phone, kind: RowKind, filter: &str) -> Row {
    let found = phone.server.find_rows(kind, filter, 0, 1).unwrap();
    found.rows.into_iter().next().unwrap()
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_found_by_its_number_and_by_its_mac_address_in_any_notation() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let by_id = session.endpoints().by_id(17).await.unwrap();
    let bytes = by_id.mac().unwrap().bytes();
    let joined = |between: &str| bytes.map(|byte| format!("{byte:02X}")).join(between);
    let bare = joined("");
    let dotted = format!("{}.{}.{}", &bare[..4], &bare[4..8], &bare[8..]);
    for typed in [
        joined(":"),
        joined("-"),
        dotted,
        bare.clone(),
        bare.to_lowercase(),
    ] {
        let mac = MacAddress::parse(&typed).unwrap();
        let by_mac = session.endpoints().by_mac(mac).await.unwrap();
        assert_eq!(by_mac, by_id, "{typed}");
    }
    assert!(
        !by_id.profile.is_empty(),
        "the details of its profile are there"
    );
    assert!(by_id.added_at.is_some() && by_id.randomized_mac.is_some());
    assert!(!by_id.other.contains_key("_links"));
    let stranger = MacAddress::new([2, 0, 0xc0, 0xff, 0xee, 1]);
    let error = session.endpoints().by_mac(stranger).await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::NotFound, Action::FixRequest)
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoints_status_is_changed_whether_the_server_answers_with_the_row_or_not() {
    for status in [UpdateStatus::Ok200, UpdateStatus::NoContent204] {
        let phone = Phone::new();
        phone
            .server
            .set_switches(|switches| switches.update_status = status);
        let session = phone.administrator().await;
        for wanted in [
            EndpointStatus::Disabled,
            EndpointStatus::Known,
            EndpointStatus::Unknown,
        ] {
            let changed = session
                .endpoints()
                .set_status(17, wanted.clone())
                .await
                .unwrap();
            assert_eq!((changed.id, &changed.status), (17, &wanted));
            let kept = phone.server.row(RowKind::Endpoint, "17").unwrap();
            assert_eq!(kept["status"], wanted.as_str());
        }
        let odd = EndpointStatus::Other("Lost".to_owned());
        let error = session.endpoints().set_status(17, odd).await.unwrap_err();
        assert_eq!(error.code(), Code::ValidationFailed);
        assert_eq!(error.fields()[0].name, "status");
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_is_found_by_its_number_and_its_mac_address() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let by_id = session.devices().by_id(5).await.unwrap();
    let mac = by_id.mac_address().unwrap();
    assert_eq!(session.devices().by_mac(mac).await.unwrap(), by_id);
    let listed = session.devices().list(ListQuery::new().limit(3));
    assert_eq!(listed.collect(usize::MAX).await.unwrap().len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn active_sessions_are_found_by_user_and_by_mac_address_and_past_ones_are_not() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let sessions = session.network_sessions();
    let open = r#"{"acctstoptime":{"$exists":false}}"#;
    let open = phone
        .server
        .find_rows(RowKind::Session, open, 0, 30_000)
        .unwrap();
    let active = sessions.active().collect(usize::MAX).await.unwrap();
    assert_eq!(active.len() as u64, open.count);
    assert!(active.iter().all(|one| one.acctstoptime.is_none()));
    assert!(
        active
            .iter()
            .any(|one| one.state == NetworkSessionState::Stale)
    );

    for known in open.rows.iter().take(10) {
        let ids = |name: &str| -> HashSet<&str> {
            let same = open.rows.iter().filter(|row| row[name] == known[name]);
            same.map(|row| text(row, "id")).collect()
        };
        let found = |rows: Vec<NetworkSession>| -> HashSet<String> {
            rows.into_iter().map(|one| one.id).collect()
        };
        let by_user = sessions.active_by_user(text(known, "username")).unwrap();
        let by_user = found(by_user.collect(1_000).await.unwrap());
        assert_eq!(
            by_user,
            ids("username").into_iter().map(str::to_owned).collect()
        );
        let mac = text(known, "mac_address").parse().unwrap();
        let by_mac = found(sessions.active_by_mac(mac).collect(1_000).await.unwrap());
        assert_eq!(
            by_mac,
            ids("mac_address").into_iter().map(str::to_owned).collect()
        );
    }
    assert_eq!(
        sessions.active_by_user("").unwrap_err().code(),
        Code::InvalidInput
    );
}

#[tokio::test(start_paused = true)]
async fn a22_a_session_is_ended_once_and_a_second_time_says_why_not() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let sessions = session.network_sessions();
    let id = text(
        &first(&phone, RowKind::Session, r#"{"state":"active"}"#),
        "id",
    )
    .to_owned();
    sessions.reauthorize(&id).await.unwrap();
    sessions.disconnect(&id).await.unwrap();
    let over = sessions.by_id(&id).await.unwrap();
    assert_eq!(over.state, NetworkSessionState::Closed);
    assert!(over.acctstoptime.is_some() && over.acctsessiontime.is_some());
    for error in [
        sessions.disconnect(&id).await.unwrap_err(),
        sessions.reauthorize(&id).await.unwrap_err(),
    ] {
        assert_eq!(
            (error.code(), error.status()),
            (Code::ActionFailed, Some(200))
        );
        assert!(error.message().contains("not active"), "{error}");
    }
    assert_eq!(phone.server.counters().session_actions, 2);
    let error = sessions.disconnect("no such id").await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert_eq!(
        sessions.by_id("..").await.unwrap_err().code(),
        Code::InvalidInput
    );
}

#[tokio::test(start_paused = true)]
async fn insight_tells_who_is_online() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let known = first(&phone, RowKind::Session, r#"{"state":"active"}"#);
    let mac: MacAddress = text(&known, "mac_address").parse().unwrap();
    let online = session.insight().by_mac(mac).await.unwrap();
    assert_eq!(online.is_online, Some(true));
    assert_eq!(online.ip.as_deref(), Some(text(&known, "framedipaddress")));
    session
        .network_sessions()
        .disconnect(text(&known, "id"))
        .await
        .unwrap();
    let still = session
        .network_sessions()
        .active_by_mac(mac)
        .collect(1)
        .await
        .unwrap();
    let offline = session.insight().by_mac(mac).await.unwrap();
    assert_eq!(offline.is_online, Some(!still.is_empty()));
    let stranger = MacAddress::new([2, 0, 0xc0, 0xff, 0xee, 1]);
    assert_eq!(
        session.insight().by_mac(stranger).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test(start_paused = true)]
async fn a20_what_a_profile_does_not_allow_is_told_and_signs_nobody_out() {
    let phone = Phone::new();
    // The help desk reads endpoints and sessions and changes guests and devices.
    let session = phone.signed_in().await;
    assert_eq!(session.endpoints().by_id(1).await.unwrap().id, 1);
    let known = EndpointStatus::Known;
    let error = session.endpoints().set_status(1, known).await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::NotPermitted, Action::NotPermitted)
    );
    assert!(error.message().contains("PATCH endpoint"), "{error}");
    let active = first(&phone, RowKind::Session, r#"{"state":"active"}"#);
    let ended = session.network_sessions().disconnect(text(&active, "id"));
    assert_eq!(ended.await.unwrap_err().code(), Code::NotPermitted);
    session.whoami().await.unwrap();
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
}

#[tokio::test(start_paused = true)]
async fn a_row_is_open_to_members_and_forms_that_nobody_has_told_of() {
    let phone = Phone::new();
    let answer = json!({
        "id": "7", "mac_address": "AA-BB-CC-00-11-22", "status": "Quarantined",
        "attributes": [], "randomized_mac": 1, "description": { "odd": true },
        "device_insight_tags": "x", "new_member": [1], "_links": { "self": "x" },
    });
    let script = Scripted::new(&phone.network, move |request| {
        is_for(request, "endpoint/7").then(|| reply(200, &answer.to_string()))
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    let endpoint = session.endpoints().by_id(7).await.unwrap();
    assert_eq!((endpoint.id, endpoint.randomized_mac), (7, Some(true)));
    assert_eq!(endpoint.mac().unwrap().to_string(), "aa:bb:cc:00:11:22");
    assert_eq!(
        endpoint.status,
        EndpointStatus::Other("Quarantined".to_owned())
    );
    assert_eq!(endpoint.description, None);
    let other = Value::Object(endpoint.other.clone());
    let left = json!({
        "description": { "odd": true }, "device_insight_tags": "x", "new_member": [1],
    });
    assert_eq!(other, left);
    // It can be written down and read again.
    let written = serde_json::to_string(&endpoint.status).unwrap();
    assert_eq!(written, "\"Quarantined\"");
    let without = json!({ "mac_address": "x" });
    assert!(
        serde_json::from_value::<Endpoint>(without).is_err(),
        "no id, no endpoint"
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_done_and_could_not_be_read_back_may_have_acted() {
    let phone = Phone::new();
    phone
        .server
        .set_switches(|switches| switches.update_status = UpdateStatus::NoContent204);
    let session = phone.administrator().await;
    let broken = Fault::new(Operation::Resource, FaultKind::DropBefore).after(1);
    phone.server.fault(broken);
    let disabled = EndpointStatus::Disabled;
    let error = session
        .endpoints()
        .set_status(17, disabled)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error.action(),
            Action::Retry {
                may_have_acted: true,
                ..
            }
        ),
        "{error:?}"
    );
    let kept = phone.server.row(RowKind::Endpoint, "17").unwrap();
    assert_eq!(kept["status"], "Disabled");
    phone.pass(Duration::from_secs(1)).await;
    let error = session
        .request(Method::GET, "endpoint/17")
        .done()
        .await
        .unwrap_err();
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
}
