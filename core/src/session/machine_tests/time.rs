//! What happens when, and what never happens by a timer alone.

use super::*;

const DUE: Millis = 26_000_000;

#[test]
fn a_due_token_that_is_used_in_the_background_is_refreshed_and_no_timer_goes_on() {
    let mut bench = Bench::signed_in();
    bench.event(Event::Platform(PlatformEvent::Background));
    bench.written(Ok(()));
    bench.time = DUE;
    bench.event(Event::Tick);
    assert_eq!(bench.effects, [], "never by a timer alone");
    bench.event(Event::Used);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().expect("acted on at the first use");
    bench.answer_refresh(attempt, Outcome::NotSent(Failure::new(Code::Offline)));
    bench.written(Ok(()));
    assert_eq!(next_wake(&bench.state, at(bench.time).now), None);
    bench.time += 3_600_000;
    bench.event(Event::Tick);
    assert_eq!(bench.effects, []);
    bench.event(Event::Platform(PlatformEvent::Foreground));
    assert!(bench.writes(), "the journal of the next try");
}

#[test]
fn a09_a_lost_answer_is_asked_for_again_by_itself() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(Code::ServerError)));
    assert!(matches!(bench.answers()[..], [(_, Answer::Failed(_))]));
    bench.written(Ok(()));
    // Nobody asks any more, and the token is not due for hours.
    bench.ring();
    bench.written(Ok(()));
    assert!(bench.sent_refresh().is_some());
}

#[test]
fn a14_a_network_that_comes_and_goes_does_not_storm_a_server_in_trouble() {
    for code in [Code::ServerBusy, Code::ServerError, Code::BadReply] {
        let mut bench = Bench::signed_in();
        bench.time = LIFE;
        bench.want_token(1);
        bench.written(Ok(()));
        let attempt = bench.sent_refresh().unwrap();
        bench.answer_refresh(attempt, Outcome::Unknown(Failure::new(code)));
        for _ in 0..100 {
            bench.time += 5;
            bench.event(Event::Platform(PlatformEvent::NetworkChanged));
            assert_eq!(bench.sent_refresh(), None, "{code}");
            assert!(!bench.writes(), "{code}");
        }
    }
}

#[test]
fn a16_a_wall_clock_that_is_set_right_after_a_reboot_is_believed_again() {
    let sent = at(LIFE).now;
    let early = Now {
        boot_id: BootId(2),
        boot: 5_000,
        wall: 1_000,
    };
    let mut bench = Bench::signed_in();
    bench.state.phase = Phase::Closed;
    let step_at = |bench: &mut Bench, now: Now, event: Event| {
        let state = std::mem::replace(&mut bench.state, State::new(known()));
        (bench.state, bench.effects) = step(state, event, At { now, luck: 0 });
    };
    step_at(&mut bench, early, Event::Open);
    let attempt = bench.last_load();
    let loaded = Loaded::Session(Box::new(LoadedSession {
        epoch: EPOCH,
        generation: 1,
        times: crate::session::model::Times {
            sent,
            lifetime: Some(LIFE),
            refresh_after: None,
        },
        last_seen: sent,
        renewal: Renewal::RefreshToken,
        refresh_token: true,
        ended: None,
        journal: None,
        holder: Holder::Unknown,
        after_rejection: false,
        unproven: false,
    }));
    step_at(&mut bench, early, Event::Loaded { attempt, loaded });
    assert!(
        bench.session().serves(early),
        "used, and left to a rejection"
    );
    let right = Now {
        wall: sent.wall + LIFE,
        ..early
    };
    let changed = Event::Platform(PlatformEvent::TimeChanged);
    step_at(&mut bench, right, changed);
    assert!(!bench.session().serves(right), "its time is over");
}

#[test]
fn a16_what_was_seen_last_is_written_when_the_app_goes_away() {
    for event in [PlatformEvent::Background, PlatformEvent::Terminating] {
        let mut bench = Bench::signed_in();
        bench.time = 3_600_000;
        bench.event(Event::Platform(event));
        assert!(bench.writes(), "{event:?}");
        bench.written(Err(StoreError::Unavailable));
        assert_eq!(
            bench.session().stored,
            Some(1),
            "the tokens are saved all the same"
        );
        let told = |effect: &Effect| matches!(effect, Effect::Note(_));
        assert!(!bench.effects.iter().any(told), "{:?}", bench.effects);
    }
}

#[test]
fn a16_a_start_on_another_boot_or_long_after_notes_that_the_session_is_alive() {
    let start = |change: fn(&mut LoadedSession), time: Millis| {
        let Loaded::Session(mut loaded) = Bench::signed_in().stored() else {
            unreachable!()
        };
        change(&mut loaded);
        let mut bench = Bench::new();
        bench.time = time;
        bench.loaded(Loaded::Session(loaded));
        bench.writes()
    };
    assert!(!start(|_| (), 60_000));
    assert!(start(|_| (), 3_600_000));
    assert!(start(|loaded| loaded.last_seen.boot_id = BootId(7), 60_000));
}

#[test]
fn a_change_of_trust_ends_the_wait_of_a_refresh_that_was_not_sent() {
    let mut bench = Bench::signed_in();
    bench.time = LIFE;
    bench.want_token(1);
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().unwrap();
    let refused = Failure::new(Code::CertificateChanged);
    bench.answer_refresh(attempt, Outcome::NotSent(refused));
    bench.written(Ok(()));
    bench.event(Event::TrustChanged);
    bench.want_token(2);
    assert_eq!(
        bench.answers(),
        [],
        "it is tried, not told of the old certificate"
    );
}

#[test]
fn a_caller_of_a_pair_that_was_too_young_is_not_forgotten_after_an_event_of_no_account() {
    let mut bench = Bench::signed_in();
    bench.event(Event::Want {
        waiter: waiter(1),
        want: Want::Refresh { than: 1 },
    });
    assert_eq!(next_wake(&bench.state, at(bench.time).now), Some(1_000));
    bench.time += 1_000;
    bench.event(Event::Accepted {
        epoch: Epoch(99),
        generation: 1,
    });
    assert!(!bench.writes());
    assert_eq!(next_wake(&bench.state, at(bench.time).now), Some(0));
    bench.event(Event::Tick);
    assert!(
        bench.writes(),
        "the journal of the refresh that is waited for"
    );
}
