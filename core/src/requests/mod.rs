//! Requests with the access token. A rejected one is judged by the session: refresh and replay
//! once, not permitted, or no verdict. The token goes to the configured origin and nowhere else.

mod answer;
mod exchange;
mod foreign;
mod headers;
mod multipart;
mod retry;
mod validation;
mod verdict;

use std::time::Duration;

use http::{HeaderValue, Method, header};
use serde::{Serialize, de::DeserializeOwned};

pub use self::{
    answer::{Download, Response},
    foreign::{ForeignAnswer, Judged},
    multipart::Form,
    validation::InvalidField,
};
pub(crate) use self::{
    exchange::Plan,
    verdict::{fault, is_json_object, is_rejection},
};
use crate::{
    error::{Code, Error},
    lists::{ListQuery, Pages},
    quickaccess::QuickAccess,
    secret::{Secret, SecretBytes},
};

/// A request to the server's API, made by [`QuickAccess::request`].
///
/// One that changes nothing (GET, HEAD) is tried again when the way broke, the server was busy or
/// did not answer in time: twice unless [`Self::retries`] says otherwise, after waits that grow, as
/// late as `Retry-After` asks, and within [`Timeouts::request`](crate::Timeouts::request) of its
/// start. What may have acted is never repeated. Dropping the future cancels it.
///
/// ```no_run
/// use std::time::Duration;
/// use quickaccess::{Code, Method, QuickAccess};
///
/// # async fn run(session: QuickAccess) -> Result<(), quickaccess::Error> {
/// let change = serde_json::json!({ "status": "Knwon" });
/// let changed = session
///     .request(Method::PATCH, "/endpoint/mac-address/00-00-5e-00-53-01")
///     .json(&change)
///     .deadline(Duration::from_secs(5))
///     .send::<serde_json::Value>()
///     .await;
/// match changed {
///     Ok(endpoint) => println!("{endpoint}"),
///     Err(error) if error.code() == Code::ValidationFailed => {
///         for field in error.fields() {
///             println!("{}: {}", field.name, field.messages.join(", "));
///         }
///     }
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "it is sent by `send`, `response`, `done`, `download` or `pages`"]
pub struct RequestBuilder<'a> {
    session: &'a QuickAccess,
    plan: Result<Plan, Error>,
}

impl<'a> RequestBuilder<'a> {
    pub(crate) fn new(session: &'a QuickAccess, method: Method, path: &str) -> Self {
        let url = session.shared.config.server.api(path);
        Self {
            session,
            plan: url.map(|url| Plan::new(method, url)),
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Plan) -> Result<(), Error>) -> Self {
        if let Ok(plan) = &mut self.plan
            && let Err(error) = change(plan)
        {
            self.plan = Err(error);
        }
        self
    }

    /// Adds a query parameter; name and value are encoded.
    pub fn query(self, name: &str, value: &str) -> Self {
        self.change(|plan| {
            plan.url.query_pairs_mut().append_pair(name, value);
            Ok(())
        })
    }

