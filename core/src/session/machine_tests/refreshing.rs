//! Journal first, then send, then write, then show.

use super::*;

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
        Expect::Untouched {
            epoch: EPOCH,
            generation: 1,
            owner: OWNER,
            others: None,
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
fn a06_only_one_refresh_is_in_flight_whoever_asks() {
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
