//! How a server treats refresh tokens, learned by proof.

use super::*;

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
