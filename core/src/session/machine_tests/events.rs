//! Events that come late, cannot be, or bring the machine on.

use super::*;

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
