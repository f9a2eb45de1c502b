//! Switches for what is not known about ClearPass, so that a client can be tried against each
//! possibility.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// How the server behaves where no public source says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// What a refresh does with the refresh token.
    pub refresh_mode: RefreshMode,
    /// The status of the answer to a wrong password.
    pub wrong_password_status: WrongPasswordStatus,
    /// The status of the answer to a dead access token.
    pub dead_token_status: DeadTokenStatus,
    /// Whether `/api/oauth/revoke` exists.
    pub revoke: Revoke,
    /// The shape of errors of the token endpoint.
    pub error_style: ErrorStyle,
    /// What `expires_in` says; the token itself always lives as set up.
    pub expires_in: ExpiresIn,
    /// The shape of the links in collections and rows.
    pub link_style: LinkStyle,
    /// The address that links begin with, such as `https://elsewhere.example`; without one it is
    /// the one that the client used.
    pub link_address: Option<String>,
    /// The status of the answer to a change of a row.
    pub update_status: UpdateStatus,
}

/// What a refresh does with the refresh token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum RefreshMode {
    /// A new one comes and the old one dies.
    #[default]
    Rotate,
    /// None comes and the old one dies: one refresh for each sign-in.
    OneShot,
    /// None comes and the old one stays usable until its time.
    Reusable,
}

/// The status of the answer to a wrong password: the library says 401, the vendor's document 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(try_from = "u16", into = "u16")]
pub enum WrongPasswordStatus {
    /// 401, as in the upstream library \[L\].
    #[default]
    #[value(name = "401")]
    Unauthorized401,
    /// 400, as in the vendor's OpenAPI document \[V\].
    #[value(name = "400")]
    BadRequest400,
}

/// The status of the answer to a dead access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(try_from = "u16", into = "u16")]
pub enum DeadTokenStatus {
    /// 403 with a problem, the same as for a missing privilege \[O\].
    #[default]
    #[value(name = "403")]
    Forbidden403,
    /// 401 with an empty body and `WWW-Authenticate` \[L\].
    #[value(name = "401")]
    Unauthorized401,
}

/// Whether `/api/oauth/revoke` exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Revoke {
    /// 404, since the vendor documents no such call \[V\].
    #[default]
    Missing,
    /// As in the upstream library \[L\].
    Present,
}

/// The shape of errors of the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum ErrorStyle {
    /// problem+json with the OAuth code in `title` \[L\].
    #[default]
    Problem,
    /// `error` and `error_description`, RFC 6749 section 5.2.
    Rfc6749,
}

/// The shape of links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum LinkStyle {
    /// Objects with the member `href`, as seen on a live server \[O\].
    #[default]
    Objects,
    /// Plain texts, as in the vendor's OpenAPI document \[V\].
    Strings,
}

/// The status of the answer to a change of a row; the vendor's document lists both \[V\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(try_from = "u16", into = "u16")]
pub enum UpdateStatus {
    /// 200 with the row as it is then.
    #[default]
    #[value(name = "200")]
    Ok200,
    /// 204 without a body.
    #[value(name = "204")]
    NoContent204,
}

/// What `expires_in` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiresIn {
    /// The access token's lifetime.
    #[default]
    Lifetime,
    /// This number, whatever it is.
    Number(Number),
    /// A string in place of the number.
    Text(String),
    /// The member is not there.
    Missing,
}

impl WrongPasswordStatus {
    pub(crate) fn code(self) -> u16 {
        self.into()
    }
}

impl From<WrongPasswordStatus> for u16 {
    fn from(status: WrongPasswordStatus) -> Self {
        match status {
            WrongPasswordStatus::Unauthorized401 => 401,
            WrongPasswordStatus::BadRequest400 => 400,
        }
    }
}

impl TryFrom<u16> for WrongPasswordStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            401 => Ok(Self::Unauthorized401),
            400 => Ok(Self::BadRequest400),
            _ => Err(format!("wrong_password_status is 401 or 400, not {status}")),
        }
    }
}

impl From<UpdateStatus> for u16 {
    fn from(status: UpdateStatus) -> Self {
        match status {
            UpdateStatus::Ok200 => 200,
            UpdateStatus::NoContent204 => 204,
        }
    }
}

impl TryFrom<u16> for UpdateStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            200 => Ok(Self::Ok200),
            204 => Ok(Self::NoContent204),
            _ => Err(format!("update_status is 200 or 204, not {status}")),
        }
    }
}

impl From<DeadTokenStatus> for u16 {
    fn from(status: DeadTokenStatus) -> Self {
        match status {
            DeadTokenStatus::Forbidden403 => 403,
            DeadTokenStatus::Unauthorized401 => 401,
        }
    }
}

impl TryFrom<u16> for DeadTokenStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            403 => Ok(Self::Forbidden403),
            401 => Ok(Self::Unauthorized401),
            _ => Err(format!("dead_token_status is 403 or 401, not {status}")),
        }
    }
}
