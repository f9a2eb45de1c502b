//! A store that refuses, locks, loses or damages: nothing good is thrown away, nothing is silent.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{
    Action, Cause, Code, PlatformEvent, RefreshState, SessionState, store::StoreError,
};
use support::{HOUR, MINUTE, Phone, signed_in, until};

const OVER: Duration = Duration::from_secs(28_800);
const DUE: Duration = Duration::from_secs(27_000);

#[tokio::test(start_paused = true)]
async fn a12_without_its_journal_a_refresh_waits_while_the_token_is_good() {
    for error in [
        StoreError::Locked,
        StoreError::Unavailable,
        StoreError::Denied,
        StoreError::TooLarge,
    ] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(DUE).await;
        phone.store.fail_saves(Some(error));
        assert_eq!(session.access_token().await.unwrap().generation(), 1);
        until(&session, |state| {
            state
                .signed_in()
                .is_some_and(|s| matches!(s.refresh, RefreshState::Waiting(_)))
        })
        .await;
        assert_eq!(
            phone.server.counters().token_requests.refresh_token,
            0,
            "{error:?}"
        );
        phone.store.fail_saves(None);
        session.notify(PlatformEvent::Unlocked);
        until(&session, |state| {
            state.signed_in().is_some_and(|s| s.generation == 2)
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a12_a_dead_token_is_refreshed_without_a_journal_unless_the_store_is_locked() {
    let phone = Phone::new();
    phone.store.for_one_process();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    phone.store.fail_saves(Some(StoreError::Locked));
    let error = session.access_token().await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::StoreLocked, Action::UnlockDevice)
    );
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);

    phone.store.fail_saves(Some(StoreError::Unavailable));
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    assert!(
        !signed_in(&session).saved,
        "served from memory, and it says so"
    );
    let kinds: Vec<_> = session
        .history()
        .await
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    assert!(kinds.contains(&"sent_unjournaled".to_owned()), "{kinds:?}");
}

#[tokio::test(start_paused = true)]
async fn a12_where_others_could_send_the_same_token_a_refresh_waits_for_its_journal() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    phone.store.fail_saves(Some(StoreError::Unavailable));
    let error = session.access_token().await.unwrap_err();
    assert_eq!(
        (error.code(), error.action()),
        (Code::StoreUnavailable, Action::RepairStore)
    );
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
    phone.store.fail_saves(None);
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
    assert!(signed_in(&session).saved);
}

#[tokio::test(start_paused = true)]
async fn a12_a_pair_that_cannot_be_written_is_served_and_written_again() {
    for mend in [Mend::ByTime, Mend::ByPlatform] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        // The journal still goes in, the new pair does not: locked in the middle of a refresh.
        phone.store.fail_saves_after(1, Some(StoreError::Locked));
        assert_eq!(session.access_token().await.unwrap().generation(), 2);
        assert!(!signed_in(&session).saved);
        phone.pass(5 * MINUTE).await;
        assert!(!signed_in(&session).saved);
        phone.store.fail_saves(None);
        if mend == Mend::ByPlatform {
            session.notify(PlatformEvent::Unlocked);
        }
        until(&session, |state| state.signed_in().is_some_and(|s| s.saved)).await;
        drop(session);
        assert_eq!(
            phone.start().access_token().await.unwrap().generation(),
            2,
            "{mend:?}"
        );
    }
}

#[derive(Debug, PartialEq)]
enum Mend {
    ByTime,
    ByPlatform,
}

#[tokio::test(start_paused = true)]
async fn a12_a_store_that_only_pretends_to_save_is_found_out() {
    let phone = Phone::new();
    phone.store.for_one_process();
    let session = phone.signed_in().await;
    phone.pass(OVER).await;
    phone.store.lie(true);
    session.access_token().await.unwrap();
    assert!(!signed_in(&session).saved);
    phone.store.lie(false);
    until(&session, |state| state.signed_in().is_some_and(|s| s.saved)).await;
}

