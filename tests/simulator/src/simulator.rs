//! The simulator's handle, and the way of one request through faults and routes, the same in
//! memory and over a socket.

use std::{fmt, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt;
use tower_service::Service;

use crate::{
    api::{self, Peer, params::Params, token},
    fault::{FaultKind, Meeting, Plan, Wait},
    pages,
    scenario::Scenario,
    seen::Seen,
    state::Shared,
    strike,
    tracker::RowNumber,
};

/// A simulated ClearPass. Clones share one server; each new one is independent of all others.
///
/// It listens nowhere by itself: [`Simulator::call`] answers in memory, on a paused clock too, and
/// [`Simulator::serve`] opens ports.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
    router: Router,
}

/// A request that got no whole answer, and how far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Cut {
    /// The server took nothing: for a client, not sent.
    #[error("the connection was cut before the request")]
    BeforeRequest,
    /// The server took the request, and the answer never came.
    #[error("the connection was cut before the answer")]
    NoReply,
    /// Headers and a part of the body came.
    #[error("the connection was cut within the answer's body")]
    MidBody,
}

/// An answer and what happens on its way out.
pub(crate) struct Answer {
    pub(crate) response: Response<Bytes>,
    /// Waits after the headers and half of the body.
    pub(crate) in_body: Vec<Wait>,
    /// Whether the body ends in the middle.
    pub(crate) truncated: bool,
}

impl Simulator {
    /// A server that is set up by this scenario.
    pub fn new(scenario: Scenario) -> Self {
        let shared = Arc::new(Shared::new(scenario));
        let router = api::routes()
            .merge(pages::routes())
            .fallback(api::not_found)
            .with_state(shared.clone());
        Self { shared, router }
    }

    /// A server with the embedded default scenario.
    pub fn default_scenario() -> Self {
        Self::new(Scenario::default())
    }

    /// Answers one request in memory, without a socket. Delays and holds wait on tokio's time.
    ///
    /// A request that was taken is carried out even if the caller goes away, as on a real server.
    pub async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Cut> {
        let answer = self.answer(request, Peer::default()).await?;
        for wait in &answer.in_body {
            wait.pass().await;
        }
        match answer.truncated {
            true => Err(Cut::MidBody),
            false => Ok(answer.response),
        }
    }

    /// Waits until a condition on this simulator holds; it is looked at after every change.
    pub async fn wait_for(&self, mut condition: impl FnMut(&Self) -> bool) {
        let mut changes = self.shared.changes();
        while !condition(self) {
            changes
                .changed()
                .await
                .expect("this handle keeps the sender alive");
        }
    }

    pub(crate) async fn answer(&self, request: Request<Bytes>, peer: Peer) -> Result<Answer, Cut> {
        if pages::has(request.uri().path()) {
            return Ok(Answer {
                response: self.route(request, peer).await?,
                in_body: Vec::new(),
                truncated: false,
            });
        }
        let params = token_params(&request);
        let meeting = Meeting::of(&request, params.truthy("grant_type").as_deref());
        let mut plan = self.shared.change(|state| {
            let plan = state.faults.plan(&meeting);
            state.counters.faults_applied += u64::from(!plan.is_empty());
            plan
        });
        if plan.strike == Some(FaultKind::DropBefore) {
            return Err(Cut::BeforeRequest);
        }
        let number = self.record(&request, &meeting, &params, peer);
        let in_body = std::mem::take(&mut plan.in_body);
        let truncated = plan.strike == Some(FaultKind::Truncated);
        let response = match plan.before_commit.is_empty() {
            true => self.clone().carry_out(request, peer, plan).await?,
            // Taken is taken: in a task of its own it goes on when the caller goes away.
            false => tokio::spawn(self.clone().carry_out(request, peer, plan))
                .await
                .map_err(|_| Cut::NoReply)??,
        };
        self.shared
            .change(|state| state.log.answered(number, response.status().as_u16()));
        Ok(Answer {
            response,
            in_body,
            truncated,
        })
    }

    /// Waits, commits, waits and strikes, as planned.
    async fn carry_out(
        self,
        request: Request<Bytes>,
        peer: Peer,
        plan: Plan,
    ) -> Result<Response<Bytes>, Cut> {
        for wait in &plan.before_commit {
            wait.pass().await;
        }
        let wall = self.shared.read(|state| state.clock.wall());
        let mut response = match &plan.strike {
            Some(what) if strike::spares_commit(what) => {
                self.note_stopped(&request, peer, what);
                strike::in_place_of_answer(what, wall)?
            }
            strike => {
                let response = self.route(request, peer).await?;
                if let (Some(row), Some(what)) = (response.extensions().get::<RowNumber>(), strike)
                {
                    self.shared
                        .change(|state| state.tracker.note_fault(*row, what.words()));
                }
                for wait in &plan.after_commit {
                    wait.pass().await;
                }
                match strike {
                    Some(what) => strike::after_commit(what, response, wall)?,
                    None => response,
                }
            }
        };
        let date = httpdate::fmt_http_date(wall);
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(header::DATE, date);
        }
        Ok(response)
    }

    async fn route(&self, request: Request<Bytes>, peer: Peer) -> Result<Response<Bytes>, Cut> {
        let mut request = request.map(Body::from);
        request.extensions_mut().insert(peer);
        let Ok(response) = self.router.clone().call(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| Cut::NoReply)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    fn record(
        &self,
        request: &Request<Bytes>,
        meeting: &Meeting,
        params: &Params,
        peer: Peer,
    ) -> u64 {
        let mut header_names: Vec<String> = Vec::new();
        for name in request.headers().keys() {
            header_names.push(name.as_str().to_owned());
        }
        self.shared.change(|state| {
            state.counters.requests += 1;
            let at: Duration = state.now();
            state.log.add_request(Seen {
                number: 0,
                at,
                method: meeting.method.to_string(),
                path: meeting.path.clone(),
                operation: meeting.operation,
                header_names,
                body: !request.body().is_empty(),
                members: params.names().map(str::to_owned).collect(),
                connection: peer.connection,
                status: None,
            })
        })
    }

    /// A token request that a fault stops before the commit is a timeout in Access Tracker.
    fn note_stopped(&self, request: &Request<Bytes>, peer: Peer, what: &FaultKind) {
        if request.uri().path() != TOKEN_PATH || request.method() != Method::POST {
            return;
        }
        self.shared.change(|state| {
            let mut row = token::stopped_row(state, request.headers(), request.body(), peer.ip);
            row.fault = Some(what.words().into());
            state.tracker.add(row);
        });
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counters = self.shared.read(|state| state.counters.clone());
        f.debug_struct("Simulator")
            .field("counters", &counters)
            .finish_non_exhaustive()
    }
}

const TOKEN_PATH: &str = "/api/oauth";

/// The members of a token request; none for any other.
fn token_params(request: &Request<Bytes>) -> Params {
    match request.uri().path() == TOKEN_PATH && request.method() == Method::POST {
        true => Params::read(request.headers(), request.body()).unwrap_or_default(),
        false => Params::default(),
    }
}
