//! The transport over the network: HTTP/1.1, three lanes with connections of their own, limits
//! for every phase, and a failure that says whether the server can have seen the request.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, HeaderValue, header};
use reqwest::Client;
use rustls::{client::Resumption, pki_types::UnixTime, time_provider::TimeProvider};
use tokio::time::sleep;

use super::{
    Lane, Limits, OpenReply, Reach, Reply, Request, SendCause, SendFailure, Transport, crypto,
    failure::{body_cause_of, cause_of},
    parts::Incoming,
    uptake::{Uptake, WatchedBody},
};
use crate::{
    environment::{BoxFuture, Environment, Millis},
    error::{Code, Error},
    secret::SecretBytes,
    server::{ServerUrl, is_this_machine},
    trust::{Trust, TrustMemory, Verifier},
};

/// A connection for a sign-in or a refresh has answered no longer ago than this, or is new.
const IDLE_CREDENTIALS: Duration = Duration::from_secs(4);
/// A connection for anything else.
const IDLE_RESOURCES: Duration = Duration::from_secs(30);
/// Shared out between the addresses of a host, so that a dead one does not use up the whole
/// limit of a request.
const CONNECT: Duration = Limits::REFRESH.connect;

/// Sends requests to one server over the network.
///
/// Certificates are judged by the [`Trust`] and the [`TrustMemory`] that it was made with, on
/// every new connection: there are no TLS tickets that could skip the question.
pub struct HttpTransport {
    server: ServerUrl,
    trust: Trust,
    memory: Arc<TrustMemory>,
    environment: Arc<dyn Environment>,
    user_agent: HeaderValue,
    lanes: Mutex<Lanes>,
}

impl HttpTransport {
    /// A transport for one server.
    ///
    /// # Errors
    /// `invalid_input` when the CA certificates can't be read or the user agent can't stand in a
    /// header.
    pub fn new(
        server: &ServerUrl,
        trust: &Trust,
        memory: Arc<TrustMemory>,
        environment: Arc<dyn Environment>,
        user_agent: &str,
    ) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(user_agent).map_err(|_| {
            Error::with_message(
                Code::InvalidInput,
                "The user agent holds what no header may hold.",
            )
        })?;
        let tls = tls_config(trust, &memory, &environment)?;
        let transport = Self {
            server: server.clone(),
            trust: trust.clone(),
            memory,
            environment,
            user_agent,
            lanes: Mutex::new(Lanes::new(tls)),
        };
        // What cannot be built is told here rather than at the first request.
        for lane in [Lane::SignIn, Lane::Refresh, Lane::Resources] {
            transport.warm(lane)?;
        }
        Ok(transport)
    }

    /// The client of a lane. After a pause that no connection should outlive it is a new one;
    /// the pause is measured by the clock that runs on in sleep, which the pool's own does not.
    fn warm(&self, lane: Lane) -> Result<Warm, Error> {
        let now = self.environment.now().boot;
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let tls = lanes.tls.clone();
        let slot = lanes.slot(lane);
        if let Some(warm) = slot.as_ref().filter(|warm| warm.is_fresh(now, lane.idle())) {
            return Ok(warm.clone());
        }
        let warm = Warm {
            client: self
                .client(lane, tls)
                .build()
                .map_err(|_| Error::new(Code::Internal))?,
            used: Arc::new(AtomicU64::new(now)),
        };
        *slot = Some(warm.clone());
        Ok(warm)
    }

    fn client(&self, lane: Lane, tls: rustls::ClientConfig) -> reqwest::ClientBuilder {
        let loopback = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .https_only(!self.server.is_plain())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(self.user_agent.clone())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(lane.idle())
            .resolve_to_addrs("localhost", &loopback);
        if self.server.api("").is_ok_and(|url| is_this_machine(&url)) {
            builder = builder.no_proxy();
        }
        builder
    }

    /// Sends a request, and comes back with the head of its answer.
    async fn begin(&self, mut request: Request) -> Result<(reqwest::Response, Warm), SendFailure> {
        let not_sent = SendFailure {
            reach: Reach::NotSent,
            cause: SendCause::Unsendable,
        };
        if !self.server.same_origin(&request.url) {
            return Err(not_sent);
        }
        let limits = request.limits;
        let Some(headers) = headers(&mut request) else {
            return Err(not_sent);
        };
        let Ok(warm) = self.warm(request.lane) else {
            return Err(not_sent);
        };
        let uptake = Uptake::until(request.not_after, &self.environment);
        let body = WatchedBody::new(request.body.take(), uptake.clone());
        let sending = warm
            .client
            .request(request.method, request.url)
            .headers(headers)
            .body(reqwest::Body::wrap(body))
            .send();
        Ok((first_byte(sending, &uptake, &limits).await?, warm))
    }

    async fn exchange(&self, request: Request) -> Result<Reply, SendFailure> {
        let limits = request.limits;
        let (response, warm) = self.begin(request).await?;
        let reply = whole(response, &limits).await;
        warm.used
            .store(self.environment.now().boot, Ordering::Relaxed);
        reply.map_err(|cause| SendFailure {
            reach: Reach::Unknown,
            cause,
        })
    }

    async fn begin_parts(&self, request: Request) -> Result<OpenReply, SendFailure> {
        let limit = request.limits.body;
        let (mut response, warm) = self.begin(request).await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let (used, environment) = (warm.used, self.environment.clone());
        let body = Incoming::new(response, limit, move || {
            used.store(environment.now().boot, Ordering::Relaxed);
        });
        Ok(OpenReply::new(status, headers, Box::new(body)))
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        Box::pin(self.exchange(request))
    }

    fn open(&self, request: Request) -> BoxFuture<'_, Result<OpenReply, SendFailure>> {
        Box::pin(self.begin_parts(request))
    }

    fn reset(&self) {
        let Ok(tls) = tls_config(&self.trust, &self.memory, &self.environment) else {
            // It was built from the same settings before. The verifier in use asks the memory
            // anew on each connection, so that it is good enough to go on.
            tracing::warn!("the TLS configuration could not be renewed");
            return;
        };
        *self.lanes.lock().unwrap_or_else(PoisonError::into_inner) = Lanes::new(tls);
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// The clients of the lanes, and the TLS configuration that they share.
struct Lanes {
    tls: rustls::ClientConfig,
    clients: [Option<Warm>; 3],
}

impl Lanes {
    fn new(tls: rustls::ClientConfig) -> Self {
        Self {
            tls,
            clients: [None, None, None],
        }
    }

    fn slot(&mut self, lane: Lane) -> &mut Option<Warm> {
        let [sign_in, refresh, resources] = &mut self.clients;
        match lane {
            Lane::SignIn => sign_in,
            Lane::Refresh => refresh,
            Lane::Resources => resources,
        }
    }
}

impl Lane {
    /// How long a connection may have been idle.
    fn idle(self) -> Duration {
        match self {
            Self::SignIn | Self::Refresh => IDLE_CREDENTIALS,
            Self::Resources => IDLE_RESOURCES,
        }
    }
}

/// A client with its pool, and when it was used last by the boot clock.
#[derive(Clone)]
struct Warm {
    client: Client,
    used: Arc<AtomicU64>,
}

impl Warm {
    fn is_fresh(&self, now: Millis, idle: Duration) -> bool {
        let pause = now.saturating_sub(self.used.load(Ordering::Relaxed));
        u128::from(pause) < idle.as_millis()
    }
}

/// The wall clock of the environment, for rustls.
#[derive(Debug)]
struct WallClock(Arc<dyn Environment>);

impl TimeProvider for WallClock {
    fn current_time(&self) -> Option<UnixTime> {
        let wall = Duration::from_millis(self.0.now().wall);
        Some(UnixTime::since_unix_epoch(wall))
    }
}

fn tls_config(
    trust: &Trust,
    memory: &Arc<TrustMemory>,
    environment: &Arc<dyn Environment>,
) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(crypto::provider());
    let verifier = Verifier::new(trust, memory.clone(), provider.clone())?;
    let clock = Arc::new(WallClock(environment.clone()));
    let mut config = rustls::ClientConfig::builder_with_details(provider, clock)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::new(Code::Internal))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// The headers of a request; `None` when the token can't stand in one.
