//! The program itself, killed with SIGKILL at every step of its stores and of the network, and
//! started again. `cargo xtask test` brings the stores and says whether programs can be traced.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod checks;
mod person;
#[path = "../support/mod.rs"]
mod support;
mod tracer;

use std::{path::Path, process::Command};

use checks::Left;
use person::{Kept, Person, operation};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, RefreshMode};
use support::{Ended, start};
use tracer::{Fate, Kind, run_until};

const ALL: &[Kind] = &[Kind::Store, Kind::File, Kind::Network];
/// So many people at a time: their entries have to fit the kernel's keyring, and a token pair has to
/// be a second old before it is refreshed.
const BATCH: usize = 20;

#[test]
#[ignore = "tells `cargo xtask test` whether the kernel lets a program be traced"]
fn a_program_can_be_traced() {
    let mut command = Command::new("true");
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let fate = run_until(&command, "", Path::new("/nowhere"), ALL, 1);
    assert!(matches!(fate, Fate::Ended(Ended { code: 0, .. })));
}

/// A command, what is there before it, and what must be so after it was killed.
struct Case {
    arguments: &'static [&'static str],
    prepare: fn(Kept, RefreshMode) -> Person,
    check: fn(&Person, Left),
    /// What is looked at when all of a batch have been started again once.
    later: Option<fn(&Person, Left, RefreshMode)>,
}

const SIGN_IN: Case = Case {
    arguments: &["sign-in", "--username", "qa"],
    prepare: |kept, _| Person::new(kept),
    check: checks::after_sign_in,
    later: None,
};
const ANOTHER_SIGN_IN: Case = Case {
    arguments: &["sign-in", "--username", "guest-desk"],
    prepare: Person::signed_in,
    check: checks::after_another_sign_in,
    later: None,
};
const REFRESH: Case = Case {
    arguments: &["token", "--refresh"],
    prepare: Person::signed_in,
    check: checks::after_refresh,
    later: Some(checks::after_refresh_and_time),
};
const SIGN_OUT: Case = Case {
    arguments: &["sign-out"],
    prepare: Person::signed_in,
    check: checks::after_sign_out,
    later: None,
};

/// Kills the command at each of its steps, until it comes to its end by itself.
fn at_every_step(case: &Case, kept: Kept, mode: RefreshMode, kinds: &[Kind]) {
    let mut points = 0;
    loop {
        let people: Vec<_> = (0..BATCH).map(|_| (case.prepare)(kept, mode)).collect();
        let mut killed = Vec::new();
        for person in people {
            match person.killed(case.arguments, kinds, points + 1) {
                Fate::Killed(step) => {
                    points += 1;
                    let left = Left::by(&person);
                    killed.push((person, step, left));
                }
                Fate::Ended(ended) => {
                    ended.with(0);
                    break;
                }
            }
        }
        let ended = killed.len() < BATCH;
        for (person, step, left) in &killed {
            println!("{points} killed at {step}: {left:?}");
            (case.check)(person, *left);
        }
        for (person, step, left) in &killed {
            println!("killed at {step}: {left:?}");
            if let Some(later) = case.later {
                later(person, *left, mode);
            }
        }
        if ended {
            break;
        }
    }
    println!(
        "{:?} in {kept:?}, {mode:?}: {points} kill points",
        case.arguments
    );
    assert!(points > 10, "only {points} steps were seen");
}

/// Kills the command while the server holds its request.
fn while_held(case: &Case, kept: Kept, mode: RefreshMode, at: HoldAt) {
    let person = (case.prepare)(kept, mode);
    let held = person.server.simulator.fault(Fault {
        on: operation(case.arguments[0]).into(),
        times: Some(1),
        after: 0,
        what: FaultKind::Hold { at },
    });
    let hold = person.server.simulator.find_hold(held).unwrap();
    let run = start(person.command(case.arguments), b"abc123\n");
    person.held(&hold);
    run.signal(rustix::process::Signal::KILL);
    assert_eq!(run.end().code, -1);
    let left = Left::by(&person);
    println!(
        "{:?} killed while held {at:?} ({mode:?}): {left:?}",
        case.arguments
    );
    (case.check)(&person, left);
    if let Some(later) = case.later {
        later(&person, left, mode);
    }
}

#[test]
#[ignore = "needs `keyctl session -` and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_a_sign_in() {
    at_every_step(&SIGN_IN, Kept::Kernel, RefreshMode::Rotate, ALL);
}

#[test]
#[ignore = "needs `keyctl session -` and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_a_sign_in_over_a_session() {
    at_every_step(&ANOTHER_SIGN_IN, Kept::Kernel, RefreshMode::Rotate, ALL);
}

#[test]
#[ignore = "needs `keyctl session -` and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_a_refresh() {
    at_every_step(&REFRESH, Kept::Kernel, RefreshMode::Rotate, ALL);
}

#[test]
#[ignore = "needs `keyctl session -` and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_the_store_in_a_refresh_in_the_other_modes() {
    for mode in [RefreshMode::Reusable, RefreshMode::OneShot] {
        at_every_step(&REFRESH, Kept::Kernel, mode, &[Kind::Store]);
    }
}

#[test]
#[ignore = "needs `keyctl session -` and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_a_sign_out() {
    at_every_step(&SIGN_OUT, Kept::Kernel, RefreshMode::Rotate, ALL);
}

#[test]
#[ignore = "needs a secret service and ptrace; cargo xtask test provides them"]
fn a08_killed_at_every_step_of_the_secret_service() {
    for case in [&SIGN_IN, &ANOTHER_SIGN_IN, &REFRESH, &SIGN_OUT] {
        at_every_step(
            case,
            Kept::SecretService,
            RefreshMode::Rotate,
            &[Kind::Store],
        );
    }
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a08_killed_while_the_server_has_the_request() {
    for kept in [Kept::Kernel, Kept::SecretService] {
        for at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
            for case in [&SIGN_IN, &ANOTHER_SIGN_IN, &SIGN_OUT] {
                while_held(case, kept, RefreshMode::Rotate, at);
            }
            for mode in [
                RefreshMode::Rotate,
                RefreshMode::Reusable,
                RefreshMode::OneShot,
            ] {
                while_held(&REFRESH, kept, mode, at);
            }
        }
    }
}
