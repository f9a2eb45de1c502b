//! Faults and gates.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::Uri;
use serde_json::json;

use super::{
    read::{late, number, patience},
    reply::{Fault, Json, Reply, reply},
};
use crate::{FaultId, Hold, serve::Server};

pub(super) async fn list(State(server): State<Arc<Server>>) -> Reply {
    let faults = server.simulator.faults().into_iter();
    reply(
        &faults
            .map(|(id, fault)| json!({ "id": id, "fault": fault }))
            .collect::<Vec<_>>(),
    )
}

pub(super) async fn place(
    State(server): State<Arc<Server>>,
    Json(fault): Json<crate::Fault>,
) -> Reply {
    fault.check().map_err(Fault::bad)?;
    Ok(json!({ "id": server.simulator.fault(fault) }).into())
}

pub(super) async fn clear_all(State(server): State<Arc<Server>>) -> Reply {
    server.simulator.clear_faults();
    Ok(json!({ "faults": [] }).into())
}

pub(super) async fn clear(State(server): State<Arc<Server>>, Path(id): Path<u64>) -> Reply {
    match server.simulator.clear_fault(FaultId(id)) {
        true => Ok(json!({ "cleared": id }).into()),
        false => Err(Fault::not_found(format!("there is no fault {id} any more"))),
    }
}

/// Waits until requests are held at a gate, so that a test acts exactly there.
pub(super) async fn reached(
    State(server): State<Arc<Server>>,
    Path(id): Path<u64>,
    uri: Uri,
) -> Reply {
    let gate = gate(&server, id)?;
    let requests = number(&uri, "requests")?.unwrap_or(1);
    let requests =
        u32::try_from(requests).map_err(|_| Fault::bad("so many requests never come"))?;
    match tokio::time::timeout(patience(&uri)?, gate.reached_by(requests)).await {
        Ok(()) => Ok(json!({ "id": id, "reached": gate.reached_count() }).into()),
        Err(_) => Err(late(format!(
            "{} requests have come to it",
            gate.reached_count()
        ))),
    }
}

pub(super) async fn release(State(server): State<Arc<Server>>, Path(id): Path<u64>) -> Reply {
    let gate = gate(&server, id)?;
    gate.release();
    Ok(json!({ "id": id, "reached": gate.reached_count() }).into())
}

fn gate(server: &Server, id: u64) -> Result<Hold, Fault> {
    server.simulator.find_hold(FaultId(id)).ok_or_else(|| {
        Fault::not_found(format!(
            "there is no gate {id}; POST /faults with {{\"what\": {{\"hold\": …}}}} makes one"
        ))
    })
}
