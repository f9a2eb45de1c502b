//! A store that lives as long as the process: for tests and for "do not remember me".

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Persistence, Processes, StoreClaims, StoreError, TokenStore};
use crate::secret::SecretBytes;

/// Keeps entries in the memory of this process, wiped when they go.
///
/// ```
/// use quickaccess::{SecretBytes, store::{MemoryStore, StoreError, TokenStore}};
///
/// let store = MemoryStore::new();
/// assert_eq!(store.load("a").unwrap_err(), StoreError::NotFound);
/// store.save("a", &SecretBytes::new(vec![1, 2, 3]))?;
/// assert_eq!(store.load("a")?.expose(), [1, 2, 3]);
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    entries: Mutex<BTreeMap<String, SecretBytes>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, SecretBytes>> {
        // Each change is one call on the map, so a panic elsewhere leaves nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.entries()
            .get(name)
            .cloned()
            .ok_or(StoreError::NotFound)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.entries().insert(name.to_owned(), bytes.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.entries().remove(name);
        Ok(())
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Process, Processes::Many, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_replaced_and_deleted_by_name() {
        let store = MemoryStore::new();
        let bytes = |text: &str| SecretBytes::new(text.as_bytes().to_vec());
        store.save("a", &bytes("one")).unwrap();
        store.save("b", &bytes("two")).unwrap();
        store.save("a", &bytes("three")).unwrap();
        assert_eq!(store.load("a").unwrap().expose(), b"three");
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert_eq!(store.load("a").unwrap_err(), StoreError::NotFound);
        assert_eq!(store.load("b").unwrap().expose(), b"two");
    }

    #[test]
    fn it_prints_nothing_of_what_it_keeps() {
        let store = MemoryStore::new();
        store
            .save("a", &SecretBytes::new(b"abc123".to_vec()))
            .unwrap();
        let printed = format!("{store:?}");
        assert!(
            !printed.contains("abc123") && !printed.contains("97"),
            "{printed}"
        );
    }
}
