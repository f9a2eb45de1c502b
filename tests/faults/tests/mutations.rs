//! Five bugs on purpose, each round a core that is whole without it: the simulation must find each,
//! by the promise that it breaks, and must find nothing of the kind without it.

use quickaccess_faults::{Client, Mutation, Settings, Summary, run};

/// So many phone-months at a time, and so many times at most: far less than a run of the chore.
const MONTHS: u64 = 9;
const MOST: u64 = 40;

fn live(seed: u64, mutation: Option<Mutation>) -> Summary {
    let settings = Settings {
        phone_months: MONTHS,
        seed,
        threads: 2,
        client: Client::Core,
        mutation,
        focus: None,
    };
    run(&settings, |_| ())
}

/// Lives with the bug until the promise that it breaks is seen to be broken.
fn must_be_found(bug: Mutation, kind: &str) {
    let breaks = |summary: &Summary| summary.findings.iter().any(|(_, found)| found.kind == kind);
    for seed in 0..MOST {
        println!("{bug}: seed {seed}");
        if breaks(&live(seed, Some(bug))) {
            assert!(!breaks(&live(seed, None)), "and not by the bug");
            return;
        }
    }
    panic!("{bug} is not found in {} phone-months", MONTHS * MOST);
}

#[test]
fn publishing_before_the_write_is_found() {
    must_be_found(
        Mutation::PublishBeforeWrite,
        "a token was seen before it was stored",
    );
}

#[test]
fn a_missing_look_at_the_epoch_is_found() {
    must_be_found(
        Mutation::NoEpochCheck,
        "a token of another sign-in was served",
    );
}

#[test]
fn a_second_refresh_in_flight_is_found() {
    must_be_found(Mutation::SecondRefresh, "a second refresh was in flight");
}

#[test]
fn a_gateways_page_that_is_taken_for_an_answer_is_found() {
    must_be_found(Mutation::PageBelieved, "signed out for no reason");
}

#[test]
fn a_refusal_that_is_believed_without_reading_again_is_found() {
    must_be_found(
        Mutation::BelievedUnread,
        "no refresh is left, beside a newer pair in the store",
    );
}
