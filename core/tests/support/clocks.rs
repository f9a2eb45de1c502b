//! Clocks on tokio's paused time: the boot clock follows it, wall time can be set, the device can
//! be rebooted, and randomness comes from a seed.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use quickaccess::{BootId, BoxFuture, Environment, Now};

#[derive(Clone, Debug)]
pub(crate) struct TestClocks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: tokio::time::Instant,
    boot: AtomicU64,
    booted_at: AtomicU64,
    slept: AtomicU64,
    wall_offset: AtomicI64,
    random: Mutex<u64>,
}

/// Wall time at the start of every test.
pub(crate) const START: u64 = 1_800_000_000_000;

impl TestClocks {
    pub(crate) fn new() -> Self {
        let seed = std::env::var("QUICKACCESS_TEST_SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or(0x5eed);
        println!("QUICKACCESS_TEST_SEED={seed}");
        Self(Arc::new(Inner {
            start: tokio::time::Instant::now(),
            boot: AtomicU64::new(1),
            booted_at: AtomicU64::new(0),
            slept: AtomicU64::new(0),
            wall_offset: AtomicI64::new(0),
            random: Mutex::new(seed),
        }))
    }

    /// Sets wall time forward or back.
    pub(crate) fn set_wall(&self, by: i64) {
        self.0.wall_offset.fetch_add(by, SeqCst);
    }

    /// The device sleeps: both clocks go on, and no timer rings.
    pub(crate) fn sleep_through(&self, time: Duration) {
        self.0.slept.fetch_add(time.as_millis() as u64, SeqCst);
    }

    /// Reboots the device: the boot clock starts again. Handles of before must not be used on.
    pub(crate) fn reboot(&self) {
        self.0.boot.fetch_add(1, SeqCst);
        self.0.booted_at.store(self.elapsed(), SeqCst);
    }

    fn elapsed(&self) -> u64 {
        self.0.start.elapsed().as_millis() as u64 + self.0.slept.load(SeqCst)
    }
}

impl Environment for TestClocks {
    fn now(&self) -> Now {
        let elapsed = self.elapsed();
        let wall = (START + elapsed) as i64 + self.0.wall_offset.load(SeqCst);
        Now {
            boot_id: BootId(self.0.boot.load(SeqCst)),
            boot: 1_000_000 + elapsed - self.0.booted_at.load(SeqCst),
            wall: wall.max(0) as u64,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        xorshift(&mut self.0.random.lock().unwrap(), bytes);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(call);
    }
}

/// xorshift64*: enough to tell things apart, and the same in every run.
pub(super) fn xorshift(state: &mut u64, bytes: &mut [u8]) {
    for byte in bytes {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        *byte = (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8;
    }
}
