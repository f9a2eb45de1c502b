//! Who somebody is, what they may do, and which server says so.

use quickaccess::Need;
use serde_json::Value;

/// Who is signed in, from `/oauth/me`.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// The user name, or the API client's.
    pub name: Option<String>,
    /// The operator profile.
    pub profile: Option<String>,
    /// All that the server said, in its order: an enforcement profile may add members of its own.
    pub members: Vec<Member>,
}

/// Something that the server said.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its value: a text as it stands, anything else as JSON.
    pub value: String,
}

/// One privilege of a person.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Privilege {
    /// The name without its symbol, such as `guest_users`.
    pub name: String,
    /// A name for people.
    pub display_name: String,
    /// How far it goes.
    pub level: PrivilegeLevel,
    /// The level in words, such as `read only`.
    pub level_in_words: String,
    /// Whether it is enough to look at things.
    pub may_read: bool,
    /// Whether it is enough to make and change things.
    pub may_write: bool,
    /// Whether it is enough to remove things.
    pub may_delete: bool,
}

/// How far a privilege goes.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PrivilegeLevel {
    /// No symbol: read, write and delete.
    Full,
    /// `%`: most likely read and write without delete.
    ReadWrite,
    /// `#`: read only.
    Read,
    /// `?`: a parent that is visible and gives nothing by itself.
    Allowed,
    /// Another symbol: some access, nobody knows how much.
    Unknown {
        /// The symbol.
        symbol: String,
    },
}

/// Which ClearPass this is.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ServerVersion {
    /// The version of Policy Manager, such as `6.12.7.123456`.
    pub version: Option<String>,
    /// Everything that the server said.
    pub members: Vec<Member>,
}

impl Member {
    pub(crate) fn of(members: &serde_json::Map<String, Value>) -> Vec<Self> {
        let members = members.iter();
        Self::all(members.map(|(name, value)| (name.as_str(), value)))
    }

    fn all<'a>(members: impl Iterator<Item = (&'a str, &'a Value)>) -> Vec<Self> {
        let member = |(name, value): (&str, &Value)| Self {
            name: name.to_owned(),
            value: match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
        };
        members.map(member).collect()
    }
}

impl From<quickaccess::Identity> for Identity {
    fn from(identity: quickaccess::Identity) -> Self {
        Self {
            name: identity.name().map(str::to_owned),
            profile: identity.profile().map(str::to_owned),
            members: Member::all(identity.iter()),
        }
    }
}

impl From<&quickaccess::Privilege> for Privilege {
    fn from(privilege: &quickaccess::Privilege) -> Self {
        let level = privilege.level;
        Self {
            name: privilege.name.clone(),
            display_name: privilege.display_name(),
            level: level.into(),
            level_in_words: level.to_string(),
            may_read: level.allows(Need::Read),
            may_write: level.allows(Need::Write),
            may_delete: level.allows(Need::Delete),
        }
    }
}

impl From<quickaccess::Level> for PrivilegeLevel {
    fn from(level: quickaccess::Level) -> Self {
        use quickaccess::Level;
        match level {
            Level::Full => Self::Full,
            Level::ReadWrite => Self::ReadWrite,
            Level::Read => Self::Read,
            Level::Allowed => Self::Allowed,
            Level::Unknown(symbol) => Self::Unknown {
                symbol: symbol.to_string(),
            },
            _ => Self::Unknown {
                symbol: String::new(),
            },
        }
    }
}

impl From<quickaccess::ServerVersion> for ServerVersion {
    fn from(version: quickaccess::ServerVersion) -> Self {
        let members = version.members.into_iter();
        Self {
            version: version.version,
            members: members
                .map(|(name, value)| Member { name, value })
                .collect(),
        }
    }
}
