//! Stores that are locked, damaged or gone.

use std::{fs, sync::atomic::Ordering};

use super::*;

#[test]
fn a24_a_locked_store_loses_nothing() {
    let bench = Bench::new();
    bench.sign_in(1);
    for error in [
        StoreError::Locked,
        StoreError::Denied,
        StoreError::Unavailable,
    ] {
        bench.store.fails(Some(error));
        assert_eq!(bench.other().load(), Loaded::Failed(error));
        assert_eq!(bench.vault.save(&session(1, 2), exactly(1, 1)), Err(error));
        assert_eq!(bench.entry().epoch, Some(Epoch(1)));
        bench.store.fails(None);
        assert_eq!(bench.other().load(), found(session(1, 1)));
    }
}

#[test]
fn a25_a_record_that_is_gone_is_lost_until_the_next_sign_in() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.store.inner.delete(&bench.id).unwrap();
    assert_eq!(bench.other().load(), Loaded::SetAside(Cause::StoreLost));
    for _ in 0..3 {
        assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::StoreLost));
    }
    bench.sign_in(2);
    assert_eq!(bench.other().load(), found(session(2, 1)));
}

#[test]
fn a25_a_damaged_record_is_set_aside_and_gone_at_the_next_sign_in() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.plant(b"damaged");
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::Corrupt));
    assert_eq!(bench.aside().unwrap().expose(), b"damaged");
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::Corrupt));
    // One at most.
    bench.plant(b"damaged again");
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::Corrupt));
    assert_eq!(bench.aside().unwrap().expose(), b"damaged again");
    bench.sign_in(2);
    assert_eq!(bench.aside().unwrap_err(), StoreError::NotFound);
    assert_eq!(bench.other().load(), found(session(2, 1)));
}

#[test]
fn a25_what_cannot_be_copied_aside_stays_where_it_is() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.plant(b"damaged");
    *bench.store.save.lock().unwrap() = Some(StoreError::Unavailable);
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::Corrupt));
    assert_eq!(bench.raw().unwrap().expose(), b"damaged");
}

#[test]
fn a25_a_lost_key_is_told_and_a_sign_in_works() {
    let bench = Bench::new();
    bench.sign_in(1);
    *bench.store.load.lock().unwrap() = Some(StoreError::KeyLost);
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::KeyLost));
    *bench.store.load.lock().unwrap() = None;
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::KeyLost));
    bench.sign_in(2);
    assert_eq!(bench.other().load(), found(session(2, 1)));
}

#[test]
fn a_record_of_a_newer_version_is_neither_read_nor_destroyed() {
    let bench = Bench::new();
    let mut newer = b"QACR\x02".to_vec();
    let mut hashed = bench.id.clone().into_bytes();
    hashed.push(0);
    hashed.extend_from_slice(&newer);
    newer.extend_from_slice(digest(&SHA256, &hashed).as_ref());
    bench.plant(&newer);
    assert_eq!(bench.vault.load(), Loaded::Failed(StoreError::Unavailable));
    assert_eq!(
        bench.vault.save(&session(1, 2), exactly(1, 1)),
        Err(StoreError::Unavailable)
    );
    assert_eq!(bench.raw().unwrap().expose(), newer);
}

#[test]
fn a26_only_a_fresh_installation_clears_the_store_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Staged::default();
    let settle = || {
        let data = DataDir::open(folder.path()).unwrap();
        Vault::settle_installation(&store, &data)
    };
    *store.delete.lock().unwrap() = Some(StoreError::Locked);
    assert_eq!(settle(), Err(StoreError::Locked));
    *store.delete.lock().unwrap() = None;
    // Nothing was noted, so it is done now.
    assert_eq!(settle(), Ok(Installed::Fresh));
    assert_eq!(settle(), Ok(Installed::Before));
    assert_eq!(store.cleared.load(Ordering::Relaxed), 1);
    // A marker that cannot be read is no fresh installation.
    let marker = folder.path().join("installed");
    fs::remove_file(&marker).unwrap();
    fs::create_dir(&marker).unwrap();
    assert_eq!(settle(), Ok(Installed::Before));
    assert_eq!(store.cleared.load(Ordering::Relaxed), 1);
}

#[test]
fn the_index_gets_an_account_back_that_it_has_lost() {
    let folder = tempfile::tempdir().unwrap();
    let data = Arc::new(DataDir::open(folder.path()).unwrap());
    let account = data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
    let store = Arc::new(MemoryStore::new());
    let vault = Vault::new(store, data.clone(), &account);
    fs::write(folder.path().join("accounts.json"), "{").unwrap();
    vault.save(&session(1, 1), Expect::Anything).unwrap();
    vault.commit(Epoch(1), "qa").unwrap();
    assert_eq!(vault.load(), found(session(1, 1)));
    assert_eq!(
        data.account(SERVER, "QuickAccess", &Which::Usual)
            .unwrap()
            .id,
        account.id
    );
    assert_eq!(data.take_damaged(), ["accounts.json"]);
}

#[test]
fn a25_a_key_that_is_lost_under_a_living_session_is_no_reason_to_lose_it() {
    let bench = Bench::new();
    bench.sign_in(1);
    *bench.store.load.lock().unwrap() = Some(StoreError::KeyLost);
    // The same as a record that was damaged: read again, and written as if nothing were there.
    assert_eq!(
        bench.vault.save(&session(1, 2), exactly(1, 1)),
        Err(StoreError::Conflict)
    );
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::KeyLost));
    *bench.store.load.lock().unwrap() = None;
    bench.vault.save(&session(1, 2), Expect::Anything).unwrap();
    assert_eq!(bench.other().load(), found(session(1, 2)));
}

#[test]
fn a25_a_kill_before_an_unreadable_record_is_out_of_the_way_keeps_the_cause() {
    for (error, cause) in [
        (StoreError::KeyLost, Cause::KeyLost),
        (StoreError::Corrupt, Cause::Corrupt),
    ] {
        let bench = Bench::new();
        bench.sign_in(1);
        *bench.store.load.lock().unwrap() = Some(error);
        // The record stays, as it does when the process is killed right here.
        *bench.store.delete.lock().unwrap() = Some(StoreError::Unavailable);
        assert_eq!(bench.vault.load(), Loaded::SetAside(cause));
        bench.store.fails(None);
        bench.store.inner.delete(&bench.id).unwrap();
        assert_eq!(bench.other().load(), Loaded::SignedOut(cause));
    }
}
