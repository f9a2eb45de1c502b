//! Ten thousand sessions, made and dropped on threads that have no runtime, leave nothing behind;
//! and what is freed is wiped.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod support;

use std::{
    io::{Read, Seek, SeekFrom},
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread,
};

use quickaccess_ffi::{
    CallbackError, Persistence, Processes, SecretStore, Session, SessionSettings, SessionState,
    StateObserver, StoreClaims, StoreError, TokenStore,
};
use support::PATIENCE;

const SESSIONS: usize = 10_000;
/// So many are there at once.
const LOT: usize = 20;

/// In kB: a quarter of a kilobyte for each session would be more.
const MOST_GROWTH: usize = 2_048;

/// How many stores and observers there are.
#[derive(Default)]
struct Alive {
    count: Mutex<usize>,
    fewer: Condvar,
}

/// A store or an observer of the app, which has to be let go with its session.
struct Mine(Arc<Alive>);

impl Mine {
    fn new(alive: &Arc<Alive>) -> Arc<Self> {
        *alive.count.lock().unwrap() += 1;
        Arc::new(Self(alive.clone()))
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap() -= 1;
        self.0.fewer.notify_all();
    }
}

impl SecretStore for Mine {
    fn load(&self, _: String) -> Result<Vec<u8>, StoreError> {
        Err(StoreError::NotFound)
    }

    fn save(&self, _: String, _: Vec<u8>) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&self, _: String) -> Result<(), StoreError> {
        Ok(())
    }
}

impl StateObserver for Mine {
    fn state_changed(&self, _: SessionState) -> Result<(), CallbackError> {
        Ok(())
    }
}

fn make_and_drop(alive: &Arc<Alive>) {
    let claims = StoreClaims {
        persistence: Persistence::Process,
        processes: Processes::One,
        max_record: None,
    };
    let store = TokenStore::custom(Mine::new(alive), claims);
    let settings = SessionSettings::new("https://localhost:1", "QuickAccess");
    let session = Session::new(settings, store, None).unwrap();
    let observation = session.observe(Mine::new(alive));
    drop(session);
    drop(observation);
}

fn lot(alive: &Arc<Alive>) {
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..LOT / 2).for_each(|_| make_and_drop(alive)));
        }
    });
    // The last of a session ends on the library's threads.
    let count = alive.count.lock().unwrap();
    let waited = alive
        .fewer
        .wait_timeout_while(count, PATIENCE, |count| *count > 0);
    let (count, _) = waited.unwrap();
    assert_eq!(*count, 0, "sessions, stores or observers are left");
}

/// A number of `/proc/self/status`.
fn status(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let digits = line.unwrap().trim_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap()
}

/// Set in the process that makes the sessions.
const ROLE: &str = "QUICKACCESS_MANY_SESSIONS";

/// They are made in a process of their own: nothing else disturbs what is measured there, and
/// without the system's CA certificates, which each session reads, they are made in seconds.
#[test]
fn ten_thousand_sessions_made_and_dropped_leave_nothing() {
    if std::env::var_os(ROLE).is_some() {
        return make_all();
    }
    let name = "ten_thousand_sessions_made_and_dropped_leave_nothing";
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ROLE, "1")
        .env("SSL_CERT_FILE", "/dev/null")
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "{out}{err}");
    assert!(out.contains("kB resident"), "nothing was measured: {out}");
    println!("{out}");
}

fn make_all() {
    let alive = Arc::new(Alive::default());
    let files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    // What is set up once, and what the allocator keeps, is there after the first fifth.
    (0..SESSIONS / LOT / 5).for_each(|_| lot(&alive));
    let before = (status("VmRSS:"), files());
    (0..SESSIONS / LOT * 4 / 5).for_each(|_| lot(&alive));
    let after = (status("VmRSS:"), files());
    println!("kB resident, open files: {before:?}, then {after:?}");
    assert!(
        after.0 < before.0 + MOST_GROWTH,
        "memory: {before:?}, then {after:?}"
    );
    assert!(after.1 <= before.1 + 2, "files: {before:?}, then {after:?}");
    assert!(status("Threads:") < 64);
}

#[test]
fn what_is_freed_is_wiped() {
    let look = |at: u64| {
        let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
        memory.seek(SeekFrom::Start(at)).unwrap();
        let mut byte = [0];
        memory.read_exact(&mut byte).unwrap();
        byte[0]
    };
    let secret = vec![0xa5_u8; 3_000];
    // In the middle, where an allocator notes nothing of its own.
    let middle = &raw const secret[1_500] as u64;
    assert_eq!(look(middle), 0xa5);
    drop(secret);
    assert_ne!(look(middle), 0xa5);
}
