//! The handle that apps hold. It is cheap to clone, asks the driver for whatever changes the
//! session, and reads a token that is still good without asking anybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Method;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    builder::Builder,
    config::Dialect,
    environment::Millis,
    error::{Code, Error},
    requests::RequestBuilder,
    secret::Secret,
    session::{
        driver::{Credentials, Message, Revocation, Told},
        event::{Event, PlatformEvent, WaiterId, Want},
        model::Renewal,
        published::{AccessToken, SessionState},
        shared::Shared,
    },
    store::{HistoryEntry, StoreError},
    trust::TrustFailure,
};

/// A session with one ClearPass server. Clones share it.
#[derive(Clone, Debug)]
pub struct QuickAccess {
    pub(crate) shared: Arc<Shared>,
    driver: Arc<Link>,
}

/// What the clones of a handle have in common: the way to the driver, which ends when the last one
/// has gone and nothing is under way.
#[derive(Debug)]
struct Link {
    address: mpsc::UnboundedSender<Message>,
    waiters: AtomicU64,
}

impl Drop for Link {
    fn drop(&mut self) {
        let _ = self.address.send(Message::Closed);
    }
}

/// What a caller needs of an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenNeed {
    /// When less than this is left, a refresh starts in the background.
    pub prefer: Duration,
    /// When less than this is left, a refresh is waited for. No more than half of the token's
    /// lifetime counts, and one refresh for each token pair.
    pub at_least: Duration,
    /// A token that is good but shorter than `at_least` is an error instead of a token with
    /// [`AccessToken::is_short`].
    pub strict: bool,
}

/// What became of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignOutReport {
    /// Whether the secret store has let go of the record. If not, the record is fenced off, is
    /// not used again, and its removal is tried until it works.
    pub erased: bool,
    /// What became of the tokens on the server.
    pub revocation: Revocation,
}

impl QuickAccess {
    /// Starts the set-up for a server (see [`crate::ServerUrl::parse`]) and the id of its API client.
    pub fn builder(server: impl Into<String>, client_id: impl Into<String>) -> Builder {
        Builder::new(server.into(), client_id.into())
    }

    pub(crate) fn new(shared: Arc<Shared>, address: mpsc::UnboundedSender<Message>) -> Self {
        let waiters = AtomicU64::new(0);
        let driver = Arc::new(Link { address, waiters });
        Self { shared, driver }
    }

    /// Signs a person in with the password grant (RFC 6749 section 4.3). The password lives for
    /// this one request. The session before it, if there is one, goes on until this one commits.
    /// Dropping the future cancels it.
    ///
    /// # Errors
    /// `credentials_rejected`, `client_unknown`, `grant_not_enabled`, `server_refused`;
    /// certificate codes, told before the password is sent; `offline`, `timeout` and the like;
    /// store codes when the session could not be kept; `cancelled`.
    pub async fn sign_in(
        &self,
        username: impl Into<String>,
        password: impl Into<Secret>,
    ) -> Result<(), Error> {
        let (username, password) = (username.into(), password.into());
        // PHP takes a lone 0 as missing, too [L].
        let clearpass = self.shared.config.dialect == Dialect::ClearPass;
        for (name, text) in [
            ("user name", username.as_str()),
            ("password", password.expose()),
        ] {
            let reason = match text {
                "" => "",
                "0" if clearpass => " (ClearPass takes a lone 0 as none, too)",
                _ => continue,
            };
            return Err(Error::with_message(
                Code::InvalidInput,
                format!("The {name} is missing{reason}. Type it in."),
            ));
        }
        self.start_sign_in(
            Renewal::RefreshToken,
            Credentials::Password { username, password },
        )
        .await
    }

    /// Signs the app itself in with its client secret (`client_credentials`, RFC 6749 section
    /// 4.4). There is no refresh token: the secret renews the session at each start that gives it.
    ///
    /// # Errors
    /// `client_needs_secret` without a secret; else as [`Self::sign_in`].
    pub async fn sign_in_client(&self) -> Result<(), Error> {
        self.start_sign_in(Renewal::ClientSecret, Credentials::Client)
            .await
    }

    /// Signs out: the session is gone from this device at once, even offline and when the secret
    /// store refuses. Revocation on the server is tried for a few seconds.
    ///
    /// # Errors
    /// `internal` alone, should the library itself have failed.
    pub async fn sign_out(&self) -> Result<SignOutReport, Error> {
        match self.ask(|waiter| Event::SignOut { waiter }).await? {
            Told::SignedOut { erased, revocation } => {
                let revocation = match revocation {
                    Some(told) => told.await.unwrap_or(Revocation::Failed(Code::Internal)),
                    None => Revocation::NothingToRevoke,
                };
                Ok(SignOutReport { erased, revocation })
            }
            Told::Failed(error) => Err(error),
            _ => Err(Error::new(Code::Internal)),
        }
    }

