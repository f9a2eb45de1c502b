//! The runtime that everything here runs on. Foreign threads have none, and the one that UniFFI
//! can bring is a single thread that no constructor and no drop would find.

use std::{
    future::Future,
    pin::Pin,
    sync::{Mutex, OnceLock, PoisonError},
};

use quickaccess::{Code, Error};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
    task::AbortHandle,
};

use crate::failure::QuickAccessError;

/// Enough for a session that waits most of the time; calls that block have threads of their own.
const THREADS: usize = 2;

/// The runtime, which is started at its first use and lives as long as the process.
///
/// # Errors
/// `internal` when the system gives no threads; the next call tries again.
pub(crate) fn handle() -> Result<Handle, Error> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    // One thread starts it, since a second runtime could not be dropped on every thread.
    let _alone = match RUNTIME.get() {
        Some(runtime) => return Ok(runtime.handle().clone()),
        None => STARTING.lock().unwrap_or_else(PoisonError::into_inner),
    };
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime.handle().clone());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("quickaccess")
        .enable_all()
        .build()
        .map_err(|error| {
            Error::with_message(
                Code::Internal,
                format!("The library cannot start its threads: {error}."),
            )
        })?;
    Ok(RUNTIME.get_or_init(|| runtime).handle().clone())
}

/// What becomes of a call when its caller goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The call is dropped.
    Needed,
    /// The call is done all the same.
    Optional,
}

/// A call, whatever it does.
pub(crate) type Call<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Makes a call on the runtime, and waits for it on whatever thread the caller is.
///
/// Every call is the same kind of task: what is compiled for each kind anew, here and in tokio, takes
/// more room than most calls do.
pub(crate) async fn run<T: Send + 'static>(
    runtime: &Handle,
    caller: Caller,
    call: Call<T>,
) -> Result<T, Error> {
    let (tell, told) = oneshot::channel();
    let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        // If this fails, nobody waits for it any more.
        let _ = tell.send(call.await);
    });
    let task = runtime.spawn(task);
    let _ends_with_its_caller = (caller == Caller::Needed).then(|| Abort(task.abort_handle()));
    joined(told.await)
}

/// Makes a call that blocks, on a thread for such calls. It is done whether or not its caller waits.
pub(crate) async fn run_blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, QuickAccessError> {
    let task = handle()?.spawn_blocking(call);
    Ok(joined(task.await)?)
}

/// A panic in the library is a bug that is told, and takes nothing else with it.
fn joined<T, E>(done: Result<Result<T, Error>, E>) -> Result<T, Error> {
    done.unwrap_or_else(|_| Err(Error::new(Code::Internal)))
}

/// Ends a task when it is dropped.
#[derive(Debug)]
struct Abort(AbortHandle);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}
