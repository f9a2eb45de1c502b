//! Sessions that go on from one command to the next, in the real stores of Linux. They need an
//! environment of their own, which `cargo xtask test` sets up: a session bus with an unlocked Secret
//! Service, and a session keyring of the kernel.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{
    env,
    process::Command,
    sync::{Mutex, PoisonError},
};

use quickaccess_simulator::{
    CertificateSettings, Fault, FaultKind, HoldAt, Operation, RefreshMode, Revoke,
};
use support::{Ended, Home, Server, get, names_in, run, start, terminal::Terminal};

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    SecretService,
    Kernel,
}

impl Kept {
    /// Which of them this run of the tests brings.
    fn provided() -> Vec<Self> {
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
struct Person {
    home: Home,
    kept: Kept,
}

impl Person {
    fn new(kept: Kept) -> Self {
        let home = Home::new();
        Self { home, kept }
    }

    /// A command that finds everything in what was remembered.
    fn command(&self, arguments: &[&str]) -> Command {
        self.with_bus(self.home.quickaccess(arguments))
    }

    fn sign_in(&self, server: &Server, more: &[&str]) -> Command {
        let mut command = self.home.at(server, &["sign-in", "--username", "qa"]);
        if self.kept == Kept::Kernel {
            command.args(["--store", "kernel"]);
        }
        command.args(more);
        self.with_bus(command)
    }

    fn with_bus(&self, mut command: Command) -> Command {
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments), "")
    }

    fn signed_in(kept: Kept, server: &Server) -> Self {
        let person = Self::new(kept);
        run(person.sign_in(server, &[]), "abc123").with(0);
        person
    }

    fn kinds(&self) -> Vec<String> {
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

fn of_each(test: impl Fn(Kept)) {
    for kept in Kept::provided() {
        let _alone =
            (kept == Kept::Kernel).then(|| KERNEL.lock().unwrap_or_else(PoisonError::into_inner));
        test(kept);
    }
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a19_a_session_goes_on_from_command_to_command_and_the_history_tells_of_all() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let lasts = match kept {
            Kept::SecretService => "in the secret store of this machine\n",
            Kept::Kernel => {
                "in the kernel keyring, until a reboot, or some three days without use\n"
            }
        };
        person
            .run(&["whoami"])
            .with(0)
            .says("Name              qa\n")
            .says(lasts);
        person.run(&["privileges"]).with(0).says("Guest accounts");
        let token = person.run(&["token"]).with(0).out;
        assert_eq!(
            get(&server.running.http_url(), "/api/oauth/me", token.trim()).0,
            200
        );
        let newer = person.run(&["token", "--refresh"]).with(0).out;
        assert_ne!(token, newer);
        assert_eq!(person.run(&["token"]).with(0).out, newer);
        person
            .run(&["whoami"])
            .says("Stay signed in    as long as it is used now and then\n");
        person
            .run(&["sign-out"])
            .with(0)
            .says("Signed out; no token is kept on this machine.");
        person
            .run(&["whoami"])
            .with(10)
            .notes("(signed_out)")
            .notes("next: quickaccess sign-in");
        person
            .run(&["sign-out"])
            .with(0)
            .says("Nobody was signed in.");
        assert_eq!(
            person.kinds(),
            ["signed_in", "learned", "refreshed", "signed_out"]
        );
        assert_eq!(server.simulator.counters().sign_ins_accepted, 1);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn the_last_sign_in_is_remembered_for_its_server_alone() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::new(kept);
        run(person.sign_in(&server, &["--client-id", "Kiosk"]), "abc123").with(0);
        let json = person.run(&["whoami", "--json"]).with(0).json();
        assert_eq!(
            (&json["server"], &json["client_id"]),
            (&server.address().into(), &"Kiosk".into())
        );
        // The same address as people write it, too.
        let typed = format!("{}/api/", server.address());
        person.run(&["whoami", "--server", &typed]).with(0);
        let other = person.run(&["whoami", "--server", "127.0.0.1:1"]);
        assert_ne!(other.code, 0, "{other:?}");
        // No secret lies in the folder.
        let token = person.run(&["token"]).with(0).out;
        let folder = person.home.path().join(".local/share/quickaccess");
        assert!(names_in(&folder).contains(&"cli.json".to_owned()));
        for file in files_under(&folder) {
            let bytes = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(
                !text.contains(token.trim()) && !text.contains("abc123"),
                "{file:?}"
            );
        }
    });
}

