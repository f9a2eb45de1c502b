//! Rejected requests and the verdict of `/oauth/me`.

use super::*;

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
