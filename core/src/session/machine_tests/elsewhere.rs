//! The machine and another process on the same store, step by step.

use super::*;
use crate::session::{lease, published::RefreshState};

/// Another process in the journal.
const OTHER: u64 = 4;
/// The other process's journal for the first pair.
pub(super) fn theirs(time: Millis) -> Journal {
    Journal {
        generation: 1,
        attempt: 3,
        owner: OTHER,
        at: at(time).now,
        unknown_tries: 0,
    }
}

pub(super) fn length() -> Millis {
    lease::length(&known())
}

impl Bench {
    /// Starts on a store that holds the first pair under the other process's journal.
    pub(super) fn under_lease(time: Millis, holder: Holder) -> Self {
        let mut record = Self::signed_in().record();
        (record.journal, record.holder) = (Some(theirs(time)), holder);
        let mut bench = Self::new();
        bench.time = time;
        bench.event(Event::Loaded {
            attempt: 1,
            loaded: Loaded::Session(Box::new(record)),
        });
        bench
    }

    pub(super) fn want_refresh(&mut self, id: u64) {
        self.event(Event::Want {
            waiter: waiter(id),
            want: Want::Refresh { than: 1 },
        });
    }

    /// The look that is under way ends so.
    pub(super) fn found(&mut self, change: impl FnOnce(&mut LoadedSession)) {
        let mut record = self.record();
        change(&mut record);
        self.loaded(Loaded::Session(Box::new(record)));
    }

    pub(super) fn loads(&self) -> bool {
        let load = |effect: &Effect| matches!(effect, Effect::Load { .. });
        self.effects.iter().any(load)
    }

    pub(super) fn refresh_state(&self) -> RefreshState {
        let persistence = crate::store::Persistence::Device;
        let now = at(self.time).now;
        let state = crate::SessionState::of(&self.state, "qa", persistence, now);
        state.signed_in().expect("signed in").refresh.clone()
    }

    pub(super) fn ended(&self) -> Option<Cause> {
        match self.session().refresh {
            Refresh::Ended { cause } => Some(cause),
            _ => None,
        }
    }
}

#[test]
fn a13_under_the_lease_of_another_process_the_good_token_is_served_and_nothing_is_sent() {
    let mut bench = Bench::under_lease(LIFE * 19 / 20, Holder::Runs);
    bench.event(Event::Used);
    bench.want_token(1);
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Token { short: false })]
    );
    assert!(!bench.writes() && bench.sent_refresh().is_none());
    assert_eq!(bench.refresh_state(), RefreshState::Elsewhere);
}

#[test]
fn a13_whoever_waits_gets_the_pair_of_the_other_process_and_the_store_is_looked_at_calmly() {
    let mut bench = Bench::under_lease(LIFE, Holder::Runs);
    bench.want_token(1);
    assert_eq!(bench.effects, [], "it was read just now");
    let mut looks = 0;
    let end = bench.time + length();
    while bench.time < end - 6_000 {
        let wake = next_wake(&bench.state, at(bench.time).now).expect("somebody waits");
        assert!((800..=5_000).contains(&wake), "{wake} ms");
        bench.time += wake;
        bench.event(Event::Tick);
        if bench.loads() {
            looks += 1;
            assert!(bench.answers().is_empty() && !bench.writes());
            let time = LIFE;
            bench.found(|record| {
                (record.journal, record.holder) = (Some(theirs(time)), Holder::Runs);
            });
        }
    }
    assert!((35..60).contains(&looks), "{looks} looks");
    bench.event(Event::Platform(PlatformEvent::Foreground));
    assert!(bench.loads(), "the platform's word brings a look forward");
    bench.found(|record| record.generation = 2);
    assert_eq!(bench.session().generation, 2);
    assert_eq!(bench.answers().len(), 0, "the new pair is over by now, too");
    assert!(bench.writes(), "so this process refreshes it");
}

#[test]
fn a13_a_new_pair_that_a_look_finds_is_served() {
    let mut bench = Bench::under_lease(LIFE, Holder::Runs);
    bench.want_token(1);
    bench.want_refresh(2);
    bench.time += 1_000;
    bench.event(Event::Tick);
    let time = bench.time;
    bench.found(|record| {
        record.generation = 2;
        record.times.sent = at(time).now;
    });
    let token = Answer::Token { short: false };
    assert_eq!(
        bench.answers(),
        [(waiter(1), token.clone()), (waiter(2), token)]
    );
    assert!(!bench.writes());
}

#[test]
fn a13_a_look_that_finds_the_other_process_gone_ends_the_wait() {
    let mut bench = Bench::under_lease(LIFE, Holder::Runs);
    bench.want_token(1);
    bench.time += 1_000;
    bench.event(Event::Tick);
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(LIFE)), Holder::Gone);
    });
    assert_eq!(bench.written_journal().unwrap().unknown_tries, 1);
}

