//! `quickaccess sign-out`.

use quickaccess::{Revocation, SignOutReport};
use serde_json::json;

use crate::{args::Common, exit::Failure, open, show};

pub(crate) async fn run(common: &Common) -> Result<(), Failure> {
    let (session, _) = open::session(common)?;
    // The tokens are read first, so that they can be revoked; signing out works without them.
    let _ = show::wait("Opening the session", session.access_token()).await;
    let report = show::wait("Signing out", session.sign_out()).await?;
    if common.json {
        show::json(&json!({
            "erased": report.erased,
            "revocation": match report.revocation {
                Revocation::Revoked => "revoked",
                Revocation::NotOffered => "not_offered",
                Revocation::Failed(code) => code.as_str(),
                _ => "nothing_to_revoke",
            },
        }));
    } else {
        show::line(&words(&report));
    }
    Ok(())
}

/// The report in words: what could not be done is said.
pub(crate) fn words(report: &SignOutReport) -> String {
    let here = if report.erased {
        "Signed out; nothing is kept on this machine."
    } else {
        "Signed out. The secret store did not let go of the record yet; it will not be used, and its removal is tried again."
    };
    let there = match report.revocation {
        Revocation::Revoked => " The server has revoked the tokens.".to_owned(),
        Revocation::NotOffered => " The server offers no revocation: its tokens work until they end, unless an administrator disables the API client.".to_owned(),
        Revocation::Failed(code) => format!(" The tokens could not be revoked on the server: {}", code.meaning()),
        _ => String::new(),
    };
    format!("{here}{there}")
}
