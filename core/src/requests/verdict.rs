//! What an answer means: a rejection of the token, a fault with its code, the fields that were
//! refused, or an action that failed although the status says 200.

use std::time::Duration;

use http::Method;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::validation::{self, InvalidField};
use crate::{
    error::{Code, Error},
    protocol::problem::{Problem, printable, retry_after},
    secret::Secret,
    session::event::{Area, Failure},
    transport::Reply,
};

/// The longest reason that is shown.
const LONGEST_REASON: usize = 200;

/// Whether a request changes nothing on the server.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a success comes from the API, which answers with JSON or with nothing; a captive portal
/// welcomes people with a page.
pub(super) fn is_the_apis_own(reply: &Reply) -> bool {
    reply.body.is_empty() || serde_json::from_slice::<IgnoredAny>(reply.body.expose()).is_ok()
}

/// Whether a reply says that the token is not good for this: 401 or 403 from the API itself. A
/// page from something in between is none.
pub(crate) fn is_rejection(reply: &Reply) -> bool {
    is_rejection_with(reply.status.as_u16(), reply.body.expose())
}

/// The same for the answer that another client got.
pub(super) fn is_rejection_with(status: u16, body: &[u8]) -> bool {
    match status {
        401 => body.is_empty() || object(body).is_some(),
        403 => object(body).is_some(),
        _ => false,
    }
}

