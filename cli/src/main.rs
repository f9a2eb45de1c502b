//! The QuickAccess core on a desktop: sign in, who am I, what may I do; and the simulator. It has
//! no logic of its own: everything here asks the library and shows what it says.

mod args;
mod ask;
mod certificate;
mod columns;
mod commands;
mod exit;
mod fingerprint;
mod listing;
mod open;
mod session;
mod show;
mod stop;
mod terminal;
mod wait;
mod words;

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use crate::{
    args::{Args, Command, Common},
    exit::Failure,
    session::Session,
    stop::Stop,
};

/// Freed memory is wiped, so that no copy of a password or token stays behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let command = match Args::try_parse() {
        Ok(args) => args.command,
        Err(error) => return misused(&error),
    };
    let json = command.json();
    show::logs(command.verbose());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(command));
            // A store call that hangs must not hold the program.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Failure::machine(format!(
            "The program cannot start its threads: {error}."
        ))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            show::failure(json, &failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    let mut stop = Stop::listen().map_err(|error| {
        Failure::machine(format!("The program cannot listen for Ctrl-C: {error}."))
    })?;
    let common = match &command {
        Command::Simulator(args) => return commands::simulator::run(args, &mut stop).await,
        Command::Demo(common) => return commands::demo::run(common, &mut stop).await,
        Command::Doctor(doctor) => return commands::doctor::run(doctor, &mut stop).await,
        Command::SignIn(sign_in) => sign_in.common.clone(),
        Command::Token(token) => token.common.clone(),
        Command::Get(get) => get.common.clone(),
        Command::Find(find) => find.common.clone(),
        Command::Whoami(common) | Command::Privileges(common) => common.clone(),
        Command::Accounts(accounts) => return stop.or(commands::accounts::run(accounts)).await,
        Command::SignOut(kept) | Command::History(kept) => Common {
            kept: kept.clone(),
            ..Common::default()
        },
    };
    let new_account = matches!(&command, Command::SignIn(sign_in) if sign_in.new_account);
    let session = Session::new(common, new_account);
    let work = async {
        match &command {
            Command::SignIn(sign_in) => commands::sign_in::run(&session, sign_in).await,
            Command::Whoami(_) => commands::whoami::run(&session).await,
            Command::Privileges(_) => commands::privileges::run(&session).await,
            Command::Token(token) => commands::token::run(&session, token).await,
            Command::Get(get) => commands::get::run(&session, get).await,
            Command::Find(find) => commands::find::run(&session, find).await,
            Command::SignOut(_) => commands::sign_out::run(&session).await,
            Command::History(_) => commands::history::run(&session).await,
            Command::Accounts(_)
            | Command::Demo(_)
            | Command::Doctor(_)
            | Command::Simulator(_) => Ok(()),
        }
    };
    let done = stop.or(work).await;
    let done = done.map_err(|failure| session.advise(failure));
    let forget = !matches!(command, Command::Token(_));
    session.finish(&mut stop, forget).await;
    done
}

/// Shows the help that was asked for, or what was typed wrongly: as JSON where that was asked for.
fn misused(error: &clap::Error) -> ExitCode {
    let asked_for_json = std::env::args_os().any(|arg| arg == "--json");
    if !asked_for_json
        || !error.use_stderr()
        || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        // Nobody reads it any more, which is no failure.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::USAGE));
    }
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let message = paragraphs.next().unwrap_or_default();
    let mut failure = Failure::usage(message.trim_start_matches("error: "));
    failure.next = paragraphs
        .find_map(|paragraph| paragraph.strip_prefix("tip: "))
        .map(str::to_owned);
    show::failure(true, &failure);
    ExitCode::from(failure.exit_code())
}
