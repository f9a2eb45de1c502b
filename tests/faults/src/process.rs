//! A process of the app: its tasks can be stopped and gone on with, as a phone's system does, and
//! ended at any of their turns, with nothing of it running any further. It is the core's
//! environment too: clocks, randomness, timers and threads.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use quickaccess::{BoxFuture, Environment, Now, PlatformEvent};
use tokio::task::AbortHandle;

use crate::{
    app::App,
    chance::Chance,
    time::{MINUTE, SECOND},
    world::World,
};

/// Chances in a million that a task that could go on lets others go first.
const YIELDS: u64 = 30_000;

/// One process of the app.
pub(crate) struct Process {
    pub(crate) world: Arc<World>,
    /// Counts the processes of a phone.
    pub(crate) number: u64,
    dead: AtomicBool,
    stopped: AtomicBool,
    inner: Mutex<Inner>,
    /// The client in it; gone with the process, and its locks in the data folder with it.
    app: Mutex<Option<App>>,
}

struct Inner {
    /// Decides about order, delays and death.
    fate: Chance,
    /// What the core gets as randomness.
    random: Chance,
    /// Who wants to go on when the process does.
    parked: Vec<Waker>,
    tasks: Vec<(AbortHandle, Arc<Body>)>,
}

/// What a task does; taken out when the process dies, so that nothing of it is left: no lock of
/// the data folder, no handle, no token.
type Body = Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>;

/// A call that blocks for longer is given up by whoever waits for it.
const PATIENCE: u64 = 10 * SECOND;

/// What unwinds a call that a process dies in.
struct Died;

