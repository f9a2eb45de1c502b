//! A store that knows what it was given, so that all of it can be removed again.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use quickaccess::{
    SecretBytes,
    store::{StoreClaims, StoreError, TokenStore},
};

/// A store with the names of all that was ever saved through it.
#[derive(Debug)]
pub(super) struct Traces {
    store: Arc<dyn TokenStore>,
    saved: Mutex<BTreeSet<String>>,
}

impl Traces {
    pub(super) fn new(store: Arc<dyn TokenStore>) -> Self {
        Self {
            store,
            saved: Mutex::default(),
        }
    }

    /// Whether the store keeps, gives back and lets go; nothing of the trial stays.
    pub(super) fn try_out(&self) -> bool {
        const NAME: &str = "trial";
        let trial = SecretBytes::new(b"trial".to_vec());
        let none = self.load(NAME).err() == Some(StoreError::NotFound);
        let kept = none && self.save(NAME, &trial).is_ok();
        let back = kept
            && self
                .load(NAME)
                .is_ok_and(|back| back.expose() == trial.expose());
        self.remove() && back
    }

    /// Removes all that was saved; says whether all of it is gone.
    pub(super) fn remove(&self) -> bool {
        let names = std::mem::take(&mut *self.saved.lock().unwrap_or_else(PoisonError::into_inner));
        // Each is tried, whatever became of the one before.
        let left = names.iter().filter(|name| self.store.delete(name).is_err());
        left.count() == 0
    }
}

impl TokenStore for Traces {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.store.load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        saved.insert(name.to_owned());
        drop(saved);
        self.store.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.store.delete(name)
    }

    fn claims(&self) -> StoreClaims {
        self.store.claims()
    }
}

#[cfg(test)]
mod tests {
    use quickaccess::MemoryStore;

    use super::*;

    #[test]
    fn all_that_was_saved_is_removed_and_nothing_else() {
        let below = Arc::new(MemoryStore::new());
        let bytes = SecretBytes::new(b"x".to_vec());
        below.save("somebody else's", &bytes).unwrap();
        let traces = Traces::new(below.clone());
        assert!(traces.try_out());
        for name in ["a", "b", "a"] {
            traces.save(name, &bytes).unwrap();
        }
        assert!(traces.remove());
        assert!(below.load("somebody else's").is_ok());
        for name in ["a", "b", "trial"] {
            assert_eq!(
                below.load(name).unwrap_err(),
                StoreError::NotFound,
                "{name}"
            );
        }
        assert!(traces.remove());
    }
}
