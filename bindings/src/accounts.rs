//! The accounts of an app. Opening one is opening a session with its id.

use std::sync::Arc;

use crate::{failure::QuickAccessError, runtime, store::TokenStore};

/// The accounts of an app, in its store and data folder.
#[derive(Debug, uniffi::Object)]
pub struct Accounts {
    core: quickaccess::Accounts,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// Random, 32 hex digits; names the account in the settings of a session.
    pub id: String,
    /// The server's address.
    pub server: String,
    /// The id of the API client.
    pub client_id: String,
    /// The user name as it was typed at the last sign-in; empty where nobody has signed in yet.
    pub username: String,
    /// The name that the server gives this person, once it has said so.
    pub name: Option<String>,
    /// The server's name for the person, else the user name as typed, else the id.
    pub display_name: String,
    /// Whether somebody is signed in, as far as the data folder knows.
    pub signed_in: bool,
    /// Whether it is opened when none is named.
    pub is_default: bool,
}

#[uniffi::export]
impl Accounts {
    /// Looks into the store and data folder that the sessions of this app use.
    ///
    /// # Errors
    /// `store_unavailable` names the folder.
    #[uniffi::constructor]
    pub fn new(store: Arc<TokenStore>, data_dir: String) -> Result<Arc<Self>, QuickAccessError> {
        let core = quickaccess::Accounts::open(store.core(), data_dir)?;
        Ok(Arc::new(Self { core }))
    }

    /// All accounts, the oldest first.
    ///
    /// # Errors
    /// `store_unavailable` or `store_locked` when the data folder cannot be read.
    pub async fn list(&self) -> Result<Vec<Account>, QuickAccessError> {
        let core = self.core.clone();
        let list = runtime::run_blocking(move || core.list()).await?;
        Ok(list.into_iter().map(Account::from).collect())
    }

    /// Makes an account the default one. Sessions that are open stay with theirs.
    ///
    /// # Errors
    /// `invalid_input` when there is no such account; else as `list`.
    pub async fn set_default(&self, id: String) -> Result<(), QuickAccessError> {
        let core = self.core.clone();
        runtime::run_blocking(move || core.set_default(&id)).await
    }

    /// Removes an account and its session from this device; its tokens are not revoked on the
    /// server, which takes a sign-out before.
    ///
    /// # Errors
    /// `invalid_input` when there is no such account. A code of the store when it refuses: the
    /// session is over all the same, the account stays in the list, and this can be tried again.
    pub async fn remove(&self, id: String) -> Result<(), QuickAccessError> {
        let core = self.core.clone();
        runtime::run_blocking(move || core.remove(&id)).await
    }
}

impl From<quickaccess::Account> for Account {
    fn from(account: quickaccess::Account) -> Self {
        Self {
            display_name: account.display_name().to_owned(),
            id: account.id,
            server: account.server,
            client_id: account.client_id,
            username: account.username,
            name: account.name,
            signed_in: account.signed_in,
            is_default: account.is_default,
        }
    }
}
