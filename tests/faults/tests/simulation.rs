//! Some hundred phone-months of the real core, the naive client beside it, and replays by seed.

use quickaccess_faults::{
    Client, Focus, Happening, Settings, Summary, last_line, run, table, tell,
};

/// Printed by every run, so that a failure can be replayed with `cargo xtask faults`.
const SEED: u64 = 20_261_124;

fn settings(phone_months: u64, seed: u64) -> Settings {
    Settings {
        phone_months,
        seed,
        threads: 2,
        client: Client::Core,
        mutation: None,
        focus: None,
    }
}

fn live(settings: Settings) -> Summary {
    println!("seed {}", settings.seed);
    run(&settings, |_| ())
}

#[test]
fn a08_a09_a12_a13_a14_a15_a16_a18_a24_every_sign_out_of_phones_on_a_bad_network_is_explained() {
    let core = live(settings(90, SEED));
    for (phone, finding) in &core.findings {
        println!("phone {phone}: {finding}");
    }
    println!("{}", table(&core, None));
    assert!(core.explained() > 150, "hardly anything happened");
    assert_eq!(core.unexplained(), 0, "{}", last_line(&core));
}

/// A short life in which one trouble comes far more often than it does elsewhere; it must have come
/// so many times, and broken no promise.
fn nothing_breaks(focus: Focus, trouble: Happening, at_least: u64) {
    let core = live(Settings {
        focus: Some(focus),
        ..settings(30, SEED)
    });
    for (phone, finding) in &core.findings {
        println!("phone {phone}: {finding}");
    }
    println!("{focus}\n{}", table(&core, None));
    let met = core.happened.get(&trouble).copied().unwrap_or(0);
    assert!(met >= at_least, "{}: {met}", trouble.words());
    assert_eq!(core.unexplained(), 0, "{}", last_line(&core));
}

#[test]
fn a09_an_answer_that_is_lost_after_the_server_acted_ends_no_session_in_silence() {
    nothing_breaks(Focus::LostAnswers, Happening::AnswerLost, 100);
}

#[test]
fn a12_a_store_that_refuses_the_note_or_the_new_pair_costs_no_session() {
    nothing_breaks(Focus::RefusingStore, Happening::WriteRefused, 200);
}

#[test]
fn a13_two_processes_that_are_stopped_at_any_time_lose_nothing_to_each_other() {
    nothing_breaks(Focus::TwoProcesses, Happening::Beside, 1_000);
}

#[test]
fn a16_clocks_that_jump_and_phones_that_restart_serve_no_dead_token_and_drop_no_good_one() {
    nothing_breaks(Focus::Clocks, Happening::ClockMoved, 200);
}

#[test]
fn a24_a_store_that_is_locked_at_any_time_loses_nothing() {
    nothing_breaks(Focus::LockedStore, Happening::Locked, 1_000);
}

#[test]
fn the_naive_client_loses_sessions_in_the_same_world() {
    let naive = Settings {
        client: Client::Naive,
        ..settings(30, SEED)
    };
    let naive = live(naive);
    assert!(naive.unexplained() > 15, "{}", table(&naive, None));
}

#[test]
fn a_seed_replays_exactly_and_another_one_is_another_world() {
    let trace = |threads, seed| {
        let summary = live(Settings {
            threads,
            ..settings(12, seed)
        });
        (summary.hash, summary.events)
    };
    let first = trace(2, 7);
    assert_eq!(first, trace(1, 7), "whatever the threads do");
    assert_ne!(first.0, trace(2, 8).0);
}

#[test]
fn one_phone_can_be_replayed_alone_and_told_line_by_line() {
    let story = tell(&settings(12, 7), 2);
    assert!(story.len() > 100, "{} lines", story.len());
    assert_eq!(story, tell(&settings(12, 7), 2));
    assert_ne!(story, tell(&settings(12, 7), 3));
    assert!(story.iter().any(|line| line.contains("signs in")));
}
