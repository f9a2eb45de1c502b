//! Which processes use the folder. Each handle holds a file locked for as long as it lives, and the
//! operating system lets go of the lock when its process ends, however it ends: so others can tell
//! whether it still runs.
//!
//! iOS ends an app that is suspended while it holds a lock in a folder that it shares with an
//! extension. There nothing is locked for long, and nobody can tell.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use super::files::{Files, Lock, open_for_owner};
use crate::{session::model::Holder, store::StoreError};

const LOCKS_FOR_LIFE: bool = !cfg!(target_os = "ios");
/// Held by the one process that a store for one process allows.
const ONLY: &str = "only-process.lock";

/// Locks that are held until the handle goes.
#[derive(Debug, Default)]
pub(super) struct Held {
    own: OnceLock<Locked>,
    only: OnceLock<Arc<Locked>>,
}

/// A locked file. The lock goes with the last reference to it.
#[derive(Debug)]
struct Locked {
    _file: fd_lock::RwLock<File>,
    /// What is removed before.
    path: Option<PathBuf>,
}

impl Drop for Locked {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Left behind, it is removed at the next start.
            let _ = fs::remove_file(path);
        }
    }
}

impl Held {
    /// Shows others that this handle lives, under a random number; gives the number that it goes
    /// by, which is odd when others can tell.
    pub(super) fn enter(&self, files: &Files, random: u64) -> u64 {
        let (watched, unwatched) = (random | 1, random & !1);
        let Files::Folder(folder) = files else {
            return unwatched;
        };
        if !LOCKS_FOR_LIFE {
            return unwatched;
        }
        let entered = files.with_lock(Lock::Files, || {
            clear(folder);
            let path = folder.join(file_name(watched));
            let locked = lock(&path)?.ok_or(StoreError::Unavailable)?;
            let _ = self.own.set(Locked {
                _file: locked,
                path: Some(path),
            });
            Ok(())
        });
        match entered {
            Ok(()) => watched,
            Err(_) => unwatched,
        }
    }

    /// Makes sure that no other process uses the folder, until the handle goes. Handles of one
    /// process share the claim.
    ///
    /// # Errors
    /// `Denied` when another process has it; `Unavailable` when the file cannot be locked.
    pub(super) fn claim(&self, files: &Files) -> Result<(), StoreError> {
        static CLAIMS: Mutex<Vec<(PathBuf, Weak<Locked>)>> = Mutex::new(Vec::new());
        let Files::Folder(folder) = files else {
            return Ok(());
        };
        if !LOCKS_FOR_LIFE {
            return Ok(());
        }
        let folder = fs::canonicalize(folder).map_err(|_| StoreError::Unavailable)?;
        let mut claims = CLAIMS.lock().unwrap_or_else(PoisonError::into_inner);
        claims.retain(|(_, claim)| claim.strong_count() > 0);
        let ours = claims.iter().find(|(claimed, _)| *claimed == folder);
        let claim = match ours.and_then(|(_, claim)| claim.upgrade()) {
            Some(claim) => claim,
            None => {
                let locked = lock(&folder.join(ONLY))?.ok_or(StoreError::Denied)?;
                let claim = Arc::new(Locked {
                    _file: locked,
                    path: None,
                });
                claims.push((folder, Arc::downgrade(&claim)));
                claim
            }
        };
        let _ = self.only.set(claim);
        Ok(())
    }
}

/// What can be told of the process that goes by this number.
pub(super) fn holder(files: &Files, owner: u64) -> Holder {
    let Files::Folder(folder) = files else {
        return Holder::Unknown;
    };
    if owner.is_multiple_of(2) {
        return Holder::Unknown;
    }
    let file = match File::open(folder.join(file_name(owner))) {
        Ok(file) => fd_lock::RwLock::new(file),
        Err(error) if error.kind() == ErrorKind::NotFound => return Holder::Gone,
        Err(_) => return Holder::Unknown,
    };
    // Shared, so that two who ask do not take each other for the process.
    match file.try_read() {
        Ok(_) => Holder::Gone,
        Err(error) if error.kind() == ErrorKind::WouldBlock => Holder::Runs,
        Err(_) => Holder::Unknown,
    }
}