#[tokio::test(start_paused = true)]
async fn a24_a_store_that_is_locked_at_the_start_loses_nothing() {
    for way in ["event", "call"] {
        let phone = Phone::new();
        drop(phone.signed_in().await);
        phone.store.fail(Some(StoreError::Locked));
        let session = phone.start();
        until(&session, |state| *state == SessionState::Locked).await;
        let error = session.access_token().await.unwrap_err();
        assert_eq!(
            (error.code(), error.action()),
            (Code::StoreLocked, Action::UnlockDevice)
        );
        let error = session.sign_in("qa", "abc123").await.unwrap_err();
        assert_eq!(
            error.code(),
            Code::StoreLocked,
            "a sign-in needs a store that was read"
        );
        phone.store.fail(None);
        if way == "event" {
            session.notify(PlatformEvent::Unlocked);
            until(&session, |state| state.signed_in().is_some()).await;
        }
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            1,
            "{way}"
        );
        assert_eq!(phone.server.counters().token_requests.password, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a24_a_store_that_locks_in_the_middle_shows_locked_and_recovers() {
    for way in ["event", "call"] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(OVER).await;
        phone.store.fail(Some(StoreError::Locked));
        assert_eq!(
            session.access_token().await.unwrap_err().code(),
            Code::StoreLocked
        );
        assert_eq!(session.state(), SessionState::Locked);
        phone.store.fail(None);
        if way == "event" {
            session.notify(PlatformEvent::Unlocked);
        }
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            2,
            "{way}"
        );
        assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a25_what_was_lost_is_told_apart_and_a_sign_in_mends_it() {
    for (loss, cause, code) in [
        (Loss::Gone, Cause::StoreLost, Code::StoreLost),
        (Loss::Damaged, Cause::Corrupt, Code::StoreCorrupt),
        (Loss::Key, Cause::KeyLost, Code::StoreKeyLost),
    ] {
        let phone = Phone::new();
        drop(phone.signed_in().await);
        match loss {
            Loss::Gone => phone.store.clear(),
            Loss::Damaged => {
                let entries = phone.store.entries().into_iter();
                phone.store.restore(
                    entries
                        .map(|(name, _)| (name, b"nonsense".to_vec()))
                        .collect(),
                );
            }
            Loss::Key => phone.store.fail_loads(Some(StoreError::KeyLost)),
        }
        let session = phone.start();
        let state = until(&session, |state| *state != SessionState::Loading).await;
        assert_eq!(
            state,
            SessionState::SignedOut {
                cause,
                pending_erase: false
            }
        );
        phone.store.fail(None);
        assert_eq!(session.access_token().await.unwrap_err().code(), code);
        // A new start says the same, until somebody signs in.
        drop(session);
        let session = phone.start();
        assert_eq!(
            session.access_token().await.unwrap_err().code(),
            code,
            "{loss:?}"
        );
        let history = session.history().await;
        let reports = history
            .iter()
            .filter(|entry| entry.code.as_deref() == Some(code.as_str()));
        assert_eq!(reports.count(), 1, "reported once: {history:?}");
        let aside = phone
            .store
            .records()
            .iter()
            .any(|(_, bytes)| bytes == b"nonsense");
        assert_eq!(
            aside,
            loss == Loss::Damaged,
            "what can be kept for a look is kept"
        );
        session.sign_in("qa", "abc123").await.unwrap();
        assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
        assert_eq!(phone.store.records().len(), 1, "nothing old is left");
    }
}

#[derive(Debug, PartialEq)]
enum Loss {
    Gone,
    Damaged,
    Key,
}

#[tokio::test(start_paused = true)]
async fn a25_a_record_of_another_account_is_not_taken_for_ones_own() {
    let phone = Phone::new();
    drop(phone.signed_in().await);
    let kiosk = phone.builder("Kiosk").build().unwrap();
    kiosk.sign_in("guest-desk", "abc123").await.unwrap();
    drop(kiosk);
    // The entries of the two are exchanged, as a bad restore might do.
    let records = phone.store.records();
    let [(a, first), (b, second)] = &records[..] else {
        panic!("{}", records.len())
    };
    phone
        .store
        .restore([(a.clone(), second.clone()), (b.clone(), first.clone())].into());
    let session = phone.start();
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::StoreCorrupt
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_in_memory_outlives_a_store_that_lost_it() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    phone.pass(HOUR).await;
    phone.store.clear();
    assert!(session.access_token().await.is_ok());
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
    drop(session);
    assert_eq!(phone.start().access_token().await.unwrap().generation(), 2);
}
