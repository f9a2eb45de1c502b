//! `whoami`, `privileges` and `token`, each for one command alone (`--memory`): what they print for
//! people and for scripts.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::process::Stdio;

use quickaccess_simulator::{CertificateSettings, Revoke, Scenario};
use serde_json::json;
use support::{Home, Server, get, run};

#[test]
fn whoami_tells_the_person_the_server_and_the_time_left() {
    let (server, home) = (Server::start(), Home::new());
    let ended = run(home.once(&server, &["whoami"]), "abc123").with(0);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "Name              qa");
    assert_eq!(lines[1], "Operator profile  Help Desk");
    assert_eq!(lines[2], "department        Quality Assurance");
    assert_eq!(lines[3], format!("Server            {}", server.address()));
    assert_eq!(lines[4], "Version           6.12.7.100007");
    assert!(lines[5].starts_with("Access token      good for another 7 h 59 min (until "));
    assert_eq!(lines.len(), 8, "{lines:#?}");

    let json = run(home.once(&server, &["whoami", "--json"]), "abc123")
        .with(0)
        .json();
    assert_eq!(
        json["me"],
        json!({"info": "Help Desk", "name": "qa", "department": "Quality Assurance"})
    );
    assert_eq!(json["server"], server.address());
    assert_eq!(json["server_version"], "6.12.7.100007");
    assert_eq!(json["session"]["username"], "qa");
}

#[test]
fn privileges_are_told_in_words_and_in_the_servers_order() {
    let (server, home) = (Server::start(), Home::new());
    let ended = run(home.once(&server, &["privileges"]), "abc123").with(0);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines.len(), 16);
    assert_eq!(
        lines[0],
        "API                           visible         api_index"
    );
    assert_eq!(
        lines[1],
        "API explorer                  full access     api_docs"
    );
    assert_eq!(
        lines[6],
        "Endpoints                     read only       cppm_endpoints"
    );
    assert_eq!(
        lines[7],
        "Certificates                  read and write  cppm_certificates"
    );

    let json = run(home.once(&server, &["privileges", "--json"]), "abc123")
        .with(0)
        .json();
    let list = json["privileges"].as_array().unwrap();
    assert_eq!(list.len(), 16);
    let one = |name, display_name, level| json!({"name": name, "display_name": display_name, "level": level});
    assert_eq!(list[0], one("api_index", "API", "allowed"));
    assert_eq!(list[1], one("api_docs", "API explorer", "full"));
    assert_eq!(list[6], one("cppm_endpoints", "Endpoints", "read"));
    assert_eq!(
        list[7],
        one("cppm_certificates", "Certificates", "read_write")
    );
}

#[test]
fn a_token_is_all_that_is_printed_and_another_program_can_use_it() {
    let (server, home) = (Server::start(), Home::new());
    let ended = run(home.once(&server, &["token"]), "abc123").with(0);
    assert_eq!(ended.err, "");
    let token = ended.out.strip_suffix('\n').unwrap();
    assert!(token.chars().all(|c| c.is_ascii_alphanumeric()), "{token}");
    let (status, body) = get(&server.running.http_url(), "/api/oauth/me", token);
    assert_eq!(
        (status, body.contains("\"name\":\"qa\"")),
        (200, true),
        "{body}"
    );

    let json = run(home.once(&server, &["token", "--json"]), "abc123")
        .with(0)
        .json();
    let token = json["access_token"].as_str().unwrap();
    assert_eq!(
        get(&server.running.http_url(), "/api/oauth/me", token).0,
        200
    );
    assert_eq!(
        (&json["generation"], &json["short"]),
        (&1.into(), &false.into())
    );
}

#[test]
fn a_token_can_be_had_fresh_or_good_for_a_time() {
    let mut scenario = Scenario::default();
    scenario.api_clients[0].access_token_lifetime = 100;
    let (server, home) = (
        Server::with(scenario, CertificateSettings::default()),
        Home::new(),
    );
    let token = |more: &[&str]| {
        let arguments = [&["token", "--json"], more].concat();
        run(home.once(&server, &arguments), "abc123").with(0).json()
    };
    assert_eq!(token(&["--at-least", "30"])["generation"], 1);
    assert_eq!(server.simulator.counters().token_requests.refresh_token, 0);
    assert_eq!(token(&["--refresh"])["generation"], 2);
    assert_eq!(server.simulator.counters().refreshes_accepted, 1);
    run(
        home.once(&server, &["token", "--refresh", "--at-least", "9"]),
        "",
    )
    .with(2);
    run(home.once(&server, &["token", "--at-least", "soon"]), "")
        .with(2)
        .notes("--at-least");
}

#[test]
fn a_session_that_is_kept_nowhere_is_forgotten_on_the_server_too() {
    let (server, home) = (Server::start(), Home::new());
    server
        .simulator
        .set_switches(|switches| switches.revoke = Revoke::Present);
    for command in ["sign-in", "whoami", "privileges"] {
        let before = server.simulator.counters().revocations;
        run(home.once(&server, &[command]), "abc123").with(0);
        assert_eq!(
            server.simulator.counters().revocations,
            before + 2,
            "{command}"
        );
    }
    let before = server.simulator.counters().revocations;
    let ended = run(home.once(&server, &["token"]), "abc123").with(0);
    assert_eq!(server.simulator.counters().revocations, before);
    let (status, _) = get(
        &server.running.http_url(),
        "/api/oauth/me",
        ended.out.trim(),
    );
    assert_eq!(status, 200);
    // And nothing is kept on this side.
    assert_eq!(support::names_in(home.path()), ["ca.pem", "tmp"]);
}

#[test]
fn whoever_reads_the_first_line_alone_disturbs_nothing() {
    let (server, home) = (Server::start(), Home::new());
    let mut command = home.once(&server, &["privileges"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Nobody reads any of it.
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"abc123\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn nothing_that_the_server_says_acts_on_the_terminal() {
    let mut scenario = Scenario::default();
    let user = scenario
        .local_users
        .iter_mut()
        .find(|user| user.name == "qa")
        .unwrap();
    user.me.insert("note".into(), json!("a\u{1b}[2Jb\nc"));
    let (server, home) = (
        Server::with(scenario, CertificateSettings::default()),
        Home::new(),
    );
    let ended = run(home.once(&server, &["whoami"]), "abc123").with(0);
    assert!(!ended.out.contains('\u{1b}'), "{ended:?}");
    ended.says("note              a\u{fffd}[2Jb\u{fffd}c\n");
}
