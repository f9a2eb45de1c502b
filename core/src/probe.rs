//! A look at the server before a password is asked for: is this a ClearPass API, is its
//! certificate good, how far is its clock off? It also warms the connections that follow.

use std::{sync::atomic::Ordering, time::Duration};

use http::Method;

use crate::{
    error::{Code, Error},
    quickaccess::QuickAccess,
    requests,
    session::driver::Revocation,
    transport::{Lane, Reply, Request, redirect},
    trust::Certificate,
};

/// What a look at the server told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// How long the first answer took, the connection included.
    pub took: Duration,
    /// How far the server's clock is ahead of this device's, in seconds, if it sent a `Date`.
    /// Nothing depends on it; more than a few minutes are worth a word to the administrator.
    pub clock_ahead: Option<i64>,
    /// The certificate that was trusted; none over plain http.
    pub certificate: Option<Certificate>,
}

impl QuickAccess {
    /// Asks `/oauth/me` without a token, which a ClearPass refuses in its own way. It warms one
    /// connection for the sign-in and two for what follows; call it when the password field gets
    /// focus, and every 3 s at most while somebody types.
    ///
    /// # Errors
    /// Certificate codes with the certificate to show; `not_clearpass`, `redirected`; `offline`,
    /// `timeout` and the like.
    pub async fn probe(&self) -> Result<Probe, Error> {
        let environment = &self.shared.environment;
        // What is remembered of the certificate lies in the store.
        self.settled().await;
        let began = environment.now();
        let (first, _, _) = tokio::join!(
            self.knock(Lane::SignIn),
            self.knock(Lane::Resources),
            self.knock(Lane::Resources),
        );
        let reply = first.map_err(|error| self.unless_unread(error))?;
        let now = environment.now();
        let took = Duration::from_millis(now.boot.saturating_sub(began.boot));
        self.judge_probe(&reply)?;
        let clock_ahead = self.clock_ahead(&reply);
        Ok(Probe {
            took,
            clock_ahead,
            certificate: self.shared.trust.accepted(),
        })
    }

    /// How far the server's clock is ahead, in seconds, by the `Date` of an answer that just came.
    pub(crate) fn clock_ahead(&self, reply: &Reply) -> Option<i64> {
        let date = reply.headers.get(http::header::DATE)?.to_str().ok()?;
        let date = httpdate::parse_http_date(date).ok()?;
        let there = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        let here = self.shared.environment.now().wall / 1_000;
        i64::try_from(there).ok()?.checked_sub_unsigned(here)
    }

    /// As long as the store has not told what is remembered of the server, nobody can say whether
    /// its certificate is a new one or a changed one.
    pub(crate) fn unless_unread(&self, error: Error) -> Error {
        let read = self.shared.trust_read.load(Ordering::Relaxed);
        match (error.certificate(), self.shared.unread()) {
            (Some(_), Revocation::Failed(code)) if !read => Error::new(code),
            _ => error,
        }
    }

    async fn knock(&self, lane: Lane) -> Result<Reply, Error> {
        let shared = &self.shared;
        let url = shared.config.server.api("oauth/me")?;
        let limits = shared.config.timeouts.request_limits();
        let request = Request::new(lane, Method::GET, url, limits);
        let answer = shared.send(request).await;
        answer.map_err(|failure| failure.to_error().may_have_acted(false))
    }

    pub(crate) fn judge_probe(&self, reply: &Reply) -> Result<(), Error> {
        let server = &self.shared.config.server;
        if reply.status.is_redirection() {
            let place = redirect::place_of(reply);
            let place = place.as_deref().unwrap_or("another place");
            let text = format!(
                "{server} sends requests on to {place}. {}",
                Code::Redirected.what_to_do()
            );
            return Err(Error::with_message(Code::Redirected, text));
        }
        if requests::is_rejection(reply) {
            return Ok(());
        }
        let status = reply.status;
        if status.is_server_error() || status.as_u16() == 429 {
            let fault = requests::fault(reply, self.shared.environment.now().wall);
            return Err(self.shared.explain(&fault, false));
        }
        let text = format!(
            "{server} answers, but not as a ClearPass does (status {}). {}",
            status.as_u16(),
            Code::NotClearpass.what_to_do()
        );
        Err(Error::with_message(Code::NotClearpass, text))
    }
}
