//! Rejected requests and the verdict of `/oauth/me`.

use super::*;

#[test]
fn a20_one_question_serves_every_rejected_request() {
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
fn a20_a_replay_waits_for_a_token_that_can_be_used() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.answer_refresh(attempt, grant(10_000, true));
    bench.written(Ok(()));
    // The second pair is over as well when the rejection of the first one comes in.
    bench.time = 2 * LIFE;
    bench.event(Event::Rejected {
        waiter: waiter(2),
        epoch: EPOCH,
        generation: 1,
        area: Area("GET guest".to_owned()),
        me: false,
    });
    assert_eq!(
        bench.answers(),
        [],
        "not replayed with a token that is over"
    );
    bench.written(Ok(()));
    let attempt = bench.sent_refresh().expect("refreshed first");
    bench.answer_refresh(attempt, grant(2 * LIFE, true));
    bench.written(Ok(()));
    assert_eq!(bench.answers(), [(waiter(2), Answer::Replay)]);
}

#[test]
fn a20_who_asks_while_a_new_pair_comes_is_not_sent_off_with_one_that_is_no_use() {
    let mut bench = Bench::signed_in();
    bench.time = 10_000;
    let attempt = bench.refresh(1);
    bench.event(Event::Rejected {
        waiter: waiter(2),
        epoch: EPOCH,
        generation: 1,
        area: Area("GET guest".to_owned()),
        me: false,
    });
    let odd = Outcome::Granted(Grant {
        sent: at(10_000).now,
        lifetime: Lifetime::Odd,
        refresh_token: true,
    });
    bench.answer_refresh(attempt, odd);
    bench.written(Ok(()));
    let told: Vec<_> = bench.answers();
    assert!(
        told.iter()
            .all(|(_, answer)| matches!(answer, Answer::Failed(f) if f.code == Code::BadReply)),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
}
