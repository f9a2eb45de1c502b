//! The tasks of the driver that ask the server: each sends one request, and its end becomes a message
//! whatever happens to the task.

use tokio::sync::oneshot;

use super::{
    asking::Promise,
    driver::{Credentials, Driver, Message, Revocation},
    event::{Event, Failure, Outcome, Verdict},
    model::{Attempt, Epoch, Generation, Renewal},
};
use crate::{
    environment::Millis, error::Code, protocol::grant::Grant, secret::Secret, transport::Lane,
};

impl Driver {
    pub(super) fn send_sign_in(&mut self, attempt: Attempt, credentials: Credentials) {
        let address = self.address.clone();
        let (abort, aborted) = oneshot::channel();
        self.aborts.insert(attempt, abort);
        let shared = self.shared.clone();
        self.shared.environment.spawn(Box::pin(async move {
            let promise = Promise::new(address, move || {
                Message::SignInAnswered(attempt, broken(), None, String::new())
            });
            let (username, password) = match credentials {
                Credentials::Password { username, password } => (username, Some(password)),
                Credentials::Client => (String::new(), None),
            };
            let grant = match &password {
                Some(password) => Grant::Password {
                    username: &username,
                    password,
                },
                None => Grant::ClientCredentials,
            };
            let (outcome, pair) = shared
                .ask_for_tokens(Lane::SignIn, &grant, password.as_ref(), None, aborted)
                .await;
            drop(password);
            promise.keep(Message::SignInAnswered(attempt, outcome, pair, username));
        }));
    }

    pub(super) fn send_refresh(
        &mut self,
        epoch: Epoch,
        generation: Generation,
        attempt: Attempt,
        renewal: Renewal,
        not_after: Option<Millis>,
    ) {
        let address = self.address.clone();
        let (abort, aborted) = oneshot::channel();
        self.aborts.insert(attempt, abort);
        let shared = self.shared.clone();
        let token = self.current.as_ref().and_then(|pair| pair.refresh.clone());
        self.shared.environment.spawn(Box::pin(async move {
            let answered = move |outcome, pair| {
                Message::RefreshAnswered(epoch, generation, attempt, outcome, pair)
            };
            let promise = Promise::new(address, move || answered(broken(), None));
            let grant = match (renewal, &token) {
                (Renewal::RefreshToken, Some(token)) => Grant::RefreshToken(token),
                (Renewal::RefreshToken, None) | (Renewal::None, _) => {
                    let failure = Failure::new(Code::Internal);
                    promise.keep(answered(Outcome::NotSent(failure), None));
                    return;
                }
                (Renewal::ClientSecret, _) => Grant::ClientCredentials,
            };
            let (outcome, pair) = shared
                .ask_for_tokens(Lane::Refresh, &grant, token.as_ref(), not_after, aborted)
                .await;
            promise.keep(answered(outcome, pair));
        }));
    }

    /// Tells the server in the background that the tokens are no longer wanted; not before the data
    /// folder knows what ended them, so that a kill in between leaves no session without tokens.
    pub(super) fn revoke(
        &self,
        refresh: Option<Secret>,
        access: Option<Secret>,
    ) -> oneshot::Receiver<Revocation> {
        let (tell, told) = oneshot::channel();
        let shared = self.shared.clone();
        let noted = self.shared.notes.begin(|| ());
        self.shared.environment.spawn(Box::pin(async move {
            let _ = noted.await;
            let mut outcome = Revocation::NothingToRevoke;
            let tokens = [(refresh, "refresh_token"), (access, "access_token")];
            for (token, hint) in tokens {
                let Some(token) = token else { continue };
                outcome = shared.revoke(&token, hint).await;
                if outcome != Revocation::Revoked {
                    break;
                }
            }
            let _ = tell.send(outcome);
        }));
        told
    }

    pub(super) fn ask_me(&mut self, attempt: Attempt) {
        let address = self.address.clone();
        let shared = self.shared.clone();
        let token = self.current.as_ref().map(|pair| pair.access.clone());
        self.shared.environment.spawn(Box::pin(async move {
            let judged = move |verdict| Message::Event(Event::Judged { attempt, verdict });
            let unknown = || Verdict::None(Failure::new(Code::Internal));
            let promise = Promise::new(address, move || judged(unknown()));
            let verdict = match token {
                Some(token) => shared.ask_about(&token).await,
                None => unknown(),
            };
            promise.keep(judged(verdict));
        }));
    }
}

/// A request whose task broke: the server may have seen it.
fn broken() -> Outcome {
    Outcome::Unknown(Failure::new(Code::Internal))
}

/// An answer that is known already.
pub(super) fn told(revocation: Revocation) -> oneshot::Receiver<Revocation> {
    let (tell, told) = oneshot::channel();
    let _ = tell.send(revocation);
    told
}
