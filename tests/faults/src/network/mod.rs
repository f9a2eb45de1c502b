//! The way from the phone to its server. What the server does is written into the oracle's book
//! when it does it, whoever hears of it; what the phone hears is drawn for each request.

mod fate;
mod journey;

use std::{fmt, future::pending, sync::Arc, time::Duration};

use quickaccess::{
    BoxFuture,
    transport::{Reach, Reply, Request, SendCause, SendFailure, Transport},
};
use serde_json::Value;
use tokio::sync::oneshot;

use self::{
    fate::{Fate, Luck},
    journey::{Back, Journey, wire},
};
use crate::{
    oracle::{End, Trouble},
    process::Process,
    time::MINUTE,
    weather::Health,
};

/// The network as one process sees it.
#[derive(Clone)]
pub(crate) struct Way(pub(crate) Arc<Process>);

/// What a request is about.
#[derive(Clone, Debug)]
enum About {
    Password(String),
    Refresh(String),
    Revocation(String),
    Resource,
}

impl About {
    fn of(request: &Request) -> Self {
        let path = request.url.path();
        let body = request.body.as_ref().map(|body| body.expose());
        let body: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
        let text = |name: &str| {
            let body = body.as_ref()?;
            Some(body.get(name)?.as_str()?.to_owned())
        };
        let found = if path.ends_with("/oauth") {
            text("refresh_token")
                .map(Self::Refresh)
                .or_else(|| text("username").map(Self::Password))
        } else if path.ends_with("/oauth/revoke") {
            text("token").map(Self::Revocation)
        } else {
            None
        };
        found.unwrap_or(Self::Resource)
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Password(_) => "a sign-in",
            Self::Refresh(_) => "a refresh",
            Self::Revocation(_) => "a revocation",
            Self::Resource => "a request",
        }
    }
}

/// The refresh token that a request sends.
pub(crate) fn refresh_token_of(request: &Request) -> Option<String> {
    match About::of(request) {
        About::Refresh(token) => Some(token),
        _ => None,
    }
}

impl Way {
    async fn carry(self, request: Request) -> Result<Reply, SendFailure> {
        let (process, world) = (&self.0, &self.0.world);
        let about = About::of(&request);
        let fate = process.draw(|chance| Fate::draw(&world.plan.network, chance));
        self.die_or(&about, "before it sends").await;
        let limits = request.limits;
        if let Some((after, cause)) = self.no_connection(&fate, limits.connect) {
            let open = OpenRefresh::connecting(process, &about);
            process.clone().sleep(Duration::from_millis(after)).await;
            open.ended(End::NotSent);
            return Err(self.failed(&about, Reach::NotSent, cause));
        }
        let number = fate.luck as u64;
        world.tell("sends", number, || {
            let luck = match fate.luck {
                Luck::Good => String::new(),
                other => format!(" ({other:?})"),
            };
            format!("process {} sends {}{luck}", process.number, about.words())
        });
        let sent = world.device.at();
        if let About::Revocation(token) = &about {
            world.oracle().given_up(process.number, token);
        }
        if fate.is_slow() || matches!(world.server.health(), Health::Slow(_)) {
            world.oracle().trouble(Trouble::NoAnswer, sent + 2 * MINUTE);
        }
        let open = OpenRefresh::of(process, &about);
        let resets = fate.resets;
        let (tell, told) = oneshot::channel();
        let wire = wire(&request);
        let journey = Journey {
            world: world.clone(),
            about: about.clone(),
            fate,
            path: world.device.path(),
            sent,
        };
        tokio::spawn(journey.run(wire, tell));
        if matches!(about, About::Refresh(_)) {
            self.wake_others();
        }
        let answer = async {
            match told.await {
                Ok(back) => back,
                Err(_) if resets => Back::Broken(SendCause::Offline),
                Err(_) => pending().await,
            }
        };
        let limit = process.clone().sleep(limits.first_byte + limits.body);
        let back = tokio::select! {
            biased;
            back = answer => back,
            () = limit => Back::Broken(SendCause::Timeout),
        };
        self.die_or(&about, "before it hears the answer").await;
        match back {
            Back::Reply(reply, end) => {
                self.heard(&about, end, &reply);
                open.ended(end);
                Ok(reply)
            }
            Back::Broken(cause) => {
                open.ended(End::Unknown);
                Err(self.failed(&about, Reach::Unknown, cause))
            }
        }
    }

