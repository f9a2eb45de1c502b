//! The record that a sign-in replaces, until that sign-in counts.

use super::*;

impl Bench {
    fn copy(&self) -> Result<SecretBytes, StoreError> {
        self.store.inner.load(&format!("{}.replaced", self.id))
    }

    /// Somebody is signed in, and the record of another sign-in was saved over theirs.
    fn replaced() -> Self {
        let bench = Self::new();
        bench.sign_in(1);
        bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
        assert!(bench.copy().is_ok() && bench.entry().replaced);
        bench
    }

    fn has_no_copy(&self) -> bool {
        matches!(self.copy(), Err(StoreError::NotFound)) && !self.entry().replaced
    }
}

fn displaced() -> Expect {
    Expect::Missing {
        displaced_by: Some(Epoch(2)),
        epoch: Epoch(1),
        generation: 1,
        owner: 9,
        others: None,
    }
}

#[test]
fn a05_a_kill_before_a_cancelled_sign_in_was_taken_back_loses_nothing() {
    let bench = Bench::replaced();
    bench.vault.fence(Some(Epoch(2))).unwrap();
    assert_eq!(bench.other().load(), found(session(1, 1)));
    assert!(bench.has_no_copy());
    assert_eq!(bench.other().load(), found(session(1, 1)), "for good");
}

#[test]
fn a05_a_store_that_lost_a_cancelled_sign_in_still_has_the_session_before() {
    let bench = Bench::replaced();
    bench.vault.fence(Some(Epoch(2))).unwrap();
    bench.store.inner.delete(&bench.id).unwrap();
    assert_eq!(bench.other().load(), found(session(1, 1)));
}

#[test]
fn a05_a_look_at_the_store_leaves_the_copy_of_a_sign_in_under_way() {
    let bench = Bench::replaced();
    assert_eq!(bench.vault.load(), found(session(2, 1)));
    assert_eq!(bench.entry().epoch, Some(Epoch(1)), "it may be cancelled");
    bench.vault.fence(Some(Epoch(2))).unwrap();
    assert_eq!(bench.other().load(), found(session(1, 1)));
}

#[test]
fn a05_a_store_that_refuses_the_copy_back_is_told_and_asked_again() {
    let bench = Bench::replaced();
    bench.vault.fence(Some(Epoch(2))).unwrap();
    *bench.store.save.lock().unwrap() = Some(StoreError::Locked);
    assert_eq!(bench.other().load(), Loaded::Failed(StoreError::Locked));
    *bench.store.save.lock().unwrap() = None;
    assert_eq!(bench.other().load(), found(session(1, 1)));
}

#[test]
fn a_store_without_room_for_the_copy_takes_the_sign_in_all_the_same() {
    let bench = Bench::with(Staged {
        refuses: Some((".replaced", StoreError::TooLarge)),
        ..Staged::default()
    });
    bench.sign_in(1);
    bench.sign_in(2);
    assert!(bench.has_no_copy());
    assert_eq!(bench.other().load(), found(session(2, 1)));
}

#[test]
fn a05_a_store_in_trouble_refuses_a_sign_in_before_it_takes_anything() {
    let refuses = Some((".replaced", StoreError::Unavailable));
    let bench = Bench::with(Staged {
        refuses,
        ..Staged::default()
    });
    bench.sign_in(1);
    let save = || bench.vault.save(&session(2, 1), Expect::Anything);
    assert_eq!(save(), Err(StoreError::Unavailable));
    *bench.store.load.lock().unwrap() = Some(StoreError::Locked);
    assert_eq!(save(), Err(StoreError::Locked));
    *bench.store.load.lock().unwrap() = None;
    assert_eq!(bench.other().load(), found(session(1, 1)));
}

#[test]
fn the_copy_is_gone_as_soon_as_it_is_of_no_use() {
    let committed = Bench::replaced();
    committed.vault.commit(Epoch(2), "qa").unwrap();
    assert!(committed.has_no_copy(), "the sign-in counts");

    let taken_back = Bench::replaced();
    taken_back.vault.fence(Some(Epoch(2))).unwrap();
    taken_back.vault.save(&session(1, 1), displaced()).unwrap();
    assert!(taken_back.has_no_copy(), "the session is in its place");

    let crashed = Bench::replaced();
    assert_eq!(crashed.other().load(), found(session(2, 1)));
    assert!(crashed.has_no_copy(), "the sign-in was complete");

    let signed_out = Bench::replaced();
    signed_out.vault.end(None).unwrap();
    assert!(signed_out.has_no_copy(), "signed out");
    assert_eq!(
        signed_out.other().load(),
        Loaded::SignedOut(Cause::SignedOut)
    );

    let ended = Bench::replaced();
    let cause = Cause::SessionEnded;
    ended.vault.fence(Some(Epoch(2))).unwrap();
    ended.vault.tombstone(cause, NOW, displaced()).unwrap();
    assert!(ended.has_no_copy(), "the session is over");
}

#[test]
fn a_sign_out_is_the_end_of_the_copy_even_where_it_cannot_be_removed() {
    let bench = Bench::replaced();
    bench.vault.commit(Epoch(2), "qa").unwrap();
    bench.vault.save(&session(3, 1), Expect::Anything).unwrap();
    *bench.store.delete.lock().unwrap() = Some(StoreError::Locked);
    bench.vault.end(None).unwrap_err();
    assert!(bench.copy().is_ok());
    assert_eq!(
        bench.other().load(),
        Loaded::SignedOut(Cause::SignedOut),
        "and it does not come back"
    );
    *bench.store.delete.lock().unwrap() = None;
    bench.vault.end(None).unwrap();
    assert!(bench.has_no_copy());
}

#[test]
fn a18_a_read_between_a_sign_out_over_a_cancelled_sign_in_and_its_note_tells_of_no_loss() {
    let bench = Bench::replaced();
    bench.vault.fence(Some(Epoch(2))).unwrap();
    bench.vault.never_again(Epoch(1));
    let signed_out = Loaded::SignedOut(Cause::SignedOut);
    assert_eq!(bench.vault.load(), signed_out);
    // Killed before the fence of the sign-out is noted.
    assert_eq!(bench.other().load(), signed_out);
}
