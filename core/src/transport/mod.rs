//! The way to the server: one request, one answer, and for every failure whether the server can
//! have seen the request. Everything that speaks ClearPass builds on this small trait; tests put
//! the simulator's router in its place.

mod crypto;
mod failure;
mod http;
mod parts;
pub(crate) mod redirect;
#[cfg(test)]
pub(crate) mod testing;
mod uptake;

use std::{fmt, time::Duration};

use ::http::{HeaderMap, Method, StatusCode};
use url::Url;

pub use self::{
    http::HttpTransport,
    parts::{BodySource, OpenReply},
};
use crate::{
    environment::{BoxFuture, Millis},
    error::{Code, Error},
    secret::{Secret, SecretBytes},
    trust::TrustFailure,
};

/// Sends requests.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends one request once and reads the whole answer. Follows no redirect, repeats nothing.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>>;

    /// Sends one request once, and comes back with the head of the answer; its body is read part
    /// by part. [`Limits::body`] is then for each part, and [`Limits::max_body`] does not count.
    ///
    /// Unless a transport does better, the whole answer is read first.
    fn open(&self, mut request: Request) -> BoxFuture<'_, Result<OpenReply, SendFailure>> {
        request.limits.max_body = usize::MAX;
        Box::pin(async move { Ok(OpenReply::whole(self.send(request).await?)) })
    }

    /// Closes idle connections and forgets TLS tickets, after the trust or the network changed.
    fn reset(&self) {}
}

/// One request.
#[non_exhaustive]
pub struct Request {
    /// Which pool of connections it uses.
    pub lane: Lane,
    /// The method.
    pub method: Method,
    /// The whole address; always of the configured origin.
    pub url: Url,
    /// The access token, for the `Authorization` header.
    pub bearer: Option<Secret>,
    /// Headers beside those that the transport sets itself. An `Accept` or a `Content-Type` stands
    /// in the place of its own; no other can.
    pub headers: HeaderMap,
    /// A body; JSON unless `headers` say otherwise.
    pub body: Option<SecretBytes>,
    /// Time and size limits.
    pub limits: Limits,
    /// By the boot clock of the [`Environment`](crate::Environment): after this moment nothing of
    /// it may be written any more, and it fails as not sent.
    pub not_after: Option<Millis>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("lane", &self.lane)
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("bearer", &self.bearer)
            // Their values may be anything that a caller sends along.
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .field("limits", &self.limits)
            .field("not_after", &self.not_after)
            .finish()
    }
}

impl Request {
    /// A request without body and token.
    pub fn new(lane: Lane, method: Method, url: Url, limits: Limits) -> Self {
        Self {
            lane,
            method,
            url,
            bearer: None,
            headers: HeaderMap::new(),
            body: None,
            limits,
            not_after: None,
        }
    }
}

/// Which connections a request may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// A sign-in: a connection of its own pool, closed after the answer, because a password went
    /// over it.
    SignIn,
    /// A refresh: a connection that was used within the last 4 s, or a new one.
    Refresh,
    /// Everything that carries an access token or nothing.
    Resources,
}

/// Limits of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
    /// From the first byte to the last.
    pub body: Duration,
    /// The largest body in bytes.
    pub max_body: usize,
}

impl Limits {
    /// A refresh: it waits for its first byte for two minutes, since the server may have
    /// committed.
    pub const REFRESH: Self = Self {
        connect: Duration::from_secs(15),
        first_byte: Duration::from_secs(120),
        body: Duration::from_secs(30),
        max_body: 64 * 1024,
    };
}

/// An answer, whatever its status.
pub struct Reply {
    /// The status code.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: SecretBytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// A request that got no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendFailure {
    /// Whether the server can have seen it.
    pub reach: Reach,
    /// What went wrong.
    pub cause: SendCause,
}

/// Whether a request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// No byte of the request was written.
    NotSent,
    /// Some of it was, or may have been.
    Unknown,
}

/// What went wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendCause {
    /// No connection: no network, no such host, refused, or the connection broke.
    Offline,
    /// A time limit passed.
    Timeout,
    /// The server's certificate is not trusted; nothing was sent.
    Trust(Box<TrustFailure>),
    /// TLS failed for another reason, such as no common version.
    Tls,
    /// The answer was cut off.
    Truncated,
    /// The answer was larger than the limit.
    TooLarge,
    /// The answer was not HTTP.
    NotHttp,
    /// The request cannot be sent at all: it is for another server, or its token holds what no
    /// header may hold.
    Unsendable,
}

impl SendFailure {
    /// The error that a caller gets. Whether the server may have acted is part of it.
    pub(crate) fn to_error(&self) -> Error {
        let bad_reply = |what: &str| {
            Error::with_message(
                Code::BadReply,
                format!("{what} {}", Code::BadReply.what_to_do()),
            )
        };
        let error = match &self.cause {
            SendCause::Offline => Error::new(Code::Offline),
            SendCause::Timeout => Error::new(Code::Timeout),
            SendCause::Trust(failure) => Error::untrusted((**failure).clone()),
            SendCause::Tls => Error::new(Code::TlsFailed),
            SendCause::Truncated => bad_reply("The answer was cut off."),
            SendCause::TooLarge => bad_reply("The answer is larger than what was allowed for it."),
            SendCause::NotHttp => bad_reply("What answered does not speak HTTP."),
            SendCause::Unsendable => Error::new(Code::Internal),
        };
        error.may_have_acted(self.reach == Reach::Unknown)
    }
}
