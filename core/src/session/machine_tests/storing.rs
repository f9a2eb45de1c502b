//! Writes that fail, meet another writer, or come in between.

use super::*;
use crate::session::state::Write;

const PLATFORM: [PlatformEvent; 6] = [
    PlatformEvent::Foreground,
    PlatformEvent::Background,
    PlatformEvent::Unlocked,
    PlatformEvent::NetworkChanged,
    PlatformEvent::TimeChanged,
    PlatformEvent::Terminating,
];

#[test]
fn a12_what_is_not_saved_is_written_again_on_every_platform_event() {
    for event in PLATFORM {
        let mut bench = Bench::signed_in();
        bench.time = 10_000;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, grant(10_000, true));
        bench.written(Err(StoreError::Locked));
        assert_eq!(bench.session().generation, 2);
        bench.event(Event::Platform(event));
        assert!(bench.writes(), "{event:?}");
        bench.written(Ok(()));
        assert_eq!(bench.session().stored, Some(2), "{event:?}");
    }
}

#[test]
fn a18_a_removal_is_tried_again_on_every_platform_event() {
    for event in PLATFORM {
        let mut bench = Bench::signed_in();
        bench.event(Event::SignOut { waiter: waiter(1) });
        bench.written(Err(StoreError::Locked));
        bench.event(Event::Platform(event));
        let erases = |effect: &Effect| matches!(effect, Effect::Erase { .. });
        assert!(bench.effects.iter().any(erases), "{event:?}");
    }
}

#[test]
fn a09_a_write_in_the_middle_of_a_try_keeps_its_journal() {
    let mut bench = Bench::signed_in().alone();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Err(StoreError::Unavailable));
    let attempt = bench
        .sent_refresh()
        .expect("a dead token is refreshed without a journal");
    // The journal follows as soon as the store takes it, while the try is open.
    bench.ring();
    let journal = bench.written_journal().expect("the try is noted");
    assert_eq!((journal.generation, journal.attempt), (1, attempt));
    bench.written(Ok(()));
    // Without an answer it stays there.
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::Timeout)));
    bench.event(Event::Platform(PlatformEvent::Terminating));
    if bench.writes() {
        assert!(bench.written_journal().is_some());
    }
}

#[test]
fn a09_a_lost_answer_of_a_try_without_a_journal_is_noted_afterwards() {
    let mut bench = Bench::signed_in().alone();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Err(StoreError::Unavailable));
    let attempt = bench.sent_refresh().unwrap();
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::Timeout)));
    bench.ring();
    let journal = bench.written_journal().expect("the lost answer is noted");
    assert_eq!((journal.generation, journal.unknown_tries), (1, 0));
}

#[test]
fn a_journal_that_met_another_writer_is_judged_again_and_written() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    for _ in 0..2 {
        bench.written(Err(StoreError::Conflict));
        let stored = bench.stored();
        bench.loaded(stored);
        assert_eq!(bench.answers(), [], "a conflict is no failure");
    }
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}

#[test]
fn a_store_that_answers_every_journal_with_a_conflict_is_no_endless_loop() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    for _ in 0..10 {
        if !bench.writes() {
            break;
        }
        bench.written(Err(StoreError::Conflict));
        let stored = bench.stored();
        bench.loaded(stored);
    }
    assert!(matches!(bench.session().refresh, Refresh::Waiting { .. }));
    assert!(matches!(bench.answers()[..], [(_, Answer::Failed(_))]));
}

#[test]
fn a_pair_that_is_not_shown_yet_is_dropped_with_its_session() {
    let with_a_pair = || {
        let mut bench = Bench::signed_in();
        bench.time = 10_000;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, grant(10_000, true));
        (bench, attempt)
    };
    let (mut bench, attempt) = with_a_pair();
    bench.event(Event::SignOut { waiter: waiter(2) });
    assert!(bench.discards(attempt), "signed out: {:?}", bench.effects);

    // Signed out by another process, or somebody else signed in there.
    let other = || {
        let Loaded::Session(mut other) = with_a_pair().0.stored() else {
            unreachable!()
        };
        other.epoch = Epoch(8);
        Loaded::Session(other)
    };
    for loaded in [Loaded::SignedOut(Cause::SignedOut), other()] {
        let (mut bench, attempt) = with_a_pair();
        bench.written(Err(StoreError::Conflict));
        bench.loaded(loaded);
        assert!(bench.discards(attempt), "{:?}", bench.effects);
    }

    let (mut bench, attempt) = with_a_pair();
    bench.sign_in_until_saved(10_000, Epoch(8));
    bench.written(Ok(()));
    assert!(bench.answers().contains(&(waiter(2), Answer::SignedIn)));
    assert!(bench.discards(attempt), "replaced: {:?}", bench.effects);
}

#[test]
fn a25_a_session_in_memory_outlives_whatever_the_store_lost() {
    for loaded in [
        Loaded::SignedOut(Cause::StoreLost),
        Loaded::SignedOut(Cause::KeyLost),
        Loaded::SignedOut(Cause::Corrupt),
        Loaded::SignedOut(Cause::NeverSignedIn),
        Loaded::SetAside(Cause::KeyLost),
        Loaded::SetAside(Cause::StoreLost),
    ] {
        let mut bench = Bench::signed_in();
        bench.time = LIFE;
        bench.want_token(1);
        bench.written(Err(StoreError::Conflict));
        bench.loaded(loaded.clone());
        assert!(bench.writes(), "{loaded:?}: it is written again");
        bench.written(Ok(()));
        assert!(bench.sent_refresh().is_some(), "{loaded:?}");
    }
}

#[test]
fn a_caller_is_not_told_an_old_failure_because_the_record_is_being_written() {
    let mut bench = Bench::signed_in().alone();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Err(StoreError::Unavailable));
    let attempt = bench.sent_refresh().expect("sent without a journal");
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::Offline)));
    // Hours later the wait is over, and the platform's event has the record written first.
    bench.time += LIFE;
    bench.event(Event::Platform(PlatformEvent::Unlocked));
    assert!(bench.writes());
    let write = bench.last_write();
    bench.want_token(2);
    assert_eq!(
        bench.answers(),
        [],
        "the refresh starts with the end of the write"
    );
    bench.event(Event::Written {
        attempt: write,
        result: Ok(()),
    });
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}

#[test]
fn a25_a_lost_record_fails_no_caller_whatever_failed_before() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    for id in 0..6 {
        bench.want_token(id);
        bench.written(Ok(()));
        let attempt = bench.sent_refresh().expect("sent");
        let offline = Failure::new(Code::Offline);
        bench.answer_refresh(attempt, Outcome::NotSent(offline));
        bench.written(Ok(()));
        bench.time += 3_600_000;
    }
    bench.want_token(7);
    bench.written(Err(StoreError::Conflict));
    bench.loaded(Loaded::SetAside(Cause::KeyLost));
    assert_eq!(bench.answers(), [], "written again, and the caller waits");
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}

#[test]
fn an_end_that_the_store_does_not_hold_is_written_after_another_look() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let stored = bench.stored();
    bench.loaded(stored.clone());
    bench.written(Err(StoreError::Conflict));
    bench.loaded(stored);
    bench.ring();
    assert!(bench.effects.iter().any(|effect| matches!(
        effect,
        Effect::Write { draft, .. } if draft.ended == Some(Cause::SessionEnded)
    )));
    bench.written(Ok(()));
    assert!(matches!(bench.session().write, Write::Saved));
}
