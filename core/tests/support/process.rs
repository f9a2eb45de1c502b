//! A process of the app on virtual time: an environment whose tasks can be stopped in the middle of
//! whatever they do, go on, or be killed, all of them at once.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use quickaccess::{BoxFuture, Environment, Now, QuickAccess};
use tokio::task::AbortHandle;

use super::TestClocks;

#[derive(Clone, Debug)]
pub(crate) struct TestProcess {
    clocks: TestClocks,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    stopped: bool,
    /// Whoever wants to go on.
    waiting: Vec<Waker>,
    tasks: Vec<AbortHandle>,
}

impl TestProcess {
    pub(crate) fn new(clocks: TestClocks) -> Self {
        Self {
            clocks,
            inner: Arc::default(),
        }
    }

    /// As SIGSTOP does: nothing of it runs from now on.
    pub(crate) fn stop(&self) {
        self.inner.lock().unwrap().stopped = true;
    }

    /// As SIGCONT does.
    pub(crate) fn go_on(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.stopped = false;
        inner.waiting.drain(..).for_each(Waker::wake);
    }

    /// As SIGKILL does: nothing of it is left.
    pub(crate) async fn kill(self, session: QuickAccess) {
        drop(session);
        let tasks = std::mem::take(&mut self.inner.lock().unwrap().tasks);
        tasks.iter().for_each(AbortHandle::abort);
        while tasks.iter().any(|task| !task.is_finished()) {
            tokio::task::yield_now().await;
        }
    }
}

impl Environment for TestProcess {
    fn now(&self) -> Now {
        self.clocks.now()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.clocks.random(bytes);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.clocks.sleep(time)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let process = self.inner.clone();
        let handle = tokio::spawn(Task { process, task }).abort_handle();
        let mut inner = self.inner.lock().unwrap();
        inner.tasks.retain(|task| !task.is_finished());
        inner.tasks.push(handle);
    }

    /// On the test's own thread, so that it stops and dies with the rest.
    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        self.spawn(Box::pin(async move { call() }));
    }
}

struct Task {
    process: Arc<Mutex<Inner>>,
    task: BoxFuture<'static, ()>,
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut process = self.process.lock().unwrap();
        if process.stopped {
            process.waiting.push(context.waker().clone());
            return Poll::Pending;
        }
        drop(process);
        self.task.as_mut().poll(context)
    }
}