    /// While one process refreshes, the system may let another one go on that it had stopped.
    fn wake_others(&self) {
        for other in self.0.world.stopped_beside(&self.0) {
            let wait = self
                .0
                .draw(|chance| chance.percent(50).then(|| chance.magnitude(1, 400)));
            if let Some(wait) = wait {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    other.stop(false);
                });
            }
        }
    }

    /// Why there is no connection, and how long it takes to know.
    fn no_connection(&self, fate: &Fate, limit: Duration) -> Option<(u64, SendCause)> {
        let limit = limit.as_millis() as u64;
        let world = &self.0.world;
        if !world.device.is_online() {
            return Some(if fate.resets {
                (fate.times[0].min(limit), SendCause::Offline)
            } else {
                (limit, SendCause::Timeout)
            });
        }
        match (world.server.health(), fate.luck) {
            (Health::Down, _) => Some((fate.times[0].min(limit), SendCause::Offline)),
            (_, Luck::NoConnection) => Some((limit, SendCause::Timeout)),
            _ => None,
        }
    }

    async fn die_or(&self, about: &About, step: &'static str) {
        let steps = matches!(about, About::Refresh(_) | About::Password(_));
        if steps && self.0.dies(step) {
            pending().await
        }
    }

    fn failed(&self, about: &About, reach: Reach, cause: SendCause) -> SendFailure {
        let world = &self.0.world;
        let at = world.device.at();
        world.oracle().trouble(
            match reach {
                Reach::NotSent => Trouble::NotSent,
                Reach::Unknown => Trouble::NoAnswer,
            },
            at,
        );
        world.tell("fails", reach as u64, || {
            format!(
                "process {}: {} fails: {reach:?} {cause:?}",
                self.0.number,
                about.words()
            )
        });
        SendFailure { reach, cause }
    }

    fn heard(&self, about: &About, end: End, reply: &Reply) {
        let world = &self.0.world;
        let (at, status) = (world.device.at(), reply.status.as_u16());
        world.tell("hears", status.into(), || {
            format!(
                "process {} hears {status} to {}",
                self.0.number,
                about.words()
            )
        });
        let mut oracle = world.oracle();
        match (about, end) {
            (_, End::Unknown) => oracle.trouble(Trouble::NoAnswer, at),
            (_, End::Other) if status == 429 => {
                let wish = reply.headers.get(http::header::RETRY_AFTER);
                let wish = wish.and_then(|wish| wish.to_str().ok()?.parse().ok());
                oracle.trouble(Trouble::AskedToWait(wish), at);
            }
            (About::Refresh(_), End::Other) => oracle.trouble(Trouble::Refused, at),
            (About::Password(_), End::Granted(pair)) => {
                oracle.heard(self.0.number, pair, at);
            }
            (About::Resource, _) if matches!(status, 401 | 403) => oracle.reason_to_refresh(at),
            _ => {}
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Way").field(&self.0.number).finish()
    }
}

impl Transport for Way {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        Box::pin(self.clone().carry(request))
    }
}

/// A refresh that is on the way: where its process gives it up, the oracle hears of it.
struct OpenRefresh {
    process: Arc<Process>,
    refresh: Option<String>,
}

impl OpenRefresh {
    /// It waits for its connection: given up here, nobody knows how far it came.
    fn connecting(process: &Arc<Process>, about: &About) -> Self {
        let refresh = match about {
            About::Refresh(refresh) => Some(refresh.clone()),
            _ => None,
        };
        if refresh.is_some() {
            process.world.oracle().refresh_begun(process.number);
        }
        Self {
            process: process.clone(),
            refresh,
        }
    }

    fn of(process: &Arc<Process>, about: &About) -> Self {
        let open = Self::connecting(process, about);
        if let Some(refresh) = &open.refresh {
            let at = process.world.device.at();
            process
                .world
                .oracle()
                .refresh_sent(process.number, refresh, at);
        }
        open
    }

    fn ended(mut self, end: End) {
        self.end(end);
    }

    fn end(&mut self, end: End) {
        if let Some(refresh) = self.refresh.take() {
            let world = &self.process.world;
            let at = world.device.at();
            world
                .oracle()
                .refresh_ended(self.process.number, &refresh, end, at);
        }
    }
}

impl Drop for OpenRefresh {
    fn drop(&mut self) {
        if self.refresh.is_some() {
            let at = self.process.world.device.at();
            self.process.world.oracle().trouble(Trouble::NoAnswer, at);
        }
        self.end(End::Unknown);
    }
}
