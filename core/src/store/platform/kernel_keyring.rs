//! The keyring of the Linux kernel, for machines without a desktop. It forgets: at the next
//! reboot, and some three days after the last use.

use std::{error::Error as StdError, thread, time::Duration};

use linux_keyutils::KeyError;
use linux_keyutils_keyring_store::Store;

use super::keyring::Keyring;
use crate::{
    error::{Code, Error},
    secret::SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

/// All keys of a person who is not root together, in bytes.
const QUOTA: usize = 20_000;
/// How often a removed key is looked for before it counts as still there.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Keeps entries in the kernel, until the next reboot at most. Use it only when that is what you
/// want: [`system_store`](crate::store::system_store) never gives it.
#[derive(Debug)]
pub struct KernelKeyringStore {
    keyring: Keyring,
}

impl KernelKeyringStore {
    /// The entries of an app. Whether this session may use the keyring shows at the first call.
    ///
    /// # Errors
    /// `store_unavailable` when it cannot be set up.
    pub fn new(service: &str) -> Result<Self, Error> {
        let store = Store::new().map_err(|_| Error::new(Code::StoreUnavailable))?;
        Ok(Self {
            keyring: Keyring::new(store, service, &[], table),
        })
    }
}

impl TokenStore for KernelKeyringStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.keyring.load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.keyring.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.keyring.delete(name)?;
        // The kernel may find a key for some milliseconds after it was made invalid.
        for _ in 0..LOOKS {
            if matches!(self.keyring.load(name), Err(StoreError::NotFound)) {
                break;
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::UntilReboot, Processes::Many, Some(QUOTA))
    }
}

fn table(inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    match inner.downcast_ref::<KeyError>() {
        Some(KeyError::AccessDenied | KeyError::PermissionDenied | KeyError::KeyRejected) => {
            StoreError::Denied
        }
        Some(KeyError::QuotaExceeded) => StoreError::TooLarge,
        Some(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => {
            StoreError::NotFound
        }
        _ => StoreError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::Error as KeyringError;

    use super::{super::keyring::judge, *};

    #[test]
    fn each_error_of_the_kernel_has_its_meaning() {
        for (error, meaning) in [
            (KeyError::AccessDenied, StoreError::Denied),
            (KeyError::PermissionDenied, StoreError::Denied),
            (KeyError::KeyRejected, StoreError::Denied),
            (KeyError::QuotaExceeded, StoreError::TooLarge),
            (KeyError::KeyDoesNotExist, StoreError::NotFound),
            (KeyError::KeyExpired, StoreError::NotFound),
            (KeyError::KeyRevoked, StoreError::NotFound),
            (KeyError::KeyringDoesNotExist, StoreError::Unavailable),
            (KeyError::OutOfMemory, StoreError::Unavailable),
            (KeyError::OperationNotSupported, StoreError::Unavailable),
            (KeyError::InvalidArguments, StoreError::Unavailable),
            (KeyError::Unknown(38), StoreError::Unavailable),
        ] {
            let told = judge(KeyringError::PlatformFailure(Box::new(error)), table);
            assert_eq!(told, meaning, "{error:?}");
            let told = judge(KeyringError::NoStorageAccess(Box::new(error)), table);
            assert_eq!(told, meaning, "{error:?}");
        }
    }
}
