//! The step of the Kotlin SDK: builds the library and the simulator, then has Maven compile and test
//! `android/sdk` against them.

use crate::{
    command::{self, Failure, Result},
    junit,
    suite::Outcome,
    tools,
    workspace::Workspace,
};

const FOLDER: &str = "android/sdk";
/// The modules that have tests.
const TESTED: &[&str] = &["core", "okhttp", "ktor", "checks"];
/// A program and the Debian package that brings it.
const PROGRAMS: &[(&str, &str)] = &[("javac", "default-jdk-headless"), ("mvn", "maven")];

/// Runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    if let Some(missing) = tools::bring(workspace, PROGRAMS)? {
        return Ok(Outcome::LeftOut(missing));
    }
    // The same features as the other tests, so that nothing is built twice; and this one program
    // alone, since `--bins` would replace the one that runs here.
    let build = [
        "build",
        "--workspace",
        "--lib",
        "--bin",
        "quickaccess-simulator",
    ];
    command::run(&mut workspace.cargo(build))?;
    let folder = workspace.root().join(FOLDER);
    let built = workspace.target()?.join("debug");
    let mvn = workspace.tool("mvn").unwrap_or_else(|| "mvn".into());
    let mut maven = std::process::Command::new(mvn);
    maven
        .current_dir(&folder)
        .args(["--batch-mode", "--no-transfer-progress", "--fail-at-end"])
        .arg(format!("-Dcargo.target={}", built.display()))
        .args(["clean", "verify"]);
    let outcome = command::run(&mut maven);
    let reports = TESTED
        .iter()
        .map(|module| folder.join(module).join("target/surefire-reports"));
    let passed = junit::record(workspace, &reports.collect::<Vec<_>>(), "kt");
    outcome?;
    match passed? {
        0 => Err(Failure::new(format!("no test of {FOLDER} has run"))),
        passed => {
            println!("{passed} tests of {FOLDER} passed");
            Ok(Outcome::Done)
        }
    }
}
