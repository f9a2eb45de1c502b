//! Secret stores: the platform's own, one in memory, or one that the app writes in its language.

use std::sync::Arc;

use quickaccess::{
    MemoryStore, SecretBytes,
    store::{self, system_store},
};

use crate::failure::QuickAccessError;

/// A secret store that the app brings, such as a keychain wrapper of its own: three calls, made
/// one at a time on a thread where they may block, and never under a lock of this library.
///
/// What it is given to keep is secret. It must not log it, and a value that does not fit must
/// fail, never be cut.
#[uniffi::export(foreign)]
pub trait SecretStore: Send + Sync {
    /// Reads an entry. A missing one is `NotFound`; a store that cannot tell says `Unavailable`,
    /// since a session that is "not found" is lost.
    fn load(&self, name: String) -> Result<Vec<u8>, StoreError>;

    /// Writes an entry, replacing what was there.
    fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes an entry; a missing one is success.
    fn delete(&self, name: String) -> Result<(), StoreError>;
}

/// Why a store did not do what it was asked. It has no text, since the texts of some platforms
/// carry the secret bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Error)]
pub enum StoreError {
    /// There is no such entry.
    NotFound,
    /// The store is locked, for instance before the first unlock after a start.
    Locked,
    /// The key that protects the entry is gone for good.
    KeyLost,
    /// The entry is there and cannot be read.
    Corrupt,
    /// This app may not use the store.
    Denied,
    /// The entry is larger than the store takes.
    TooLarge,
    /// The store cannot be reached, or cannot tell why it failed. Whatever else is thrown counts
    /// as this.
    Unavailable,
}

/// What a store of the app's own promises.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StoreClaims {
    /// How long an entry lives.
    pub persistence: Persistence,
    /// Whether other processes may use the same entries.
    pub processes: Processes,
    /// The largest entry in bytes, if the store has a limit.
    #[uniffi(default = None)]
    pub max_record: Option<u32>,
}

/// How long a store keeps an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Persistence {
    /// As long as the device and the app's data.
    Device,
    /// Until the next reboot at most.
    UntilReboot,
    /// As long as this process.
    Process,
}

/// Who may use a store's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Processes {
    /// This process alone.
    One,
    /// Several processes of the same app or user.
    Many,
}

/// Where tokens are kept. Sessions and the list of accounts share one.
#[derive(Clone, Debug, uniffi::Object)]
pub struct TokenStore {
    inner: Arc<dyn store::TokenStore>,
}

#[uniffi::export]
impl TokenStore {
    /// In memory, until it is dropped: for "do not remember me", and for tests.
    #[uniffi::constructor]
    pub fn in_memory() -> Arc<Self> {
        Self::of(MemoryStore::new())
    }

    /// The platform's own store; `service` names the app in it. It may block for a moment.
    ///
    /// # Errors
    /// `store_unavailable` says what is missing.
    #[uniffi::constructor]
    pub fn of_this_device(service: String) -> Result<Arc<Self>, QuickAccessError> {
        Ok(Self::of(system_store(&service)?))
    }

    /// A store that the app brings.
    #[uniffi::constructor]
    pub fn custom(store: Arc<dyn SecretStore>, claims: StoreClaims) -> Arc<Self> {
        Self::of(Foreign { store, claims })
    }
}

impl TokenStore {
    fn of(inner: impl store::TokenStore + 'static) -> Arc<Self> {
        let inner = Arc::new(inner);
        Arc::new(Self { inner })
    }

    /// The store as the core has it.
    pub(crate) fn core(&self) -> Arc<dyn store::TokenStore> {
        self.inner.clone()
    }
}

/// A store of the app's own in the shape of the core's.
struct Foreign {
    store: Arc<dyn SecretStore>,
    claims: StoreClaims,
}

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Foreign")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

impl store::TokenStore for Foreign {
    fn load(&self, name: &str) -> Result<SecretBytes, store::StoreError> {
        let bytes = self.store.load(name.to_owned())?;
        Ok(SecretBytes::new(bytes))
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), store::StoreError> {
        // The copy crosses the border and is wiped by the allocator when it is freed.
        Ok(self.store.save(name.to_owned(), bytes.expose().to_vec())?)
    }

    fn delete(&self, name: &str) -> Result<(), store::StoreError> {
        Ok(self.store.delete(name.to_owned())?)
    }

    fn claims(&self) -> store::StoreClaims {
        let limit = self.claims.max_record;
        store::StoreClaims::new(
            match self.claims.persistence {
                Persistence::Device => store::Persistence::Device,
                Persistence::UntilReboot => store::Persistence::UntilReboot,
                Persistence::Process => store::Persistence::Process,
            },
            match self.claims.processes {
                Processes::One => store::Processes::One,
                Processes::Many => store::Processes::Many,
            },
            limit.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        )
    }
}

impl From<StoreError> for store::StoreError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Locked => Self::Locked,
            StoreError::KeyLost => Self::KeyLost,
            StoreError::Corrupt => Self::Corrupt,
            StoreError::Denied => Self::Denied,
            StoreError::TooLarge => Self::TooLarge,
            StoreError::Unavailable => Self::Unavailable,
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for StoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        store::StoreError::from(*self).fmt(f)
    }
}

impl std::error::Error for StoreError {}

impl From<store::Persistence> for Persistence {
    fn from(persistence: store::Persistence) -> Self {
        match persistence {
            store::Persistence::Device => Self::Device,
            store::Persistence::UntilReboot => Self::UntilReboot,
            store::Persistence::Process => Self::Process,
        }
    }
}
