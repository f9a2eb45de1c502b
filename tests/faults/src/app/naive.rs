//! A client as many apps begin: it looks right, and works on a desk. It refreshes inside the call
//! that needs a token, so that a caller who goes away takes the answer along; shows the new token
//! before it is stored; keeps no note of what is under way; keeps the old refresh token when none
//! comes; measures time by the wall clock; and believes every error that it is told.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{Method, StatusCode};
use quickaccess::{
    Code, Environment, Secret, SecretBytes, Timeouts,
    store::{StoreError, TokenStore},
    transport::{Lane, Limits, Reply, Request, SendFailure, Transport},
};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use super::Got;
use crate::{
    network::Way,
    oracle::{Call, Seen},
    process::{Process, Surroundings},
    server::{ADDRESS, CLIENT},
    store::Keeper,
    time::SECOND,
};

const ENTRY: &str = "naive";

/// A first attempt.
#[derive(Debug)]
pub(crate) struct Naive {
    surroundings: Surroundings,
    tokens: Mutex<Option<Tokens>>,
    /// One refresh at a time: this much they all learn early.
    turn: tokio::sync::Mutex<()>,
    shown: watch::Sender<Seen>,
}

#[derive(Clone, Debug)]
struct Tokens {
    user: String,
    access: String,
    refresh: String,
    /// By the wall clock.
    ends: u64,
}

impl Naive {
    /// Starts it; the store is read in the background.
    pub(super) fn start(process: &Arc<Process>) -> Arc<Self> {
        let naive = Arc::new(Self {
            surroundings: Surroundings {
                process: process.clone(),
                wall_time_trusted: false,
            },
            tokens: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            shown: watch::Sender::new(Seen::Unclear),
        });
        let reading = naive.clone();
        process.run(async move {
            let _turn = reading.turn.lock().await;
            let read = reading.blocking(|store| store.load(ENTRY)).await;
            // Whatever went wrong, nobody is signed in then.
            let tokens = read.ok().and_then(|bytes| Tokens::read(bytes.expose()));
            reading.publish(tokens);
        });
        naive
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Seen> {
        self.shown.subscribe()
    }

    pub(super) fn seen(&self) -> Seen {
        self.shown.borrow().clone()
    }

    fn tokens(&self) -> MutexGuard<'_, Option<Tokens>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, tokens: Option<Tokens>) {
        let seen = match &tokens {
            Some(tokens) => Seen::Somebody {
                user: tokens.user.clone(),
                ended: None,
            },
            None => Seen::Nobody(None),
        };
        *self.tokens() = tokens;
        self.shown.send_replace(seen);
    }

    pub(super) async fn call(&self, call: Call) -> Result<Got, Code> {
        match call {
            Call::Token => self.token(SECOND * 10).await.map(Got::Token),
            Call::TokenFor(at_least) => self.token(at_least).await.map(Got::Token),
            Call::Refresh => {
                let _turn = self.turn.lock().await;
                self.refresh().await.map(Got::Token)
            }
            Call::WhoAmI => {
                let access = self.token(SECOND * 10).await?;
                match self.me(&access).await? {
                    Some(name) => Ok(Got::Name(name)),
                    None => {
                        let access = {
                            let _turn = self.turn.lock().await;
                            self.refresh().await?
                        };
                        let name = self.me(&access).await?;
                        name.map(Got::Name).ok_or(Code::NotPermitted)
                    }
                }
            }
        }
    }

    fn good(&self, at_least: u64) -> Option<String> {
        let now = self.surroundings.now().wall;
        let tokens = self.tokens();
        let good = tokens
            .as_ref()
            .filter(|tokens| now + at_least < tokens.ends);
        good.map(|tokens| tokens.access.clone())
    }

    async fn token(&self, at_least: u64) -> Result<String, Code> {
        if let Some(access) = self.good(at_least) {
            return Ok(access);
        }
        let _turn = self.turn.lock().await;
        match self.good(at_least) {
            Some(access) => Ok(access),
            None => self.refresh().await,
        }
    }

    /// Asks the server, shows what comes, and then stores it.
    async fn refresh(&self) -> Result<String, Code> {
        let before = self.tokens().clone().ok_or(Code::SignedOut)?;
        let body = json!({
            "grant_type": "refresh_token",
            "client_id": CLIENT,
            "refresh_token": before.refresh,
        });
        let sent = self.post(Lane::Refresh, "oauth", &body).await;
        let reply = sent.map_err(|_| Code::Offline)?;
        match Tokens::granted(&reply, &before.user, Some(&before.refresh), self.now()) {
            Some(tokens) => {
                let access = tokens.access.clone();
                self.publish(Some(tokens.clone()));
                self.keep(&tokens).await;
                Ok(access)
            }
            None => {
                self.publish(None);
                let _ = self.blocking(|store| store.delete(ENTRY)).await;
                Err(Code::SessionEnded)
            }
        }
    }

