//! The set-up of a handle: which server and API client, which store, what to trust.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use crate::{
    config::{Config, Dialect, Timeouts},
    environment::{Environment, Millis, SystemEnvironment},
    error::{Code, Error},
    quickaccess::QuickAccess,
    secret::Secret,
    server::ServerUrl,
    session::{
        driver::Driver,
        published::{Published, SessionState},
        shared::Shared,
        state::{Known, State},
        workers::Worker,
    },
    store::{DataDir, Persistence, Processes, StoreError, TokenStore, Vault, Which},
    transport::{HttpTransport, Transport},
    trust::{Trust, TrustMemory},
};

/// Sets a [`QuickAccess`] up.
///
/// ```
/// use quickaccess::{MemoryStore, QuickAccess};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let session = QuickAccess::builder("https://clearpass.example", "QuickAccess")
///     .store(MemoryStore::new())
///     .build()?;
/// # Ok::<(), quickaccess::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "it is made by `build`"]
pub struct Builder {
    server: String,
    client_id: String,
    client_secret: Option<Secret>,
    trust: Trust,
    store: Option<Arc<dyn TokenStore>>,
    data_dir: Option<PathBuf>,
    account: Which,
    timeouts: Timeouts,
    dialect: Dialect,
    user_agent: Option<String>,
    environment: Option<Arc<dyn Environment>>,
    transport: Option<Arc<dyn Transport>>,
}

impl Builder {
    pub(crate) fn new(server: String, client_id: String) -> Self {
        Self {
            server,
            client_id,
            client_secret: None,
            trust: Trust::default(),
            store: None,
            data_dir: None,
            account: Which::default(),
            timeouts: Timeouts::default(),
            dialect: Dialect::default(),
            user_agent: None,
            environment: None,
            transport: None,
        }
    }

