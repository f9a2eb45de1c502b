//! Two processes on one entry: what each may write over, and what it must not.

use super::*;
use crate::session::model::Journal;

/// Two processes in the journal.
const OURS: u64 = 3;
const THEIRS: u64 = 5;

fn journal(owner: u64) -> Option<Journal> {
    Some(Journal {
        generation: 1,
        attempt: 7,
        owner,
        at: NOW,
        unknown_tries: 0,
    })
}

fn untouched(others: Option<Journal>) -> Expect {
    Expect::Untouched {
        epoch: Epoch(1),
        generation: 1,
        owner: OURS,
        others,
    }
}

fn missing(displaced_by: Option<u128>) -> Expect {
    Expect::Missing {
        displaced_by: displaced_by.map(Epoch),
        epoch: Epoch(1),
        generation: 1,
        owner: OURS,
        others: None,
    }
}

fn with_journal(owner: u64) -> SessionRecord {
    SessionRecord {
        journal: journal(owner),
        ..session(1, 1)
    }
}

fn with_end() -> SessionRecord {
    SessionRecord {
        ended: Some(Cause::RefreshUnfinished),
        refresh_token: None,
        ..session(1, 1)
    }
}

/// The entry holds this session of epoch 1, which is signed in.
fn holding(record: &SessionRecord) -> Bench {
    let bench = Bench::new();
    bench.sign_in(1);
    bench.vault.save(record, exactly(1, 1)).unwrap();
    bench
}

#[test]
fn a13_a_new_pair_is_written_over_whatever_became_of_the_one_before() {
    let bury = |bench: &Bench| {
        let tombstone = bench
            .other()
            .tombstone(Cause::RefreshUnfinished, NOW, exactly(1, 1));
        tombstone.unwrap();
    };
    let made: [&dyn Fn() -> Bench; 4] = [
        &|| holding(&with_journal(OURS)),
        &|| holding(&with_journal(THEIRS)),
        &|| holding(&with_end()),
        &|| {
            let bench = holding(&session(1, 1));
            bury(&bench);
            bench
        },
    ];
    for make in made {
        let bench = make();
        bench.vault.save(&session(1, 2), exactly(1, 1)).unwrap();
        assert_eq!(bench.other().load(), found(session(1, 2)));
        assert_eq!(bench.entry().epoch, Some(Epoch(1)));
        assert_eq!(bench.entry().last_cause, None);
    }
}

#[test]
fn a13_a_new_pair_yields_to_a_sign_out_a_newer_sign_in_and_a_newer_pair() {
    let save = |bench: &Bench| bench.vault.save(&session(1, 2), exactly(1, 1));
    let signed_out = holding(&session(1, 1));
    signed_out.other().fence(Some(Epoch(1))).unwrap();
    assert_eq!(save(&signed_out), Err(StoreError::Conflict));
    signed_out.other().erase(Some(Epoch(1))).unwrap();
    assert_eq!(save(&signed_out), Err(StoreError::Conflict));
    assert_eq!(signed_out.raw().unwrap_err(), StoreError::NotFound);

    let newer = holding(&session(1, 1));
    newer
        .other()
        .save(&session(2, 1), Expect::Anything)
        .unwrap();
    assert_eq!(save(&newer), Err(StoreError::Conflict));
    assert_eq!(newer.vault.load(), found(session(2, 1)));

    let ahead = holding(&session(1, 1));
    ahead.other().save(&session(1, 3), exactly(1, 1)).unwrap();
    assert_eq!(save(&ahead), Err(StoreError::Conflict));

    // The session had ended, and then the person signed out.
    let buried = holding(&session(1, 1));
    let other = buried.other();
    other
        .tombstone(Cause::SessionEnded, NOW, exactly(1, 1))
        .unwrap();
    other.fence(None).unwrap();
    assert_eq!(save(&buried), Err(StoreError::Conflict));
    assert_eq!(other.load(), Loaded::SignedOut(Cause::SignedOut));
    // The fence knows which session it was when the next person signs in.
    other.save(&session(2, 1), Expect::Anything).unwrap();
    other.commit(Epoch(2), "other").unwrap();
    assert_eq!(save(&buried), Err(StoreError::Conflict));
    assert!(buried.entry().fences(Epoch(1)) && !buried.entry().fences(Epoch(2)));
}

#[test]
fn a13_every_other_write_leaves_another_process_its_lease_and_its_verdict() {
    let save = |bench: &Bench, others| bench.vault.save(&session(1, 1), untouched(others));
    let theirs = holding(&with_journal(THEIRS));
    assert_eq!(save(&theirs, None), Err(StoreError::Conflict));
    assert_eq!(save(&theirs, journal(8)), Err(StoreError::Conflict));
    assert_eq!(save(&theirs, journal(THEIRS)), Ok(()));
    // It was given back since.
    assert_eq!(save(&theirs, journal(THEIRS)), Err(StoreError::Conflict));

    let ours = holding(&with_journal(OURS));
    assert_eq!(save(&ours, None), Ok(()));

    let ended = holding(&with_end());
    assert_eq!(save(&ended, None), Err(StoreError::Conflict));
    assert_eq!(ended.vault.save(&with_end(), untouched(None)), Ok(()));
    let tombstone = ended
        .vault
        .tombstone(Cause::SessionEnded, NOW, untouched(None));
    assert_eq!(tombstone, Ok(()));
    assert_eq!(save(&ended, None), Err(StoreError::Conflict));
}

