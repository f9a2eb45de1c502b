use std::{
    fs,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::{
    environment::BootId,
    secret::Secret,
    session::model::{Renewal, Times},
    store::{MemoryStore, Persistence, Processes, StoreClaims},
};

const SERVER: &str = "https://clearpass.example";
const NOW: Now = Now {
    boot_id: BootId(1),
    boot: 2,
    wall: 3,
};

/// A store that does as it is told.
#[derive(Debug, Default)]
struct Staged {
    inner: MemoryStore,
    load: Mutex<Option<StoreError>>,
    save: Mutex<Option<StoreError>>,
    delete: Mutex<Option<StoreError>>,
    /// Says yes to every save and delete and does nothing.
    pretends: Mutex<bool>,
    max_record: Option<usize>,
    saves: AtomicUsize,
    cleared: AtomicUsize,
}

impl Staged {
    fn fails(&self, with: Option<StoreError>) {
        for call in [&self.load, &self.save, &self.delete] {
            *call.lock().unwrap() = with;
        }
    }
}

fn told(call: &Mutex<Option<StoreError>>) -> Result<(), StoreError> {
    call.lock().unwrap().map_or(Ok(()), Err)
}

impl TokenStore for Staged {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        told(&self.load)?;
        self.inner.load(name)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        self.saves.fetch_add(1, Ordering::Relaxed);
        told(&self.save)?;
        if *self.pretends.lock().unwrap() {
            return Ok(());
        }
        self.inner.save(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        told(&self.delete)?;
        if *self.pretends.lock().unwrap() {
            return Ok(());
        }
        self.inner.delete(name)
    }

    fn forget_former_installation(&self) -> Result<(), StoreError> {
        told(&self.delete)?;
        self.cleared.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn claims(&self) -> StoreClaims {
        StoreClaims::new(Persistence::Device, Processes::Many, self.max_record)
    }
}

struct Bench {
    store: Arc<Staged>,
    data: Arc<DataDir>,
    id: String,
    vault: Vault,
}

impl Bench {
    fn new() -> Self {
        Self::with(Staged::default())
    }

    fn with(store: Staged) -> Self {
        let (store, data) = (Arc::new(store), Arc::new(DataDir::in_memory()));
        let account = data.account(SERVER, "QuickAccess").unwrap();
        let vault = Vault::new(store.clone(), data.clone(), &account);
        Self {
            store,
            data,
            id: account.id,
            vault,
        }
    }

    /// Another process with the same folder and store.
    fn other(&self) -> Vault {
        let account = self.data.account(SERVER, "QuickAccess").unwrap();
        Vault::new(self.store.clone(), self.data.clone(), &account)
    }

    fn sign_in(&self, epoch: u128) {
        let record = session(epoch, 1);
        self.vault.save(&record, Expect::Anything).unwrap();
        self.vault.commit(record.epoch, "qa").unwrap();
    }

    fn entry(&self) -> AccountEntry {
        self.data.account_by_id(&self.id).unwrap().unwrap()
    }

    fn raw(&self) -> Result<SecretBytes, StoreError> {
        self.store.inner.load(&self.id)
    }

    fn plant(&self, bytes: &[u8]) {
        let bytes = SecretBytes::new(bytes.to_vec());
        self.store.inner.save(&self.id, &bytes).unwrap();
    }

    fn aside(&self) -> Result<SecretBytes, StoreError> {
        self.store.inner.load(&format!("{}.aside", self.id))
    }
}

fn session(epoch: u128, generation: Generation) -> SessionRecord {
    SessionRecord {
        epoch: Epoch(epoch),
        generation,
        access_token: Secret::new(format!("access-{epoch}-{generation}")),
        refresh_token: Some(Secret::new(format!("refresh-{epoch}-{generation}"))),
        renewal: Renewal::RefreshToken,
        times: Times {
            sent: NOW,
            lifetime: Some(28_800_000),
            refresh_after: None,
        },
        last_seen: NOW,
        ended: None,
        journal: None,
        after_rejection: false,
        username: "qa".to_owned(),
    }
}

fn journal(owner: u64) -> Option<Journal> {
    Some(Journal {
        generation: 1,
        attempt: 1,
        owner,
        at: NOW,
        unknown_tries: 0,
    })
}

fn exactly(epoch: u128, generation: Generation) -> Expect {
    Expect::Exactly {
        epoch: Epoch(epoch),
        generation,
    }
}

fn found(record: SessionRecord) -> Loaded {
    Loaded::Session(Box::new(record))
}

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
fn a13_the_lease_of_another_process_is_not_written_over() {
    let bench = Bench::new();
    bench.sign_in(1);
    let untouched = Expect::Untouched {
        epoch: Epoch(1),
        generation: 1,
        journal: None,
    };
    let with = |owner| SessionRecord {
        journal: journal(owner),
        ..session(1, 1)
    };
    // Both have read the record without a journal; the second one's write is refused.
    bench.vault.save(&with(10), untouched).unwrap();
    let other = bench.other();
    assert_eq!(other.save(&with(20), untouched), Err(StoreError::Conflict));
    assert_eq!(
        other.save(&session(1, 1), untouched),
        Err(StoreError::Conflict)
    );
    assert_eq!(other.load(), found(with(10)));
    // An answer counts more than a try.
    other.save(&session(1, 2), exactly(1, 1)).unwrap();
}

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
    assert_eq!(bench.vault.load(), Loaded::SignedOut(Cause::StoreLost));
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
        Loaded::SignedOut(Cause::RefreshUnfinished)
    );
    let raw = bench.raw().unwrap();
    assert!(!raw.expose().windows(6).any(|part| part == b"access"));
    assert_eq!(bench.entry().epoch, None);
    // A late save meets a tombstone and loses.
    assert_eq!(
        bench.vault.save(&session(1, 2), exactly(1, 1)),
        Err(StoreError::Conflict)
    );
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
    let account = data.account(SERVER, "QuickAccess").unwrap();
    let store = Arc::new(MemoryStore::new());
    let vault = Vault::new(store, data.clone(), &account);
    fs::write(folder.path().join("accounts.json"), "{").unwrap();
    vault.save(&session(1, 1), Expect::Anything).unwrap();
    vault.commit(Epoch(1), "qa").unwrap();
    assert_eq!(vault.load(), found(session(1, 1)));
    assert_eq!(data.account(SERVER, "QuickAccess").unwrap().id, account.id);
    assert_eq!(data.take_damaged(), ["accounts.json"]);
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
