//! The machine under the lease of another process, and its own: when the token may be sent, and
//! which tries count as open.

use super::{
    elsewhere::{length, theirs},
    *,
};
use crate::session::{lease, published::RefreshState};

#[test]
fn a13_after_the_lease_the_old_token_is_one_with_an_open_try() {
    for (holder, over) in [(Holder::Runs, length()), (Holder::Gone, 0)] {
        let mut bench = Bench::under_lease(LIFE, holder);
        // Whether anybody asks or not.
        if over > 0 {
            assert!(!bench.writes());
            assert_eq!(next_wake(&bench.state, at(bench.time).now), Some(over));
            bench.time += over;
            bench.event(Event::Tick);
        }
        let journal = bench.written_journal().unwrap();
        assert_eq!((journal.owner, journal.unknown_tries), (OWNER, 1));
        assert!(bench.effects.iter().any(|effect| matches!(
            effect,
            Effect::Write {
                expect: Expect::Untouched { others: Some(others), .. },
                ..
            } if *others == theirs(LIFE)
        )));
        bench.written(Ok(()));
        assert!(bench.effects.contains(&Effect::Note(Happening::TakenOver)));
        let attempt = bench.sent_refresh().unwrap();
        bench.answer_refresh(attempt, invalid_grant());
        bench.found(|_| {});
        let unfinished = Some(Cause::RefreshUnfinished);
        assert!(matches!(&bench.state.phase, Phase::SignedIn(_)));
        assert_eq!(bench.ended(), unfinished, "{holder:?}");
    }
}

#[test]
fn a13_a_lease_that_was_given_back_leaves_nothing_open() {
    let mut bench = Bench::under_lease(LIFE, Holder::Runs);
    bench.want_token(1);
    bench.time += 1_000;
    bench.event(Event::Tick);
    // It could not be sent over there, say: the record has no journal any more.
    bench.found(|_| {});
    assert_eq!(bench.written_journal().unwrap().unknown_tries, 0);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().unwrap();
    bench.answer_refresh(attempt, invalid_grant());
    bench.found(|_| {});
    assert_eq!(bench.ended(), Some(Cause::SessionEnded));
}

#[test]
fn a13_a_lease_that_was_given_back_unseen_leaves_nothing_open() {
    let mut bench = Bench::under_lease(LIFE, Holder::Runs);
    bench.time += length();
    bench.event(Event::Tick);
    assert_eq!(bench.written_journal().unwrap().unknown_tries, 1);
    // The other process has ended its try meanwhile, without anybody looking.
    bench.written(Err(StoreError::Conflict));
    bench.found(|_| {});
    assert_eq!(bench.written_journal().unwrap().unknown_tries, 0);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().unwrap();
    bench.answer_refresh(attempt, invalid_grant());
    bench.found(|_| {});
    assert_eq!(bench.ended(), Some(Cause::SessionEnded));
}

#[test]
fn a13_nothing_is_sent_without_a_lease_where_another_process_may_send_too() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Err(StoreError::Unavailable));
    assert_eq!(bench.sent_refresh(), None);
    let failure = Failure {
        after: Some(500),
        ..StoreError::Unavailable.into()
    };
    assert_eq!(bench.answers(), [(waiter(1), Answer::Failed(failure))]);
    bench.want_token(2);
    bench.written(Ok(()));
    assert!(
        bench.sent_refresh().is_some(),
        "the next caller tries again"
    );
}

#[test]
fn a13_a_stopped_process_does_not_send_under_a_lease_that_others_may_count_as_over() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    let first = bench.written_journal().unwrap();
    bench.time += lease::send_within(&known());
    bench.written(Ok(()));
    assert_eq!(bench.sent_refresh(), None);
    let second = bench.written_journal().unwrap();
    assert_eq!(second.at, at(bench.time).now);
    assert_eq!(second.unknown_tries, first.unknown_tries);
    bench.written(Ok(()));
    let not_after = bench.effects.iter().find_map(|effect| match effect {
        Effect::SendRefresh { not_after, .. } => *not_after,
        _ => None,
    });
    let within = lease::send_within(&known());
    assert_eq!(not_after, Some(at(bench.time).now.boot + within));
}

