//! The real stores of Linux. They need an environment of their own, which `cargo xtask test` sets
//! up: a session bus with an unlocked Secret Service, and a session keyring of the kernel.

#![cfg(all(
    target_os = "linux",
    feature = "secret-service",
    feature = "kernel-keyring",
))]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

use std::{
    env,
    process::Command,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use quickaccess::{
    Code, SecretBytes,
    store::{
        KernelKeyringStore, Persistence, Processes, SecretServiceStore, StoreError, TokenStore,
        system_store,
    },
};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const SERVICE: &str = "org.freedesktop.secrets";
/// Protects the keyring that `cargo xtask test` makes for these tests.
const PASSWORD: &[u8] = b"quickaccess";

/// One test at a time: some lock the whole service.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Set for the second process of a test.
const AS_CHILD: &str = "QUICKACCESS_TEST_CHILD";

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn provided(variable: &str) {
    assert!(
        env::var_os(variable).is_some_and(|value| value == "1"),
        "{variable}=1 is missing: run this with `cargo xtask test`"
    );
}

fn secret_service() -> (MutexGuard<'static, ()>, SecretServiceStore) {
    provided("QUICKACCESS_TEST_SECRET_SERVICE");
    let alone = alone();
    (alone, SecretServiceStore::new("QuickAccess test").unwrap())
}

fn kernel_keyring() -> (MutexGuard<'static, ()>, KernelKeyringStore) {
    provided("QUICKACCESS_TEST_KERNEL_KEYRING");
    let alone = alone();
    (alone, KernelKeyringStore::new("QuickAccess test").unwrap())
}

/// An entry that no other test uses, gone at the end.
struct Named<'a> {
    store: &'a dyn TokenStore,
    name: String,
}

impl<'a> Named<'a> {
    fn new(store: &'a dyn TokenStore) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{count}", std::process::id());
        Self { store, name }
    }

    fn save(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.store
            .save(&self.name, &SecretBytes::new(bytes.to_vec()))
    }

    fn load(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.store.load(&self.name)?.expose().to_vec())
    }

    fn delete(&self) -> Result<(), StoreError> {
        self.store.delete(&self.name)
    }
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        let _ = self.delete();
    }
}

/// What every store has to do.
fn entries_come_back_are_replaced_and_go(store: &dyn TokenStore) {
    let entry = Named::new(store);
    assert_eq!(entry.load(), Err(StoreError::NotFound));
    entry.delete().unwrap();
    // Every byte value, no text in any encoding.
    let every: Vec<u8> = (0..=255).rev().collect();
    entry.save(&every).unwrap();
    assert_eq!(entry.load().unwrap(), every);
    entry.save(b"another").unwrap();
    assert_eq!(entry.load().unwrap(), b"another");
    let other = Named::new(store);
    other.save(b"beside").unwrap();
    assert_eq!(entry.load().unwrap(), b"another");
    entry.delete().unwrap();
    assert_eq!(entry.load(), Err(StoreError::NotFound));
    entry.delete().unwrap();
    assert_eq!(other.load().unwrap(), b"beside");
}

fn large_entries_come_back_whole(store: &dyn TokenStore, len: usize) {
    let entry = Named::new(store);
    let large: Vec<u8> = (0..len).map(|number| (number % 251) as u8).collect();
    entry.save(&large).unwrap();
    assert_eq!(entry.load().unwrap(), large);
    entry.delete().unwrap();
}

#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn the_secret_service_keeps_replaces_and_deletes() {
    let (_alone, store) = secret_service();
    entries_come_back_are_replaced_and_go(&store);
}

#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn the_secret_service_takes_a_large_entry_whole() {
    let (_alone, store) = secret_service();
    large_entries_come_back_whole(&store, 60_000);
}

#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn the_secret_service_is_the_system_store_and_keeps_as_long_as_the_device() {
    let (_alone, store) = secret_service();
    let entry = Named::new(&store);
    entry.save(b"kept").unwrap();
    let system = system_store("QuickAccess test").unwrap();
    assert_eq!(system.load(&entry.name).unwrap().expose(), b"kept");
    let other_app = system_store("another app").unwrap();
    assert_eq!(
        other_app.load(&entry.name).unwrap_err(),
        StoreError::NotFound
    );
    let claims = system.claims();
    assert_eq!(claims.persistence, Persistence::Device);
    assert_eq!(claims.processes, Processes::Many);
}

#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn the_secret_service_can_be_called_from_a_blocking_thread_of_tokio() {
    let (_alone, store) = secret_service();
    let store = std::sync::Arc::new(store);
    for runtime in [
        tokio::runtime::Builder::new_current_thread().build(),
        tokio::runtime::Builder::new_multi_thread().build(),
    ] {
        let runtime = runtime.unwrap();
        let store = store.clone();
        let call = move || entries_come_back_are_replaced_and_go(&store);
        runtime.block_on(runtime.spawn_blocking(call)).unwrap();
    }
}

