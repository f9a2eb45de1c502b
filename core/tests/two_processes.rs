//! Two processes on one store, on virtual time: one refresh between them, and nothing lost whichever
//! of them is stopped or killed in the middle.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use quickaccess::{Action, Cause, Code, Error, QuickAccess, RefreshState, SessionState};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation, RefreshMode};
use support::{HOUR, MINUTE, Phone, TestProcess, signed_in, until};

/// The access token is over by then, the refresh token is not.
const OVER: Duration = Duration::from_secs(28_800);
/// The refresh point has passed by then, and the token is still good.
const DUE: Duration = Duration::from_secs(27_000);
/// As long as a lease lasts with the limits that these tests use.
const LEASE: Duration = Duration::from_secs(205);

/// Two processes of one app; the first has signed in.
struct Pair {
    phone: Phone,
    first: QuickAccess,
    first_process: TestProcess,
    second: QuickAccess,
}

impl Pair {
    async fn new() -> Self {
        Self::with_mode(RefreshMode::Rotate).await
    }

    async fn with_mode(mode: RefreshMode) -> Self {
        let phone = Phone::new();
        phone
            .server
            .set_switches(|switches| switches.refresh_mode = mode);
        let (first_process, first) = phone.start_process();
        first.sign_in("qa", "abc123").await.unwrap();
        let second = phone.start();
        until(&second, |state| state.signed_in().is_some()).await;
        Self {
            phone,
            first,
            first_process,
            second,
        }
    }

    fn refreshes(&self) -> u64 {
        self.phone.server.counters().token_requests.refresh_token
    }

    fn reused(&self) -> u64 {
        self.phone.server.counters().refresh_reuse
    }
}

fn in_background(session: &QuickAccess) -> tokio::task::JoinHandle<Result<u64, Error>> {
    let session = session.clone();
    tokio::spawn(async move { session.access_token().await.map(|token| token.generation()) })
}

async fn generation(session: &QuickAccess) -> u64 {
    session.access_token().await.unwrap().generation()
}

fn is_saved(state: &SessionState, generation: u64) -> bool {
    let signed_in = state.signed_in();
    signed_in.is_some_and(|s| s.generation == generation && s.saved)
}

fn is_signed_out(state: &SessionState) -> bool {
    matches!(
        state,
        SessionState::SignedOut {
            cause: Cause::SignedOut,
            ..
        }
    )
}

fn ended(session: &QuickAccess) -> Option<Cause> {
    match session.state().signed_in()?.refresh {
        RefreshState::Ended(cause) => Some(cause),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a13_there_is_one_refresh_between_two_processes_that_ask_at_once() {
    let pair = Pair::new().await;
    pair.phone.pass(OVER).await;
    let callers: Vec<_> = (0..50)
        .flat_map(|_| [in_background(&pair.first), in_background(&pair.second)])
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), 2);
    }
    assert_eq!(pair.refreshes(), 1);
    for session in [&pair.first, &pair.second] {
        assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
    }
}

