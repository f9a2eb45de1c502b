//! The program behind `cargo xtask faults`.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use clap::Parser;
use quickaccess_faults::{Client, Focus, Mutation, Settings, Summary, last_line, run, table, tell};

/// Phones that live for months on a bad network, in virtual time, and an oracle that explains
/// every sign-out.
#[derive(Parser)]
#[command(name = "quickaccess-faults", version)]
struct Arguments {
    /// How many months of phones; each phone lives three
    #[arg(long, default_value_t = 1_000)]
    phone_months: u64,
    /// Replays a run; drawn from the clock and printed if missing
    #[arg(long)]
    seed: Option<u64>,
    /// Prints the whole story of one phone of the run, and runs no other
    #[arg(long, value_name = "K")]
    phone: Option<u64>,
    /// Tells it of the naive client
    #[arg(long, requires = "phone")]
    naive: bool,
    /// How many phones live at the same time; one for each core if missing
    #[arg(long)]
    threads: Option<usize>,
    /// Runs a core with this bug, which must be found: publish-before-write, no-epoch-check,
    /// second-refresh, page-believed, believed-unread, wall-time-trusted or lock-taken-for-loss
    #[arg(long, value_name = "BUG")]
    mutation: Option<Mutation>,
    /// Lets one kind of trouble come far more often: lost-answers, refusing-store, clocks,
    /// locked-store or two-processes
    #[arg(long, value_name = "TROUBLE")]
    focus: Option<Focus>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let from_clock = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(0, |now| now.as_millis() as u64)
    };
    let threads = || std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
        phone_months: arguments.phone_months,
        seed: arguments.seed.unwrap_or_else(from_clock),
        threads: arguments.threads.unwrap_or_else(threads),
        client: if arguments.naive {
            Client::Naive
        } else {
            Client::Core
        },
        mutation: arguments.mutation,
        focus: arguments.focus,
    };
    println!("seed {}", settings.seed);
    if let Some(phone) = arguments.phone {
        let lines = tell(&settings, phone);
        // A reader that has seen enough closes the pipe.
        let _ = std::io::stdout().write_all((lines.join("\n") + "\n").as_bytes());
        return ExitCode::SUCCESS;
    }
    let core = timed("QuickAccess", &settings);
    let naive = timed(
        "the naive client",
        &Settings {
            client: Client::Naive,
            ..settings
        },
    );
    for (phone, finding) in &core.findings {
        println!("phone {phone}: {finding}");
    }
    println!("\n{}", table(&core, Some(&naive)));
    println!("{}", last_line(&core));
    if core.unexplained() > 0 {
        eprintln!(
            "One phone's story: --seed {} --phone-months {} --phone K",
            settings.seed, settings.phone_months
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs all phones with one client, and says how long it took.
fn timed(who: &str, settings: &Settings) -> Summary {
    let start = Instant::now();
    let terminal = std::io::stderr().is_terminal();
    let summary = run(settings, |done| {
        if terminal {
            eprint!("\r{who}: {done} of {} phone-months", settings.phone_months);
        }
    });
    if terminal {
        eprint!("\r\x1b[K");
    }
    println!(
        "{who}: {} events, trace {:016x}, {:.1} s on {} threads",
        summary.events,
        summary.hash,
        start.elapsed().as_secs_f64(),
        settings.threads
    );
    summary
}