    /// Sets a header, such as `Accept` or `If-Match`. Those that tell who asks, where the message
    /// ends or which connection it takes are the library's own and refused (`invalid_input`).
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|plan| headers::insert(&mut plan.headers, name, value))
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.change(|plan| {
            let bytes = serde_json::to_vec(body).map_err(|_| {
                Error::with_message(Code::InvalidInput, "The body cannot be written as JSON.")
            })?;
            plan.body = Some(SecretBytes::new(bytes));
            plan.headers.remove(header::CONTENT_TYPE);
            Ok(())
        })
    }

    /// Sets a JSON body that somebody has written already.
    pub(crate) fn json_bytes(self, body: SecretBytes) -> Self {
        self.change(|plan| {
            plan.body = Some(body);
            plan.headers.remove(header::CONTENT_TYPE);
            Ok(())
        })
    }

    /// Sets a body of any media type, such as `text/csv`.
    pub fn body(self, media_type: &str, body: Vec<u8>) -> Self {
        self.change(|plan| {
            let bad = "The body's media type cannot be used. Give it like text/csv.";
            let bad = || Error::with_message(Code::InvalidInput, bad);
            if !multipart::is_media_type(media_type) {
                return Err(bad());
            }
            let value = HeaderValue::from_str(media_type).map_err(|_| bad())?;
            plan.headers.insert(header::CONTENT_TYPE, value);
            plan.body = Some(SecretBytes::new(body));
            Ok(())
        })
    }

    /// Sets a form with files as the body (`multipart/form-data`).
    pub fn upload(self, form: &Form) -> Self {
        let mut luck = [0; 16];
        self.session.shared.environment.random(&mut luck);
        match form.encode(luck) {
            Ok((media_type, body)) => {
                let sent = self.body(&media_type, Vec::new());
                sent.change(|plan| {
                    plan.body = Some(body);
                    Ok(())
                })
            }
            Err(error) => self.change(|_| Err(error)),
        }
    }

    /// The longest that all of it may take: the wait for a token, every try and every pause. Over a
    /// [`Download`] it counts until the last part. When it passes, the error is `timeout` and says
    /// whether the server may have acted. Without one each try has
    /// [`Timeouts::request`](crate::Timeouts::request).
    pub fn deadline(self, time: Duration) -> Self {
        self.change(|plan| {
            plan.deadline = Some(time);
            Ok(())
        })
    }

    /// How often a request that changes nothing may be tried again; 0 for never. 2 unless set.
    pub fn retries(self, most: u32) -> Self {
        self.change(|plan| {
            plan.retries = most;
            Ok(())
        })
    }

    /// The largest body of the answer, in bytes; 8 MiB unless set. A larger one is `bad_reply`;
    /// [`Self::download`] has no limit.
    pub fn max_body(self, bytes: usize) -> Self {
        self.change(|plan| {
            plan.max_body = Some(bytes);
            Ok(())
        })
    }

    /// A text that no error may repeat, although the server does.
    pub(crate) fn hiding(self, secret: Secret) -> Self {
        self.change(|plan| {
            plan.secrets.push(secret);
            Ok(())
        })
    }

    /// Sends it and reads the JSON of the answer; an empty answer reads as `null`.
    ///
    /// # Errors
    /// `invalid_input` for a path, header or body that cannot be sent; `not_permitted` when the
    /// person lacks the privilege, `not_found`, `validation_failed` with [`Error::fields`],
    /// `action_failed` for a 200 with an `error` that is not 0, `no_api_access`; the codes of a
    /// session that is over; `offline`, `timeout`, `server_busy`, `server_error` and `bad_reply`,
    /// which say whether the server may have acted.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        let plan = self.plan?;
        let safe = verdict::is_safe(&plan.method);
        let reply = plan.reply(self.session).await?;
        answer::parse(reply.body.expose()).map_err(|error| error.may_have_acted(!safe))
    }

    /// Sends it, and gives status and body as they came: for what is not JSON, and for those that
    /// read it themselves. `Accept` is `application/json` unless [`Self::header`] says otherwise.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn response(self) -> Result<Response, Error> {
        Ok(Response::new(self.plan?.reply(self.session).await?))
    }

    /// Sends it, and takes any success for an answer, whatever is in it.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn done(self) -> Result<(), Error> {
        self.plan?.reply(self.session).await.map(drop)
    }

    /// Sends it, and gives the body of a success part by part: what is too large to be held. Nobody
    /// looks into it here, so that an action that failed with a 200 is not told.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn download(self) -> Result<Download, Error> {
        self.plan?.open(self.session).await
    }

    /// A collection page by page; nothing is asked for before the first page is.
    pub fn pages(self, query: ListQuery) -> Pages {
        Pages::new(self.session.clone(), self.plan, query)
    }
}
