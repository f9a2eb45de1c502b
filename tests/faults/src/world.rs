//! One phone with all that is around it, shared by everything that happens to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use quickaccess_simulator::RefreshMode;

use crate::{
    device::Device,
    oracle::{Lifetimes, Oracle},
    plan::Plan,
    process::Process,
    server::Server,
    store::Safe,
    story::Story,
};

/// A phone and its surroundings.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) device: Device,
    pub(crate) safe: Safe,
    pub(crate) server: Server,
    oracle: Mutex<Oracle>,
    story: Mutex<Story>,
    /// The processes of the app, those that ended included.
    processes: Mutex<Vec<Weak<Process>>>,
}

impl World {
    /// A new phone, inside a runtime whose clock is paused. `silent` for a client that tells no
    /// causes, `readable` for a story that people will read.
    pub(crate) fn new(plan: Plan, silent: bool, readable: bool) -> Self {
        let lives = Lifetimes {
            access: plan.access,
            refresh: plan.refresh,
        };
        let gives_one_use = plan.mode == RefreshMode::OneShot;
        Self {
            device: Device::new(),
            safe: Safe::default(),
            server: Server::new(&plan),
            oracle: Mutex::new(Oracle::new(silent, gives_one_use, lives)),
            story: Mutex::new(Story::new(readable)),
            processes: Mutex::default(),
            plan,
        }
    }

    /// The judge. Never held over anything that waits or calls out.
    pub(crate) fn oracle(&self) -> MutexGuard<'_, Oracle> {
        self.oracle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process of the app starts.
    pub(crate) fn register(&self, process: &Arc<Process>) {
        let mut processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        processes.retain(|process| process.upgrade().is_some_and(|process| !process.is_dead()));
        processes.push(Arc::downgrade(process));
    }

    /// The living processes beside this one that the system has stopped.
    pub(crate) fn stopped_beside(&self, process: &Process) -> Vec<Arc<Process>> {
        let processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let others = processes.iter().filter_map(Weak::upgrade);
        others
            .filter(|other| other.number != process.number && other.is_stopped())
            .filter(|other| !other.is_dead())
            .collect()
    }

    /// Adds to the story: a name and a number for its hash, and words for people.
    pub(crate) fn tell(&self, name: &str, number: u64, words: impl FnOnce() -> String) {
        self.story().tell(self.device.at(), name, number, words);
    }

    /// Whether neither network nor server nor store fails at this moment.
    pub(crate) fn is_well(&self) -> bool {
        self.device.is_online()
            && self.server.is_well()
            && self.safe.is_well()
            && self.device.store_open(self.plan.system.strict_store)
    }
}
