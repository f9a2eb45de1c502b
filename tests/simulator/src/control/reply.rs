//! Bodies in and out of the control API.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{AdminError, ServeError};

/// What a call answers with.
pub(super) type Reply = Result<Json, Fault>;

/// A JSON value, in and out. A body that can't be read is a fault that says where.
pub(super) struct Json<T = Value>(pub(super) T);

/// Why a call did nothing: a problem in JSON.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    detail: String,
}

impl Fault {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
        }
    }

    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }
}

impl From<AdminError> for Fault {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Unknown(text) => Self::not_found(text),
            AdminError::Scenario(error) => Self::bad(error.to_string()),
            AdminError::Row(text) => Self::bad(text),
        }
    }
}

impl From<ServeError> for Fault {
    fn from(error: ServeError) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

/// Any of our own values as a reply.
pub(super) fn reply(value: &impl Serialize) -> Reply {
    let value = serde_json::to_value(value).expect("our own values have string keys");
    Ok(Json(value))
}

/// Changes the members that the patch names; null takes one away (RFC 7396, without nesting).
pub(super) fn merge<T: Serialize + DeserializeOwned>(
    to: &T,
    patch: Map<String, Value>,
) -> Result<T, Fault> {
    let mut value = serde_json::to_value(to).expect("our own values have string keys");
    let members = value.as_object_mut().expect("only structs are patched");
    for (name, value) in patch {
        match value {
            Value::Null => members.remove(&name),
            value => members.insert(name, value),
        };
    }
    serde_json::from_value(value).map_err(|error| Fault::bad(error.to_string()))
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Fault::bad(error.body_text()))?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| Fault::bad(format!("the body is not what this call takes: {error}")))
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        answer(StatusCode::OK, "application/json", &self.0)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Unknown");
        let body = json!({ "title": title, "status": self.status.as_u16(), "detail": self.detail });
        answer(self.status, "application/problem+json", &body)
    }
}

fn answer(status: StatusCode, media: &'static str, body: &Value) -> Response {
    let mut response = Response::new(Body::from(format!("{body}\n")));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response
}
