//! What is done with guests besides changing them: receipts, passes and the sponsor's word.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{Answered, Ask, Refused, not_found, pass};
use crate::{
    api::problem,
    rows::{
        Row, RowKind,
        account::Account,
        change::{By, Messages},
    },
    state::State,
};

/// `GET /api/guest/{id}/receipt/{template}`. What is in `guest_receipt` is ours \[U\].
pub(super) fn receipt(state: &mut State, ask: &Ask<'_>) -> Answered {
    let template = template(ask)?;
    let (_, guest) = ask.row(state)?;
    let mut receipt = json!({ "template": template });
    for name in RECEIPT {
        receipt[*name] = guest.get(*name).cloned().unwrap_or_default();
    }
    let body = json!({ "guest_receipt": receipt });
    Ok(problem::json(StatusCode::OK, &body))
}

const RECEIPT: &[&str] = &[
    "username",
    "visitor_name",
    "visitor_company",
    "role_name",
    "start_time",
    "expire_time",
    "sponsor_name",
];

/// `GET /api/guest/{id}/pass/{template}`: a pass for a phone's wallet, without a signature.
pub(super) fn digital_pass(state: &mut State, ask: &Ask<'_>) -> Answered {
    template(ask)?;
    let (_, guest) = ask.row(state)?;
    let mut response = Response::new(Body::from(pass::of(&guest)));
    let media = HeaderValue::from_static(pass::MEDIA);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    Ok(response)
}

/// Every template has a number \[V\]; this server has one for each.
fn template(ask: &Ask<'_>) -> Result<u32, Refused> {
    let template = ask.part("template").and_then(|text| text.parse().ok());
    template.filter(|number| *number > 0).ok_or_else(not_found)
}

/// `POST /api/guest/{id}/sendreceipt/{sms|smtp}`. `error` is a text here, and there only if
/// something went wrong \[V\].
pub(super) fn send_receipt(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (_, guest) = ask.row(state)?;
    ask.checked()?;
    let (member, what) = match ask.call.path.ends_with("/sms") {
        true => ("visitor_phone", "telephone number"),
        false => ("email", "address"),
    };
    let to = guest
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default();
    let body = match to.is_empty() {
        true => json!({ "error": format!("The guest has no {what}") }),
        false => {
            state.counters.receipts_sent += 1;
            json!({ "message": format!("The receipt was sent to {to}") })
        }
    };
    Ok(problem::json(StatusCode::OK, &body))
}

/// `POST /api/guest/{id}/sponsor`: accepts or rejects a guest who waits for it. The token stands
/// in the mail to the sponsor, and in the guest's `register_token`. A rejected account is deleted
/// \[V\].
pub(super) fn sponsor(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (id, guest) = ask.row(state)?;
    let body = ask.checked()?;
    let mut messages = Messages::default();
    if !Account::of(&guest).waits {
        messages.wrong(
            "register_token",
            "belongs to a guest who waits for no sponsor",
        );
        return Err(messages.into());
    }
    for name in ["token", "register_token"] {
        if body.get(name) != guest.get("register_token") {
            messages.wrong(name, "is not this guest's");
        }
    }
    if !messages.none() {
        return Err(messages.into());
    }
    state.counters.rows_changed += 1;
    if body.get("register_reject") == Some(&Value::Bool(true)) {
        state.rows.table_mut(RowKind::Guest).remove(ask.look, &id);
        let body = json!({ "_confirm_reject": true, "message": "The account was deleted" });
        return Ok(problem::json(StatusCode::OK, &body));
    }
    let mut change = Row::new();
    change.insert("enabled".into(), true.into());
    change.insert("register_token_confirmed".into(), 1.into());
    if let Some(role) = body.get("role_id") {
        change.insert("role_id".into(), role.clone());
    }
    let (rows, look) = (&mut state.rows, ask.look);
    let user = rows.change(RowKind::Guest, &id, &change, false, look, By::Server)?;
    let body = json!({
        "_confirm_success": true,
        "message": "The account was enabled",
        "user": user,
    });
    Ok(problem::json(StatusCode::OK, &body))
}
