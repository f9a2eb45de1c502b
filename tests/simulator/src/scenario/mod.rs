//! What an administrator has set up: API clients, operator profiles, local users and the OAuth2
//! service, read from a JSON file whose mistakes are named where they are.

mod check;

use std::{fmt, path::Path};

use serde::{Deserialize, Serialize};

use crate::rows::RowSettings;
pub(crate) use check::{fault, parse_version};

/// The embedded default scenario.
const DEFAULT: &str = include_str!("../default_scenario.json");

/// 8 hours, ClearPass' own default for access tokens \[V\].
const ACCESS_TOKEN_LIFETIME: u64 = 28_800;
/// 14 days, ClearPass' own default for refresh tokens \[V\].
const REFRESH_TOKEN_LIFETIME: u64 = 14 * 86_400;

/// The application of requests for tokens \[V\].
const OAUTH2: &str = "OAuth2";

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
    /// The endpoints, guests, devices and sessions.
    #[serde(default, skip_serializing_if = "RowSettings::is_default")]
    pub rows: RowSettings,
    /// Makes tokens repeatable: two simulators with the same seed and the same requests issue the
    /// same tokens. Without it they are random. Another seed also makes other rows; without one
    /// these are the same in every run.
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
    /// The application that its rule matches; requests for tokens are of `OAuth2` \[V\].
    pub application: String,
    /// Whether its authentication sources include the local user repository \[V\]; without it
    /// nobody is found.
    pub local_users: bool,
    /// The enforcement that an accepted sign-in gets.
    pub enforcement_profile: String,
}

impl OAuth2Service {
    /// Whether it takes the requests for tokens.
    pub(crate) fn takes_oauth2(&self) -> bool {
        self.enabled && self.application == OAUTH2
    }
}

impl Default for OAuth2Service {
    fn default() -> Self {
        Self {
            name: "OAuth2 API User Access".into(),
            enabled: true,
            application: OAUTH2.into(),
            local_users: true,
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
        let scenario = Self::parse(json)?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Reads and checks a scenario that was a file in this folder: it may name files with rows,
    /// by paths from there.
    pub fn from_json_in(folder: &Path, json: &str) -> Result<Self, ScenarioError> {
        let mut scenario = Self::parse(json)?;
        scenario.rows = scenario.rows.read_files(folder)?;
        scenario.check()?;
        Ok(scenario)
    }

    fn parse(json: &str) -> Result<Self, ScenarioError> {
        serde_json::from_str(json).map_err(|error| ScenarioError(error.to_string()))
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