#[test]
fn a13_a_journal_that_meets_another_one_waits_for_it() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Err(StoreError::Conflict));
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(LIFE)), Holder::Runs);
    });
    assert_eq!(bench.refresh_state(), RefreshState::Elsewhere);
    assert!(bench.answers().is_empty() && bench.sent_refresh().is_none());
    bench.time += 1_000;
    bench.event(Event::Tick);
    assert!(bench.loads());
}

#[test]
fn a13_invalid_grant_is_not_believed_while_another_process_may_have_more_luck() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.time += length();
    bench.answer_refresh(attempt, invalid_grant());
    // This process was stopped, and the other one has taken over.
    let time = bench.time;
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(time)), Holder::Runs);
    });
    assert_eq!(bench.refresh_state(), RefreshState::Elsewhere);
    assert!(bench.answers().is_empty() && !bench.writes());
    bench.time += 1_000;
    bench.event(Event::Tick);
    bench.found(|record| record.generation = 2);
    assert_eq!(bench.answers().len(), 1);
    assert_eq!(bench.session().refresh, Refresh::Ready);
}

#[test]
fn a13_an_end_that_another_process_has_found_out_holds_here_with_its_cause() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    bench.want_refresh(1);
    bench.written(Err(StoreError::Conflict));
    bench.found(|record| {
        (record.ended, record.refresh_token) = (Some(Cause::RefreshUnfinished), false);
    });
    assert_eq!(bench.ended(), Some(Cause::RefreshUnfinished));
    assert!(bench.effects.contains(&Effect::DropRefreshToken) && !bench.writes());
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Failed(Cause::RefreshUnfinished.into()))]
    );
}

#[test]
fn a13_a_late_success_is_written_over_what_the_other_process_has_concluded() {
    for buried in [false, true] {
        let mut bench = Bench::signed_in();
        bench.time = LIFE;
        let attempt = bench.refresh(1);
        // Stopped here for longer than the lease; its own timers and clocks do not matter.
        bench.time += 10 * length();
        bench.answer_refresh(attempt, grant(LIFE, true));
        assert!(bench.effects.iter().any(|effect| matches!(
            effect,
            Effect::Write {
                expect: Expect::Exactly { epoch: EPOCH, generation: 1 },
                draft,
                ..
            } if draft.generation == 2 && draft.journal.is_none()
        )));
        // Something came between; what is there now is the other's verdict.
        bench.written(Err(StoreError::Conflict));
        if buried {
            bench.loaded(Loaded::Buried {
                cause: Cause::RefreshUnfinished,
                epoch: EPOCH,
                generation: 1,
            });
        } else {
            bench.found(|record| record.ended = Some(Cause::RefreshUnfinished));
        }
        bench.written(Ok(()));
        assert_eq!(bench.session().generation, 2);
        assert_eq!(bench.answers().len(), 1);
    }
}

#[test]
fn a13_a_look_that_finds_an_end_does_not_cost_the_pair_that_came_late() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE / 2;
    let attempt = bench.refresh(1);
    let lost = Outcome::Unknown(Failure::new(Code::ServerError));
    bench.answer_refresh(attempt, lost);
    bench.written(Ok(()));
    bench.ring();
    bench.written(Ok(()));
    let second = bench.sent_refresh().expect("it is tried again");
    bench.answer_refresh(second, invalid_grant());
    let there = bench.stored();
    bench.loaded(there);
    bench.written(Ok(()));
    // Before the session is given up the store is looked at, and now the first answer comes.
    bench.time = LIFE;
    bench.event(Event::Tick);
    let look = bench.last_load();
    bench.answer_refresh(attempt, grant(LIFE, true));
    let write = bench.last_write();
    let mut ended = bench.record();
    (ended.ended, ended.refresh_token) = (Some(Cause::RefreshUnfinished), false);
    bench.event(Event::Loaded {
        attempt: look,
        loaded: Loaded::Session(Box::new(ended)),
    });
    assert!(!bench.effects.contains(&Effect::DropRefreshToken));
    bench.event(Event::Written {
        attempt: write,
        result: Ok(()),
    });
    assert_eq!(bench.session().generation, 2);
    assert_eq!(bench.session().refresh, Refresh::Ready);
}

#[test]
fn a13_a_late_success_yields_to_a_sign_out_a_newer_sign_in_and_a_newer_pair() {
    let newer = |generation, epoch| {
        let mut record = Bench::signed_in().record();
        (record.generation, record.epoch) = (generation, epoch);
        record.times.sent = at(LIFE).now;
        Loaded::Session(Box::new(record))
    };
    for (there, generation) in [
        (Loaded::SignedOut(Cause::SignedOut), None),
        (newer(1, Epoch(8)), Some(1)),
        (newer(2, EPOCH), Some(2)),
    ] {
        let mut bench = Bench::signed_in();
        bench.time = LIFE;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, grant(LIFE, true));
        bench.written(Err(StoreError::Conflict));
        bench.loaded(there);
        assert!(!bench.writes(), "{generation:?}");
        assert_eq!(bench.state.session().map(|s| s.generation), generation);
    }
}

