//! What the doctor found, in owned flat types.

use serde::Serialize;

use crate::{error::Code, session::driver::Revocation, trust::TrustFailure};

/// One thing that the doctor checks, in the order in which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DoctorStep {
    /// Something answers at the address.
    Reachable,
    /// Its certificate is trusted.
    Certificate,
    /// What answers is the API of a ClearPass.
    Api,
    /// ClearPass knows the API client, and it is a public one. Guide step 1.
    Client,
    /// The API client allows the password grant. Guide step 1.
    Grant,
    /// The API client gives refresh tokens, and how they behave. Guide step 1.
    Refresh,
    /// ClearPass accepts the person, and a service of Policy Manager takes the request. Guide
    /// steps 3 and 4.
    User,
    /// The token endpoint answers with tokens. Guide step 5.
    Tokens,
    /// The operator profile has API access. Guide step 2.
    ApiAccess,
    /// The privileges are listed. Guide step 6.
    Privileges,
}

impl DoctorStep {
    /// Every step in its order.
    pub const ALL: &'static [Self] = &[
        Self::Reachable,
        Self::Certificate,
        Self::Api,
        Self::Client,
        Self::Grant,
        Self::Refresh,
        Self::User,
        Self::Tokens,
        Self::ApiAccess,
        Self::Privileges,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Certificate => "certificate",
            Self::Api => "api",
            Self::Client => "client",
            Self::Grant => "grant",
            Self::Refresh => "refresh",
            Self::User => "user",
            Self::Tokens => "tokens",
            Self::ApiAccess => "api_access",
            Self::Privileges => "privileges",
        }
    }

    /// What is checked, as people say it when it is so.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reachable => "The server can be reached",
            Self::Certificate => "Its certificate is trusted",
            Self::Api => "It is a ClearPass with its API",
            Self::Client => "The API client is known and public",
            Self::Grant => "The API client allows the password grant",
            Self::Refresh => "The API client gives refresh tokens",
            Self::User => "The user and the OAuth2 service accept",
            Self::Tokens => "The server issues tokens",
            Self::ApiAccess => "The operator profile has API access",
            Self::Privileges => "The privileges are listed",
        }
    }

    /// The steps of the vendor's guide that set it up; empty for what the guide takes for granted.
    pub fn guide_steps(self) -> &'static [u32] {
        match self {
            Self::Reachable | Self::Certificate | Self::Api => &[],
            Self::Client | Self::Grant | Self::Refresh => &[1],
            Self::User => &[3, 4],
            Self::Tokens => &[5],
            Self::ApiAccess => &[2],
            Self::Privileges => &[6],
        }
    }

    /// The same in words: `step 1`, `steps 3 and 4`.
    pub fn guide(self) -> Option<String> {
        let steps: Vec<String> = self.guide_steps().iter().map(u32::to_string).collect();
        match steps.as_slice() {
            [] => None,
            [one] => Some(format!("step {one}")),
            more => Some(format!("steps {}", more.join(" and "))),
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckStatus {
    /// All is well.
    Passed,
    /// It works, and something about it is worth mending.
    Warned,
    /// It is broken.
    Failed,
    /// Nothing is known about it, since something before it is broken.
    NotReached,
}

impl CheckStatus {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
        }
    }
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoctorCheck {
    /// What was checked.
    pub step: DoctorStep,
    /// How it ended.
    pub status: CheckStatus,
    /// What the doctor saw, in sentences.
    pub saw: String,
    /// What to do about it, in sentences; empty where nothing needs to be done.
    pub mend: String,
    /// Where that is done: the console and its menu, as the vendor's guide names it.
    pub menus: Vec<String>,
    /// The steps of the vendor's guide that set it up.
    pub guide_steps: Vec<u32>,
    /// The code of what failed or was warned about.
    pub code: Option<Code>,
    /// How long it took, in milliseconds.
    pub took: u64,
}

/// A step of the examination, told as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DoctorProgress {
    /// This is being checked now.
    Began(DoctorStep),
    /// This was checked; each step ends once, in their order.
    Ended(DoctorCheck),
}

/// What the doctor says in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DoctorVerdict {
    /// The person can sign in, stay signed in and use the API.
    AllWell,
    /// The person can sign in and use the API; something else is worth mending.
    WithRemarks,
    /// What needs no password is well; the rest was not asked for.
    ServerWell,
    /// A step is broken.
    Broken,
}

impl DoctorVerdict {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllWell => "all_well",
            Self::WithRemarks => "with_remarks",
            Self::ServerWell => "server_well",
            Self::Broken => "broken",
        }
    }
}

/// What the doctor found. It holds no secret and can be sent to an administrator:
/// [`Self::to_text`], [`Self::to_json`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoctorReport {
    /// What it says in the end.
    pub verdict: DoctorVerdict,
    /// The same in a sentence.
    pub summary: String,
    /// When it was made, in milliseconds since 1970 UTC by this device's clock.
    pub made_at: u64,
    /// The server's address.
    pub server: String,
    /// The id of the API client.
    pub client_id: String,
    /// The user name as typed; empty if none was given.
    pub username: String,
    /// The version of ClearPass, if it was told.
    pub server_version: Option<String>,
    /// Every check, in the order of [`DoctorStep::ALL`].
    pub checks: Vec<DoctorCheck>,
    /// The privileges as the server listed them, prefixes included.
    pub privileges: Vec<String>,
    /// The certificate that is not trusted, if that is what is broken: show it, approve it on the
    /// handle, and examine again.
    pub certificate: Option<TrustFailure>,
    /// What became of the tokens that the doctor got.
    pub revocation: Revocation,
}

impl DoctorReport {
    /// The check that is broken, if one is.
    pub fn broken(&self) -> Option<&DoctorCheck> {
        self.with(CheckStatus::Failed).next()
    }

    /// The checks that are well and worth a remark.
    pub fn remarks(&self) -> Vec<DoctorCheck> {
        self.with(CheckStatus::Warned).cloned().collect()
    }

    /// What came of a step.
    pub fn check(&self, step: DoctorStep) -> Option<&DoctorCheck> {
        self.checks.iter().find(|check| check.step == step)
    }

    fn with(&self, status: CheckStatus) -> impl Iterator<Item = &DoctorCheck> {
        self.checks
            .iter()
            .filter(move |check| check.status == status)
    }
}
