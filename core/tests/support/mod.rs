//! What the behaviour tests share: the simulator as a transport in memory on virtual time, clocks
//! that a test can move, and a store that can be made to fail.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

mod clocks;
pub(crate) mod doctor;
mod live;
mod network;
mod process;
pub(crate) mod scripted;
mod store;

pub(crate) use clocks::{START, TestClocks};
pub(crate) use live::Live;
pub(crate) use network::TestNetwork;
pub(crate) use process::TestProcess;
pub(crate) use scripted::Scripted;
pub(crate) use store::TestStore;

use std::{collections::HashSet, sync::Arc, time::Duration};

use quickaccess::{Builder, QuickAccess, SessionState, SignedIn};
use quickaccess_simulator::Simulator;

/// One phone: everything that a session stands on, in the hands of the test.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) server: Simulator,
    pub(crate) network: TestNetwork,
    pub(crate) clocks: TestClocks,
    pub(crate) store: Arc<TestStore>,
    pub(crate) data: Arc<tempfile::TempDir>,
}

impl Phone {
    /// A phone whose server is the simulator's default scenario.
    pub(crate) fn new() -> Self {
        Self::with_server(Simulator::default_scenario())
    }

    pub(crate) fn with_server(server: Simulator) -> Self {
        Self {
            network: TestNetwork::new(server.clone()),
            server,
            clocks: TestClocks::new(),
            store: Arc::new(TestStore::new()),
            data: Arc::new(tempfile::tempdir().unwrap()),
        }
    }

    /// The set-up for an API client of the simulator.
    pub(crate) fn builder(&self, client_id: &str) -> Builder {
        QuickAccess::builder("https://clearpass.example", client_id)
            .store(self.store.clone())
            .data_dir(self.data.path())
            .environment(self.clocks.clone())
            .transport(self.network.clone())
    }

    /// Starts the app: a new handle on the same store, as after a new start of the process.
    pub(crate) fn start(&self) -> QuickAccess {
        self.builder("QuickAccess").build().unwrap()
    }

    /// Starts the app and signs `qa` in.
    pub(crate) async fn signed_in(&self) -> QuickAccess {
        let session = self.start();
        session.sign_in("qa", "abc123").await.unwrap();
        session
    }

    /// Starts the app and signs in who may read and change every resource.
    pub(crate) async fn administrator(&self) -> QuickAccess {
        let session = self.start();
        session.sign_in("api-admin", "abc123").await.unwrap();
        session
    }

    /// Starts the app in a process that can be stopped and killed.
    pub(crate) fn start_process(&self) -> (TestProcess, QuickAccess) {
        let process = TestProcess::new(self.clocks.clone());
        let builder = self.builder("QuickAccess").environment(process.clone());
        (process, builder.build().unwrap())
    }

    /// Lets virtual time pass for everybody.
    pub(crate) async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Waits until the state is as wanted; on virtual time a wait that never ends fails the test.
pub(crate) async fn until(
    session: &QuickAccess,
    wanted: impl Fn(&SessionState) -> bool,
) -> SessionState {
    let mut states = session.subscribe();
    let wait = states.wait_for(|state| wanted(state));
    match tokio::time::timeout(Duration::from_secs(7 * 24 * 3600), wait).await {
        Ok(state) => state.unwrap().clone(),
        Err(_) => panic!("the state never came; it is {:?}", session.state()),
    }
}

/// The signed-in part of the state.
pub(crate) fn signed_in(session: &QuickAccess) -> SignedIn {
    match session.state().signed_in() {
        Some(signed_in) => signed_in.clone(),
        None => panic!("nobody is signed in: {:?}", session.state()),
    }
}

/// A thousand callers ask at once, and all of them get the same token, of the second pair.
pub(crate) async fn a_thousand_callers_get_the_second_pair(session: &QuickAccess) {
    let callers: Vec<_> = (0..1_000)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.access_token().await.unwrap() })
        })
        .collect();
    let mut tokens = HashSet::new();
    for caller in callers {
        let token = caller.await.unwrap();
        assert_eq!(token.generation(), 2);
        tokens.insert(token.expose().to_owned());
    }
    assert_eq!(tokens.len(), 1);
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
