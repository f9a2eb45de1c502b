//! Rows one by one: read, create, change, replace and delete.

use axum::{body::Body, response::Response};
use http::StatusCode;

use super::{Answered, Ask, not_found};
use crate::{
    api::problem,
    rows::{Row, RowKind, account::Account},
    state::State,
    switches::UpdateStatus,
};

/// `GET` of a row.
pub(super) fn read(state: &mut State, ask: &Ask<'_>) -> Answered {
    let profile = ask.flag("profile_details")?;
    let (_, row) = ask.row(state)?;
    Ok(item(ask, StatusCode::OK, row, profile))
}

/// `POST` to a collection.
pub(super) fn create(state: &mut State, ask: &Ask<'_>) -> Answered {
    let authorize_anew = ask.flag("change_of_authorization")?;
    let row = state
        .rows
        .create(ask.kind(), &ask.body, ask.look, ask.by())?;
    state.counters.rows_changed += 1;
    if authorize_anew {
        change_authorization(state, ask, &row, false);
    }
    Ok(item(ask, StatusCode::CREATED, row, false))
}

/// `PATCH` of a row.
pub(super) fn update(state: &mut State, ask: &Ask<'_>) -> Answered {
    change(state, ask, false)
}

/// `PUT` of a row.
pub(super) fn replace(state: &mut State, ask: &Ask<'_>) -> Answered {
    change(state, ask, true)
}

fn change(state: &mut State, ask: &Ask<'_>, replace: bool) -> Answered {
    let authorize_anew = ask.flag("change_of_authorization")?;
    let (id, old) = ask.row(state)?;
    let rows = &mut state.rows;
    let row = rows
        .change(ask.kind(), &id, &ask.body, replace, ask.look, ask.by())?
        .ok_or_else(not_found)?;
    state.counters.rows_changed += 1;
    if authorize_anew {
        let over = Account::of(&row).state(ask.look.now) != "active";
        change_authorization(state, ask, &old, over);
    }
    match state.switches.update_status {
        UpdateStatus::Ok200 => Ok(item(ask, StatusCode::OK, row, false)),
        UpdateStatus::NoContent204 => Ok(no_content()),
    }
}

/// `DELETE` of a row.
pub(super) fn delete(state: &mut State, ask: &Ask<'_>) -> Answered {
    let authorize_anew = ask.flag("change_of_authorization")?;
    let (id, old) = ask.row(state)?;
    state.rows.table_mut(ask.kind()).remove(ask.look, &id);
    state.counters.rows_changed += 1;
    if authorize_anew {
        change_authorization(state, ask, &old, true);
    }
    Ok(no_content())
}

/// What `change_of_authorization` does to the active sessions of an account: they go on with what
/// the account may do now, or end if it may do nothing any more \[I\].
fn change_authorization(state: &mut State, ask: &Ask<'_>, account: &Row, over: bool) {
    let Some(name) = account.get("username") else {
        return;
    };
    let sessions = state
        .rows
        .active_sessions(ask.look, |session| session.member("username") == *name);
    state.counters.session_actions += sessions.len() as u64;
    for session in sessions.iter().filter(|_| over) {
        state.rows.end_session(ask.look, session);
    }
}

fn item(ask: &Ask<'_>, status: StatusCode, row: Row, profile: bool) -> Response {
    let row = shown(ask.kind(), row, profile);
    problem::json(status, &ask.links.with_self(ask.call.collection(), row))
}

/// A row as it is answered: an endpoint's profile only where it is asked for \[V\].
pub(super) fn shown(kind: RowKind, mut row: Row, profile: bool) -> Row {
    if kind == RowKind::Endpoint && !profile {
        row.shift_remove("profile");
    }
    row
}

fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
