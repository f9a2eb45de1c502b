//! Stores and observers of an app's own that fail, throw or panic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
    mpsc::{Sender, channel},
};

use quickaccess_ffi::{
    CallbackError, Persistence, Processes, QuickAccessError, Session, SessionState, StateObserver,
    StoreClaims, StoreError, TokenStore,
};
use support::{AppStore, PATIENCE, Server, States, signed_in, wait};

fn claims(persistence: Persistence, max_record: Option<u32>) -> StoreClaims {
    StoreClaims {
        persistence,
        processes: Processes::One,
        max_record,
    }
}

struct Kept {
    server: Server,
    store: Arc<AppStore>,
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        Self {
            server: Server::start(),
            store: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self, max_record: Option<u32>) -> Arc<Session> {
        let mut settings = self.server.settings();
        settings.data_dir = Some(self.folder.path().to_str().unwrap().to_owned());
        let claims = StoreClaims {
            processes: Processes::Many,
            ..claims(Persistence::Device, max_record)
        };
        let store = TokenStore::custom(self.store.clone(), claims);
        Session::new(settings, store, None).unwrap()
    }
}

#[test]
fn a_session_in_a_store_of_the_apps_own_survives_a_restart() {
    let kept = Kept::new();
    let session = kept.open(None);
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    let token = wait(session.access_token()).unwrap();
    drop(session);
    let session = kept.open(None);
    assert_eq!(wait(session.access_token()).unwrap(), token);
    let state = session.state();
    assert_eq!(signed_in(&state).unwrap().persistence, Persistence::Device);
}

#[test]
fn each_failure_of_a_store_has_its_own_action_and_code() {
    let kept = Kept::new();
    for (failure, code) in [
        (StoreError::Locked, "store_locked"),
        (StoreError::KeyLost, "store_key_lost"),
        (StoreError::Denied, "store_denied"),
        (StoreError::Unavailable, "store_unavailable"),
    ] {
        *kept.store.fails.lock().unwrap() = Some(failure);
        let session = kept.open(None);
        let error = wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap_err();
        match (&error, failure) {
            (QuickAccessError::UnlockDevice { .. }, StoreError::Locked) => {}
            (QuickAccessError::RepairStore { .. }, _) => {}
            _ => panic!("{failure:?} gave {error:?}"),
        }
        assert_eq!(error.why().code, code);
        assert!(signed_in(&session.state()).is_none(), "it is kept nowhere");
    }
}

#[test]
fn a_record_that_does_not_fit_is_refused() {
    let kept = Kept::new();
    let session = kept.open(Some(64));
    let error = wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap_err();
    assert!(
        matches!(error, QuickAccessError::RepairStore { .. }),
        "{error}"
    );
}

#[test]
fn a_store_that_panics_is_one_that_cannot_be_used_and_works_again_afterwards() {
    let kept = Kept::new();
    kept.store.panics.store(true, Ordering::SeqCst);
    let session = kept.open(None);
    let error = wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap_err();
    assert_eq!(error.why().code, "store_unavailable");
    drop(session);
    kept.store.panics.store(false, Ordering::SeqCst);
    let session = kept.open(None);
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
}

/// Fails in the way it is told to, and counts.
struct Failing {
    calls: AtomicUsize,
    panics: bool,
}

impl StateObserver for Failing {
    fn state_changed(&self, _: SessionState) -> Result<(), CallbackError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "the app's observer has a bug");
        Err(CallbackError::Failed)
    }
}

#[test]
fn an_observer_that_panics_or_throws_harms_nobody_and_is_told_the_next_state() {
    let server = Server::start();
    let session = server.session();
    let failing = [true, false].map(|panics| {
        Arc::new(Failing {
            calls: AtomicUsize::new(0),
            panics,
        })
    });
    let _observations = failing.clone().map(|observer| session.observe(observer));
    let states = States::of(&session);
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    states.until(|state| signed_in(state).is_some());
    wait(session.sign_out()).unwrap();
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    // States go on until each has been called again after it failed.
    while failing
        .iter()
        .any(|observer| observer.calls.load(Ordering::SeqCst) < 2)
    {
        wait(session.refresh()).unwrap();
    }
    assert_eq!(wait(session.whoami()).unwrap().name.as_deref(), Some("qa"));
}

/// Calls back into the session, as apps do, on whatever thread it is told.
struct CallsBack {
    session: Mutex<Option<Arc<Session>>>,
    told: Mutex<Sender<SessionState>>,
}

impl StateObserver for CallsBack {
    fn state_changed(&self, state: SessionState) -> Result<(), CallbackError> {
        if signed_in(&state).is_some() {
            // Dropping the last handle here is the app's right, too.
            let session = self.session.lock().unwrap().take();
            if let Some(session) = session {
                let token = wait(session.access_token());
                assert!(token.is_ok() && signed_in(&session.state()).is_some());
            }
        }
        let _ = self.told.lock().unwrap().send(state);
        Ok(())
    }
}

#[test]
fn an_observer_may_call_the_session_and_drop_its_last_handle() {
    let server = Server::start();
    let session = server.session();
    let (tell, told) = channel();
    let observer = Arc::new(CallsBack {
        session: Mutex::new(Some(session.clone())),
        told: Mutex::new(tell),
    });
    let observation = session.observe(observer.clone());
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    drop(session);
    while signed_in(&told.recv_timeout(PATIENCE).unwrap()).is_none() {}
    assert!(observer.session.lock().unwrap().is_none());
    drop(observation);
}

/// Says when it is let go.
struct Counted {
    calls: Arc<AtomicUsize>,
    dropped: Arc<AtomicBool>,
}

impl StateObserver for Counted {
    fn state_changed(&self, _: SessionState) -> Result<(), CallbackError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dropped.store(true, Ordering::SeqCst);
    }
}

#[test]
fn an_observer_is_told_nothing_after_it_was_stopped() {
    let server = Server::start();
    let session = server.session();
    let states = States::of(&session);
    states.until(|state| matches!(state, SessionState::SignedOut { .. }));
    let (calls, dropped) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let observation = session.observe(Arc::new(Counted {
        calls: calls.clone(),
        dropped: dropped.clone(),
    }));
    observation.stop();
    // Whatever had begun ends; the runtime lets go of the observer after that.
    while !dropped.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    let before = calls.load(Ordering::SeqCst);
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    states.until(|state| signed_in(state).is_some());
    assert_eq!(calls.load(Ordering::SeqCst), before);
}
