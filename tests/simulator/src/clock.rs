//! The simulator's time: the runtime's clock, so that a paused clock moves it, plus what a test
//! has added. Wall time is a base, set at the start, plus the same.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    offset: Duration,
    wall_at_start: SystemTime,
}

impl Clock {
    pub(crate) fn new(wall_at_start: SystemTime) -> Self {
        Self {
            started: Instant::now(),
            offset: Duration::ZERO,
            wall_at_start,
        }
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed() + self.offset
    }

    pub(crate) fn wall(&self) -> SystemTime {
        self.wall_at_start + self.now()
    }

    /// Lets time pass at once, the wall clock included.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset += by;
    }

    /// Sets the wall clock alone: no token ages by it.
    pub(crate) fn set_wall(&mut self, now: SystemTime) {
        let passed = self.now();
        self.wall_at_start = now.checked_sub(passed).unwrap_or(SystemTime::UNIX_EPOCH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn time_passes_with_the_runtimes_clock_and_by_leaps() {
        let mut clock = Clock::new(SystemTime::UNIX_EPOCH);
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(clock.now(), Duration::from_secs(5));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), Duration::from_secs(65));
        assert_eq!(
            clock.wall(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(65)
        );
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(43_200);
        clock.set_wall(noon);
        assert_eq!((clock.wall(), clock.now()), (noon, Duration::from_secs(65)));
    }
}
