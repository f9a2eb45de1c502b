//! `quickaccess sign-in`: where the password comes from, where it never goes, and what is said when
//! it fails.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use quickaccess_simulator::{CertificateSettings, HoldAt, LocalUser, Operation, Scenario};
use support::{Home, Server, run, start};

#[test]
fn the_password_is_the_first_line_of_standard_input() {
    let (server, home) = (Server::start(), Home::new());
    for input in ["abc123", "abc123\n", "abc123\r\n", "abc123\nanother line\n"] {
        let ended = run(home.once(&server, &["sign-in"]), input).with(0);
        assert_eq!(ended.err, "");
        let first = format!("Signed in to {} as qa.\n", server.address());
        assert!(ended.out.starts_with(&first), "{ended:?}");
        ended
            .says("Access token    good for another 7 h 59 min (until ")
            .says("Stay signed in  not known yet, the first refresh will tell\n")
            .says("Kept            in memory, until this command ends\n");
    }
}

#[test]
fn for_scripts_a_sign_in_is_one_object() {
    let (server, home) = (Server::start(), Home::new());
    let json = run(home.once(&server, &["sign-in", "--json"]), "abc123")
        .with(0)
        .json();
    assert_eq!(json["server"], server.address());
    assert_eq!(json["client_id"], "QuickAccess");
    let session = &json["session"];
    assert_eq!(session["username"], "qa");
    assert_eq!(
        (&session["generation"], &session["saved"]),
        (&1.into(), &true.into())
    );
    assert_eq!(
        (&session["refresh"], &session["stays"]),
        (&"ready".into(), &"unknown".into())
    );
    assert_eq!(session["kept"], "process");
    let end: jiff::Timestamp = session["expires_at"].as_str().unwrap().parse().unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((28_000..=28_800).contains(&left), "{left}");
}

#[test]
fn an_app_signs_itself_in_with_its_secret() {
    let (server, home) = (Server::start(), Home::new());
    let command = |secret: Option<&str>| {
        let arguments = [
            "sign-in",
            "--memory",
            "--as-client",
            "--client-id",
            "Integration",
        ];
        let mut command = home.at(&server, &arguments);
        command.envs(secret.map(|secret| ("QUICKACCESS_CLIENT_SECRET", secret)));
        command
    };
    run(command(Some("s3cret")), "")
        .with(0)
        .says(" as Integration.\n");
    run(command(None), "")
        .with(12)
        .notes("QUICKACCESS_CLIENT_SECRET");
    let ended = run(command(Some("wr0ng")), "")
        .with(12)
        .notes("(client_unknown)");
    assert!(!ended.err.contains("wr0ng"), "{ended:?}");
}

#[test]
fn a_refusal_says_who_can_mend_it() {
    let (server, home) = (Server::start(), Home::new());
    let once = |more: &[&str]| home.once(&server, &[&["sign-in"], more].concat());
    run(once(&[]), "abc124")
        .with(10)
        .notes("(credentials_rejected)");
    run(once(&["--client-id", "Nope"]), "abc123")
        .with(12)
        .notes("`Nope`")
        .notes("API Clients");
    server
        .simulator
        .enable_client("QuickAccess", false)
        .unwrap();
    run(once(&[]), "abc123")
        .with(12)
        .notes("that it is enabled");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let home = Home::new();
    let sign_in = ["sign-in", "--memory", "--username", "qa", "--server"];
    let at = |address: &str| home.quickaccess(&[&sign_in, &[address][..]].concat());
    run(at("127.0.0.1:1"), "abc123").with(11).notes("(offline)");
    run(at("http://clearpass.example"), "abc123")
        .with(17)
        .notes("https");
    run(at("https://qa:abc123@clearpass.example"), "x")
        .with(17)
        .notes("user name");
    let json = home.quickaccess(&[&sign_in, &["127.0.0.1:1", "--json"][..]].concat());
    let json = run(json, "abc123").with(11).json();
    assert_eq!(json["error"]["action"], "Retry");
    assert_eq!(json["error"]["code"], "offline");
    assert_eq!(json["error"]["may_have_acted"], false);
}

#[test]
fn what_is_no_password_is_refused_before_it_is_sent() {
    let (server, home) = (Server::start(), Home::new());
    let long = "a".repeat(5_000);
    let inputs: [(&[u8], &str); 4] = [
        (b"", "No password came"),
        (b"\n", "No password came"),
        (b"abc\xff\n", "UTF-8"),
        (long.as_bytes(), "4096 bytes"),
    ];
    for (input, why) in inputs {
        start(home.once(&server, &["sign-in"]), input)
            .end()
            .with(2)
            .notes(why);
    }
    run(home.once(&server, &["sign-in"]), "0")
        .with(17)
        .notes("(invalid_input)");
    assert_eq!(server.simulator.counters().token_requests.password, 0);
}

#[test]
fn without_a_name_nothing_is_sent_at_all() {
    let (server, home) = (Server::start(), Home::new());
    let command = home.at(&server, &["sign-in", "--memory"]);
    run(command, "abc123").with(2).notes("--username");
    assert_eq!(server.simulator.counters().connections, 0);
}

#[test]
fn a29_no_secret_is_in_an_argument_a_variable_a_log_line_or_a_message() {
    let (server, home) = (Server::start(), Home::new());
    let gate = server
        .simulator
        .hold(Operation::TokenPassword, HoldAt::BeforeCommit);
    let mut command = home.once(&server, &["token", "-vvv"]);
    command.env("RUST_LOG", "trace");
    let process = start(command, b"abc123\n");
    server.block_on("the sign-in", gate.reached());
    #[cfg(target_os = "linux")]
    for file in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{}/{file}", process.process.id())).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("token") || text.contains("HOME"), "{text}");
        assert!(!text.contains("abc123"), "{text}");
    }
    gate.release();
    let ended = process.end().with(0);
    let token = ended.out.trim();
    assert_eq!(token.len(), 40, "{ended:?}");
    assert!(
        ended.err.contains("TRACE") && ended.err.len() > 1_000,
        "{}",
        ended.err
    );
    assert!(
        !ended.err.contains("abc123") && !ended.err.contains(token),
        "{}",
        ended.err
    );

    let wrong = run(home.once(&server, &["whoami", "-vvv"]), "abc1234567").with(10);
    assert!(!wrong.err.contains("abc1234567") && !wrong.out.contains("abc1234567"));
}

#[cfg(target_os = "linux")]
#[test]
fn a04_no_copy_of_the_password_stays_in_the_memory_of_the_command() {
    let password = "correct horse 7519";
    let mut scenario = Scenario::default();
    let profile = scenario.operator_profiles[0].name.clone();
    scenario
        .local_users
        .push(LocalUser::new("heap", password, profile));
    let server = Server::with(scenario, CertificateSettings::default());
    let home = Home::new();
    let hold = |operation| server.simulator.hold(operation, HoldAt::BeforeCommit);
    let (signing_in, using) = (hold(Operation::TokenPassword), hold(Operation::Privileges));
    let arguments = ["privileges", "--memory", "--username", "heap"];
    let process = start(home.at(&server, &arguments), password.as_bytes());
    let copies = || support::memory::copies(process.process.id(), password.as_bytes());

    server.block_on("the sign-in", signing_in.reached());
    assert!(copies() > 0, "a search that finds nothing proves nothing");
    signing_in.release();
    server.block_on("the call after it", using.reached());
    assert_eq!(copies(), 0);
    using.release();
    process.end().with(0);
}