#[tokio::test(start_paused = true)]
async fn a13_a_process_that_asks_under_the_lease_gets_the_pair_of_the_other_one() {
    for hold_at in [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody] {
        let pair = Pair::new().await;
        pair.phone.pass(OVER).await;
        let hold = pair.phone.server.hold(Operation::TokenRefresh, hold_at);
        let first = in_background(&pair.first);
        hold.reached().await;
        let second = in_background(&pair.second);
        until(&pair.second, |state| {
            let signed_in = state.signed_in();
            signed_in.is_some_and(|s| s.refresh == RefreshState::Elsewhere)
        })
        .await;
        pair.phone.pass(Duration::from_secs(20)).await;
        hold.release();
        assert_eq!(first.await.unwrap().unwrap(), 2);
        assert_eq!(second.await.unwrap().unwrap(), 2, "{hold_at:?}");
        assert_eq!(pair.refreshes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a13_the_good_token_is_served_while_the_other_process_has_the_lease() {
    let pair = Pair::new().await;
    pair.phone.pass(DUE).await;
    let hold = pair
        .phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    assert_eq!(generation(&pair.first).await, 1);
    hold.reached().await;
    for _ in 0..100 {
        assert_eq!(generation(&pair.second).await, 1);
        pair.phone.pass(Duration::from_secs(1)).await;
    }
    hold.release();
    pair.phone.pass(OVER - DUE).await;
    assert_eq!(generation(&pair.second).await, 2);
    assert_eq!(pair.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a13_a_caller_waits_no_longer_than_its_own_limit_and_the_store_is_not_stormed() {
    let pair = Pair::new().await;
    pair.phone.pass(OVER).await;
    let hold = pair
        .phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::BeforeCommit);
    drop(in_background(&pair.first));
    hold.reached().await;
    pair.first_process.stop();
    let (start, reads) = (tokio::time::Instant::now(), || {
        pair.phone.store.loads.load(SeqCst)
    });
    let before = reads();
    let error = pair.second.access_token().await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(30));
    assert_eq!(error.code(), Code::Timeout);
    let Action::Retry {
        after: Some(after), ..
    } = error.action()
    else {
        panic!("{error:?}")
    };
    assert!((1..=10).contains(&after.as_secs()), "{after:?}");
    // A look a second at first, one in five seconds later; each reads the session and what is
    // remembered of the certificate.
    let looks = (reads() - before) / 2;
    assert!((6..=12).contains(&looks), "{looks} looks in 30 s");
    let before = reads();
    pair.phone.pass(MINUTE).await;
    assert_eq!(reads(), before, "nobody waits any more");
}

#[tokio::test(start_paused = true)]
async fn a13_a_stopped_holder_blocks_nobody_for_longer_than_the_lease_and_loses_nothing() {
    // The server has committed when the first one is stopped; the other one tries the old token.
    for (mode, newest, explained) in [
        (RefreshMode::Rotate, 2, 1),
        // Both tries succeed, and one more proves that they may.
        (RefreshMode::Reusable, 3, 0),
        // The pair that came is the last, which is proven by one more try.
        (RefreshMode::OneShot, 2, 2),
    ] {
        let pair = Pair::with_mode(mode).await;
        pair.phone.pass(OVER).await;
        let hold = pair
            .phone
            .server
            .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
        let waiting = in_background(&pair.first);
        hold.reached().await;
        pair.first_process.stop();
        hold.release();
        let start = tokio::time::Instant::now();
        let told = loop {
            match pair.second.access_token().await {
                Err(error) if error.code() == Code::Timeout => {
                    assert!(start.elapsed() <= LEASE + MINUTE, "{error}");
                }
                told => break told.map(|token| token.generation()),
            }
        };
        let blocked = start.elapsed();
        assert!(blocked <= LEASE + Duration::from_secs(5), "{blocked:?}");
        let over = told.as_ref().err().map(Error::code);
        let expected = (mode != RefreshMode::Reusable).then_some(Code::RefreshUnfinished);
        assert_eq!(over, expected, "{mode:?}");

        pair.first_process.go_on();
        // Its caller may have had no more time; the pair that came is kept all the same.
        drop(waiting);
        until(&pair.first, |state| is_saved(state, newest)).await;
        pair.phone.pass(Duration::from_secs(2)).await;
        for session in [&pair.first, &pair.second] {
            assert_eq!(generation(session).await, newest, "{mode:?}");
            assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
        }
        assert_eq!(pair.reused(), explained, "{mode:?}");
        // And the session goes on.
        drop((pair.first, pair.second));
        let again = pair.phone.start();
        assert_eq!(generation(&again).await, newest, "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a13_a_late_success_beats_what_the_other_process_made_of_its_own_failure() {
    // Stopped while the access token is good, so that the other one's end is not yet a tombstone.
    let pair = Pair::new().await;
    pair.phone.pass(DUE).await;
    let hold = pair
        .phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    generation(&pair.first).await;
    hold.reached().await;
    pair.first_process.stop();
    hold.release();
    generation(&pair.second).await;
    pair.phone.pass(LEASE + MINUTE).await;
    assert_eq!(ended(&pair.second), Some(Cause::RefreshUnfinished));
    assert_eq!(generation(&pair.second).await, 1, "served to its end");
    pair.first_process.go_on();
    until(&pair.first, |state| is_saved(state, 2)).await;
    // Before it gives the session up, the other one looks once more.
    pair.phone.pass(OVER - DUE).await;
    assert_eq!(generation(&pair.second).await, 2);
    assert_eq!((pair.refreshes(), pair.reused()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a13_a_killed_holder_blocks_nobody() {
    for (at, result) in [
        (HoldAt::BeforeCommit, Ok(2)),
        (HoldAt::AfterCommit, Err(Code::RefreshUnfinished)),
    ] {
        let pair = Pair::new().await;
        pair.phone.pass(OVER).await;
        // Never let go: what it holds never reaches anybody.
        let held = pair.phone.server.fault(Fault {
            on: Operation::TokenRefresh.into(),
            times: Some(1),
            after: 0,
            what: FaultKind::Hold { at },
        });
        let hold = pair.phone.server.find_hold(held).unwrap();
        let caller = in_background(&pair.first);
        hold.reached().await;
        let second = in_background(&pair.second);
        pair.phone.pass(Duration::from_secs(10)).await;
        caller.abort();
        pair.first_process.kill(pair.first).await;
        let start = tokio::time::Instant::now();
        let told = second.await.unwrap().map_err(|error| error.code());
        assert_eq!(told, result, "{at:?}");
        let waited = start.elapsed();
        assert!(waited <= Duration::from_secs(5), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a13_signed_out_here_and_a_late_save_there_brings_nothing_back() {
    for again in [false, true] {
        let pair = Pair::new().await;
        pair.phone.pass(OVER).await;
        let hold = pair
            .phone
            .server
            .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
        let waiting = in_background(&pair.first);
        hold.reached().await;
        pair.first_process.stop();
        hold.release();
        assert!(pair.second.sign_out().await.unwrap().erased);
        if again {
            pair.second.sign_in("guest-desk", "abc123").await.unwrap();
        }
        let left = pair.phone.store.records();
        pair.first_process.go_on();
        assert_eq!(waiting.await.unwrap().unwrap_err().code(), Code::SignedOut);
        pair.phone.pass(MINUTE).await;
        assert_eq!(pair.phone.store.records(), left, "nothing was written");
        let name = again.then(|| "guest-desk".to_owned());
        for session in [&pair.first, &pair.second] {
            let state = session.state();
            let known = state.signed_in().map(|s| s.username.clone());
            assert_eq!(known, name, "{state:?}");
        }
        assert_eq!(left.len(), usize::from(again));
    }
}

#[tokio::test(start_paused = true)]
async fn a13_a_sign_out_after_the_end_holds_against_a_late_save() {
    let pair = Pair::new().await;
    pair.phone.pass(OVER).await;
    let hold = pair
        .phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    drop(in_background(&pair.first));
    hold.reached().await;
    pair.first_process.stop();
    hold.release();
    pair.phone.pass(LEASE).await;
    let error = pair.second.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::RefreshUnfinished);
    pair.second.sign_out().await.unwrap();
    pair.first_process.go_on();
    until(&pair.first, is_signed_out).await;
    pair.phone.pass(MINUTE).await;
    assert!(pair.phone.store.records().is_empty());
    drop((pair.first, pair.second));
    let again = pair.phone.start();
    let error = again.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::SignedOut);
}

#[tokio::test(start_paused = true)]
async fn a13_what_one_process_does_the_other_finds_in_the_store() {
    let phone = Phone::new();
    let (_first_process, first) = phone.start_process();
    let (_second_process, second) = phone.start_process();
    let error = second.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::SignedOut);
    first.sign_in("qa", "abc123").await.unwrap();
    phone.pass(Duration::from_secs(1)).await;
    assert_eq!(generation(&second).await, 1);
    first.sign_out().await.unwrap();
    phone.pass(OVER).await;
    let error = second.access_token().await.unwrap_err();
    assert_eq!(error.code(), Code::SignedOut);
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
}

#[tokio::test(start_paused = true)]
async fn a13_two_processes_go_on_for_a_month_with_one_refresh_for_each_lifetime() {
    let pair = Pair::new().await;
    let month = 30 * 24;
    for hour in 0..month {
        pair.phone.pass(HOUR).await;
        let (first, second) = tokio::join!(pair.first.access_token(), async {
            // Not always the same one first.
            if hour % 2 == 0 {
                pair.phone.pass(Duration::from_millis(1)).await;
            }
            pair.second.access_token().await
        });
        assert!(
            first.is_ok() && second.is_ok(),
            "{hour}: {first:?} {second:?}"
        );
    }
    let (refreshes, reused) = (pair.refreshes(), pair.reused());
    // A pair is due after 6.4 to 7.2 h and asked for once an hour.
    assert!((month / 8..=month / 6).contains(&refreshes), "{refreshes}");
    assert_eq!(reused, 0);
    let generations = [&pair.first, &pair.second].map(|session| signed_in(session).generation);
    assert!(generations.contains(&(refreshes + 1)), "{generations:?}");
}

#[tokio::test(start_paused = true)]
async fn a13_a_process_that_is_frozen_before_it_sends_does_not_send_when_it_wakes() {
    let pair = Pair::new().await;
    pair.phone.pass(OVER).await;
    // Stopped at the moment at which the store has taken its journal.
    let process = pair.first_process.clone();
    pair.phone.store.at_next_save(move || process.stop());
    drop(in_background(&pair.first));
    pair.phone.pass(Duration::from_secs(1)).await;
    assert_eq!(pair.refreshes(), 0);
    pair.phone.pass(LEASE).await;
    assert_eq!(
        generation(&pair.second).await,
        2,
        "the other one takes over"
    );
    pair.first_process.go_on();
    until(&pair.first, |state| is_saved(state, 2)).await;
    assert_eq!((pair.refreshes(), pair.reused()), (1, 0));
}
