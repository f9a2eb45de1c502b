//! Requests with the access token. A rejected one is judged by the session: refresh and replay
//! once, not permitted, or no verdict. The token goes to the configured origin and nowhere else.

use http::Method;
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;
use url::Url;

use crate::{
    error::{Code, Error},
    protocol::problem::{Problem, retry_after},
    quickaccess::QuickAccess,
    secret::SecretBytes,
    session::{
        driver::Told,
        event::{Area, Event, Failure},
    },
    transport::{
        Lane, Reply, Request,
        redirect::{self, Redirect},
    },
};

/// A request is sent so often at most: once, and again after a refresh, or after somebody else's.
const MOST_SENDS: u32 = 3;
/// Redirects within the same origin are followed so often at most.
const MOST_REDIRECTS: u32 = 3;

/// A request to the server's API, made by [`QuickAccess::request`].
#[derive(Debug)]
#[must_use = "it is sent by `send`"]
pub struct RequestBuilder<'a> {
    session: &'a QuickAccess,
    method: Method,
    url: Result<Url, Error>,
    body: Result<Option<SecretBytes>, Error>,
}

impl<'a> RequestBuilder<'a> {
    pub(crate) fn new(session: &'a QuickAccess, method: Method, path: &str) -> Self {
        let url = session.shared.config.server.api(path);
        Self {
            session,
            method,
            url,
            body: Ok(None),
        }
    }

    /// Adds a query parameter; name and value are encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().append_pair(name, value);
        }
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.body = serde_json::to_vec(body)
            .map(|bytes| Some(SecretBytes::new(bytes)))
            .map_err(|_| {
                Error::with_message(Code::InvalidInput, "The body cannot be written as JSON.")
            });
        self
    }

    /// Sends it and reads the JSON of the answer; an empty answer reads as `null`.
    ///
    /// # Errors
    /// `not_permitted` when the person lacks the privilege, `not_found`, `validation_failed`,
    /// `no_api_access`; the codes of a session that is over; `offline`, `timeout`, `server_busy`,
    /// `server_error` and `bad_reply`, which say whether the server may have acted.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        let safe = is_safe(&self.method);
        let reply = self.reply().await?;
        let body = reply.body.expose();
        let body = if body.is_empty() { b"null" } else { body };
        serde_json::from_slice(body).map_err(|_| Error::new(Code::BadReply).may_have_acted(!safe))
    }

    async fn reply(self) -> Result<Reply, Error> {
        let (mut url, body) = (self.url?, self.body?);
        let area = area(&self.method, &url, self.session);
        let me = self.method == Method::GET && area.0 == "GET oauth/me";
        let safe = is_safe(&self.method);
        let shared = &self.session.shared;
        let mut token = self.session.access_token().await?;
        let (mut sends, mut redirects) = (0, 0);
        loop {
            sends += 1;
            let limits = shared.config.timeouts.request_limits();
            let mut request =
                Request::new(Lane::Resources, self.method.clone(), url.clone(), limits);
            request.bearer = Some(token.secret().clone());
            request.body = body.clone();
            let reply = shared.send(request).await.map_err(|failure| {
                let error = failure.to_error();
                if safe {
                    error.may_have_acted(false)
                } else {
                    error
                }
            })?;
            if is_rejection(&reply) {
                let event = |waiter| Event::Rejected {
                    waiter,
                    epoch: token.epoch(),
                    generation: token.generation(),
                    area: area.clone(),
                    me,
                };
                match self.session.ask_within(event).await? {
                    Told::Replay(newer) if sends < MOST_SENDS => token = newer,
                    Told::Replay(_) => return Err(Error::new(Code::ServerBusy)),
                    Told::NotPermitted => return Err(not_permitted(&area)),
                    Told::Failed(error) => return Err(error),
                    _ => return Err(Error::new(Code::Internal)),
                }
                continue;
            }
            if reply.status.is_success() {
                self.session.accepted(&token, || is_the_apis_own(&reply));
            }
            if reply.status.is_redirection() && safe && redirects < MOST_REDIRECTS {
                match redirect::judge(&shared.config.server, &url, &reply) {
                    Redirect::Follow(next) => {
                        url = next;
                        redirects += 1;
                        sends = 0;
                        continue;
                    }
                    Redirect::Refuse(error) => return Err(error),
                    Redirect::None => {}
                }
            }
            if reply.status.is_success() {
                return Ok(reply);
            }
            let may_have_acted = !safe && reply.status.is_server_error();
            let mut fault = fault(&reply, shared.environment.now().wall);
            fault.detail = fault
                .detail
                .filter(|detail| !detail.contains(token.expose()));
            return Err(error_of(&fault).may_have_acted(may_have_acted));
        }
    }
}

/// Whether a request changes nothing on the server.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a success comes from the API, which answers with JSON or with nothing; a captive portal
/// welcomes people with a page.
fn is_the_apis_own(reply: &Reply) -> bool {
    reply.body.is_empty() || serde_json::from_slice::<IgnoredAny>(reply.body.expose()).is_ok()
}

/// Whether a reply says that the token is not good for this: 401 or 403 from the API itself. A
/// page from something in between is none.
pub(crate) fn is_rejection(reply: &Reply) -> bool {
    match reply.status.as_u16() {
        401 => reply.body.is_empty() || is_json_object(reply),
        403 => is_json_object(reply),
        _ => false,
    }
}

pub(crate) fn is_json_object(reply: &Reply) -> bool {
    serde_json::from_slice::<serde_json::Map<String, Value>>(reply.body.expose()).is_ok()
}

/// What is wrong with a reply that is neither a success nor a rejection.
pub(crate) fn fault(reply: &Reply, wall: u64) -> Failure {
    let problem = Problem::read(reply);
    let code = match reply.status.as_u16() {
        404 if problem.is_some() => Code::NotFound,
        404 => Code::NotClearpass,
        400 | 405 | 406 | 409 | 415 | 422 if problem.is_some() => Code::ValidationFailed,
        429 | 503 => Code::ServerBusy,
        408 | 425 => Code::Timeout,
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

fn error_of(failure: &Failure) -> Error {
    let code = failure.code;
    let message = match &failure.detail {
        Some(detail) => format!(
            "{} It said: {detail}. {}",
            code.meaning(),
            code.what_to_do()
        ),
        None => format!("{} {}", code.meaning(), code.what_to_do()),
    };
    Error::with_message(code, message).after(failure.after.map(std::time::Duration::from_millis))
}

fn not_permitted(area: &Area) -> Error {
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

/// Method and first path segment; what lies under `oauth` is told apart, since all may read it.
fn area(method: &Method, url: &Url, session: &QuickAccess) -> Area {
    let base = session.shared.config.server.api("");
    let base = base.as_ref().map_or("/", |url| url.path());
    let rest = url.path().strip_prefix(base).unwrap_or(url.path());
    let mut segments = rest.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or_default();
    let name = match (first, segments.next()) {
        ("oauth", Some(second)) => format!("{first}/{second}"),
        _ => first.to_owned(),
    };
    Area(format!(
        "{method} {}",
        crate::protocol::problem::printable(&name, 60)
    ))
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
            (404, "<html>", Code::NotClearpass),
            (403, "<html>", Code::BadReply),
            (422, FORBIDDEN, Code::ValidationFailed),
            (429, "", Code::ServerBusy),
            (503, "<html>", Code::ServerBusy),
            (500, FORBIDDEN, Code::ServerError),
            (200, "<html>", Code::BadReply),
        ] {
            assert_eq!(fault(&reply(status, body), 0).code, code, "{status} {body}");
        }
    }
}
