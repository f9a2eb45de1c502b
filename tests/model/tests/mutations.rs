//! Each bug on purpose is caught by a model of the quick check, and for the right reason.

use quickaccess_model::{Mutation, check_mutant, models};

fn is_caught(mutation: Mutation) {
    let (name, promise) = mutation.caught_by();
    let models = models(false);
    let model = models.iter().find(|model| model.name == name);
    let model = model.expect("each bug names a model that there is");
    let report = check_mutant(model, mutation.step(), 2);
    let broken = report.broken.unwrap_or_else(|| {
        panic!("{mutation:?} got away with {} states", report.states);
    });
    assert_eq!(broken.promise, promise, "{broken}");
    println!(
        "{mutation:?}: {} states, {} steps, {:.1?}",
        report.states, report.steps, report.time
    );
}

#[test]
fn a_pair_that_is_shown_before_it_is_written() {
    is_caught(Mutation::PublishBeforeWrite);
}

#[test]
fn an_answer_that_counts_whatever_sign_in_it_was_for() {
    is_caught(Mutation::NoEpochCheck);
}

#[test]
fn a_second_refresh_in_flight() {
    is_caught(Mutation::SecondRefreshInFlight);
}

#[test]
fn a_502_that_is_taken_for_an_answer() {
    is_caught(Mutation::BadGatewayIsAnAnswer);
}

#[test]
fn an_invalid_grant_that_is_believed_without_reading_again() {
    is_caught(Mutation::InvalidGrantBelieved);
}
