//! Networks, servers and stores that are not as they should be.

use std::process::Command;

use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation, RefreshMode};

use crate::support::{
    Server,
    person::{Kept, Person, of_each},
    run,
    terminal::Terminal,
};

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
fn a10_the_end_of_a_one_shot_session_is_told_before_it_comes() {
    of_each(|kept| {
        let server = Server::start();
        server
            .simulator
            .set_switches(|switches| switches.refresh_mode = RefreshMode::OneShot);
        let person = Person::signed_in(kept, &server);
        person.run(&["token", "--refresh"]).with(0);
        let json = person.run(&["whoami", "--json"]).with(0).json();
        let session = &json["session"];
        assert_eq!(
            (&session["refresh"], &session["refresh_code"]),
            (&"ended".into(), &"single_use_spent".into())
        );
        assert!(session["stays"]["until"].is_string(), "{session}");
        person
            .run(&["whoami"])
            .with(0)
            .says("Stay signed in    until the access token ends. This server lets a session be");
        person
            .run(&["token", "--refresh"])
            .with(10)
            .notes("(single_use_spent)");
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
        // Every answer has come, and that is on record: the cause is no lost one.
        server.simulator.revoke_refresh_tokens();
        person
            .run(&["token", "--refresh"])
            .with(10)
            .notes("(session_ended)");
        person.run(&["whoami"]).with(0);
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
