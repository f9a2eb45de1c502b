//! The privileges that the simulator knows by name, for `/api/oauth/all-privileges`. The names were
//! seen on real servers \[O\]; their grouping and the answer's inner shape are ours \[U\].

use serde_json::{Map, Value, json};

const GROUPS: &[(&str, &[(&str, &str)])] = &[
    (
        "api_index",
        &[
            ("api_docs", "API explorer"),
            ("apigility", "API framework"),
            ("api_clients", "API clients"),
        ],
    ),
    (
        "cppm_config",
        &[
            ("cppm_admin_users", "Admin users"),
            ("cppm_cert_trust_list", "Certificate trust list"),
            ("cppm_certificates", "Certificates"),
            ("cppm_deny_listed_users", "Deny listed users"),
            ("cppm_endpoints", "Endpoints"),
            ("cppm_local_users", "Local users"),
            ("cppm_login_audit", "Login audit"),
            ("cppm_network_devices", "Network devices"),
            ("cppm_roles", "Roles"),
            ("cppm_system_events", "System events"),
        ],
    ),
    (
        "guest",
        &[
            ("guest_sessions_history", "Active and past sessions"),
            ("guest_users", "Guest accounts"),
            ("mac", "Devices by MAC address"),
        ],
    ),
    ("insight", &[("insight_alert", "Insight alerts")]),
    ("operator_logins", &[("auth_profiles", "Operator profiles")]),
    ("platform", &[]),
];

/// Each privilege with its title.
pub(crate) fn list() -> Value {
    let all = GROUPS.iter().flat_map(|(group, members)| {
        let group = (*group, *group);
        std::iter::once(group)
            .filter(|_| members.is_empty())
            .chain(members.iter().copied())
    });
    json!({ "privileges": titles(all) })
}

/// The privileges within their groups.
pub(crate) fn tree() -> Value {
    let groups: Map<String, Value> = GROUPS
        .iter()
        .map(|(group, members)| ((*group).into(), titles(members.iter().copied())))
        .collect();
    json!({ "privileges": groups })
}

fn titles<'a>(privileges: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    privileges
        .map(|(name, title)| (name.to_owned(), Value::from(title)))
        .collect::<Map<_, _>>()
        .into()
}
