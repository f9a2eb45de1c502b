//! The menus of the consoles, named as the vendor's guide names them \[V\]. API clients and operator
//! profiles lie in ClearPass Guest, the rest in Policy Manager.

pub(super) const API_CLIENTS: &str = "ClearPass Guest: Administration > API Services > API Clients";
pub(super) const PROFILES: &str = "ClearPass Guest: Administration > Operator Logins > Profiles";
pub(super) const LOCAL_USERS: &str = "Policy Manager: Configuration > Identity > Local Users";
pub(super) const SERVICES: &str =
    "Policy Manager: Configuration > Service Templates & Wizards > OAuth2 API User Access";
pub(super) const ACCESS_TRACKER: &str =
    "Policy Manager: Monitoring > Live Monitoring > Access Tracker";

/// Milliseconds as people say them.
pub(super) fn took(millis: u64) -> String {
    match millis {
        0 => "less than a millisecond".to_owned(),
        1..10_000 => format!("{millis} ms"),
        _ => lasting(millis),
    }
}

/// A lifetime in milliseconds, in its two largest units.
pub(super) fn lasting(millis: u64) -> String {
    let seconds = millis / 1_000;
    let two = |large: u64, small: u64, names: [&str; 2]| match small {
        0 => format!("{large} {}", names[0]),
        _ => format!("{large} {} {small} {}", names[0], names[1]),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, seconds % 60, ["min", "s"]),
        3_600..86_400 => two(seconds / 3_600, seconds % 3_600 / 60, ["h", "min"]),
        _ => two(seconds / 86_400, seconds % 86_400 / 3_600, ["d", "h"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_two_largest_units() {
        for (millis, text) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_661_000, "1 h 1 min"),
            (28_800_000, "8 h"),
            (1_299_600_000, "15 d 1 h"),
        ] {
            assert_eq!(lasting(millis), text);
        }
        assert_eq!(
            (took(31).as_str(), took(12_000).as_str()),
            ("31 ms", "12 s")
        );
    }
}
