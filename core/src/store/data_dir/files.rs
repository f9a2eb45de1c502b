//! The files of the data folder: read whole, replaced whole, locked for milliseconds. What they
//! hold is the business of the modules beside this one.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    thread,
    time::{Duration, Instant},
};

use crate::store::StoreError;

/// A larger file is not ours.
const LARGEST: u64 = 4 * 1024 * 1024;
/// How long a lock is waited for. It is held for milliseconds, unless a store hangs.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_POLL: Duration = Duration::from_millis(5);

/// Where the files lie.
#[derive(Debug)]
pub(super) enum Files {
    Folder(PathBuf),
    Memory(Memory),
}

/// The same without a folder.
#[derive(Debug, Default)]
pub(super) struct Memory {
    files: Mutex<BTreeMap<&'static str, Vec<u8>>>,
    locks: [Mutex<()>; 2],
}

/// What is locked. There are two locks, so that a store that hangs under the one does not keep a
/// sign-out from being noted under the other. Order: `Store`, then `Files`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Around a compare-and-save of the secret store.
    Store,
    /// Around a change of a file; nothing but file operations happens under it.
    Files,
}

impl Files {
    /// Takes a folder, which is made for the owner alone if it is missing.
    pub(super) fn in_folder(path: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        Ok(Self::Folder(path.to_owned()))
    }

    /// Reads a file; `None` when there is none.
    pub(super) fn read(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Folder(folder) => match read_whole(&folder.join(name)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(told(name, &error)),
            },
            Self::Memory(memory) => Ok(memory.files().get(name).cloned()),
        }
    }

    /// Puts a file in the place of the old one: after a crash there is the old or the new one.
    pub(super) fn replace(&self, name: &'static str, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => {
                replace_whole(folder, name, bytes).map_err(|error| told(name, &error))
            }
            Self::Memory(memory) => {
                memory.files().insert(name, bytes.to_vec());
                Ok(())
            }
        }
    }

    /// Adds to the end of a file; after a crash there may be a part of it.
    pub(super) fn append(&self, name: &'static str, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => {
                let add = || {
                    let mut file = owner_only().append(true).open(folder.join(name))?;
                    file.write_all(bytes)?;
                    file.sync_data()
                };
                add().map_err(|error| told(name, &error))
            }
            Self::Memory(memory) => {
                memory.files().entry(name).or_default().extend(bytes);
                Ok(())
            }
        }
    }

    /// Moves a damaged file out of the way, over one that was moved before.
    pub(super) fn set_aside(&self, name: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => {
                let aside = folder.join(format!("{name}.damaged"));
                fs::rename(folder.join(name), aside).map_err(|error| told(name, &error))
            }
            Self::Memory(memory) => {
                memory.files().remove(name);
                Ok(())
            }
        }
    }

    /// Runs `work` while nobody else, in this process or another, holds the same lock.
    pub(super) fn with_lock<T>(
        &self,
        lock: Lock,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Folder(folder) => {
                let name = lock.file();
                let file =
                    open_for_owner(&folder.join(name)).map_err(|error| told(name, &error))?;
                let mut file = fd_lock::RwLock::new(file);
                let patience = Patience::new();
                loop {
                    match file.try_write() {
                        Ok(_held) => return work(),
                        Err(error) => patience.wait(name, &error)?,
                    }
                }
            }
            Self::Memory(memory) => {
                let patience = Patience::new();
                loop {
                    match memory.locks[lock as usize].try_lock() {
                        Ok(_held) => return work(),
                        // The work before panicked; each file is whole nevertheless.
                        Err(TryLockError::Poisoned(_held)) => return work(),
                        Err(TryLockError::WouldBlock) => {
                            patience.wait(lock.file(), &ErrorKind::WouldBlock.into())?;
                        }
                    }
                }
            }
        }
    }
}

impl Memory {
    fn files(&self) -> MutexGuard<'_, BTreeMap<&'static str, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lock {
    fn file(self) -> &'static str {
        match self {
            Self::Store => "lock",
            Self::Files => "files.lock",
        }
    }
}

/// Waits for a lock in small steps, on a thread that may block.
struct Patience(Instant);

impl Patience {
    fn new() -> Self {
        Self(Instant::now())
    }

    fn wait(&self, name: &'static str, error: &io::Error) -> Result<(), StoreError> {
        let busy = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted);
        if !busy {
            return Err(told(name, error));
        }
        if self.0.elapsed() >= LOCK_PATIENCE {
            tracing::warn!(file = name, "another process has not let go of the lock");
            return Err(StoreError::Busy);
        }
        thread::sleep(LOCK_POLL);
        Ok(())
    }
}

fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn replace_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    // Left over from a crash, perhaps; the lock keeps others from using it now.
    let mut file = owner_only().write(true).truncate(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, folder.join(name))?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Opens a file that is only there to be locked, and makes it if it is missing.
pub(super) fn open_for_owner(path: &Path) -> io::Result<File> {
    owner_only().append(true).open(path)
}

/// Makes a file that is missing, for the owner alone.
fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// What a failed file operation means for the store, and a line for the log.
fn told(name: &'static str, error: &io::Error) -> StoreError {
    tracing::warn!(file = name, kind = ?error.kind(), "the data folder cannot be used");
    // Before the first unlock, iOS refuses to open files of the app.
    if cfg!(target_os = "ios") && error.kind() == ErrorKind::PermissionDenied {
        StoreError::Locked
    } else {
        StoreError::Unavailable
    }
}
