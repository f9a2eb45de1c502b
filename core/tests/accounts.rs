//! Several accounts in one app.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Account, Accounts, Cause, Code, QuickAccess, SessionState};
use quickaccess_simulator::{Fault, FaultKind, Operation};
use support::{Phone, until};

const ADMIN: (&str, &str) = ("api-admin", "abc123");

fn accounts(phone: &Phone) -> Accounts {
    Accounts::open(phone.store.clone(), phone.data.path()).unwrap()
}

fn list(phone: &Phone) -> Vec<Account> {
    accounts(phone).list().unwrap()
}

/// A second person signs in beside the first.
async fn second(phone: &Phone, (name, password): (&str, &str)) -> QuickAccess {
    let session = phone.builder("QuickAccess").new_account().build().unwrap();
    session.sign_in(name, password).await.unwrap();
    session
}

/// Opens an account as an app does after a new start.
fn open(phone: &Phone, id: &str) -> QuickAccess {
    let builder = phone.builder("QuickAccess").account(id);
    builder.build().unwrap()
}

async fn is_over(session: &QuickAccess, cause: Cause) {
    let over = |state: &SessionState| matches!(state, SessionState::SignedOut { cause: told, .. } if *told == cause);
    until(session, over).await;
}

#[tokio::test(start_paused = true)]
async fn two_people_at_one_server_have_a_session_each() {
    let phone = Phone::new();
    let (first, second) = (phone.signed_in().await, second(&phone, ADMIN).await);
    assert_ne!(first.account(), second.account());
    let names: Vec<String> = list(&phone).into_iter().map(|a| a.username).collect();
    assert_eq!(names, ["qa", "api-admin"]);
    assert!(list(&phone).iter().all(|account| account.signed_in));

    let (qa, admin) = (first.account().to_owned(), second.account().to_owned());
    drop((first, second));
    for (id, name) in [(&qa, "qa"), (&admin, "api-admin")] {
        let session = open(&phone, id);
        assert_eq!(session.whoami().await.unwrap().name(), Some(name));
    }
    open(&phone, &qa).sign_out().await.unwrap();
    assert!(open(&phone, &admin).access_token().await.is_ok());
    let signed_in: Vec<bool> = list(&phone).iter().map(|a| a.signed_in).collect();
    assert_eq!(signed_in, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn the_default_decides_what_is_opened_and_nothing_else() {
    let phone = Phone::new();
    let first = phone.signed_in().await;
    let second = second(&phone, ADMIN).await;
    let opened = |phone: &Phone| phone.start().account().to_owned();
    assert_eq!(opened(&phone), first.account(), "the first one");

    accounts(&phone).set_default(second.account()).unwrap();
    assert_eq!(opened(&phone), second.account());
    assert_eq!(first.whoami().await.unwrap().name(), Some("qa"));
    let default = accounts(&phone).open_default().unwrap().unwrap();
    let default = default
        .environment(phone.clocks.clone())
        .transport(phone.network.clone());
    assert_eq!(default.build().unwrap().account(), second.account());

    accounts(&phone).remove(second.account()).unwrap();
    assert!(accounts(&phone).open_default().unwrap().is_none());
    assert_eq!(opened(&phone), first.account(), "the one that is left");
    // Whoever signs in next is the default again.
    first.sign_in("qa", "abc123").await.unwrap();
    until_listed(&phone, |list| list.iter().any(|account| account.is_default)).await;
}

#[tokio::test(start_paused = true)]
async fn a_removed_account_is_gone_from_store_and_list_for_good() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    let id = session.account().to_owned();
    accounts(&phone).remove(&id).unwrap();
    assert_eq!(list(&phone), []);
    assert!(!phone.store.entries().contains_key(&id));

    // The handle that was open finds out as soon as it has to write.
    let error = session.refresh().await.unwrap_err();
    assert_eq!(error.code(), Code::SignedOut);
    is_over(&session, Cause::SignedOut).await;
    assert!(
        !phone.store.entries().contains_key(&id),
        "nothing came back"
    );
    drop(session);
    for wrong in [id.as_str(), "", "none"] {
        let error = accounts(&phone).remove(wrong).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
        let error = accounts(&phone).set_default(wrong).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
        let error = phone.builder("QuickAccess").account(wrong).build();
        assert_eq!(error.unwrap_err().code(), Code::InvalidInput);
    }
    assert_ne!(phone.start().account(), id, "a new one is made");
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_the_store_refuses_ends_the_session_and_can_be_tried_again() {
    let phone = Phone::new();
    let id = phone.signed_in().await.account().to_owned();
    let locked = quickaccess::store::StoreError::Locked;
    phone.store.fail_deletes(Some(locked));
    let error = accounts(&phone).remove(&id).unwrap_err();
    assert_eq!(error.code(), Code::StoreLocked);
    assert_eq!(list(&phone).len(), 1);
    let session = phone.start();
    is_over(&session, Cause::SignedOut).await;
    drop(session);
    phone.store.fail_deletes(None);
    accounts(&phone).remove(&id).unwrap();
    assert_eq!(list(&phone), []);
}

#[tokio::test(start_paused = true)]
async fn the_same_person_twice_is_one_account_and_the_newer_one_stays() {
    let phone = Phone::new();
    let first = phone.signed_in().await;
    first.whoami().await.unwrap();
    let id = first.account().to_owned();
    drop(first);
    let second = second(&phone, ("qa", "abc123")).await;
    until_listed(&phone, |list| list.len() == 1).await;
    let left = list(&phone).remove(0);
    assert_eq!(left.id, second.account());
    assert_eq!(left.name.as_deref(), Some("qa"));
    assert!(left.is_default, "as the one before was");
    assert!(!phone.store.entries().contains_key(&id));
}

#[tokio::test(start_paused = true)]
async fn other_people_and_a_server_that_does_not_say_who_it_is_replace_nobody() {
    let phone = Phone::new();
    let first = phone.signed_in().await;
    first.whoami().await.unwrap();
    second(&phone, ADMIN).await.whoami().await.unwrap();
    phone.pass(support::MINUTE).await;
    assert_eq!(list(&phone).len(), 2);

    phone
        .server
        .fault(Fault::new(Operation::Me, FaultKind::DropAfterCommit));
    let third = second(&phone, ("qa", "abc123")).await;
    phone.pass(support::MINUTE).await;
    assert!(third.state().signed_in().is_some());
    assert_eq!(list(&phone).len(), 3);
}

/// Notes of the data folder are written in the background, on real threads.
async fn until_listed(phone: &Phone, wanted: impl Fn(&[Account]) -> bool) {
    for _ in 0..10_000 {
        if wanted(&list(phone)) {
            return;
        }
        phone.pass(std::time::Duration::from_millis(10)).await;
    }
    panic!("the list never came to that: {:?}", list(phone));
}
