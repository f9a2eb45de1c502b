//! `get` and `find`: what the API holds, for people and for scripts.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use serde_json::Value;
use support::{Ended, Home, Server, run, terminal::Terminal};

/// A command of somebody who may see everything, which keeps nothing.
fn asked(server: &Server, home: &Home, arguments: &[&str]) -> Ended {
    let mut command = home.at(server, arguments);
    command.args(["--memory", "--username", "api-admin"]);
    run(command, "abc123")
}

#[test]
fn find_shows_a_table_of_the_newest_and_says_how_many_there_are() {
    let (server, home) = (Server::start(), Home::new());
    for (what, headings, count) in [
        (
            "endpoint",
            "MAC address        Status",
            "5 of 5000 endpoints shown",
        ),
        ("guest", "User name", "5 of 3000 guests shown"),
        ("session", "User", "sessions shown; --all"),
    ] {
        let ended = asked(&server, &home, &["find", what, "--limit", "5"]).with(0);
        assert_eq!(ended.out.lines().count(), 6, "{}", ended.out);
        ended.says(headings).notes(count);
    }
}

#[test]
fn a_mac_address_is_understood_in_any_notation() {
    let (server, home) = (Server::start(), Home::new());
    for text in [
        "00:00:5e:00:53:01",
        "00-00-5E-00-53-01",
        "00005e005301",
        "0000.5e00.5301",
    ] {
        let ended = asked(&server, &home, &["find", "endpoint", text]).with(0);
        assert_eq!(ended.out.lines().count(), 2, "{}", ended.out);
        ended.says("00:00:5e:00:53:01");
    }
    asked(&server, &home, &["find", "guest", "nobody-such"])
        .with(0)
        .says("No guests found.\n");
}

#[test]
fn all_is_all_in_a_table_and_for_scripts() {
    let (server, home) = (Server::start(), Home::new());
    let table = asked(&server, &home, &["find", "guest", "--all"]).with(0);
    assert_eq!(table.out.lines().count(), 3_001);
    let json = asked(&server, &home, &["find", "guest", "--all", "--json"])
        .with(0)
        .json();
    assert_eq!(json["guests"].as_array().unwrap().len(), 3_000);
    assert_eq!(
        (&json["total"], &json["more"]),
        (&3_000.into(), &false.into())
    );
    let first = asked(&server, &home, &["find", "guest", "--json"])
        .with(0)
        .json();
    assert_eq!(first["guests"].as_array().unwrap().len(), 25);
    assert_eq!(first["more"], true);
    let disabled = [
        "get",
        "guest",
        "--all",
        "--filter",
        r#"{"current_state": "disabled"}"#,
    ];
    let json = asked(&server, &home, &disabled).with(0).json();
    let items = json["items"].as_array().unwrap();
    assert!(!items.is_empty() && json["total"] == items.len());
    assert!(items.iter().all(|row| row["current_state"] == "disabled"));
}

#[test]
fn get_prints_what_the_server_says() {
    let (server, home) = (Server::start(), Home::new());
    let get = |arguments: &[&str]| asked(&server, &home, &[&["get"], arguments].concat());
    assert_eq!(get(&["/api/oauth/me"]).with(0).json()["name"], "api-admin");
    let page: Value = get(&["guest", "--query", "limit=2", "--query", "sort=-id"])
        .with(0)
        .json();
    assert_eq!(page["_embedded"]["items"].as_array().unwrap().len(), 2);
    get(&["guest/999999"]).with(17).notes("(not_found)");
    get(&["../guest"]).with(17).notes("it holds `..`");
    get(&["guest", "--filter", "{"])
        .with(17)
        .notes("The filter is no JSON object");
    get(&["guest", "--query", "sort"])
        .with(2)
        .notes("NAME=VALUE");
    let mut command = home.at(
        &server,
        &["find", "guest", "--memory", "--username", "no-api"],
    );
    command.arg("--json");
    let refused = run(command, "abc123").with(12).json();
    assert_eq!(refused["error"]["code"], "no_api_access");
}

#[test]
fn a_table_fits_the_terminal() {
    let (server, home) = (Server::start(), Home::new());
    let mut command = home.at(&server, &["find", "session", "--limit", "20"]);
    command.args(["--memory", "--username", "api-admin"]);
    let mut terminal = Terminal::start(&command, 60);
    terminal.see("assword");
    terminal.press("abc123\r");
    terminal.see("20 of");
    assert_eq!(terminal.wait(), 0);
    let shown = terminal.all();
    let table = shown.lines().filter(|line| line.contains("192.0.2."));
    let lengths: Vec<usize> = table.map(|line| line.trim_end().chars().count()).collect();
    assert_eq!(lengths.len(), 20, "{shown}");
    assert!(lengths.iter().all(|length| *length <= 60), "{shown}");
}
