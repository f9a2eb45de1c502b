//! Broken promises, planted one by one: each must be found, and the same without it must not.

mod two;

use super::*;
use crate::{
    device::Device,
    time::{HOUR, MINUTE, SECOND},
};

const LIVES: Lifetimes = Lifetimes {
    access: HOUR,
    refresh: 24 * HOUR,
};

/// A phone in the hands of the test; process 1 is the app.
struct Bench {
    oracle: Oracle,
    device: Device,
    made: u64,
}

fn token(kind: char, number: u64) -> String {
    let tail = format!("{number:x}");
    let kind = format!("{:x}", kind as u32);
    format!("{kind}{}{tail}", "0".repeat(40 - kind.len() - tail.len()))
}

impl Bench {
    /// Nobody has signed in yet.
    fn new() -> Self {
        let mut oracle = Oracle::new(false, false, LIVES);
        oracle.process_started(1, false, 0);
        Self {
            oracle,
            device: Device::new(),
            made: 0,
        }
    }

    /// `qa` signs in: the answer is heard, stored, confirmed and shown.
    fn signed_in() -> Self {
        let mut bench = Self::new();
        bench.sign_in("qa");
        bench
    }

    fn sign_in(&mut self, user: &str) {
        self.oracle.sign_in_begun();
        let given = self.given(true);
        let at = self.device.at();
        let pair = self.oracle.signed_in(user, given, at, at);
        self.oracle.heard(1, pair, at);
        self.store();
        self.oracle.sign_in_ended(user, true, at);
        self.show(user);
    }

    fn given(&mut self, refresh: bool) -> Given {
        self.made += 1;
        Given {
            access: token('a', self.made),
            refresh: refresh.then(|| token('r', self.made)),
        }
    }

    /// The record with the newest pair is written.
    fn store(&mut self) {
        self.store_by(1);
    }

    fn show(&mut self, user: &str) {
        let user = user.to_owned();
        let seen = Seen::Somebody { user, ended: None };
        self.oracle.state_seen(1, &seen, &self.device);
    }

    fn show_nobody(&mut self, cause: Cause) {
        self.oracle
            .state_seen(1, &Seen::Nobody(Some(cause)), &self.device);
    }

    fn send(&mut self, number: u64) {
        self.send_by(1, number);
    }

    fn send_by(&mut self, process: u64, number: u64) {
        let at = self.device.at();
        self.oracle.refresh_begun(process);
        self.oracle.refresh_sent(process, &token('r', number), at);
    }

    /// A process writes its note of a refresh.
    fn note_by(&mut self, process: u64, number: u64) {
        let (access, refresh) = (token('a', number), token('r', number));
        let record = note::record(&access, &refresh, Some(1));
        self.oracle.written(process, &record, self.device.at());
    }

    /// The server refuses a refresh token, and a process hears it.
    fn refuse_by(&mut self, process: u64, number: u64) {
        let (with, at) = (token('r', number), self.device.at());
        self.oracle.refused(&with, at);
        self.oracle.refresh_ended(process, &with, End::Refused, at);
    }

    /// The server exchanges a refresh token; the answer is heard.
    fn exchange(&mut self, number: u64) {
        let answer = self.commit(number);
        self.hear_by(1, number, answer);
    }

    /// The server exchanges a refresh token.
    fn commit(&mut self, number: u64) -> End {
        let at = self.device.at();
        let given = self.given(true);
        let pair = self
            .oracle
            .refreshed(&token('r', number), given, (at, at), true);
        End::Granted(pair.expect("the server knows the token"))
    }

    fn hear_by(&mut self, process: u64, number: u64, answer: End) {
        let at = self.device.at();
        self.oracle
            .refresh_ended(process, &token('r', number), answer, at);
    }

    /// A process beside the app starts, and has read the store.
    fn widget(&mut self) {
        let at = self.device.at();
        self.oracle.process_started(2, true, at);
        let user = "qa".to_owned();
        let seen = Seen::Somebody { user, ended: None };
        self.oracle.state_seen(2, &seen, &self.device);
    }

    /// A process writes the record with the newest pair.
    fn store_by(&mut self, process: u64) {
        let record = format!("{} {}", token('a', self.made), token('r', self.made));
        self.oracle
            .written(process, record.as_bytes(), self.device.at());
    }