#[test]
fn a13_a_write_without_a_new_pair_leaves_another_process_its_lease() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, Outcome::NotSent(Failure::new(Code::Offline)));
    // The journal is to be closed; the other one was faster.
    bench.written(Err(StoreError::Conflict));
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(10_000)), Holder::Runs);
    });
    assert_eq!(bench.session().write, Write::Saved);
    bench.event(Event::Platform(PlatformEvent::NetworkChanged));
    assert!(!bench.writes());
}

#[test]
fn a_record_that_is_written_under_an_open_try_keeps_its_journal() {
    let mut bench = Bench::signed_in().alone();
    bench.time = LIFE;
    bench.want_token(1);
    let journal = bench.written_journal();
    bench.written(Err(StoreError::Unavailable));
    assert!(bench.sent_refresh().is_some(), "a dead token risks nothing");
    // A sign-in comes between, is cancelled, and what was there is put back.
    bench.sign_in_until_saved(LIFE, Epoch(8));
    bench.event(Event::CancelSignIn { waiter: waiter(2) });
    assert_eq!(bench.written_journal(), journal);
}

#[test]
fn a13_under_a_lock_that_is_never_let_go_the_record_decides_whether_the_token_is_sent() {
    let stopped = |change: fn(&mut LoadedSession)| {
        let mut bench = Bench::signed_in();
        bench.time = LIFE;
        bench.want_token(1);
        bench.written(Err(StoreError::Busy));
        assert!(bench.sent_refresh().is_none() && bench.answers().is_empty());
        bench.found(change);
        bench
    };
    let untouched = stopped(|_| {});
    assert!(untouched.sent_refresh().is_some(), "it is stopped for good");
    let journal = stopped(|record| {
        (record.journal, record.holder) = (Some(theirs(LIFE)), Holder::Runs);
    });
    assert_eq!(journal.refresh_state(), RefreshState::Elsewhere);
    assert!(journal.sent_refresh().is_none());
    let ended = stopped(|record| record.ended = Some(Cause::SessionEnded));
    assert_eq!(ended.ended(), Some(Cause::SessionEnded));
    assert!(ended.sent_refresh().is_none());
    let newer = stopped(|record| {
        (record.generation, record.times.sent) = (2, at(LIFE).now);
    });
    assert_eq!(
        newer.answers(),
        [(waiter(1), Answer::Token { short: false })]
    );
}

#[test]
fn a13_the_journal_of_a_process_that_has_ended_tells_the_cause_of_a_late_invalid_grant() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    // This process slept over its lease, another one took it over and was killed.
    bench.time += length();
    bench.answer_refresh(attempt, invalid_grant());
    let time = bench.time;
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(time)), Holder::Gone);
    });
    assert_eq!(bench.ended(), Some(Cause::RefreshUnfinished));
}

#[test]
fn a13_an_open_try_of_another_process_outlives_a_journal_that_was_told_as_refused() {
    let mut bench = Bench::under_lease(LIFE, Holder::Gone);
    let journal = bench.written_journal().unwrap();
    assert_eq!(journal.unknown_tries, 1);
    // The store takes it, and says that it does not.
    bench.written(Err(StoreError::Unavailable));
    bench.want_token(1);
    bench.written(Err(StoreError::Conflict));
    bench.found(|record| record.journal = Some(journal));
    assert_eq!(bench.written_journal().unwrap().unknown_tries, 1);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().unwrap();
    bench.answer_refresh(attempt, invalid_grant());
    bench.found(|_| {});
    assert_eq!(bench.ended(), Some(Cause::RefreshUnfinished));
}

#[test]
fn a13_a_journal_that_timed_out_while_this_process_was_stopped_is_written_again() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    bench.time += 3_600_000;
    bench.written(Err(StoreError::Unavailable));
    assert!(bench.answers().is_empty() && bench.writes());
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}
