//! Ending a session, for good.

use super::*;

#[test]
fn a13_a_process_that_wakes_late_resurrects_nothing() {
    let bench = Bench::new();
    bench.sign_in(1);
    let late = bench.other();
    bench.vault.fence(Some(Epoch(1))).unwrap();
    bench.vault.erase(None).unwrap();
    for expect in [exactly(1, 1), Expect::Anything] {
        assert_eq!(late.save(&session(1, 2), expect), Err(StoreError::Conflict));
    }
    assert_eq!(late.load(), Loaded::SignedOut(Cause::SignedOut));
    bench.sign_in(2);
    for expect in [exactly(1, 1), Expect::Anything] {
        assert_eq!(late.save(&session(1, 2), expect), Err(StoreError::Conflict));
    }
    assert_eq!(late.load(), found(session(2, 1)));
}

#[test]
fn a18_a_sign_out_holds_though_the_store_refuses() {
    for refusal in [
        StoreError::Locked,
        StoreError::Denied,
        StoreError::Unavailable,
    ] {
        let bench = Bench::new();
        bench.sign_in(1);
        bench.store.fails(Some(refusal));
        bench.vault.fence(Some(Epoch(1))).unwrap();
        assert_eq!(bench.vault.erase(None), Err(refusal));
        // The next start, with the store back.
        bench.store.fails(None);
        assert!(bench.raw().is_ok(), "the record is still there");
        let next = bench.other();
        assert_eq!(next.load(), Loaded::SignedOut(Cause::SignedOut));
        assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
        assert_eq!(next.load(), Loaded::SignedOut(Cause::SignedOut));
    }
}

#[test]
fn a18_a_fenced_record_that_comes_back_is_deleted_again() {
    let bench = Bench::new();
    bench.sign_in(1);
    let backup = bench.raw().unwrap();
    bench.vault.fence(Some(Epoch(1))).unwrap();
    bench.vault.erase(None).unwrap();
    bench.sign_in(2);
    bench.plant(backup.expose());
    assert_eq!(bench.vault.load(), Loaded::SetAside(Cause::StoreLost));
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
}

#[test]
fn a18_a_sign_out_before_the_store_could_be_read_covers_what_it_holds() {
    let bench = Bench::new();
    // A crash lay between the save and the commit: the index knows nothing of this session.
    bench.vault.save(&session(1, 1), Expect::Anything).unwrap();
    bench.store.fails(Some(StoreError::Locked));
    assert_eq!(bench.vault.load(), Loaded::Failed(StoreError::Locked));
    bench.vault.fence(None).unwrap();
    bench.store.fails(None);
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::SignedOut));
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
    // The next sign-in is not caught by it.
    bench.sign_in(2);
    assert_eq!(bench.other().load(), found(session(2, 1)));
}

#[test]
fn a_sign_in_learns_what_an_unseen_sign_out_ended() {
    let bench = Bench::new();
    bench.vault.save(&session(1, 1), Expect::Anything).unwrap();
    bench.vault.fence(None).unwrap();
    bench.sign_in(2);
    assert!(bench.entry().fences(Epoch(1)));
    assert!(!bench.entry().fences(Epoch(2)));
}

#[test]
fn a_sign_out_does_not_remove_what_somebody_else_signed_in_to() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.fence(Some(Epoch(1))).unwrap();
    bench
        .other()
        .save(&session(2, 1), Expect::Anything)
        .unwrap();
    bench.other().commit(Epoch(2), "other").unwrap();
    assert_eq!(bench.vault.erase(None), Err(StoreError::Conflict));
    assert_eq!(bench.vault.erase(Some(Epoch(1))), Err(StoreError::Conflict));
    assert_eq!(bench.vault.load(), found(session(2, 1)));
}

#[test]
fn a_removal_that_only_pretends_is_told() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.fence(Some(Epoch(1))).unwrap();
    *bench.store.pretends.lock().unwrap() = true;
    assert_eq!(bench.vault.erase(None), Err(StoreError::Unavailable));
    *bench.store.pretends.lock().unwrap() = false;
    bench.vault.erase(None).unwrap();
    bench.vault.erase(None).unwrap();
}

#[test]
fn a_tombstone_keeps_the_cause_and_no_token() {
    let bench = Bench::new();
    bench.sign_in(1);
    let bury = |expect| bench.vault.tombstone(Cause::RefreshUnfinished, NOW, expect);
    assert_eq!(bury(exactly(1, 9)), Err(StoreError::Conflict));
    bury(exactly(1, 1)).unwrap();
    assert_eq!(
        bench.other().load(),
        Loaded::Buried {
            cause: Cause::RefreshUnfinished,
            epoch: Epoch(1),
            generation: 1,
        }
    );
    let raw = bench.raw().unwrap();
    assert!(!raw.expose().windows(6).any(|part| part == b"access"));
    assert_eq!(bench.entry().epoch, None);
}

