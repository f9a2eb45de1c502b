//! Sessions that go on from one command to the next, in the real stores of Linux. They need an
//! environment of their own, which `cargo xtask test` sets up: a session bus with an unlocked Secret
//! Service, and a session keyring of the kernel.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

#[path = "stores/accounts.rs"]
mod accounts;
mod support;
#[path = "stores/trouble.rs"]
mod trouble;

use std::process::Command;

use quickaccess_simulator::{CertificateSettings, HoldAt, Operation, Revoke};
use support::{
    Server, get, names_in,
    person::{Kept, Person, of_each},
    run, start,
};

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
        refreshing.signal(support::Signal::INT);
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
        process.signal(support::Signal::TERM);
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
