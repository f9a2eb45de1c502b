//! What all of keyring-core's stores have in common: entries under a service name, and errors
//! that are judged at once and dropped, since some of them carry the secret bytes.

use std::{collections::HashMap, error::Error as StdError, fmt, sync::Arc};

use keyring_core::{CredentialStore, Entry, Error as KeyringError};
use zeroize::Zeroize;

use crate::{secret::SecretBytes, store::StoreError};

/// Judges the platform's own error behind a keyring error.
pub(super) type Table = fn(&(dyn StdError + Send + Sync + 'static)) -> StoreError;

/// One store of keyring-core, with the entries of one service.
pub(super) struct Keyring {
    store: Arc<CredentialStore>,
    service: String,
    modifiers: HashMap<&'static str, &'static str>,
    table: Table,
}

impl Keyring {
    pub(super) fn new(
        store: Arc<CredentialStore>,
        service: &str,
        modifiers: &[(&'static str, &'static str)],
        table: Table,
    ) -> Self {
        Self {
            store,
            service: service.to_owned(),
            modifiers: modifiers.iter().copied().collect(),
            table,
        }
    }

    pub(super) fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        let read = self.entry(name)?.get_secret();
        read.map(SecretBytes::new)
            .map_err(|error| judge(error, self.table))
    }

    pub(super) fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.entry(name)?
            .set_secret(bytes.expose())
            .map_err(|error| judge(error, self.table))
    }

    /// A missing entry is success.
    pub(super) fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(judge(error, self.table)),
        }
    }

    /// Removes every entry of the service.
    #[cfg(target_os = "ios")]
    pub(super) fn delete_all(&self) -> Result<(), StoreError> {
        let spec = HashMap::from([("service", self.service.as_str())]);
        let found = self.store.search(&spec);
        for entry in found.map_err(|error| judge(error, self.table))? {
            match entry.delete_credential() {
                Ok(()) | Err(KeyringError::NoEntry) => {}
                Err(error) => return Err(judge(error, self.table)),
            }
        }
        Ok(())
    }

    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        let modifiers = (!self.modifiers.is_empty()).then_some(&self.modifiers);
        self.store
            .build(&self.service, name, modifiers)
            .map_err(|error| judge(error, self.table))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// What a keyring error means, whatever the store. It is dropped here, and bytes that it carries
/// are wiped.
pub(super) fn judge(error: KeyringError, table: Table) -> StoreError {
    match error {
        KeyringError::NoEntry => StoreError::NotFound,
        KeyringError::PlatformFailure(inner) | KeyringError::NoStorageAccess(inner) => {
            table(&*inner)
        }
        KeyringError::BadEncoding(mut bytes) | KeyringError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            StoreError::Corrupt
        }
        KeyringError::TooLong(..) => StoreError::TooLarge,
        _ => StoreError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("inner")]
    struct Inner;

    fn table(inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
        if inner.is::<Inner>() {
            StoreError::Denied
        } else {
            StoreError::Unavailable
        }
    }

    #[test]
    fn each_kind_of_keyring_error_has_its_meaning() {
        let text = || "text".to_owned();
        for (error, meaning) in [
            (KeyringError::NoEntry, StoreError::NotFound),
            (
                KeyringError::PlatformFailure(Box::new(Inner)),
                StoreError::Denied,
            ),
            (
                KeyringError::NoStorageAccess(Box::new(Inner)),
                StoreError::Denied,
            ),
            (
                KeyringError::PlatformFailure("other".into()),
                StoreError::Unavailable,
            ),
            (KeyringError::BadEncoding(vec![1]), StoreError::Corrupt),
            (
                KeyringError::BadDataFormat(vec![1], Box::new(Inner)),
                StoreError::Corrupt,
            ),
            (KeyringError::TooLong(text(), 1), StoreError::TooLarge),
            (
                KeyringError::BadStoreFormat(text()),
                StoreError::Unavailable,
            ),
            (
                KeyringError::Invalid(text(), text()),
                StoreError::Unavailable,
            ),
            (KeyringError::Ambiguous(Vec::new()), StoreError::Unavailable),
            (KeyringError::NoDefaultStore, StoreError::Unavailable),
            (
                KeyringError::NotSupportedByStore(text()),
                StoreError::Unavailable,
            ),
        ] {
            let shown = format!("{error:?}");
            assert_eq!(judge(error, table), meaning, "{shown}");
        }
    }
}
