//! A session from its opening to the end of the command: trust that is missing is asked for, a
//! command that keeps nothing signs in first, and what is under way is waited for at the end.

use std::{sync::OnceLock, time::Duration};

use quickaccess::{
    Action, Code, Error, QuickAccess, RefreshState, SessionState, SignedIn, TokenNeed,
};

use crate::{
    args::{Common, StoreKind},
    ask,
    exit::Failure,
    open::{self, Target},
    show,
    stop::Stop,
    wait::wait,
};

/// How long a store may take for what it refused at first.
const STORE_PATIENCE: Duration = Duration::from_secs(10);

/// What a command works on.
#[derive(Debug)]
pub(crate) struct Session {
    common: Common,
    opened: OnceLock<(QuickAccess, Target)>,
}

impl Session {
    pub(crate) fn new(common: Common) -> Self {
        Self {
            common,
            opened: OnceLock::new(),
        }
    }

    pub(crate) fn common(&self) -> &Common {
        &self.common
    }

    /// Opens it, and waits until its store has been read.
    pub(crate) async fn open(&self) -> Result<(&QuickAccess, &Target), Failure> {
        let (session, target) = self.make().await?;
        open::read(session).await?;
        Ok((session, target))
    }

    /// Opens it for a command that has something to do even if its store cannot be read.
    pub(crate) async fn open_unread(&self) -> Result<(&QuickAccess, &Target), Failure> {
        let (session, target) = self.make().await?;
        // The command finds out again, where it matters.
        let _ = open::read(session).await;
        Ok((session, target))
    }

    async fn make(&self) -> Result<(&QuickAccess, &Target), Failure> {
        let target = Target::find(&self.common.kept)?;
        let session = open::session(&self.common, &target).await?;
        let (session, target) = self.opened.get_or_init(|| (session, target));
        Ok((session, target))
    }

    /// Opens it for a command that needs somebody signed in: where nothing is kept, that is done
    /// here.
    pub(crate) async fn signed_in(&self) -> Result<(&QuickAccess, &Target), Failure> {
        let (session, target) = self.open().await?;
        if self.common.memory {
            sign_in(session, &self.common).await?;
        }
        Ok((session, target))
    }

    /// Asks the server, and once more after an approval where only trust was missing.
    pub(crate) async fn ask<T>(
        &self,
        what: &str,
        work: impl AsyncFn() -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let Some((session, _)) = self.opened.get() else {
            return Err(Error::new(Code::Internal).into());
        };
        trusting(session, &self.common, what, work).await
    }

    /// Says what can be typed next about a failure that does not say it yet.
    pub(crate) fn advise(&self, mut failure: Failure) -> Failure {
        let store = match self.opened.get() {
            Some((_, target)) => target.store,
            None => self.common.kept.store.unwrap_or(StoreKind::System),
        };
        if let (None, Some(error)) = (&failure.next, failure.error()) {
            failure.next = advice(error, store).map(str::to_owned);
        }
        failure
    }

    /// Waits at the end of a command for what is under way: the answer to a refresh holds the next
    /// refresh token, and must be stored before the program ends. A session that is kept nowhere
    /// is signed out, unless its token was asked for.
    pub(crate) async fn finish(&self, stop: &mut Stop, forget: bool) {
        let Some((session, _)) = self.opened.get() else {
            return;
        };
        tokio::select! {
            () = settle(session) => {}
            () = stop.asked() => {
                show::note("Ended at once. If a sign-in is asked for next time, this is why.");
            }
        }
        if forget && self.common.memory && session.state().signed_in().is_some() {
            // Nobody will use these tokens any more.
            let _ = wait("Signing out", session.sign_out()).await;
        }
    }
}

fn advice(error: &Error, store: StoreKind) -> Option<&'static str> {
    match (error.code(), error.action()) {
        (Code::CredentialsRejected | Code::ServerRefused, _) => None,
        (_, Action::SignIn) => Some("quickaccess sign-in"),
        (Code::ClientNeedsSecret, _) => Some("Set QUICKACCESS_CLIENT_SECRET to it."),
        (Code::StoreUnavailable | Code::StoreDenied, _) if store == StoreKind::Kernel => Some(
            "Run it under `keyctl session - COMMAND`, or go on without a store: --memory keeps \
             nothing.",
        ),
        (Code::StoreUnavailable | Code::StoreDenied, _) => Some(
            "Go on without it: --memory keeps nothing, --store kernel (Linux) keeps the session \
             until a reboot.",
        ),
        (Code::StoreLocked, _) => {
            Some("Unlock the keyring of your desktop, or go on without it: --memory keeps nothing.")
        }
        _ => None,
    }
}

/// Asks the server, and once more after an approval where only trust was missing.
pub(crate) async fn trusting<T>(
    session: &QuickAccess,
    common: &Common,
    what: &str,
    work: impl AsyncFn() -> Result<T, Error>,
) -> Result<T, Failure> {
    match wait(what, work()).await {
        Err(error) if error.action() == Action::TrustServer => {
            ask::approval(session, error, common).await?;
            Ok(wait(what, work()).await?)
        }
        other => Ok(other?),
    }
}

/// Looks at the server, asks for the password, and signs in. What the answer would not need is
/// asked before anything is sent.
pub(crate) async fn sign_in(session: &QuickAccess, common: &Common) -> Result<(), Failure> {
    if common.username.is_none() && !ask::is_terminal() {
        ask::username(common).await?;
    }
    trusting(session, common, "Looking at the server", async || {
        session.probe().await
    })
    .await?;
    let username = ask::username(common).await?;
    let password = ask::password(&username).await?;
    wait("Signing in", session.sign_in(username, password)).await?;
    Ok(())
}

/// Waits until nothing is under way any more.
async fn settle(session: &QuickAccess) {
    if session.cached_token().is_some() {
        // Whatever was told to the session before has been taken in when this is answered.
        let _ = session.access_token_with(TokenNeed::default()).await;
    }
    let busy = |state: &SessionState| {
        matches!(state, SessionState::SigningIn { .. })
            || state.signed_in().is_some_and(is_refreshing)
    };
    let what = "Waiting for the answer to a refresh (Ctrl-C ends at once)";
    until(what, session, busy).await;
    let unsaved = |state: &SessionState| state.signed_in().is_some_and(|s| !s.saved);
    let saved = until("Waiting for the secret store", session, unsaved);
    if tokio::time::timeout(STORE_PATIENCE, saved).await.is_err() {
        show::note(
            "The secret store did not take the new tokens; sign in again if the next command asks \
             for it.",
        );
    }
    // Notes are written in order, so that reading them means that they have been written.
    let _ = session.history().await;
}

fn is_refreshing(signed_in: &SignedIn) -> bool {
    signed_in.refresh == RefreshState::InFlight
}

/// Waits while the state is like this.
async fn until(what: &str, session: &QuickAccess, busy: impl Fn(&SessionState) -> bool) {
    let mut states = session.subscribe();
    if !busy(&states.borrow_and_update()) {
        return;
    }
    if !ask::is_watched() {
        show::note(&format!("{what}."));
    }
    // It fails only when the session is gone, and then there is nothing to wait for.
    let _ = wait(what, states.wait_for(|state| !busy(state))).await;
}
