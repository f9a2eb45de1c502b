//! A sign-in, and what it returns to.

use super::*;

#[test]
fn a05_a_cancelled_sign_in_puts_back_what_was_there_even_while_its_record_is_being_written() {
    let mut bench = Bench::signed_in();
    let other = Epoch(8);
    let attempt = bench.sign_in_until_saved(0, other);
    let write = bench.last_write();
    bench.event(Event::CancelSignIn { waiter: waiter(2) });
    assert_eq!(bench.session().epoch, EPOCH);
    assert!(
        bench
            .effects
            .contains(&Effect::Fence { epoch: Some(other) })
    );
    assert!(bench.effects.contains(&Effect::Discard { attempt }));
    assert!(bench.effects.iter().any(|effect| matches!(
        effect,
        Effect::Write { draft, expect: Expect::Missing { displaced_by: Some(Epoch(8)), .. }, .. }
            if draft.epoch == EPOCH
    )));
    let put_back = bench.last_write();
    bench.event(Event::Written {
        attempt: write,
        result: Ok(()),
    });
    assert_eq!(bench.effects, [Effect::Ignored(Ignored::Late)]);
    bench.event(Event::Written {
        attempt: put_back,
        result: Ok(()),
    });
    assert_eq!(bench.session().stored, Some(1));
}

#[test]
fn a05_the_session_before_does_not_mistake_a_sign_in_under_way_for_another_process() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let refresh = bench.refresh(1);
    bench.sign_in_until_saved(10_000, Epoch(8));
    let saved = bench.last_write();
    // The record of the sign-in is in the store already when the old session writes its pair.
    bench.answer_refresh(refresh, grant(10_000, true));
    bench.written(Err(StoreError::Conflict));
    let Loaded::Session(mut new) = bench.stored() else {
        unreachable!()
    };
    new.epoch = Epoch(8);
    bench.loaded(Loaded::Session(new));
    assert_eq!(
        bench.session().epoch,
        EPOCH,
        "the old one serves until the other commits"
    );
    assert_eq!(
        bench.session().generation,
        2,
        "with the pair that it has got"
    );
    bench.event(Event::Written {
        attempt: saved,
        result: Ok(()),
    });
    assert_eq!(bench.session().epoch, Epoch(8));
    let retired = bench
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Retire { .. }));
    assert_eq!(retired.count(), 1, "the old pair alone");
}

#[test]
fn a_removal_that_is_owed_takes_nothing_from_the_sign_in_after_it() {
    let mut bench = Bench::new();
    bench.event(Event::SignOut { waiter: waiter(1) });
    bench.written(Err(StoreError::Locked));
    bench.sign_in_until_saved(0, EPOCH);
    let write = bench.last_write();
    bench.time += 60_000;
    assert_eq!(next_wake(&bench.state, at(bench.time).now), None);
    for event in [Event::Tick, Event::Platform(PlatformEvent::Unlocked)] {
        bench.event(event);
        assert_eq!(bench.effects, [], "it would come after the new record");
    }
    let result = Ok(());
    bench.event(Event::Written {
        attempt: write,
        result,
    });
    assert_eq!(bench.session().epoch, EPOCH);
}

#[test]
fn an_ended_session_does_not_come_back_because_of_a_lease_that_was_under_it() {
    let lease = Journal {
        generation: 1,
        attempt: 3,
        owner: 4,
        at: at(0).now,
        unknown_tries: 0,
    };
    let before = Expect::Untouched {
        epoch: EPOCH,
        generation: 1,
        owner: OWNER,
        others: Some(lease),
    };
    let displaced = before.displaced_by(Epoch(8), OWNER);
    for again in [displaced, displaced.displaced_by(Epoch(8), OWNER)] {
        assert!(matches!(
            again,
            Expect::Missing { displaced_by: Some(Epoch(8)), others, .. } if others == Some(lease)
        ));
    }
}

#[test]
fn a_sign_out_over_a_cancelled_sign_in_is_the_end_of_whatever_the_store_holds() {
    for cancels_by_itself in [true, false] {
        let mut bench = Bench::signed_in().alone();
        bench.time = 10_000;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, invalid_grant());
        let stored = bench.stored();
        bench.loaded(stored);
        bench.written(Ok(()));
        // A sign-in is being saved when the session before it is over.
        bench.sign_in_until_saved(LIFE, Epoch(8));
        bench.time = LIFE;
        bench.event(Event::Used);
        if cancels_by_itself {
            bench.event(Event::CancelSignIn { waiter: waiter(2) });
        }
        bench.event(Event::SignOut { waiter: waiter(3) });
        assert!(
            bench.effects.contains(&Effect::Fence { epoch: None }),
            "{:?}",
            bench.effects
        );
        bench.written(Ok(()));
        let signed_out = Answer::SignedOut { erased: true };
        assert_eq!(bench.answers(), [(waiter(3), signed_out)]);
        assert!(matches!(&bench.state.phase, Phase::SignedOut(s) if s.cause == Cause::SignedOut));
    }
}

#[test]
fn an_ended_session_does_not_come_back_because_a_sign_in_after_it_could_not_be_kept() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let stored = bench.stored();
    bench.loaded(stored);
    bench.written(Ok(()));
    bench.time = LIFE;
    bench.event(Event::Tick);
    if let Some(Effect::Load { attempt }) = bench.effects.first().cloned() {
        bench.event(Event::Loaded {
            attempt,
            loaded: Loaded::Failed(StoreError::Unavailable),
        });
    }
    // The store takes neither the tombstone nor the record of the next sign-in.
    bench.written(Err(StoreError::Unavailable));
    bench.sign_in_until_saved(LIFE, Epoch(8));
    bench.written(Err(StoreError::Unavailable));
    let still_buries = bench.effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::Bury {
                cause: Cause::SessionEnded,
                expect: Expect::Missing {
                    displaced_by: Some(Epoch(8)),
                    epoch: EPOCH,
                    ..
                },
                ..
            }
        )
    });
    assert!(still_buries, "{:?}", bench.effects);
    bench.written(Ok(()));
    assert!(matches!(&bench.state.phase, Phase::SignedOut(s) if s.cause == Cause::SessionEnded));
}
