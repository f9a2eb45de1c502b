//! The app on the phone: the real core behind its public API, or the naive client beside it.

mod naive;

use std::{path::Path, sync::Arc, time::Duration};

use quickaccess::{
    Cause, Code, Error, PlatformEvent, QuickAccess, RefreshState, SessionState, TokenNeed,
};
use tokio::sync::watch;

use self::naive::Naive;
use crate::{
    mutation::{Coated, Mutation},
    network::Way,
    oracle::{Call, Seen},
    process::{Process, Surroundings},
    server::{ADDRESS, CLIENT},
    store::Keeper,
};

/// Which client lives on the phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// The real core.
    Core,
    /// What a first attempt looks like; `docs/reliability.md` says what it does.
    Naive,
}

/// A client in one process.
#[derive(Clone, Debug)]
pub(crate) enum App {
    Core(QuickAccess),
    Naive(Arc<Naive>),
}

/// What a caller got.
#[derive(Debug)]
pub(crate) enum Got {
    Token(String),
    Name(String),
}

impl App {
    /// Starts a client in a process, and shows its states to the oracle.
    ///
    /// # Errors
    /// What the core says when its folder cannot be used.
    pub(crate) fn start(
        client: Client,
        bug: Option<Mutation>,
        process: &Arc<Process>,
        folder: &Path,
    ) -> Result<Self, Error> {
        let app = match client {
            Client::Core => {
                let core = QuickAccess::builder(ADDRESS, CLIENT)
                    .data_dir(folder)
                    .environment(Surroundings {
                        process: process.clone(),
                        wall_time_trusted: bug == Some(Mutation::WallTimeTrusted),
                    });
                let core = match bug {
                    None => core
                        .store(Keeper(process.clone()))
                        .transport(Way(process.clone())),
                    Some(bug) => {
                        let coat = Coated::new(bug, process);
                        core.store(coat.clone()).transport(coat)
                    }
                };
                Self::Core(core.build()?)
            }
            Client::Naive => Self::Naive(Naive::start(process)),
        };
        match &app {
            Self::Core(session) => show(process, session.subscribe(), see),
            Self::Naive(naive) => show(process, naive.subscribe(), Seen::clone),
        }
        Ok(app)
    }

    /// What its screen shows.
    pub(crate) fn seen(&self) -> Seen {
        match self {
            Self::Core(session) => see(&session.state()),
            Self::Naive(naive) => naive.seen(),
        }
    }

    /// Makes a call. The text of an error is given with its code.
    pub(crate) async fn call(&self, call: Call) -> Result<Got, (Code, String)> {
        let session = match self {
            Self::Core(session) => session,
            Self::Naive(naive) => {
                let result = naive.call(call).await;
                return result.map_err(|code| (code, String::new()));
            }
        };
        let token = |token: quickaccess::AccessToken| Got::Token(token.expose().to_owned());
        let result = match call {
            Call::Token => session.access_token().await.map(token),
            Call::TokenFor(at_least) => {
                let need = TokenNeed {
                    at_least: Duration::from_millis(at_least),
                    ..TokenNeed::default()
                };
                session.access_token_with(need).await.map(token)
            }
            Call::Refresh => session.refresh().await.map(token),
            Call::WhoAmI => session.whoami().await.map(|me| {
                let name = me.name().unwrap_or_default();
                Got::Name(name.to_owned())
            }),
        };
        result.map_err(told)
    }

    pub(crate) async fn sign_in(&self, user: &str, password: &str) -> Result<(), (Code, String)> {
        match self {
            Self::Core(session) => session.sign_in(user, password).await.map_err(told),
            Self::Naive(naive) => {
                let result = naive.sign_in(user, password).await;
                result.map_err(|code| (code, String::new()))
            }
        }
    }

    pub(crate) async fn sign_out(&self) -> bool {
        match self {
            Self::Core(session) => session.sign_out().await.is_ok(),
            Self::Naive(naive) => {
                naive.sign_out().await;
                true
            }
        }
    }

    pub(crate) fn notify(&self, event: PlatformEvent) {
        if let Self::Core(session) = self {
            session.notify(event);
        }
    }

    /// The texts of the history.
    pub(crate) async fn history(&self) -> Vec<String> {
        match self {
            Self::Core(session) => {
                let entries = session.history().await.into_iter();
                entries.map(|entry| entry.text).collect()
            }
            Self::Naive(_) => Vec::new(),
        }
    }
}

fn told(error: Error) -> (Code, String) {
    (error.code(), format!("{error} {error:?}"))
}

/// Shows every state to the oracle, as a screen would.
fn show<S: Send + Sync + 'static>(
    process: &Arc<Process>,
    mut states: watch::Receiver<S>,
    see: impl Fn(&S) -> Seen + Send + 'static,
) {
    let watching = process.clone();
    process.run(async move {
        let mut before = Seen::Unclear;
        loop {
            let seen = see(&states.borrow_and_update());
            if seen != before {
                let world = &watching.world;
                world.tell("shows", number(&seen), || {
                    format!("process {} shows {}", watching.number, words(&seen))
                });
                world
                    .oracle()
                    .state_seen(watching.number, &seen, &world.device);
                before = seen;
            }
            if states.changed().await.is_err() {
                return;
            }
        }
    });
}

fn see(state: &SessionState) -> Seen {
    let somebody = |signed_in: &quickaccess::SignedIn| Seen::Somebody {
        user: signed_in.username.clone(),
        ended: match signed_in.refresh {
            RefreshState::Ended(cause) => Some(cause),
            _ => None,
        },
    };
    match state {
        SessionState::SignedOut { cause, .. } => Seen::Nobody(Some(*cause)),
        other => other.signed_in().map_or(Seen::Unclear, somebody),
    }
}

fn number(seen: &Seen) -> u64 {
    let of_cause = |cause: &Option<Cause>| {
        let place = cause.and_then(|cause| Cause::ALL.iter().position(|one| *one == cause));
        place.map_or(0, |place| place as u64 + 1)
    };
    match seen {
        Seen::Unclear => 0,
        Seen::Nobody(cause) => 100 + of_cause(cause),
        Seen::Somebody { user, ended } => 200 + 10 * user.len() as u64 + of_cause(ended),
    }
}

fn words(seen: &Seen) -> String {
    match seen {
        Seen::Unclear => "nothing for now".to_owned(),
        Seen::Nobody(cause) => format!("nobody signed in: {cause:?}"),
        Seen::Somebody { user, ended: None } => format!("{user} signed in"),
        Seen::Somebody {
            user,
            ended: Some(cause),
        } => format!("{user} signed in, until the token ends: {cause:?}"),
    }
}
