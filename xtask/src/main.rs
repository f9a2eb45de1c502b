//! `cargo xtask`: the one entry for every chore. Build machines call the same commands as people.

mod acceptance;
mod android;
mod beside;
mod bindings;
mod command;
mod debian;
mod faults;
mod junit;
mod kotlin;
mod model;
mod phones;
mod said;
mod secret_service;
mod stores;
mod suite;
mod swift;
mod test_output;
mod tools;
mod workspace;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{command::Result, workspace::Workspace};

/// Every chore of the project.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Set up what is missing and run every check and every test
    Test {
        /// Run this step alone; may be given more than once
        #[arg(long, value_name = "STEP", value_parser = suite::names())]
        only: Vec<String>,
        /// List the steps and what each runs, and run none
        #[arg(long, conflicts_with = "only")]
        list: bool,
    },
    /// Compare docs/acceptance.md with the tests that carry a case's number
    Acceptance {
        /// Bring the page up to date
        #[arg(long, conflicts_with = "json")]
        write: bool,
        /// Print the cases, their tests and the last result of each as JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare docs/errors.md with the table of errors in the code
    Errors {
        /// Bring the page up to date
        #[arg(long)]
        write: bool,
    },
    /// Generate the Kotlin and Swift of the library anew
    Bindings {
        /// Only compare them with those of the repository
        #[arg(long)]
        check: bool,
    },
    /// Make the archive for Android apps, and a Maven repository of it and what it depends on
    PackageAndroid,
    /// Make the pictures of the Android app's screens anew, those in the README too
    Screenshots,
    /// Type-check and lint the code for Android and iOS, and check that crates which must be there
    /// once are
    CheckMobile,
    /// Make the XCFramework for iOS and macOS in ios/, and inspect each library in it
    PackageApple {
        /// Only this target; may be given more than once
        #[arg(long, value_name = "TARGET", value_parser = phones::apple::names())]
        target: Vec<String>,
    },
    /// Measure the library that a phone carries, and which crates take the room
    Size,
    /// Run the benchmarks of the core
    Bench {
        /// Run only those whose name contains this
        name: Option<String>,
    },
    /// Let phones live for months on a bad network, in virtual time, and explain every sign-out
    Faults {
        /// How many months of phones; each phone lives three
        #[arg(long, value_name = "N", default_value_t = 10_000)]
        phone_months: u64,
        /// Replay the run that printed this seed
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
        /// Print the whole story of one phone of the run, and run no other
        #[arg(long, value_name = "K")]
        phone: Option<u64>,
        /// Let one kind of trouble come far more often: lost-answers, refusing-store, clocks,
        /// locked-store or two-processes
        #[arg(long, value_name = "TROUBLE")]
        focus: Option<String>,
    },
    /// Explore the session machine against an adversarial world, state by state
    Model {
        /// The deep models: many minutes and gigabytes instead of a minute or two
        #[arg(long)]
        deep: bool,
        /// These models alone; `--list` shows them
        names: Vec<String>,
        /// List the models with what each covers, and run none
        #[arg(long)]
        list: bool,
    },
    /// Run a command with an unlocked, empty Secret Service on the present session bus
    #[command(hide = true, trailing_var_arg = true)]
    WithSecretService {
        #[arg(required = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Test { list: true, .. } => suite::list(),
        Chore::Test { only, .. } => suite::run(&workspace, &only),
        Chore::Acceptance { write, json } => {
            if json {
                acceptance::print_json(&workspace)
            } else if write {
                acceptance::write(&workspace)
            } else {
                acceptance::check(&workspace)
            }
        }
        Chore::Errors { write } => errors(&workspace, write),
        Chore::Bindings { check: true } => bindings::check(&workspace),
        Chore::Bindings { check: false } => bindings::write(&workspace),
        Chore::Screenshots => android::screenshots(&workspace),
        Chore::PackageAndroid => android::package(&workspace),
        Chore::CheckMobile => whole(phones::check::run(&workspace)?),
        Chore::PackageApple { target } => phones::apple::package(&workspace, &target),
        Chore::Size => whole(phones::size::run(&workspace)?),
        Chore::Bench { name } => bench(&workspace, name),
        Chore::Faults {
            phone_months,
            seed,
            phone,
            focus,
        } => faults::run(
            &workspace,
            &faults::Options {
                phone_months,
                seed,
                phone,
                focus,
            },
        ),
        Chore::Model { deep, names, list } => {
            let mut arguments = names;
            arguments.extend(deep.then(|| "--deep".to_owned()));
            arguments.extend(list.then(|| "--list".to_owned()));
            model::run(&workspace, &arguments)
        }
        Chore::WithSecretService { command } => secret_service::run_with(&command),
    }
}

/// A chore that was asked for by name leaves nothing out.
fn whole(outcome: suite::Outcome) -> Result {
    match outcome {
        suite::Outcome::Done => Ok(()),
        suite::Outcome::LeftOut(why) => Err(command::Failure::new(why)),
    }
}

/// The page is made by a test, so that this program need not be built together with the product.
fn errors(workspace: &Workspace, write: bool) -> Result {
    let mut cargo = workspace.cargo(["test", "--quiet", "--workspace", "--test", "errors_page"]);
    if write {
        cargo.env("QUICKACCESS_WRITE_PAGES", "1");
    }
    command::run(&mut cargo)
}

fn bench(workspace: &Workspace, name: Option<String>) -> Result {
    let mut cargo = workspace.cargo(["bench", "--package", "quickaccess", "--bench", "*"]);
    if let Some(name) = name {
        cargo.args(["--", &name]);
    }
    command::run(&mut cargo)
}
