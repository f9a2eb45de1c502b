//! Whole rows: what somebody gives, and for the rest what the server would have.

use serde_json::{Value, json};

use super::{Look, Row, RowKind, mac, member::Form, time};

/// A whole row: what is not given is as the server would have it.
pub(crate) fn complete(kind: RowKind, given: Row, look: Look) -> Row {
    let mut row = match usual(kind, &given, look) {
        Value::Object(row) => row,
        _ => Row::new(),
    };
    row.extend(given);
    row.retain(|name, _| {
        kind.member(name)
            .is_none_or(|member| member.form != Form::Secret)
    });
    row
}

fn usual(kind: RowKind, given: &Row, look: Look) -> Value {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let now = time::text(look.now);
    let shown = time::display(look.now);
    match kind {
        RowKind::Endpoint => json!({
            "mac_address": null, "status": "Known", "attributes": {}, "description": "",
            "device_insight_tags": "", "randomized_mac": mac::is_local(text("mac_address")),
            "added_at": shown, "updated_at": shown, "profile": {},
        }),
        RowKind::Guest => json!({
            "username": null, "enabled": true, "role_id": 2, "role_name": role_name(given, 2),
            "start_time": now, "expire_time": null, "do_expire": 1, "create_time": now,
            "sponsor_name": "", "sponsor_email": "", "sponsor_profile": "", "email": "",
            "visitor_name": "", "visitor_company": "", "visitor_phone": "", "mac": null,
            "notes": "", "simultaneous_use": 1, "register_token": "",
            "register_token_confirmed": i64::from(text("register_token").is_empty()),
        }),
        RowKind::Device => json!({
            "mac": null, "mac_auth": true, "username": text("mac"), "enabled": true, "role_id": 4,
            "role_name": role_name(given, 4), "start_time": now, "expire_time": null,
            "create_time": now, "sponsor_name": "", "sponsor_profile": "", "visitor_name": "",
            "notes": "",
        }),
        RowKind::Session => {
            let over = !text("acctstoptime").is_empty();
            let began = given
                .get("acctstarttime")
                .and_then(time::of)
                .unwrap_or(look.now);
            let end = time::parse(text("acctstoptime")).unwrap_or(look.now);
            let bytes = |name: &str| given.get(name).and_then(Value::as_i64).unwrap_or_default();
            json!({
                "acctsessionid": "", "username": "", "mac_address": null,
                "callingstationid": text("mac_address"), "framedipaddress": "",
                "acctstarttime": now, "acctstoptime": null, "acctsessiontime": end - began,
                "acctterminatecause": "", "acctinputoctets": 0, "acctoutputoctets": 0,
                "total_traffic": bytes("acctinputoctets") + bytes("acctoutputoctets"),
                "state": if over { "closed" } else { "active" }, "ssid": "", "ap_name": "",
                "nas_name": "", "nasipaddress": "", "nasporttype": "", "tipsrole": "",
                "arubauserrole": "", "role_name": "", "visitor_name": "", "visitor_company": "",
                "visitor_phone": "", "sponsor_name": "", "updated_at": now,
            })
        }
    }
}

/// The names of the roles that this server has; the vendor's own three, and one for devices.
fn role_name(given: &Row, usual: i64) -> String {
    let id = given
        .get("role_id")
        .and_then(Value::as_i64)
        .unwrap_or(usual);
    match id {
        1 => "[Contractor]".into(),
        2 => "[Guest]".into(),
        3 => "[Employee]".into(),
        4 => "Registered Device".into(),
        id => format!("Role {id}"),
    }
}