fn headers(request: &mut Request) -> Option<HeaderMap> {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let mut headers = std::mem::take(&mut request.headers);
    headers.entry(header::ACCEPT).or_insert(JSON);
    if let Some(token) = &request.bearer {
        let mut text = SecretBytes::new(Vec::with_capacity("Bearer ".len() + token.expose().len()));
        text.extend(b"Bearer ");
        text.extend(token.expose().as_bytes());
        let mut value = HeaderValue::from_maybe_shared(bytes::Bytes::from_owner(text)).ok()?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    if request.body.is_some() {
        headers.entry(header::CONTENT_TYPE).or_insert(JSON);
        if request.lane == Lane::SignIn {
            // A password goes over this connection: it is closed after the answer.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    Some(headers)
}

/// Waits for the head of the answer.
async fn first_byte(
    sending: impl Future<Output = reqwest::Result<reqwest::Response>>,
    uptake: &Uptake,
    limits: &Limits,
) -> Result<reqwest::Response, SendFailure> {
    let mut sending = Box::pin(sending);
    let connected = tokio::select! {
        biased;
        answer = &mut sending => Some(Ok(answer)),
        () = uptake.taken() => None,
        () = sleep(limits.connect) => Some(Err(())),
    };
    let answer = match connected {
        Some(answer) => answer,
        None => tokio::select! {
            biased;
            answer = &mut sending => Ok(answer),
            () = sleep(limits.first_byte) => Err(()),
        },
    };
    let cause = match answer {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(error)) => cause_of(&error),
        Err(()) => SendCause::Timeout,
    };
    drop(sending);
    if !uptake.withdraw() {
        let reach = Reach::Unknown;
        return Err(SendFailure { reach, cause });
    }
    let overdue = uptake.is_overdue();
    Err(SendFailure {
        reach: Reach::NotSent,
        cause: if overdue { SendCause::Timeout } else { cause },
    })
}

/// Reads the body.
async fn whole(mut response: reqwest::Response, limits: &Limits) -> Result<Reply, SendCause> {
    let mut limit = pin!(sleep(limits.body));
    let announced = response.content_length().unwrap_or(0);
    if announced > limits.max_body as u64 {
        return Err(SendCause::TooLarge);
    }
    let mut body = SecretBytes::new(Vec::with_capacity(announced as usize));
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = response.chunk() => chunk,
            () = &mut limit => return Err(SendCause::Timeout),
        };
        match chunk {
            Err(error) => return Err(body_cause_of(&error)),
            Ok(Some(chunk)) if body.len() + chunk.len() > limits.max_body => {
                return Err(SendCause::TooLarge);
            }
            Ok(Some(chunk)) => body.extend(&chunk),
            Ok(None) => break,
        }
    }
    Ok(Reply {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tls_tests;