#[test]
fn the_cause_survives_a_tombstone_that_the_store_refused() {
    let bench = Bench::new();
    bench.sign_in(1);
    *bench.store.save.lock().unwrap() = Some(StoreError::Unavailable);
    assert_eq!(
        bench
            .vault
            .tombstone(Cause::SessionEnded, NOW, exactly(1, 1)),
        Err(StoreError::Unavailable)
    );
    bench.vault.erase(Some(Epoch(1))).unwrap();
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::SessionEnded));
}

#[test]
fn damage_after_a_sign_out_is_not_kept() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.fence(None).unwrap();
    bench.plant(b"may hold a token");
    assert_eq!(bench.vault.load(), Loaded::SignedOut(Cause::SignedOut));
    assert_eq!(bench.raw().unwrap_err(), StoreError::NotFound);
    assert_eq!(bench.aside().unwrap_err(), StoreError::NotFound);
}

#[test]
fn a_sign_out_removes_what_was_set_aside() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.plant(b"damaged");
    bench.vault.load();
    bench.vault.fence(None).unwrap();
    bench.vault.erase(None).unwrap();
    assert_eq!(bench.aside().unwrap_err(), StoreError::NotFound);
}

#[test]
fn a05_what_ended_in_this_process_is_over_before_the_data_folder_knows() {
    let bench = Bench::new();
    bench.sign_in(1);
    // A sign-in that was cancelled when its record was on its way already.
    bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
    bench.vault.never_again(Epoch(2));
    assert_eq!(
        bench.vault.save(&session(2, 1), Expect::Anything),
        Err(StoreError::Conflict)
    );
    assert_eq!(bench.vault.load(), found(session(1, 1)));
}

#[test]
fn a18_a_session_is_removed_though_the_fence_cannot_be_noted() {
    let folder = tempfile::tempdir().unwrap();
    let data = Arc::new(DataDir::open(folder.path()).unwrap());
    let account = data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
    let store = Arc::new(MemoryStore::new());
    let vault = Vault::new(store.clone(), data, &account);
    vault.save(&session(1, 1), Expect::Anything).unwrap();
    vault.commit(Epoch(1), "qa").unwrap();
    // Its file can't be replaced any more.
    std::fs::create_dir(folder.path().join("accounts.json.new")).unwrap();
    assert_eq!(vault.end(Some(Epoch(1))), Err(StoreError::Unavailable));
    assert_eq!(store.load(&account.id).unwrap_err(), StoreError::NotFound);
    // It is tried until it is noted as well.
    std::fs::remove_dir(folder.path().join("accounts.json.new")).unwrap();
    vault.end(Some(Epoch(1))).unwrap();
    assert_eq!(vault.load(), Loaded::SignedOut(Cause::SignedOut));
}

#[test]
fn a18_a_sign_out_over_the_tombstone_of_another_process_is_told_as_such() {
    let bench = Bench::new();
    bench.sign_in(1);
    let other = bench.other();
    other
        .tombstone(Cause::SingleUseSpent, NOW, exactly(1, 1))
        .unwrap();
    bench.vault.fence(Some(Epoch(1))).unwrap();
    // Killed before the removal.
    bench
        .data
        .edit_account(&bench.vault.account, |entry| entry.end(Cause::SignedOut))
        .unwrap();
    for _ in 0..2 {
        let signed_out = Loaded::SignedOut(Cause::SignedOut);
        assert_eq!(bench.other().load(), signed_out);
    }
}

#[test]
fn a18_a_read_between_a_sign_out_and_its_note_tells_of_no_loss() {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.never_again(Epoch(1));
    let signed_out = Loaded::SignedOut(Cause::SignedOut);
    assert_eq!(bench.vault.load(), signed_out);
    bench.vault.fence(Some(Epoch(1))).unwrap();
    assert_eq!(bench.other().load(), signed_out);
}

#[test]
fn a18_a_sign_out_right_after_a_read_that_ended_the_session_is_what_is_told() {
    let bench = Bench::new();
    bench.sign_in(1);
    let ended = Cause::SingleUseSpent;
    let other = bench.other();
    other.tombstone(ended, NOW, exactly(1, 1)).unwrap();
    assert!(matches!(bench.vault.load(), Loaded::Buried { cause, .. } if cause == ended));
    // The read was under way when the person signed out.
    bench.vault.never_again(Epoch(1));
    bench.vault.end(Some(Epoch(1))).unwrap();
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::SignedOut));
    // The end of a sign-in that never counted changes no cause.
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.tombstone(ended, NOW, exactly(1, 1)).unwrap();
    bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
    bench.vault.end(Some(Epoch(2))).unwrap();
    assert_eq!(bench.other().load(), Loaded::SignedOut(ended));
}
