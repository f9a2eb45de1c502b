//! The session as Kotlin and Swift hold it: each call hands over to the core's handle, on the
//! library's own runtime.

use std::{future::Future, sync::Arc};

use quickaccess::{Code, Error, QuickAccess, Secret, SystemEnvironment, trust::TrustFailure};
use tokio::{runtime::Handle, sync::Notify};

use crate::{
    certificate::{Shown, UntrustedCertificate},
    failure::QuickAccessError,
    observer::{self, Observation, StateObserver},
    person::{Identity, Privilege, ServerVersion},
    reports::{HistoryEntry, ServerProbe, SignOutReport},
    runtime::{self, Call, Caller, Waiting},
    settings::{SessionSettings, TokenNeed},
    state::{PlatformEvent, SessionState},
    store::TokenStore,
    token::AccessToken,
};

/// A session with one ClearPass server, for one account.
#[derive(Debug, uniffi::Object)]
pub struct Session {
    core: QuickAccess,
    runtime: Handle,
    shown: Shown,
    cancel: Arc<Notify>,
}

/// Cancels the one call that it was given to, whenever that is: before the call has begun too.
#[derive(Debug, Default, uniffi::Object)]
pub struct CancelHandle {
    cancelled: Arc<Notify>,
}

#[uniffi::export]
impl CancelHandle {
    /// A handle for one call.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The call ends with `cancelled`, unless it has ended.
    pub fn cancel(&self) {
        // Kept for a call that has yet to begin.
        self.cancelled.notify_one();
    }
}

#[uniffi::export]
impl Session {
    /// Opens a session; the store is read in the background at once. The secret of a confidential
    /// API client is given at each start, as UTF-8 bytes, and kept in memory only.
    ///
    /// # Errors
    /// `invalid_input` names the setting that cannot be used; `store_unavailable` names the data
    /// folder; `store_locked` when that cannot be read before the device is unlocked.
    #[uniffi::constructor(default(client_secret = None))]
    pub fn new(
        settings: SessionSettings,
        store: Arc<TokenStore>,
        client_secret: Option<Vec<u8>>,
    ) -> Result<Arc<Self>, QuickAccessError> {
        let runtime = runtime::handle()?;
        let mut builder = settings
            .builder()
            .store(store.core())
            .environment(SystemEnvironment::with_runtime(runtime.clone()));
        if let Some(secret) = client_secret {
            builder = builder.client_secret(text(secret, "client secret")?);
        }
        let core = {
            let _inside = runtime.enter();
            builder.build()?
        };
        Ok(Arc::new(Self {
            core,
            runtime,
            shown: Shown::default(),
            cancel: Arc::default(),
        }))
    }

    /// The id of the account that this session is bound to.
    pub fn account(&self) -> String {
        self.core.account().to_owned()
    }

    /// Where the session stands now.
    pub fn state(&self) -> SessionState {
        (&self.core.state()).into()
    }

    /// Tells an observer the present state and each one that follows, until the observation is
    /// stopped or dropped.
    pub fn observe(&self, observer: Arc<dyn StateObserver>) -> Arc<Observation> {
        let states = self.core.subscribe();
        Arc::new(observer::observe(&self.runtime, states, observer))
    }

    /// Takes in what the platform tells.
    pub fn notify(&self, event: PlatformEvent) {
        self.core.notify(event.into());
    }

