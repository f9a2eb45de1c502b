//! Explores the models and tells what held; exits with 1 when something did not.

use std::{num::NonZeroUsize, process::ExitCode, thread::available_parallelism, time::Instant};

use clap::Parser;
use quickaccess_model::{Promise, README, Report, Seen, check, models};

/// Explores the session machine against an adversarial world.
#[derive(Parser)]
#[command(name = "quickaccess-model", version)]
struct Arguments {
    /// The deep models instead of the quick ones: minutes instead of seconds, and gigabytes
    #[arg(long)]
    deep: bool,
    /// List the models with what each covers, and run none
    #[arg(long)]
    list: bool,
    /// Threads to explore with
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// The models to explore; all of them if none is named
    names: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let models = models(arguments.deep);
    let names: Vec<&str> = models.iter().map(|model| model.name).collect();
    if let Some(unknown) = arguments
        .names
        .iter()
        .find(|name| !names.contains(&name.as_str()))
    {
        eprintln!(
            "error: there is no model `{unknown}`; there are {}",
            names.join(", ")
        );
        return ExitCode::FAILURE;
    }
    if arguments.list {
        for model in &models {
            println!("{:<14} {}", model.name, model.covers);
        }
        return ExitCode::SUCCESS;
    }
    let threads = arguments
        .threads
        .unwrap_or_else(|| available_parallelism().map_or(2, NonZeroUsize::get));
    let (begun, seen) = (Instant::now(), Seen::default());
    let (mut steps, mut states, mut failed) = (0, 0, false);
    for model in &models {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|name| name == model.name) {
            continue;
        }
        let report = check(model, threads);
        print(&report);
        seen.add(&report.seen);
        (steps, states) = (steps + report.steps, states + report.states);
        failed |= report.broken.is_some();
    }
    println!(
        "\n{states} states, {steps} steps, {:.1?} with {threads} threads",
        begun.elapsed()
    );
    if failed {
        return ExitCode::FAILURE;
    }
    println!("held in every one of them:");
    for promise in Promise::ALL {
        println!("  {}", promise.sentence());
    }
    if arguments.names.is_empty() && !complete(&seen) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn print(report: &Report) {
    println!(
        "{:<14} {:>9} states {:>10} steps, depth {:>3}, {:>6.1} s  {}",
        report.bounds.name,
        report.states,
        report.steps,
        report.depth,
        report.time.as_secs_f64(),
        if report.broken.is_some() {
            "BROKEN"
        } else {
            "held"
        }
    );
    if let Some(broken) = &report.broken {
        println!("{broken}");
    }
}

/// Whether all the models together went everywhere: through each arrow of the diagram of the phases
/// and no other, and by everything that can go into the history.
fn complete(seen: &Seen) -> bool {
    let never = seen.never_happened();
    for name in &never {
        eprintln!("error: no model comes by this: {name}");
    }
    let wrong = seen.compare(README);
    for arrow in &wrong {
        eprintln!("error: core/src/session/README.md, {arrow}");
    }
    if wrong.is_empty() {
        println!(
            "the diagram of the phases in core/src/session/README.md shows the steps that were taken, and no others"
        );
    }
    never.is_empty() && wrong.is_empty()
}