    fn serve(&mut self, number: u64) {
        self.oracle
            .token_given(1, &token('a', number), &self.device);
    }

    fn fail(&mut self, code: quickaccess::Code) {
        let begun = self.device.at();
        let call = (Call::Token, begun);
        self.oracle.token_failed(1, call, code, true, &self.device);
    }

    async fn pass(&self, ms: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
    }

    /// What was found that is not explained.
    fn found(&self) -> Vec<Row> {
        let rows = self.oracle.tally().iter();
        let bad = rows.filter(|(row, count)| !row.is_explained() && **count > 0);
        bad.map(|(row, _)| *row).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn an_ordinary_life_breaks_no_promise() {
    let mut bench = Bench::signed_in();
    bench.pass(50 * MINUTE).await;
    bench.send(1);
    bench.exchange(1);
    bench.store();
    bench.serve(2);
    bench.oracle.sign_out_begun();
    bench.show_nobody(Cause::SignedOut);
    bench.oracle.sign_out_ended(bench.device.at());
    assert_eq!(bench.found(), []);
    assert_eq!(bench.oracle.tally()[&Row::Asked], 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_is_sent_after_its_answer_was_stored_is_found() {
    for stored in [true, false] {
        let mut bench = Bench::signed_in();
        bench.send(1);
        bench.exchange(1);
        if stored {
            bench.store();
        }
        bench.oracle.process_died(1, 0);
        bench.send(1);
        let expected: &[Row] = if stored { &[Row::SentAfterStored] } else { &[] };
        assert_eq!(bench.found(), expected, "stored: {stored}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_refresh_in_flight_is_found() {
    let mut bench = Bench::signed_in();
    bench.send(1);
    bench.send(1);
    assert_eq!(bench.found(), [Row::SentTwiceAtOnce]);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_after_a_confirmed_sign_out_is_found() {
    let mut bench = Bench::signed_in();
    bench.oracle.sign_out_begun();
    bench.oracle.sign_out_ended(bench.device.at());
    bench.send(1);
    assert_eq!(bench.found(), [], "that one was on its way");
    bench
        .oracle
        .refresh_ended(1, &token('r', 1), End::Unknown, 0);
    bench.pass(1).await;
    bench.send(1);
    assert_eq!(bench.found(), [Row::SentAfterSignOut]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_seen_before_it_is_stored_is_found_unless_the_store_refused() {
    for refused in [false, true] {
        let mut bench = Bench::signed_in();
        bench.pass(MINUTE).await;
        bench.send(1);
        bench.exchange(1);
        if refused {
            bench.oracle.write_refused(bench.device.at());
        }
        bench.serve(2);
        let expected: &[Row] = if refused {
            &[]
        } else {
            &[Row::SeenBeforeStored]
        };
        assert_eq!(bench.found(), expected, "refused: {refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_served_after_its_end_is_found_unless_no_clock_could_tell() {
    for unsure in [false, true] {
        let mut bench = Bench::signed_in();
        bench.pass(HOUR - SECOND).await;
        bench.serve(1);
        assert_eq!(bench.found(), []);
        if unsure {
            bench.device.reboot();
            bench.device.move_wall(-1_000_000);
        }
        bench.pass(2 * SECOND).await;
        bench.serve(1);
        let expected: &[Row] = if unsure { &[] } else { &[Row::DeadTokenServed] };
        assert_eq!(bench.found(), expected, "unsure: {unsure}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_of_the_one_before_is_found() {
    let mut bench = Bench::signed_in();
    bench.pass(MINUTE).await;
    bench.sign_in("guest-desk");
    bench.serve(1);
    assert_eq!(bench.found(), [Row::WrongPerson]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_comes_back_after_a_confirmed_sign_out_is_found_even_after_a_kill() {
    let mut bench = Bench::signed_in();
    bench.oracle.sign_out_begun();
    bench.oracle.sign_out_ended(bench.device.at());
    bench.oracle.process_died(1, 0);
    bench.show("qa");
    assert_eq!(bench.found(), [Row::CameBack]);
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_that_a_kill_cut_short_may_be_done_or_not() {
    for done in [true, false] {
        let mut bench = Bench::signed_in();
        bench.oracle.sign_out_begun();
        bench.oracle.process_died(1, 0);
        match done {
            true => bench.show_nobody(Cause::SignedOut),
            false => bench.show("qa"),
        }
        assert_eq!(bench.found(), [], "done: {done}");
    }
}

#[tokio::test(start_paused = true)]
async fn planted_causes_are_found_in_states_and_errors() {
    for told in [
        Cause::SessionEnded,
        Cause::RefreshUnfinished,
        Cause::StoreLost,
    ] {
        let mut bench = Bench::signed_in();
        bench.pass(2 * HOUR).await;
        bench.show_nobody(told);
        assert_eq!(bench.found(), [Row::NoReason], "{told:?}");

        let mut bench = Bench::signed_in();
        bench.pass(2 * HOUR).await;
        bench.fail(told.code());
        assert_eq!(bench.found(), [Row::NoReason], "{told:?}");
    }
    // The truth is the age of the refresh token.
    for (told, expected) in [
        (Cause::SessionEnded, &[][..]),
        (Cause::RefreshUnfinished, &[Row::WrongCause][..]),
    ] {
        let mut bench = Bench::signed_in();
        bench.pass(25 * HOUR).await;
        bench.send(1);
        bench.oracle.refused(&token('r', 1), bench.device.at());
        bench
            .oracle
            .refresh_ended(1, &token('r', 1), End::Refused, bench.device.at());
        bench.show_nobody(told);
        assert_eq!(bench.found(), expected, "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_cause_than_the_one_told_before_is_found() {
    let mut bench = Bench::signed_in();
    bench.oracle.sign_out_begun();
    bench.oracle.sign_out_ended(bench.device.at());
    bench.show_nobody(Cause::SignedOut);
    bench.show_nobody(Cause::SessionEnded);
    assert_eq!(bench.found(), [Row::WrongCause]);
}

#[tokio::test(start_paused = true)]
async fn an_error_beside_a_good_token_is_found() {
    let mut bench = Bench::signed_in();
    bench.pass(MINUTE).await;
    bench.fail(quickaccess::Code::Offline);
    assert_eq!(bench.found(), [Row::GoodTokenRefused]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gets_nowhere_although_all_is_well_is_found_once_peace_has_come() {
    let mut bench = Bench::signed_in();
    bench.pass(2 * HOUR).await;
    bench.oracle.trouble(Trouble::NoAnswer, bench.device.at());
    bench.pass(MINUTE).await;
    bench.fail(quickaccess::Code::Timeout);
    assert_eq!(bench.found(), [], "it may still wait for its next try");
    bench.pass(5 * MINUTE).await;
    bench.fail(quickaccess::Code::Timeout);
    assert_eq!(bench.found(), [Row::NothingWorks]);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_was_shown_counts_although_its_caller_went_away() {
    let mut bench = Bench::new();
    bench.oracle.sign_in_begun();
    let given = bench.given(true);
    let at = bench.device.at();
    let pair = bench.oracle.signed_in("qa", given, at, at);
    bench.oracle.heard(1, pair, at);
    bench.store();
    bench.show("qa");
    // The next one fails.
    bench.oracle.sign_in_begun();
    bench.oracle.sign_in_ended("guest-desk", false, at);
    bench.serve(1);
    assert_eq!(bench.found(), []);
}

#[tokio::test(start_paused = true)]
async fn secrets_in_texts_are_found() {
    let mut bench = Bench::signed_in();
    bench.oracle.text_seen(0, "the history", "Signed in.");
    assert_eq!(bench.found(), []);
    let text = format!("the token {} was lost", token('a', 1));
    bench.oracle.text_seen(0, "the history", &text);
    assert_eq!(bench.found(), [Row::SecretShown]);
}

#[tokio::test(start_paused = true)]
async fn callers_without_an_answer_and_storms_are_found() {
    let mut bench = Bench::signed_in();
    bench.oracle.caller_forgotten("Token", 0);
    for _ in 0..100 {
        bench.send(1);
        bench
            .oracle
            .refresh_ended(1, &token('r', 1), End::Unknown, 0);
    }
    assert_eq!(bench.found(), [Row::CallerForgotten, Row::Storm]);
}
