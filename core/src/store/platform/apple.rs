//! The Keychain of iOS and macOS: the protected data store, readable after the first unlock, on
//! this device alone, never in the cloud. Programs on a Mac that carry no provisioning profile,
//! such as command-line tools, may not use that one and get the login keychain.

use std::error::Error as StdError;

use apple_native_keyring_store::protected;
use security_framework::base::Error as SecurityError;

use super::keyring::Keyring;
use crate::{
    error::{Code, Error},
    secret::SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

const POLICY: (&str, &str) = ("access-policy", "after-first-unlock-this-device-only");

/// Keeps entries in the Keychain.
#[derive(Debug)]
pub struct KeychainStore {
    keyring: Keyring,
}

impl KeychainStore {
    /// The entries of an app, in the protected store; on a Mac in the login keychain when this
    /// program may not use the protected one.
    ///
    /// # Errors
    /// `store_unavailable` when neither can be set up.
    pub fn new(service: &str) -> Result<Self, Error> {
        let store = protected::Store::new().map_err(refused)?;
        let keyring = Keyring::new(store, service, &[POLICY], table);
        #[cfg(target_os = "macos")]
        let keyring = match keyring.load("probe") {
            Err(StoreError::Denied) => login_keychain(service)?,
            _ => keyring,
        };
        Ok(Self { keyring })
    }
}

impl TokenStore for KeychainStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.keyring.load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.keyring.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.keyring.delete(name)
    }

    /// iOS keeps the items of an app that was removed.
    #[cfg(target_os = "ios")]
    fn forget_former_installation(&self) -> Result<(), StoreError> {
        self.keyring.delete_all()
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Device, Processes::Many, None)
    }
}

#[cfg(target_os = "macos")]
fn login_keychain(service: &str) -> Result<Keyring, Error> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(refused)?;
    Ok(Keyring::new(store, service, &[], table))
}

fn refused(_: keyring_core::Error) -> Error {
    Error::with_message(
        Code::StoreUnavailable,
        "The Keychain cannot be used. Unlock the device and start the app again.",
    )
}

fn table(inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    inner
        .downcast_ref::<SecurityError>()
        .map_or(StoreError::Unavailable, |error| meaning(error.code()))
}

/// What the codes of `SecBase.h` mean.
fn meaning(code: i32) -> StoreError {
    match code {
        // errSecItemNotFound
        -25300 => StoreError::NotFound,
        // errSecInteractionNotAllowed: before the first unlock. errSecInteractionRequired.
        -25308 | -25315 => StoreError::Locked,
        // errSecDecode, errSecInvalidItemRef
        -26275 | -25304 => StoreError::Corrupt,
        // errSecMissingEntitlement, errSecAuthFailed, errSecUserCanceled, errSecNoAccessForItem,
        // errSecReadOnly, errSecWrPerm, errSecInvalidOwnerEdit
        -34018 | -25293 | -128 | -25243 | -25292 | -61 | -25244 => StoreError::Denied,
        // errSecDataTooLarge
        -25302 => StoreError::TooLarge,
        // errSecNotAvailable, errSecNoSuchKeychain, errSecParam, errSecDuplicateItem and others
        _ => StoreError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::Error as KeyringError;

    use super::{super::keyring::judge, *};

    #[test]
    fn each_code_of_the_keychain_has_its_meaning() {
        for (code, meaning) in [
            (-25300, StoreError::NotFound),
            (-25308, StoreError::Locked),
            (-25315, StoreError::Locked),
            (-26275, StoreError::Corrupt),
            (-25304, StoreError::Corrupt),
            (-34018, StoreError::Denied),
            (-25293, StoreError::Denied),
            (-128, StoreError::Denied),
            (-25243, StoreError::Denied),
            (-25292, StoreError::Denied),
            (-61, StoreError::Denied),
            (-25244, StoreError::Denied),
            (-25302, StoreError::TooLarge),
            (-25291, StoreError::Unavailable),
            (-25294, StoreError::Unavailable),
            (-25299, StoreError::Unavailable),
            (-50, StoreError::Unavailable),
        ] {
            let error = Box::new(SecurityError::from_code(code));
            let told = judge(KeyringError::PlatformFailure(error), table);
            assert_eq!(told, meaning, "{code}");
        }
    }
}
