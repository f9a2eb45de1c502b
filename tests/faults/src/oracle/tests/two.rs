//! The same with two processes on one store: what one of them cannot know excuses it, and nothing
//! else does. Process 1 is the app, process 2 works beside it.

use super::*;

/// Both have read the first pair; its access token is over, its refresh token is good.
async fn two() -> Bench {
    let mut bench = Bench::signed_in();
    bench.widget();
    bench.pass(2 * HOUR).await;
    bench
}

#[tokio::test(start_paused = true)]
async fn a_used_token_sent_without_a_note_is_found_and_a_note_that_crosses_the_answer_is_not() {
    for (noted, stored_after) in [(false, true), (true, false), (true, true)] {
        let mut bench = two().await;
        bench.send_by(2, 1);
        let answer = bench.commit(1);
        bench.hear_by(2, 1, answer);
        if stored_after {
            if noted {
                bench.note_by(1, 1);
            }
            bench.store_by(2);
        } else {
            bench.store_by(2);
            bench.note_by(1, 1);
        }
        bench.send_by(1, 1);
        let crossed = noted && stored_after;
        let expected: &[Row] = if crossed {
            &[]
        } else {
            &[Row::SentAfterStored]
        };
        assert_eq!(bench.found(), expected, "{noted} {stored_after}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_note_excuses_no_used_token() {
    let mut bench = two().await;
    bench.note_by(1, 1);
    bench.send_by(2, 1);
    let answer = bench.commit(1);
    bench.hear_by(2, 1, answer);
    bench.store_by(2);
    bench.pass(MINUTE).await;
    bench.send_by(1, 1);
    assert_eq!(bench.found(), [Row::SentAfterStored]);
}

#[tokio::test(start_paused = true)]
async fn the_answer_that_another_process_never_stored_is_told_as_lost_and_as_nothing_else() {
    for (told, expected) in [
        (Cause::RefreshUnfinished, &[][..]),
        (Cause::SessionEnded, &[Row::WrongCause][..]),
        (Cause::SingleUseSpent, &[Row::WrongCause][..]),
    ] {
        let mut bench = two().await;
        bench.send_by(2, 1);
        let answer = bench.commit(1);
        bench.hear_by(2, 1, answer);
        bench.oracle.write_refused(bench.device.at());
        bench.pass(10 * MINUTE).await;
        bench.note_by(1, 1);
        bench.send_by(1, 1);
        bench.refuse_by(1, 1);
        bench.show_nobody(told);
        assert_eq!(bench.found(), expected, "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_that_was_taken_over_makes_an_end_unfinished_and_no_note_does_not() {
    for taken_over in [true, false] {
        let mut bench = two().await;
        if taken_over {
            bench.note_by(2, 1);
        }
        bench.pass(25 * HOUR).await;
        bench.note_by(1, 1);
        bench.send_by(1, 1);
        bench.refuse_by(1, 1);
        bench.show_nobody(Cause::RefreshUnfinished);
        let expected: &[Row] = if taken_over { &[] } else { &[Row::WrongCause] };
        assert_eq!(bench.found(), expected, "taken over: {taken_over}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_process_hears_after_the_refusal_does_not_make_the_cause_wrong() {
    let mut bench = two().await;
    bench.note_by(2, 1);
    bench.send_by(2, 1);
    let answer = bench.commit(1);
    bench.pass(10 * MINUTE).await;
    bench.note_by(1, 1);
    bench.send_by(1, 1);
    bench.refuse_by(1, 1);
    bench.hear_by(2, 1, answer);
    bench.show_nobody(Cause::RefreshUnfinished);
    assert_eq!(bench.found(), []);
}

#[tokio::test(start_paused = true)]
async fn an_end_is_told_anew_where_the_other_process_went_on_and_never_with_a_wrong_cause() {
    for (beside, told, expected) in [
        (true, Cause::SessionEnded, &[][..]),
        (true, Cause::SingleUseSpent, &[Row::WrongCause][..]),
        (false, Cause::SessionEnded, &[Row::WrongCause][..]),
    ] {
        let mut bench = two().await;
        bench.note_by(2, 1);
        bench.send_by(2, 1);
        let answer = bench.commit(1);
        bench.pass(10 * MINUTE).await;
        bench.note_by(1, 1);
        bench.send_by(1, 1);
        bench.refuse_by(1, 1);
        bench.show_nobody(Cause::RefreshUnfinished);
        assert_eq!(bench.found(), []);
        // A day later, the other one gets its answer at last, and goes on with it.
        bench.pass(25 * HOUR).await;
        bench.hear_by(2, 1, answer);
        bench.store_by(if beside { 2 } else { 1 });
        bench.send_by(2, 2);
        bench.refuse_by(2, 2);
        bench.show_nobody(told);
        assert_eq!(bench.found(), expected, "{beside} {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_newer_pair_in_the_store_makes_every_end_of_renewal_wrong() {
    let mut bench = two().await;
    bench.send_by(2, 1);
    let answer = bench.commit(1);
    bench.hear_by(2, 1, answer);
    bench.store_by(2);
    bench.pass(1).await;
    bench.refuse_by(1, 1);
    bench.show_nobody(Cause::SessionEnded);
    assert_eq!(bench.found(), [Row::NewerInStore]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_process_is_excused_for_its_lease_and_one_look_more() {
    for (after, expected) in [
        (5 * SECOND, &[][..]),
        (7 * SECOND, &[Row::NothingWorks][..]),
    ] {
        let mut bench = two().await;
        bench.note_by(2, 1);
        bench.send_by(2, 1);
        bench.pass(MINUTE).await;
        bench.fail(quickaccess::Code::Timeout);
        assert_eq!(bench.found(), [], "its lease is open");
        let answer = bench.commit(1);
        bench.hear_by(2, 1, answer);
        bench.store_by(2);
        bench.pass(after).await;
        bench.fail(quickaccess::Code::Timeout);
        assert_eq!(bench.found(), expected, "{after}");
    }
}
