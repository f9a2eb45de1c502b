//! The Secret Service of a Linux desktop: gnome-keyring, KWallet, KeePassXC and others, over the
//! session's D-Bus.

use std::{
    collections::HashMap,
    error::Error as StdError,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use secret_service::{EncryptionType, Error as ServiceError, blocking::SecretService};
use zbus_secret_service_keyring_store::Store;

use super::keyring::{Keyring, judge};
use crate::{
    error::{Code, Error},
    secret::SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

/// Keeps entries in the default collection of the Secret Service.
///
/// It never asks the person to unlock the collection: a locked one is
/// [`StoreError::Locked`]. Entries are written as base64 text, since KWallet takes text only.
pub struct SecretServiceStore {
    service: String,
    session: Mutex<Option<Session>>,
}

/// A connection to the session bus, made anew when it fails.
struct Session {
    /// Tells what is locked; no secret goes through it.
    watch: SecretService<'static>,
    keyring: Keyring,
}

impl SecretServiceStore {
    /// Connects to the service. `service` names the app.
    ///
    /// # Errors
    /// `store_unavailable` when there is no session bus or no Secret Service on it.
    pub fn new(service: &str) -> Result<Self, Error> {
        let session = Session::open(service).map_err(|_| {
            Error::with_message(
                Code::StoreUnavailable,
                "No Secret Service answers. Install and start one in your desktop session, such \
                 as gnome-keyring, KWallet or KeePassXC; without a desktop, run the program under \
                 `dbus-run-session` with an unlocked gnome-keyring-daemon, or sign in without \
                 saving.",
            )
        })?;
        Ok(Self {
            service: service.to_owned(),
            session: Mutex::new(Some(session)),
        })
    }

    /// Runs a call on the connection. One that says `Unavailable` may be dead, so the next call
    /// makes a new one.
    fn on_session<T>(
        &self,
        call: impl FnOnce(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut slot = self.session();
        let session = match slot.take() {
            Some(session) => session,
            None => Session::open(&self.service)?,
        };
        let result = call(&session);
        if !matches!(result, Err(StoreError::Unavailable)) {
            *slot = Some(session);
        }
        result
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for SecretServiceStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.on_session(|session| {
            session.must_be_unlocked(&self.service, name)?;
            decoded(&session.keyring.load(name)?)
        })
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.on_session(|session| {
            session.must_be_unlocked(&self.service, name)?;
            session.keyring.save(name, &encoded(bytes))
        })
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.on_session(|session| {
            session.must_be_unlocked(&self.service, name)?;
            session.keyring.delete(name)
        })
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Device, Processes::Many, None)
    }
}

impl fmt::Debug for SecretServiceStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretServiceStore")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Session {
    fn open(service: &str) -> Result<Self, StoreError> {
        let watch =
            SecretService::connect(EncryptionType::Plain).map_err(|error| meaning(&error))?;
        let store = Store::new().map_err(|error| judge(error, table))?;
        Ok(Self {
            watch,
            keyring: Keyring::new(store, service, &[("label", "QuickAccess session")], table),
        })
    }

    /// The store crate unlocks what it needs, which asks the person and waits for the answer. So
    /// this looks first, and without asking. Where nothing is found, a locked collection may hide
    /// it.
    fn must_be_unlocked(&self, service: &str, name: &str) -> Result<(), StoreError> {
        let look = || {
            let attributes = HashMap::from([("service", service), ("username", name)]);
            let found = self.watch.search_items(attributes)?;
            if !found.locked.is_empty() {
                return Err(ServiceError::Locked);
            }
            if found.unlocked.is_empty() && self.watch.get_default_collection()?.is_locked()? {
                return Err(ServiceError::Locked);
            }
            Ok(())
        };
        look().map_err(|error| meaning(&error))
    }
}

fn encoded(bytes: &SecretBytes) -> SecretBytes {
    let len = base64::encoded_len(bytes.len(), true).unwrap_or_default();
    let mut text = vec![0; len];
    let written = STANDARD.encode_slice(bytes.expose(), &mut text);
    text.truncate(written.unwrap_or_default());
    SecretBytes::new(text)
}

fn decoded(text: &SecretBytes) -> Result<SecretBytes, StoreError> {
    let bytes = STANDARD.decode(text.expose());
    bytes.map(SecretBytes::new).map_err(|_| StoreError::Corrupt)
}

fn table(inner: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    inner
        .downcast_ref()
        .map_or(StoreError::Unavailable, meaning)
}

/// What the service's own errors mean.
fn meaning(error: &ServiceError) -> StoreError {
    match error {
        ServiceError::Locked | ServiceError::Prompt => StoreError::Locked,
        ServiceError::Zbus(zbus::Error::MethodError(name, ..)) => meaning_of_name(name.as_str()),
        ServiceError::Zbus(zbus::Error::FDO(inner)) => meaning_of_fdo(inner),
        ServiceError::ZbusFdo(inner) => meaning_of_fdo(inner),
        _ => StoreError::Unavailable,
    }
}

fn meaning_of_name(name: &str) -> StoreError {
    match name {
        "org.freedesktop.Secret.Error.IsLocked" => StoreError::Locked,
        "org.freedesktop.DBus.Error.AccessDenied" => StoreError::Denied,
        _ => StoreError::Unavailable,
    }
}

fn meaning_of_fdo(error: &zbus::fdo::Error) -> StoreError {
    match error {
        zbus::fdo::Error::AccessDenied(_) => StoreError::Denied,
        _ => StoreError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::Error as KeyringError;

    use super::*;

    fn told(error: ServiceError) -> StoreError {
        judge(KeyringError::PlatformFailure(Box::new(error)), table)
    }

    #[test]
    fn each_error_of_the_service_has_its_meaning() {
        let denied = || zbus::fdo::Error::AccessDenied(String::new());
        for (error, meaning) in [
            (ServiceError::Locked, StoreError::Locked),
            (ServiceError::Prompt, StoreError::Locked),
            (ServiceError::PromptDisconnected, StoreError::Unavailable),
            (ServiceError::NoResult, StoreError::Unavailable),
            (ServiceError::Unavailable, StoreError::Unavailable),
            (ServiceError::Crypto("x"), StoreError::Unavailable),
            (ServiceError::ZbusFdo(denied()), StoreError::Denied),
            (
                ServiceError::Zbus(zbus::Error::FDO(Box::new(denied()))),
                StoreError::Denied,
            ),
            (
                ServiceError::ZbusFdo(zbus::fdo::Error::NoReply(String::new())),
                StoreError::Unavailable,
            ),
            (
                ServiceError::Zbus(zbus::Error::InterfaceNotFound),
                StoreError::Unavailable,
            ),
        ] {
            let shown = format!("{error:?}");
            assert_eq!(told(error), meaning, "{shown}");
        }
        assert_eq!(table(&fmt::Error), StoreError::Unavailable);
    }

    #[test]
    fn each_error_name_on_the_bus_has_its_meaning() {
        for (name, meaning) in [
            ("org.freedesktop.Secret.Error.IsLocked", StoreError::Locked),
            (
                "org.freedesktop.DBus.Error.AccessDenied",
                StoreError::Denied,
            ),
            (
                "org.freedesktop.Secret.Error.NoSuchObject",
                StoreError::Unavailable,
            ),
            (
                "org.freedesktop.DBus.Error.ServiceUnknown",
                StoreError::Unavailable,
            ),
        ] {
            assert_eq!(meaning_of_name(name), meaning, "{name}");
        }
    }

    #[test]
    fn any_bytes_survive_the_way_through_text() {
        for len in [0, 1, 2, 3, 300] {
            let bytes: Vec<u8> = (0..len).map(|number| number as u8).collect();
            let text = encoded(&SecretBytes::new(bytes.clone()));
            assert!(text.expose().is_ascii());
            assert_eq!(decoded(&text).unwrap().expose(), bytes);
        }
        let noise = SecretBytes::new(b"not base64!".to_vec());
        assert_eq!(decoded(&noise).unwrap_err(), StoreError::Corrupt);
    }
}
