//! Access tokens on API calls: who is calling, or the answer for a token that is dead.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{params::form_decode, problem::Problem};
use crate::{
    scenario::OperatorProfile,
    state::State,
    switches::DeadTokenStatus,
    tokens::{Fate, Holder},
};

/// Whom a live access token speaks for.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) holder: Holder,
    pub(crate) profile: OperatorProfile,
}

/// Looks at the token. Without one, or with a malformed header, the caller is a guest, and guests
/// are forbidden everything \[L\].
pub(crate) fn authorize(
    state: &mut State,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Caller, Box<Response>> {
    let sent = match (from_header(headers), from_query(query)) {
        (Some(_), Some(_)) => {
            let detail =
                "Only one method may be used to authenticate at a time (Auth header, GET or POST)";
            return Err(Box::new(
                Problem::new(400, "invalid_request", detail).into_response(),
            ));
        }
        (Some(sent), None) | (None, Some(sent)) => sent,
        (None, None) => return Err(forbidden()),
    };
    let holder = match state.tokens.access(&sent) {
        Some(token) if token.fate == Fate::Live && state.now() < token.expires => {
            token.holder.clone()
        }
        Some(token) if token.fate == Fate::Live => return Err(dead(state, "has expired")),
        _ => return Err(dead(state, "is invalid")),
    };
    let profile = match &holder.user {
        Some(user) => state
            .user(user)
            .and_then(|user| user.operator_profile.as_deref()),
        None => state
            .client(&holder.client)
            .and_then(|client| client.operator_profile.as_deref()),
    };
    match profile.and_then(|name| state.profile(name)) {
        Some(profile) if profile.api_access => Ok(Caller {
            holder,
            profile: profile.clone(),
        }),
        _ => Err(not_permitted(state)),
    }
}

/// The answer for a live token that is not allowed this.
pub(crate) fn not_permitted(state: &mut State) -> Box<Response> {
    state.counters.forbidden += 1;
    forbidden()
}

fn forbidden() -> Box<Response> {
    Box::new(Problem::forbidden().into_response())
}

fn dead(state: &mut State, how: &str) -> Box<Response> {
    state.counters.rejected_tokens += 1;
    match state.switches.dead_token_status {
        DeadTokenStatus::Forbidden403 => forbidden(),
        DeadTokenStatus::Unauthorized401 => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            let challenge = format!(
                "Bearer realm=\"Service\", error=\"invalid_token\", error_description=\"The access token provided {how}\""
            );
            let headers = response.headers_mut();
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Box::new(response)
        }
    }
}

fn from_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

fn from_query(query: Option<&str>) -> Option<String> {
    query_member(query, "access_token").filter(|token| !token.is_empty())
}

/// One decoded member of a query.
pub(crate) fn query_member(query: Option<&str>, name: &str) -> Option<String> {
    query?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (form_decode(key.as_bytes()) == name).then(|| form_decode(value.as_bytes()))
    })
}
