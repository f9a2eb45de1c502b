//! `cargo xtask test`: the steps, one after the other. A step that fails does not hide what the
//! next one would have said, so all of them run, and the end lists each with its time.

use std::{
    fs,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use crate::{
    acceptance, android,
    beside::Beside,
    bindings,
    command::{self, Failure, Result},
    faults, kotlin, phones, stores, swift,
    test_output::{Results, TestOutput},
    tools,
    workspace::{BORROWER, Workspace, is_build_machine},
};

/// The version that build machines install.
const CARGO_DENY: &str = "0.20.2";

struct Step {
    name: &'static str,
    headline: &'static str,
    run: fn(&Workspace) -> Result<Outcome>,
}

/// What became of a step that did not fail.
pub(crate) enum Outcome {
    Done,
    /// Something could not be run here; says what, and what would help.
    LeftOut(String),
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        headline: "formatting (cargo fmt)",
        run: format,
    },
    Step {
        name: "lint",
        headline: "lints (cargo clippy, warnings denied)",
        run: lint,
    },
    Step {
        name: "tools",
        headline: "programs that the tests call",
        run: tools::run,
    },
    Step {
        name: "tests",
        headline: "unit and integration tests",
        run: tests,
    },
    Step {
        name: "doc-tests",
        headline: "examples in the documentation",
        run: doc_tests,
    },
    Step {
        name: "bindings",
        headline: "the Kotlin and Swift of the library, as committed (cargo xtask bindings)",
        run: generated,
    },
    Step {
        name: "kotlin",
        headline: "the Kotlin SDK, against the simulator over TLS (Maven)",
        run: kotlin::run,
    },
    Step {
        name: "android",
        headline: "the Android parts, in Android's own classes (Maven, Robolectric)",
        run: android::run,
    },
    Step {
        name: "swift",
        headline: "the Swift SDK, against the simulator over TLS (SwiftPM)",
        run: swift::run,
    },
    Step {
        name: "mobile",
        headline: "the code for Android and iOS, type-checked (cargo xtask check-mobile)",
        run: phones::check::run,
    },
    Step {
        name: "apple",
        headline: "static libraries for iOS, built and inspected (cargo xtask package-apple)",
        run: phones::apple::run,
    },
    Step {
        name: "size",
        headline: "the size of the library that a phone carries (cargo xtask size)",
        run: phones::size::run,
    },
    Step {
        name: "model",
        headline: "every state of the session machine (cargo xtask model)",
        run: model,
    },
    Step {
        name: "faults",
        headline: "ten thousand phone-months on a bad network",
        run: faults_step,
    },
    Step {
        name: "stores",
        headline: "real secret stores of this platform",
        run: stores_step,
    },
    Step {
        name: "docs",
        headline: "documentation (warnings denied)",
        run: docs,
    },
    Step {
        name: "deny",
        headline: "dependencies: bans, licences, sources",
        run: deny,
    },
    Step {
        name: "acceptance",
        headline: "a test for every acceptance case due",
        run: cases,
    },
];

/// Where a build machine runs all steps, these begin together with that one and run beside it and what
/// follows, so their times are no part of the whole. They build in profiles and folders of their own, so
/// that neither waits for the other's.
const BESIDE: (&str, &[&str]) = ("kotlin", &["apple", "size", "deny"]);

/// The names of the steps, in their order.
pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// Prints the steps.
pub(crate) fn list() -> Result {
    for step in STEPS {
        println!("{:<12}{}", step.name, step.headline);
    }
    Ok(())
}

/// Runs the steps that are named, or all.
pub(crate) fn run(workspace: &Workspace, only: &[String]) -> Result {
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect();
    let begun = Instant::now();
    let mut report = Vec::new();
    let mut failed = Vec::new();
    let has = |name| chosen.iter().any(|step| step.name == name);
    // After `tools`, so that no two install packages at once.
    let before_swift = (has("tools") && has("swift")).then_some("tools");
    let mut beside = Beside::default();
    for (index, step) in chosen.iter().enumerate() {
        println!(
            "\n== {}/{} {}: {}",
            index + 1,
            chosen.len(),
            step.name,
            step.headline
        );
        if only.is_empty() && is_build_machine() && step.name == BESIDE.0 {
            beside = Beside::begin(workspace, BESIDE.1)?;
        }
        let (outcome, time) = match beside.take(step.name) {
            Some(done) => {
                // As for every line that is printed here.
                let _ = io::stdout().write_all(&done.output);
                (done.outcome.map(|()| Outcome::Done), done.time)
            }
            None => {
                let start = Instant::now();
                ((step.run)(workspace), start.elapsed())
            }
        };
        let time = seconds(time);
        let (verdict, why) = match outcome {
            Ok(Outcome::Done) => ("ok", String::new()),
            Ok(Outcome::LeftOut(why)) if is_build_machine() => {
                let why = format!("left out, which a build machine may not: {why}");
                failed.push((step.name, Failure::new(&why)));
                ("FAILED", format!(": {why}"))
            }
            Ok(Outcome::LeftOut(why)) => ("left out", format!(": {why}")),
            Err(failure) => {
                let why = format!(": {}", failure.sentence());
                failed.push((step.name, failure));
                ("FAILED", why)
            }
        };
        println!("== {} {verdict} after {time}{why}", step.name);
        report.push(format!("  {:<12}{verdict:<10}{time:>9}{why}", step.name));
        if before_swift == Some(step.name) {
            // What is amiss with it is told by its own step.
            let _ = swift::set_up_early(workspace);
        }
    }
    let all = seconds(begun.elapsed());
    println!("\n{}\n  in all    {all:>19}", report.join("\n"));
    let Some((first, _)) = failed.first() else {
        return Ok(());
    };
    // Whoever looks at a log looks at its end.
    for (name, failure) in &failed {
        println!("\n== {name}: {failure}");
    }
    let names: Vec<_> = failed.iter().map(|(name, _)| *name).collect();
    Err(Failure::new(format!(
        "failed: {}; run one alone with `cargo xtask test --only {first}`",
        names.join(", "),
    )))
}

