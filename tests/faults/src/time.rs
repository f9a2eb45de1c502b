//! Milliseconds of true time, counted from the first day of a phone's life at midnight.

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;
/// What counts as a month of a phone.
pub(crate) const MONTH: u64 = 30 * DAY;

/// What wall clocks show at the start: a Monday, 00:00 UTC.
pub(crate) const WALL_AT_START: u64 = 1_799_625_600_000;

/// A moment as people read it: day, hour, minute, second.
pub(crate) fn words(at: u64) -> String {
    format!(
        "day {:>2} {:02}:{:02}:{:02}.{:03}",
        at / DAY,
        at % DAY / HOUR,
        at % HOUR / MINUTE,
        at % MINUTE / SECOND,
        at % SECOND
    )
}

/// A duration as people read it.
pub(crate) fn span(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..MINUTE => format!("{} s", ms / SECOND),
        MINUTE..HOUR => format!("{} min", ms / MINUTE),
        HOUR..DAY => format!("{} h", ms / HOUR),
        _ => format!("{} days", ms / DAY),
    }
}