#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn a24_a_locked_collection_is_locked_and_nothing_is_asked_or_lost() {
    let (_alone, store) = secret_service();
    let entry = Named::new(&store);
    let missing = Named::new(&store);
    entry.save(b"kept").unwrap();
    let lock = Lock::the_collection();
    // A question would go to this name, where it stays without an answer.
    lock.bus
        .request_name("org.gnome.keyring.SystemPrompter")
        .unwrap();
    thread::scope(|scope| {
        let (done, wait) = mpsc::channel();
        let (entry, missing) = (&entry, &missing);
        scope.spawn(move || {
            let whether_it_is_there = missing.load();
            done.send([
                entry.load().map(drop),
                entry.save(b"new"),
                entry.delete(),
                whether_it_is_there.map(drop),
                missing.save(b"new"),
            ])
        });
        let answers = wait.recv_timeout(Duration::from_secs(20));
        let answers = answers.expect("nobody is asked for a password");
        assert_eq!(answers, [Err(StoreError::Locked); 5]);
    });
    drop(lock);
    assert_eq!(entry.load().unwrap(), b"kept");
    assert_eq!(missing.load(), Err(StoreError::NotFound));
    entry.save(b"new").unwrap();
    assert_eq!(entry.load().unwrap(), b"new");
}

/// Locks the default collection; unlocks it at the end, with the password that `cargo xtask test`
/// gave to the daemon, by the daemon's own interface for tests.
struct Lock {
    bus: zbus::blocking::Connection,
    collection: OwnedObjectPath,
}

impl Lock {
    fn the_collection() -> Self {
        let bus = zbus::blocking::Connection::session().unwrap();
        let collection = bus
            .call_method(
                Some(SERVICE),
                "/org/freedesktop/secrets",
                Some("org.freedesktop.Secret.Service"),
                "ReadAlias",
                &"default",
            )
            .unwrap()
            .body()
            .deserialize::<OwnedObjectPath>()
            .unwrap();
        bus.call_method(
            Some(SERVICE),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "Lock",
            &(vec![&collection],),
        )
        .unwrap();
        Self { bus, collection }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let (_, session): (OwnedValue, OwnedObjectPath) = self
            .bus
            .call_method(
                Some(SERVICE),
                "/org/freedesktop/secrets",
                Some("org.freedesktop.Secret.Service"),
                "OpenSession",
                &("plain", Value::from("")),
            )
            .unwrap()
            .body()
            .deserialize()
            .unwrap();
        let password = (session, Vec::<u8>::new(), PASSWORD.to_vec(), "text/plain");
        self.bus
            .call_method(
                Some(SERVICE),
                "/org/freedesktop/secrets",
                Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"),
                "UnlockWithMasterPassword",
                &(&self.collection, password),
            )
            .unwrap();
    }
}

/// The bus is looked for in the environment, so this runs once more in a process whose
/// environment names none.
#[test]
#[ignore = "needs a D-Bus session with a secret service; cargo xtask test provides it"]
fn without_a_bus_the_store_says_what_to_install() {
    provided("QUICKACCESS_TEST_SECRET_SERVICE");
    if env::var_os(AS_CHILD).is_some() {
        let error = system_store("QuickAccess test").unwrap_err();
        assert_eq!(error.code(), Code::StoreUnavailable);
        assert!(error.message().contains("gnome-keyring"), "{error}");
        return;
    }
    let nowhere = tempfile::tempdir().unwrap();
    let status = Command::new(env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "without_a_bus_the_store_says_what_to_install",
        ])
        .env(AS_CHILD, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .env("XDG_RUNTIME_DIR", nowhere.path())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "needs `keyctl session -`; cargo xtask test provides it"]
fn the_kernel_keyring_keeps_replaces_and_deletes() {
    let (_alone, store) = kernel_keyring();
    entries_come_back_are_replaced_and_go(&store);
}

#[test]
#[ignore = "needs `keyctl session -`; cargo xtask test provides it"]
fn the_kernel_keyring_forgets_at_a_reboot_and_says_so() {
    let (_alone, store) = kernel_keyring();
    let claims = store.claims();
    assert_eq!(claims.persistence, Persistence::UntilReboot);
    assert_eq!(claims.max_record, Some(20_000));
    large_entries_come_back_whole(&store, 4_000);
}

#[test]
#[ignore = "needs `keyctl session -`; cargo xtask test provides it"]
fn an_entry_that_the_kernel_does_not_take_is_refused_and_the_old_one_stays() {
    let (_alone, store) = kernel_keyring();
    let entry = Named::new(&store);
    entry.save(b"kept").unwrap();
    // More than any key may hold.
    let refused = entry.save(&vec![7; 40_000]).unwrap_err();
    assert!(
        matches!(refused, StoreError::TooLarge | StoreError::Unavailable),
        "{refused:?}"
    );
    assert_eq!(entry.load().unwrap(), b"kept");
}

#[test]
#[ignore = "needs `keyctl session -`; cargo xtask test provides it"]
fn an_entry_that_somebody_else_removed_is_missing() {
    let (_alone, store) = kernel_keyring();
    let entry = Named::new(&store);
    entry.save(b"kept").unwrap();
    let description = format!("keyring:{}@QuickAccess test", entry.name);
    let purged = Command::new("keyctl")
        .args(["purge", "user", &description])
        .output()
        .unwrap();
    assert!(purged.status.success());
    assert_eq!(entry.load(), Err(StoreError::NotFound));
}
