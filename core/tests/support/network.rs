//! The network: the simulator's router in memory, with a switch for airplane mode.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

use bytes::Bytes;
use quickaccess::{
    BoxFuture, SecretBytes,
    transport::{Reach, Reply, Request, SendCause, SendFailure, Transport},
};
use quickaccess_simulator::{Cut, Simulator};

#[derive(Clone, Debug)]
pub(crate) struct TestNetwork {
    server: Simulator,
    offline: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    tried: Arc<AtomicU64>,
}

impl TestNetwork {
    pub(crate) fn new(server: Simulator) -> Self {
        Self {
            server,
            offline: Arc::default(),
            sent: Arc::default(),
            tried: Arc::default(),
        }
    }

    /// Airplane mode.
    pub(crate) fn offline(&self, offline: bool) {
        self.offline.store(offline, SeqCst);
    }

    /// How many requests went out.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(SeqCst)
    }

    /// How many tries there were, those without a network included.
    pub(crate) fn tried(&self) -> u64 {
        self.tried.load(SeqCst)
    }
}

impl Transport for TestNetwork {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        Box::pin(async move {
            self.tried.fetch_add(1, SeqCst);
            let failed = |reach, cause| Err(SendFailure { reach, cause });
            if self.offline.load(SeqCst) {
                return failed(Reach::NotSent, SendCause::Offline);
            }
            self.sent.fetch_add(1, SeqCst);
            let limits = request.limits;
            let body = request
                .body
                .as_ref()
                .map_or(Bytes::new(), |body| Bytes::copy_from_slice(body.expose()));
            let mut call = http::Request::builder()
                .method(request.method.clone())
                .uri(request.url.as_str())
                .header("host", request.url.host_str().unwrap_or_default());
            for (name, value) in &request.headers {
                call = call.header(name, value);
            }
            if !request.headers.contains_key("accept") {
                call = call.header("accept", "application/json");
            }
            if request.body.is_some() && !request.headers.contains_key("content-type") {
                call = call.header("content-type", "application/json");
            }
            if let Some(token) = &request.bearer {
                call = call.header("authorization", format!("Bearer {}", token.expose()));
            }
            let call = call.body(body).unwrap();
            let limit = limits.first_byte + limits.body;
            match tokio::time::timeout(limit, self.server.call(call)).await {
                Err(_) => failed(Reach::Unknown, SendCause::Timeout),
                Ok(Err(Cut::BeforeRequest)) => failed(Reach::NotSent, SendCause::Offline),
                Ok(Err(Cut::NoReply)) => failed(Reach::Unknown, SendCause::Offline),
                Ok(Err(_)) => failed(Reach::Unknown, SendCause::Truncated),
                Ok(Ok(reply)) if reply.body().len() > limits.max_body => {
                    failed(Reach::Unknown, SendCause::TooLarge)
                }
                Ok(Ok(reply)) => {
                    let (parts, body) = reply.into_parts();
                    Ok(Reply {
                        status: parts.status,
                        headers: parts.headers,
                        body: SecretBytes::new(body.to_vec()),
                    })
                }
            }
        })
    }
}