#[test]
fn a13_a_tombstone_does_not_take_the_place_of_a_lease() {
    let theirs = holding(&with_journal(THEIRS));
    let tombstone = theirs
        .vault
        .tombstone(Cause::SessionEnded, NOW, untouched(None));
    assert_eq!(tombstone, Err(StoreError::Conflict));
    assert!(matches!(theirs.vault.load(), Loaded::Session(..)));
}

#[test]
fn a13_a_record_that_vanished_is_written_again_only_where_nobody_else_has_written() {
    let bench = holding(&session(1, 1));
    bench.store.inner.delete(&bench.id).unwrap();
    bench.vault.save(&session(1, 1), missing(None)).unwrap();
    assert_eq!(bench.vault.load(), found(session(1, 1)));
    for there in [session(1, 1), session(2, 1)] {
        bench.other().save(&there, Expect::Anything).unwrap();
        let again = bench.vault.save(&session(1, 1), missing(None));
        assert_eq!(again, Err(StoreError::Conflict));
    }
}

#[test]
fn a05_what_a_cancelled_sign_in_displaced_is_put_back_and_nothing_else() {
    // Its record was written, or not.
    for written in [true, false] {
        let bench = holding(&session(1, 1));
        if written {
            bench.vault.save(&session(2, 1), Expect::Anything).unwrap();
        }
        bench.vault.fence(Some(Epoch(2))).unwrap();
        bench.vault.save(&session(1, 1), missing(Some(2))).unwrap();
        assert_eq!(bench.vault.load(), found(session(1, 1)));
    }
    // Another process was faster.
    let theirs = holding(&with_journal(THEIRS));
    let ahead = holding(&session(1, 1));
    ahead.other().save(&session(1, 2), exactly(1, 1)).unwrap();
    let other = holding(&session(1, 1));
    other
        .other()
        .save(&session(3, 1), Expect::Anything)
        .unwrap();
    for bench in [theirs, ahead, other] {
        let before = bench.raw().unwrap();
        let put_back = bench.vault.save(&session(1, 1), missing(Some(2)));
        assert_eq!(put_back, Err(StoreError::Conflict));
        assert_eq!(bench.raw().unwrap().expose(), before.expose());
    }
}

#[test]
fn a13_a_process_that_is_stopped_in_the_middle_of_a_write_keeps_nobody_from_reading() {
    let bench = holding(&session(1, 1));
    bench
        .data
        .with_lock(|| {
            assert_eq!(bench.other().load(), found(session(1, 1)));
            // Nothing is put right meanwhile, and nothing is taken for gone.
            bench.vault.fence(Some(Epoch(1))).unwrap();
            let unavailable = Loaded::Failed(StoreError::Unavailable);
            assert_eq!(bench.other().load(), unavailable);
            assert!(bench.raw().is_ok());
            Ok(())
        })
        .unwrap();
    assert_eq!(bench.other().load(), Loaded::SignedOut(Cause::SignedOut));
}

#[test]
fn a13_a_read_tells_whether_the_writer_of_the_journal_still_runs() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(DataDir::open(folder.path()).unwrap());
    let (first, second) = (open(), open());
    let store = Arc::new(MemoryStore::new());
    let account = first.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
    let writer = Vault::new(store.clone(), first.clone(), &account);
    let reader = Vault::new(store, second, &account);
    let owner = first.enter(40);
    writer.save(&session(1, 1), Expect::Anything).unwrap();
    writer.save(&with_journal(owner), exactly(1, 1)).unwrap();
    let record = || Box::new(with_journal(owner));
    assert_eq!(reader.load(), Loaded::Session(record(), Holder::Runs));
    drop((writer, first));
    assert_eq!(reader.load(), Loaded::Session(record(), Holder::Gone));
}

#[test]
fn a13_of_two_sign_ins_at_once_the_one_that_the_store_holds_counts() {
    for first_commits_first in [true, false] {
        let bench = Bench::new();
        let (first, second) = (&bench.vault, bench.other());
        first.save(&session(1, 1), Expect::Anything).unwrap();
        second.save(&session(2, 1), Expect::Anything).unwrap();
        let commit = |vault: &Vault, epoch| vault.commit(Epoch(epoch), "qa").unwrap();
        if first_commits_first {
            commit(first, 1);
            commit(&second, 2);
        } else {
            commit(&second, 2);
            commit(first, 1);
        }
        assert_eq!(bench.other().load(), found(session(2, 1)));
        assert_eq!(bench.entry().epoch, Some(Epoch(2)));
        assert_eq!(
            first.save(&session(1, 2), exactly(1, 1)),
            Err(StoreError::Conflict)
        );
    }
}
