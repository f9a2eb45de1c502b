//! SIGPIPE, which a write to a connection raises that its other side has closed. A test in Rust cannot die
//! of it, as the program around it ignores it; one of the tests in Swift could.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{
    Arc,
    mpsc::{Sender, channel},
};

use nix::sys::signal::{SigSet, Signal};
use quickaccess_ffi::{
    CallbackError, Persistence, Processes, SecretStore, Session, SessionState, StateObserver,
    StoreClaims, StoreError, TokenStore,
};
use support::{AppStore, Server, wait};

/// Tells whether the signal could come to a thread of the library.
struct Listener {
    tell: Sender<(&'static str, bool)>,
    store: AppStore,
}

impl Listener {
    fn new(tell: &Sender<(&'static str, bool)>) -> Arc<Self> {
        let (tell, store) = (tell.clone(), AppStore::default());
        Arc::new(Self { tell, store })
    }

    fn tell(&self, place: &'static str) {
        // The test may have heard enough.
        let _ = self.tell.send((place, is_kept_away()));
    }
}

fn is_kept_away() -> bool {
    SigSet::thread_get_mask().unwrap().contains(Signal::SIGPIPE)
}

impl SecretStore for Listener {
    fn load(&self, name: String) -> Result<Vec<u8>, StoreError> {
        self.tell("a thread for calls that block");
        self.store.load(name)
    }

    fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.store.save(name, bytes)
    }

    fn delete(&self, name: String) -> Result<(), StoreError> {
        self.store.delete(name)
    }
}

impl StateObserver for Listener {
    fn state_changed(&self, _state: SessionState) -> Result<(), CallbackError> {
        self.tell("a thread for tasks");
        Ok(())
    }
}

#[test]
fn a_connection_that_breaks_raises_no_signal_and_the_apps_threads_keep_theirs() {
    let server = Server::start();
    let (tell, told) = channel();
    let claims = StoreClaims {
        persistence: Persistence::Process,
        processes: Processes::One,
        max_record: None,
    };
    let store = TokenStore::custom(Listener::new(&tell), claims);
    let session = Session::new(server.settings(), store, None).unwrap();
    let _observation = session.observe(Listener::new(&tell));
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();

    let mut open = vec!["a thread for calls that block", "a thread for tasks"];
    while !open.is_empty() {
        let (place, kept_away) = told.recv_timeout(support::PATIENCE).unwrap();
        assert!(kept_away, "{place}");
        open.retain(|&other| other != place);
    }
    assert!(!is_kept_away(), "the thread that calls is the app's");
}
