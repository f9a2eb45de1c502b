//! The runtime that everything here runs on. Foreign threads have none, and the one that UniFFI
//! can bring is a single thread that no constructor and no drop would find.

use std::{
    any::Any,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Mutex, OnceLock, PoisonError},
    task::{Context, Poll, ready},
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
        .on_thread_start(outlive_broken_connections)
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

/// A write to a connection that its other side has closed raises SIGPIPE, which ends a program that does
/// not ignore it. Rust's programs and the Java machine ignore it, Swift's programs do not. What the program
/// does about it is its own affair, so this keeps it from the library's threads alone; Apple's sockets are
/// made not to raise it.
fn outlive_broken_connections() {
    #[cfg(all(unix, not(target_vendor = "apple")))]
    {
        use nix::sys::signal::{SigSet, Signal};
        let mut broken = SigSet::empty();
        broken.add(Signal::SIGPIPE);
        // It fails for no signal that there is.
        let _ = broken.thread_block();
    }
}

/// What becomes of a call when its caller goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The call is dropped.
    Needed,
    /// The call is done all the same.
    Optional,
}

/// A call, whatever it does and gives.
pub(crate) type Call<'a, E> = Pin<Box<dyn Future<Output = Result<Given, E>> + Send + 'a>>;

/// What a call gives, until the one who made it takes it out again.
pub(crate) type Given = Box<dyn Any + Send>;

/// A call that is like all others: what is compiled for each kind anew, here and in tokio, takes more
/// room than most calls do.
pub(crate) fn call<T: Send + 'static>(
    call: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Call<'static, Error> {
    Box::pin(async move { Ok(Box::new(call.await?) as Given) })
}

/// Waits for a call, and takes out what it gave.
pub(crate) struct Waiting<'a, T> {
    call: Call<'a, QuickAccessError>,
    gives: PhantomData<fn() -> T>,
}

impl<'a, T> Waiting<'a, T> {
    pub(crate) fn new(call: Call<'a, QuickAccessError>) -> Self {
        let gives = PhantomData;
        Self { call, gives }
    }
}

impl<T: 'static> Future for Waiting<'_, T> {
    type Output = Result<T, QuickAccessError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let given = ready!(self.call.as_mut().poll(cx))?;
        Poll::Ready(
            given
                .downcast()
                .map_or_else(|_| Err(bug()), |given| Ok(*given)),
        )
    }
}

#[cold]
#[inline(never)]
fn bug() -> QuickAccessError {
    Error::new(Code::Internal).into()
}

/// Makes a call on the runtime, and waits for it on whatever thread the caller is.
pub(crate) async fn run(
    runtime: &Handle,
    caller: Caller,
    call: Call<'static, Error>,
) -> Result<Given, Error> {
    let (tell, told) = oneshot::channel();
    let task = spawn(runtime, async move {
        // If this fails, nobody waits for it any more.
        let _ = tell.send(call.await);
    });
    let _ends_with_its_caller = (caller == Caller::Needed).then(|| Abort(task));
    joined(told.await)
}

/// Starts a task on the runtime, of the one kind that there is.
pub(crate) fn spawn(
    runtime: &Handle,
    task: impl Future<Output = ()> + Send + 'static,
) -> AbortHandle {
    let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
    runtime.spawn(task).abort_handle()
}

/// Makes a call that blocks, on a thread for such calls. It is done whether or not its caller waits.
pub(crate) async fn run_blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, QuickAccessError> {
    let task = spawn_blocking(&handle()?, call);
    Ok(joined(task.await)?)
}

/// Starts a call that blocks, of the one kind that there is. Without a result, it panicked.
pub(crate) fn spawn_blocking<T: Send + 'static>(
    runtime: &Handle,
    call: impl FnOnce() -> T + Send + 'static,
) -> oneshot::Receiver<T> {
    let (tell, told) = oneshot::channel();
    let call: Box<dyn FnOnce() + Send> = Box::new(move || {
        let _ = tell.send(call());
    });
    runtime.spawn_blocking(call);
    told
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
