//! What a person may do: the list of `/oauth/privileges`, where a leading symbol tells the level.

use std::fmt;

/// The privileges of a person's operator profile, in the server's order.
///
/// ```
/// use quickaccess::{Level, Need, Privileges};
///
/// let privileges = Privileges::from_names(["guest_users", "#cppm_endpoints", "?platform"]);
/// assert!(privileges.allows("guest_users", Need::Delete));
/// assert!(privileges.allows("cppm_endpoints", Need::Read));
/// assert!(!privileges.allows("cppm_endpoints", Need::Write));
/// assert_eq!(privileges.level("platform"), Some(Level::Allowed));
/// assert_eq!(privileges.level("no_such"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privileges {
    list: Vec<Privilege>,
}

/// One privilege.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// The name without its symbol.
    pub name: String,
    /// How far it goes.
    pub level: Level,
}

/// How far a privilege goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// No symbol: read, write and delete \[O\].
    Full,
    /// `%`: seen on live servers; most likely read and write without delete \[I\].
    ReadWrite,
    /// `#`: read only \[O\].
    Read,
    /// `?`: a parent that is visible and gives nothing by itself \[O\].
    Allowed,
    /// Another symbol: some access, nobody knows how much.
    Unknown(char),
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Look at things.
    Read,
    /// Make and change things.
    Write,
    /// Remove things.
    Delete,
}

impl Privileges {
    /// Reads the names as the server lists them. Names that are not known are kept; of a name
    /// that comes twice the first counts.
    pub fn from_names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut list: Vec<Privilege> = Vec::new();
        for name in names {
            let privilege = Privilege::read(name.as_ref());
            if !privilege.name.is_empty() && !list.iter().any(|known| known.name == privilege.name)
            {
                list.push(privilege);
            }
        }
        Self { list }
    }

    /// How far a privilege goes; `None` without it.
    pub fn level(&self, name: &str) -> Option<Level> {
        self.iter()
            .find(|privilege| privilege.name == name)
            .map(|privilege| privilege.level)
    }

    /// Whether a privilege is enough for something. An unknown symbol is taken as enough to look:
    /// the server has the last word.
    pub fn allows(&self, name: &str, need: Need) -> bool {
        self.level(name).is_some_and(|level| level.allows(need))
    }

    /// All of them, in the server's order.
    pub fn iter(&self) -> impl Iterator<Item = &Privilege> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Privilege {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let level = match text.chars().next() {
            Some('#') => Level::Read,
            Some('?') => Level::Allowed,
            Some('%') => Level::ReadWrite,
            Some(symbol) if !symbol.is_alphanumeric() && symbol != '_' => Level::Unknown(symbol),
            _ => Level::Full,
        };
        let name = match level {
            Level::Full => text,
            _ => {
                let mut rest = text.chars();
                rest.next();
                rest.as_str()
            }
        };
        Self {
            name: name.to_owned(),
            level,
        }
    }

    /// A name for people: the well-known ones in words, others with spaces for underscores.
    pub fn display_name(&self) -> String {
        DISPLAY_NAMES
            .iter()
            .find(|(name, _)| *name == self.name)
            .map_or_else(
                || self.name.replace('_', " "),
                |(_, words)| (*words).to_owned(),
            )
    }
}

impl Level {
    /// Whether it is enough for something.
    pub fn allows(self, need: Need) -> bool {
        match self {
            Self::Full => true,
            Self::ReadWrite => need != Need::Delete,
            Self::Read | Self::Unknown(_) => need == Need::Read,
            Self::Allowed => false,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full access",
            Self::ReadWrite => "read and write",
            Self::Read => "read only",
            Self::Allowed => "visible",
            Self::Unknown(_) => "some access",
        })
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.display_name(), self.level)
    }
}

/// Words for privileges whose meaning is known from the calls that need them.
const DISPLAY_NAMES: &[(&str, &str)] = &[
    ("admin_users", "Administrators"),
    ("api_clients", "API clients"),
    ("api_docs", "API explorer"),
    ("api_index", "API"),
    ("apigility", "API framework"),
    ("auth_profiles", "Operator profiles"),
    ("cppm_admin_users", "Administrators"),
    ("cppm_cert_trust_list", "Trusted certificates"),
    ("cppm_certificates", "Certificates"),
    ("cppm_config", "Policy Manager configuration"),
    ("cppm_deny_listed_users", "Deny-listed users"),
    ("cppm_endpoints", "Endpoints"),
    ("cppm_local_users", "Local users"),
    ("cppm_login_audit", "Login audit"),
    ("cppm_network_devices", "Network devices"),
    ("cppm_roles", "Roles"),
    ("cppm_system_events", "System events"),
    ("guest_sessions_history", "Guest sessions"),
    ("guest_users", "Guest accounts"),
    ("insight_alert", "Insight alerts"),
    ("mac", "Devices"),
    ("platform", "Servers and cluster"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a01_the_symbol_tells_the_level() {
        let list = Privileges::from_names(["a", "#b", "?c", "%d", "!e", "_f", "", "#", " #g "]);
        let read: Vec<_> = list.iter().map(|p| (p.name.as_str(), p.level)).collect();
        assert_eq!(
            read,
            [
                ("a", Level::Full),
                ("b", Level::Read),
                ("c", Level::Allowed),
                ("d", Level::ReadWrite),
                ("e", Level::Unknown('!')),
                ("_f", Level::Full),
                ("g", Level::Read),
            ]
        );
    }

    #[test]
    fn each_level_allows_what_it_says() {
        let enough =
            |level: Level| [Need::Read, Need::Write, Need::Delete].map(|need| level.allows(need));
        assert_eq!(enough(Level::Full), [true, true, true]);
        assert_eq!(enough(Level::ReadWrite), [true, true, false]);
        assert_eq!(enough(Level::Read), [true, false, false]);
        assert_eq!(enough(Level::Allowed), [false, false, false]);
        assert_eq!(enough(Level::Unknown('!')), [true, false, false]);
    }

    #[test]
    fn names_come_in_words() {
        let words: Vec<_> = Privileges::from_names(["#cppm_endpoints", "new_thing"])
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(words, ["Endpoints: read only", "new thing: full access"]);
    }
}
