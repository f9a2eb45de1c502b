//! What guests and devices have in common: whether an account can be used at a time.

use super::{Row, member::flag, time};

/// What an account's state hangs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) enabled: bool,
    /// It waits for its sponsor's word.
    pub(crate) waits: bool,
    /// Seconds since 1970; none is: at once.
    pub(crate) start: Option<i64>,
    /// Seconds since 1970; none is: never.
    pub(crate) expire: Option<i64>,
}

impl Account {
    pub(crate) fn of(row: &Row) -> Self {
        let time = |name| row.get(name).and_then(time::of);
        let number = |name| row.get(name).and_then(serde_json::Value::as_i64);
        Self {
            enabled: row.get("enabled").and_then(flag).unwrap_or(true),
            waits: number("register_token_confirmed") == Some(0),
            start: time("start_time"),
            expire: time("expire_time"),
        }
    }

    /// `current_state`. Its four words are the vendor's \[V\]; what each stands for is \[I\].
    pub(crate) fn state(self, now: i64) -> &'static str {
        match self {
            Self { waits: true, .. } => "pending",
            Self { enabled: false, .. } => "disabled",
            Self {
                expire: Some(expire),
                ..
            } if expire <= now => "expired",
            Self {
                start: Some(start), ..
            } if start > now => "pending",
            _ => "active",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_state_follows_from_the_members_and_the_time() {
        let state = |row: serde_json::Value| Account::of(row.as_object().unwrap()).state(1_000);
        assert_eq!(state(json!({})), "active");
        assert_eq!(state(json!({ "enabled": false })), "disabled");
        assert_eq!(state(json!({ "expire_time": 1_000 })), "expired");
        assert_eq!(state(json!({ "expire_time": 1_001 })), "active");
        assert_eq!(state(json!({ "start_time": 1_001 })), "pending");
        assert_eq!(
            state(json!({ "register_token_confirmed": 0, "enabled": false })),
            "pending"
        );
        assert_eq!(state(json!({ "register_token_confirmed": 1 })), "active");
    }
}
