//! The phone's secret store: what it holds, how it refuses, and where a process dies at it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use quickaccess::{
    SecretBytes,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

use crate::{
    oracle::{Happening, Trouble as Setback},
    process::Process,
    weather::{Loss, Trouble},
};

/// What outlives the processes.
#[derive(Debug)]
pub(crate) struct Safe(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    entries: HashMap<String, Vec<u8>>,
    trouble: Trouble,
    key_lost: bool,
}

impl Default for Safe {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            entries: HashMap::new(),
            trouble: Trouble::None,
            key_lost: false,
        }))
    }
}

impl Safe {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_trouble(&self, trouble: Trouble) {
        self.inner().trouble = trouble;
    }

    pub(crate) fn is_well(&self) -> bool {
        self.inner().trouble == Trouble::None
    }

    /// Loses what it holds.
    pub(crate) fn lose(&self, loss: Loss) {
        let mut inner = self.inner();
        match loss {
            Loss::Everything => inner.entries.clear(),
            Loss::Key => inner.key_lost = !inner.entries.is_empty(),
            Loss::Damage => {
                for entry in inner.entries.values_mut() {
                    let middle = entry.len() / 2;
                    if let Some(byte) = entry.get_mut(middle) {
                        *byte ^= 0x20;
                    }
                }
            }
        }
    }
}

/// The store as one process sees it.
#[derive(Clone, Debug)]
pub(crate) struct Keeper(pub(crate) Arc<Process>);

/// What becomes of one call.
enum Turn {
    Works,
    Fails(StoreError),
    /// It is carried out and seems to have failed.
    WorksInSecret,
}

impl Keeper {
    fn turn(&self, writes: bool) -> Turn {
        let world = &self.0.world;
        let system = &world.plan.system;
        let (slips, in_secret) = self
            .0
            .draw(|fate| (fate.happens(system.store_slips), fate.percent(50)));
        let turn = match world.safe.inner().trouble {
            _ if !world.device.store_open(system.strict_store) => Turn::Fails(StoreError::Locked),
            Trouble::Full if writes => Turn::Fails(StoreError::Unavailable),
            Trouble::Unavailable => Turn::Fails(StoreError::Unavailable),
            Trouble::Flaky if writes && in_secret => Turn::WorksInSecret,
            Trouble::Flaky => Turn::Fails(StoreError::Unavailable),
            _ if slips && writes && in_secret => Turn::WorksInSecret,
            _ if slips => Turn::Fails(StoreError::Unavailable),
            Trouble::None | Trouble::Full => Turn::Works,
        };
        if !matches!(turn, Turn::Works) {
            let at = world.device.at();
            let mut oracle = world.oracle();
            match turn {
                Turn::Fails(StoreError::Locked) => oracle.happens(Happening::Locked),
                _ if writes => oracle.happens(Happening::WriteRefused),
                _ => {}
            }
            oracle.trouble(Setback::Store, at);
            // A write reads before and after.
            oracle.write_refused(at);
        }
        turn
    }

    fn tell(&self, what: &'static str, turn: &Turn) {
        let words = match turn {
            Turn::Works => "",
            Turn::Fails(StoreError::Locked) => ": locked",
            Turn::Fails(_) => ": refused",
            Turn::WorksInSecret => ": carried out, and told as failed",
        };
        let number = self.0.number;
        self.0.world.tell(what, number, || {
            format!("process {number} {what}s the store{words}")
        });
    }
}

/// Whether an entry is the session's own, and neither a copy beside it nor about certificates.
pub(crate) fn is_record(name: &str) -> bool {
    !name.starts_with("trust-") && !name.contains('.')
}

impl TokenStore for Keeper {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        self.0.blocking_step("before it reads the store");
        let turn = self.turn(false);
        if is_record(name) {
            self.tell("read", &turn);
        }
        match turn {
            Turn::Fails(error) => Err(error),
            Turn::Works | Turn::WorksInSecret => {
                let inner = self.0.world.safe.inner();
                let entry = inner.entries.get(name).ok_or(StoreError::NotFound)?;
                if inner.key_lost {
                    let at = self.0.world.device.at();
                    self.0.world.oracle().write_refused(at);
                    return Err(StoreError::KeyLost);
                }
                Ok(SecretBytes::new(entry.clone()))
            }
        }
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.0.blocking_step("before it writes the store");
        let turn = self.turn(true);
        if is_record(name) {
            self.tell("write", &turn);
        }
        if let Turn::Fails(error) = turn {
            return Err(error);
        }
        {
            let mut inner = self.0.world.safe.inner();
            inner
                .entries
                .insert(name.to_owned(), bytes.expose().to_vec());
            inner.key_lost = false;
        }
        if is_record(name) {
            let at = self.0.world.device.at();
            let mut oracle = self.0.world.oracle();
            oracle.written(self.0.number, bytes.expose(), at);
        }
        self.0.blocking_step("after it wrote the store");
        match turn {
            Turn::WorksInSecret => Err(StoreError::Unavailable),
            _ => Ok(()),
        }
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.0.blocking_step("before it empties the store");
        let turn = self.turn(true);
        if is_record(name) {
            self.tell("empty", &turn);
        }
        if let Turn::Fails(error) = turn {
            return Err(error);
        }
        self.0.world.safe.inner().entries.remove(name);
        if is_record(name) {
            self.0.world.oracle().removed();
        }
        self.0.blocking_step("after it emptied the store");
        match turn {
            Turn::WorksInSecret => Err(StoreError::Unavailable),
            _ => Ok(()),
        }
    }

    fn claims(&self) -> StoreClaims {
        let processes = match self.0.world.plan.system.widget {
            true => Processes::Many,
            false => Processes::One,
        };
        StoreClaims::new(Persistence::Device, processes, None)
    }
}
