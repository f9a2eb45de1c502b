//! The calls that need no privilege beyond API access: who am I, what may I do, which version is
//! this; and the revocation that the server may or may not have.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Map, Value, json as value};

use super::{
    accept::check_accept,
    bearer::{Caller, authorize, query_member},
    catalogue,
    params::{Params, ParamsError},
    problem::{Problem, json},
};
use crate::{scenario::parse_version, state::State, switches::Revoke};

/// Answers a call that takes an access token.
pub(crate) fn answer(
    state: &mut State,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    match uri.path() {
        "/api/oauth/me" => state.counters.me += 1,
        "/api/oauth/privileges" => state.counters.privileges += 1,
        _ => state.counters.resources += 1,
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let detail = format!("The {method} method has not been defined for this call");
        return Problem::standard(StatusCode::METHOD_NOT_ALLOWED, detail).into_response();
    }
    let caller = match authorize(state, headers, uri.query()) {
        Ok(caller) => caller,
        Err(response) => return *response,
    };
    if let Err(problem) = check_accept(headers) {
        return problem.into_response();
    }
    let body = match uri.path() {
        "/api/oauth/me" => me(state, &caller),
        "/api/oauth/privileges" => privileges(&caller),
        "/api/oauth/all-privileges" => match query_member(uri.query(), "format").as_deref() {
            None | Some("list") => catalogue::list(),
            Some("tree") => catalogue::tree(),
            Some(other) => {
                let message = format!("{other:?} is not one of list, tree");
                return Problem::invalid(value!({ "format": [message] }));
            }
        },
        "/api/server/version" => server_version(state),
        _ => cppm_version(state),
    };
    json(StatusCode::OK, &body)
}

/// `POST /api/oauth/revoke`, as the upstream library has it, where it is switched on \[L\].
pub(crate) fn revoke(
    state: &mut State,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    state.counters.revocations += 1;
    let refuse =
        |status, detail: &str| Problem::new(status, "invalid_request", detail).into_response();
    if state.switches.revoke == Revoke::Missing {
        return Problem::standard(StatusCode::NOT_FOUND, "Page not found.").into_response();
    }
    if method != Method::POST {
        return refuse(
            405,
            "The request method must be POST when revoking an access token",
        );
    }
    let params = match Params::read(headers, body) {
        Ok(params) => params,
        Err(ParamsError::MalformedJson) => {
            let detail = "JSON decoding error: Syntax error, malformed JSON";
            return Problem::standard(StatusCode::BAD_REQUEST, detail).into_response();
        }
        Err(ParamsError::ContentType) => {
            let detail = "Invalid content-type specified";
            return Problem::standard(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into_response();
        }
    };
    let Some(token) = params.truthy("token") else {
        return refuse(400, "Missing token parameter to revoke");
    };
    let hint = params.truthy("token_type_hint");
    if !matches!(
        hint.as_deref(),
        None | Some("access_token" | "refresh_token")
    ) {
        return refuse(
            400,
            "Token type hint must be either 'access_token' or 'refresh_token'",
        );
    }
    state.tokens.revoke(&token);
    json(StatusCode::OK, &value!({ "revoked": true }))
}

pub(crate) fn me(state: &State, caller: &Caller) -> Value {
    let mut members = Map::new();
    members.insert("info".into(), caller.profile.name.clone().into());
    let name = caller.holder.user.as_ref().unwrap_or(&caller.holder.client);
    members.insert("name".into(), name.clone().into());
    if let Some(user) = state.user(name).filter(|_| caller.holder.user.is_some()) {
        members.extend(user.me.clone());
    }
    members.into()
}

pub(crate) fn privileges(caller: &Caller) -> Value {
    value!({ "privileges": caller.profile.privileges })
}

pub(crate) fn server_version(state: &State) -> Value {
    let server = &state.scenario.server;
    value!({
        "cppm_version": server.version,
        "guest_version": server.guest_version,
        "installed_patches": server.installed_patches,
    })
}

pub(crate) fn cppm_version(state: &State) -> Value {
    let server = &state.scenario.server;
    let [major, minor, release, build] = parse_version(&server.version).unwrap_or_default();
    value!({
        "app_major_version": major,
        "app_minor_version": minor,
        "app_service_release": release,
        "app_build_number": build,
        "hardware_version": server.hardware_version,
        "fips_enabled": false,
        "cc_enabled": false,
        "eval_license": false,
        "cloud_mode": false,
    })
}
