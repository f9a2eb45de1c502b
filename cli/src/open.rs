//! Opens the library for a command: which server and API client, which store, what to trust.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use quickaccess::{
    Builder, MemoryStore, QuickAccess, Trust,
    store::{self, TokenStore},
};
use serde_json::{Value, json};

use crate::{
    args::{Common, StoreKind},
    exit::Failure,
};

/// The name that the store entries go by.
const SERVICE: &str = "QuickAccess";
const FIRST_CLIENT_ID: &str = "QuickAccess";

/// Where and as what the command signs in.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) server: String,
    pub(crate) client_id: String,
}

impl Target {
    /// What was typed, else what the last sign-in used.
    pub(crate) fn find(common: &Common) -> Result<Self, Failure> {
        let known = last(common);
        let text = |name: &str| known[name].as_str().map(str::to_owned);
        let server = common.server.clone().or_else(|| text("server")).ok_or_else(|| {
            Failure::Usage(
                "No server is known yet. Give it once, for instance with --server clearpass.example."
                    .to_owned(),
            )
        })?;
        let client_id = common.client_id.clone().or_else(|| text("client_id"));
        let client_id = client_id.unwrap_or_else(|| FIRST_CLIENT_ID.to_owned());
        Ok(Self { server, client_id })
    }

    /// Remembers it for the commands that follow; that it could not is no failure.
    pub(crate) fn remember(&self, common: &Common) {
        let text = json!({ "server": self.server, "client_id": self.client_id }).to_string();
        if let Some(folder) = data_dir(common) {
            let _ =
                fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join("cli.json"), text));
        }
    }
}

/// Opens the session that the options name.
pub(crate) fn session(common: &Common) -> Result<(QuickAccess, Target), Failure> {
    let target = Target::find(common)?;
    let builder = settings(common, &target)?;
    let session = if common.memory {
        builder.store(MemoryStore::new()).build()?
    } else {
        builder
            .store(backend(common.store)?)
            .data_dir(folder(common)?)
            .build()?
    };
    Ok((session, target))
}

/// The settings that do not depend on where the session is kept.
pub(crate) fn settings(common: &Common, target: &Target) -> Result<Builder, Failure> {
    let builder = QuickAccess::builder(&target.server, &target.client_id)
        .user_agent(concat!("quickaccess-cli/", env!("CARGO_PKG_VERSION")));
    let builder = match std::env::var("QUICKACCESS_CLIENT_SECRET") {
        Ok(secret) => builder.client_secret(secret),
        Err(_) => builder,
    };
    Ok(match &common.ca_file {
        Some(file) => builder.trust(Trust::with_roots_pem(read(file)?)),
        None => builder,
    })
}

/// The store that was asked for, or an error that says what to install.
pub(crate) fn backend(kind: StoreKind) -> Result<Arc<dyn TokenStore>, Failure> {
    match kind {
        StoreKind::System => Ok(store::system_store(SERVICE)?),
        StoreKind::Kernel => kernel(),
    }
}

#[cfg(target_os = "linux")]
fn kernel() -> Result<Arc<dyn TokenStore>, Failure> {
    Ok(Arc::new(store::KernelKeyringStore::new(SERVICE)?))
}

#[cfg(not(target_os = "linux"))]
fn kernel() -> Result<Arc<dyn TokenStore>, Failure> {
    Err(Failure::Usage(
        "Only Linux has a kernel keyring. Leave --store away.".to_owned(),
    ))
}

fn folder(common: &Common) -> Result<PathBuf, Failure> {
    data_dir(common).ok_or_else(|| {
        Failure::Usage("No home folder was found. Name a folder with --data-dir.".to_owned())
    })
}

/// The folder for what is not secret, by the platform's custom.
fn data_dir(common: &Common) -> Option<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    common.data_dir.clone().or_else(|| {
        let base = if cfg!(windows) {
            from("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            from("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
        };
        base.map(|base| base.join("quickaccess"))
    })
}

fn last(common: &Common) -> Value {
    data_dir(common)
        .and_then(|folder| fs::read(folder.join("cli.json")).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}.", file.display())))
}