    /// A token that is good for the next request. One that is in memory and good comes without a
    /// lock, a message or a wait; otherwise this waits for a refresh, up to
    /// [`crate::Timeouts::token`].
    ///
    /// # Errors
    /// The codes of the `SignIn` row when the session is over; `offline`, `timeout` and the like
    /// when it could not be extended just now; `store_locked` before the device is unlocked.
    pub async fn access_token(&self) -> Result<AccessToken, Error> {
        match self.cached_token() {
            Some(token) => Ok(token),
            None => self.access_token_with(TokenNeed::default()).await,
        }
    }

    /// The token in memory if it is good right now, without waiting for anything.
    pub fn cached_token(&self) -> Option<AccessToken> {
        let published = self.shared.published.load();
        let serving = published.serving.as_ref()?;
        let now = self.shared.environment.now();
        let standing = serving.standing(now);
        if !standing.usable {
            return None;
        }
        if standing.due && serving.nudges(now) {
            self.post(Message::Event(Event::Used));
        }
        Some(serving.token.clone())
    }

    /// A token that is good for what the caller needs.
    ///
    /// # Errors
    /// As [`Self::access_token`].
    pub async fn access_token_with(&self, need: TokenNeed) -> Result<AccessToken, Error> {
        let want = Want::Token {
            prefer: millis(need.prefer),
            at_least: millis(need.at_least),
            strict: need.strict,
        };
        self.token(want).await
    }

    /// Extends the session now, and gives the new token.
    ///
    /// # Errors
    /// As [`Self::access_token`]; `grant_not_enabled` when the server gave no refresh token.
    pub async fn refresh(&self) -> Result<AccessToken, Error> {
        self.settled().await;
        let than = self
            .shared
            .published
            .load()
            .serving
            .as_ref()
            .map_or(0, |s| s.token.generation());
        self.token(Want::Refresh { than }).await
    }

    /// The id of the account that this handle is bound to, see [`Accounts`](crate::Accounts).
    pub fn account(&self) -> &str {
        &self.shared.account
    }

