//! Access Tracker: the OAuth2 transactions, newest first, live. The page, the fragment that its
//! script asks for, and the rows as JSON.
//!
//! Live by a question that waits and not by a stream of events: every answer of the simulator is
//! whole, so that the same wait works in memory and in virtual time.

mod look;

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{Address, Page, api_docs::example, file, html::Html, words};
use crate::{
    api::{Peer, problem},
    state::Shared,
    tracker::{AccessResult, AccessRow},
};
use look::{Look, MOST_ROWS, Query};

/// `GET /access-tracker`, with `result`, `text` and `before` as filters.
pub(crate) async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    uri: Uri,
    headers: HeaderMap,
) -> Page {
    let query = Query::read(&uri);
    let address = Address::of(&shared, &headers, peer);
    shared.read(|state| {
        let look = Look::at(&state.tracker, &query);
        let first_call = example::sign_in(&state.scenario, &address);
        Page {
            path: "/access-tracker",
            title: "Access Tracker",
            server: state.scenario.server.name.clone(),
            main: main(&look, &query, &address, &first_call),
            own: Some("access-tracker"),
        }
    })
}

/// `GET /access-tracker/rows`: the same rows as a piece of the page. With `after`, what is new
/// since then; it waits for it.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = Query::read(&uri);
    let look = Look::wait(&shared, &query).await;
    let address = Address::of(&shared, &headers, peer);
    let first_call = shared.read(|state| example::sign_in(&state.scenario, &address));
    let piece = Html::fill(
        "<table id=\"rows\" data-cursor=\"{{cursor}}\" data-whole=\"{{whole}}\">\n{{rows}}</table>\n{{count}}",
        &[
            ("cursor", Html::text(look.mark)),
            ("whole", Html::text(look.whole)),
            ("rows", table_rows(&look, &address, &first_call)),
            ("count", count(&look, &query)),
        ],
    );
    file("text/html", piece.into_string())
}

/// `GET /access-tracker.json`: the rows as JSON, by the same rules.
pub(crate) async fn rows(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let look = Look::wait(&shared, &Query::read(&uri)).await;
    let body: Value = json!({
        "cursor": look.mark.to_string(),
        "whole": look.whole,
        "kept": look.kept,
        "matching": look.matching,
        "rows": look.rows,
    });
    let mut response = problem::json(StatusCode::OK, &body);
    response.headers_mut().extend(super::HEADERS);
    response
}

fn main(look: &Look, query: &Query, address: &Address, first_call: &str) -> Html {
    let chosen = |result| match query.result == result {
        true => Html::markup(" selected"),
        false => Html::default(),
    };
    // A page of older rows stays as it is.
    let live = match query.before {
        None => Html::markup(" data-live"),
        Some(_) => Html::default(),
    };
    Html::fill(
        include_str!("../assets/access_tracker.html"),
        &[
            ("text", Html::text(&query.text)),
            ("all chosen", chosen(None)),
            ("accept chosen", chosen(Some(AccessResult::Accept))),
            ("reject chosen", chosen(Some(AccessResult::Reject))),
            ("timeout chosen", chosen(Some(AccessResult::Timeout))),
            ("live", live),
            ("most rows", Html::text(MOST_ROWS)),
            ("cursor", Html::text(look.mark)),
            ("rows", table_rows(look, address, first_call)),
            ("count", count(look, query)),
        ],
    )
}

/// The rows, or what to do when there are none.
fn table_rows(look: &Look, address: &Address, first_call: &str) -> Html {
    if !look.whole || !look.rows.is_empty() {
        return look.rows.iter().map(row).collect();
    }
    match look.kept {
        0 => Html::fill(
            include_str!("../assets/no_rows.html"),
            &[
                ("address", Html::text(address.url(""))),
                ("example", Html::text(first_call)),
            ],
        ),
        _ => Html::markup(include_str!("../assets/no_match.html")),
    }
}

/// How many there are, how many are shown, and the way to the rest.
fn count(look: &Look, query: &Query) -> Html {
    let kept = words::count(look.kept, "transaction", "transactions");
    let shown = look.matching.min(MOST_ROWS);
    let mut words = match query.filters() {
        true => format!("{} of {kept} match", words::grouped(look.matching)),
        false => kept,
    };
    if query.before.is_some() {
        words = format!("{} older rows", words::grouped(look.matching));
    }
    if look.matching > shown {
        words = format!("{words}, the newest {shown} are shown");
    }
    let older = look.older.map(|number| {
        Html::fill(
            " <a href=\"{{older}}\">Older rows</a>",
            &[("older", Html::text(query.older(number)))],
        )
    });
    let newest = query.before.map(|_| {
        Html::fill(
            " <a href=\"{{newest}}\">Newest rows</a>",
            &[("newest", Html::text(query.newest()))],
        )
    });
    Html::fill(
        "<p id=\"count\">{{words}}.{{newest}}{{older}}</p>",
        &[
            ("words", Html::text(words)),
            ("newest", newest.unwrap_or_default()),
            ("older", older.unwrap_or_default()),
        ],
    )
}

fn row(row: &AccessRow) -> Html {
    let fault = row.fault.as_deref().map(|fault| {
        Html::fill(
            "<span class=\"fault\">Fault: {{fault}}</span>",
            &[("fault", Html::text(fault))],
        )
    });
    let source = row.source_ip.map(|ip| ip.to_string());
    Html::fill(
        include_str!("../assets/row.html"),
        &[
            ("number", Html::text(row.number)),
            ("at", Html::text(row.time)),
            ("date", Html::text(row.time.strftime("%F"))),
            ("clock", Html::text(row.time.strftime("%T%.3f"))),
            ("result", words::result(row.result)),
            ("user", words::name(row.user.as_deref())),
            ("client", words::name(row.api_client.as_deref())),
            ("grant", words::name(row.grant.as_deref())),
            ("service", words::name(row.service.as_deref())),
            (
                "enforcement",
                words::name(row.enforcement_profile.as_deref()),
            ),
            ("profile", words::name(row.operator_profile.as_deref())),
            (
                "source",
                Html::text(source.as_deref().unwrap_or("this process")),
            ),
            ("reason", Html::text(&row.reason)),
            ("told", Html::text(told(row))),
            ("flag", fault.unwrap_or_default()),
            ("fault", Html::text(row.fault.as_deref().unwrap_or("none"))),
        ],
    )
}

/// What the client was told, in words where it was not an error's text.
fn told(row: &AccessRow) -> &str {
    match (row.result, &row.fault) {
        (AccessResult::Accept, None) => "Here are your tokens",
        (AccessResult::Accept, Some(_)) => "The answer with the tokens met the fault below",
        (AccessResult::Reject, _) => &row.told,
        (AccessResult::Timeout, _) => {
            "Nothing by the token endpoint, only what the fault below made"
        }
    }
}
