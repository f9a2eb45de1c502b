//! The tokens that the doctor got: revoked when it is done with them, and also when it is dropped.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::{
    secret::Secret,
    session::{driver::Revocation, shared::Shared},
};

/// Tokens with their kinds (RFC 7009 section 2.1).
#[derive(Debug)]
pub(super) struct Held {
    shared: Arc<Shared>,
    tokens: Vec<(Secret, &'static str)>,
}

impl Held {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            tokens: Vec::new(),
        }
    }

    pub(super) fn access(&mut self, token: &Secret) {
        self.tokens.push((token.clone(), "access_token"));
    }

    pub(super) fn refresh(&mut self, token: &Secret) {
        self.tokens.push((token.clone(), "refresh_token"));
    }

    /// All of them, for texts that must not repeat one.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.tokens.iter().map(|(token, _)| token)
    }

    /// Revokes them in a task of its own, the newest first.
    pub(super) fn revoke(&mut self) -> oneshot::Receiver<Revocation> {
        let (tell, told) = oneshot::channel();
        let tokens = std::mem::take(&mut self.tokens);
        let shared = self.shared.clone();
        self.shared.environment.spawn(Box::pin(async move {
            let mut outcome = Revocation::NothingToRevoke;
            for (token, hint) in tokens.iter().rev() {
                outcome = shared.revoke(token, hint).await;
                if outcome != Revocation::Revoked {
                    break;
                }
            }
            let _ = tell.send(outcome);
        }));
        told
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.tokens.is_empty() {
            drop(self.revoke());
        }
    }
}
