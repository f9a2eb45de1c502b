//! The QuickAccess core on a desktop: sign in, who am I, what may I do; and the simulator. It has
//! no logic of its own: everything here asks the library and shows what it says.

mod args;
mod ask;
mod commands;
mod exit;
mod open;
mod show;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

/// Freed memory is wiped, so that no copy of a password or token stays behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let args = Args::parse();
    show::logs(args.common.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The program cannot start its threads: {error}.");
            return ExitCode::from(exit::BUG);
        }
    };
    let common = &args.common;
    let done = runtime.block_on(async {
        match &args.command {
            Command::Demo => commands::demo::run(common).await,
            Command::SignIn(sign_in) => commands::sign_in::run(common, sign_in).await,
            Command::Whoami => commands::whoami::run(common).await,
            Command::Privileges => commands::privileges::run(common).await,
            Command::Token(token) => commands::token::run(common, token).await,
            Command::SignOut => commands::sign_out::run(common).await,
            Command::History => commands::history::run(common).await,
            Command::Simulator(simulator) => commands::simulator::run(simulator).await,
        }
    });
    // A store call that hangs must not hold the program.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            show::failure(common, &failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
