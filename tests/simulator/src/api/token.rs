//! `POST /api/oauth`: the token endpoint, with its checks in the upstream library's order \[L\].

use std::net::IpAddr;

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::{
    accept::check_accept,
    credentials::ClientCredentials,
    grant::{self, Granted},
    params::{Params, ParamsError},
    problem::{Problem, json, no_store},
};
use crate::{
    fault::{Operation, token_operation},
    scenario::ApiClient,
    state::State,
    switches::{ErrorStyle, ExpiresIn, RefreshMode},
    tokens::TokenKind,
    tracker::{AccessResult, AccessRow},
};

/// Why a request was refused: what the client is told, and the truth for Access Tracker.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
    pub(crate) reason: String,
}

/// A successful answer; the members' order is the server's \[L\].
#[derive(Serialize)]
pub(crate) struct TokenReply {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<Value>,
    token_type: &'static str,
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

impl TokenReply {
    pub(crate) fn new(
        expires_in: &ExpiresIn,
        lifetime: u64,
        access_token: String,
        refresh_token: Option<String>,
    ) -> Self {
        Self {
            access_token,
            expires_in: match expires_in {
                ExpiresIn::Lifetime => Some(lifetime.into()),
                ExpiresIn::Number(number) => Some(Value::Number(number.clone())),
                ExpiresIn::Text(text) => Some(Value::String(text.clone())),
                ExpiresIn::Missing => None,
            },
            token_type: "Bearer",
            scope: None,
            refresh_token,
        }
    }
}

impl Refusal {
    /// The truth is what the client is told.
    pub(crate) fn plain(code: &str, detail: impl Into<String>) -> Self {
        let problem = Problem::new(400, code, detail);
        Self {
            reason: problem.detail().to_owned(),
            problem,
        }
    }

