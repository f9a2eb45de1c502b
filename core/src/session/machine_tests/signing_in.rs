//! A sign-in, and what it returns to.

use super::*;

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
