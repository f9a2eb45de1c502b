//! A session in words for people, and the same for scripts.

use quickaccess::{
    Code, RefreshState, Revocation, SignOutReport, SignedIn, Stays, store::Persistence,
};
use serde_json::{Value, json};

use crate::show;

const TO_THE_MINUTE: &str = "%Y-%m-%d %H:%M %Z";
/// How long the kernel keyring keeps what nobody uses.
const KERNEL: &str = "until a reboot, or some three days without use";

/// The session for people.
pub(crate) fn session_rows(signed_in: &SignedIn) -> Vec<(&'static str, String)> {
    vec![
        ("Access token", lifetime(signed_in.expires_at)),
        ("Stay signed in", promise(signed_in)),
        ("Kept", kept(signed_in)),
    ]
}

fn lifetime(expires_at: Option<u64>) -> String {
    match expires_at {
        Some(end) => format!(
            "good for another {} (until {})",
            left(end),
            show::local_time(end, TO_THE_MINUTE)
        ),
        None => "good until the server rejects it".to_owned(),
    }
}

/// What can be promised about staying signed in.
pub(crate) fn promise(signed_in: &SignedIn) -> String {
    match (&signed_in.refresh, signed_in.stays) {
        (RefreshState::Ended(cause), _) => {
            format!("until the access token ends. {}", cause.code().meaning())
        }
        (RefreshState::Blocked(code), _) => {
            format!(
                "unclear, the server refuses to extend the session. {}",
                code.meaning()
            )
        }
        (RefreshState::Waiting(code), _) => {
            format!(
                "the session could not be extended yet, it is tried again. {}",
                code.meaning()
            )
        }
        (RefreshState::None, _) => {
            "until the access token ends: this API client gives no refresh token".to_owned()
        }
        (_, Stays::WhileUsed) => "as long as it is used now and then".to_owned(),
        (_, Stays::Until(end)) => {
            format!("until {} at least", show::local_time(end, TO_THE_MINUTE))
        }
        (_, _) if signed_in.generation > 1 => {
            "as long as the server takes the same refresh token; it does not say how long that is"
                .to_owned()
        }
        (_, _) => "not known yet, the first refresh will tell".to_owned(),
    }
}

fn kept(signed_in: &SignedIn) -> String {
    match (signed_in.saved, signed_in.persistence) {
        (false, _) => "not saved yet, it is tried again".to_owned(),
        (true, Persistence::Device) => "in the secret store of this machine".to_owned(),
        (true, Persistence::UntilReboot) => format!("in the kernel keyring, {KERNEL}"),
        (true, Persistence::Process) => "in memory, until this command ends".to_owned(),
    }
}

/// The session for scripts.
pub(crate) fn session_json(signed_in: &SignedIn) -> Value {
    let (refresh, code) = match &signed_in.refresh {
        RefreshState::InFlight => ("in_flight", None),
        RefreshState::Waiting(code) => ("waiting", Some(*code)),
        RefreshState::Blocked(code) => ("blocked", Some(*code)),
        RefreshState::Ended(cause) => ("ended", Some(cause.code())),
        RefreshState::None => ("none", None),
        _ => ("ready", None),
    };
    json!({
        "username": signed_in.username,
        "generation": signed_in.generation,
        "expires_at": signed_in.expires_at.map(show::time),
        "refresh": refresh,
        "refresh_code": code.map(Code::as_str),
        "stays": match signed_in.stays {
            Stays::Until(end) => json!({ "until": show::time(end) }),
            Stays::WhileUsed => json!("while_used"),
            _ => json!("unknown"),
        },
        "saved": signed_in.saved,
        "kept": match signed_in.persistence {
            Persistence::Device => "device",
            Persistence::UntilReboot => "until_reboot",
            Persistence::Process => "process",
        },
    })
}

/// What became of a sign-out; what could not be done is said.
pub(crate) fn sign_out(report: &SignOutReport) -> String {
    let here = if report.erased {
        "Signed out; no token is kept on this machine."
    } else {
        "Signed out. The secret store did not let go of the record yet; it will not be used, and \
         its removal is tried again with the next command."
    };
    match report.revocation {
        Revocation::Revoked => format!("{here} The server has revoked the tokens."),
        Revocation::NotOffered => format!(
            "{here} The server offers no revocation: its tokens work until they end, unless an \
             administrator disables the API client."
        ),
        Revocation::Failed(code) => format!(
            "{here} The tokens could not be revoked on the server: {}",
            code.meaning()
        ),
        _ => here.to_owned(),
    }
}

/// What became of a sign-out, for scripts.
pub(crate) fn sign_out_json(report: &SignOutReport) -> Value {
    json!({
        "erased": report.erased,
        "revocation": match report.revocation {
            Revocation::Revoked => "revoked",
            Revocation::NotOffered => "not_offered",
            Revocation::Failed(_) => "failed",
            _ => "nothing_to_revoke",
        },
        "revocation_code": match report.revocation {
            Revocation::Failed(code) => Some(code.as_str()),
            _ => None,
        },
    })
}

/// How long until a moment, in the two largest units.
pub(crate) fn left(end: u64) -> String {
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
    duration(end.saturating_sub(now) / 1_000)
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_its_two_largest_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3_599, "59 min 59 s"),
            (28_799, "7 h 59 min"),
            (2_419_200, "28 d 0 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
