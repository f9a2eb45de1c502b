//! Opens the library for a command: which server and API client, which store, what to trust. What
//! the last sign-in used is remembered, so that the commands after it need no options.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use quickaccess::{
    Account, Accounts, Builder, Code, Error, MemoryStore, QuickAccess, ServerUrl, SessionState,
    Trust,
    store::{self, TokenStore},
};
use serde_json::{Value, json};

use crate::{
    args::{Common, Kept, StoreKind},
    exit::Failure,
    show,
    wait::wait,
};

/// The name that the store entries go by.
const SERVICE: &str = "QuickAccess";
const FIRST_CLIENT_ID: &str = "QuickAccess";
/// What the last sign-in used.
const REMEMBERED: &str = "cli.json";

/// Where and as what a command signs in, and where that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) server: String,
    pub(crate) client_id: String,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) store: StoreKind,
}

impl Target {
    /// What was typed, else what the last sign-in used; that only where it was the same server.
    pub(crate) fn find(kept: &Kept) -> Result<Self, Failure> {
        let last = last(kept);
        let text = |name: &str| last[name].as_str().map(str::to_owned);
        let remembered = text("server");
        let server = match (&kept.server, &remembered) {
            (Some(typed), _) => ServerUrl::parse(typed)?.to_string(),
            (None, Some(remembered)) => remembered.clone(),
            (None, None) => {
                let mut failure = Failure::usage("No server is known yet.");
                failure.next = Some(
                    "Name it once, as in: quickaccess sign-in --server clearpass.example \
                     --username qa. Or see it work without one: quickaccess demo"
                        .to_owned(),
                );
                return Err(failure);
            }
        };
        let same = remembered.is_some_and(|remembered| remembered == server);
        let text = |name: &str| text(name).filter(|_| same);
        let client_id = kept.client_id.clone().or_else(|| text("client_id"));
        Ok(Self {
            server,
            client_id: client_id.unwrap_or_else(|| FIRST_CLIENT_ID.to_owned()),
            ca_file: kept
                .ca_file
                .clone()
                .or_else(|| text("ca_file").map(PathBuf::from)),
            store: store_kind(kept, if same { &last } else { &Value::Null }),
        })
    }

    /// Where the session of an account is.
    pub(crate) fn of(kept: &Kept, account: &Account) -> Self {
        let last = last(kept);
        let same = last["server"].as_str() == Some(&account.server);
        let ca_file = last["ca_file"].as_str().filter(|_| same).map(PathBuf::from);
        Self {
            server: account.server.clone(),
            client_id: account.client_id.clone(),
            ca_file: kept.ca_file.clone().or(ca_file),
            store: store_kind(kept, &last),
        }
    }

    /// Remembers it for the commands that follow.
    pub(crate) fn remember(&self, kept: &Kept) {
        let absolute = |file: &PathBuf| std::path::absolute(file).ok();
        let text = json!({
            "server": self.server,
            "client_id": self.client_id,
            "store": self.store.name(),
            "ca_file": self.ca_file.as_ref().and_then(absolute),
        });
        let written = folder(kept).map(|folder| replace(&folder, &format!("{text:#}\n")));
        if !matches!(written, Ok(Ok(()))) {
            show::note("The server could not be remembered: name it with the next command, too.");
        }
    }
}

/// Writes the file whole or not at all.
fn replace(folder: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.persist(folder.join(REMEMBERED))?;
    Ok(())
}

/// The store that was typed, else the one of the last sign-in.
fn store_kind(kept: &Kept, last: &Value) -> StoreKind {
    let kernel = last["store"].as_str() == Some(StoreKind::Kernel.name());
    let remembered = if kernel {
        StoreKind::Kernel
    } else {
        StoreKind::System
    };
    kept.store.unwrap_or(remembered)
}

