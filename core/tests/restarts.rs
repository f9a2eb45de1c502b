//! Killed in the middle of a refresh and started again: what the record tells of the last try, and
//! what that costs in writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use quickaccess::{Cause, Code, QuickAccess, RefreshState, Revocation, SessionState};
use quickaccess_simulator::{Fault, FaultBody, FaultKind, HoldAt, Moment, Operation, Revoke};
use support::{Phone, TestProcess, signed_in, until};

const OVER: Duration = Duration::from_secs(28_800);
const DUE: Duration = Duration::from_secs(27_000);

/// A phone on which a process has signed in, and the token is still good but due.
async fn due() -> (Phone, TestProcess, QuickAccess) {
    let phone = Phone::new();
    let (process, session) = phone.start_process();
    session.sign_in("qa", "abc123").await.unwrap();
    phone.pass(DUE).await;
    (phone, process, session)
}

fn refreshes(phone: &Phone) -> u64 {
    phone.server.counters().token_requests.refresh_token
}

async fn end(session: &QuickAccess) -> Cause {
    let ended = |refresh: &RefreshState| match refresh {
        RefreshState::Ended(cause) => Some(*cause),
        _ => None,
    };
    until(session, |state| {
        state
            .signed_in()
            .is_some_and(|s| ended(&s.refresh).is_some())
    })
    .await;
    ended(&signed_in(session).refresh).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a08_a_refresh_that_was_never_sent_leaves_nothing_open() {
    let (phone, process, session) = due().await;
    phone.network.offline(true);
    session.access_token().await.unwrap();
    until(&session, |state| {
        let refresh = state.signed_in().map(|s| s.refresh.clone());
        refresh == Some(RefreshState::Waiting(Code::Offline))
    })
    .await;
    process.kill(session).await;
    phone.network.offline(false);
    // The administrator ends the session meanwhile, and that is the cause that is told.
    phone.server.revoke_refresh_tokens();
    let session = phone.start();
    session.refresh().await.unwrap_err();
    assert_eq!(end(&session).await, Cause::SessionEnded);
    assert!(session.access_token().await.is_ok(), "served to its end");
}

#[tokio::test(start_paused = true)]
async fn a08_a_refresh_without_an_answer_is_tried_again_by_the_next_start_and_told_as_the_cause() {
    for (at, lost) in [(HoldAt::BeforeCommit, false), (HoldAt::AfterCommit, true)] {
        let (phone, process, session) = due().await;
        // Never let go: what it holds never reaches anybody.
        let held = phone.server.fault(Fault {
            on: Operation::TokenRefresh.into(),
            times: Some(1),
            after: 0,
            what: FaultKind::Hold { at },
        });
        session.access_token().await.unwrap();
        phone.server.find_hold(held).unwrap().reached().await;
        process.kill(session).await;
        let session = phone.start();
        if lost {
            assert_eq!(end(&session).await, Cause::RefreshUnfinished);
            assert!(session.access_token().await.is_ok(), "served to its end");
            phone.pass(OVER - DUE).await;
            let error = session.access_token().await.unwrap_err();
            assert_eq!(error.code(), Code::RefreshUnfinished);
        } else {
            until(&session, |state| {
                state.signed_in().is_some_and(|s| s.generation == 2)
            })
            .await;
        }
        assert_eq!(phone.server.counters().refresh_reuse, u64::from(lost));
        let kinds: Vec<_> = session
            .history()
            .await
            .into_iter()
            .map(|entry| entry.kind)
            .collect();
        assert!(kinds.contains(&"taken_over".to_owned()), "{kinds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a08_a_refresh_whose_answer_was_stored_is_done_although_nobody_saw_it() {
    let (phone, process, session) = due().await;
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    session.access_token().await.unwrap();
    hold.reached().await;
    // Killed at the moment at which the store has taken the new pair.
    let stopped = process.clone();
    phone.store.at_next_save(move || stopped.stop());
    hold.release();
    phone.pass(Duration::from_secs(1)).await;
    assert_eq!(signed_in(&session).generation, 1);
    process.kill(session).await;
    let session = phone.start();
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    phone.pass(OVER).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 3);
    assert_eq!(refreshes(&phone), 2);
    assert_eq!(phone.server.counters().refresh_reuse, 0);
}

#[tokio::test(start_paused = true)]
async fn a08_a_sign_out_is_noted_before_the_server_hears_of_it() {
    let phone = Phone::new();
    phone
        .server
        .set_switches(|switches| switches.revoke = Revoke::Present);
    let session = phone.signed_in().await;
    // The data folder takes no note for a moment. Killed there, the session must go on whole.
    let lock = std::fs::File::open(phone.data.path().join("files.lock")).unwrap();
    lock.lock().unwrap();
    let signing_out = tokio::spawn({
        let session = session.clone();
        async move { session.sign_out().await }
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert_eq!(phone.server.counters().revocations, 0);
    }
    assert!(matches!(session.state(), SessionState::SignedOut { .. }));
    lock.unlock().unwrap();
    let report = signing_out.await.unwrap().unwrap();
    assert_eq!(report.revocation, Revocation::Revoked);
    assert!(phone.server.counters().revocations > 0);
}

/// How a refresh ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    Answered,
    NotSent,
    Busy,
    NoAnswer,
    Blocked,
    Refused,
}

const ENDINGS: [Ending; 6] = [
    Ending::Answered,
    Ending::NotSent,
    Ending::Busy,
    Ending::NoAnswer,
    Ending::Blocked,
    Ending::Refused,
];

impl Ending {
    fn prepare(self, phone: &Phone) {
        let fault = |what| Fault {
            on: Operation::TokenRefresh.into(),
            times: None,
            after: 0,
            what,
        };
        match self {
            Self::Answered => {}
            Self::NotSent => phone.network.offline(true),
            Self::Busy => {
                phone.server.fault(fault(FaultKind::Status {
                    code: 429,
                    retry_after: None,
                    moment: Moment::BeforeCommit,
                    body: FaultBody::Problem,
                }));
            }
            Self::NoAnswer => {
                phone.server.fault(fault(FaultKind::DropAfterCommit));
            }
            Self::Blocked => phone.server.enable_client("QuickAccess", false).unwrap(),
            Self::Refused => {
                phone.server.revoke_refresh_tokens();
            }
        }
    }

    fn has_come(self, refresh: &RefreshState) -> bool {
        match self {
            Self::Answered => *refresh == RefreshState::Ready,
            Self::NotSent | Self::Busy | Self::NoAnswer => {
                matches!(refresh, RefreshState::Waiting(_))
            }
            Self::Blocked => matches!(refresh, RefreshState::Blocked(_)),
            Self::Refused => matches!(refresh, RefreshState::Ended(_)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a08_a_refresh_costs_two_writes_of_the_store_at_most_however_it_ends() {
    for one_process in [true, false] {
        for ending in ENDINGS {
            let phone = Phone::new();
            if one_process {
                phone.store.for_one_process();
            }
            let session = phone.signed_in().await;
            phone.pass(DUE).await;
            ending.prepare(&phone);
            let before = phone.store.saves.load(SeqCst);
            let asked = session.refresh().await;
            assert_eq!(asked.is_ok(), ending == Ending::Answered, "{ending:?}");
            until(&session, |state| {
                let signed_in = state.signed_in();
                signed_in.is_some_and(|s| ending.has_come(&s.refresh) && s.saved)
            })
            .await;
            // What is still on its way to the store arrives, and no next try begins.
            phone.pass(Duration::from_millis(500)).await;
            let writes = phone.store.saves.load(SeqCst) - before;
            // Nobody else waits for the lease of the only process, so it need not be given back.
            let only_the_journal = one_process && ending == Ending::NoAnswer;
            let expected = if only_the_journal { 1 } else { 2 };
            assert_eq!(writes, expected, "{ending:?}, one process: {one_process}");
        }
    }
}
