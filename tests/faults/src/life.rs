//! The life of one phone: everything on its timeline happens to it, and its app lives and dies
//! with it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use quickaccess::PlatformEvent;

use crate::{
    app::{App, Client},
    chance::Chance,
    mutation::Mutation,
    oracle::Happening,
    plan::USERS,
    process::Process,
    usage,
    weather::Event,
    world::World,
};

/// A phone while it lives.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) world: Arc<World>,
    client: Client,
    bug: Option<Mutation>,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    app: Option<Arc<Process>>,
    widget: Option<Arc<Process>>,
    processes: u64,
    /// A use or a wake is under way.
    busy: bool,
}

/// Which process of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    App,
    Widget,
}

impl Life {
    pub(crate) fn new(
        world: Arc<World>,
        client: Client,
        bug: Option<Mutation>,
        folder: &Path,
    ) -> Arc<Self> {
        Arc::new(Self {
            world,
            client,
            bug,
            folder: folder.to_owned(),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the first day to the last.
    pub(crate) async fn live(self: Arc<Self>) {
        let world = self.world.clone();
        for (at, event) in &world.plan.timeline {
            world.device.until(*at).await;
            world.tell("event", *at, || event.words());
            self.meet(*event);
        }
        world.device.until(world.plan.life).await;
        self.last_look().await;
        for which in [Which::App, Which::Widget] {
            let process = self.slot(which).take();
            if let Some(process) = process {
                process.kill("the phone's life is over");
            }
        }
        let reuses = world.server.unknown_reuses();
        if reuses > 0 {
            let text = format!("the server saw {reuses} reuses that the book does not know of");
            world.oracle().fault(world.device.at(), &text);
        }
    }

    fn meet(self: &Arc<Self>, event: Event) {
        let (world, device) = (&self.world, &self.world.device);
        match event {
            Event::Use(one) => {
                if self.begin() {
                    tokio::spawn(usage::use_phone(self.clone(), one));
                }
            }
            Event::Wake(lasts) => {
                if self.begin() {
                    tokio::spawn(usage::wake(self.clone(), lasts));
                }
            }
            Event::NetworkGone | Event::NetworkBack => {
                if device.set_online(event == Event::NetworkBack) {
                    self.notify(PlatformEvent::NetworkChanged);
                }
            }
            Event::NetworkChanged => {
                device.change_path();
                self.notify(PlatformEvent::NetworkChanged);
            }
            Event::Server(health) => world.server.set_health(health),
            Event::Admin(what) => {
                world.server.admin(what);
                world.oracle().admin(what, USERS[0].0);
            }
            Event::Reboot(off) => {
                for which in [Which::App, Which::Widget] {
                    let process = self.slot(which).take();
                    if let Some(process) = process {
                        process.kill("the phone restarts");
                    }
                }
                device.sleep();
                device.reboot();
                device.move_wall(off);
                if off != 0 {
                    world.oracle().happens(Happening::ClockMoved);
                }
            }
            Event::ClockMoved(by) => {
                world.oracle().happens(Happening::ClockMoved);
                device.move_wall(by);
                self.notify(PlatformEvent::TimeChanged);
            }
            Event::ClockRight => {
                device.set_wall_right();
                self.notify(PlatformEvent::TimeChanged);
            }
            Event::Store(trouble) => world.safe.set_trouble(trouble),
            Event::Lost(loss) => {
                world.oracle().store_lost(loss, device.at());
                world.safe.lose(loss);
            }
        }
    }

    /// Tells the processes that run.
    fn notify(&self, event: PlatformEvent) {
        for which in [Which::App, Which::Widget] {
            let Some(process) = self.running(which) else {
                continue;
            };
            if !process.is_stopped() {
                let at = self.world.device.at();
                self.world.oracle().reason_to_refresh(at);
                process.notify(event);
            }
        }
    }

    /// Whether nothing else is under way; from now on something is.
    fn begin(&self) -> bool {
        !std::mem::replace(&mut self.state().busy, true)
    }

    /// What was under way is over.
    pub(crate) fn rest(&self) {
        self.state().busy = false;
    }

    fn slot(&self, which: Which) -> impl std::ops::DerefMut<Target = Option<Arc<Process>>> + '_ {
        Slot(self.state(), which)
    }

    /// The living process.
    pub(crate) fn running(&self, which: Which) -> Option<Arc<Process>> {
        let process = self.slot(which).clone();
        process.filter(|process| !process.is_dead())
    }

    /// The living process, which goes on, or a new one.
    pub(crate) fn open(&self, which: Which, chance: &mut Chance) -> Option<Arc<Process>> {
        if let Some(process) = self.running(which) {
            process.stop(false);
            return Some(process);
        }
        if self.client == Client::Core && chance.percent(5) {
            self.tear_files(chance);
        }
        let number = {
            let mut state = self.state();
            state.processes += 1;
            state.processes
        };
        let world = &self.world;
        world.tell("starts", number, || {
            format!("process {number} starts ({which:?})")
        });
        let at = world.device.at();
        world
            .oracle()
            .process_started(number, which == Which::Widget, at);
        let process = Process::start(world, number);
        match App::start(self.client, self.bug, &process, &self.folder) {
            Ok(app) => {
                process.hold(app);
                *self.slot(which) = Some(process.clone());
                Some(process)
            }
            Err(error) => {
                world
                    .oracle()
                    .fault(at, &format!("the app does not start: {error}"));
                None
            }
        }
    }

    /// What a death in the middle of a write leaves in the data folder.
    fn tear_files(&self, chance: &mut Chance) {
        let half = self.folder.join("accounts.json.new");
        let history = self.folder.join("history.jsonl");
        // A folder that is not there yet cannot be torn.
        if chance.percent(50) {
            let _ = fs::write(half, b"{\"version\":1,\"acc");
        } else if let Ok(mut file) = fs::OpenOptions::new().append(true).open(history) {
            let _ = file.write_all(b"{\"at\":17996256");
        }
    }

    /// The history must hold no secret.
    pub(crate) async fn read_history(&self, process: &Arc<Process>) {
        let (Some(app), own) = (process.app(), process.clone()) else {
            return;
        };
        let world = self.world.clone();
        let (tell, told) = tokio::sync::oneshot::channel();
        process.run(async move {
            let limit = own.sleep(Duration::from_secs(120));
            tokio::select! {
                biased;
                texts = app.history() => {
                    let at = world.device.at();
                    for text in texts {
                        world.oracle().text_seen(at, "the history", &text);
                    }
                }
                () = limit => {
                    let at = world.device.at();
                    world.oracle().caller_forgotten("a caller of history", at);
                }
            }
            let _ = tell.send(());
        });
        // It ends without a word where the process does.
        let _ = told.await;
    }

    async fn last_look(&self) {
        self.world.device.wake();
        self.world.device.unlock();
        if let Some(process) = self.running(Which::App) {
            process.stop(false);
            self.read_history(&process).await;
        }
    }
}

/// One of the two places for a running app, under their lock.
struct Slot<'a>(MutexGuard<'a, State>, Which);

impl std::ops::Deref for Slot<'_> {
    type Target = Option<Arc<Process>>;

    fn deref(&self) -> &Self::Target {
        match self.1 {
            Which::App => &self.0.app,
            Which::Widget => &self.0.widget,
        }
    }
}

impl std::ops::DerefMut for Slot<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self.1 {
            Which::App => &mut self.0.app,
            Which::Widget => &mut self.0.widget,
        }
    }
}
