//! The machine by itself: events in, effects out. What needs a server or a store is tested in
//! `core/tests` with the driver.

use super::*;
use crate::{
    environment::BootId,
    session::{
        effect::{Expect, Tokens},
        event::{Area, Grant, Lifetime, Outcome, Verdict, Want},
        model::{Epoch, Renewal, ServerMode},
        state::{Refresh, Stage},
    },
};

const EPOCH: Epoch = Epoch(7);
const LIFE: Millis = 28_800_000;

fn at(time: Millis) -> At {
    At {
        now: Now {
            boot_id: BootId(1),
            boot: 1_000 + time,
            wall: 1_000_000 + time,
        },
        luck: 0,
    }
}

fn known() -> Known {
    Known {
        mode: None,
        doubts_old_token: true,
        has_secret: false,
        alone: false,
        owner: 9,
    }
}

fn waiter(id: u64) -> WaiterId {
    WaiterId(id)
}

fn grant(time: Millis, refresh_token: bool) -> Outcome {
    Outcome::Granted(Grant {
        sent: at(time).now,
        lifetime: Lifetime::Known(LIFE),
        refresh_token,
    })
}

fn invalid_grant() -> Outcome {
    Outcome::Refused {
        invalid_grant: true,
        failure: Failure::new(Code::CredentialsRejected),
    }
}

/// A machine, the time, and the effects of the last event.
struct Bench {
    state: State,
    time: Millis,
    effects: Vec<Effect>,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            state: State::new(known()),
            time: 0,
            effects: Vec::new(),
        };
        bench.event(Event::Open);
        bench
    }

    fn signed_out() -> Self {
        let mut bench = Self::new();
        bench.event(Event::Loaded {
            attempt: 1,
            loaded: Loaded::SignedOut(Cause::NeverSignedIn),
        });
        bench
    }

    fn signed_in() -> Self {
        let mut bench = Self::signed_out();
        bench.event(Event::SignIn {
            waiter: waiter(100),
            renewal: Renewal::RefreshToken,
        });
        let attempt = bench.state.attempts;
        bench.event(Event::SignInAnswered {
            attempt,
            outcome: grant(0, true),
            epoch: EPOCH,
        });
        bench.written(Ok(()));
        assert!(bench.answers().contains(&(waiter(100), Answer::SignedIn)));
        bench
    }

    fn event(&mut self, event: Event) {
        let state = std::mem::replace(&mut self.state, State::new(known()));
        (self.state, self.effects) = step(state, event, at(self.time));
    }

    /// The last write ends.
    fn written(&mut self, result: Result<(), StoreError>) {
        let attempt = self.last_write();
        self.event(Event::Written { attempt, result });
    }

    fn last_write(&self) -> Attempt {
        self.effects
            .iter()
            .rev()
            .find_map(|effect| match effect {
                Effect::Write { attempt, .. }
                | Effect::Erase { attempt, .. }
                | Effect::Bury { attempt, .. } => Some(*attempt),
                _ => None,
            })
            .expect("something was written")
    }

    fn last_load(&self) -> Attempt {
        self.effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Load { attempt } => Some(*attempt),
                _ => None,
            })
            .expect("the store was read")
    }

    fn sent_refresh(&self) -> Option<Attempt> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::SendRefresh { attempt, .. } => Some(*attempt),
            _ => None,
        })
    }

    fn refresh(&mut self, id: u64) -> Attempt {
        let than = self.session().generation;
        self.event(Event::Want {
            waiter: waiter(id),
            want: Want::Refresh { than },
        });
        self.written(Ok(()));
        self.sent_refresh()
            .expect("the journal was written, so it is sent")
    }

    fn answer_refresh(&mut self, attempt: Attempt, outcome: Outcome) {
        let generation = self.session().generation;
        self.event(Event::RefreshAnswered {
            epoch: EPOCH,
            generation,
            attempt,
            outcome,
        });
    }

    fn session(&self) -> &Session {
        self.state.session().expect("somebody is signed in")
    }

    fn answers(&self) -> Vec<(WaiterId, Answer)> {
        let answers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Answer(waiter, answer) => Some((*waiter, answer.clone())),
            _ => None,
        });
        answers.collect()
    }

    /// The same record as in memory, as a read of the store gives it.
    fn stored(&self) -> Loaded {
        let s = self.session();
        Loaded::Session(Box::new(crate::session::event::LoadedSession {
            epoch: s.epoch,
            generation: s.generation,
            times: s.times,
            last_seen: s.times.sent,
            renewal: s.renewal,
            refresh_token: true,
            ended: None,
            journal: None,
            after_rejection: false,
        }))
    }
}

#[test]
fn the_journal_is_written_before_anything_is_sent() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    bench.event(Event::Want {
        waiter: waiter(1),
        want: Want::Refresh { than: 1 },
    });
    let [
        Effect::Write {
            draft,
            tokens: Tokens::Current,
            expect,
            ..
        },
    ] = &bench.effects[..]
    else {
        panic!("{:?}", bench.effects)
    };
    assert_eq!(draft.journal.map(|journal| journal.generation), Some(1));
    assert_eq!(
        *expect,
        Expect::Exactly {
            epoch: EPOCH,
            generation: 1
        }
    );
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}

