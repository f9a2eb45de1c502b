//! The programs beside cargo that the tests call. On Linux they come from Debian's packages.

use std::process::Command;

use crate::{
    command::{self, Failure, Result},
    suite::Outcome,
    workspace::Workspace,
};

/// A program and the Debian package that brings it.
const PROGRAMS: &[(&str, &str)] = &[
    ("dbus-run-session", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    ("secret-tool", "libsecret-tools"),
    ("keyctl", "keyutils"),
    ("curl", "curl"),
];

/// The step that sees to them before any test runs.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        println!("the tests that call other programs run on Linux");
        return Ok(Outcome::Done);
    }
    Ok(match set_up(workspace)? {
        Some(missing) => Outcome::LeftOut(missing),
        None => Outcome::Done,
    })
}

/// Sees to the programs that the tests of Rust call.
pub(crate) fn set_up(workspace: &Workspace) -> Result<Option<String>> {
    bring(workspace, PROGRAMS)
}

/// Installs what is missing of these programs, each with its Debian package, where that is possible;
/// else says what to install.
pub(crate) fn bring(
    workspace: &Workspace,
    programs: &[(&str, &'static str)],
) -> Result<Option<String>> {
    let missing = missing(workspace, programs);
    if missing.is_empty() {
        return Ok(None);
    }
    let install = format!("apt-get install {}", missing.join(" "));
    if !is_root() || workspace.tool("apt-get").is_none() {
        return Ok(Some(format!(
            "missing packages; `{install}` brings them (as root)"
        )));
    }
    command::run(apt_get().args(["update", "-qq"]))?;
    command::run(
        apt_get()
            .args(["install", "-qq", "--no-install-recommends"])
            .args(&missing),
    )?;
    let still_missing = self::missing(workspace, programs);
    if still_missing.is_empty() {
        return Ok(None);
    }
    Err(Failure::new(format!(
        "`{install}` did not bring the programs that it should"
    )))
}

fn missing(workspace: &Workspace, programs: &[(&str, &'static str)]) -> Vec<&'static str> {
    programs
        .iter()
        .filter(|(program, _)| workspace.tool(program).is_none())
        .map(|&(_, package)| package)
        .collect()
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-y");
    command
}

pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
