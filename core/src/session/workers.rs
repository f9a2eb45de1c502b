//! Calls that block, made one at a time and in order away from the async threads. A call that
//! hangs fails after its limit; while it hangs, later ones fail at once instead of waiting behind
//! it, and none of them is made out of order.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use crate::environment::Environment;

/// The last part of a call's limit, which begins anew for a process that was stopped over the
/// call: its timer and the call itself end together when it goes on.
const GRACE: Duration = Duration::from_millis(250);

/// A queue of calls that block.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    jobs: mpsc::UnboundedSender<Job>,
}

struct Job {
    call: Box<dyn FnOnce() + Send>,
    /// Told instead when the call cannot be made or takes too long.
    late: Box<dyn FnOnce() + Send>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}

impl Worker {
    /// Starts a queue whose calls may take so long each.
    pub(crate) fn start(environment: Arc<dyn Environment>, limit: Duration) -> Self {
        let (jobs, queue) = mpsc::unbounded_channel();
        let task = serve(environment.clone(), queue, limit);
        environment.spawn(Box::pin(task));
        Self { jobs }
    }

    /// Makes a call after the ones before it and gives what it returns; `None` when it could not
    /// be made or took too long.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.begin(call).await.ok().flatten()
    }

    /// Puts a call into the queue at once; its outcome can be waited for.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<Option<T>> {
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(std::sync::Mutex::new(Some(tell)));
        let take = |tell: &std::sync::Mutex<Option<oneshot::Sender<Option<T>>>>| {
            tell.lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .take()
        };
        let late = tell.clone();
        let job = Job {
            call: Box::new(move || {
                let result = call();
                if let Some(tell) = take(&tell) {
                    let _ = tell.send(Some(result));
                }
            }),
            late: Box::new(move || {
                if let Some(tell) = take(&late) {
                    let _ = tell.send(None);
                }
            }),
        };
        // When the queue has ended, dropping the job tells the receiver.
        let _ = self.jobs.send(job);
        told
    }
}

async fn serve(
    environment: Arc<dyn Environment>,
    mut queue: mpsc::UnboundedReceiver<Job>,
    limit: Duration,
) {
    while let Some(job) = queue.recv().await {
        let (done, mut is_done) = oneshot::channel::<()>();
        environment.spawn_blocking(Box::new(move || {
            (job.call)();
            drop(done);
        }));
        let grace = GRACE.min(limit);
        let times_out = async {
            environment.sleep(limit - grace).await;
            environment.sleep(grace).await;
        };
        tokio::select! {
            biased;
            _ = &mut is_done => continue,
            () = times_out => (job.late)(),
        }
        // It hangs: nothing overtakes it, and nobody waits behind it.
        loop {
            tokio::select! {
                biased;
                _ = &mut is_done => break,
                job = queue.recv() => match job {
                    Some(job) => (job.late)(),
                    None => return,
                },
            }
        }
    }
}
