//! The step of the Kotlin SDK: builds the library and the simulator, then has Maven compile and test
//! `android/sdk` against them.

use crate::{command::Result, junit, suite::Outcome, tools, workspace::Workspace};

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
    workspace.build_for_other_languages("quickaccess-simulator")?;
    let folder = workspace.root().join(FOLDER);
    let built = workspace.target()?.join("debug");
    let mvn = workspace.tool("mvn").unwrap_or_else(|| "mvn".into());
    let mut maven = std::process::Command::new(mvn);
    maven
        .current_dir(&folder)
        .args(["--batch-mode", "--no-transfer-progress", "--fail-at-end"])
        .arg(format!("-Dcargo.target={}", built.display()))
        .args(["clean", "verify"]);
    let reports = TESTED
        .iter()
        .map(|module| folder.join(module).join("target/surefire-reports"));
    let reports: Vec<_> = reports.collect();
    junit::run(workspace, FOLDER, maven, &reports, "kt")
}