    /// The secret of a confidential API client. It is given at each start and kept in memory only.
    /// An empty one counts as none, as it does for the server \[L\].
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into()).filter(|secret| !secret.is_empty());
        self
    }

    /// Where trust in the server's certificate comes from; the platform, unless said otherwise.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Where the tokens are kept. There is no default: an app says it, and
    /// [`MemoryStore`](crate::MemoryStore) is for "do not remember me" and for tests.
    pub fn store(mut self, store: impl TokenStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The folder for what is not secret: the account index, the sign-out fence, the history. It
    /// belongs to this app alone. Needed with every store that outlives the process.
    pub fn data_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.data_dir = Some(path.as_ref().to_owned());
        self
    }

    /// The account with this id (see [`Accounts`](crate::Accounts)), which must be one of this
    /// server and client id. Unless said otherwise it is the default account, else the first one
    /// of this server, else a new one. A handle is bound to its account for life.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Which::This(id.into());
        self
    }

    /// A new account beside those that are there, for one more person at the same server.
    pub fn new_account(mut self) -> Self {
        self.account = Which::New;
        self
    }

    /// How long to wait for what.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How the server speaks at its token endpoint; as a ClearPass does, unless said otherwise.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Names the app to the server, such as `MyApp/2.1`; this library adds its own name.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// Puts other clocks, randomness and threads in the place of the device's, for tests.
    pub fn environment(mut self, environment: impl Environment) -> Self {
        self.environment = Some(Arc::new(environment));
        self
    }

    /// Puts another way to the server in the place of HTTP, for tests.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the handle; the store is read in the background at once. Call it on a tokio runtime
    /// with its I/O and time drivers, or give an environment.
    ///
    /// # Errors
    /// `invalid_input` names the setting that cannot be used; `store_unavailable` names the data
    /// folder; `store_locked` when that cannot be read before the device is unlocked.
    pub fn build(self) -> Result<QuickAccess, Error> {
        let invalid = |text: &str| Error::with_message(Code::InvalidInput, text);
        let server = ServerUrl::parse(&self.server)?;
        let client_id = self.client_id.trim().to_owned();
        if client_id.is_empty() {
            return Err(invalid(
                "The client id is missing. Give the id of the API client, such as QuickAccess.",
            ));
        }
        let Some(backend) = self.store else {
            return Err(invalid(
                "No store was given. Say where tokens are kept, for instance with MemoryStore.",
            ));
        };
        let environment = match self.environment {
            Some(environment) => environment,
            None => Arc::new(SystemEnvironment::current().ok_or_else(|| {
                invalid(
                    "There is no tokio runtime here. Call this inside one, or give an environment.",
                )
            })?) as Arc<dyn Environment>,
        };
        let claims = backend.claims();
        let data = match self.data_dir {
            Some(path) => DataDir::open(&path)?,
            None if claims.persistence == Persistence::Process => DataDir::in_memory(),
            None => {
                return Err(invalid(
                    "No data folder was given. A store that outlives the process needs one (data_dir).",
                ));
            }
        };
        let unavailable = |error| match error {
            StoreError::Locked => Error::new(Code::StoreLocked),
            _ => Error::with_message(
                Code::StoreUnavailable,
                "The data folder cannot be read or written. Give a folder that this app may write to.",
            ),
        };
        if claims.processes == Processes::One {
            data.claim().map_err(|error| match error {
                StoreError::Denied => Error::with_message(
                    Code::StoreUnavailable,
                    "Another process of this app uses its session already, and the store is for one \
                     process alone. End the other one, or give a store that several may share.",
                ),
                error => unavailable(error),
            })?;
        }
        let name = server.to_string();
        let account = data.account(&name, &client_id, &self.account);
        let account = account.map_err(|error| match error {
            StoreError::NotFound => invalid(
                "There is no such account at this server. See the list of accounts, or add one.",
            ),
            error => unavailable(error),
        })?;
        let mode = data.mode(&name, &client_id).unwrap_or_default();
        let data = Arc::new(data);
        let trust = Arc::new(TrustMemory::new(server.host(), server.port()));
        let transport = match self.transport {
            Some(transport) => transport,
            None => {
                let own = concat!("QuickAccess/", env!("CARGO_PKG_VERSION"));
                let agent = self
                    .user_agent
                    .map_or_else(|| own.to_owned(), |app| format!("{app} {own}"));
                let (trust_memory, environment) = (trust.clone(), environment.clone());
                Arc::new(HttpTransport::new(
                    &server,
                    &self.trust,
                    trust_memory,
                    environment,
                    &agent,
                )?) as Arc<dyn Transport>
            }
        };
        let mut random = [0; 8];
        environment.random(&mut random);
        let owner = data.enter(u64::from_le_bytes(random));
        let state = State::new(Known {
            mode,
            doubts_old_token: self.dialect == Dialect::ClearPass,
            has_secret: self.client_secret.is_some(),
            alone: claims.processes == Processes::One || claims.persistence == Persistence::Process,
            owner,
            store_limit: Millis::try_from(self.timeouts.store.as_millis()).unwrap_or(Millis::MAX),
        });
        let shared = Arc::new(Shared {
            config: Config {
                server,
                client_id,
                client_secret: self.client_secret,
                timeouts: self.timeouts,
                dialect: self.dialect,
            },
            store: Worker::start(environment.clone(), self.timeouts.store),
            notes: Worker::start(environment.clone(), self.timeouts.store),
            vault: Arc::new(Vault::new(backend.clone(), data.clone(), &account)),
            account: account.id,
            data,
            backend,
            transport,
            trust,
            trust_read: AtomicBool::new(false),
            published: ArcSwap::from_pointee(Published {
                state: SessionState::Loading,
                serving: None,
                lease: None,
            }),
            states: watch::channel(SessionState::Loading).0,
            persistence: claims.persistence,
            refused_certificate: Default::default(),
            ignored: Default::default(),
            environment,
        });
        let address = Driver::start(shared.clone(), state);
        Ok(QuickAccess::new(shared, address))
    }
}
