//! Somebody whose session is kept in a real store of Linux, from one command to the next.

use std::{
    env,
    process::Command,
    sync::{Mutex, PoisonError},
};

use super::{Ended, Home, Server, run};

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    SecretService,
    Kernel,
}

impl Kept {
    /// Which of them this run of the tests brings.
    pub(crate) fn provided() -> Vec<Self> {
        let stores = [
            ("QUICKACCESS_TEST_SECRET_SERVICE", Self::SecretService),
            ("QUICKACCESS_TEST_KERNEL_KEYRING", Self::Kernel),
        ];
        for (variable, _) in stores {
            assert!(
                env::var_os(variable).is_some_and(|value| value == "1"),
                "{variable}=1 is missing: run this with `cargo xtask test`"
            );
        }
        stores.map(|(_, kept)| kept).to_vec()
    }
}

/// Somebody with a home, a server, and a store that lasts.
pub(crate) struct Person {
    pub(crate) home: Home,
    pub(crate) kept: Kept,
}

impl Person {
    pub(crate) fn new(kept: Kept) -> Self {
        let home = Home::new();
        Self { home, kept }
    }

    /// A command that finds everything in what was remembered.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.with_bus(self.home.quickaccess(arguments))
    }

    /// A sign-in as `qa`.
    pub(crate) fn sign_in(&self, server: &Server, more: &[&str]) -> Command {
        let mut command = self.home.at(server, &["sign-in", "--username", "qa"]);
        if self.kept == Kept::Kernel {
            command.args(["--store", "kernel"]);
        }
        command.args(more);
        self.with_bus(command)
    }

    /// A command that sees the session bus of this run.
    pub(crate) fn with_bus(&self, mut command: Command) -> Command {
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments), "")
    }

    /// Somebody who has signed in.
    pub(crate) fn signed_in(kept: Kept, server: &Server) -> Self {
        let person = Self::new(kept);
        run(person.sign_in(server, &[]), "abc123").with(0);
        person
    }

    /// What happened to the session, by kind.
    pub(crate) fn kinds(&self) -> Vec<String> {
        let json = self.run(&["history", "--json"]).with(0).json();
        let entries = json["history"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Person {
    /// What tests leave in a store would only be in the way of the next.
    fn drop(&mut self) {
        let _ = run(self.command(&["sign-out"]), "");
    }
}

/// The kernel gives a person little room, so one test at a time uses it.
static KERNEL: Mutex<()> = Mutex::new(());

/// Runs a test with each store that is there.
pub(crate) fn of_each(test: impl Fn(Kept)) {
    for kept in Kept::provided() {
        let _alone =
            (kept == Kept::Kernel).then(|| KERNEL.lock().unwrap_or_else(PoisonError::into_inner));
        test(kept);
    }
}
