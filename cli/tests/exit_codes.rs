//! The exit code tells a script what to do: one for each action of the library's errors.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use quickaccess_simulator::{CertificateSettings, Fault, FaultKind, Operation};
use support::{Home, Server, run};

#[test]
fn each_action_has_its_exit_code_and_says_the_same_as_json() {
    let (server, home) = (Server::start(), Home::new());
    let strange = Server::showing(CertificateSettings::self_signed());
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    server
        .simulator
        .fault(Fault::new(Operation::Privileges, forbidden));
    let (broken, other_home) = (Server::start(), Home::new());
    broken
        .simulator
        .fault(Fault::new(Operation::Me, FaultKind::status(503)));
    let strange_address = strange.address();

    let no_store = |arguments: &[&str]| home.at(&server, arguments);
    for (command, input, code, action, why) in [
        (
            home.once(&server, &["whoami"]),
            "abc124",
            10,
            "SignIn",
            "credentials_rejected",
        ),
        (
            other_home.once(&broken, &["whoami"]),
            "abc123",
            11,
            "Retry",
            "server_busy",
        ),
        (
            home.once(&server, &["whoami", "--client-id", "Nope"]),
            "abc123",
            12,
            "FixSetup",
            "client_unknown",
        ),
        (
            home.quickaccess(&[
                "whoami",
                "--memory",
                "--username",
                "qa",
                "--server",
                &strange_address,
            ]),
            "abc123",
            13,
            "TrustServer",
            "certificate_unknown",
        ),
        (
            no_store(&["whoami"]),
            "",
            15,
            "RepairStore",
            "store_unavailable",
        ),
        (
            home.once(&server, &["privileges"]),
            "abc123",
            16,
            "NotPermitted",
            "not_permitted",
        ),
        (
            home.quickaccess(&["whoami", "--memory", "--server", "ftp://clearpass.example"]),
            "",
            17,
            "FixRequest",
            "invalid_input",
        ),
        (
            no_store(&["whoami", "--memory"]),
            "abc123",
            2,
            "FixUsage",
            "usage",
        ),
    ] {
        let shown = format!("{command:?}");
        let mut json = std::process::Command::new(command.get_program());
        json.args(command.get_args()).arg("--json").env_clear();
        json.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        json.current_dir(home.path());

        let ended = run(command, input);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (code, ""),
            "{shown}: {ended:#?}"
        );
        assert!(ended.err.starts_with("error: "), "{ended:#?}");
        let error = run(json, input).with(code).json()["error"].clone();
        assert_eq!(
            (&error["action"], &error["code"]),
            (&action.into(), &why.into()),
            "{shown}"
        );
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{error}"
        );
        if code != 2 {
            assert!(ended.err.contains(&format!("({why})")), "{ended:#?}");
        }
    }
}

#[test]
fn without_a_secret_store_it_says_what_to_install_and_how_to_go_on() {
    let (server, home) = (Server::start(), Home::new());
    let arguments = ["sign-in", "--username", "qa"];
    run(home.at(&server, &arguments), "abc123")
        .with(15)
        .notes("gnome-keyring")
        .notes("--memory")
        .notes("--store kernel");
    // The password was not even asked for.
    assert_eq!(server.simulator.counters().connections, 0);
    run(home.once(&server, &["sign-in"]), "abc123").with(0);
}

#[test]
fn somebody_without_api_access_learns_where_to_mend_it() {
    let (server, home) = (Server::start(), Home::new());
    let arguments = ["whoami", "--memory", "--username", "no-api"];
    run(home.at(&server, &arguments), "abc123")
        .with(12)
        .notes("(no_api_access)")
        .notes("Operator Logins");
}

#[test]
fn a_port_that_is_taken_is_this_machines_matter() {
    let (server, home) = (Server::start(), Home::new());
    let address = server.address();
    let port = address.rsplit(':').next().unwrap();
    run(home.quickaccess(&["simulator", "--port", port]), "")
        .with(1)
        .notes(port);
    let missing = ["simulator", "--port", "0", "--scenario", "missing.json"];
    run(home.quickaccess(&missing), "")
        .with(1)
        .notes("missing.json");
}
