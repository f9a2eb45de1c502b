//! The doctor's requests: to the token endpoint, and with a token of its own.

use http::Method;
use serde_json::Value;

use super::examination::Examination;
use crate::{
    error::{Code, Error},
    protocol::{
        grant::{self, Grant},
        problem::printable,
        token_reply::{self, TokenPair},
    },
    requests,
    secret::Secret,
    session::event::{Failure, Outcome},
    transport::{Lane, Limits, Reply, Request},
};

/// The longest text of the server that is shown, in characters.
const LONGEST: usize = 120;

/// What an answer to a request with a token means.
pub(super) enum Answer {
    /// The API's own success.
    Json(Value),
    /// The API does not take the token for this.
    Rejected(u16),
    /// Something else.
    Other(Error),
}

impl Examination<'_> {
    /// Asks the token endpoint once.
    pub(super) async fn ask_for_tokens(
        &mut self,
        lane: Lane,
        grant: &Grant<'_>,
        client_secret: Option<&Secret>,
    ) -> (Outcome, Option<TokenPair>) {
        let config = &self.shared.config;
        let Ok(url) = config.server.api("oauth") else {
            return (Outcome::NotSent(Failure::new(Code::Internal)), None);
        };
        let limits = match lane {
            Lane::Refresh => Limits::REFRESH,
            _ => config.timeouts.sign_in_limits(),
        };
        let mut request = Request::new(lane, Method::POST, url, limits);
        let client_id = &config.client_id;
        grant::ask_for(
            &mut request,
            config.dialect,
            grant,
            client_id,
            client_secret,
        );
        let sent = self.shared.environment.now();
        let answer = self.shared.send(request).await;
        let secrets: Vec<&Secret> = self.secrets().collect();
        let (outcome, pair) = token_reply::judge(answer, sent, &secrets);
        if let Some(pair) = &pair {
            self.held.access(&pair.access);
            if let Some(refresh) = &pair.refresh {
                self.held.refresh(refresh);
            }
        }
        (outcome, pair)
    }

    /// Reads something with a token.
    pub(super) async fn read(&self, path: &str, token: &Secret) -> Answer {
        let config = &self.shared.config;
        let url = match config.server.api(path) {
            Ok(url) => url,
            Err(error) => return Answer::Other(error),
        };
        let limits = config.timeouts.request_limits();
        let mut request = Request::new(Lane::Resources, Method::GET, url, limits);
        request.bearer = Some(token.clone());
        match self.shared.send(request).await {
            Ok(reply) => self.judge(&reply),
            Err(failure) => Answer::Other(failure.to_error()),
        }
    }

    fn judge(&self, reply: &Reply) -> Answer {
        if requests::is_rejection(reply) {
            return Answer::Rejected(reply.status.as_u16());
        }
        if reply.status.is_success() {
            return match serde_json::from_slice(reply.body.expose()) {
                Ok(value @ Value::Object(_)) => Answer::Json(value),
                _ => Answer::Other(Error::new(Code::BadReply)),
            };
        }
        let mut fault = requests::fault(reply, self.shared.environment.now().wall);
        fault.detail = fault.detail.map(|detail| self.tame(&detail));
        let mut error = self.shared.explain(&fault, false);
        if fault.code == Code::BadReply {
            let text = format!(
                "{} The status was {}.",
                Code::BadReply.meaning(),
                reply.status.as_u16()
            );
            error = Error::with_message(Code::BadReply, text);
        }
        Answer::Other(error)
    }

    /// A text of the server: cut to a length, no control characters, and none that repeats a secret.
    pub(super) fn tame(&self, text: &str) -> String {
        let repeats = |secret: &Secret| secret.expose().len() > 2 && text.contains(secret.expose());
        if self.secrets().any(repeats) {
            "(a text that repeats a secret and is not shown)".to_owned()
        } else {
            printable(text, LONGEST)
        }
    }

    /// What must not be repeated.
    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let client_secret = self.shared.config.client_secret.iter();
        let given = self.password.iter().chain(client_secret);
        given.chain(self.held.secrets())
    }
}
