//! A request outside the phone: to the server, in it, and back.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use quickaccess::transport::{Reply, Request, SendCause};
use quickaccess_simulator::RefreshMode;
use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    About,
    fate::{Fate, Luck},
};
use crate::{
    oracle::{Dead, End, Given},
    server::{self, reply},
    weather::Health,
    world::World,
};

/// What comes back.
pub(super) enum Back {
    /// An answer, and what it means for a refresh or a sign-in.
    Reply(Reply, End),
    /// It broke off.
    Broken(SendCause),
}

/// A request outside the phone: it goes on whatever becomes of who sent it.
pub(super) struct Journey {
    pub(super) world: Arc<World>,
    pub(super) about: About,
    pub(super) fate: Fate,
    pub(super) path: u64,
    pub(super) sent: u64,
}

impl Journey {
    /// To the server and back; says nothing where nothing arrives.
    pub(super) async fn run(mut self, wire: http::Request<Bytes>, tell: oneshot::Sender<Back>) {
        let pass = |ms| tokio::time::sleep(Duration::from_millis(ms));
        let [there, inside, back] = self.fate.times;
        pass(there).await;
        if self.fate.luck == Luck::LostBefore || self.is_cut() {
            return;
        }
        let (slow_before, slow_after) = match self.world.server.health() {
            Health::Slow(lasts) => {
                let before = self.fate.rest.between(0, lasts);
                (before, lasts - before)
            }
            _ => (0, 0),
        };
        pass(slow_before + inside).await;
        let Some(answer) = self.at_server(wire).await else {
            return;
        };
        pass(slow_after + back).await;
        if !self.is_cut() {
            // Nobody may be there to hear it.
            let _ = tell.send(answer);
        }
    }

    /// Whether the phone has left the network that the request came from.
    fn is_cut(&self) -> bool {
        self.world.device.path() != self.path
    }

    async fn at_server(&mut self, wire: http::Request<Bytes>) -> Option<Back> {
        let nothing = |reply| Some(Back::Reply(reply, End::Unknown));
        match self.world.server.health() {
            Health::Down => return None,
            Health::Failing {
                status,
                html,
                commits,
            } => {
                if self.fate.rest.percent(commits) {
                    self.commit(wire).await?;
                }
                return nothing(server::page(status, html));
            }
            Health::Busy { retry_after } => {
                return Some(Back::Reply(server::busy(retry_after), End::Other));
            }
            Health::Well | Health::Slow(_) => {}
        }
        if self.fate.luck == Luck::PageBefore {
            return nothing(server::page(502, true));
        }
        let (status, body, end) = self.commit(wire).await?;
        match self.fate.luck {
            Luck::LostAfter => None,
            Luck::PageAfter => nothing(server::page(502, true)),
            Luck::Truncated => Some(Back::Broken(SendCause::Truncated)),
            Luck::TooLarge => Some(Back::Broken(SendCause::TooLarge)),
            Luck::Garbage => nothing(server::garbage(&mut self.fate.rest)),
            _ => Some(Back::Reply(reply(status, body, HeaderMap::new()), end)),
        }
    }

    /// The server does what was asked, and the book takes it down.
    async fn commit(&self, wire: http::Request<Bytes>) -> Option<(StatusCode, Bytes, End)> {
        let world = &self.world;
        let (status, body) = world.server.carry_out(wire).await?;
        let made = world.device.at();
        world.tell("server", status.as_u16().into(), || {
            format!("the server answers {status} to {}", self.about.words())
        });
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
        let given = text("access_token").map(|access| Given {
            access,
            refresh: text("refresh_token"),
        });
        let refused = text("title").as_deref() == Some("invalid_grant");
        let mut oracle = world.oracle();
        let end = match (&self.about, given) {
            (About::Password(user), Some(given)) => {
                End::Granted(oracle.signed_in(user, given, self.sent, made))
            }
            (About::Refresh(with), Some(given)) => {
                let dies = world.plan.mode != RefreshMode::Reusable;
                let pair = oracle.refreshed(with, given, (self.sent, made), dies);
                pair.map_or(End::Other, End::Granted)
            }
            (About::Refresh(with), None) if refused => {
                if oracle.why_dead(with, made) == Some(Dead::Used) {
                    world.server.reuses_known.fetch_add(1, Relaxed);
                }
                oracle.refused(with, made);
                End::Refused
            }
            (About::Revocation(token), None) if status.is_success() => {
                oracle.revoked_by_client(token);
                End::Other
            }
            _ => End::Other,
        };
        Some((status, body, end))
    }
}

/// The request as the simulator takes it.
pub(super) fn wire(request: &Request) -> http::Request<Bytes> {
    let body = request.body.as_ref();
    let mut wire = http::Request::builder()
        .method(request.method.clone())
        .uri(request.url.as_str())
        .header("accept", "application/json");
    if body.is_some() {
        wire = wire.header("content-type", "application/json");
    }
    if let Some(token) = &request.bearer {
        wire = wire.header("authorization", format!("Bearer {}", token.expose()));
    }
    let body = body.map_or_else(Bytes::new, |body| Bytes::copy_from_slice(body.expose()));
    wire.body(body)
        .expect("the core sends well-formed requests")
}
