//! What the driver's tasks ask of the server and the store, each once: tokens, a verdict, a
//! revocation, and what is remembered of the server's certificate.

use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::{mpsc, oneshot};

use super::{
    driver::{Message, Revocation},
    event::{Failure, Outcome, Verdict},
    published::AccessToken,
    shared::Shared,
};
use crate::{
    environment::Millis,
    error::{Action, Code, Error},
    protocol::{
        grant::{self, Grant},
        token_reply::{self, TokenPair},
    },
    requests,
    secret::Secret,
    store::{HistoryEntry, StoreError, Vault},
    transport::{Lane, Limits, OpenReply, Reach, Reply, Request, SendCause, SendFailure},
};

impl Shared {
    /// What is done before the record is read: items of a former installation are cleared, and
    /// what is remembered of the server's certificate is read.
    pub(super) fn open_store(&self) -> Result<(), StoreError> {
        self.report_damage();
        Vault::settle_installation(&*self.backend, &self.data)?;
        match self.vault.load_named(&self.trust_name()) {
            Ok(bytes) => {
                if self.trust.restore(&bytes).is_err() {
                    tracing::warn!("what was remembered of the server's certificate is damaged");
                }
            }
            Err(StoreError::NotFound) => {}
            Err(error @ (StoreError::Corrupt | StoreError::KeyLost)) => {
                tracing::warn!(%error, "what was remembered of the server's certificate is lost");
                self.trust.forgotten();
            }
            Err(error) => return Err(error),
        }
        self.trust_read.store(true, Relaxed);
        Ok(())
    }

    /// Files of the data folder that were found damaged go into the history.
    fn report_damage(&self) {
        for file in self.data.take_damaged() {
            let entry = HistoryEntry::new(
                self.environment.now().wall,
                "set_aside",
                Some(Code::StoreCorrupt.as_str()),
                &format!("The file {file} was damaged. It was set aside and begun anew."),
            );
            if let Err(error) = self.data.add_history(&entry) {
                tracing::warn!(%error, "the history could not be written");
            }
        }
    }

    /// Writes what was learned of the server's certificate, if there is something new. What could
    /// not be written is written with the next request. Nothing is written before what is there
    /// has been read.
    pub(crate) fn save_trust(&self) -> Option<oneshot::Receiver<Result<(), StoreError>>> {
        if !self.trust_read.load(Relaxed) {
            return None;
        }
        let bytes = self.trust.take_changes()?;
        let (vault, name) = (self.vault.clone(), self.trust_name());
        let saving = self.store.begin(move || vault.save_named(&name, &bytes));
        let (tell, told) = oneshot::channel();
        let trust = self.trust.clone();
        self.environment.spawn(Box::pin(async move {
            let saved = saving.await.ok().flatten();
            let saved = saved.unwrap_or(Err(StoreError::Unavailable));
            if saved.is_err() {
                trust.not_stored();
            }
            let _ = tell.send(saved);
        }));
        Some(told)
    }

    fn trust_name(&self) -> String {
        Vault::trust_name(self.config.server.host(), self.config.server.port())
    }

    /// Asks the token endpoint once, and not after this moment of the boot clock. An abort ends the
    /// wait; the server may have committed.
    pub(super) async fn ask_for_tokens(
        &self,
        lane: Lane,
        grant: &Grant<'_>,
        secret: Option<&Secret>,
        not_after: Option<Millis>,
        aborted: oneshot::Receiver<()>,
    ) -> (Outcome, Option<TokenPair>) {
        let client_secret = self.config.client_secret.as_ref();
        let Ok(url) = self.config.server.api("oauth") else {
            return (Outcome::NotSent(Failure::new(Code::Internal)), None);
        };
        let limits = match lane {
            Lane::Refresh => Limits::REFRESH,
            _ => self.config.timeouts.sign_in_limits(),
        };
        let mut request = Request::new(lane, http::Method::POST, url, limits);
        let client_id = &self.config.client_id;
        grant::ask_for(
            &mut request,
            self.config.dialect,
            grant,
            client_id,
            client_secret,
        );
        request.not_after = not_after;
        let sent = self.environment.now();
        if not_after.is_some_and(|last| sent.boot > last) {
            return (Outcome::NotSent(Failure::new(Code::Timeout)), None);
        }
        let answer = tokio::select! {
            biased;
            answer = self.send(request) => answer,
            Ok(()) = aborted => Err(SendFailure {
                reach: Reach::Unknown,
                cause: SendCause::Offline,
            }),
        };
        let secrets: Vec<&Secret> = secret.into_iter().chain(client_secret).collect();
        let (mut outcome, mut pair) = token_reply::judge(answer, sent, &secrets);
        if let (Outcome::Granted(grant), Some(pair), Grant::RefreshToken(old)) =
            (&mut outcome, &mut pair, grant)
            && pair.refresh.as_ref() == Some(*old)
        {
            // The same one again is no new one, and proves no rotation.
            pair.refresh = None;
            grant.refresh_token = false;
        }
        (outcome, pair)
    }

