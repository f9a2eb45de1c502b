//! What is done to sessions. A failure is answered with 200, and tells by `error` alone \[V\].

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::{Answered, Ask};
use crate::{
    api::problem,
    rows::{RowKind, change::Messages, mac, time},
    state::State,
};

/// `POST /api/session/{id}/disconnect`
pub(super) fn disconnect(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (id, _) = ask.row(state)?;
    let body = ask.checked()?;
    if body["id"] != id.value() {
        let mut messages = Messages::default();
        messages.wrong("id", "must be the one in the path");
        return Err(messages.into());
    }
    let done = state.rows.end_session(ask.look, &id);
    state.counters.session_actions += u64::from(done);
    Ok(outcome(done))
}

/// `POST /api/session/{id}/reauthorize`
pub(super) fn reauthorize(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (_, row) = ask.row(state)?;
    ask.checked()?;
    let done = row.get("state").is_some_and(|state| state == "active");
    state.counters.session_actions += u64::from(done);
    Ok(outcome(done))
}

fn outcome(done: bool) -> Response {
    let body = match done {
        true => json!({ "error": 0, "message": "Success" }),
        false => json!({ "error": 1, "message": "The session is not active" }),
    };
    problem::json(StatusCode::OK, &body)
}

/// `POST /api/session-action/…`: all active sessions with a MAC address, a user name or an IP
/// address. The answer has the two members of the other actions and those of the vendor's
/// OpenAPI document \[V\].
pub(super) fn bulk(state: &mut State, ask: &Ask<'_>) -> Answered {
    let later = ask.flag("async")?;
    let (part, value) = &ask.parts[0];
    let (member, value) = match *part {
        "mac" => {
            let mac = mac::parse(value).ok_or_else(|| {
                let mut messages = Messages::default();
                messages.wrong("mac_address", "must be a MAC address");
                messages
            })?;
            ("mac_address", mac)
        }
        "ip" => ("framedipaddress", value.clone()),
        _ => ("username", value.clone()),
    };
    let sessions = state
        .rows
        .active_sessions(ask.look, |session| session.member(member) == value.as_str());
    let ends = ask.call.path.contains("/disconnect/");
    for session in &sessions {
        match ends {
            true => {
                state.rows.end_session(ask.look, session);
            }
            false => touch(state, ask, session),
        }
    }
    let done = sessions.len() as u64;
    state.counters.session_actions += done;
    let body = json!({
        "error": i32::from(done == 0),
        "message": if done == 0 { "There is no active session" } else { "Success" },
        "action_id": format!("{:016x}", state.counters.session_actions),
        "status": if done == 0 { "failed" } else { "complete" },
        "count": done,
        "count_success": done,
        "count_failed": 0,
        "count_queue": 0,
    });
    let status = match later {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok(problem::json(status, &body))
}

/// A session that was authorized anew was heard of now.
fn touch(state: &mut State, ask: &Ask<'_>, id: &crate::rows::table::Id) {
    let table = state.rows.table_mut(RowKind::Session);
    if let Some(mut row) = table.row(ask.look, id) {
        row.insert("updated_at".into(), time::text(ask.look.now).into());
        table.put(ask.look, id, row);
    }
}
