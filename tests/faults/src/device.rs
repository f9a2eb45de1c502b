//! The phone itself: its clocks, whether it is awake and unlocked, and its way to the network.
//! True time is the runtime's virtual time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use quickaccess::{BootId, Now};

use crate::time::WALL_AT_START;

/// A phone's clocks, power and network.
#[derive(Debug)]
pub(crate) struct Device {
    start: tokio::time::Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    boot_id: u64,
    booted_at: u64,
    wall_off: i64,
    /// Since when it is awake; `None` while it sleeps.
    awake_since: Option<u64>,
    /// How long it was awake before that.
    awake_before: u64,
    locked: bool,
    unlocked_since_boot: bool,
    online: bool,
    /// Counts the ways to the network: what is open on an older one is dead.
    path: u64,
    /// The last moment at which the phone's wall clock was not the true time.
    wall_wrong_at: Option<u64>,
}

impl Device {
    /// A phone that was just switched on: asleep and locked, with a network.
    pub(crate) fn new() -> Self {
        Self {
            start: tokio::time::Instant::now(),
            state: Mutex::new(State {
                boot_id: 1,
                booted_at: 0,
                wall_off: 0,
                awake_since: None,
                awake_before: 0,
                locked: true,
                unlocked_since_boot: false,
                online: true,
                path: 1,
                wall_wrong_at: None,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True time.
    pub(crate) fn at(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Waits until a moment of true time.
    pub(crate) async fn until(&self, at: u64) {
        tokio::time::sleep_until(self.start + std::time::Duration::from_millis(at)).await;
    }

    /// What an app reads from the clocks. The boot clock runs on in sleep.
    pub(crate) fn now(&self) -> Now {
        let at = self.at();
        let state = self.state();
        let wall = (WALL_AT_START + at) as i64 + state.wall_off;
        Now {
            boot_id: BootId(state.boot_id),
            boot: 20_000 + at - state.booted_at,
            wall: wall.max(0) as u64,
        }
    }

    /// The clock of timers, which stops while the phone sleeps.
    pub(crate) fn awake_time(&self) -> u64 {
        let at = self.at();
        let state = self.state();
        state.awake_before + state.awake_since.map_or(0, |since| at - since)
    }

    pub(crate) fn wake(&self) {
        let at = self.at();
        self.state().awake_since.get_or_insert(at);
    }

    pub(crate) fn sleep(&self) {
        let at = self.at();
        let mut state = self.state();
        if let Some(since) = state.awake_since.take() {
            state.awake_before += at - since;
        }
    }

    pub(crate) fn unlock(&self) {
        let mut state = self.state();
        (state.locked, state.unlocked_since_boot) = (false, true);
    }

    pub(crate) fn lock(&self) {
        self.state().locked = true;
    }

    /// Whether the secret store is open: since the first unlock, or only while unlocked.
    pub(crate) fn store_open(&self, strict: bool) -> bool {
        let state = self.state();
        state.unlocked_since_boot && !(strict && state.locked)
    }

    /// Starts anew, locked. The boot clock begins again.
    pub(crate) fn reboot(&self) {
        let at = self.at();
        let mut state = self.state();
        state.boot_id += 1;
        state.booted_at = at;
        (state.locked, state.unlocked_since_boot) = (true, false);
        state.path += 1;
    }

    /// Moves wall time.
    pub(crate) fn move_wall(&self, by: i64) {
        let at = self.at();
        let mut state = self.state();
        if state.wall_off != 0 {
            state.wall_wrong_at = Some(at);
        }
        state.wall_off += by;
    }

    pub(crate) fn set_wall_right(&self) {
        let off = self.state().wall_off;
        self.move_wall(-off);
    }

    /// Whether wall time was wrong at any moment since.
    pub(crate) fn wall_was_wrong_since(&self, since: u64) -> bool {
        let state = self.state();
        state.wall_off != 0 || state.wall_wrong_at.is_some_and(|at| at >= since)
    }

    /// Whether the phone was started anew since.
    pub(crate) fn rebooted_since(&self, since: u64) -> bool {
        self.state().booted_at > since
    }

    pub(crate) fn is_online(&self) -> bool {
        self.state().online
    }

    /// The network goes or comes. True if that is a change.
    pub(crate) fn set_online(&self, online: bool) -> bool {
        let mut state = self.state();
        let changed = state.online != online;
        if changed {
            state.online = online;
            state.path += 1;
        }
        changed
    }

    pub(crate) fn change_path(&self) {
        self.state().path += 1;
    }

    pub(crate) fn path(&self) -> u64 {
        self.state().path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn clocks_run_as_on_a_phone() {
        let device = Device::new();
        let pass = |ms| tokio::time::sleep(Duration::from_millis(ms));
        device.wake();
        pass(1_000).await;
        device.sleep();
        let before = device.now();
        pass(50_000).await;
        assert_eq!(device.awake_time(), 1_000, "timers stop in sleep");
        assert_eq!(
            device.now().boot - before.boot,
            50_000,
            "the boot clock runs on"
        );
        device.move_wall(-3_600_000);
        assert_eq!(device.now().wall + 3_600_000, before.wall + 50_000);
        assert!(device.wall_was_wrong_since(51_000));
        pass(10).await;
        device.set_wall_right();
        pass(10).await;
        assert_eq!(device.now().wall, before.wall + 50_020);
        assert!(device.wall_was_wrong_since(51_010) && !device.wall_was_wrong_since(51_011));
        device.reboot();
        assert_eq!(device.now().boot, 20_000);
        assert_ne!(device.now().boot_id, before.boot_id);
    }

    #[tokio::test(start_paused = true)]
    async fn the_store_opens_at_the_first_unlock_or_at_each() {
        let device = Device::new();
        assert!(!device.store_open(false));
        device.unlock();
        device.lock();
        assert!(device.store_open(false) && !device.store_open(true));
        device.reboot();
        assert!(!device.store_open(false));
    }
}
