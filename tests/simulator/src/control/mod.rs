//! The control API: what a test in any language does to the server, over plain HTTP on loopback
//! and apart from the product's ports. `GET /` lists its calls; `README.md` explains them.

mod change;
mod fault;
mod read;
mod reply;
mod rows;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, delete, get, patch, post, put},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use crate::serve::Server;
use reply::{Fault, Reply};

/// One call: its method and path, what it does, and who answers it.
struct Call {
    method: &'static str,
    path: &'static str,
    what: &'static str,
    answer: fn() -> MethodRouter<Arc<Server>>,
}

const fn call(
    method: &'static str,
    path: &'static str,
    what: &'static str,
    answer: fn() -> MethodRouter<Arc<Server>>,
) -> Call {
    Call {
        method,
        path,
        what,
        answer,
    }
}

const CALLS: &[Call] = &[
    call(
        "GET",
        "/addresses",
        "the addresses, the authority's certificate, the fingerprint shown",
        || get(read::addresses),
    ),
    call("GET", "/counters", "what has happened, in numbers", || {
        get(read::counters)
    }),
    call(
        "GET",
        "/requests",
        "the newest requests, without their secrets",
        || get(read::requests),
    ),
    call(
        "GET",
        "/connections",
        "the newest connections and their handshakes",
        || get(read::connections),
    ),
    call(
        "GET",
        "/access-tracker",
        "the rows of Access Tracker, oldest first",
        || get(read::access_tracker),
    ),
    call(
        "DELETE",
        "/records",
        "forget counters, requests, closed connections and rows",
        || delete(change::clear_records),
    ),
    call(
        "GET",
        "/wait",
        "wait for a counter: ?counter=sign_ins_accepted&at_least=1&timeout_ms=10000",
        || get(read::wait),
    ),
    call("GET", "/clock", "the server's clock", || get(read::clock)),
    call(
        "POST",
        "/clock/advance",
        "let time pass: {\"seconds\": 3600}",
        || post(change::advance),
    ),
    call(
        "PUT",
        "/clock",
        "set the server's clock alone: {\"wall\": \"2030-01-01T00:00:00Z\"}",
        || put(change::set_clock),
    ),
    call(
        "GET",
        "/switches",
        "the switches for what is not known about ClearPass",
        || get(read::switches),
    ),
    call(
        "PATCH",
        "/switches",
        "change some: {\"refresh_mode\": \"one_shot\"}",
        || patch(change::switches),
    ),
    call(
        "GET",
        "/faults",
        "the faults that still have a turn",
        || get(fault::list),
    ),
    call(
        "POST",
        "/faults",
        "place one: {\"on\": \"token_refresh\", \"times\": 1, \"what\": \"truncated\"}",
        || post(fault::place),
    ),
    call(
        "DELETE",
        "/faults",
        "take all away and let go whoever is held",
        || delete(fault::clear_all),
    ),
    call(
        "DELETE",
        "/faults/{id}",
        "take one away and let go whoever it holds",
        || delete(fault::clear),
    ),
    call(
        "GET",
        "/faults/{id}/reached",
        "wait until so many requests are held: ?requests=1&timeout_ms=10000",
        || get(fault::reached),
    ),
    call(
        "POST",
        "/faults/{id}/release",
        "open a gate for good",
        || post(fault::release),
    ),
    call(
        "POST",
        "/tokens/revoke",
        "end tokens: {\"token\": …} or {\"user\": …} or {\"all\": \"access\" | \"refresh\"}",
        || post(change::revoke),
    ),
    call(
        "PATCH",
        "/clients/{id}",
        "change an API client: {\"enabled\": false}",
        || patch(change::client),
    ),
    call(
        "PATCH",
        "/users/{name}",
        "change a local user: {\"password\": …}",
        || patch(change::user),
    ),
    call(
        "PATCH",
        "/profiles/{name}",
        "change an operator profile: {\"api_access\": false}",
        || patch(change::profile),
    ),
    call(
        "PATCH",
        "/service",
        "change the OAuth2 service: {\"enabled\": false}",
        || patch(change::service),
    ),
    call(
        "GET",
        "/calls",
        "the product's calls of rows: paths, privileges, members",
        || get(rows::calls),
    ),
    call(
        "GET",
        "/rows",
        "how many rows of each kind there are",
        || get(rows::counts),
    ),
    call(
        "GET",
        "/rows/{kind}",
        "rows that a filter means: ?filter={\"state\":\"active\"}&offset=0&limit=25",
        || get(rows::find),
    ),
    call("POST", "/rows/{kind}", "add a row", || post(rows::add)),
    call(
        "PATCH",
        "/rows/{kind}/{id}",
        "change a row: {\"expire_time\": 1}",
        || patch(rows::change),
    ),
    call("DELETE", "/rows/{kind}/{id}", "take a row away", || {
        delete(rows::remove)
    }),
    call(
        "GET",
        "/scenario",
        "the set-up as it is now, passwords included",
        || get(read::scenario),
    ),
    call(
        "PUT",
        "/scenario",
        "start anew with another set-up; tokens, switches, faults and records are gone",
        || put(change::scenario),
    ),
    call(
        "POST",
        "/reset",
        "start anew with the default set-up",
        || post(change::reset),
    ),
    call(
        "PUT",
        "/certificate",
        "show another certificate: {\"signed_by\": \"itself\"}",
        || put(change::certificate),
    ),
    call(
        "POST",
        "/connections/cut",
        "cut every connection of the product's ports",
        || post(change::cut_connections),
    ),
];

/// The calls.
pub(crate) fn routes(server: Arc<Server>) -> Router {
    let list = list();
    let first = Router::new().route("/", get(|| async { Reply::Ok(list.into()) }));
    CALLS
        .iter()
        .fold(first, |routes, call| {
            routes.route(call.path, (call.answer)())
        })
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn(for_this_machine))
        .with_state(server)
}

/// What `GET /` answers.
fn list() -> Value {
    let calls = CALLS
        .iter()
        .map(|call| json!({ "call": format!("{} {}", call.method, call.path), "what": call.what }));
    json!({ "control": calls.collect::<Vec<_>>() })
}

async fn unknown() -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "there is no such call; GET / lists them all",
    )
}

/// A page of somewhere else, open in a browser on this machine, must not control the simulator,
/// neither under its own name nor under one that leads here.
async fn for_this_machine(request: Request, next: Next) -> Response {
    match is_from_this_machine(request.headers()) {
        true => next.run(request).await,
        false => Fault::new(
            StatusCode::FORBIDDEN,
            "the control API answers programs of this machine, not pages in a browser",
        )
        .into_response(),
    }
}

fn is_from_this_machine(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") && !headers.contains_key(header::ORIGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_elsewhere_are_refused_under_any_name() {
        let from = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_from_this_machine(&headers)
        };
        assert!(from("127.0.0.1:4711", None) && from("localhost", None) && from("[::1]:1", None));
        assert!(!from("127.0.0.1:4711", Some("https://elsewhere.example")));
        assert!(!from("leads-here.example:4711", None));
        assert!(!is_from_this_machine(&HeaderMap::new()));
    }

    #[test]
    fn the_readme_names_every_call() {
        let readme = include_str!("../../README.md");
        for call in CALLS {
            let line = format!("`{} {}`", call.method, call.path);
            assert!(readme.contains(&line), "README.md does not name {line}");
        }
    }
}