    /// Sends a request, and keeps what was learned of the server's certificate on the way.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, SendFailure> {
        let answer = self.transport.send(request).await;
        self.note_certificate(&answer);
        answer
    }

    /// The same for an answer whose body is read part by part.
    pub(crate) async fn open(&self, request: Request) -> Result<OpenReply, SendFailure> {
        let answer = self.transport.open(request).await;
        self.note_certificate(&answer);
        answer
    }

    fn note_certificate<T>(&self, answer: &Result<T, SendFailure>) {
        if let Err(SendFailure {
            cause: SendCause::Trust(failure),
            ..
        }) = answer
        {
            let refused = self.refused_certificate.lock();
            *refused.unwrap_or_else(std::sync::PoisonError::into_inner) = Some((**failure).clone());
        }
        drop(self.save_trust());
    }

    pub(crate) async fn revoke(&self, token: &Secret, hint: &str) -> Revocation {
        let Ok(url) = self.config.server.api("oauth/revoke") else {
            return Revocation::Failed(Code::Internal);
        };
        let limits = self.config.timeouts.revoke_limits();
        let mut request = Request::new(Lane::Refresh, http::Method::POST, url, limits);
        grant::revoke(&mut request, self.config.dialect, token, hint);
        match self.send(request).await {
            Ok(reply) if reply.status.is_success() => Revocation::Revoked,
            Ok(reply) if matches!(reply.status.as_u16(), 401 | 403 | 404 | 405 | 501) => {
                Revocation::NotOffered
            }
            Ok(reply) if reply.status.is_server_error() => Revocation::Failed(Code::ServerError),
            Ok(_) => Revocation::Failed(Code::ServerRefused),
            Err(failure) => Revocation::Failed(failure.to_error().code()),
        }
    }

    /// Whether `/oauth/me` accepts a token.
    pub(super) async fn ask_about(&self, token: &AccessToken) -> Verdict {
        let Ok(url) = self.config.server.api("oauth/me") else {
            return Verdict::None(Failure::new(Code::Internal));
        };
        let limits = self.config.timeouts.request_limits();
        let mut request = Request::new(Lane::Resources, http::Method::GET, url, limits);
        request.bearer = Some(token.secret().clone());
        match self.send(request).await {
            Ok(reply) if requests::is_rejection(&reply) => Verdict::Rejected,
            Ok(reply) if reply.status.is_success() && requests::is_json_object(&reply) => {
                Verdict::Accepted
            }
            Ok(reply) => {
                let fault = requests::fault(&reply, self.environment.now().wall);
                // Whatever it is, it is about this question and not about the caller's request.
                Verdict::None(match Error::new(fault.code).action() {
                    Action::Retry { .. } => fault,
                    _ => Failure::new(Code::BadReply),
                })
            }
            Err(failure) => Verdict::None(Failure::new(failure.to_error().code())),
        }
    }
}

/// A message that is sent in any case: when its task panics, another one in its place.
pub(super) struct Promise {
    address: mpsc::UnboundedSender<Message>,
    otherwise: Option<Box<dyn FnOnce() -> Message + Send>>,
}

impl Promise {
    pub(super) fn new(
        address: mpsc::UnboundedSender<Message>,
        otherwise: impl FnOnce() -> Message + Send + 'static,
    ) -> Self {
        Self {
            address,
            otherwise: Some(Box::new(otherwise)),
        }
    }

    pub(super) fn keep(mut self, message: Message) {
        self.otherwise = None;
        let _ = self.address.send(message);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if let Some(otherwise) = self.otherwise.take() {
            let _ = self.address.send(otherwise());
        }
    }
}
