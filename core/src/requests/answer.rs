//! Answers as callers get them: whole, or part by part.

use std::{fmt, sync::Arc};

use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use crate::{
    environment::{Environment, Millis},
    error::{Code, Error},
    transport::{OpenReply, Reach, Reply, SendFailure},
};

/// A success, as it came.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The HTTP status: 200 to 299, or 304.
    pub status: u16,
    /// The media type, such as `application/json`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    pub(super) fn new(reply: Reply) -> Self {
        Self {
            status: reply.status.as_u16(),
            content_type: content_type(&reply.headers),
            body: reply.body.expose().to_vec(),
        }
    }

    /// Reads the body as JSON; an empty one reads as `null`.
    ///
    /// # Errors
    /// `bad_reply` when it is none, or has another form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        parse(&self.body)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// Reads JSON. What is in it is not quoted when it can't be read.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = if body.is_empty() { b"null" } else { body };
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Error::with_message(
            Code::BadReply,
            format!(
                "The JSON of the answer has another form than what was asked for \
                 (line {}, column {}).",
                error.line(),
                error.column()
            ),
        ),
        _ => Error::new(Code::BadReply),
    })
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.to_owned())
}

/// A body on its way, read part by part, so that its size does not matter. Dropping it ends the
/// transfer.
pub struct Download {
    status: u16,
    content_type: Option<String>,
    length: Option<u64>,
    reply: OpenReply,
    safe: bool,
    ends: Option<(Millis, Arc<dyn Environment>)>,
    failed: Option<Error>,
}

impl Download {
    pub(super) fn new(
        reply: OpenReply,
        safe: bool,
        ends: Option<(Millis, Arc<dyn Environment>)>,
    ) -> Self {
        let length = reply.headers.get(header::CONTENT_LENGTH);
        Self {
            status: reply.status.as_u16(),
            content_type: content_type(&reply.headers),
            length: length.and_then(|length| length.to_str().ok()?.parse().ok()),
            reply,
            safe,
            ends,
            failed: None,
        }
    }

    /// The HTTP status, a success.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The media type.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes the server has announced.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next part; `None` after the last one.
    ///
    /// # Errors
    /// `timeout` when no part came for as long as [`Timeouts::request`](crate::Timeouts::request),
    /// or when the request's deadline has passed; `bad_reply` when the body was cut off. Either
    /// stays.
    pub async fn next_part(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.reply.body.next();
        let part = match &self.ends {
            None => next.await,
            Some((ends, environment)) => {
                let rest = ends.saturating_sub(environment.now().boot);
                let over = environment.sleep(std::time::Duration::from_millis(rest));
                tokio::select! {
                    biased;
                    part = next => part,
                    () = over => Err(crate::transport::SendCause::Timeout),
                }
            }
        };
        part.map_err(|cause| {
            let reach = Reach::Unknown;
            let error = SendFailure { reach, cause }.to_error();
            let error = error.may_have_acted(!self.safe);
            self.failed = Some(error.clone());
            error
        })
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
