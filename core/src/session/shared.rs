//! What the driver, its tasks and every handle share, and the words of the errors that come of it.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::{
    driver::Revocation,
    event::Failure,
    published::{Published, SessionState},
    workers::Worker,
};
use crate::{
    config::Config,
    environment::Environment,
    error::{Code, Error},
    store::{DataDir, Persistence, TokenStore, Vault},
    transport::Transport,
    trust::{TrustFailure, TrustMemory},
};

/// What the driver shares with every handle.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) trust: Arc<TrustMemory>,
    /// Whether what the store knows of the server's certificate has been taken in.
    pub(crate) trust_read: AtomicBool,
    pub(crate) vault: Arc<Vault>,
    /// Names the account that this handle is bound to.
    pub(crate) account: String,
    pub(crate) data: Arc<DataDir>,
    pub(crate) backend: Arc<dyn TokenStore>,
    /// Calls of the secret store.
    pub(crate) store: Worker,
    /// Calls of the data folder.
    pub(crate) notes: Worker,
    pub(crate) published: ArcSwap<Published>,
    pub(crate) states: watch::Sender<SessionState>,
    pub(crate) persistence: Persistence,
    /// The last certificate that was refused, for the error that a caller gets.
    pub(crate) refused_certificate: std::sync::Mutex<Option<TrustFailure>>,
    /// Answers that came too late to count, and events that should not have been.
    pub(crate) ignored: Counters,
}

/// Events that changed nothing.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) late: std::sync::atomic::AtomicU64,
    pub(crate) impossible: std::sync::atomic::AtomicU64,
}

impl Shared {
    /// Why tokens of the store could not be revoked although nobody has read any.
    pub(crate) fn unread(&self) -> Revocation {
        match &self.published.load().state {
            SessionState::Locked => Revocation::Failed(Code::StoreLocked),
            SessionState::StoreFailed(code) => Revocation::Failed(*code),
            SessionState::Loading => Revocation::Failed(Code::StoreUnavailable),
            _ => Revocation::NothingToRevoke,
        }
    }

    /// The error that a caller gets for a failure, in words that name what is wrong here.
    pub(crate) fn explain(&self, failure: &Failure, at_sign_in: bool) -> Error {
        let after = failure.after.map(Duration::from_millis);
        let refused = self.refused_certificate.lock();
        let refused = refused.unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(certificate) = refused
            .as_ref()
            .filter(|known| known.code() == failure.code)
        {
            return Error::untrusted(certificate.clone());
        }
        let meaning = failure.code.meaning();
        let to_do = failure.code.what_to_do();
        let client = &self.config.client_id;
        let message = match (failure.code, &failure.detail) {
            (Code::ClientUnknown, _) if self.config.client_secret.is_some() => format!(
                "ClearPass does not know the client id `{client}` with this client secret. {to_do}"
            ),
            (Code::ClientUnknown, _) => {
                format!("ClearPass does not know the client id `{client}`. {to_do}")
            }
            (Code::GrantNotEnabled, _) => format!(
                "The API client `{client}` does not allow {}. {to_do}",
                if at_sign_in {
                    "this kind of sign-in"
                } else {
                    "a refresh"
                }
            ),
            (Code::ServerRefused, Some(detail)) => {
                format!(
                    "ClearPass refused, and gave this reason: {detail}. Show it to your administrator."
                )
            }
            (Code::Redirected, Some(place)) => {
                format!("The server sent the request to {place}. {to_do}")
            }
            (Code::Offline | Code::Timeout, _) => {
                format!("{} ({}) {to_do}", meaning, self.config.server)
            }
            _ => format!("{meaning} {to_do}"),
        };
        let error = Error::with_message(failure.code, message).after(after);
        if at_sign_in {
            error.at_sign_in()
        } else {
            error
        }
    }
}
