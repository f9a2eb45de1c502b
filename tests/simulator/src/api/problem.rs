//! Error answers in the server's shape: problem+json with four members in a fixed order, and a
//! reason phrase that equals the title \[L\].

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;
use serde::Serialize;

const RFC2616: &str = "http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html";

/// A problem.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    status: u16,
    detail: String,
}

impl Problem {
    pub(crate) fn new(status: u16, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            kind: RFC2616,
            title: title.into(),
            status,
            detail: detail.into(),
        }
    }

    /// A problem with the status' own words for a title.
    pub(crate) fn standard(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(
            status.as_u16(),
            status.canonical_reason().unwrap_or("Unknown"),
            detail,
        )
    }

    /// The answer for a dead token, for none, and for a missing privilege \[O\].
    pub(crate) fn forbidden() -> Self {
        Self::new(403, "Forbidden", "Forbidden")
    }

    #[must_use]
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self)
            .expect("a problem has string keys")
            .into()
    }

    /// What is wrong with a request, by member; it comes before the other members \[L\].
    pub(crate) fn invalid(messages: serde_json::Value) -> Response {
        #[derive(Serialize)]
        struct Invalid {
            validation_messages: serde_json::Value,
            #[serde(flatten)]
            problem: Problem,
        }
        let problem = Self::standard(StatusCode::UNPROCESSABLE_ENTITY, "Failed Validation");
        let body = Invalid {
            validation_messages: messages,
            problem: problem.clone(),
        };
        let (parts, _) = problem.into_response().into_parts();
        let (_, body) = json(StatusCode::UNPROCESSABLE_ENTITY, &body).into_parts();
        Response::from_parts(parts, body)
    }

    /// The answer with its body at hand.
    pub(crate) fn into_flat(self) -> http::Response<Bytes> {
        let body = self.to_bytes();
        self.into_response().map(|_| body)
    }

    /// The same error's members as in RFC 6749 section 5.2.
    pub(crate) fn rfc6749(&self) -> serde_json::Value {
        serde_json::json!({ "error": self.title, "error_description": self.detail })
    }

    /// The same error in the form of RFC 6749 section 5.2.
    pub(crate) fn into_rfc6749(self) -> Response {
        let mut response = json(self.status_code(), &self.rfc6749());
        no_store(&mut response);
        response
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = json(self.status_code(), &self);
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        if let Ok(phrase) = ReasonPhrase::try_from(self.title.as_bytes()) {
            response.extensions_mut().insert(phrase);
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("our own values have string keys");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// The headers of answers that nobody may keep.
pub(crate) fn no_store(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}
