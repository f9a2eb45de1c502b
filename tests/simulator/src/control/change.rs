//! The calls that change the server: its set-up, its clock, its tokens and its certificate.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    read,
    reply::{Fault, Json, Reply, merge, reply},
};
use crate::{AdminError, CertificateSettings, Scenario, serve::Server};

type Patch = Json<Map<String, Value>>;

pub(super) async fn clear_records(State(server): State<Arc<Server>>) -> Reply {
    server.simulator.clear_records();
    reply(&server.simulator.counters())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    seconds: f64,
}

pub(super) async fn advance(
    State(server): State<Arc<Server>>,
    Json(Advance { seconds }): Json<Advance>,
) -> Reply {
    // 100 years: what comes after is no test of anything.
    let by = Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|by| *by <= Duration::from_secs(3_153_600_000))
        .ok_or_else(|| {
            Fault::bad(format!(
                "seconds is {seconds}, it must lie between 0 and 100 years"
            ))
        })?;
    server.simulator.advance(by);
    read::clock(State(server)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetClock {
    wall: jiff::Timestamp,
}

pub(super) async fn set_clock(
    State(server): State<Arc<Server>>,
    Json(SetClock { wall }): Json<SetClock>,
) -> Reply {
    server.simulator.set_wall_clock(SystemTime::from(wall));
    read::clock(State(server)).await
}

pub(super) async fn switches(State(server): State<Arc<Server>>, Json(patch): Patch) -> Reply {
    let changed = merge(&server.simulator.switches(), patch)?;
    server
        .simulator
        .set_switches(|switches| *switches = changed);
    reply(&server.simulator.switches())
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Revoke {
    Token(String),
    User(String),
    All(Kind),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Access,
    Refresh,
}

pub(super) async fn revoke(State(server): State<Arc<Server>>, Json(what): Json<Revoke>) -> Reply {
    let simulator = &server.simulator;
    let revoked = match what {
        Revoke::Token(token) => usize::from(simulator.revoke_token(&token)),
        Revoke::User(user) => simulator.revoke_user_tokens(&user),
        Revoke::All(Kind::Access) => simulator.revoke_access_tokens(),
        Revoke::All(Kind::Refresh) => simulator.revoke_refresh_tokens(),
    };
    Ok(json!({ "revoked": revoked }).into())
}

pub(super) async fn client(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    Json(patch): Patch,
) -> Reply {
    let simulator = &server.simulator;
    changed(patch, |change| simulator.change_client(&id, change))
}

pub(super) async fn user(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(patch): Patch,
) -> Reply {
    let simulator = &server.simulator;
    changed(patch, |change| simulator.change_user(&name, change))
}

pub(super) async fn profile(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(patch): Patch,
) -> Reply {
    let simulator = &server.simulator;
    changed(patch, |change| simulator.change_profile(&name, change))
}

pub(super) async fn service(State(server): State<Arc<Server>>, Json(patch): Patch) -> Reply {
    changed(patch, |change| {
        server.simulator.change_scenario(|scenario| {
            change(&mut scenario.oauth2_service);
            Ok(())
        })
    })
}

/// Changes one thing of the set-up as the patch says, and replies with what it is then.
fn changed<T: Serialize + DeserializeOwned + Clone>(
    patch: Map<String, Value>,
    within: impl FnOnce(&mut dyn FnMut(&mut T)) -> Result<(), AdminError>,
) -> Reply {
    let mut patch = Some(patch);
    let mut outcome = None;
    within(&mut |one| {
        let merged = merge(one, patch.take().unwrap_or_default());
        if let Ok(merged) = &merged {
            *one = merged.clone();
        }
        outcome = Some(merged);
    })?;
    match outcome {
        Some(merged) => reply(&merged?),
        None => Err(Fault::bad("nothing was changed")),
    }
}

pub(super) async fn scenario(
    State(server): State<Arc<Server>>,
    Json(scenario): Json<Scenario>,
) -> Reply {
    scenario.check().map_err(AdminError::from)?;
    server.simulator.reset(scenario);
    reply(&server.simulator.scenario())
}

pub(super) async fn reset(State(server): State<Arc<Server>>) -> Reply {
    server.simulator.reset(Scenario::default());
    reply(&server.simulator.scenario())
}

pub(super) async fn certificate(
    State(server): State<Arc<Server>>,
    Json(settings): Json<CertificateSettings>,
) -> Reply {
    let sha256 = server.change_certificate(&settings)?;
    Ok(json!({ "certificate_sha256": sha256 }).into())
}

pub(super) async fn cut_connections(State(server): State<Arc<Server>>) -> Reply {
    server.cut_connections().await;
    Ok(json!({ "connections": "cut" }).into())
}
