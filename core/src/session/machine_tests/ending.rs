//! What ends a refresh token, and what does not.

use super::*;

#[test]
fn a10_a_success_beats_a_failure_for_the_same_generation_in_either_order() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let read = bench.last_load();
    // The success comes while the store is being read again.
    bench.answer_refresh(attempt, grant(10_000, true));
    let write = bench.last_write();
    let loaded = bench.stored();
    bench.event(Event::Loaded {
        attempt: read,
        loaded,
    });
    assert!(bench.effects.contains(&Effect::Ignored(Ignored::Late)));
    bench.event(Event::Written {
        attempt: write,
        result: Ok(()),
    });
    assert_eq!(bench.session().generation, 2);
    // The failure comes after the success.
    bench.event(Event::RefreshAnswered {
        epoch: EPOCH,
        generation: 1,
        attempt,
        outcome: invalid_grant(),
    });
    assert_eq!(bench.session().refresh, Refresh::Ready);
}

#[test]
fn invalid_grant_ends_the_refresh_and_not_the_session() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let (read, loaded) = (bench.last_load(), bench.stored());
    bench.event(Event::Loaded {
        attempt: read,
        loaded,
    });
    assert_eq!(
        bench.session().refresh,
        Refresh::Ended {
            cause: Cause::SessionEnded
        }
    );
    assert!(bench.effects.contains(&Effect::DropRefreshToken));
    assert!(bench.session().serves(at(bench.time).now));
    bench.written(Ok(()));
    bench.time = LIFE;
    bench.event(Event::Tick);
    // Another process may have saved a newer pair: the store has the last word.
    let stored = bench.stored();
    bench.loaded(stored);
    assert!(matches!(&bench.state.phase, Phase::SignedOut(s) if s.cause == Cause::SessionEnded));
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Bury { .. }))
    );
}

#[test]
fn a_newer_generation_in_the_store_is_adopted_and_the_verdict_forgotten() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let read = bench.last_load();
    let Loaded::Session(mut newer) = bench.stored() else {
        unreachable!()
    };
    newer.generation = 2;
    bench.event(Event::Loaded {
        attempt: read,
        loaded: Loaded::Session(newer),
    });
    assert_eq!(bench.session().generation, 2);
    assert_eq!(bench.session().refresh, Refresh::Ready);
    assert!(bench.effects.contains(&Effect::Adopt { attempt: read }));
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Token { short: false })]
    );
}

#[test]
fn a09_a_lost_answer_makes_the_later_invalid_grant_an_unfinished_refresh() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::Timeout)));
    assert!(matches!(bench.answers()[..], [(_, Answer::Failed(_))]));
    // The lease is given back, and what is not known stays on record.
    let remembered = bench.written_journal().map(|journal| journal.attempt);
    assert_eq!(remembered, Some(0));
    bench.written(Ok(()));
    bench.time += 60_000;
    let attempt = bench.refresh(2);
    bench.answer_refresh(attempt, invalid_grant());
    let (read, loaded) = (bench.last_load(), bench.stored());
    bench.event(Event::Loaded {
        attempt: read,
        loaded,
    });
    assert_eq!(
        bench.session().refresh,
        Refresh::Ended {
            cause: Cause::RefreshUnfinished
        }
    );
}
