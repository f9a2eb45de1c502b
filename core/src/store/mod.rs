//! Secret stores: where tokens lie. A store keeps small named blobs of secret bytes and says
//! what it can promise; what the bytes mean is the record's business (`record`).

mod data_dir;
mod expect;
mod memory;
mod platform;
mod record;
mod vault;

use std::{fmt, sync::Arc};

pub use self::{data_dir::HistoryEntry, memory::MemoryStore, platform::*};
pub(crate) use self::{
    data_dir::{AccountEntry, DataDir, Which},
    vault::{Loaded, Vault},
};
use crate::secret::SecretBytes;

/// A secret store, such as the operating system's keychain.
///
/// Its calls block, so the core makes them away from the async threads, one at a time, with a
/// time limit. Bring your own by implementing the three calls.
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// Reads an entry; a missing one is [`StoreError::NotFound`].
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError>;

    /// Writes an entry, replacing what was there. What does not fit must fail, never be cut.
    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError>;

    /// Removes an entry; a missing one is success.
    fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Removes whatever an earlier installation of the app left behind. It is called once, on the
    /// first start of an installation; only a store whose entries outlive the app, as those of the
    /// iOS keychain do, has something to do here.
    fn forget_former_installation(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// What this store promises.
    fn claims(&self) -> StoreClaims {
        StoreClaims::default()
    }
}

impl<S: TokenStore + ?Sized> TokenStore for Arc<S> {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        (**self).load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        (**self).save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        (**self).delete(name)
    }

    fn forget_former_installation(&self) -> Result<(), StoreError> {
        (**self).forget_former_installation()
    }

    fn claims(&self) -> StoreClaims {
        (**self).claims()
    }
}

/// What a store promises about what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StoreClaims {
    /// How long an entry lives.
    pub persistence: Persistence,
    /// Whether other processes may use the same entries.
    pub processes: Processes,
    /// The largest entry in bytes, if the store has a limit.
    pub max_record: Option<usize>,
}

impl StoreClaims {
    /// Claims with all three parts named.
    pub fn new(persistence: Persistence, processes: Processes, max_record: Option<usize>) -> Self {
        Self {
            persistence,
            processes,
            max_record,
        }
    }
}

impl Default for StoreClaims {
    fn default() -> Self {
        Self::new(Persistence::Device, Processes::Many, None)
    }
}

/// How long a store keeps an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persistence {
    /// As long as the device and the app's data.
    Device,
    /// Until the next reboot at most.
    UntilReboot,
    /// As long as this process.
    Process,
}

/// Who may use a store's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Processes {
    /// This process alone.
    One,
    /// Several processes of the same app or user.
    Many,
}

/// Why a store did not do what it was asked.
///
/// The platform's own error is never kept: some of them carry the secret bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such entry.
    #[error("no such entry")]
    NotFound,
    /// The store is locked, for instance before the first unlock after a start.
    #[error("the secret store is locked")]
    Locked,
    /// The key that protects the entry is gone for good.
    #[error("the key that protects the entry is lost")]
    KeyLost,
    /// The entry is there and cannot be read.
    #[error("the entry is damaged")]
    Corrupt,
    /// This app may not use the store.
    #[error("the secret store refuses this app")]
    Denied,
    /// The entry is larger than the store takes.
    #[error("the entry is too large for the secret store")]
    TooLarge,
    /// Another writer was first: the entry is no longer what was expected.
    #[error("another writer was first")]
    Conflict,
    /// Another process is in the middle of a write, or was stopped there, and nobody else can
    /// write for as long.
    #[error("another process of this app is writing to the secret store")]
    Busy,
    /// The store cannot be reached, or cannot tell why it failed.
    #[error("the secret store cannot be used")]
    Unavailable,
}