#[test]
fn a_new_pair_is_shown_only_after_it_was_written() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, grant(10_000, true));
    assert_eq!(bench.session().generation, 1);
    assert!(bench.answers().is_empty());
    bench.written(Ok(()));
    assert_eq!(bench.session().generation, 2);
    assert_eq!(
        bench.answers(),
        [(waiter(1), Answer::Token { short: false })]
    );
}

#[test]
fn only_one_refresh_is_in_flight_whoever_asks() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    let want = Want::Token {
        prefer: 0,
        at_least: 0,
        strict: false,
    };
    bench.event(Event::Want {
        waiter: waiter(0),
        want,
    });
    let write = bench.last_write();
    for id in 1..1_000 {
        bench.event(Event::Want {
            waiter: waiter(id),
            want,
        });
        assert_eq!(bench.effects, []);
    }
    bench.event(Event::Written {
        attempt: write,
        result: Ok(()),
    });
    let attempt = bench.sent_refresh().unwrap();
    bench.answer_refresh(attempt, grant(LIFE, true));
    bench.written(Ok(()));
    assert_eq!(bench.answers().len(), 1_000);
}

#[test]
fn a_success_beats_a_failure_for_the_same_generation_in_either_order() {
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
fn a_lost_answer_makes_the_later_invalid_grant_an_unfinished_refresh() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::Timeout)));
    assert!(matches!(bench.answers()[..], [(_, Answer::Failed(_))]));
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

#[test]
fn the_first_answer_without_a_refresh_token_is_proven_straight_away() {
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

#[test]
fn a_cancelled_sign_in_puts_back_what_was_there_even_while_its_record_is_being_written() {
    let mut bench = Bench::signed_in();
    let other = Epoch(8);
    bench.event(Event::SignIn {
        waiter: waiter(2),
        renewal: Renewal::RefreshToken,
    });
    let attempt = bench.state.attempts;
    bench.event(Event::SignInAnswered {
        attempt,
        outcome: grant(0, true),
        epoch: other,
    });
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
        Effect::Write { draft, expect: Expect::Anything, .. } if draft.epoch == EPOCH
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
fn one_question_serves_every_rejected_request() {
    let mut bench = Bench::signed_in();
    bench.time = 120_000;
    bench.event(Event::Accepted {
        epoch: EPOCH,
        generation: 1,
    });
    let mut question = None;
    for id in 0..100 {
        let area = Area(format!("GET area{}", id % 3));
        bench.event(Event::Rejected {
            waiter: waiter(id),
            epoch: EPOCH,
            generation: 1,
            area,
            me: false,
        });
        for effect in &bench.effects {
            if let Effect::AskMe { attempt } = effect {
                assert_eq!(question.replace(*attempt), None, "asked twice");
            }
        }
    }
    let attempt = question.unwrap();
    bench.event(Event::Judged {
        attempt,
        verdict: Verdict::Accepted,
    });
    assert_eq!(bench.answers().len(), 100);
    assert!(
        bench
            .answers()
            .iter()
            .all(|(_, answer)| *answer == Answer::NotPermitted)
    );
    // What was told is remembered for a minute: no question, but the request was sent.
    let area = Area("GET area1".to_owned());
    let again = Event::Rejected {
        waiter: waiter(7),
        epoch: EPOCH,
        generation: 1,
        area,
        me: false,
    };
    bench.event(again.clone());
    assert_eq!(bench.answers(), [(waiter(7), Answer::NotPermitted)]);
    bench.time += 60_000;
    bench.event(again);
    assert!(matches!(bench.effects[..], [Effect::AskMe { .. }]));
}

#[test]
fn events_that_cannot_be_change_nothing_and_are_a_fault() {
    let impossible = |make: fn() -> Bench, event: Event| {
        let mut bench = make();
        let before = bench.state.clone();
        let name = event.name();
        bench.event(event);
        assert_eq!(bench.state, before, "{name}");
        assert_eq!(
            bench.effects.last(),
            Some(&Effect::Ignored(Ignored::Impossible)),
            "{name}"
        );
    };
    let future = 1_000;
    let benches: [fn() -> Bench; 3] = [Bench::new, Bench::signed_out, Bench::signed_in];
    for make in benches {
        impossible(
            make,
            Event::Written {
                attempt: future,
                result: Ok(()),
            },
        );
        impossible(
            make,
            Event::Judged {
                attempt: future,
                verdict: Verdict::Rejected,
            },
        );
        impossible(
            make,
            Event::Loaded {
                attempt: future,
                loaded: Loaded::SignedOut(Cause::SignedOut),
            },
        );
        impossible(
            make,
            Event::SignInAnswered {
                attempt: future,
                outcome: grant(0, true),
                epoch: EPOCH,
            },
        );
        impossible(
            make,
            Event::RefreshAnswered {
                epoch: EPOCH,
                generation: 1,
                attempt: future,
                outcome: grant(0, true),
            },
        );
    }
}

#[test]
fn a_stuck_stage_is_never_left_without_something_under_way() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    assert!(matches!(
        bench.session().refresh,
        Refresh::InFlight { attempt: a, stage: Stage::Sent { .. }, .. } if a == attempt
    ));
    bench.event(Event::Platform(PlatformEvent::NetworkChanged));
    assert_eq!(next_wake(&bench.state, at(bench.time).now), Some(10_000));
    bench.time += 10_000;
    bench.event(Event::Tick);
    assert_eq!(bench.effects, [Effect::AbortRefresh { attempt }]);
}
