//! One examination: its steps in order, what was found so far, and the tokens that it holds.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    finding::Finding,
    held::Held,
    report::{CheckStatus, DoctorCheck, DoctorProgress, DoctorReport, DoctorStep, DoctorVerdict},
};
use crate::{
    environment::Millis,
    quickaccess::QuickAccess,
    secret::Secret,
    session::{driver::Revocation, shared::Shared},
    trust::TrustFailure,
};

/// A step is broken, and what comes after it cannot be told.
pub(super) struct Stopped;

pub(super) struct Examination<'a> {
    pub(super) handle: &'a QuickAccess,
    pub(super) shared: Arc<Shared>,
    pub(super) username: String,
    /// Kept to the end, so that no text of the server gets into the report that repeats it.
    pub(super) password: Option<Secret>,
    pub(super) held: Held,
    pub(super) certificate: Option<TrustFailure>,
    pub(super) server_version: Option<String>,
    pub(super) privileges: Vec<String>,
    /// Behind a lock that nobody waits for, so that the examination may move between threads.
    tell: Mutex<&'a mut (dyn FnMut(DoctorProgress) + Send)>,
    checks: Vec<DoctorCheck>,
    began: Millis,
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        handle: &'a QuickAccess,
        username: String,
        password: Option<Secret>,
        tell: &'a mut (dyn FnMut(DoctorProgress) + Send),
    ) -> Self {
        let shared = handle.shared.clone();
        Self {
            handle,
            username,
            password,
            held: Held::new(shared.clone()),
            certificate: None,
            server_version: None,
            privileges: Vec::new(),
            tell: Mutex::new(tell),
            checks: Vec::new(),
            began: shared.environment.now().boot,
            shared,
        }
    }

    pub(super) async fn run(mut self) -> DoctorReport {
        let reached_all = self.walk().await.is_ok();
        self.leave_the_rest(if reached_all {
            "No password was given."
        } else {
            "A step before it is broken."
        });
        // The sender is gone only when the runtime is.
        let revocation = self.held.revoke().await;
        self.report(revocation.unwrap_or(Revocation::NothingToRevoke))
    }

    async fn walk(&mut self) -> Result<(), Stopped> {
        self.look_at_the_server().await?;
        let client = self.ask_for_the_client().await?;
        if self.password.is_none() {
            return Ok(());
        }
        let token = self.sign_in(client).await?;
        self.ask_who(&token).await?;
        self.ask_what(&token).await
    }

    fn tell(&mut self, progress: DoctorProgress) {
        let tell = self.tell.get_mut().unwrap_or_else(PoisonError::into_inner);
        tell(progress);
    }

    /// A step begins.
    pub(super) fn begin(&mut self, step: DoctorStep) {
        self.began = self.shared.environment.now().boot;
        self.tell(DoctorProgress::Began(step));
    }

    /// A step has ended.
    pub(super) fn end(&mut self, step: DoctorStep, finding: Finding) {
        let now = self.shared.environment.now().boot;
        let check = DoctorCheck {
            step,
            status: finding.status,
            saw: finding.saw,
            mend: finding.mend,
            menus: finding.menus.into_iter().map(str::to_owned).collect(),
            guide_steps: step.guide_steps().to_vec(),
            code: finding.code,
            took: now.saturating_sub(self.began),
        };
        self.began = now;
        self.tell(DoctorProgress::Ended(check.clone()));
        self.checks.push(check);
    }

    /// A step is broken, and nothing after it can be told.
    pub(super) fn stop<T>(&mut self, step: DoctorStep, finding: Finding) -> Result<T, Stopped> {
        self.end(step, finding);
        Err(Stopped)
    }

    pub(super) fn has_ended(&self, step: DoctorStep) -> bool {
        self.checks.iter().any(|check| check.step == step)
    }

    fn leave_the_rest(&mut self, why: &str) {
        for step in DoctorStep::ALL.iter().skip(self.checks.len()) {
            self.end(*step, Finding::not_reached(why));
        }
    }

    fn report(mut self, revocation: Revocation) -> DoctorReport {
        let config = &self.shared.config;
        let (verdict, summary) = self.verdict();
        DoctorReport {
            verdict,
            summary,
            made_at: self.shared.environment.now().wall,
            server: config.server.to_string(),
            client_id: config.client_id.clone(),
            username: std::mem::take(&mut self.username),
            server_version: self.server_version.take(),
            checks: std::mem::take(&mut self.checks),
            privileges: std::mem::take(&mut self.privileges),
            certificate: self.certificate.take(),
            revocation,
        }
    }

    fn verdict(&self) -> (DoctorVerdict, String) {
        let (server, client) = (&self.shared.config.server, &self.shared.config.client_id);
        let with = |status| {
            self.checks
                .iter()
                .filter(move |check| check.status == status)
        };
        let titles: Vec<String> = with(CheckStatus::Warned)
            .map(|check| format!("\"{}\"", check.step.title()))
            .collect();
        let remarks = match titles.len() {
            0 => String::new(),
            _ => format!(" Worth mending: {}.", titles.join(", ")),
        };
        if let Some(check) = with(CheckStatus::Failed).next() {
            let steps = check.step.guide();
            let steps = steps.map_or_else(String::new, |s| format!(" ({s} of the vendor's guide)"));
            let text = format!("Not so: \"{}\"{steps}.{remarks}", check.step.title());
            return (DoctorVerdict::Broken, text);
        }
        let name = &self.username;
        match (self.password.is_some(), titles.is_empty()) {
            (true, true) => (
                DoctorVerdict::AllWell,
                format!(
                    "All is well: {name} can sign in to {server} with the API client {client}, and stay signed in."
                ),
            ),
            (true, false) => (
                DoctorVerdict::WithRemarks,
                format!("{name} can sign in to {server} with the API client {client}.{remarks}"),
            ),
            (false, _) => (
                DoctorVerdict::ServerWell,
                format!(
                    "{server} and the API client {client} are well, as far as can be told without a password.{remarks}"
                ),
            ),
        }
    }
}
