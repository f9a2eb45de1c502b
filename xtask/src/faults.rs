//! `cargo xtask faults`: the program of `tests/faults`, built with its own profile.

use crate::{
    command::{self, Result},
    workspace::Workspace,
};

/// What to run; what is missing is left to the program.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) phone_months: u64,
    pub(crate) seed: Option<u64>,
    pub(crate) phone: Option<u64>,
    pub(crate) focus: Option<String>,
}

/// What every run of all checks lives through. The seed is fixed, so that whoever sees it fail sees
/// it fail again.
pub(crate) fn step() -> Options {
    Options {
        phone_months: 10_000,
        seed: Some(20_261_125),
        ..Options::default()
    }
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result {
    let profile = ["run", "--quiet", "--profile", "faults"];
    let mut cargo = workspace.cargo(profile);
    cargo.args(["--package", "quickaccess-faults", "--"]);
    cargo.args(["--phone-months", &options.phone_months.to_string()]);
    let numbers = [("--seed", options.seed), ("--phone", options.phone)];
    for (option, value) in numbers {
        if let Some(value) = value {
            cargo.args([option, &value.to_string()]);
        }
    }
    if let Some(focus) = &options.focus {
        cargo.args(["--focus", focus]);
    }
    command::run(&mut cargo)
}