    pub(super) async fn sign_in(&self, user: &str, password: &str) -> Result<(), Code> {
        let _turn = self.turn.lock().await;
        let body = json!({
            "grant_type": "password",
            "client_id": CLIENT,
            "username": user,
            "password": password,
        });
        let sent = self.post(Lane::SignIn, "oauth", &body).await;
        let reply = sent.map_err(|_| Code::Offline)?;
        let tokens = Tokens::granted(&reply, user, None, self.now());
        let tokens = tokens.ok_or(Code::CredentialsRejected)?;
        self.publish(Some(tokens.clone()));
        self.keep(&tokens).await;
        Ok(())
    }

    pub(super) async fn sign_out(&self) {
        self.publish(None);
        let _ = self.blocking(|store| store.delete(ENTRY)).await;
    }

    async fn me(&self, access: &str) -> Result<Option<String>, Code> {
        let mut request = self.request(Lane::Resources, Method::GET, "oauth/me");
        request.bearer = Some(Secret::from(access));
        let sent = Way(self.surroundings.process.clone()).send(request).await;
        let reply = sent.map_err(|_| Code::Offline)?;
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(None),
            status if status.is_success() => {
                let me: Value = serde_json::from_slice(reply.body.expose()).unwrap_or_default();
                Ok(Some(me["name"].as_str().unwrap_or_default().to_owned()))
            }
            _ => Err(Code::ServerError),
        }
    }

    async fn post(&self, lane: Lane, path: &str, body: &Value) -> Result<Reply, SendFailure> {
        let mut request = self.request(lane, Method::POST, path);
        request.body = Some(SecretBytes::new(body.to_string().into_bytes()));
        Way(self.surroundings.process.clone()).send(request).await
    }

    fn request(&self, lane: Lane, method: Method, path: &str) -> Request {
        let url = format!("{ADDRESS}/api/{path}");
        let url = url.parse().expect("an address of our own is one");
        let wait = Timeouts::default().request;
        let limits = Limits {
            first_byte: wait,
            body: wait,
            ..Limits::REFRESH
        };
        Request::new(lane, method, url, limits)
    }

    async fn keep(&self, tokens: &Tokens) {
        let bytes = SecretBytes::new(tokens.write());
        // If it can't be kept, it is there until the app ends.
        let _ = self.blocking(move |store| store.save(ENTRY, &bytes)).await;
    }

    async fn blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Keeper) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let keeper = Keeper(self.surroundings.process.clone());
        self.surroundings.spawn_blocking(Box::new(move || {
            let _ = tell.send(call(&keeper));
        }));
        let limit = self.surroundings.sleep(Duration::from_secs(10));
        tokio::select! {
            biased;
            told = told => told.unwrap_or(Err(StoreError::Unavailable)),
            () = limit => Err(StoreError::Unavailable),
        }
    }

    fn now(&self) -> u64 {
        self.surroundings.now().wall
    }
}

impl Tokens {
    /// The tokens of an answer; where no refresh token came, the old one stays.
    fn granted(reply: &Reply, user: &str, old: Option<&str>, now: u64) -> Option<Self> {
        let body: Value = serde_json::from_slice(reply.body.expose()).ok()?;
        let text = |name: &str| body.get(name)?.as_str();
        reply.status.is_success().then_some(())?;
        Some(Self {
            user: user.to_owned(),
            access: text("access_token")?.to_owned(),
            refresh: text("refresh_token").or(old)?.to_owned(),
            ends: now + body.get("expires_in")?.as_u64()? * SECOND,
        })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(bytes).ok()?;
        let text = |name: &str| Some(body.get(name)?.as_str()?.to_owned());
        Some(Self {
            user: text("user")?,
            access: text("access")?,
            refresh: text("refresh")?,
            ends: body.get("ends")?.as_u64()?,
        })
    }

    fn write(&self) -> Vec<u8> {
        let Self {
            user,
            access,
            refresh,
            ends,
        } = self;
        json!({ "access": access, "refresh": refresh, "user": user, "ends": ends })
            .to_string()
            .into_bytes()
    }
}
