//! Something between the phone and the server: it answers some requests itself.

use std::{fmt, sync::Arc};

use quickaccess::{
    BoxFuture, SecretBytes,
    transport::{Reply, Request, SendFailure, Transport},
};

use super::TestNetwork;

type Script = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

/// A proxy, a captive portal, or a server of another kind.
#[derive(Clone)]
pub(crate) struct Scripted {
    network: TestNetwork,
    script: Arc<Script>,
}

impl Scripted {
    /// Where the script gives nothing, the server answers.
    pub(crate) fn new(
        network: &TestNetwork,
        script: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self {
            network: network.clone(),
            script: Arc::new(script),
        }
    }
}

/// An answer with a status and a body.
pub(crate) fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status: http::StatusCode::from_u16(status).unwrap(),
        headers: http::HeaderMap::new(),
        body: SecretBytes::new(body.as_bytes().to_vec()),
    }
}

/// A redirect.
pub(crate) fn redirect(location: &str) -> Reply {
    let mut reply = reply(302, "");
    reply
        .headers
        .insert(http::header::LOCATION, location.parse().unwrap());
    reply
}

/// An answer that asks for patience.
pub(crate) fn busy(status: u16, retry_after: &str) -> Reply {
    let mut reply = reply(status, "");
    reply
        .headers
        .insert(http::header::RETRY_AFTER, retry_after.parse().unwrap());
    reply
}

/// Whether a request is for this path of the API.
pub(crate) fn is_for(request: &Request, path: &str) -> bool {
    request.url.path().strip_prefix("/api/") == Some(path)
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Transport for Scripted {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        match (self.script)(&request) {
            Some(reply) => Box::pin(async { Ok(reply) }),
            None => self.network.send(request),
        }
    }
}
