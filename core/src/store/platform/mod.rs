//! The stores that the platforms have, one file each, all through keyring-core's store crates.
//! Each has one table from the platform's own codes to [`StoreError`](super::StoreError).

#[cfg(all(target_os = "android", feature = "android-keystore"))]
mod android;
#[cfg(any(
    all(target_os = "ios", feature = "ios-keychain"),
    all(target_os = "macos", feature = "macos-keychain"),
))]
mod apple;
#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
mod kernel_keyring;
#[cfg(any(
    all(target_os = "android", feature = "android-keystore"),
    all(target_os = "ios", feature = "ios-keychain"),
    all(target_os = "linux", feature = "kernel-keyring"),
    all(target_os = "linux", feature = "secret-service"),
    all(target_os = "macos", feature = "macos-keychain"),
    all(windows, feature = "windows-credentials"),
))]
mod keyring;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
mod secret_service;
#[cfg(all(windows, feature = "windows-credentials"))]
mod windows;

use std::sync::Arc;

#[cfg(all(target_os = "android", feature = "android-keystore"))]
pub use self::android::AndroidKeystoreStore;
#[cfg(any(
    all(target_os = "ios", feature = "ios-keychain"),
    all(target_os = "macos", feature = "macos-keychain"),
))]
pub use self::apple::KeychainStore;
#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
pub use self::kernel_keyring::KernelKeyringStore;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
pub use self::secret_service::SecretServiceStore;
#[cfg(all(windows, feature = "windows-credentials"))]
pub use self::windows::CredentialStore;
use super::TokenStore;
use crate::error::Error;

/// The platform's best store that keeps entries as long as the device: the Keychain on Apple's
/// systems, the Android Keystore, Windows' credentials, the Secret Service on Linux. `service`
/// names the app, so that two apps do not meet; `QuickAccess` if you have nothing better.
///
/// It is never the kernel keyring, which forgets, and never a file in plain text. It may block for
/// a moment.
///
/// # Errors
/// `store_unavailable` says what to install or to switch on.
pub fn system_store(service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    open(service)
}

#[cfg(all(target_os = "linux", feature = "secret-service"))]
fn open(service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    Ok(Arc::new(SecretServiceStore::new(service)?))
}

#[cfg(any(
    all(target_os = "ios", feature = "ios-keychain"),
    all(target_os = "macos", feature = "macos-keychain"),
))]
fn open(service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    Ok(Arc::new(KeychainStore::new(service)?))
}

#[cfg(all(windows, feature = "windows-credentials"))]
fn open(service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    Ok(Arc::new(CredentialStore::new(service)?))
}

#[cfg(all(target_os = "android", feature = "android-keystore"))]
fn open(service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    Ok(Arc::new(AndroidKeystoreStore::new(service)?))
}

#[cfg(not(any(
    all(target_os = "android", feature = "android-keystore"),
    all(target_os = "ios", feature = "ios-keychain"),
    all(target_os = "linux", feature = "secret-service"),
    all(target_os = "macos", feature = "macos-keychain"),
    all(windows, feature = "windows-credentials"),
)))]
fn open(_service: &str) -> Result<Arc<dyn TokenStore>, Error> {
    Err(Error::with_message(
        crate::error::Code::StoreUnavailable,
        "This build has no secret store for this platform. Build it with the feature of the \
         platform's store, or sign in without saving.",
    ))
}
