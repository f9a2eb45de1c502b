//! A store that does as it is told, and what the tests beside this file share.

mod replaced;
mod saving;
mod sharing;
mod signing_out;
mod trouble;

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::{
    environment::{BootId, Now},
    secret::Secret,
    session::model::{Renewal, Times},
    store::{MemoryStore, Persistence, Processes, StoreClaims, Which},
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
    /// Refuses to save entries whose name ends so, with this.
    refuses: Option<(&'static str, StoreError)>,
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
        if let Some((end, error)) = self.refuses
            && name.ends_with(end)
        {
            return Err(error);
        }
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
        let account = data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
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
        let account = self
            .data
            .account(SERVER, "QuickAccess", &Which::Usual)
            .unwrap();
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
        unproven: false,
        username: "qa".to_owned(),
    }
}

fn exactly(epoch: u128, generation: Generation) -> Expect {
    Expect::Exactly {
        epoch: Epoch(epoch),
        generation,
    }
}

fn found(record: SessionRecord) -> Loaded {
    Loaded::Session(Box::new(record), Holder::Unknown)
}
