//! The phone's server: the simulator, its health, and its administrators.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use quickaccess::{SecretBytes, transport::Reply};
use quickaccess_simulator::{Cut, Revoke, Scenario, Simulator};
use serde_json::json;

use crate::{
    chance::Chance,
    plan::{Plan, USERS},
    time::SECOND,
    weather::{Admin, Health},
};

/// The API client of the phones.
pub(crate) const CLIENT: &str = "QuickAccess";
/// Their server's address.
pub(crate) const ADDRESS: &str = "https://clearpass.example";

/// A server and how it is.
#[derive(Debug)]
pub(crate) struct Server {
    simulator: Simulator,
    health: Mutex<Health>,
    /// How often a used-up refresh token came that the book knows of.
    pub(crate) reuses_known: AtomicU64,
}

impl Server {
    pub(crate) fn new(plan: &Plan) -> Self {
        let scenario = scenario(plan).to_string();
        let scenario = Scenario::from_json(&scenario).expect("a scenario of our own fits together");
        let simulator = Simulator::new(scenario);
        simulator.set_switches(|switches| {
            switches.refresh_mode = plan.mode;
            switches.dead_token_status = plan.dead_token;
            switches.revoke = match plan.revokes {
                true => Revoke::Present,
                false => Revoke::Missing,
            };
        });
        Self {
            simulator,
            health: Mutex::new(Health::Well),
            reuses_known: AtomicU64::new(0),
        }
    }

    pub(crate) fn health(&self) -> Health {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_health(&self, health: Health) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }

    pub(crate) fn is_well(&self) -> bool {
        self.health() == Health::Well
    }

    /// Carries a request out and gives the true answer.
    pub(crate) async fn carry_out(&self, request: Request<Bytes>) -> Option<(StatusCode, Bytes)> {
        let reply: Result<_, Cut> = self.simulator.call(request).await;
        let (parts, body) = reply.ok()?.into_parts();
        Some((parts.status, body))
    }

    /// What an administrator does to the owner of the phone or to all.
    pub(crate) fn admin(&self, what: Admin) {
        let owner = USERS[0].0;
        let done = match what {
            Admin::RevokeUser => {
                self.simulator.revoke_user_tokens(owner);
                Ok(())
            }
            Admin::RevokeAccessTokens => {
                self.simulator.revoke_access_tokens();
                Ok(())
            }
            Admin::RevokeRefreshTokens => {
                self.simulator.revoke_refresh_tokens();
                Ok(())
            }
            Admin::DisableClient => self.simulator.enable_client(CLIENT, false),
            Admin::EnableClient => self.simulator.enable_client(CLIENT, true),
            Admin::DisableUser => self.simulator.enable_user(owner, false),
            Admin::EnableUser => self.simulator.enable_user(owner, true),
        };
        done.expect("client and owner are in the scenario");
    }

    /// How many used-up refresh tokens came that nobody knew of.
    pub(crate) fn unknown_reuses(&self) -> u64 {
        let counted = self.simulator.counters().refresh_reuse;
        counted.saturating_sub(self.reuses_known.load(Relaxed))
    }
}

fn scenario(plan: &Plan) -> serde_json::Value {
    let users = USERS.map(|(name, password)| {
        json!({ "name": name, "password": password, "operator_profile": "Help Desk" })
    });
    json!({
        "api_clients": [{
            "id": CLIENT,
            "public": true,
            "grant": "password",
            "refresh": true,
            "access_token_lifetime": plan.access / SECOND,
            "refresh_token_lifetime": plan.refresh / SECOND,
        }],
        "operator_profiles": [{
            "name": "Help Desk",
            "api_access": true,
            "privileges": ["?api_index", "guest_users"],
        }],
        "local_users": users,
        "seed": plan.seed,
        "wall_clock": "2027-01-11T00:00:00Z",
    })
}

/// A page of something between phone and server.
pub(crate) fn page(status: u16, html: bool) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let words = status.canonical_reason().unwrap_or("Error");
    let body = match html {
        true => format!("<html><head><title>{words}</title></head><body>{words}</body></html>"),
        false => json!({ "title": words, "status": status.as_u16(), "detail": words }).to_string(),
    };
    reply(status, body.into(), HeaderMap::new())
}

/// A wish to wait.
pub(crate) fn busy(retry_after: Option<u64>) -> Reply {
    let mut reply = page(429, false);
    if let Some(seconds) = retry_after {
        let seconds = HeaderValue::from(seconds);
        reply.headers.insert(header::RETRY_AFTER, seconds);
    }
    reply
}

/// An answer that is no answer.
pub(crate) fn garbage(chance: &mut Chance) -> Reply {
    let body = chance.pick(&["", "It works!", "{}", "[1,2", "{\"access_token\":7}"]);
    reply(
        StatusCode::OK,
        Bytes::from_static(body.as_bytes()),
        HeaderMap::new(),
    )
}

pub(crate) fn reply(status: StatusCode, body: Bytes, headers: HeaderMap) -> Reply {
    Reply {
        status,
        headers,
        body: SecretBytes::new(body.to_vec()),
    }
}