    /// Looks at the server before a password is asked for, and warms the connections that follow:
    /// call it when the password field gets focus, and every 3 s at most while somebody types.
    ///
    /// # Errors
    /// Certificate codes with the certificate to show; `not_clearpass`, `redirected`; `offline`,
    /// `timeout` and the like.
    pub async fn probe(&self) -> Result<ServerProbe, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.probe().await };
        Ok(self.call(Caller::Needed, call).await?.into())
    }

    /// Signs a person in. The password is given as UTF-8 bytes, which the caller can wipe
    /// afterwards, and lives for this one request. The session before it goes on until this one
    /// commits. A caller that goes away cancels it, and so does the handle.
    ///
    /// # Errors
    /// `credentials_rejected`, `client_unknown`, `grant_not_enabled`, `server_refused`;
    /// certificate codes, told before the password is sent; `offline`, `timeout` and the like;
    /// store codes when the session could not be kept; `cancelled`.
    #[uniffi::method(default(cancel = None))]
    pub async fn sign_in(
        &self,
        username: String,
        password: Vec<u8>,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<(), QuickAccessError> {
        let password = text(password, "password")?;
        let sign_in = |core: QuickAccess| async move { core.sign_in(username, password).await };
        self.until_cancelled(sign_in, cancel).await
    }

    /// Signs the app itself in with its client secret (`client_credentials`).
    ///
    /// # Errors
    /// `client_needs_secret` without a secret; else as `sign_in`.
    #[uniffi::method(default(cancel = None))]
    pub async fn sign_in_client(
        &self,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<(), QuickAccessError> {
        let sign_in = |core: QuickAccess| async move { core.sign_in_client().await };
        self.until_cancelled(sign_in, cancel).await
    }

    /// Cancels the sign-in that is under way, if there is one: it ends with `cancelled`, and the
    /// session before it goes on. For callers that cannot go away, as a task of Swift cannot.
    pub fn cancel_sign_in(&self) {
        self.cancel.notify_waiters();
    }

    /// Signs out: the session is gone from this device at once, even offline and when the secret
    /// store refuses. It is done even if its caller goes away.
    ///
    /// # Errors
    /// `internal` alone, should the library itself have failed.
    pub async fn sign_out(&self) -> Result<SignOutReport, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.sign_out().await };
        Ok(self.call(Caller::Optional, call).await?.into())
    }

    /// The text of an access token that is good for the next request: for the `Authorization:
    /// Bearer` header of a request to this server and to no other. Ask for it each time, and do
    /// not keep it. One that is in memory and good comes without a wait.
    ///
    /// # Errors
    /// The codes of `SignIn` when the session is over; `offline`, `timeout` and the like when it
    /// could not be extended just now; `store_locked` before the device is unlocked.
    pub async fn access_token(&self) -> Result<String, QuickAccessError> {
        if let Some(token) = self.core.cached_token() {
            return Ok(token.expose().to_owned());
        }
        let token = self.access_token_with(TokenNeed::default()).await?;
        Ok(token.expose())
    }

    /// An access token that is good for what the caller needs. Without `strict` it may be shorter
    /// than was asked for.
    ///
    /// # Errors
    /// As `access_token`.
    pub async fn access_token_with(
        &self,
        need: TokenNeed,
    ) -> Result<Arc<AccessToken>, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.access_token_with(need.into()).await };
        Ok(Arc::new(self.call(Caller::Needed, call).await?.into()))
    }

    /// Extends the session now. It is done even if its caller goes away.
    ///
    /// # Errors
    /// As `access_token`; `grant_not_enabled` when the server gave no
    /// refresh token.
    pub async fn refresh(&self) -> Result<(), QuickAccessError> {
        let call = |core: QuickAccess| async move { core.refresh().await.map(drop) };
        self.call(Caller::Optional, call).await
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// As `access_token`; `not_permitted`, `no_api_access`.
    pub async fn whoami(&self) -> Result<Identity, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.whoami().await };
        Ok(self.call(Caller::Needed, call).await?.into())
    }

    /// What the person may do, in the server's order.
    ///
    /// # Errors
    /// As `whoami`.
    pub async fn privileges(&self) -> Result<Vec<Privilege>, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.privileges().await };
        let privileges = self.call(Caller::Needed, call).await?;
        Ok(privileges.iter().map(Privilege::from).collect())
    }

    /// Which ClearPass this is.
    ///
    /// # Errors
    /// As `whoami`.
    pub async fn server_version(&self) -> Result<ServerVersion, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.server_version().await };
        Ok(self.call(Caller::Needed, call).await?.into())
    }

    /// What happened to the session, oldest first, at most 200 entries.
    ///
    /// # Errors
    /// `internal` alone, should the library itself have failed.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>, QuickAccessError> {
        let call = |core: QuickAccess| async move { Ok(core.history().await) };
        let history = self.call(Caller::Needed, call).await?;
        Ok(history.into_iter().map(HistoryEntry::from).collect())
    }

    /// Trusts a certificate that an error or a report of this session showed, after the person has compared
    /// its fingerprint. It holds for this host and port, for this certificate, and waives only the
    /// problems shown.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved, when this session has not shown it, or when it
    /// replaces a trusted one, which takes `approve_changed`.
    pub async fn approve(&self, certificate: UntrustedCertificate) -> Result<(), QuickAccessError> {
        let shown = self.shown.find(&certificate)?;
        let call = |core: QuickAccess| async move { core.approve_certificate(&shown).await };
        self.call(Caller::Optional, call).await
    }

    /// Trusts a certificate that replaces one that was trusted before: a step of its own, since
    /// this is what an attack looks like.
    ///
    /// # Errors
    /// `invalid_input` when it can't be approved, or when this session has not shown it.
    pub async fn approve_changed(
        &self,
        certificate: UntrustedCertificate,
    ) -> Result<(), QuickAccessError> {
        let shown: TrustFailure = self.shown.find(&certificate)?;
        let call =
            |core: QuickAccess| async move { core.approve_changed_certificate(&shown).await };
        self.call(Caller::Optional, call).await
    }

    /// Makes the account of this session the default one.
    ///
    /// # Errors
    /// `store_unavailable` or `store_locked` when the data folder cannot be written.
    pub async fn make_default(&self) -> Result<(), QuickAccessError> {
        let call = |core: QuickAccess| async move { core.make_default().await };
        self.call(Caller::Optional, call).await
    }
}

