//! The calls that only look, or wait.

use std::{sync::Arc, time::Duration};

use axum::extract::State;
use http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::reply::{Fault, Reply, reply};
use crate::{api::bearer::query_member, serve::Server};

/// How long a call waits unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may say.
const MOST_PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn addresses(State(server): State<Arc<Server>>) -> Reply {
    Ok(server.json().into())
}

pub(super) async fn counters(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.counters())
}

pub(super) async fn requests(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.requests())
}

pub(super) async fn connections(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.connections())
}

pub(super) async fn access_tracker(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.access_tracker())
}

pub(super) async fn switches(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.switches())
}

pub(super) async fn scenario(State(server): State<Arc<Server>>) -> Reply {
    reply(&server.simulator.scenario())
}

pub(super) async fn clock(State(server): State<Arc<Server>>) -> Reply {
    let simulator = &server.simulator;
    let wall = simulator.shared.read(crate::state::State::timestamp);
    Ok(json!({ "wall": wall, "elapsed_ms": simulator.elapsed().as_millis() as u64 }).into())
}

/// Waits for a counter, so that no test has to sleep.
pub(super) async fn wait(State(server): State<Arc<Server>>, uri: Uri) -> Reply {
    let name = query_member(uri.query(), "counter").ok_or_else(|| {
        Fault::bad("say which: ?counter=sign_ins_accepted; GET /counters has them all")
    })?;
    let at_least = number(&uri, "at_least")?.unwrap_or(1);
    let pointer = format!("/{}", name.replace('.', "/"));
    let read = || {
        let counters = serde_json::to_value(server.simulator.counters()).unwrap_or_default();
        counters.pointer(&pointer).and_then(Value::as_u64)
    };
    if read().is_none() {
        return Err(Fault::not_found(format!(
            "there is no counter {name:?}; GET /counters has them all"
        )));
    }
    let reached = server.simulator.wait_for(|_| read() >= Some(at_least));
    match tokio::time::timeout(patience(&uri)?, reached).await {
        Ok(()) => reply(&server.simulator.counters()),
        Err(_) => Err(late(format!(
            "{name} is {} still",
            read().unwrap_or_default()
        ))),
    }
}

/// How long a call is to wait.
pub(super) fn patience(uri: &Uri) -> Result<Duration, Fault> {
    let asked = number(uri, "timeout_ms")?.map(Duration::from_millis);
    Ok(asked.unwrap_or(PATIENCE).min(MOST_PATIENCE))
}

/// What was waited for did not come.
pub(super) fn late(detail: String) -> Fault {
    Fault::new(StatusCode::REQUEST_TIMEOUT, detail)
}

/// A number of the query.
pub(super) fn number(uri: &Uri, name: &str) -> Result<Option<u64>, Fault> {
    let Some(text) = query_member(uri.query(), name) else {
        return Ok(None);
    };
    let number = text
        .parse()
        .map_err(|_| Fault::bad(format!("{name} is a number, not {text:?}")))?;
    Ok(Some(number))
}