impl Process {
    pub(crate) fn start(world: &Arc<World>, number: u64) -> Arc<Self> {
        let seed = world.plan.seed;
        let process = Arc::new(Self {
            world: world.clone(),
            number,
            dead: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                fate: Chance::stream(seed ^ number, "fate"),
                random: Chance::stream(seed ^ number, "random"),
                parked: Vec::new(),
                tasks: Vec::new(),
            }),
            app: Mutex::new(None),
        });
        world.register(&process);
        process
    }

    /// The client that was started in it, while it lives.
    pub(crate) fn app(&self) -> Option<App> {
        self.app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Tells the client what the platform has to say.
    pub(crate) fn notify(&self, event: PlatformEvent) {
        if let Some(app) = self.app() {
            app.notify(event);
        }
    }

    /// A client was started in it.
    pub(crate) fn hold(&self, app: App) {
        if !self.is_dead() {
            *self.app.lock().unwrap_or_else(PoisonError::into_inner) = Some(app);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A draw that decides about this process.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut self.inner().fate)
    }

    /// Runs a task of the process.
    pub(crate) fn run(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let body: Arc<Body> = Arc::new(Mutex::new(Some(Box::pin(task))));
        let task = Task {
            process: self.clone(),
            body: body.clone(),
        };
        let handle = tokio::spawn(task).abort_handle();
        let mut inner = self.inner();
        if inner.tasks.len() >= 64 {
            inner.tasks.retain(|(task, _)| !task.is_finished());
        }
        inner.tasks.push((handle, body));
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(SeqCst)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(SeqCst)
    }

    /// Ends it: none of its tasks runs any further.
    pub(crate) fn kill(&self, why: &'static str) {
        if self.dead.swap(true, SeqCst) {
            return;
        }
        self.world.tell("died", self.number, || {
            format!("process {} ends: {why}", self.number)
        });
        let at = self.world.device.at();
        self.world.oracle().process_died(self.number, at);
        let tasks = {
            let mut inner = self.inner();
            inner.parked.clear();
            std::mem::take(&mut inner.tasks)
        };
        for (task, body) in tasks {
            task.abort();
            // The one that it dies in is being polled, and ends with this turn.
            let body = body.try_lock().ok().and_then(|mut body| body.take());
            drop(body);
        }
        let app = self
            .app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(app);
    }

    /// Whether it dies at this step of the store or the network.
    pub(crate) fn dies(&self, step: &'static str) -> bool {
        let ppm = self.world.plan.system.dies_at_step;
        if !self.is_dead() && self.draw(|fate| fate.happens(ppm)) {
            self.kill(step);
        }
        self.is_dead()
    }

    /// A step inside a call that blocks: where the process dies, nothing after it happens.
    pub(crate) fn blocking_step(&self, step: &'static str) {
        if self.dies(step) {
            resume_unwind(Box::new(Died));
        }
    }

    /// The system stops all its tasks, or lets them go on.
    pub(crate) fn stop(&self, stopped: bool) {
        if self.stopped.swap(stopped, SeqCst) != stopped {
            let at = self.world.device.at();
            self.world
                .oracle()
                .process_stopped(self.number, stopped, at);
        }
        if !stopped {
            let parked = std::mem::take(&mut self.inner().parked);
            parked.into_iter().for_each(Waker::wake);
        }
    }

    /// Waits on the clock of timers, which stops while the phone sleeps.
    pub(crate) async fn sleep(self: Arc<Self>, time: Duration) {
        let end = self.world.device.awake_time() + time.as_millis() as u64;
        loop {
            let now = self.world.device.awake_time();
            if now >= end {
                return;
            }
            tokio::time::sleep(Duration::from_millis(end - now)).await;
        }
    }

    fn store_hangs(&self, hangs: bool) {
        let at = self.world.device.at();
        self.world.oracle().store_hangs(self.number, hangs, at);
    }

    /// How long a call that blocks takes: milliseconds, at times seconds, and now and then so
    /// long that nobody waits for it any more.
    fn blocking_delay(&self) -> u64 {
        self.draw(|fate| match fate.below(10_000) {
            0..2 => fate.between(PATIENCE + 500, MINUTE),
            2..60 => fate.magnitude(50, 4 * SECOND),
            _ => fate.between(1, 12),
        })
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// The process as the core's environment.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) process: Arc<Process>,
    /// A bug on purpose: wall time is told for the clock that no person can move.
    pub(crate) wall_time_trusted: bool,
}

impl Environment for Surroundings {
    fn now(&self) -> Now {
        let now = self.process.world.device.now();
        match self.wall_time_trusted {
            true => Now {
                boot: now.wall,
                ..now
            },
            false => now,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        let random = &mut self.process.inner().random;
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&random.next().to_le_bytes()[..chunk.len()]);
        }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.process.clone().sleep(time))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.process.run(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        let process = self.process.clone();
        self.process.run(async move {
            let delay = process.blocking_delay();
            let hangs = delay > PATIENCE;
            if hangs {
                process.store_hangs(true);
            }
            process.clone().sleep(Duration::from_millis(delay)).await;
            if hangs {
                process.store_hangs(false);
            }
            call();
        });
    }
}

/// A task of a process.
struct Task {
    process: Arc<Process>,
    body: Arc<Body>,
}

impl Future for Task {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let process = &self.process;
        if process.is_stopped() && !process.is_dead() {
            process.inner().parked.push(context.waker().clone());
            return Poll::Pending;
        }
        let dies_at_turn = process.world.plan.system.dies_at_turn;
        let (yields, dies) =
            process.draw(|fate| (fate.happens(YIELDS), fate.happens(dies_at_turn)));
        if dies {
            process.kill("at a turn of one of its tasks");
        }
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(task) = body.as_mut().filter(|_| !process.is_dead()) else {
            *body = None;
            return Poll::Ready(());
        };
        if yields {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context))) {
            Ok(Poll::Pending) if !process.is_dead() => return Poll::Pending,
            Ok(_) => {}
            Err(payload) if payload.is::<Died>() => {}
            Err(payload) => {
                let world = &process.world;
                world.oracle().fault(world.device.at(), &text_of(&*payload));
            }
        }
        *body = None;
        Poll::Ready(())
    }
}

fn text_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}
