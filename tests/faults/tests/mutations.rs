//! Bugs on purpose, each round a core that is whole without it: the simulation must find each, by the
//! promise that it breaks, and must find nothing of the kind without it.

use quickaccess_faults::{Client, Focus, Mutation, Settings, Summary, run};

/// So many phone-months at a time, and so many times at most: far less than a run of the chore.
const MONTHS: u64 = 9;
const MOST: u64 = 40;

fn live(seed: u64, mutation: Option<Mutation>, focus: Option<Focus>) -> Summary {
    let settings = Settings {
        phone_months: MONTHS,
        seed,
        threads: 2,
        client: Client::Core,
        mutation,
        focus,
    };
    run(&settings, |_| ())
}

/// Lives with the bug until one of the promises that it breaks is seen to be broken.
fn must_be_found(bug: Mutation, focus: Option<Focus>, kinds: &[&str]) {
    let broken = |summary: &Summary| {
        let mut findings = summary.findings.iter();
        findings.any(|(_, found)| kinds.contains(&found.kind))
    };
    for seed in 0..MOST {
        println!("{bug}: seed {seed}");
        if broken(&live(seed, Some(bug), focus)) {
            println!("{bug}: found within {} phone-months", (seed + 1) * MONTHS);
            assert!(!broken(&live(seed, None, focus)), "and not by the bug");
            return;
        }
    }
    panic!("{bug} is not found in {} phone-months", MONTHS * MOST);
}

#[test]
fn publishing_before_the_write_is_found() {
    let kinds = ["a token was seen before it was stored"];
    must_be_found(Mutation::PublishBeforeWrite, None, &kinds);
}

#[test]
fn a_missing_look_at_the_epoch_is_found() {
    let kinds = ["a token of another sign-in was served"];
    must_be_found(Mutation::NoEpochCheck, None, &kinds);
}

#[test]
fn a_second_refresh_in_flight_is_found() {
    let kinds = ["a second refresh was in flight"];
    must_be_found(Mutation::SecondRefresh, None, &kinds);
}

#[test]
fn a_gateways_page_that_is_taken_for_an_answer_is_found() {
    let kinds = ["signed out for no reason"];
    must_be_found(Mutation::PageBelieved, None, &kinds);
}

#[test]
fn a_refusal_that_is_believed_without_reading_again_is_found() {
    let kinds = ["no refresh is left, beside a newer pair in the store"];
    must_be_found(Mutation::BelievedUnread, Some(Focus::TwoProcesses), &kinds);
}

#[test]
fn an_age_that_is_counted_by_wall_time_is_found() {
    let kinds = [
        "a token was served after its end",
        "a caller got an error beside a good token",
    ];
    must_be_found(Mutation::WallTimeTrusted, Some(Focus::Clocks), &kinds);
}

#[test]
fn a_lock_that_is_taken_for_a_loss_is_found() {
    let kinds = ["signed out for no reason"];
    must_be_found(Mutation::LockTakenForLoss, Some(Focus::LockedStore), &kinds);
}
