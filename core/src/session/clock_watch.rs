//! Looks out for a wall clock that was set. It is reported and changes nothing: within one boot the
//! clock that runs on in sleep decides.

use crate::{
    environment::{Millis, Now},
    store::HistoryEntry,
};

/// Less than this is what a clock loses or gains by itself.
const WORTH_A_WORD: i64 = 60_000;

/// The clocks as they were when they agreed last.
#[derive(Debug)]
pub(super) struct ClockWatch {
    agreed: Now,
}

impl ClockWatch {
    pub(super) fn new(now: Now) -> Self {
        Self { agreed: now }
    }

    /// The entry for the history when wall time has not gone with the boot clock; once for each
    /// time that it was set.
    pub(super) fn look(&mut self, now: Now) -> Option<HistoryEntry> {
        if now.boot_id != self.agreed.boot_id {
            self.agreed = now;
            return None;
        }
        let passed = now.boot.saturating_sub(self.agreed.boot);
        let by = difference(now.wall, self.agreed.wall.saturating_add(passed));
        if by.abs() < WORTH_A_WORD {
            return None;
        }
        self.agreed = now;
        let way = if by > 0 { "forward" } else { "back" };
        let minutes = by.unsigned_abs() / 60_000;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let text = format!(
            "This device's clock was set {way} by {hours} h {minutes} min. The session counts by \
             another clock and is not touched."
        );
        tracing::warn!(milliseconds = by, "the wall clock was set");
        Some(HistoryEntry::new(now.wall, "clock_set", None, &text))
    }
}

fn difference(a: Millis, b: Millis) -> i64 {
    let by = i64::try_from(a.abs_diff(b)).unwrap_or(i64::MAX);
    if a < b { -by } else { by }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::BootId;

    fn now(boot: Millis, wall: Millis) -> Now {
        Now {
            boot_id: BootId(1),
            boot,
            wall,
        }
    }

    #[test]
    fn a_clock_that_is_set_is_told_once_and_drift_is_not() {
        let mut watch = ClockWatch::new(now(0, 1_000_000));
        assert_eq!(watch.look(now(3_600_000, 4_600_000 + 59_999)), None);
        let told = watch.look(now(3_600_000, 4_600_000 + 5_400_000)).unwrap();
        assert!(told.text.contains("forward by 1 h 30 min"), "{}", told.text);
        assert_eq!(watch.look(now(3_660_000, 10_060_000)), None);
        let told = watch.look(now(3_660_000, 0)).unwrap();
        assert!(told.text.contains("back by 2 h 47 min"), "{}", told.text);
        assert!(watch.look(now(3_660_000, Millis::MAX)).is_some());
        assert!(watch.look(now(3_660_000, 0)).is_some());
    }
}
