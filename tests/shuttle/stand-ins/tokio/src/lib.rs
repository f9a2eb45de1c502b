//! Stands for `tokio` where shuttle decides in which order things happen: shuttle's own port, and
//! the unbounded channel, of which that port has no weak sender.

pub use shuttle_tokio::*;

/// Channels.
pub mod sync {
    pub use shuttle_tokio::sync::*;

    pub mod mpsc;
}

/// Runtimes, of which there is none: under shuttle the core is always given an environment.
pub mod runtime {
    /// There is none.
    #[derive(Clone, Copy, Debug)]
    pub struct NoRuntime;

    /// A runtime that can't be.
    #[derive(Clone, Debug)]
    pub enum Handle {}

    impl Handle {
        /// Says that there is none.
        ///
        /// # Errors
        /// Always.
        pub fn try_current() -> Result<Self, NoRuntime> {
            Err(NoRuntime)
        }

        /// Never called.
        pub fn enter(&self) -> NoRuntime {
            match *self {}
        }

        /// Never called.
        pub fn spawn<F>(&self, _: F) {
            match *self {}
        }

        /// Never called.
        pub fn spawn_blocking<F>(&self, _: F) {
            match *self {}
        }
    }
}