fn files_under(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_under(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a05_a_wrong_password_leaves_the_session_as_it_was() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        run(person.sign_in(&server, &[]), "wrong").with(10);
        person.run(&["whoami"]).with(0);
        // An unknown client id is another session, and does not become the remembered one.
        run(person.sign_in(&server, &["--client-id", "Nope"]), "abc123").with(12);
        person.run(&["whoami"]).with(0);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a07_ctrl_c_during_a_refresh_waits_for_its_answer_and_loses_nothing() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let gate = server
            .simulator
            .hold(Operation::TokenRefresh, HoldAt::AfterCommit);
        let refreshing = start(person.command(&["token", "--refresh"]), b"");
        server.block_on("the refresh", gate.reached());
        refreshing.signal("INT");
        // The answer may come once the command has heard of it.
        server.block_on("the answer", async { gate.release() });
        let ended = refreshing.end();
        assert!(ended.code == 130 || ended.code == 0, "{ended:?}");
        let json = person.run(&["token", "--json"]).with(0).json();
        assert_eq!(json["generation"], 2, "{ended:?}");
        assert_eq!(server.simulator.counters().refresh_reuse, 0);
        person.run(&["token", "--refresh"]).with(0);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn whoever_cannot_wait_presses_ctrl_c_once_more_and_is_told_what_it_may_cost() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let gate = server
            .simulator
            .hold(Operation::TokenRefresh, HoldAt::BeforeCommit);
        let mut terminal = Terminal::start(&person.command(&["token", "--refresh"]), 80);
        server.block_on("the refresh", gate.reached());
        terminal.see("Extending the session");
        terminal.press("\u{3}");
        terminal.see("Waiting for the answer to a refresh");
        terminal.press("\u{3}");
        terminal.see("If a sign-in is asked for next time, this is why.");
        assert_eq!(terminal.wait(), 130);
        gate.release();
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a09_an_answer_that_is_lost_is_told_and_the_next_command_goes_on() {
    of_each(|kept| {
        let server = Server::start();
        server
            .simulator
            .set_switches(|switches| switches.refresh_mode = RefreshMode::Reusable);
        let person = Person::signed_in(kept, &server);
        server
            .simulator
            .fault(Fault::new(Operation::TokenRefresh, FaultKind::DropAfterCommit).once());
        let lost = person.run(&["token", "--refresh"]);
        assert_eq!((lost.code, lost.out.as_str()), (11, ""), "{lost:?}");
        person.run(&["whoami"]).with(0);
        person.run(&["token", "--refresh"]).with(0);
        assert!(person.kinds().contains(&"refresh_failed".to_owned()));
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn an_api_client_without_refresh_tokens_is_told_from_the_start() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::new(kept);
        run(person.sign_in(&server, &["--client-id", "Kiosk"]), "abc123")
            .with(0)
            .says("Stay signed in  until the access token ends: this API client gives no refresh");
        person
            .run(&["token", "--refresh"])
            .with(12)
            .notes("(grant_not_enabled)");
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a10_a_refusal_that_is_not_the_end_is_told_and_loses_nothing() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let refused = FaultKind::problem(400, "invalid_client", "Invalid client");
        server
            .simulator
            .fault(Fault::new(Operation::TokenRefresh, refused).once());
        person
            .run(&["token", "--refresh"])
            .with(12)
            .notes("(client_unknown)");
        person.run(&["whoami"]).with(0);
        person.run(&["token", "--refresh"]).with(0);
        assert_eq!(server.simulator.counters().refreshes_accepted, 1);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a15_without_a_network_a_good_token_is_served() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let token = person.run(&["token"]).with(0).out;
        drop(server);
        assert_eq!(person.run(&["token"]).with(0).out, token);
        person.run(&["whoami"]).with(11).notes("(offline)");
        person.run(&["history"]).with(0).says("Signed in.");
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a18_signing_out_without_a_network_is_final_and_says_what_could_not_be_done() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let json = person.command(&["sign-out", "--json"]);
        drop(server);
        let json = run(json, "").with(0).json();
        assert_eq!(
            (&json["erased"], &json["revocation"]),
            (&true.into(), &"failed".into())
        );
        assert_eq!(json["revocation_code"], "offline");
        person.run(&["token"]).with(10);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a_server_that_revokes_is_told_to() {
    of_each(|kept| {
        let server = Server::start();
        server
            .simulator
            .set_switches(|switches| switches.revoke = Revoke::Present);
        let person = Person::signed_in(kept, &server);
        let token = person.run(&["token"]).with(0).out;
        person
            .run(&["sign-out"])
            .with(0)
            .says("The server has revoked the tokens.");
        assert_eq!(
            get(&server.running.http_url(), "/api/oauth/me", token.trim()).0,
            403
        );
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a27_an_approved_certificate_stays_approved_and_another_one_stops_before_the_password() {
    of_each(|kept| {
        let server = Server::showing(CertificateSettings::self_signed());
        let first = server.running.certificate_sha256();
        let person = Person::new(kept);
        run(person.sign_in(&server, &[]), "abc123").with(13);
        run(person.sign_in(&server, &["--approve", &first]), "abc123").with(0);
        person.run(&["whoami"]).with(0);
        run(person.sign_in(&server, &[]), "abc123").with(0);

        let second = server
            .running
            .change_certificate(&CertificateSettings::self_signed())
            .unwrap();
        server.running.cut_connections();
        let before = server.simulator.counters();
        run(person.sign_in(&server, &[]), "abc123")
            .with(13)
            .notes("(certificate_changed)")
            .notes("it is not what was trusted here before")
            .notes("Trusted before")
            .notes(&format!("--approve {second} --replace-certificate"));
        let json = person.run(&["whoami", "--json"]).with(13).json();
        let certificate = &json["error"]["certificate"];
        assert_eq!(certificate["presented"]["sha256"], second);
        assert_eq!(certificate["previous"]["sha256"], first);
        // Approving it as if it were the first one is not enough.
        person
            .run(&["whoami", "--approve", &second])
            .with(13)
            .notes("(certificate_changed)");
        let after = server.simulator.counters();
        assert_eq!(
            (before.requests, before.token_requests),
            (after.requests, after.token_requests)
        );

        person
            .run(&["whoami", "--approve", &second, "--replace-certificate"])
            .with(0);
        person.run(&["whoami"]).with(0);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a25_a_session_that_the_store_has_lost_is_told_apart_from_a_sign_out() {
    of_each(|kept| {
        let server = Server::start();
        let person = Person::signed_in(kept, &server);
        let account = account(&person);
        let removed = match kept {
            Kept::SecretService => Command::new("secret-tool")
                .args(["clear", "service", "QuickAccess", "username", &account])
                .status(),
            Kept::Kernel => Command::new("keyctl")
                .args(["purge", "user", &format!("keyring:{account}@QuickAccess")])
                .status(),
        };
        assert!(removed.unwrap().success());
        person
            .run(&["whoami"])
            .with(10)
            .notes("(store_lost)")
            .notes("quickaccess sign-in");
        run(person.sign_in(&server, &[]), "abc123").with(0);
        person.run(&["whoami"]).with(0);
    });
}

/// The random id that names the entry in the store.
fn account(person: &Person) -> String {
    let folder = match person.kept {
        Kept::SecretService => ".local/share/quickaccess",
        Kept::Kernel => ".local/share/quickaccess/kernel",
    };
    let index = std::fs::read(person.home.path().join(folder).join("accounts.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    index["accounts"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn looking_into_the_wrong_store_harms_nothing() {
    Kept::provided();
    let server = Server::start();
    let person = Person::signed_in(Kept::SecretService, &server);
    person
        .run(&["whoami", "--store", "kernel"])
        .with(10)
        .notes("(signed_out)");
    person.run(&["whoami"]).with(0);
    assert_eq!(person.kinds(), ["signed_in"]);
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn the_demo_uses_the_store_that_is_there_and_leaves_nothing_in_it() {
    of_each(|kept| {
        let person = Person::new(kept);
        let (arguments, words): (&[&str], _) = match kept {
            Kept::SecretService => (
                &["demo"],
                "The tokens lie in the secret store of this machine",
            ),
            Kept::Kernel => (
                &["demo", "--store", "kernel"],
                "The tokens lie in the kernel's keyring",
            ),
        };
        person.run(arguments).with(0).says(words);
        nothing_of_a_demo_stays(&person);

        // Stopped in the middle, too.
        let server = Server::start();
        let gate = server
            .simulator
            .hold(Operation::Privileges, HoldAt::BeforeCommit);
        let mut command = person.home.at(&server, arguments);
        command.args(["--username", "qa"]);
        let process = start(person.with_bus(command), b"abc123\n");
        server.block_on("the question", gate.reached());
        process.signal("TERM");
        process.end().with(130);
        nothing_of_a_demo_stays(&person);
    });
}

#[track_caller]
fn nothing_of_a_demo_stays(person: &Person) {
    let secrets = Command::new("secret-tool")
        .args(["search", "--all", "service", "QuickAccess demo"])
        .output()
        .unwrap();
    let keys = Command::new("keyctl").arg("show").output().unwrap();
    let keys = String::from_utf8_lossy(&keys.stdout).into_owned();
    assert_eq!(String::from_utf8_lossy(&secrets.stdout), "");
    assert!(!keys.contains("QuickAccess demo"), "{keys}");
    assert_eq!(names_in(&person.home.temporary()), [""; 0]);
}

/// A bus and a keyring of this test alone, locked at the end.
#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a24_a_locked_keyring_is_told_and_loses_nothing() {
    Kept::provided();
    let server = Server::start();
    let person = Person::new(Kept::SecretService);
    let sign_in = person.home.at(&server, &["sign-in", "--username", "qa"]);
    let program = env!("CARGO_BIN_EXE_quickaccess");
    let script = format!(
        "set -e
         printf secret | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
         printf abc123 | {program} \"$@\"
         dbus-send --session --print-reply --dest=org.freedesktop.secrets \
             /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
             array:objpath:/org/freedesktop/secrets/collection/login > /dev/null
         set +e
         {program} whoami; echo whoami $?
         {program} sign-in --username qa < /dev/null; echo sign-in $?
         {program} history; echo history $?
         {program} demo; echo demo $?
         {program} sign-out; echo sign-out $?"
    );
    let mut command = Command::new("dbus-run-session");
    command
        .args(["--", "sh", "-c", &script, "sh"])
        .args(sign_in.get_args())
        .env_clear()
        .envs(
            sign_in
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(person.home.path());
    let ended = run(command, "").with(0);
    let notes = ended.err.matches("(store_locked)").count();
    assert_eq!(notes, 2, "{ended:#?}");
    ended
        .notes("Unlock the keyring of your desktop")
        .says("whoami 14\n")
        .says("sign-in 14\n")
        .says("Signed in.\nhistory 0\n")
        .says("No secret store can be used here")
        .says("demo 0\n")
        .says("it will not be used")
        .says("sign-out 0\n");
    assert_eq!(server.simulator.counters().token_requests.password, 1);
}