fn file_name(owner: u64) -> String {
    format!("process-{owner:016x}.lock")
}

/// Removes what processes that were killed have left behind.
fn clear(folder: &Path) {
    let Ok(files) = fs::read_dir(folder) else {
        return;
    };
    for file in files.flatten() {
        let name = file.file_name();
        let name = name.to_string_lossy();
        let left = name.starts_with("process-") && name.ends_with(".lock");
        if left && matches!(lock(&file.path()), Ok(Some(_))) {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Locks a file for as long as the result lives; `None` when somebody else has it.
fn lock(path: &Path) -> Result<Option<fd_lock::RwLock<File>>, StoreError> {
    let file = open_for_owner(path).map_err(|_| StoreError::Unavailable)?;
    let mut file = fd_lock::RwLock::new(file);
    match file.try_write() {
        // Its guard would let go at the end of this function; the file does so when it is closed.
        Ok(held) => std::mem::forget(held),
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
        Err(_) => return Err(StoreError::Unavailable),
    }
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        (folder, files)
    }

    fn locks(folder: &tempfile::TempDir) -> usize {
        let names = fs::read_dir(folder.path()).unwrap();
        names
            .filter(|file| {
                let name = file.as_ref().unwrap().file_name();
                name.to_string_lossy().starts_with("process-")
            })
            .count()
    }

    #[test]
    fn others_can_tell_how_long_a_process_lives() {
        let (_folder, files) = folder();
        let held = Held::default();
        let owner = held.enter(&files, 0x1234);
        assert_eq!(owner, 0x1235);
        assert_eq!(holder(&files, owner), Holder::Runs);
        assert_eq!(
            holder(&files, owner),
            Holder::Runs,
            "asking changes nothing"
        );
        drop(held);
        assert_eq!(holder(&files, owner), Holder::Gone);
        assert_eq!(holder(&files, 0x1234), Holder::Unknown);
    }

    #[test]
    fn what_a_killed_process_leaves_behind_is_removed_and_the_living_stay() {
        let (folder, files) = folder();
        let living = Held::default();
        let owner = living.enter(&files, 1);
        // No lock on it: its process was killed.
        fs::write(folder.path().join(file_name(7)), "").unwrap();
        assert_eq!(holder(&files, 7), Holder::Gone);
        let other = Held::default();
        other.enter(&files, 9);
        assert_eq!(locks(&folder), 2);
        assert_eq!(holder(&files, 7), Holder::Gone);
        assert_eq!(holder(&files, owner), Holder::Runs);
        drop((living, other));
        assert_eq!(locks(&folder), 0);
    }

    #[test]
    fn a_folder_that_takes_no_file_leaves_it_open_who_lives() {
        let (folder, files) = folder();
        fs::create_dir(folder.path().join("files.lock")).unwrap();
        assert_eq!(Held::default().enter(&files, 5), 4);
        assert_eq!(holder(&files, 4), Holder::Unknown);
        let memory = Files::Memory(Default::default());
        assert_eq!(Held::default().enter(&memory, 5), 4);
    }

    #[test]
    fn handles_of_one_process_share_its_claim() {
        let (folder, files) = folder();
        let (first, second) = (Held::default(), Held::default());
        first.claim(&files).unwrap();
        second.claim(&files).unwrap();
        drop(first);
        // Another process would meet the lock until the last handle has gone.
        assert!(matches!(lock(&folder.path().join(ONLY)), Ok(None)));
        drop(second);
        assert!(matches!(lock(&folder.path().join(ONLY)), Ok(Some(_))));
    }

    #[test]
    fn a_second_process_is_refused() {
        let (folder, files) = folder();
        let other = lock(&folder.path().join(ONLY)).unwrap();
        assert_eq!(Held::default().claim(&files), Err(StoreError::Denied));
        drop(other);
        assert_eq!(Held::default().claim(&files), Ok(()));
    }
}
