//! `GET /api/insight/endpoint/…`: what is known of an endpoint right now. These answers have no
//! links \[V\].

use std::net::IpAddr;

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answered, Ask, not_found};
use crate::{
    api::problem,
    rows::{Row, RowKind, change::Messages, table::Id, view::View},
    state::State,
};

/// By MAC address.
pub(super) fn by_mac(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (_, endpoint) = ask.row(state)?;
    Ok(problem::json(StatusCode::OK, &about(state, ask, &endpoint)))
}

/// By IP address: the endpoint that has it now, or else one that was seen with it.
pub(super) fn by_ip(state: &mut State, ask: &Ask<'_>) -> Answered {
    let ip = ask.part("ip").unwrap_or_default();
    if ip.parse::<IpAddr>().is_err() {
        let mut messages = Messages::default();
        messages.wrong("ip", "must be an IP address");
        return Err(messages.into());
    }
    let endpoint = having(state, ask, ip).ok_or_else(not_found)?;
    Ok(problem::json(StatusCode::OK, &about(state, ask, &endpoint)))
}

fn having(state: &State, ask: &Ask<'_>, ip: &str) -> Option<Row> {
    let endpoints = state.rows.table(RowKind::Endpoint);
    let active = session(state, ask, "framedipaddress", &ip.into());
    let mac = active
        .as_ref()
        .and_then(|session| session.get("mac_address")?.as_str());
    let id = mac
        .and_then(|mac| endpoints.find(ask.look, mac))
        .or_else(|| {
            let slots = endpoints.all(ask.look);
            let mut seen = slots.iter().filter(|slot| {
                let profile = endpoints.view(ask.look, slot).member("profile");
                profile["ipv4_address"] == ip
            });
            seen.next().map(|slot| endpoints.id(ask.look, slot))
        });
    endpoints.row(ask.look, &id?)
}

/// The newest active session with this member.
fn session(state: &State, ask: &Ask<'_>, member: &str, value: &Value) -> Option<Row> {
    let meant = |session: &View<'_>| session.member(member) == *value;
    let ids: Vec<Id> = state.rows.active_sessions(ask.look, meant);
    state
        .rows
        .table(RowKind::Session)
        .row(ask.look, ids.first()?)
}

fn about(state: &State, ask: &Ask<'_>, endpoint: &Row) -> Value {
    let mac = endpoint.get("mac_address").cloned().unwrap_or_default();
    let session = session(state, ask, "mac_address", &mac);
    let profile = |name: &str| {
        endpoint
            .get("profile")
            .map_or(Value::Null, |all| all[name].clone())
    };
    let now = |name: &str| {
        let member = session.as_ref().and_then(|session| session.get(name));
        member.cloned().unwrap_or_else(|| "".into())
    };
    let (ip, roles) = match &session {
        Some(_) => (now("framedipaddress"), json!([now("tipsrole")])),
        None => (profile("ipv4_address"), json!([])),
    };
    json!({
        "mac": mac,
        "ip": ip,
        "ipv6": [],
        "is_online": session.is_some(),
        "user": now("username"),
        "hostname": profile("host_name"),
        "domain": "",
        "roles": roles,
        "spt": "UNKNOWN",
        "aruba_user_role": now("arubauserrole"),
        "aruba_user_vlan": "",
        "device_category": profile("device_category"),
        "device_family": profile("device_os_family"),
        "device_name": profile("device_name"),
        "is_conflict": false,
        "other_category": "",
        "other_family": "",
        "other_name": "",
        "updated_at": endpoint.get("updated_at"),
    })
}
