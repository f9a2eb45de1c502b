//! How a server treats refresh tokens, learned by proof.

use super::*;

#[test]
fn a10_the_first_answer_without_a_refresh_token_is_proven_straight_away() {
    for (second, mode) in [
        (grant(10_000, false), ServerMode::Reusable),
        (invalid_grant(), ServerMode::OneShot),
    ] {
        let mut bench = Bench::signed_in();
        bench.time = 10_000;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, grant(10_000, false));
        bench.written(Ok(()));
        assert_eq!(bench.answers().len(), 1, "the caller has its token already");
        assert_eq!(bench.state.known.mode, None, "one answer proves nothing");
        bench.written(Ok(()));
        let proof = bench.sent_refresh().expect("sent once more");
        bench.answer_refresh(proof, second);
        if mode == ServerMode::OneShot {
            let (read, loaded) = (bench.last_load(), bench.stored());
            bench.event(Event::Loaded {
                attempt: read,
                loaded,
            });
            let ended = Refresh::Ended {
                cause: Cause::SingleUseSpent,
            };
            assert_eq!(bench.session().refresh, ended);
        }
        assert_eq!(bench.state.known.mode, Some(mode));
        assert!(bench.session().serves(at(bench.time).now));
    }
}

/// A server of unknown mode has answered without a refresh token, at this time.
fn unproven() -> (Bench, Attempt) {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, grant(10_000, false));
    bench.written(Ok(()));
    bench.written(Ok(()));
    let proof = bench.sent_refresh().expect("sent once more");
    (bench, proof)
}

#[test]
fn a10_an_old_token_that_is_refused_long_afterwards_proves_nothing() {
    let (mut bench, proof) = unproven();
    // No network for a fortnight: the token's own time may be over.
    bench.answer_refresh(proof, Outcome::NotSent(Failure::new(Code::Offline)));
    bench.written(Ok(()));
    bench.time += 14 * 86_400_000;
    bench.want_token(2);
    bench.written(Ok(()));
    let late = bench.sent_refresh().expect("tried again");
    bench.answer_refresh(late, invalid_grant());
    let stored = bench.stored();
    bench.loaded(stored);
    assert_eq!(bench.state.known.mode, None);
    let over =
        |effect: &Effect| *effect == Effect::Note(Happening::RefreshEnded(Cause::SessionEnded));
    assert!(bench.effects.iter().any(over), "{:?}", bench.effects);
}

#[test]
fn a10_a_proof_whose_refusal_is_slept_over_tells_the_cause_and_teaches_nothing() {
    for slept in ["on the way", "in front of the store"] {
        let (mut bench, proof) = unproven();
        let sleep = 9 * 3_600_000;
        if slept == "on the way" {
            bench.time += sleep;
        }
        bench.answer_refresh(proof, invalid_grant());
        let stored = bench.stored();
        if slept != "on the way" {
            bench.time += sleep;
            bench.event(Event::Platform(PlatformEvent::TimeChanged));
            bench.event(Event::Tick);
            let (read, loaded) = (bench.state.attempts, stored.clone());
            bench.event(Event::Loaded {
                attempt: read,
                loaded,
            });
        } else {
            bench.loaded(stored);
        }
        let over = Effect::Note(Happening::RefreshEnded(Cause::SingleUseSpent));
        assert!(
            bench.effects.contains(&over),
            "{slept}: {:?}",
            bench.effects
        );
        assert_eq!(bench.state.known.mode, None, "{slept}");
    }
}

#[test]
fn a10_a_start_right_after_the_first_answer_still_asks_for_the_proof() {
    let (bench, _) = unproven();
    let stored = bench.stored();
    let mut again = Bench::new();
    again.time = 20_000;
    again.loaded(stored);
    assert!(again.written_journal().is_some(), "{:?}", again.effects);
    again.written(Ok(()));
    let proof = again.sent_refresh().expect("sent once more");
    again.answer_refresh(proof, invalid_grant());
    let stored = again.stored();
    again.loaded(stored);
    assert_eq!(again.state.known.mode, Some(ServerMode::OneShot));
}

#[test]
fn a10_a_late_success_without_a_new_token_leaves_no_session_without_one() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    let stored = bench.stored();
    bench.loaded(stored);
    assert!(bench.effects.contains(&Effect::DropRefreshToken));
    bench.written(Ok(()));
    bench.answer_refresh(attempt, grant(10_000, false));
    bench.written(Ok(()));
    assert_eq!(bench.session().generation, 2, "the success wins");
    let ended = Refresh::Ended {
        cause: Cause::SingleUseSpent,
    };
    assert_eq!(bench.session().refresh, ended, "its refresh token is gone");
}

#[test]
fn a10_where_a_token_works_once_no_wish_spends_it_early() {
    let mut bench = Bench::signed_in_with(Some(ServerMode::OneShot));
    bench.time = LIFE / 2 + 60_000;
    let hours = |prefer, at_least| Want::Token {
        prefer,
        at_least,
        strict: false,
    };
    for (id, want) in [hours(LIFE, 0), hours(0, LIFE)].into_iter().enumerate() {
        let waiter = waiter(id as u64);
        bench.event(Event::Want { waiter, want });
        assert!(matches!(
            bench.effects[..],
            [Effect::Answer(_, Answer::Token { .. })]
        ));
    }
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Token { short: true })]
    );
    // In the last twentieth it is spent for whoever comes.
    bench.time = LIFE - 300_000;
    bench.event(Event::Want {
        waiter: waiter(3),
        want: hours(0, LIFE),
    });
    assert!(bench.writes() && bench.answers().is_empty());
}

#[test]
fn a10_a_token_that_works_once_and_was_never_used_is_not_told_to_be_spent() {
    let mut bench = Bench::signed_in_with(Some(ServerMode::OneShot));
    bench.time = 14 * 86_400_000;
    bench.want_token(1);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().expect("the first use");
    bench.answer_refresh(attempt, invalid_grant());
    let stored = bench.stored();
    bench.loaded(stored);
    let ended = Refresh::Ended {
        cause: Cause::SessionEnded,
    };
    assert_eq!(bench.session().refresh, ended);
}
