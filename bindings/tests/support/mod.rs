//! A simulator behind TLS, and callers as foreign ones are: plain threads without a runtime.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::Duration,
};

use quickaccess_ffi::{
    CallbackError, Observation, SecretStore, Session, SessionSettings, SessionState, SignedIn,
    StateObserver, StoreError, TokenStore,
};
use quickaccess_simulator::{Hold, HoldAt, Operation, Running, ServeOptions, Simulator};

/// Longer than anything here takes, so that a test that hangs says so.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a future on this thread, which has no runtime.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Begins a call, lets `meanwhile` happen, and goes away before its answer.
pub(crate) fn go_away<T>(call: impl Future<Output = T>, meanwhile: impl FnOnce()) {
    let mut call = pin!(call);
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the answer was there at once");
    meanwhile();
}

/// A simulator on a runtime of its own.
pub(crate) struct Server {
    runtime: tokio::runtime::Runtime,
    pub(crate) simulator: Simulator,
    running: Running,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulator = Simulator::default_scenario();
        let running = runtime
            .block_on(simulator.serve(ServeOptions::default()))
            .unwrap();
        Self {
            runtime,
            simulator,
            running,
        }
    }

    /// Settings that trust this server, for the vendor's example client.
    pub(crate) fn settings(&self) -> SessionSettings {
        let mut settings = self.stranger();
        settings.roots_pem = Some(self.running.ca_pem().to_owned());
        settings
    }

    /// The same, trusting only what the platform does.
    pub(crate) fn stranger(&self) -> SessionSettings {
        SessionSettings::new(self.running.https_url(), "QuickAccess")
    }

    /// A session that keeps its tokens in memory.
    pub(crate) fn session(&self) -> Arc<Session> {
        Session::new(self.settings(), TokenStore::in_memory(), None).unwrap()
    }

    /// The same, with `qa` signed in.
    pub(crate) fn signed_in(&self) -> Arc<Session> {
        let session = self.session();
        wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
        session
    }

    /// The same, with the API's administrator.
    pub(crate) fn administrator(&self) -> Arc<Session> {
        let session = self.session();
        wait(session.sign_in("api-admin".to_owned(), b"abc123".to_vec(), None)).unwrap();
        session
    }

    /// Holds the next request of a kind.
    pub(crate) fn hold(&self, operation: Operation, at: HoldAt) -> Hold {
        self.simulator.hold(operation, at)
    }

    /// Waits until a held request has come.
    pub(crate) fn reached(&self, hold: &Hold) {
        self.runtime
            .block_on(async { tokio::time::timeout(PATIENCE, hold.reached()).await })
            .expect("the request did not come");
    }
}

/// An observer that hands the states to a test.
pub(crate) struct States {
    states: Receiver<SessionState>,
    _observation: Arc<Observation>,
}

struct Told(Mutex<Sender<SessionState>>);

impl StateObserver for Told {
    fn state_changed(&self, state: SessionState) -> Result<(), CallbackError> {
        // The test may have seen enough.
        let _ = self.0.lock().unwrap().send(state);
        Ok(())
    }
}

impl States {
    pub(crate) fn of(session: &Session) -> Self {
        let (tell, states) = channel();
        Self {
            states,
            _observation: session.observe(Arc::new(Told(Mutex::new(tell)))),
        }
    }

    /// Waits for a state, and gives it.
    pub(crate) fn until(&self, mut is_so: impl FnMut(&SessionState) -> bool) -> SessionState {
        loop {
            let state = self.states.recv_timeout(PATIENCE);
            let state = state.expect("the state did not come");
            if is_so(&state) {
                return state;
            }
        }
    }
}

/// Who is signed in.
pub(crate) fn signed_in(state: &SessionState) -> Option<&SignedIn> {
    match state {
        SessionState::SignedIn { session } => Some(session),
        _ => None,
    }
}

/// A store as an app would bring it; it fails when it is told to.
#[derive(Default)]
pub(crate) struct AppStore {
    entries: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) fails: Mutex<Option<StoreError>>,
    pub(crate) panics: std::sync::atomic::AtomicBool,
}

impl AppStore {
    fn trouble(&self) -> Result<(), StoreError> {
        assert!(
            !self.panics.load(std::sync::atomic::Ordering::SeqCst),
            "the app's store has a bug"
        );
        self.fails.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl SecretStore for AppStore {
    fn load(&self, name: String) -> Result<Vec<u8>, StoreError> {
        self.trouble()?;
        let entries = self.entries.lock().unwrap();
        entries.get(&name).cloned().ok_or(StoreError::NotFound)
    }

    fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.trouble()?;
        self.entries.lock().unwrap().insert(name, bytes);
        Ok(())
    }

    fn delete(&self, name: String) -> Result<(), StoreError> {
        self.trouble()?;
        self.entries.lock().unwrap().remove(&name);
        Ok(())
    }
}
