//! Points in time as the API's texts have them. Clients send RFC 3339 \[V\], seconds since 1970
//! \[C\], or a date and a time of day, which is taken as UTC.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// RFC 3339 in UTC.
pub(crate) fn text(seconds: i64) -> String {
    timestamp(seconds).to_string()
}

/// A text for people, the form that endpoints have: `Nov 24, 2026 08:00:11 UTC` \[C\].
pub(crate) fn display(seconds: i64) -> String {
    timestamp(seconds)
        .strftime("%b %d, %Y %H:%M:%S UTC")
        .to_string()
}

/// Seconds since 1970 of a value that means a point in time.
pub(crate) fn of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().filter(|seconds| exists(*seconds)),
        Value::String(text) => parse(text),
        _ => None,
    }
}

/// Seconds since 1970.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds).filter(|seconds| exists(*seconds));
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_second());
    }
    let civil: DateTime = text.parse().ok()?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_second())
}

fn exists(seconds: i64) -> bool {
    Timestamp::from_second(seconds).is_ok()
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_clients_send() {
        let moment = 1_793_000_400;
        assert_eq!(text(moment), "2026-10-26T07:40:00Z");
        assert_eq!(display(moment), "Oct 26, 2026 07:40:00 UTC");
        for form in [
            "2026-10-26T07:40:00Z",
            "2026-10-26T09:40:00+02:00",
            "2026-10-26 07:40:00",
            "2026-10-26 07:40",
            "1793000400",
        ] {
            assert_eq!(parse(form), Some(moment), "{form}");
        }
        assert_eq!(of(&moment.into()), Some(moment));
        for wrong in ["", "soon", "2026-13-01", "99999999999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(of(&i64::MAX.into()), None);
    }
}
