//! A session from its opening to the end of the command: trust that is missing is asked for, a
//! command that keeps nothing signs in first, and what is under way is waited for at the end.

use std::{sync::OnceLock, time::Duration};

use quickaccess::{Action, Code, Error, QuickAccess, RefreshState};

use crate::{
    args::{Common, StoreKind},
    ask,
    exit::Failure,
    open::{self, Target},
    show,
    stop::Stop,
    wait::wait,
};

/// The library gives the answer to a refresh some two minutes.
const REFRESH: Duration = Duration::from_secs(180);
/// A store that takes longer hangs.
const STORE: Duration = Duration::from_secs(30);

/// What a command works on.
#[derive(Debug)]
pub(crate) struct Session {
    common: Common,
    /// Whether it is to be one more account.
    new_account: bool,
    opened: OnceLock<(QuickAccess, Target)>,
}

impl Session {
    pub(crate) fn new(common: Common, new_account: bool) -> Self {
        Self {
            common,
            new_account,
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
        let (session, target) = open::session(&self.common, self.new_account).await?;
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

    /// Ends the session in good order at the end of a command. One that is kept nowhere is signed
    /// out, unless its token was asked for.
    pub(crate) async fn finish(self, stop: &mut Stop, forget: bool) {
        let Some((session, _)) = self.opened.into_inner() else {
            return;
        };
        let forget = forget && self.common.memory && session.state().signed_in().is_some();
        let finish = async {
            if forget {
                // Nobody will use these tokens any more.
                let _ = wait("Signing out", session.sign_out()).await;
            }
            end(session).await;
        };
        tokio::select! {
            () = finish => {}
            () = stop.asked() => {
                show::note("Ended at once. If a sign-in is asked for next time, this is why.");
            }
        }
    }
}

/// Gives a session up and waits until nothing of it is under way any more: the answer to a refresh
/// holds the next refresh token, and must be stored before the program ends.
pub(crate) async fn end(session: QuickAccess) {
    let mut states = session.subscribe();
    let signed_in = session.state().signed_in().cloned();
    let refreshing = signed_in.is_some_and(|s| s.refresh == RefreshState::InFlight);
    drop(session);
    let what = "Waiting for the answer to a refresh (Ctrl-C ends at once)";
    if refreshing && !ask::is_watched() {
        show::note(&format!("{what}."));
    }
    let (what, patience) = if refreshing {
        (what, REFRESH)
    } else {
        ("Ending", STORE)
    };
    // No state comes any more when all is done.
    let ended = async { while states.changed().await.is_ok() {} };
    let _ = wait(what, tokio::time::timeout(patience, ended)).await;
    if states.borrow().signed_in().is_some_and(|s| !s.saved) {
        show::note(
            "The secret store did not take the new tokens; sign in again if the next command asks \
             for it.",
        );
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