impl Session {
    pub(crate) fn core(&self) -> &QuickAccess {
        &self.core
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    pub(crate) fn call<T, F>(
        &self,
        caller: Caller,
        call: impl FnOnce(QuickAccess) -> F,
    ) -> Waiting<'_, T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let call = runtime::call(call(self.core.clone()));
        Waiting::new(self.wait(caller, call))
    }

    /// Makes a call that ends with its caller, or when the handle says so.
    pub(crate) fn call_until<T, F>(
        &self,
        handle: Option<Arc<CancelHandle>>,
        call: impl FnOnce(QuickAccess) -> F,
    ) -> Waiting<'_, T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let call = runtime::call(call(self.core.clone()));
        let call = unless(handle.unwrap_or_default().cancelled.clone(), call);
        Waiting::new(self.wait(Caller::Needed, call))
    }

    /// Makes a sign-in, which `cancel_sign_in` ends too.
    async fn until_cancelled<F>(
        &self,
        sign_in: impl FnOnce(QuickAccess) -> F,
        handle: Option<Arc<CancelHandle>>,
    ) -> Result<(), QuickAccessError>
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let call = unless(
            self.cancel.clone(),
            runtime::call(sign_in(self.core.clone())),
        );
        let call = unless(handle.unwrap_or_default().cancelled.clone(), call);
        self.wait(Caller::Needed, call).await.map(drop)
    }

    fn wait(&self, caller: Caller, call: Call<'static, Error>) -> Call<'_, QuickAccessError> {
        Box::pin(async move {
            let done = runtime::run(&self.runtime, caller, call).await;
            done.map_err(|error| {
                self.shown.keep(error.certificate());
                error.into()
            })
        })
    }
}

/// The same call, which ends when it is told to.
fn unless(told: Arc<Notify>, call: Call<'static, Error>) -> Call<'static, Error> {
    let cancelled = told.notified_owned();
    Box::pin(async move {
        tokio::select! {
            biased;
            () = cancelled => Err(Error::new(Code::Cancelled)),
            done = call => done,
        }
    })
}

/// Takes secret bytes as text. What is no text is wiped as it is freed.
pub(crate) fn text(bytes: Vec<u8>, what: &str) -> Result<Secret, Error> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Secret::new(text)),
        Err(_) => Err(Error::with_message(
            Code::InvalidInput,
            format!("The {what} is not UTF-8. Give its characters in that form."),
        )),
    }
}
