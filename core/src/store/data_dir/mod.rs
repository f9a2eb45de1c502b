//! The folder for what is not secret: the account index with the sign-out fence, the history, the
//! learned server modes, the install marker and the locks. A damaged file is set aside, reported
//! and begun anew.

mod accounts;
mod files;
mod history;
mod index;
mod processes;

use std::{
    fmt,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use self::history::HistoryEntry;
pub(crate) use self::{accounts::AccountEntry, index::Which};
use self::{
    files::{Files, Lock},
    processes::Held,
};
use super::StoreError;
use crate::{
    error::{Code, Error},
    session::model::{Holder, ServerMode},
};

const MODES: &str = "modes.json";
const INSTALLED: &str = "installed";
/// The version of the JSON files.
const VERSION: u64 = 1;
/// How many server modes are kept.
const MOST_MODES: usize = 100;

/// The data folder. Its calls block for milliseconds; several processes may use one folder.
#[derive(Debug)]
pub(crate) struct DataDir {
    files: Files,
    damaged: Mutex<Vec<&'static str>>,
    held: Held,
}

/// Whether this installation of the app has run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installed {
    /// It has, or there is no telling: what the store holds is ours.
    Before,
    /// This is its first start.
    Fresh,
}

impl DataDir {
    /// Opens a folder, which is made if it is missing.
    ///
    /// # Errors
    /// `store_unavailable` names the folder and what the operating system says.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let files = Files::in_folder(path).map_err(|error| {
            Error::with_message(
                Code::StoreUnavailable,
                format!(
                    "The data folder {} cannot be made: {error}. Give a folder that this app may \
                     write to.",
                    path.display()
                ),
            )
        })?;
        Ok(Self::new(files))
    }

    /// Keeps everything in memory, for a store that is there too.
    pub(crate) fn in_memory() -> Self {
        Self::new(Files::Memory(Default::default()))
    }

    fn new(files: Files) -> Self {
        Self {
            files,
            damaged: Mutex::default(),
            held: Held::default(),
        }
    }

    fn damaged(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How a server treats the refresh tokens of a client, if that was learned.
    pub(crate) fn mode(
        &self,
        server: &str,
        client_id: &str,
    ) -> Result<Option<ServerMode>, StoreError> {
        let modes: Modes = self.read(MODES)?;
        let row = modes.modes.iter().find(|row| row.is(server, client_id));
        Ok(row.and_then(|row| mode_of(&row.mode)))
    }

    /// Remembers how a server treats the refresh tokens of a client.
    pub(crate) fn learn_mode(
        &self,
        server: &str,
        client_id: &str,
        mode: ServerMode,
    ) -> Result<(), StoreError> {
        self.edit(MODES, |modes: &mut Modes| {
            modes.modes.retain(|row| !row.is(server, client_id));
            modes.modes.push(ModeRow {
                server: server.to_owned(),
                client_id: client_id.to_owned(),
                mode: mode_text(mode).to_owned(),
            });
            let too_many = modes.modes.len().saturating_sub(MOST_MODES);
            modes.modes.drain(..too_many);
        })
    }

    /// Adds to the history, which keeps the last 200 entries.
    pub(crate) fn add_history(&self, entry: &HistoryEntry) -> Result<(), StoreError> {
        history::append(&self.files, entry)
    }

    /// The history, oldest first.
    pub(crate) fn history(&self) -> Result<Vec<HistoryEntry>, StoreError> {
        history::read(&self.files)
    }

    /// Whether this installation of the app has run before. A marker that cannot be read is no
    /// fresh installation.
    pub(crate) fn installed(&self) -> Installed {
        match (&self.files, self.files.read(INSTALLED)) {
            (Files::Folder(_), Ok(None)) => Installed::Fresh,
            _ => Installed::Before,
        }
    }

    /// Notes that this installation has run.
    pub(crate) fn mark_installed(&self) -> Result<(), StoreError> {
        self.files
            .with_lock(Lock::Files, || self.files.replace(INSTALLED, b"1\n"))
    }

    /// Runs `work` while nobody else, in this process or another, does the same: for
    /// milliseconds, around a compare-and-save, and never over a network call.
    ///
    /// # Errors
    /// `Busy` when the lock is not free within two seconds.
    pub(crate) fn with_lock<T>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.files.with_lock(Lock::Store, work)
    }

    /// Shows other processes that this handle lives, until it goes; gives the number that it goes
    /// by in a journal.
    pub(crate) fn enter(&self, random: u64) -> u64 {
        self.held.enter(&self.files, random)
    }

    /// Makes sure that no other process uses the folder, until the handle goes.
    ///
    /// # Errors
    /// `Denied` when another process has it, `Unavailable` when there is no telling.
    pub(crate) fn claim(&self) -> Result<(), StoreError> {
        self.held.claim(&self.files)
    }

    /// What can be told of the process that goes by this number.
    pub(crate) fn holder(&self, owner: u64) -> Holder {
        processes::holder(&self.files, owner)
    }

    /// The files that were found damaged and set aside since this was asked last.
    pub(crate) fn take_damaged(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.damaged())
    }

    /// Reads a JSON file; a missing or damaged one is the default.
    fn read<T: DeserializeOwned + Default>(&self, name: &'static str) -> Result<T, StoreError> {
        match self.parse(name)? {
            Parsed::Whole(value) => Ok(value),
            // Moved only under the lock: another process may just have written it anew.
            Parsed::Damaged => self.files.with_lock(Lock::Files, || self.read_locked(name)),
        }
    }

    fn read_locked<T: DeserializeOwned + Default>(
        &self,
        name: &'static str,
    ) -> Result<T, StoreError> {
        match self.parse(name)? {
            Parsed::Whole(value) => Ok(value),
            Parsed::Damaged => {
                self.files.set_aside(name)?;
                tracing::warn!(file = name, "a damaged file was set aside");
                self.damaged().push(name);
                Ok(T::default())
            }
        }
    }

    fn parse<T: DeserializeOwned + Default>(
        &self,
        name: &'static str,
    ) -> Result<Parsed<T>, StoreError> {
        let Some(bytes) = self.files.read(name)? else {
            return Ok(Parsed::Whole(T::default()));
        };
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&bytes) else {
            return Ok(Parsed::Damaged);
        };
        match json["version"].as_u64() {
            Some(VERSION) => {}
            Some(version) if version > VERSION => {
                tracing::warn!(file = name, "the file is of a newer version of the app");
                return Err(StoreError::Unavailable);
            }
            _ => return Ok(Parsed::Damaged),
        }
        Ok(serde_json::from_value(json).map_or(Parsed::Damaged, Parsed::Whole))
    }

    /// Reads, changes and writes a JSON file under its lock.
    fn edit<T, R>(
        &self,
        name: &'static str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, StoreError>
    where
        T: DeserializeOwned + Serialize + Default + Clone + PartialEq + fmt::Debug,
    {
        let mut change = Some(change);
        let mut result = None;
        self.edit_whatever(name, &mut |file: &mut T| {
            result = change.take().map(|change| change(file));
        })?;
        result.ok_or(StoreError::Unavailable)
    }

    /// The same for every change of one kind of file, which is compiled once for that kind.
    fn edit_whatever<T>(
        &self,
        name: &'static str,
        change: &mut dyn FnMut(&mut T),
    ) -> Result<(), StoreError>
    where
        T: DeserializeOwned + Serialize + Default + Clone + PartialEq + fmt::Debug,
    {
        self.files.with_lock(Lock::Files, || {
            let before: T = self.read_locked(name)?;
            let mut after = before.clone();
            change(&mut after);
            if after != before {
                let file = Versioned {
                    version: VERSION,
                    content: &after,
                };
                let json = serde_json::to_vec_pretty(&file).map_err(|_| StoreError::Unavailable)?;
                self.files.replace(name, &json)?;
            }
            Ok(())
        })
    }
}

/// A JSON file that was read.
enum Parsed<T> {
    Whole(T),
    Damaged,
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u64,
    #[serde(flatten)]
    content: &'a T,
}

/// The learned modes as they are written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Modes {
    #[serde(default)]
    modes: Vec<ModeRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ModeRow {
    server: String,
    client_id: String,
    mode: String,
}

impl ModeRow {
    fn is(&self, server: &str, client_id: &str) -> bool {
        self.server == server && self.client_id == client_id
    }
}

fn mode_text(mode: ServerMode) -> &'static str {
    match mode {
        ServerMode::Rotate => "rotate",
        ServerMode::Reusable => "reusable",
        ServerMode::OneShot => "one_shot",
    }
}

fn mode_of(text: &str) -> Option<ServerMode> {
    [
        ServerMode::Rotate,
        ServerMode::Reusable,
        ServerMode::OneShot,
    ]
    .into_iter()
    .find(|&mode| mode_text(mode) == text)
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .expect("the operating system's randomness does not fail once it runs");
    format!("{:032x}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
