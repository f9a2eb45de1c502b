//! What an administrator has set up: API clients, operator profiles, local users and the OAuth2
//! service, read from a JSON file whose mistakes are named where they are.

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Serialize};

/// The embedded default scenario.
const DEFAULT: &str = include_str!("default_scenario.json");

/// 8 hours, ClearPass' own default for access tokens \[V\].
const ACCESS_TOKEN_LIFETIME: u64 = 28_800;
/// 14 days, ClearPass' own default for refresh tokens \[V\].
const REFRESH_TOKEN_LIFETIME: u64 = 14 * 86_400;
/// The longest lifetime that a scenario may give, 100 years in seconds.
const LONGEST_LIFETIME: u64 = 100 * 365 * 86_400;

/// The set-up of a simulated ClearPass.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// What the server says about itself.
    #[serde(default)]
    pub server: Server,
    /// The Policy Manager service that handles the password grant.
    #[serde(default)]
    pub oauth2_service: OAuth2Service,
    /// The API clients.
    pub api_clients: Vec<ApiClient>,
    /// The operator profiles.
    pub operator_profiles: Vec<OperatorProfile>,
    /// The local users.
    #[serde(default)]
    pub local_users: Vec<LocalUser>,
    /// Makes tokens repeatable: two simulators with the same seed and the same requests issue the
    /// same tokens. Without it they are random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What the server's clock says at the start; the real time if missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_clock: Option<jiff::Timestamp>,
}

/// What the server says about itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The name that the pages show.
    pub name: String,
    /// The Policy Manager version, four numbers: major, minor, service release, build.
    pub version: String,
    /// The version of the Guest part.
    pub guest_version: String,
    /// The installed patches.
    pub installed_patches: Vec<String>,
    /// The hardware's name.
    pub hardware_version: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            name: "clearpass-simulator".into(),
            version: "6.12.7.100007".into(),
            guest_version: "6.12.7.100007".into(),
            installed_patches: Vec::new(),
            hardware_version: "CLABV".into(),
        }
    }
}

/// The Policy Manager service made by the template "OAuth2 API User Access" \[V\].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OAuth2Service {
    /// The service's name, shown in Access Tracker.
    pub name: String,
    /// Switched off or missing, the server accepts no password.
    pub enabled: bool,
    /// The enforcement that an accepted sign-in gets.
    pub enforcement_profile: String,
}

impl Default for OAuth2Service {
    fn default() -> Self {
        Self {
            name: "OAuth2 API User Access".into(),
            enabled: true,
            enforcement_profile: "Guest Operator Logins".into(),
        }
    }
}

/// The one grant that an API client is made for \[V\].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientGrant {
    /// User name and password.
    Password,
    /// The client's own id and secret.
    ClientCredentials,
}

/// An API client.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ApiClient {
    /// The client id.
    pub id: String,
    /// The client secret; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Hidden>,
    /// "Public Client": it needs no secret.
    #[serde(default)]
    pub public: bool,
    /// Its grant.
    pub grant: ClientGrant,
    /// "Allow the use of refresh tokens".
    #[serde(default)]
    pub refresh: bool,
    /// Disabling it ends its tokens at once.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The lifetime of its access tokens in seconds, 8 hours if missing.
    #[serde(default = "access_token_lifetime")]
    pub access_token_lifetime: u64,
    /// The lifetime of its refresh tokens in seconds, 14 days if missing.
    #[serde(default = "refresh_token_lifetime")]
    pub refresh_token_lifetime: u64,
    /// The operator profile of tokens of the client credentials grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_profile: Option<String>,
}

impl ApiClient {
    /// A public client for the password grant, with refresh tokens and the default lifetimes.
    pub fn public(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            public: true,
            grant: ClientGrant::Password,
            refresh: true,
            enabled: true,
            access_token_lifetime: ACCESS_TOKEN_LIFETIME,
            refresh_token_lifetime: REFRESH_TOKEN_LIFETIME,
            operator_profile: None,
        }
    }
}

/// An operator profile: a class of users and what they may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorProfile {
    /// The profile's name, `info` in `/oauth/me`.
    pub name: String,
    /// "Allow API Access"; without it every API call is forbidden.
    #[serde(default = "yes")]
    pub api_access: bool,
    /// The privileges with their prefixes, in the order in which the server lists them.
    #[serde(default)]
    pub privileges: Vec<String>,
}

/// A local user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LocalUser {
    /// The user name.
    pub name: String,
    /// The password.
    pub password: Hidden,
    /// The operator profile; without one ClearPass accepts no sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_profile: Option<String>,
    /// A disabled user can't sign in.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// False: the password is right, but nothing is known about the person, which the server
    /// answers with a text of its own \[L\].
    #[serde(default = "yes")]
    pub has_details: bool,
    /// More members for `/oauth/me`, one for each attribute of the enforcement profile \[V\].
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub me: serde_json::Map<String, serde_json::Value>,
}

impl LocalUser {
    /// An enabled user.
    pub fn new(
        name: impl Into<String>,
        password: impl Into<String>,
        operator_profile: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            password: Hidden::new(password),
            operator_profile: Some(operator_profile.into()),
            enabled: true,
            has_details: true,
            me: serde_json::Map::new(),
        }
    }
}

/// A password or client secret of the scenario; debug output hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Why a scenario can't be used; the text names the place and the fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scenario can't be used: {0}")]
pub struct ScenarioError(String);