fn format(workspace: &Workspace) -> Result<Outcome> {
    command::run(&mut workspace.cargo(["fmt", "--all", "--check"]))?;
    Ok(Outcome::Done)
}

fn lint(workspace: &Workspace) -> Result<Outcome> {
    let deny = ["--", "--deny", "warnings"];
    let all = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--exclude",
        BORROWER,
    ];
    let borrower = ["clippy", "--tests", "--package", BORROWER];
    command::run(workspace.cargo(all).args(deny))?;
    command::run(workspace.cargo(borrower).args(deny))?;
    Ok(Outcome::Done)
}

fn tests(workspace: &Workspace) -> Result<Outcome> {
    let file = workspace.results_file()?;
    if file.exists() {
        fs::remove_file(&file).map_err(|error| Failure::new(format!("{error}")))?;
    }
    let all = [
        "test",
        "--workspace",
        "--no-fail-fast",
        "--exclude",
        BORROWER,
    ];
    let kinds = ["--lib", "--bins", "--tests", "--examples"];
    let borrower = ["test", "--tests", "--no-fail-fast", "--package", BORROWER];
    let mut output = TestOutput::default();
    let mut all = workspace.cargo(all);
    all.args(kinds);
    let outcomes = [all, workspace.cargo(borrower)]
        .map(|command| command::run_watched(command, |line| output.line(line)));
    Results::from(output).save(&file)?;
    for outcome in outcomes {
        outcome?;
    }
    Ok(Outcome::Done)
}

fn doc_tests(workspace: &Workspace) -> Result<Outcome> {
    let all = [
        "test",
        "--workspace",
        "--no-fail-fast",
        "--doc",
        "--exclude",
        BORROWER,
    ];
    command::run(&mut workspace.cargo(all))?;
    Ok(Outcome::Done)
}

fn generated(workspace: &Workspace) -> Result<Outcome> {
    bindings::check(workspace)?;
    Ok(Outcome::Done)
}

fn model(workspace: &Workspace) -> Result<Outcome> {
    crate::model::run(workspace, &[])?;
    Ok(Outcome::Done)
}

fn faults_step(workspace: &Workspace) -> Result<Outcome> {
    faults::run(workspace, &faults::step())?;
    Ok(Outcome::Done)
}

fn stores_step(workspace: &Workspace) -> Result<Outcome> {
    stores::run(workspace)
}

fn docs(workspace: &Workspace) -> Result<Outcome> {
    let mut command = workspace.cargo(["doc", "--workspace", "--no-deps"]);
    command::run(command.env("RUSTDOCFLAGS", "-Dwarnings"))?;
    Ok(Outcome::Done)
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    if workspace.tool("cargo-deny").is_none() && is_build_machine() {
        let root = workspace.root().join(".tools");
        let mut install = workspace.cargo(["install", "cargo-deny", "--locked", "--quiet"]);
        // Built apart, so that its own settings do not disturb what is built here, and not for speed:
        // it runs once.
        install
            .arg("--debug")
            .args(["--version", CARGO_DENY, "--root"])
            .arg(root)
            .env_remove("CARGO_TARGET_DIR");
        command::run(&mut install)?;
    }
    let Some(tool) = workspace.tool("cargo-deny") else {
        return Ok(Outcome::LeftOut(
            "cargo-deny is not installed; `cargo install cargo-deny --locked` does it".to_owned(),
        ));
    };
    let mut command = std::process::Command::new(tool);
    command.current_dir(workspace.root());
    let check = [
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ];
    command::run(command.args(check))?;
    Ok(Outcome::Done)
}

fn cases(workspace: &Workspace) -> Result<Outcome> {
    acceptance::check(workspace)?;
    Ok(Outcome::Done)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names = names();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn what_runs_beside_a_step_comes_after_it() {
        let position = |name: &str| {
            let found = STEPS.iter().position(|step| step.name == name);
            found.unwrap_or_else(|| panic!("{name}"))
        };
        let (begins, steps) = BESIDE;
        for name in steps {
            assert!(position(begins) < position(name), "{name}");
        }
    }

    #[test]
    fn the_cases_are_judged_after_the_tests_have_run() {
        let position = |name| STEPS.iter().position(|step| step.name == name);
        assert!(position("tests") < position("acceptance"));
        assert!(position("stores") < position("acceptance"));
    }
}
