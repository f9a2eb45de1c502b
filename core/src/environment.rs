//! Where the outside world comes in: the clocks, randomness, waiting, and threads for calls
//! that block. Tests put virtual ones here; everything else of the core is free of them.

use std::{fmt, future::Future, pin::Pin, time::Duration};

/// A future that is boxed and can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The outside world as the core sees it.
pub trait Environment: Send + Sync + fmt::Debug + 'static {
    /// Reads both clocks.
    fn now(&self) -> Now;

    /// Fills the bytes with randomness that nobody can guess.
    fn random(&self, bytes: &mut [u8]);

    /// Waits. It may stop while the device sleeps, so it is a hint only.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// Runs a task to its end, whoever waits for it.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Runs a call that may block (a secret store, a file) away from the async threads.
    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>);
}

/// One reading of the clocks, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Now {
    /// Which boot of the device this is.
    pub boot_id: BootId,
    /// Since that boot, sleep included.
    pub boot: Millis,
    /// Wall time since 1970-01-01T00:00Z; a person or a network may set it to anything.
    pub wall: Millis,
}

/// Milliseconds.
pub type Millis = u64;

/// Names one boot of the device, so that two readings of the boot clock can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootId(pub u64);

/// The device's own clocks and randomness, on the tokio runtime that is current when it is made.
pub struct SystemEnvironment {
    boot_id: BootId,
    runtime: tokio::runtime::Handle,
}

impl SystemEnvironment {
    /// Takes the current tokio runtime, or `None` outside one.
    pub fn current() -> Option<Self> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        Some(Self {
            boot_id: clocks::boot_id(),
            runtime,
        })
    }

    /// Uses the given tokio runtime.
    pub fn with_runtime(runtime: tokio::runtime::Handle) -> Self {
        Self {
            boot_id: clocks::boot_id(),
            runtime,
        }
    }
}

impl fmt::Debug for SystemEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemEnvironment").finish_non_exhaustive()
    }
}

impl Environment for SystemEnvironment {
    fn now(&self) -> Now {
        Now {
            boot_id: self.boot_id,
            boot: clocks::boot(),
            wall: clocks::wall(),
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .expect("the operating system's randomness does not fail once it runs");
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let _inside = self.runtime.enter();
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.runtime.spawn(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        self.runtime.spawn_blocking(call);
    }
}

mod clocks {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::{BootId, Millis};

    pub(super) fn wall() -> Millis {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis() as Millis)
    }

    /// The clock that runs on in sleep (`CLOCK_BOOTTIME`).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) fn boot() -> Millis {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        time.tv_sec as Millis * 1_000 + time.tv_nsec as Millis / 1_000_000
    }

    /// The clock that runs on in sleep: Apple's `CLOCK_MONOTONIC` does.
    #[cfg(target_vendor = "apple")]
    pub(super) fn boot() -> Millis {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        time.tv_sec as Millis * 1_000 + time.tv_nsec as Millis / 1_000_000
    }

    /// Elsewhere the clock counts from the start of the process, which counts as one boot.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    pub(super) fn boot() -> Millis {
        use std::{sync::OnceLock, time::Instant};
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_millis() as Millis
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) fn boot_id() -> BootId {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(
            |_| boot_id_from_clocks(),
            |text| BootId(hash(text.trim().as_bytes())),
        )
    }

    #[cfg(target_vendor = "apple")]
    pub(super) fn boot_id() -> BootId {
        boot_id_from_clocks()
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    pub(super) fn boot_id() -> BootId {
        let mut bytes = [0; 8];
        match getrandom::fill(&mut bytes) {
            Ok(()) => BootId(u64::from_le_bytes(bytes)),
            Err(_) => BootId(hash(&wall().to_le_bytes())),
        }
    }

    /// Where the system does not name its boots, the minute of the boot does. A clock that was
    /// set in between makes it look like another boot, and then wall time decides: never wrong,
    /// only less sure.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn boot_id_from_clocks() -> BootId {
        BootId(wall().saturating_sub(boot()) / 60_000)
    }

    #[cfg_attr(target_vendor = "apple", allow(dead_code))]
    fn hash(bytes: &[u8]) -> u64 {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let mut first = [0; 8];
        first.copy_from_slice(&digest.as_ref()[..8]);
        u64::from_le_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_boot_clock_moves_forward_within_one_boot() {
        let environment = SystemEnvironment::current().expect("inside a runtime");
        let (first, second) = (environment.now(), environment.now());
        assert_eq!(first.boot_id, second.boot_id);
        assert!(first.boot <= second.boot);
        assert!(
            first.wall > 1_600_000_000_000,
            "wall time is of this century"
        );
    }
}
