//! How a command ends: the library's error and its outer tier as exit code, wrong usage, or a
//! fault of this machine beside the library.

use std::{fmt::Write, sync::LazyLock};

use quickaccess::{Action, Code, Error};
use serde_json::{Map, Value, json};

use crate::certificate;

/// Something on this machine is in the way that is no matter of the library: a port, a folder.
const MACHINE: u8 = 1;
/// The command was typed wrongly.
pub(crate) const USAGE: u8 = 2;
/// It works, and something about it is worth mending.
const REMARKS: u8 = 3;
/// It was cancelled; the number that shells give to Ctrl-C.
const CANCELLED: u8 = 130;
/// A fault in this program.
const BUG: u8 = 70;

/// Every exit code, and what it means.
pub(crate) const CODES: &[(u8, &str)] = &[
    (0, "done"),
    (MACHINE, "this machine is in the way: a port, a folder"),
    (USAGE, "wrong usage"),
    (REMARKS, "it works, and something is worth mending (doctor)"),
    (10, "sign in (again)"),
    (11, "try again later"),
    (12, "the set-up must be mended, here or on the server"),
    (13, "the server's certificate is not trusted"),
    (14, "unlock the device or its keyring"),
    (15, "the secret store must be mended"),
    (16, "not permitted"),
    (17, "the request is wrong"),
    (BUG, "a fault in this program"),
    (CANCELLED, "cancelled, by Ctrl-C or by being told to end"),
];

/// What stands at the end of the long help.
pub(crate) static HELP: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::from(
        "First steps:
  quickaccess demo
      See all of it work, against a simulator: no ClearPass is needed.
  quickaccess sign-in --server clearpass.example --username qa
      Sign in. The address is remembered, the password is not.
  quickaccess whoami
      Who you are, and how long you stay signed in.
  quickaccess doctor
      Find out why it does not work, and where to mend it.
  quickaccess help COMMAND
      Options and examples of a command.

Exit codes:
",
    );
    for (code, meaning) in CODES {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {code:>3}  {meaning}");
    }
    text.push_str(
        "
Environment:
  QUICKACCESS_CLIENT_SECRET  the secret of the API client, if it has one
  NO_COLOR, TERM=dumb        no colours
  RUST_LOG                   what -v shows, such as quickaccess=debug

With --json, standard output holds one JSON object in any case; a failure has the member `error`.",
    );
    text
});

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) why: Why,
    /// What the person can type next.
    pub(crate) next: Option<String>,
    /// Whether the person has seen what is wrong already, because a question was asked about it.
    pub(crate) shown: bool,
    /// What had been done before, for scripts.
    pub(crate) done: Option<Box<Map<String, Value>>>,
}

/// What failed.
#[derive(Debug)]
pub(crate) enum Why {
    /// The library says so.
    Library(Error),
    /// The command was typed wrongly.
    Usage(String),
    /// Something beside the library is in the way.
    Machine(String),
    /// Nothing failed; what was said with the result is worth mending.
    Remarks,
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Why::Usage(text.into()).into()
    }

    pub(crate) fn machine(text: impl Into<String>) -> Self {
        Why::Machine(text.into()).into()
    }

    /// It was cancelled.
    pub(crate) fn cancelled() -> Self {
        let text = "Cancelled.";
        Error::with_message(Code::Cancelled, text).into()
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match &self.why {
            Why::Machine(_) => MACHINE,
            Why::Usage(_) => USAGE,
            Why::Remarks => REMARKS,
            Why::Library(error) => of_action(&error.action()),
        }
    }

    /// The library's error, if it is one.
    pub(crate) fn error(&self) -> Option<&Error> {
        match &self.why {
            Why::Library(error) => Some(error),
            _ => None,
        }
    }

    /// For scripts: whatever had been done, and `error`.
    pub(crate) fn json(&self) -> Value {
        let mut all = self.done.as_deref().cloned().unwrap_or_default();
        let (action, code, message) = match &self.why {
            Why::Library(error) => (
                error.action().name(),
                error.code().as_str(),
                error.message(),
            ),
            Why::Usage(text) => ("FixUsage", "usage", text.as_str()),
            Why::Machine(text) => ("FixMachine", "machine", text.as_str()),
            Why::Remarks => return all.into(),
        };
        let mut about = Map::new();
        about.insert("action".into(), action.into());
        about.insert("code".into(), code.into());
        about.insert("message".into(), message.into());
        about.insert("next".into(), json!(self.next));
        if let Some(Action::Retry {
            after,
            may_have_acted,
        }) = self.error().map(Error::action)
        {
            about.insert(
                "after_seconds".into(),
                json!(after.map(|time| time.as_secs())),
            );
            about.insert("may_have_acted".into(), may_have_acted.into());
        }
        if let Some(shown) = self.error().and_then(Error::certificate) {
            about.insert("certificate".into(), certificate::json(shown));
        }
        all.insert("error".into(), about.into());
        all.into()
    }
}

fn of_action(action: &Action) -> u8 {
    match action {
        Action::SignIn => 10,
        Action::Retry { .. } => 11,
        Action::FixSetup => 12,
        Action::TrustServer => 13,
        Action::UnlockDevice => 14,
        Action::RepairStore => 15,
        Action::NotPermitted => 16,
        Action::FixRequest => 17,
        Action::Cancelled => CANCELLED,
        _ => BUG,
    }
}

impl From<Why> for Failure {
    fn from(why: Why) -> Self {
        Self {
            why,
            next: None,
            shown: false,
            done: None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Why::Library(error).into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_an_exit_code_of_its_own_and_the_help_tells_it() {
        let mut used = BTreeSet::from([0, MACHINE, USAGE, REMARKS]);
        let mut actions = BTreeSet::new();
        for code in Code::ALL {
            for error in [Error::new(*code), Error::new(*code).at_sign_in()] {
                let action = error.action();
                let number = Failure::from(error).exit_code();
                if actions.insert(action.name()) {
                    assert!(used.insert(number), "{} shares {number}", action.name());
                }
            }
        }
        let told: BTreeSet<u8> = CODES.iter().map(|(code, _)| *code).collect();
        assert_eq!(told, used);
        for code in told {
            assert!(HELP.contains(&format!("\n  {code:>3}  ")), "{code}");
        }
    }
}
