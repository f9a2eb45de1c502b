//! The calls that look at rows and change them.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::Uri;
use serde_json::{Map, Value, json};

use super::{
    read::number,
    reply::{Fault, Json, Reply, reply},
};
use crate::{
    Row, RowKind,
    api::{bearer::query_member, rows::calls::CALLS},
    serve::Server,
};

/// How many rows come at once unless a test says otherwise.
const USUAL_LIMIT: u64 = 25;

pub(super) async fn calls() -> Reply {
    reply(&CALLS)
}

pub(super) async fn counts(State(server): State<Arc<Server>>) -> Reply {
    let counts: Map<String, Value> = RowKind::ALL
        .into_iter()
        .map(|kind| (kind.name().into(), server.simulator.row_count(kind).into()))
        .collect();
    reply(&counts)
}

pub(super) async fn find(
    State(server): State<Arc<Server>>,
    Path(kind): Path<String>,
    uri: Uri,
) -> Reply {
    let filter = query_member(uri.query(), "filter").unwrap_or_else(|| "{}".into());
    let offset = number(&uri, "offset")?.unwrap_or(0);
    let limit = number(&uri, "limit")?.unwrap_or(USUAL_LIMIT);
    let found = server
        .simulator
        .find_rows(self::kind(&kind)?, &filter, offset, limit)?;
    Ok(json!({ "count": found.count, "rows": found.rows }).into())
}

pub(super) async fn add(
    State(server): State<Arc<Server>>,
    Path(kind): Path<String>,
    Json(row): Json<Row>,
) -> Reply {
    reply(&server.simulator.add_row(self::kind(&kind)?, &row)?)
}

pub(super) async fn change(
    State(server): State<Arc<Server>>,
    Path((kind, id)): Path<(String, String)>,
    Json(change): Json<Row>,
) -> Reply {
    let kind = self::kind(&kind)?;
    reply(&server.simulator.change_row(kind, &id, &change)?)
}

pub(super) async fn remove(
    State(server): State<Arc<Server>>,
    Path((kind, id)): Path<(String, String)>,
) -> Reply {
    server.simulator.remove_row(self::kind(&kind)?, &id)?;
    Ok(json!({ "removed": id }).into())
}

fn kind(name: &str) -> Result<RowKind, Fault> {
    RowKind::named(name).ok_or_else(|| {
        let names = RowKind::ALL.map(RowKind::name).join(", ");
        Fault::not_found(format!("there are no {name:?}; there are {names}"))
    })
}
