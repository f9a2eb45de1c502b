//! The Android Keystore: a key that stays inside it encrypts entries in the app's preferences.

use std::{collections::HashMap, error::Error as StdError};

use android_native_keyring_store::Store;

use super::keyring::Keyring;
use crate::{
    android::check_started,
    error::{Code, Error},
    secret::SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

/// The app's preferences that hold the entries, and the name of the key that encrypts them. The
/// rules that keep them out of backups name this file.
const FILE: &str = "dev.quickaccess.secrets";

/// An entry that is written once under each key. When it cannot be read either, the key is
/// another one.
const KEY_CHECK: &str = "key-check";
const KEY_CHECK_VALUE: &[u8] = b"QuickAccess";

/// Keeps entries in the app's private preferences, encrypted by a key of the Android Keystore.
///
/// The store crate makes a new key when it is opened and the old one is gone; the entries of the
/// old key are then [`StoreError::KeyLost`], told by a value that was written under it. Nothing
/// tells a locked store from a broken one here, so both are [`StoreError::Unavailable`].
#[derive(Debug)]
pub struct AndroidKeystoreStore {
    keyring: Keyring,
}

impl AndroidKeystoreStore {
    /// Opens the store of an app; `service` keeps apart what several parts of it save.
    ///
    /// # Errors
    /// `invalid_input` before the app has [started](crate::android::set_started) the library;
    /// `store_unavailable` when the Keystore does not give its key.
    pub fn new(service: &str) -> Result<Self, Error> {
        check_started()?;
        let place = HashMap::from([("name", FILE), ("filename", FILE)]);
        let store = Store::new_with_configuration(&place).map_err(|_| {
            Error::with_message(
                Code::StoreUnavailable,
                "The Android Keystore does not give its key. Unlock the device and start the \
                     app again; if that does not help, restart the device.",
            )
        })?;
        Ok(Self {
            keyring: Keyring::new(store, service, &[], table),
        })
    }
}

impl TokenStore for AndroidKeystoreStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        match self.keyring.load(name) {
            Err(StoreError::Corrupt) => Err(match self.keyring.load(KEY_CHECK) {
                Ok(_) => StoreError::Corrupt,
                Err(StoreError::Corrupt) => StoreError::KeyLost,
                Err(_) => StoreError::Unavailable,
            }),
            other => other,
        }
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        if matches!(
            self.keyring.load(KEY_CHECK),
            Err(StoreError::NotFound | StoreError::Corrupt)
        ) {
            let value = SecretBytes::new(KEY_CHECK_VALUE.to_vec());
            self.keyring.save(KEY_CHECK, &value)?;
        }
        self.keyring.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.keyring.delete(name)
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Device, Processes::One, None)
    }
}

/// The store crate says of a Java exception only that there was one.
fn table(_inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    StoreError::Unavailable
}
