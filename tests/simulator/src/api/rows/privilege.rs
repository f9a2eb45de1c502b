//! What an operator profile's privileges allow.

use serde::Serialize;

/// How far a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Read,
    Write,
    Delete,
}

/// Whether one of the privileges is this one, at this level or above: without a prefix it is full,
/// `#` is read only, `%` is read and write \[I\], `?` makes a parent visible and grants nothing
/// \[O\]; any other prefix means nothing to this server.
pub(crate) fn allows(privileges: &[String], wanted: &str, level: Level) -> bool {
    privileges.iter().any(|privilege| {
        let Some(prefix) = privilege.strip_suffix(wanted) else {
            return false;
        };
        match prefix {
            "" => true,
            "%" => level <= Level::Write,
            "#" => level == Level::Read,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_marking_goes_as_far_as_it_says() {
        let levels = |privilege: &str| {
            let privileges = ["mac".to_owned(), privilege.to_owned()];
            [Level::Read, Level::Write, Level::Delete]
                .map(|level| allows(&privileges, "guest_users", level))
        };
        assert_eq!(levels("guest_users"), [true, true, true]);
        assert_eq!(levels("%guest_users"), [true, true, false]);
        assert_eq!(levels("#guest_users"), [true, false, false]);
        for nothing in [
            "?guest_users",
            "!guest_users",
            "more_guest_users",
            "guest",
            "",
        ] {
            assert_eq!(levels(nothing), [false, false, false], "{nothing}");
        }
    }
}
