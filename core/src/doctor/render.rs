//! The report as text and as JSON, both fit to be sent to an administrator.

use std::{
    fmt::Write,
    time::{Duration, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::report::{CheckStatus, DoctorCheck, DoctorReport};
use crate::{error::Code, session::driver::Revocation};

impl DoctorReport {
    /// The report as plain text.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "QuickAccess doctor: {}\n\n{}\n\n",
            self.server, self.summary
        );
        let made_at = UNIX_EPOCH.checked_add(Duration::from_millis(self.made_at));
        let made_at = made_at.map(httpdate::fmt_http_date).unwrap_or_default();
        let or_none = |text: &str| match text {
            "" => "(none)".to_owned(),
            text => text.to_owned(),
        };
        for (name, value) in [
            ("API client", self.client_id.clone()),
            ("User", or_none(&self.username)),
            (
                "ClearPass",
                self.server_version.clone().unwrap_or_else(|| or_none("")),
            ),
            ("Made", format!("{made_at}, by QuickAccess {VERSION}")),
        ] {
            line(&mut text, &format!("{name:11} {value}"));
        }
        for check in &self.checks {
            line(&mut text, "");
            check.write(&mut text);
        }
        if !self.privileges.is_empty() {
            line(&mut text, "");
            line(&mut text, "Privileges");
            wrapped(&mut text, &self.privileges.join(", "));
        }
        line(&mut text, "");
        line(&mut text, self.clean_up());
        text
    }

    /// The report as one JSON object; its members are in `docs/command-line.md`.
    pub fn to_json(&self) -> String {
        format!("{:#}", self.json())
    }

    fn json(&self) -> Value {
        let checks: Vec<Value> = self.checks.iter().map(DoctorCheck::json).collect();
        json!({
            "verdict": self.verdict.as_str(),
            "summary": self.summary,
            "broken": self.broken().map(|check| check.step.as_str()),
            "code": self.broken().and_then(|check| check.code).map(Code::as_str),
            "made_at": self.made_at,
            "quickaccess_version": VERSION,
            "server": self.server,
            "client_id": self.client_id,
            "username": self.username,
            "server_version": self.server_version,
            "checks": checks,
            "privileges": self.privileges,
            "revocation": match self.revocation {
                Revocation::Revoked => "revoked",
                Revocation::NotOffered => "not_offered",
                Revocation::Failed(_) => "failed",
                Revocation::NothingToRevoke => "nothing_to_revoke",
            },
        })
    }

    /// What became of the tokens that the doctor got, in a sentence.
    pub fn clean_up(&self) -> &'static str {
        match self.revocation {
            Revocation::NothingToRevoke => "The doctor got no token.",
            Revocation::Revoked => "The doctor's tokens were revoked on the server.",
            Revocation::NotOffered => {
                "The doctor has forgotten its tokens; the server offers no way to revoke them, so they end by themselves."
            }
            Revocation::Failed(_) => {
                "The doctor has forgotten its tokens; they could not be revoked, so they end by themselves."
            }
        }
    }
}

impl DoctorCheck {
    /// The check as the text report has it: a mark and a title, then what was seen, what to do and
    /// where.
    fn write(&self, text: &mut String) {
        let code = match self.code {
            Some(code) => format!(" ({code})"),
            None => String::new(),
        };
        line(
            text,
            &format!("{:11} {}{code}", self.status.mark(), self.step.title()),
        );
        wrapped(text, &self.saw);
        if !self.mend.is_empty() {
            wrapped(text, &format!("What to do: {}", self.mend));
        }
        for menu in &self.menus {
            wrapped(text, &format!("Where: {menu}"));
        }
        if let Some(steps) = self.step.guide() {
            wrapped(text, &format!("Vendor's guide: {steps}"));
        }
    }

    fn json(&self) -> Value {
        json!({
            "step": self.step.as_str(),
            "title": self.step.title(),
            "status": self.status.as_str(),
            "saw": self.saw,
            "mend": self.mend,
            "menus": self.menus,
            "guide_steps": self.guide_steps,
            "code": self.code.map(Code::as_str),
            "took_ms": self.took,
        })
    }
}

impl CheckStatus {
    /// A mark that needs no colour.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warned => "WARNING",
            Self::Failed => "FAILED",
            Self::NotReached => "not reached",
        }
    }
}

/// How wide the text is, in characters.
const WIDTH: usize = 96;
/// How far its paragraphs are set in.
const INDENT: usize = 12;

/// A paragraph, broken between words.
fn wrapped(text: &mut String, paragraph: &str) {
    let mut now = String::new();
    for word in paragraph.split(' ') {
        let is_full = now.chars().count() + 1 + word.chars().count() > WIDTH - INDENT;
        if is_full && !now.is_empty() {
            line(text, &format!("{:INDENT$}{now}", ""));
            now.clear();
        }
        if !now.is_empty() {
            now.push(' ');
        }
        now.push_str(word);
    }
    line(text, &format!("{:INDENT$}{now}", ""));
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", line.trim_end());
}
