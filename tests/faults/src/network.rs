//! The way from the phone to its server. What the server does is written into the oracle's book
//! when it does it, whoever hears of it; what the phone hears is drawn for each request.

use std::{
    fmt,
    future::pending,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use quickaccess::{
    BoxFuture,
    transport::{Reach, Reply, Request, SendCause, SendFailure, Transport},
};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{
    chance::{Chance, MILLION},
    oracle::{Dead, End, Given, Trouble},
    plan::Network,
    process::Process,
    server::{self, reply},
    time::{MINUTE, SECOND},
    weather::Health,
    world::World,
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

/// What becomes of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Good,
    NoConnection,
    LostBefore,
    LostAfter,
    PageBefore,
    PageAfter,
    Truncated,
    TooLarge,
    Garbage,
}

/// What is drawn for one request.
#[derive(Debug)]
struct Fate {
    luck: Luck,
    /// Milliseconds to the server, in it and back.
    times: [u64; 3],
    /// A dead connection is noticed at once, not by its time limit.
    resets: bool,
    /// Decides what an ill server does, and what garbage looks like.
    rest: Chance,
}

/// What comes back.
enum Back {
    /// An answer, and what it means for a refresh or a sign-in.
    Reply(Reply, End),
    /// It broke off.
    Broken(SendCause),
}

impl Fate {
    fn draw(network: &Network, chance: &mut Chance) -> Self {
        let mut left = chance.below(MILLION);
        let mut luck = Luck::Good;
        for (ppm, bad) in [
            (network.lost_before / 3, Luck::NoConnection),
            (
                network.lost_before - network.lost_before / 3,
                Luck::LostBefore,
            ),
            (network.lost_after, Luck::LostAfter),
            (network.page_before, Luck::PageBefore),
            (network.page_after, Luck::PageAfter),
            (network.garbled / 3, Luck::Truncated),
            (network.garbled / 3, Luck::TooLarge),
            (network.garbled / 3, Luck::Garbage),
        ] {
            match left.checked_sub(ppm) {
                Some(rest) => left = rest,
                None => {
                    luck = bad;
                    break;
                }
            }
        }
        let mut times = [
            chance.between(15, 120),
            chance.magnitude(5, 300),
            chance.between(15, 120),
        ];
        if chance.happens(network.slow) {
            times[chance.below(3) as usize] += chance.between(5 * SECOND, 110 * SECOND);
        }
        Self {
            luck,
            times,
            resets: chance.percent(60),
            rest: Chance::stream(chance.next(), "rest"),
        }
    }

    fn is_slow(&self) -> bool {
        self.times.iter().sum::<u64>() > 2 * SECOND
    }
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
            (About::Password(_), End::Granted(pair)) => oracle.heard(pair, at),
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

/// A request outside the phone: it goes on whatever becomes of who sent it.
struct Journey {
    world: Arc<World>,
    about: About,
    fate: Fate,
    path: u64,
    sent: u64,
}

impl Journey {
    /// To the server and back; says nothing where nothing arrives.
    async fn run(mut self, wire: http::Request<Bytes>, tell: oneshot::Sender<Back>) {
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
                let dies = world.plan.mode != quickaccess_simulator::RefreshMode::Reusable;
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
fn wire(request: &Request) -> http::Request<Bytes> {
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
