//! A secret store that a test can lock, break, empty and look into.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

use quickaccess::{
    SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

#[derive(Default)]
pub(crate) struct TestStore {
    entries: Mutex<HashMap<String, Vec<u8>>>,
    load_error: Mutex<Option<StoreError>>,
    save_error: Mutex<Option<StoreError>>,
    delete_error: Mutex<Option<StoreError>>,
    saves_before_error: AtomicU64,
    lies: AtomicBool,
    panics: AtomicBool,
    hangs: Mutex<bool>,
    goes_on: Condvar,
    max_record: Mutex<Option<usize>>,
    one_process: AtomicBool,
    pub(crate) saves: AtomicU64,
    pub(crate) loads: AtomicU64,
    at_next_save: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Every call fails so from now on; `None` mends it.
    pub(crate) fn fail(&self, error: Option<StoreError>) {
        self.fail_loads(error);
        self.fail_saves(error);
        *self.delete_error.lock().unwrap() = error;
    }

    pub(crate) fn fail_loads(&self, error: Option<StoreError>) {
        *self.load_error.lock().unwrap() = error;
    }

    pub(crate) fn fail_saves(&self, error: Option<StoreError>) {
        self.fail_saves_after(0, error);
    }

    pub(crate) fn fail_deletes(&self, error: Option<StoreError>) {
        *self.delete_error.lock().unwrap() = error;
    }

    /// So many saves still work.
    pub(crate) fn fail_saves_after(&self, saves: u64, error: Option<StoreError>) {
        self.saves_before_error.store(saves, SeqCst);
        *self.save_error.lock().unwrap() = error;
    }

    /// Saves are taken and forgotten from now on, as a store under a bug would.
    pub(crate) fn lie(&self, lies: bool) {
        self.lies.store(lies, SeqCst);
    }

    /// Saves panic from now on.
    pub(crate) fn panic_at_saves(&self, panics: bool) {
        self.panics.store(panics, SeqCst);
    }

    /// Calls do not come back from now on, until this is taken back.
    pub(crate) fn hang(&self, hangs: bool) {
        *self.hangs.lock().unwrap() = hangs;
        self.goes_on.notify_all();
    }

    fn may_hang(&self) {
        let hangs = self.hangs.lock().unwrap();
        drop(self.goes_on.wait_while(hangs, |hangs| *hangs).unwrap());
    }

    /// It says from now on that it is for one process alone.
    pub(crate) fn for_one_process(&self) {
        self.one_process.store(true, SeqCst);
    }

    /// Does something as soon as the next save has been taken.
    pub(crate) fn at_next_save(&self, act: impl FnOnce() + Send + 'static) {
        *self.at_next_save.lock().unwrap() = Some(Box::new(act));
    }

    pub(crate) fn limit(&self, bytes: usize) {
        *self.max_record.lock().unwrap() = Some(bytes);
    }

    /// Everything that is in it.
    pub(crate) fn entries(&self) -> HashMap<String, Vec<u8>> {
        self.entries.lock().unwrap().clone()
    }

    /// The sessions' entries, without what is remembered of certificates.
    pub(crate) fn records(&self) -> Vec<(String, Vec<u8>)> {
        let entries = self.entries().into_iter();
        entries
            .filter(|(name, _)| !name.starts_with("trust-"))
            .collect()
    }

    pub(crate) fn restore(&self, entries: HashMap<String, Vec<u8>>) {
        *self.entries.lock().unwrap() = entries;
    }

    pub(crate) fn clear(&self) {
        self.entries.lock().unwrap().clear();
    }

    /// Whether any entry holds this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let entries = self.entries();
        entries.values().any(|bytes| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStore").finish_non_exhaustive()
    }
}

fn failing(error: &Mutex<Option<StoreError>>) -> Result<(), StoreError> {
    error.lock().unwrap().map_or(Ok(()), Err)
}

impl TokenStore for TestStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.may_hang();
        self.loads.fetch_add(1, SeqCst);
        failing(&self.load_error)?;
        let entries = self.entries.lock().unwrap();
        entries
            .get(name)
            .cloned()
            .map(SecretBytes::new)
            .ok_or(StoreError::NotFound)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.may_hang();
        assert!(!self.panics.load(SeqCst), "the store broke over {bytes:?}");
        let left = self.saves_before_error.load(SeqCst);
        match left.checked_sub(1) {
            Some(left) => self.saves_before_error.store(left, SeqCst),
            None => failing(&self.save_error)?,
        }
        self.saves.fetch_add(1, SeqCst);
        if !self.lies.load(SeqCst) {
            self.entries
                .lock()
                .unwrap()
                .insert(name.to_owned(), bytes.expose().to_vec());
        }
        if let Some(act) = self.at_next_save.lock().unwrap().take() {
            act();
        }
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.may_hang();
        failing(&self.delete_error)?;
        self.entries.lock().unwrap().remove(name);
        Ok(())
    }

    fn claims(&self) -> StoreClaims {
        let processes = match self.one_process.load(SeqCst) {
            true => Processes::One,
            false => Processes::Many,
        };
        let most = *self.max_record.lock().unwrap();
        StoreClaims::new(Persistence::Device, processes, most)
    }
}
