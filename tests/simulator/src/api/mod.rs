//! The product's API: the routes under `/api`, each a function of the state and the request.

mod accept;
pub(crate) mod bearer;
pub(crate) mod catalogue;
mod credentials;
mod grant;
pub(crate) mod params;
pub(crate) mod problem;
pub(crate) mod resources;
pub(crate) mod rows;
pub(crate) mod token;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::any,
};
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::state::Shared;
use problem::Problem;

/// Where a request came from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    /// None for calls inside the process.
    pub(crate) ip: Option<IpAddr>,
    pub(crate) connection: Option<u64>,
}

/// The routes under `/api`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/oauth", any(oauth))
        .route("/api/oauth/revoke", any(revoke))
        .route("/api/oauth/me", any(resource))
        .route("/api/oauth/privileges", any(resource))
        .route("/api/oauth/all-privileges", any(resource))
        .route("/api/server/version", any(resource))
        .route("/api/cppm-version", any(resource))
        .route("/api/{*rest}", any(rows))
}

async fn oauth(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.change(|state| token::answer(state, &method, &headers, &body, peer.ip))
}

async fn revoke(
    State(shared): State<Arc<Shared>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.change(|state| resources::revoke(state, &method, &headers, &body))
}

async fn resource(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    shared.change(|state| resources::answer(state, &method, &uri, &headers))
}

async fn rows(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = rows::Request {
        method: &method,
        uri: &uri,
        headers: &headers,
        body: &body,
        peer,
    };
    match shared.change(|state| rows::answer(state, &request)) {
        Some(response) => response,
        None => not_found().await,
    }
}

/// The upstream framework's answer for a path that it has no route for \[L\].
pub(crate) async fn not_found() -> Response {
    Problem::standard(StatusCode::NOT_FOUND, "Page not found.").into_response()
}
