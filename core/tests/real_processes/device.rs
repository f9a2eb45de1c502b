//! One device: a folder with the app's files, a clock that can be moved, and a server.

use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::Duration,
};

use quickaccess_simulator::{Hold, Running, ServeOptions, Simulator};

use super::{
    app::{CLOCK, DATA, HOLD_SAVE, ONE_PROCESS, SERVER, STORE, STORE_LIMIT},
    process::{PATIENCE, Process},
};

/// The access token is over by then, the refresh token is not.
pub(crate) const OVER: Duration = Duration::from_secs(28_800);
/// As long as a lease lasts with the limits that the app sets.
pub(crate) const LEASE: Duration = Duration::from_secs(165 + 4 * STORE_LIMIT.as_secs());

pub(crate) struct Device {
    pub(crate) server: Simulator,
    folder: tempfile::TempDir,
    moved: AtomicU64,
    runtime: tokio::runtime::Runtime,
    _running: Running,
}

impl Device {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = Simulator::default_scenario();
        let running = runtime
            .block_on(server.serve(ServeOptions::default()))
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        fs::write(path(SERVER), running.json().to_string()).unwrap();
        fs::create_dir(path(STORE)).unwrap();
        fs::create_dir(path(DATA)).unwrap();
        let device = Self {
            server,
            folder,
            moved: AtomicU64::new(0),
            runtime,
            _running: running,
        };
        device.pass(Duration::ZERO);
        device
    }

    pub(crate) fn with_store_for_one(self) -> Self {
        fs::write(self.folder.path().join(ONE_PROCESS), "").unwrap();
        self
    }

    /// Starts a process of the app.
    pub(crate) fn start(&self) -> Process {
        Process::start(self.folder.path())
    }

    /// Lets time pass for every process and for the server.
    pub(crate) fn pass(&self, time: Duration) {
        let by = time.as_millis() as u64;
        let moved = self.moved.fetch_add(by, SeqCst) + by;
        let (clock, new) = (
            self.folder.path().join(CLOCK),
            self.folder.path().join("clock.new"),
        );
        fs::write(&new, moved.to_string()).unwrap();
        fs::rename(&new, &clock).unwrap();
        self.server.advance(time);
    }

    /// The next save of any process is held in the middle, until this is dropped.
    pub(crate) fn hold_next_save(&self) -> fs::File {
        let held = fs::File::create(self.folder.path().join("hold.new")).unwrap();
        held.lock().unwrap();
        let path = |name| self.folder.path().join(name);
        fs::rename(path("hold.new"), path(HOLD_SAVE)).unwrap();
        held
    }

    /// What the store holds of sessions.
    pub(crate) fn entries(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.folder.path().join(STORE)).unwrap();
        let entries = files.map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        });
        entries
            .filter(|(name, _)| !name.starts_with("trust-"))
            .collect()
    }

    /// Waits until a request is held.
    pub(crate) fn reached(&self, hold: &Hold) {
        let reached = async { tokio::time::timeout(PATIENCE, hold.reached()).await };
        self.runtime.block_on(reached).expect("a request comes");
    }
}
