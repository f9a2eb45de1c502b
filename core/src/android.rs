//! The one thing that an Android app has to do first. Certificates and the Keystore are reached
//! through Java there, and the crates that do it panic when nobody has told them how; so nothing of
//! this library touches them before it has heard that somebody did.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Code, Error};

static STARTED: AtomicBool = AtomicBool::new(false);

/// Says that the app's context has been handed to `ndk-context` and to
/// `rustls_platform_verifier::android`, in the versions that this library is built with. The binding
/// for Kotlin calls it; a Rust app that starts both by itself calls it after that.
///
/// Until then, whatever needs them fails with `invalid_input`.
pub fn set_started() {
    STARTED.store(true, Ordering::Release);
}

/// Fails with `invalid_input` as long as nobody has called [`set_started`].
pub(crate) fn check_started() -> Result<(), Error> {
    if STARTED.load(Ordering::Acquire) {
        return Ok(());
    }
    Err(Error::with_message(
        Code::InvalidInput,
        "QuickAccess does not have the app's context yet. Call QuickAccessAndroid.start(context) \
         before anything else, for instance in onCreate of the Application.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_start_is_told_how_to_start() {
        let too_early = check_started().unwrap_err();
        assert_eq!(too_early.code(), Code::InvalidInput);
        assert!(too_early.message().contains("QuickAccessAndroid.start"));
        set_started();
        check_started().unwrap();
    }
}
