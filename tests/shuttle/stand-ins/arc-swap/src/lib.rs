//! Stands for `arc-swap` where shuttle decides in which order things happen: the same two calls
//! with the same meaning, a load and a store that are each one step.

use std::{ops::Deref, sync::Arc};

use shuttle::sync::Mutex;

/// A value behind an `Arc` that can be replaced while others read it.
#[derive(Debug)]
pub struct ArcSwap<T>(Mutex<Arc<T>>);

/// What was loaded; it stays as it was while others store.
#[derive(Debug)]
pub struct Guard<T>(Arc<T>);

impl<T> ArcSwap<T> {
    /// Starts with a value.
    pub fn from_pointee(value: T) -> Self {
        Self(Mutex::new(Arc::new(value)))
    }

    /// The value of this moment.
    pub fn load(&self) -> Guard<T> {
        Guard(self.lock(|value| value.clone()))
    }

    /// Puts another value in its place.
    pub fn store(&self, value: Arc<T>) {
        // The old value is dropped outside the lock.
        let _old = self.lock(|here| std::mem::replace(here, value));
    }

    fn lock<R>(&self, with: impl FnOnce(&mut Arc<T>) -> R) -> R {
        with(&mut self.0.lock().expect("nothing that holds it panics"))
    }
}

impl<T> Deref for Guard<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        &self.0
    }
}