#[test]
fn a13_before_a_session_is_given_up_the_store_has_the_last_word() {
    for saved_elsewhere in [true, false] {
        let mut bench = Bench::signed_in();
        bench.time = 10_000;
        let attempt = bench.refresh(1);
        bench.answer_refresh(attempt, invalid_grant());
        bench.found(|_| {});
        bench.written(Ok(()));
        bench.time = LIFE;
        bench.want_token(7);
        assert!(bench.loads() && bench.answers().is_empty());
        assert_eq!(next_wake(&bench.state, at(bench.time).now), None);
        if saved_elsewhere {
            bench.found(|record| {
                record.generation = 2;
                record.times.sent = at(LIFE - 1_000).now;
            });
            assert_eq!(
                bench.answers(),
                [(waiter(7), Answer::Token { short: false })]
            );
        } else {
            bench.found(|record| record.ended = Some(Cause::SessionEnded));
            assert_eq!(
                bench.answers(),
                [(waiter(7), Answer::Failed(Cause::SessionEnded.into()))]
            );
            assert!(matches!(bench.state.phase, Phase::SignedOut(_)));
        }
    }
}

#[test]
fn a13_who_is_signed_out_finds_what_another_process_has_signed_in_to() {
    let mut bench = Bench::signed_out();
    bench.time = 60_000;
    bench.want_token(1);
    bench.want_token(2);
    let look = bench.state.attempts;
    assert!(bench.answers().is_empty());
    bench.event(Event::Forget { waiter: waiter(2) });
    let record = Bench::signed_in().record();
    bench.event(Event::Loaded {
        attempt: look,
        loaded: Loaded::Session(Box::new(record)),
    });
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Token { short: false })]
    );
}

#[test]
fn a13_who_is_signed_out_looks_once_a_second_at_most() {
    let mut bench = Bench::signed_out();
    bench.want_token(1);
    assert_eq!(bench.answers().len(), 1, "the store was read just now");
    bench.time = 1_000;
    bench.want_token(2);
    bench.loaded(Loaded::SignedOut(Cause::NeverSignedIn));
    assert_eq!(bench.answers().len(), 1);
    bench.want_token(3);
    assert!(!bench.loads() && bench.answers().len() == 1);
    bench.time = 2_000;
    bench.event(Event::Platform(PlatformEvent::Foreground));
    assert!(bench.loads());
}

#[test]
fn a13_a_sign_out_after_the_end_fences_off_what_another_process_may_still_save() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, invalid_grant());
    bench.found(|_| {});
    bench.loaded(Loaded::SignedOut(Cause::StoreLost));
    bench.written(Ok(()));
    bench.event(Event::SignOut { waiter: waiter(5) });
    assert!(bench.effects.contains(&Effect::Fence { epoch: None }));
    bench.written(Ok(()));
    assert_eq!(
        bench.answers(),
        [(waiter(5), Answer::SignedOut { erased: true })]
    );
    assert!(matches!(&bench.state.phase, Phase::SignedOut(s) if s.cause == Cause::SignedOut));
}

#[test]
fn a13_whoever_waits_after_a_failure_looks_for_the_pair_of_another_process() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().unwrap();
    let busy = Outcome::Busy(Failure::new(Code::ServerBusy));
    bench.answer_refresh(attempt, busy);
    // Another process has taken the lease over meanwhile.
    bench.written(Err(StoreError::Conflict));
    let time = bench.time;
    bench.found(|record| {
        (record.journal, record.holder) = (Some(theirs(time)), Holder::Runs);
    });
    bench.time += 90_000;
    bench.want_token(2);
    assert_eq!(bench.answers(), []);
    let wake = next_wake(&bench.state, at(bench.time).now);
    assert!(
        bench.loads() || wake.is_some_and(|wake| wake <= 5_000),
        "{wake:?}"
    );
}

#[test]
fn a13_a_newer_pair_that_is_found_ends_the_request_for_it() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    // The app goes to the background, and another process has stored the next pair meanwhile.
    bench.event(Event::Platform(PlatformEvent::Background));
    bench.written(Err(StoreError::Conflict));
    bench.found(|record| record.generation = 2);
    assert!(
        bench.effects.contains(&Effect::AbortRefresh { attempt }),
        "{:?}",
        bench.effects
    );
    assert_eq!(bench.session().generation, 2);
    // What it brings all the same is of no use any more.
    bench.event(Event::RefreshAnswered {
        epoch: EPOCH,
        generation: 1,
        attempt,
        outcome: grant(10_000, true),
    });
    assert!(bench.discards(attempt));
}