    /// The truth is more than what the client is told.
    pub(crate) fn hiding(code: &str, detail: &str, reason: impl Into<String>) -> Self {
        Self {
            problem: Problem::new(400, code, detail),
            reason: reason.into(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            reason: problem.detail().to_owned(),
            problem,
        }
    }
}

/// Answers one request to the token endpoint.
pub(crate) fn answer(
    state: &mut State,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
    source_ip: Option<IpAddr>,
) -> Response {
    if method == Method::OPTIONS {
        return Response::new(Body::empty());
    }
    if method != Method::POST {
        let detail = "The request method must be POST when requesting an access token";
        let problem = Problem::new(405, "invalid_request", detail)
            .kind("http://tools.ietf.org/html/rfc6749#section-3.2");
        return refuse(state, problem);
    }
    let mut row = AccessRow::new(state.timestamp(), source_ip);
    let result = decide(state, headers, body, &mut row);
    count(state, row.grant.as_deref(), result.is_ok());
    let mut response = match result {
        Ok(reply) => {
            row.result = AccessResult::Accept;
            let mut response = json(StatusCode::OK, &reply);
            no_store(&mut response);
            response
        }
        Err(refusal) => {
            row.reason = refusal.reason;
            row.told = format!("{}: {}", refusal.problem.title(), refusal.problem.detail());
            refuse(state, refusal.problem)
        }
    };
    let number = state.tracker.add(row);
    response.extensions_mut().insert(number);
    response
}

/// A row for a request that a fault stopped before the commit.
pub(crate) fn stopped_row(
    state: &State,
    headers: &HeaderMap,
    body: &Bytes,
    source_ip: Option<IpAddr>,
) -> AccessRow {
    let mut row = AccessRow::new(state.timestamp(), source_ip);
    if let Ok(params) = Params::read(headers, body) {
        row.grant = params.truthy("grant_type");
        row.user = params.truthy("username");
        row.api_client = ClientCredentials::find(headers, &params).map(|found| found.id);
    }
    row.result = AccessResult::Timeout;
    row.reason = "The server did not get to answer".into();
    row
}

fn decide(
    state: &mut State,
    headers: &HeaderMap,
    body: &Bytes,
    row: &mut AccessRow,
) -> Result<TokenReply, Refusal> {
    let params = Params::read(headers, body).map_err(|error| match error {
        ParamsError::MalformedJson => Problem::new(
            400,
            "Bad Request",
            "JSON decoding error: Syntax error, malformed JSON",
        ),
        ParamsError::ContentType => Problem::new(
            415,
            "Unsupported Media Type",
            "Invalid content-type specified",
        ),
    })?;
    check_accept(headers)?;
    row.grant = params.truthy("grant_type");
    row.user = params.truthy("username");
    let credentials = ClientCredentials::find(headers, &params);
    row.api_client = credentials.as_ref().map(|found| found.id.clone());

    let Some(grant_type) = &row.grant else {
        return Err(Refusal::plain(
            "invalid_request",
            "The grant type was not specified in the request",
        ));
    };
    let Some(operation) = token_operation(grant_type) else {
        let detail = format!("Grant type \"{grant_type}\" not supported");
        return Err(Refusal::plain("unsupported_grant_type", detail));
    };
    let client = match credentials {
        Some(credentials) => {
            credentials.check(state, operation == Operation::TokenClientCredentials)?
        }
        None => {
            let detail = "Client credentials were not found in the headers or body";
            return Err(Refusal::plain("invalid_client", detail));
        }
    };
    let granted = match operation {
        Operation::TokenPassword => grant::password(state, &client, &params, row)?,
        Operation::TokenRefresh => grant::refresh_token(state, &client, &params, row)?,
        _ => grant::client_credentials(&client, row),
    };
    if !grant::allowed(&client, operation) {
        return Err(Refusal::plain(
            "unauthorized_client",
            "The grant type is unauthorized for this client_id",
        ));
    }
    if params.truthy("scope").is_some() {
        return Err(Refusal::plain(
            "invalid_scope",
            "An unsupported scope was requested",
        ));
    }
    Ok(issue(state, &client, granted))
}

/// Commits: uses up the old refresh token where the mode says so, and issues the new ones.
fn issue(state: &mut State, client: &ApiClient, granted: Granted) -> TokenReply {
    let now = state.now();
    let (new_refresh, use_up) = match (&granted.refreshed_with, state.switches.refresh_mode) {
        (None, _) => (client.refresh && granted.holder.user.is_some(), false),
        (Some(_), RefreshMode::Rotate) => (true, true),
        (Some(_), RefreshMode::OneShot) => (false, true),
        (Some(_), RefreshMode::Reusable) => (false, false),
    };
    let access_token = state.source.next();
    let expires = now + std::time::Duration::from_secs(client.access_token_lifetime);
    state.tokens.add(
        TokenKind::Access,
        access_token.clone(),
        granted.holder.clone(),
        expires,
    );
    let refresh_token = new_refresh.then(|| {
        let token = state.source.next();
        let expires = now + std::time::Duration::from_secs(client.refresh_token_lifetime);
        state
            .tokens
            .add(TokenKind::Refresh, token.clone(), granted.holder, expires);
        token
    });
    if let Some(old) = granted.refreshed_with.filter(|_| use_up) {
        state.tokens.use_up(&old);
    }
    TokenReply::new(
        &state.switches.expires_in,
        client.access_token_lifetime,
        access_token,
        refresh_token,
    )
}

fn refuse(state: &State, problem: Problem) -> Response {
    match state.switches.error_style {
        ErrorStyle::Problem => problem.into_response(),
        ErrorStyle::Rfc6749 => problem.into_rfc6749(),
    }
}

fn count(state: &mut State, grant: Option<&str>, accepted: bool) {
    let counters = &mut state.counters;
    let requests = &mut counters.token_requests;
    let (by_grant, yes, no) = match grant.and_then(token_operation) {
        Some(Operation::TokenRefresh) => (
            &mut requests.refresh_token,
            &mut counters.refreshes_accepted,
            &mut counters.refreshes_refused,
        ),
        Some(Operation::TokenPassword) => (
            &mut requests.password,
            &mut counters.sign_ins_accepted,
            &mut counters.sign_ins_refused,
        ),
        Some(Operation::TokenClientCredentials) => (
            &mut requests.client_credentials,
            &mut counters.sign_ins_accepted,
            &mut counters.sign_ins_refused,
        ),
        _ => {
            requests.other += 1;
            return;
        }
    };
    *by_grant += 1;
    *(if accepted { yes } else { no }) += 1;
}