    /// A request to the server's API with the session's token; `path` lies under `/api`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder<'_> {
        RequestBuilder::new(self, method, path)
    }

    /// Where the session stands now.
    pub fn state(&self) -> SessionState {
        self.shared.published.load().state.clone()
    }

    /// The states as they come; the current one is there at once, and only the newest is kept.
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.shared.states.subscribe()
    }

    /// What happened to the session, oldest first, at most 200 entries; it survives a restart and
    /// holds no secret.
    pub async fn history(&self) -> Vec<HistoryEntry> {
        let data = self.shared.data.clone();
        let read = self.shared.notes.run(move || data.history()).await;
        read.and_then(Result::ok).unwrap_or_default()
    }

    /// Takes in what the platform tells: foreground and background, unlock, network and clock.
    pub fn notify(&self, event: PlatformEvent) {
        if event == PlatformEvent::NetworkChanged {
            self.shared.transport.reset();
        }
        self.post(Message::Event(Event::Platform(event)));
    }

    /// Trusts the certificate that an error showed, after the person has compared its fingerprint.
    /// It holds for this host and port, for this certificate, and waives only the problems shown.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved, or when it replaces a trusted one, which takes
    /// [`Self::approve_changed_certificate`].
    pub async fn approve_certificate(&self, shown: &TrustFailure) -> Result<(), Error> {
        self.shared.trust.approve(shown)?;
        self.trust_changed().await
    }

    /// Trusts a certificate that replaces one that was trusted before: a step of its own, since
    /// this is what an attack looks like.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved.
    pub async fn approve_changed_certificate(&self, shown: &TrustFailure) -> Result<(), Error> {
        self.shared.trust.approve_changed(shown)?;
        self.trust_changed().await
    }

    async fn trust_changed(&self) -> Result<(), Error> {
        self.shared.transport.reset();
        self.post(Message::Event(Event::TrustChanged));
        let Some(saved) = self.shared.save_trust() else {
            return Ok(());
        };
        match saved.await.unwrap_or(Err(StoreError::Unavailable)) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.shared.explain(&error.into(), false)),
        }
    }

    async fn start_sign_in(&self, renewal: Renewal, credentials: Credentials) -> Result<(), Error> {
        let waiter = self.next_waiter();
        let (tell, told) = oneshot::channel();
        let event = Event::SignIn { waiter, renewal };
        self.post(Message::SignIn(waiter, event, credentials, tell));
        let mut cancel = OnDrop {
            session: self,
            event: Some(Event::CancelSignIn { waiter }),
        };
        let told = told.await;
        cancel.event = None;
        match told {
            Ok(Told::SignedIn) => {
                self.meet_where_others_are();
                Ok(())
            }
            Ok(Told::Failed(error)) => Err(error),
            _ => Err(Error::new(Code::Internal)),
        }
    }

    async fn token(&self, want: Want) -> Result<AccessToken, Error> {
        let told = self.ask_within(|waiter| Event::Want { waiter, want }).await;
        match (told, want) {
            (Ok(Told::Token(token) | Told::Replay(token)), _) => Ok(token),
            (Ok(Told::Failed(error)), _) => Err(error),
            (Ok(_), _) => Err(Error::new(Code::Internal)),
            // What was asked for takes too long; what is there is good, if shorter.
            (Err(error), Want::Token { strict: false, .. }) => {
                let there = self.cached_token().map(|token| token.with_short(true));
                there.ok_or(error)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// As [`Self::ask`], for no longer than a caller waits for a token. What it waits for goes on.
    pub(crate) async fn ask_within(
        &self,
        event: impl FnOnce(WaiterId) -> Event,
    ) -> Result<Told, Error> {
        let patience = self.shared.config.timeouts.token;
        tokio::select! {
            biased;
            told = self.ask(event) => told,
            () = self.shared.environment.sleep(patience) => Err(self.still_waiting()),
        }
    }

    /// The caller's time is up; what it waited for goes on.
    fn still_waiting(&self) -> Error {
        let now = self.shared.environment.now();
        let lease = self.shared.published.load().lease;
        let message = match lease {
            Some(_) => {
                "Another process of this app is extending the session. Try again in a moment; \
                 nothing is lost."
            }
            None => "The session is still being extended. Try again in a moment; nothing is lost.",
        };
        // The other process may be done at any moment, so no wait is longer than that.
        let after = lease.map(|lease| lease.rest(now).clamp(1_000, 10_000));
        Error::with_message(Code::Timeout, message).after(after.map(Duration::from_millis))
    }

    /// Waits until the store has been read.
    pub(crate) async fn settled(&self) {
        let mut states = self.subscribe();
        // It fails only when the driver is gone, and then the next call tells.
        let _ = states
            .wait_for(|state| *state != SessionState::Loading)
            .await;
    }

    /// Sends an event whose caller waits; when the caller goes away, the driver forgets it.
    pub(crate) async fn ask(&self, event: impl FnOnce(WaiterId) -> Event) -> Result<Told, Error> {
        let waiter = self.next_waiter();
        let (tell, told) = oneshot::channel();
        self.post(Message::Ask(waiter, event(waiter), tell));
        let mut forget = OnDrop {
            session: self,
            event: Some(Event::Forget { waiter }),
        };
        let told = told.await;
        forget.event = None;
        told.map_err(|_| Error::new(Code::Internal))
    }

    /// Tells the driver once for each token that the server accepts it, if it is so.
    pub(crate) fn accepted(&self, token: &AccessToken, is_so: impl FnOnce() -> bool) {
        let published = self.shared.published.load();
        let Some(serving) = &published.serving else {
            return;
        };
        let same = serving.token.epoch() == token.epoch()
            && serving.token.generation() == token.generation();
        let new = same && !serving.accepted.load(Ordering::Relaxed);
        if new && is_so() && !serving.accepted.swap(true, Ordering::Relaxed) {
            let (epoch, generation) = (token.epoch(), token.generation());
            self.post(Message::Event(Event::Accepted { epoch, generation }));
        }
    }

    pub(crate) fn post(&self, message: Message) {
        // When the driver is gone, the caller's own channel tells.
        let _ = self.driver.address.send(message);
    }

    fn next_waiter(&self) -> WaiterId {
        WaiterId(self.driver.waiters.fetch_add(1, Ordering::Relaxed))
    }
}

/// Sends an event when the caller goes away before its answer.
struct OnDrop<'a> {
    session: &'a QuickAccess,
    event: Option<Event>,
}

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        if let Some(event) = self.event.take() {
            self.session.post(Message::Event(event));
        }
    }
}

fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}
