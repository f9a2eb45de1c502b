//! What a fault makes of an answer.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::{
    api::problem::Problem,
    fault::{FaultBody, FaultKind, Moment, RetryAfter},
    simulator::Cut,
};

/// Whether this fault comes before the commit, so that nothing is done.
pub(crate) fn spares_commit(what: &FaultKind) -> bool {
    match what {
        FaultKind::DropBefore | FaultKind::DropBeforeCommit | FaultKind::Redirect { .. } => true,
        FaultKind::Status { moment, .. }
        | FaultKind::Html502 { moment }
        | FaultKind::Problem { moment, .. } => *moment == Moment::BeforeCommit,
        _ => false,
    }
}

/// The answer of a fault that comes before the commit.
pub(crate) fn in_place_of_answer(
    what: &FaultKind,
    wall: SystemTime,
) -> Result<Response<Bytes>, Cut> {
    match what {
        FaultKind::DropBefore => Err(Cut::BeforeRequest),
        _ => replacement(what, wall).ok_or(Cut::NoReply),
    }
}

/// What becomes of the true answer.
pub(crate) fn after_commit(
    what: &FaultKind,
    answer: Response<Bytes>,
    wall: SystemTime,
) -> Result<Response<Bytes>, Cut> {
    match what {
        FaultKind::DropAfterCommit => Err(Cut::NoReply),
        FaultKind::Truncated => Ok(answer),
        FaultKind::Oversized { bytes } => {
            let (parts, body) = answer.into_parts();
            let mut body = Vec::from(body);
            body.resize(body.len().max(*bytes), b' ');
            Ok(with_length(Response::from_parts(parts, body.into())))
        }
        _ => replacement(what, wall).ok_or(Cut::NoReply),
    }
}

fn replacement(what: &FaultKind, wall: SystemTime) -> Option<Response<Bytes>> {
    let response = match what {
        FaultKind::Status {
            code,
            retry_after,
            body,
            ..
        } => {
            let status = StatusCode::from_u16(*code).ok()?;
            let mut response = match body {
                FaultBody::Problem => Problem::standard(status, reason(status)).into_flat(),
                FaultBody::Html => html(status),
                FaultBody::Empty => plain(status, "", None),
            };
            if let Some(value) = retry_after
                .as_ref()
                .and_then(|after| retry_after_value(after, wall))
            {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
        FaultKind::Html502 { .. } => html(StatusCode::BAD_GATEWAY),
        FaultKind::Problem {
            status,
            title,
            detail,
            ..
        } => Problem::new(*status, title.clone(), detail.clone()).into_flat(),
        FaultKind::Redirect { status, location } => {
            let mut response = plain(StatusCode::from_u16(*status).ok()?, "", None);
            response
                .headers_mut()
                .insert(header::LOCATION, HeaderValue::from_str(location).ok()?);
            response
        }
        FaultKind::WrongType => plain(
            StatusCode::OK,
            "It works!\n",
            Some("text/plain; charset=utf-8"),
        ),
        FaultKind::EmptyBody => plain(StatusCode::OK, "", Some("application/json")),
        _ => return None,
    };
    Some(with_length(response))
}

/// A page as gateways send them.
fn html(status: StatusCode) -> Response<Bytes> {
    let words = format!("{} {}", status.as_u16(), reason(status));
    let page = format!(
        "<html>\r\n<head><title>{words}</title></head>\r\n<body>\r\n<center><h1>{words}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    plain(status, page, Some("text/html"))
}

fn plain(
    status: StatusCode,
    body: impl Into<Bytes>,
    content_type: Option<&'static str>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if let Some(content_type) = content_type {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown")
}

fn retry_after_value(after: &RetryAfter, wall: SystemTime) -> Option<HeaderValue> {
    let text = match after {
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::DateInSeconds(seconds) => {
            httpdate::fmt_http_date(wall.checked_add(Duration::from_secs(*seconds))?)
        }
        RetryAfter::Text(text) => text.clone(),
    };
    HeaderValue::from_str(&text).ok()
}

fn with_length(mut response: Response<Bytes>) -> Response<Bytes> {
    let length = response.body().len();
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response
}