pub(crate) fn is_json_object(reply: &Reply) -> bool {
    object(reply.body.expose()).is_some()
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

/// What is wrong with a reply that is neither a success nor a rejection.
pub(crate) fn fault(reply: &Reply, wall: u64) -> Failure {
    let problem = Problem::read(reply);
    let code = match reply.status.as_u16() {
        404 | 410 if problem.is_some() => Code::NotFound,
        404 => Code::NotClearpass,
        408 | 425 => Code::Timeout,
        429 | 503 => Code::ServerBusy,
        400..=499 if problem.is_some() => Code::ValidationFailed,
        500..=599 => Code::ServerError,
        300..=399 => Code::Redirected,
        _ => Code::BadReply,
    };
    Failure {
        code,
        after: retry_after(reply, wall),
        detail: problem.map(|problem| problem.text()),
    }
}

/// The error that a caller gets for such a reply. What repeats a secret is left out.
pub(super) fn error_of(reply: &Reply, wall: u64, secrets: &[&Secret]) -> Error {
    let fault = fault(reply, wall);
    let code = fault.code;
    let tells = |text: &str| tells_none_of(text, secrets);
    let fields: Vec<InvalidField> = match code {
        Code::ValidationFailed => object(reply.body.expose())
            .and_then(|mut problem| problem.remove("validation_messages"))
            .map(|messages| validation::read(&messages, tells))
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut words = vec![code.meaning().to_owned()];
    if let Some(detail) = fault.detail.filter(|text| tells(text)) {
        words.push(format!("It said: {}.", detail.trim_end_matches('.')));
    }
    if !fields.is_empty() {
        words.push(format!("{}.", validation::in_words(&fields)));
    }
    words.push(code.what_to_do().to_owned());
    Error::with_message(code, words.join(" "))
        .after(fault.after.map(Duration::from_millis))
        .answered(reply.status.as_u16(), fields)
}

/// The error of an action that was answered with success and an `error` that is not 0 \[V\].
/// A row has links and may have a member of any name; the answer to an action has none.
pub(super) fn failed_action(reply: &Reply, secrets: &[&Secret]) -> Option<Error> {
    let body = object(reply.body.expose()).filter(|body| !body.contains_key("_links"))?;
    let error = body.get("error")?;
    let own = match error {
        Value::Null | Value::Bool(false) => return None,
        Value::Number(number) if number.as_f64() == Some(0.0) => return None,
        Value::String(text) if matches!(text.trim(), "" | "0") => return None,
        Value::String(text) => Some(text.as_str()),
        _ => None,
    };
    let said = body.get("message").and_then(Value::as_str).or(own);
    let code = Code::ActionFailed;
    let reason = said
        .map(|text| printable(text, LONGEST_REASON))
        .filter(|text| !text.is_empty() && tells_none_of(text, secrets));
    let message = match reason {
        Some(reason) => format!(
            "{} It said: {}. {}",
            code.meaning(),
            reason.trim_end_matches('.'),
            code.what_to_do()
        ),
        None => format!("{} {}", code.meaning(), code.what_to_do()),
    };
    Some(Error::with_message(code, message).answered(reply.status.as_u16(), Vec::new()))
}

fn tells_none_of(text: &str, secrets: &[&Secret]) -> bool {
    let mut secrets = secrets.iter().filter(|secret| !secret.is_empty());
    !secrets.any(|secret| text.contains(secret.expose()))
}

pub(super) fn not_permitted(area: &Area) -> Error {
    let code = Code::NotPermitted;
    Error::with_message(
        code,
        format!(
            "This person's operator profile does not allow `{}`. {}",
            area.0,
            code.what_to_do()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::problem::tests::reply;

    const FORBIDDEN: &str = r#"{"type":"x","title":"Forbidden","status":403,"detail":"Forbidden"}"#;

    #[test]
    fn a20_only_the_apis_own_rejections_count() {
        assert!(is_rejection(&reply(403, FORBIDDEN)));
        assert!(is_rejection(&reply(401, FORBIDDEN)));
        assert!(is_rejection(&reply(401, "")));
        assert!(!is_rejection(&reply(403, "<html>proxy</html>")));
        assert!(!is_rejection(&reply(403, "")));
        assert!(!is_rejection(&reply(404, FORBIDDEN)));
    }

    #[test]
    fn faults_have_their_codes() {
        for (status, body, code) in [
            (404, FORBIDDEN, Code::NotFound),
            (410, FORBIDDEN, Code::NotFound),
            (404, "<html>", Code::NotClearpass),
            (403, "<html>", Code::BadReply),
            (400, FORBIDDEN, Code::ValidationFailed),
            (412, FORBIDDEN, Code::ValidationFailed),
            (413, "<html>", Code::BadReply),
            (422, FORBIDDEN, Code::ValidationFailed),
            (408, FORBIDDEN, Code::Timeout),
            (429, FORBIDDEN, Code::ServerBusy),
            (429, "", Code::ServerBusy),
            (503, "<html>", Code::ServerBusy),
            (500, FORBIDDEN, Code::ServerError),
            (200, "<html>", Code::BadReply),
        ] {
            assert_eq!(fault(&reply(status, body), 0).code, code, "{status} {body}");
        }
    }

    #[test]
    fn a22_an_error_that_is_not_0_is_a_failure_whatever_its_form() {
        for (body, reason) in [
            (
                r#"{"error":1,"message":"No such session."}"#,
                "No such session. ",
            ),
            (
                r#"{"error":"The guest has no address"}"#,
                "The guest has no address. ",
            ),
            (r#"{"error":"1","message":"Not now"}"#, "Not now. "),
            (r#"{"error":true}"#, "did not do what it asks. Read"),
            (r#"{"error":{"code":7}}"#, "did not do what it asks. Read"),
            (
                r#"{"error":-1,"message":7}"#,
                "did not do what it asks. Read",
            ),
        ] {
            let error = failed_action(&reply(200, body), &[]).unwrap();
            assert_eq!(error.code(), Code::ActionFailed, "{body}");
            assert!(error.message().contains(reason), "{body}: {error}");
            assert_eq!(error.status(), Some(200));
        }
    }

    #[test]
    fn a22_an_error_of_0_and_a_row_are_none() {
        for body in [
            "",
            "[]",
            "<html>",
            r#"{"error":0,"message":"Success"}"#,
            r#"{"error":0.0}"#,
            r#"{"error":"0"}"#,
            r#"{"error":""}"#,
            r#"{"error":null}"#,
            r#"{"error":false}"#,
            r#"{"message":"x"}"#,
            r#"{"id":7,"error":"a field of the form","_links":{}}"#,
        ] {
            assert!(failed_action(&reply(200, body), &[]).is_none(), "{body}");
        }
    }

    #[test]
    fn a29_what_repeats_a_secret_is_left_out() {
        let secret = Secret::from("hunter2");
        let body = r#"{"title":"Unprocessable Entity","detail":"hunter2 is weak","status":422,
            "validation_messages":{"password":["hunter2 is too short","too short"],"hunter2":"x"}}"#;
        let error = error_of(&reply(422, body), 0, &[&secret]);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        assert!(error.message().contains("password: too short"), "{error}");
        let body = r#"{"error":1,"message":"hunter2 is wrong"}"#;
        let error = failed_action(&reply(200, body), &[&secret]).unwrap();
        assert!(!error.message().contains("hunter2"), "{error}");
    }
}
