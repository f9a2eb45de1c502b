//! Who somebody is, and which server this is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Who is signed in, from `/oauth/me` \[V\]: an open map, since an enforcement profile may add
/// members of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity {
    members: Map<String, Value>,
}

impl Identity {
    /// The user name, or the API client's for `client_credentials`.
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// The operator profile.
    pub fn profile(&self) -> Option<&str> {
        self.text("info")
    }

    /// A member by its name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// All members in the server's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// Which ClearPass this is, from `/server/version` or `/cppm-version` \[V\].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerVersion {
    /// The version of Policy Manager, such as `6.12.7.123456`.
    pub version: Option<String>,
    /// Everything that the server said, as text.
    pub members: BTreeMap<String, String>,
}

impl ServerVersion {
    pub(crate) fn from_map(map: &Map<String, Value>) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let part = |name: &str| map.get(name).map(text);
        let parts = [
            "app_major_version",
            "app_minor_version",
            "app_service_release",
            "app_build_number",
        ];
        let version = part("cppm_version").or_else(|| {
            let found: Vec<_> = parts.iter().map_while(|name| part(name)).collect();
            (!found.is_empty()).then(|| found.join("."))
        });
        Self {
            version,
            members: map
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_members_are_kept_in_order() {
        let text = r#"{"info":"Help Desk","name":"qa","z":1,"a":[true]}"#;
        let me: Identity = serde_json::from_str(text).unwrap();
        assert_eq!((me.name(), me.profile()), (Some("qa"), Some("Help Desk")));
        let names: Vec<_> = me.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["info", "name", "z", "a"]);
        assert_eq!(serde_json::to_string(&me).unwrap(), text);
    }

    #[test]
    fn both_version_calls_give_a_version() {
        for text in [
            r#"{"cppm_version":"6.12.7.1","guest_version":"6.12.7"}"#,
            r#"{"app_major_version":6,"app_minor_version":12,"app_service_release":7,"app_build_number":"1"}"#,
        ] {
            let map: Map<String, Value> = serde_json::from_str(text).unwrap();
            assert_eq!(
                ServerVersion::from_map(&map).version.as_deref(),
                Some("6.12.7.1")
            );
        }
    }
}
