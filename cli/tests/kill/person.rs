//! Somebody with a home and a server of their own, and what the store really holds for them.

use std::{env, path::PathBuf, process::Command, sync::Arc};

use quickaccess::{
    QuickAccess, Trust,
    store::{KernelKeyringStore, SecretServiceStore, StoreError, TokenStore},
};
use quickaccess_simulator::{Counters, Operation, RefreshMode, Revoke};
use serde_json::Value;

use super::{
    support::{Ended, Home, Server, run},
    tracer::{Fate, Kind, run_until},
};

/// Where the program keeps its data, in a home.
const FOLDER: &str = ".local/share/quickaccess";

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    SecretService,
    Kernel,
}

impl Kept {
    fn provided(self) -> Self {
        let variable = match self {
            Self::SecretService => "QUICKACCESS_TEST_SECRET_SERVICE",
            Self::Kernel => "QUICKACCESS_TEST_KERNEL_KEYRING",
        };
        assert!(
            env::var_os(variable).is_some_and(|value| value == "1"),
            "{variable}=1 is missing: run this with `cargo xtask test`"
        );
        self
    }

    fn name(self) -> &'static str {
        match self {
            Self::SecretService => "system",
            Self::Kernel => "kernel",
        }
    }

    fn store(self) -> Arc<dyn TokenStore> {
        match self {
            Self::SecretService => Arc::new(SecretServiceStore::new("QuickAccess").unwrap()),
            Self::Kernel => Arc::new(KernelKeyringStore::new("QuickAccess").unwrap()),
        }
    }
}

/// What the store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Nothing,
    /// A session with this token pair.
    Session(u64),
    /// Why there is none.
    Tombstone,
}

pub(crate) struct Person {
    home: Home,
    kept: Kept,
    pub(crate) server: Server,
}

impl Person {
    pub(crate) fn new(kept: Kept) -> Self {
        Self {
            home: Home::new(),
            kept: kept.provided(),
            server: Server::start(),
        }
    }

    pub(crate) fn signed_in(kept: Kept, mode: RefreshMode) -> Self {
        let person = Self::new(kept);
        person.server.simulator.set_switches(|switches| {
            (switches.refresh_mode, switches.revoke) = (mode, Revoke::Present);
        });
        // As the program does it, without a process for it.
        let signing_in = async {
            let session = QuickAccess::builder(person.server.address(), "QuickAccess")
                .trust(Trust::with_roots_pem(person.server.running.ca_pem()))
                .store(kept.store())
                .data_dir(person.data())
                .build()
                .unwrap();
            session.sign_in("qa", "abc123").await.unwrap();
        };
        person.server.block_on("a sign-in", signing_in);
        person
    }

    /// The folder of the session's data.
    fn data(&self) -> PathBuf {
        let folder = self.home.path().join(FOLDER);
        match self.kept {
            Kept::SecretService => folder,
            Kept::Kernel => folder.join("kernel"),
        }
    }

    /// The name of the session's entry, once the data folder has given it one.
    fn entry(&self) -> Option<String> {
        let index = std::fs::read(self.data().join("accounts.json")).ok()?;
        let index: Value = serde_json::from_slice(&index).unwrap();
        index["accounts"][0]["id"].as_str().map(str::to_owned)
    }

    /// A command with all that it needs.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.at(&self.server, arguments);
        command.args(["--store", self.kept.name()]);
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments), "")
    }

    pub(crate) fn sign_in(&self, name: &str) -> Ended {
        run(self.command(&["sign-in", "--username", name]), "abc123\n")
    }

    /// Runs a command and kills it at its n-th step of these kinds.
    pub(crate) fn killed(&self, arguments: &[&str], kinds: &[Kind], step: usize) -> Fate {
        let data = self.home.path().join(FOLDER);
        run_until(&self.command(arguments), "abc123\n", &data, kinds, step)
    }

    pub(crate) fn counters(&self) -> Counters {
        self.server.simulator.counters()
    }

    /// Whether a token is good, by the server.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let http = self.server.running.http_url();
        super::support::get(&http, "/api/oauth/me", token).0 == 200
    }

    /// What the store holds, read without the library's own judgement: the frame of a record tells
    /// its kind and its token pair.
    pub(crate) fn stored(&self) -> Stored {
        let Some(account) = self.entry() else {
            return Stored::Nothing;
        };
        let bytes = match self.kept.store().load(&account) {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound) => return Stored::Nothing,
            Err(error) => panic!("{error}"),
        };
        let bytes = bytes.expose();
        assert_eq!(&bytes[..5], b"QACR\x01");
        match bytes[5] {
            1 => {
                let generation = bytes[22..30].try_into().unwrap();
                Stored::Session(u64::from_le_bytes(generation))
            }
            _ => Stored::Tombstone,
        }
    }

    /// Waits until a request of this kind is held.
    pub(crate) fn held(&self, hold: &quickaccess_simulator::Hold) {
        self.server.block_on("a request", hold.reached());
    }
}

impl Drop for Person {
    /// What tests leave in a store would only be in the way of the next.
    fn drop(&mut self) {
        if let Some(entry) = self.entry() {
            let _ = self.kept.store().delete(&entry);
        }
    }
}

/// Which requests a command sends that change something.
pub(crate) fn operation(command: &str) -> Operation {
    match command {
        "sign-in" => Operation::TokenPassword,
        "token" => Operation::TokenRefresh,
        _ => Operation::Revoke,
    }
}