fn last(kept: &Kept) -> Value {
    folder(kept)
        .ok()
        .and_then(|folder| fs::read(folder.join(REMEMBERED)).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Opens the session that the options name, for a new account where one is wanted.
pub(crate) async fn session(
    common: &Common,
    new_account: bool,
) -> Result<(QuickAccess, Target), Failure> {
    if common.memory {
        let target = Target::find(&common.kept)?;
        let session = settings(&target)?.store(MemoryStore::new()).build()?;
        return Ok((session, target));
    }
    let (target, id) = match &common.kept.account {
        None => (Target::find(&common.kept)?, None),
        Some(named) => {
            let account = Kept::account(&accounts(&common.kept).await?, named)?;
            let target = Target::of(&common.kept, &account);
            (target, Some(account.id))
        }
    };
    let folder = store_folder(&common.kept, target.store)?;
    let store = opened(target.store).await?;
    let mut builder = settings(&target)?.store(store).data_dir(folder);
    if let Some(id) = id {
        builder = builder.account(id);
    } else if new_account {
        builder = builder.new_account();
    }
    Ok((builder.build()?, target))
}

/// The accounts of the store that the options name.
pub(crate) async fn accounts(kept: &Kept) -> Result<Accounts, Failure> {
    let kind = store_kind(kept, &last(kept));
    let folder = store_folder(kept, kind)?;
    Ok(Accounts::open(opened(kind).await?, folder)?)
}

impl Kept {
    /// The account whose id begins so.
    pub(crate) fn account(accounts: &Accounts, named: &str) -> Result<Account, Failure> {
        let list = accounts.list()?;
        let mut meant = list.into_iter().filter(|account| {
            !named.is_empty() && account.id.starts_with(&named.to_ascii_lowercase())
        });
        let problem = match (meant.next(), meant.next()) {
            (Some(account), None) => return Ok(account),
            (None, _) => format!(
                "No account has an id that begins with `{}`.",
                show::clean(named)
            ),
            (Some(_), Some(_)) => {
                format!("Several accounts have an id that begins with `{named}`.")
            }
        };
        let mut failure = Failure::usage(problem);
        failure.next = Some("quickaccess accounts".to_owned());
        Err(failure)
    }
}

/// Each store has a folder of its own, since what one has lost the other may still hold.
fn store_folder(kept: &Kept, kind: StoreKind) -> Result<PathBuf, Failure> {
    let folder = folder(kept)?;
    Ok(match kind {
        StoreKind::System => folder,
        StoreKind::Kernel => folder.join(StoreKind::Kernel.name()),
    })
}

/// Opens a store. One that does not answer must not keep Ctrl-C from being heard.
async fn opened(kind: StoreKind) -> Result<Arc<dyn TokenStore>, Failure> {
    let store = tokio::task::spawn_blocking(move || backend(kind, SERVICE));
    let store = wait("Opening the secret store", store).await;
    store.map_err(|error| Failure::machine(error.to_string()))?
}

/// Waits until the store has been read, so that its trouble is told before anything is asked.
pub(crate) async fn read(session: &QuickAccess) -> Result<(), Failure> {
    let mut states = session.subscribe();
    let known = states.wait_for(|state| *state != SessionState::Loading);
    let state = wait("Opening the secret store", known).await;
    let state = state.map(|state| state.clone());
    let failed = match state {
        Ok(SessionState::Locked) => Code::StoreLocked,
        Ok(SessionState::StoreFailed(code)) => code,
        Ok(_) => return Ok(()),
        Err(_) => Code::Internal,
    };
    Err(Error::new(failed).into())
}

/// The settings that do not depend on where the session is kept.
pub(crate) fn settings(target: &Target) -> Result<Builder, Failure> {
    let builder = QuickAccess::builder(&target.server, &target.client_id)
        .user_agent(concat!("quickaccess-cli/", env!("CARGO_PKG_VERSION")));
    let builder = match std::env::var("QUICKACCESS_CLIENT_SECRET") {
        Ok(secret) => builder.client_secret(secret),
        Err(std::env::VarError::NotPresent) => builder,
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(Failure::usage("QUICKACCESS_CLIENT_SECRET is not in UTF-8."));
        }
    };
    let Some(file) = &target.ca_file else {
        return Ok(builder);
    };
    let pem = fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!(
            "The CA certificates in {} cannot be read: {error}. Name another file with --ca-file.",
            file.display()
        ))
    })?;
    Ok(builder.trust(Trust::with_roots_pem(pem)))
}

/// The store that was asked for, or an error that says what to install.
pub(crate) fn backend(kind: StoreKind, service: &str) -> Result<Arc<dyn TokenStore>, Failure> {
    match kind {
        StoreKind::System => Ok(store::system_store(service)?),
        StoreKind::Kernel => kernel(service),
    }
}

#[cfg(target_os = "linux")]
fn kernel(service: &str) -> Result<Arc<dyn TokenStore>, Failure> {
    Ok(Arc::new(store::KernelKeyringStore::new(service)?))
}

#[cfg(not(target_os = "linux"))]
fn kernel(_service: &str) -> Result<Arc<dyn TokenStore>, Failure> {
    Err(Failure::usage(
        "Only Linux has a kernel keyring. Leave --store away.",
    ))
}

/// The folder for what is not secret, by the platform's custom.
fn folder(kept: &Kept) -> Result<PathBuf, Failure> {
    let from = |name: &str| {
        std::env::var_os(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    let custom = || {
        let base = if cfg!(windows) {
            from("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            from("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
        };
        base.map(|base| base.join("quickaccess"))
    };
    kept.data_dir
        .clone()
        .or_else(custom)
        .ok_or_else(|| Failure::usage("No home folder was found. Name a folder with --data-dir."))
}
