//! States, told to an observer in the other language as they come.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{runtime::Handle, sync::watch, task::AbortHandle};

use crate::{failure::CallbackError, runtime, state::SessionState};

/// Is told where the session stands. It is called on a thread of its own, never under a lock and
/// never twice at once; what it throws changes nothing.
#[uniffi::export(foreign)]
pub trait StateObserver: Send + Sync {
    /// The session stands here now. The first call tells the present state; of states that come
    /// faster than they are taken, only the newest is told.
    fn state_changed(&self, state: SessionState) -> Result<(), CallbackError>;
}

/// An observer that is being told. It ends when this is dropped, when `stop` is called, or
/// with the session.
#[derive(Debug, uniffi::Object)]
pub struct Observation {
    stopped: Arc<AtomicBool>,
    task: AbortHandle,
}

#[uniffi::export]
impl Observation {
    /// Tells the observer nothing more. A call that has begun ends by itself.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.task.abort();
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts to tell an observer.
pub(crate) fn observe(
    runtime: &Handle,
    states: watch::Receiver<quickaccess::SessionState>,
    observer: Arc<dyn StateObserver>,
) -> Observation {
    let stopped = Arc::new(AtomicBool::new(false));
    let task = tell(runtime.clone(), states, observer, stopped.clone());
    Observation {
        stopped,
        task: runtime::spawn(runtime, task),
    }
}

async fn tell(
    runtime: Handle,
    mut states: watch::Receiver<quickaccess::SessionState>,
    observer: Arc<dyn StateObserver>,
    stopped: Arc<AtomicBool>,
) {
    loop {
        let state = SessionState::from(&*states.borrow_and_update());
        let (observer, stopped) = (observer.clone(), stopped.clone());
        let call = move || {
            if stopped.load(Ordering::Acquire) {
                return Ok(());
            }
            observer.state_changed(state)
        };
        // It blocks as long as it likes, and a panic ends in its own thread.
        if !matches!(runtime::spawn_blocking(&runtime, call).await, Ok(Ok(()))) {
            tracing::warn!("an observer of states failed; it is told the next state all the same");
        }
        if states.changed().await.is_err() {
            return;
        }
    }
}
