//! Answers whose body is read part by part, for what is too large to be held at once.

use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode};
use tokio::time::sleep;

use super::{Reply, SendCause, failure::body_cause_of};
use crate::{environment::BoxFuture, secret::SecretBytes};

/// Where the parts of a body come from.
pub trait BodySource: Send + Sync + fmt::Debug {
    /// The next part; `None` after the last one.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, SendCause>>;
}

/// An answer whose body has not been read yet.
pub struct OpenReply {
    /// The status code.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Box<dyn BodySource>,
}

impl OpenReply {
    /// An answer whose body comes from this source.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Box<dyn BodySource>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// An answer that is there already.
    pub fn whole(reply: Reply) -> Self {
        let body = Box::new(InMemory(Some(reply.body)));
        Self::new(reply.status, reply.headers, body)
    }

    /// Reads the body to its end, up to so many bytes.
    pub(crate) async fn collect(mut self, most: usize) -> Result<Reply, SendCause> {
        let mut body = SecretBytes::default();
        while let Some(part) = self.body.next().await? {
            if body.len() + part.len() > most {
                return Err(SendCause::TooLarge);
            }
            body.extend(&part);
        }
        Ok(Reply {
            status: self.status,
            headers: self.headers,
            body,
        })
    }
}

impl fmt::Debug for OpenReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenReply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A body in one part.
#[derive(Debug)]
struct InMemory(Option<SecretBytes>);

impl BodySource for InMemory {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, SendCause>> {
        let part = self.0.take().filter(|bytes| !bytes.is_empty());
        Box::pin(async move { Ok(part.map(|bytes| bytes.expose().to_vec())) })
    }
}

/// A body on its way over the network.
pub(super) struct Incoming<F> {
    response: reqwest::Response,
    /// For each part.
    limit: Duration,
    /// Is called when the connection has been used.
    used: F,
}

impl<F> Incoming<F> {
    pub(super) fn new(response: reqwest::Response, limit: Duration, used: F) -> Self {
        Self {
            response,
            limit,
            used,
        }
    }
}

impl<F: Fn() + Send + Sync> BodySource for Incoming<F> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, SendCause>> {
        Box::pin(async {
            let part = tokio::select! {
                biased;
                part = self.response.chunk() => part,
                () = sleep(self.limit) => return Err(SendCause::Timeout),
            };
            (self.used)();
            match part {
                Ok(part) => Ok(part.map(Vec::from)),
                Err(error) => Err(body_cause_of(&error)),
            }
        })
    }
}

impl<F> fmt::Debug for Incoming<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").finish_non_exhaustive()
    }
}
