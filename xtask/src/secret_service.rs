//! Runs inside a session bus that was made for it (`dbus-run-session`): starts a Secret Service
//! with an empty keyring, unlocked, makes sure that it answers, and runs a command.

use std::{
    ffi::OsString,
    io::Write,
    process::{Command, Stdio},
};

use crate::command::{self, Failure, Result};

/// Protects a keyring in a temporary folder, for a minute.
const PASSWORD: &str = "quickaccess";

/// Starts the service and runs `command`.
pub(crate) fn run_with(command: &[OsString]) -> Result {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new("no command was given"));
    };
    // It becomes a daemon, and ends when the session bus does.
    feed(
        Command::new("gnome-keyring-daemon").args(["--unlock", "--components=secrets"]),
        PASSWORD,
    )?;
    feed(
        Command::new("secret-tool").args(["store", "--label=probe", "quickaccess", "probe"]),
        "x",
    )?;
    if !command::succeeds(Command::new("secret-tool").args(["lookup", "quickaccess", "probe"])) {
        return Err(Failure::new(
            "the Secret Service does not give back what it was given",
        ));
    }
    if !command::succeeds(Command::new("secret-tool").args(["clear", "quickaccess", "probe"])) {
        return Err(Failure::new(
            "the Secret Service does not forget what it should",
        ));
    }
    command::run(Command::new(program).args(arguments))
}

/// Runs to the end with this on its standard input.
fn feed(command: &mut Command, text: &str) -> Result {
    let shown = command::shown(command);
    let fault = |error| Failure::new(format!("`{shown}` cannot be run: {error}"));
    // The daemon must not hold our output open.
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(fault)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(fault)?;
    }
    let status = child.wait().map_err(fault)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{shown}` failed ({status})")))
}
