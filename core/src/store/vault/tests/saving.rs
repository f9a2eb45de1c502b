//! Writing, comparing and finding again.

use std::sync::atomic::Ordering;

use super::*;

#[test]
fn a_new_account_was_never_signed_in() {
    let bench = Bench::new();
    assert_eq!(bench.vault.load(), Loaded::SignedOut(Cause::NeverSignedIn));
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
}

#[test]
fn a_sign_in_is_found_again_and_takes_one_write() {
    let bench = Bench::new();
    bench.sign_in(1);
    assert_eq!(bench.store.saves.load(Ordering::Relaxed), 1);
    assert_eq!(bench.other().load(), found(session(1, 1)));
    assert_eq!(bench.entry().epoch, Some(Epoch(1)));
    assert_eq!(bench.entry().username, "qa");
}

#[test]
fn only_the_expected_generation_is_replaced() {
    let bench = Bench::new();
    bench.sign_in(1);
    let save = |record: &SessionRecord, expect| bench.vault.save(record, expect);
    for wrong in [exactly(1, 2), exactly(2, 1)] {
        assert_eq!(save(&session(1, 3), wrong), Err(StoreError::Conflict));
    }
    save(&session(1, 2), exactly(1, 1)).unwrap();
    assert_eq!(
        save(&session(1, 2), exactly(1, 1)),
        Err(StoreError::Conflict)
    );
    assert_eq!(bench.vault.load(), found(session(1, 2)));
    // A missing record never matches.
    bench.store.inner.delete(&bench.id).unwrap();
    assert_eq!(
        save(&session(1, 3), exactly(1, 2)),
        Err(StoreError::Conflict)
    );
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
}

#[test]
fn a_committed_sign_in_ends_the_one_before_for_good() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.sign_in(2);
    assert!(bench.entry().fences(Epoch(1)));
    assert_eq!(
        bench.vault.save(&session(1, 2), Expect::Anything),
        Err(StoreError::Conflict)
    );
}

#[test]
fn a05_a_sign_in_that_did_not_commit_can_be_taken_back() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
    bench.vault.fence(Some(Epoch(2))).unwrap();
    bench.vault.save(&session(1, 1), Expect::Anything).unwrap();
    assert_eq!(bench.vault.load(), found(session(1, 1)));
    assert_eq!(bench.entry().epoch, Some(Epoch(1)));
}

#[test]
fn a_crash_between_save_and_commit_is_put_right() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
    assert_eq!(bench.entry().epoch, Some(Epoch(1)));
    assert_eq!(bench.other().load(), found(session(2, 1)));
    assert_eq!(bench.entry().epoch, Some(Epoch(2)));
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let bench = Bench::with(Staged {
        max_record: Some(400),
        ..Staged::default()
    });
    bench.sign_in(1);
    let long = SessionRecord {
        access_token: Secret::new("a".repeat(400)),
        ..session(1, 2)
    };
    assert_eq!(
        bench.vault.save(&long, exactly(1, 1)),
        Err(StoreError::TooLarge)
    );
    assert_eq!(bench.store.saves.load(Ordering::Relaxed), 1);
    assert_eq!(bench.vault.load(), found(session(1, 1)));
}

#[test]
fn a_save_that_only_pretends_does_not_count() {
    let bench = Bench::new();
    *bench.store.pretends.lock().unwrap() = true;
    let save = |expect| bench.vault.save(&session(1, 1), expect);
    assert_eq!(save(Expect::Anything), Err(StoreError::Unavailable));
    *bench.store.pretends.lock().unwrap() = false;
    bench.sign_in(1);
    *bench.store.pretends.lock().unwrap() = true;
    // What comes back is the record before.
    assert_eq!(
        bench.vault.save(&session(1, 2), exactly(1, 1)),
        Err(StoreError::Unavailable)
    );
}

#[test]
fn what_is_trusted_lies_under_a_name_of_host_and_port() {
    let bench = Bench::new();
    let name = Vault::trust_name("clearpass.example", 443);
    assert_eq!(name.len(), "trust-".len() + 16);
    assert_ne!(name, Vault::trust_name("clearpass.example", 8443));
    assert_eq!(
        bench.vault.load_named(&name).unwrap_err(),
        StoreError::NotFound
    );
    let bytes = SecretBytes::new(vec![1, 2]);
    bench.vault.save_named(&name, &bytes).unwrap();
    assert_eq!(bench.other().load_named(&name).unwrap().expose(), [1, 2]);
    *bench.store.pretends.lock().unwrap() = true;
    assert_eq!(
        bench.vault.save_named(&name, &SecretBytes::new(vec![3])),
        Err(StoreError::Unavailable)
    );
}

#[test]
fn the_vault_prints_no_token() {
    let bench = Bench::new();
    bench.sign_in(1);
    let printed = format!("{:?} {:?}", bench.vault, bench.vault.load());
    assert!(
        !printed.contains("access-1") && !printed.contains("refresh-1"),
        "{printed}"
    );
}
