//! Several accounts in one app: who has signed in where, which one is opened when none is named,
//! and how one is removed. A handle is bound to one account for life; to switch is to open another.

use std::{path::Path, sync::Arc};

use crate::{
    builder::Builder,
    error::{Code, Error},
    quickaccess::QuickAccess,
    session::{event::Failure, shared::Shared},
    store::{AccountEntry, DataDir, StoreError, TokenStore, Vault},
};

/// The accounts of an app, in its store and data folder.
///
/// Its calls block: for milliseconds, [`remove`](Self::remove) as long as the secret store takes.
///
/// ```no_run
/// use quickaccess::Accounts;
/// # fn store() -> quickaccess::MemoryStore { quickaccess::MemoryStore::new() }
///
/// let accounts = Accounts::open(store(), "/data/of/this/app")?;
/// for account in accounts.list()? {
///     println!("{} at {}", account.display_name(), account.server);
/// }
/// let session = accounts.open_default()?.map(|builder| builder.build()).transpose()?;
/// # Ok::<(), quickaccess::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Arc<dyn TokenStore>,
    data: Arc<DataDir>,
    folder: std::path::PathBuf,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Random, 32 hex digits; names the account for [`Builder::account`](crate::Builder::account).
    pub id: String,
    /// The server's address.
    pub server: String,
    /// The id of the API client.
    pub client_id: String,
    /// The user name as it was typed at the last sign-in; empty where nobody has signed in yet.
    pub username: String,
    /// The name that the server gives this person, once it has said so.
    pub name: Option<String>,
    /// Whether somebody is signed in, as far as the data folder knows.
    pub signed_in: bool,
    /// Whether it is opened when none is named.
    pub is_default: bool,
}

impl Account {
    /// The server's name for the person, else the user name as typed, else the id.
    pub fn display_name(&self) -> &str {
        let name = self.name.as_deref().unwrap_or(&self.username);
        if name.is_empty() { &self.id } else { name }
    }
}

impl Accounts {
    /// Looks into the store and data folder that the handles of this app use.
    ///
    /// # Errors
    /// `store_unavailable` names the folder.
    pub fn open(
        store: impl TokenStore + 'static,
        data_dir: impl AsRef<Path>,
    ) -> Result<Self, Error> {
        let folder = data_dir.as_ref().to_owned();
        let data = Arc::new(DataDir::open(&folder)?);
        let store = Arc::new(store);
        Ok(Self {
            store,
            data,
            folder,
        })
    }

    /// All accounts, the oldest first.
    ///
    /// # Errors
    /// `store_unavailable` or `store_locked` when the data folder cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, Error> {
        let (entries, default) = self.data.accounts().map_err(told)?;
        let accounts = entries.into_iter().map(|entry| Account {
            is_default: default.as_ref() == Some(&entry.id),
            signed_in: entry.epoch.is_some(),
            id: entry.id,
            server: entry.server,
            client_id: entry.client_id,
            username: entry.username,
            name: entry.name,
        });
        Ok(accounts.collect())
    }

    /// The set-up of a handle for the default account; `None` where there is none. What else a
    /// handle needs, such as trust or a client secret, is said to the builder.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn open_default(&self) -> Result<Option<Builder>, Error> {
        let default = self.list()?.into_iter().find(|account| account.is_default);
        Ok(default.map(|account| self.builder(&account)))
    }

    /// The set-up of a handle for an account of the list.
    pub fn builder(&self, account: &Account) -> Builder {
        QuickAccess::builder(&account.server, &account.client_id)
            .store(self.store.clone())
            .data_dir(&self.folder)
            .account(&account.id)
    }

    /// Makes an account the default one. Handles that are open stay with theirs.
    ///
    /// # Errors
    /// `invalid_input` when there is no such account; else as [`list`](Self::list).
    pub fn set_default(&self, id: &str) -> Result<(), Error> {
        self.data.set_default(Some(id)).map_err(told)
    }

    /// Removes an account and its session from this device. If it was the default, there is none.
    /// The tokens are not revoked on the server: that takes
    /// [`QuickAccess::sign_out`] before. A handle that is still open finds itself signed out as
    /// soon as it looks into the store.
    ///
    /// # Errors
    /// `invalid_input` when there is no such account. A code of the store when it refuses: the
    /// session is over all the same, the account stays in the list, and this can be tried again.
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        let (entries, _) = self.data.accounts().map_err(told)?;
        let entry = entries.into_iter().find(|entry| entry.id == id);
        let entry = entry.ok_or_else(|| told(StoreError::NotFound))?;
        remove(&self.store, &self.data, &entry).map_err(told)
    }
}

impl QuickAccess {
    /// Makes the account of this handle the default one.
    ///
    /// # Errors
    /// `store_unavailable` or `store_locked` when the data folder cannot be written.
    pub async fn make_default(&self) -> Result<(), Error> {
        let (data, id) = (self.shared.data.clone(), self.shared.account.clone());
        let made = self.shared.notes.run(move || data.set_default(Some(&id)));
        made.await
            .unwrap_or(Err(StoreError::Unavailable))
            .map_err(told)
    }
}

impl Shared {
    /// Whether the server has other accounts here.
    pub(crate) async fn has_neighbours(&self) -> bool {
        let (data, id) = (self.data.clone(), self.account.clone());
        let others = move || -> Result<bool, StoreError> {
            let (entries, _) = data.accounts()?;
            let own = entries.iter().find(|entry| entry.id == id);
            let same = |own: &AccountEntry, entry: &AccountEntry| {
                entry.id != own.id
                    && (&entry.server, &entry.client_id) == (&own.server, &own.client_id)
            };
            Ok(own.is_some_and(|own| entries.iter().any(|entry| same(own, entry))))
        };
        matches!(self.notes.run(others).await, Some(Ok(true)))
    }

    /// The server has said who the person is: an older account of the same person is replaced.
    pub(crate) fn meet(&self, name: String) {
        let (data, id) = (self.data.clone(), self.account.clone());
        let (store, calls) = (self.backend.clone(), self.store.clone());
        drop(self.notes.begin(move || {
            let others = data.meet(&id, &name).unwrap_or_else(|error| {
                tracing::warn!(%error, "the name of the person could not be noted");
                Vec::new()
            });
            for other in others {
                let (store, data) = (store.clone(), data.clone());
                drop(calls.begin(move || {
                    if let Err(error) = remove(&store, &data, &other) {
                        tracing::warn!(%error, "an older account of the same person stays");
                    }
                }));
            }
        }));
    }
}

/// Ends the session of an account for good and takes the account out of the index.
fn remove(
    store: &Arc<dyn TokenStore>,
    data: &Arc<DataDir>,
    entry: &AccountEntry,
) -> Result<(), StoreError> {
    let vault = Vault::new(store.clone(), data.clone(), entry);
    vault.end(None)?;
    data.remove_account(&entry.id)
}

fn told(error: StoreError) -> Error {
    match error {
        StoreError::NotFound => Error::with_message(
            Code::InvalidInput,
            "There is no such account. See the list of accounts for their ids.",
        ),
        error => Error::new(Failure::from(error).code),
    }
}
