//! What the doctor found: which step of the vendor's guide is missing, and where to mend it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use quickaccess::{
    CheckStatus as CoreStatus, DoctorProgress, DoctorVerdict as CoreVerdict, QuickAccess,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    certificate::UntrustedCertificate,
    failure::{CallbackError, QuickAccessError},
    runtime,
    session::{CancelHandle, Session, text},
    state::wall_time_of,
};

#[uniffi::export]
impl Session {
    /// Finds out why people can't sign in: walks the steps of the vendor's guide against the server,
    /// beside the session, which goes on untouched. Without a password it checks what needs none;
    /// with one, given as UTF-8 bytes, it signs in once and extends that session once or twice. The
    /// observer is told of each step as it begins and ends, all of them before the report comes. A
    /// caller that goes away ends it, and so does the handle.
    ///
    /// # Errors
    /// `invalid_input` when the password is not UTF-8; `cancelled`. Whatever else goes wrong is in
    /// the report.
    #[uniffi::method(default(observer = None, cancel = None))]
    pub async fn examine(
        &self,
        username: String,
        password: Option<Vec<u8>>,
        observer: Option<Arc<dyn DoctorObserver>>,
        cancel: Option<Arc<CancelHandle>>,
    ) -> Result<DoctorReport, QuickAccessError> {
        let password = password.map(|bytes| text(bytes, "password")).transpose()?;
        let runtime = self.runtime().clone();
        let call = |core: QuickAccess| async move {
            let (tell, told) = unbounded_channel();
            let telling = observer.map(|observer| {
                runtime::spawn_blocking(&runtime, move || tell_all(told, &*observer))
            });
            // An observer that fails takes nothing else with it.
            let say = move |progress| drop(tell.send(progress));
            let report = core.doctor().examine(username, password, say).await;
            if let Some(telling) = telling {
                telling.await.ok();
            }
            Ok(report)
        };
        let report = self.call_until(cancel, call).await?;
        self.shown().keep(report.certificate.as_ref());
        Ok((&report).into())
    }
}

/// Is told how far the doctor is. It is called on a thread of its own, never twice at once; what it
/// throws changes nothing.
#[uniffi::export(foreign)]
pub trait DoctorObserver: Send + Sync {
    /// This is being checked now: the stable name of the step, and the same for people.
    fn began(&self, step: String, title: String) -> Result<(), CallbackError>;

    /// This was checked; each step ends once, in their order.
    fn ended(&self, check: DoctorCheck) -> Result<(), CallbackError>;
}

fn tell_all(mut told: UnboundedReceiver<DoctorProgress>, observer: &dyn DoctorObserver) {
    while let Some(progress) = told.blocking_recv() {
        let done = match &progress {
            DoctorProgress::Began(step) => {
                observer.began(step.as_str().to_owned(), step.title().to_owned())
            }
            DoctorProgress::Ended(check) => observer.ended(check.into()),
            _ => Ok(()),
        };
        if done.is_err() {
            tracing::warn!("an observer of the doctor failed; it is told the rest all the same");
        }
    }
}

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
