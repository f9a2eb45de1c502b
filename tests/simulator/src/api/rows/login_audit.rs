//! `GET /api/login-audit/{name}`: when a local user last signed in, and what failed since, as
//! Access Tracker has it. The members are the vendor's \[V\], what is in them is ours \[U\].

use http::StatusCode;
use serde_json::json;

use super::{Answered, Ask, not_found};
use crate::{
    api::problem,
    state::State,
    tracker::{AccessResult, AccessRow},
};

pub(super) fn read(state: &mut State, ask: &Ask<'_>) -> Answered {
    let name = ask.part("name").unwrap_or_default();
    if state.user(name).is_none() {
        return Err(not_found());
    }
    let is_sign_in = |row: &&AccessRow| {
        row.user.as_deref() == Some(name) && row.grant.as_deref() == Some("password")
    };
    let newest_first = || state.tracker.rows().rev().filter(is_sign_in);
    let accepted = newest_first().find(|row| row.result == AccessResult::Accept);
    let since: Vec<&AccessRow> = newest_first()
        .take_while(|row| row.result != AccessResult::Accept)
        .filter(|row| row.result == AccessResult::Reject)
        .collect();
    let at = |row: &AccessRow| json!({ "timestamp": row.time, "source_ip": row.source_ip });
    let mut failed = since.first().map_or_else(|| json!({}), |row| at(row));
    failed["count"] = since.len().into();
    let body = json!({
        "timestamp": state.timestamp(),
        "username": name,
        "last_successful_login": accepted.map_or_else(|| json!({}), at),
        "last_failure_login": failed,
    });
    Ok(problem::json(StatusCode::OK, &body))
}
