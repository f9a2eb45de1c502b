//! The credential manager of Windows: encrypted for the person, on this machine, 2,560 bytes an
//! entry.

use std::error::Error as StdError;

use windows_native_keyring_store::Store;

use super::keyring::Keyring;
use crate::{
    error::{Code, Error},
    secret::SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

/// CRED_MAX_CREDENTIAL_BLOB_SIZE.
const MAX_RECORD: usize = 2_560;
/// Not `Enterprise`, which roams to the person's other machines.
const ON_THIS_MACHINE: (&str, &str) = ("persistence", "Local");

/// Keeps entries among the person's Windows credentials.
#[derive(Debug)]
pub struct CredentialStore {
    keyring: Keyring,
}

impl CredentialStore {
    /// The entries of an app.
    ///
    /// # Errors
    /// `store_unavailable` when the store cannot be set up.
    pub fn new(service: &str) -> Result<Self, Error> {
        let store = Store::new().map_err(|_| {
            Error::with_message(
                Code::StoreUnavailable,
                "The Windows credential manager cannot be used. Start its service (VaultSvc).",
            )
        })?;
        Ok(Self {
            keyring: Keyring::new(store, service, &[ON_THIS_MACHINE], table),
        })
    }
}

impl TokenStore for CredentialStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.keyring.load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.keyring.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.keyring.delete(name)
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Device, Processes::Many, Some(MAX_RECORD))
    }
}

/// The store crate keeps its error type to itself, so the code is read from what it prints:
/// `Windows error code 5`, or the name of the few that it knows by name.
fn table(inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    let printed = inner.to_string();
    let code = printed
        .strip_prefix("Windows error code ")
        .and_then(|code| code.parse().ok());
    match (code, printed.as_str()) {
        (Some(code), _) => meaning(code),
        (None, "Windows ERROR_NOT_FOUND") => meaning(1168),
        (None, "Windows ERROR_NO_SUCH_LOGON_SESSION") => meaning(1312),
        _ => StoreError::Unavailable,
    }
}

/// What the codes of `winerror.h` mean.
fn meaning(code: u32) -> StoreError {
    match code {
        // ERROR_NOT_FOUND
        1168 => StoreError::NotFound,
        // ERROR_ACCESS_DENIED
        5 => StoreError::Denied,
        // ERROR_INVALID_DATA
        13 => StoreError::Corrupt,
        // NTE_BAD_KEY_STATE: the key went with a reset of the person's password.
        0x8009_000b => StoreError::KeyLost,
        // RPC_X_BAD_STUB_DATA: larger than the store takes.
        1783 => StoreError::TooLarge,
        // ERROR_NO_SUCH_LOGON_SESSION (a network logon, a service) and others
        _ => StoreError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::Error as KeyringError;

    use super::{super::keyring::judge, *};

    #[test]
    fn each_code_of_windows_has_its_meaning() {
        for (printed, meaning) in [
            ("Windows ERROR_NOT_FOUND", StoreError::NotFound),
            ("Windows error code 5", StoreError::Denied),
            ("Windows error code 13", StoreError::Corrupt),
            ("Windows error code 2148073483", StoreError::KeyLost),
            ("Windows error code 1783", StoreError::TooLarge),
            (
                "Windows ERROR_NO_SUCH_LOGON_SESSION",
                StoreError::Unavailable,
            ),
            ("Windows ERROR_INVALID_PARAMETER", StoreError::Unavailable),
            ("Windows error code 8", StoreError::Unavailable),
        ] {
            let told = judge(KeyringError::PlatformFailure(printed.into()), table);
            assert_eq!(told, meaning, "{printed}");
        }
    }
}