impl Default for Scenario {
    /// The embedded default scenario: API clients `QuickAccess`, `Kiosk`, `Integration` and `Lab`,
    /// users `qa` and `guest-desk` and some that can't sign in.
    fn default() -> Self {
        Self::from_json(DEFAULT).expect("the embedded scenario is checked by a test")
    }
}

impl Scenario {
    /// Reads and checks a scenario.
    pub fn from_json(json: &str) -> Result<Self, ScenarioError> {
        let scenario: Self =
            serde_json::from_str(json).map_err(|e| ScenarioError(e.to_string()))?;
        scenario.check()?;
        Ok(scenario)
    }

    /// The embedded default scenario as text, to start one's own from.
    pub fn default_json() -> &'static str {
        DEFAULT
    }

    /// The same scenario with repeatable tokens.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Says what does not fit together.
    pub fn check(&self) -> Result<(), ScenarioError> {
        parse_version(&self.server.version).ok_or_else(|| {
            fault(
                "server.version",
                format!(
                    "{:?} is not four numbers, such as \"6.12.7.100007\"",
                    self.server.version
                ),
            )
        })?;
        no_doubles(
            "operator_profiles",
            self.operator_profiles.iter().map(|p| p.name.as_str()),
        )?;
        no_doubles(
            "api_clients",
            self.api_clients.iter().map(|c| c.id.as_str()),
        )?;
        no_doubles(
            "local_users",
            self.local_users.iter().map(|u| u.name.as_str()),
        )?;
        for (i, profile) in self.operator_profiles.iter().enumerate() {
            let place = format!("operator_profiles[{i}] {:?}: privileges", profile.name);
            no_doubles(&place, profile.privileges.iter().map(String::as_str))?;
        }
        for (i, client) in self.api_clients.iter().enumerate() {
            self.check_client(&format!("api_clients[{i}] {:?}", client.id), client)?;
        }
        for (i, user) in self.local_users.iter().enumerate() {
            let place = format!("local_users[{i}] {:?}", user.name);
            if user.password.expose().is_empty() {
                return Err(fault(&place, "the password is empty"));
            }
            for taken in ["info", "name"] {
                if user.me.contains_key(taken) {
                    return Err(fault(
                        &place,
                        format!("{taken:?} in `me` is the server's own member"),
                    ));
                }
            }
            self.check_profile(&place, user.operator_profile.as_deref())?;
        }
        Ok(())
    }

    /// Says what is wrong with one API client.
    pub(crate) fn check_client(
        &self,
        place: &str,
        client: &ApiClient,
    ) -> Result<(), ScenarioError> {
        let has_secret = client
            .secret
            .as_ref()
            .is_some_and(|s| !s.expose().is_empty());
        let problem = match client.grant {
            _ if client.public && has_secret => Some("a public client has no secret"),
            _ if !client.public && !has_secret => {
                Some("it is not public, so it needs a secret that is not empty")
            }
            ClientGrant::ClientCredentials if client.public => {
                Some("client_credentials needs a secret, so the client can't be public")
            }
            ClientGrant::ClientCredentials if client.refresh => {
                Some("client_credentials never has a refresh token, so refresh must be false")
            }
            ClientGrant::ClientCredentials if client.operator_profile.is_none() => {
                Some("client_credentials needs an operator_profile, since no user brings one")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(fault(place, problem));
        }
        for (name, seconds) in [
            ("access_token_lifetime", client.access_token_lifetime),
            ("refresh_token_lifetime", client.refresh_token_lifetime),
        ] {
            check_lifetime(&format!("{place}.{name}"), seconds)?;
        }
        self.check_profile(place, client.operator_profile.as_deref())
    }

    fn check_profile(&self, place: &str, name: Option<&str>) -> Result<(), ScenarioError> {
        match name {
            Some(name) if !self.operator_profiles.iter().any(|p| p.name == name) => {
                let known: Vec<_> = self
                    .operator_profiles
                    .iter()
                    .map(|p| p.name.as_str())
                    .collect();
                Err(fault(
                    place,
                    format!("there is no operator profile {name:?}; there are {known:?}"),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A lifetime in seconds that makes sense.
pub(crate) fn check_lifetime(place: &str, seconds: u64) -> Result<(), ScenarioError> {
    if (1..=LONGEST_LIFETIME).contains(&seconds) {
        return Ok(());
    }
    Err(fault(
        place,
        format!("{seconds} is not between 1 and {LONGEST_LIFETIME} seconds"),
    ))
}

/// The four numbers of a version.
pub(crate) fn parse_version(version: &str) -> Option<[u32; 4]> {
    let numbers: Vec<u32> = version
        .split('.')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn no_doubles<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Result<(), ScenarioError> {
    let mut seen = HashSet::new();
    for (i, name) in names.enumerate() {
        if name.is_empty() {
            return Err(fault(&format!("{place}[{i}]"), "the name is empty"));
        }
        if !seen.insert(name) {
            return Err(fault(
                &format!("{place}[{i}]"),
                format!("{name:?} is there twice"),
            ));
        }
    }
    Ok(())
}

fn fault(place: &str, what: impl fmt::Display) -> ScenarioError {
    ScenarioError(format!("{place}: {what}"))
}

fn yes() -> bool {
    true
}

fn access_token_lifetime() -> u64 {
    ACCESS_TOKEN_LIFETIME
}

fn refresh_token_lifetime() -> u64 {
    REFRESH_TOKEN_LIFETIME
}
