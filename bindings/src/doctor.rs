//! What the doctor found: which step of the vendor's guide is missing, and where to mend it.

use std::time::{Duration, SystemTime};

use quickaccess::{CheckStatus as CoreStatus, DoctorVerdict as CoreVerdict};

use crate::{certificate::UntrustedCertificate, state::wall_time_of};

/// What the doctor found. It holds no secret and can be sent to an administrator, as `as_text` or
/// `as_json`.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DoctorReport {
    /// What it says in the end.
    pub verdict: DoctorVerdict,
    /// The same in a sentence.
    pub summary: String,
    /// When it was made, by this device's clock.
    pub made_at: SystemTime,
    /// The version of ClearPass, if it was told.
    pub server_version: Option<String>,
    /// Every check, in the doctor's order.
    pub checks: Vec<DoctorCheck>,
    /// The certificate that is not trusted, if that is what is broken: show it, let the session
    /// approve it, and examine again.
    pub certificate: Option<UntrustedCertificate>,
    /// What became of the tokens that the doctor got, in a sentence.
    pub clean_up: String,
    /// The whole report as plain text.
    pub as_text: String,
    /// The whole report as one JSON object.
    pub as_json: String,
}

/// What the doctor says in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
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

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DoctorCheck {
    /// The stable name of what was checked, such as `api_access`.
    pub step: String,
    /// The same for people.
    pub title: String,
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
    pub code: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
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

impl From<&quickaccess::DoctorReport> for DoctorReport {
    fn from(report: &quickaccess::DoctorReport) -> Self {
        Self {
            verdict: match report.verdict {
                CoreVerdict::AllWell => DoctorVerdict::AllWell,
                CoreVerdict::WithRemarks => DoctorVerdict::WithRemarks,
                CoreVerdict::ServerWell => DoctorVerdict::ServerWell,
                // A verdict that is missing above is not a good one.
                _ => DoctorVerdict::Broken,
            },
            summary: report.summary.clone(),
            made_at: wall_time_of(report.made_at),
            server_version: report.server_version.clone(),
            checks: report.checks.iter().map(DoctorCheck::from).collect(),
            certificate: report.certificate.as_ref().map(UntrustedCertificate::from),
            clean_up: report.clean_up().to_owned(),
            as_text: report.to_text(),
            as_json: report.to_json(),
        }
    }
}

impl From<&quickaccess::DoctorCheck> for DoctorCheck {
    fn from(check: &quickaccess::DoctorCheck) -> Self {
        Self {
            step: check.step.as_str().to_owned(),
            title: check.step.title().to_owned(),
            status: match check.status {
                CoreStatus::Passed => CheckStatus::Passed,
                CoreStatus::Warned => CheckStatus::Warned,
                CoreStatus::Failed => CheckStatus::Failed,
                // Of a status that is missing above, nothing is known either.
                _ => CheckStatus::NotReached,
            },
            saw: check.saw.clone(),
            mend: check.mend.clone(),
            menus: check.menus.clone(),
            guide_steps: check.guide_steps.clone(),
            code: check.code.map(|code| code.as_str().to_owned()),
            took: Duration::from_millis(check.took),
        }
    }
}
