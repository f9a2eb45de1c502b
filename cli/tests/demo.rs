//! `quickaccess demo`: every step, against its own simulator and against a server, and nothing that
//! is left behind.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use quickaccess_simulator::{HoldAt, Operation, RefreshMode};
use serde_json::Value;
use support::{Home, Server, names_in, run, start};

fn demo(home: &Home, more: &[&str]) -> Command {
    home.quickaccess(&[&["demo"], more].concat())
}

/// The steps of a demo for scripts.
fn steps(json: &Value) -> Vec<&str> {
    let steps = json["demo"].as_array().unwrap();
    steps
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect()
}

fn step<'a>(json: &'a Value, name: &str) -> &'a Value {
    let steps = json["demo"].as_array().unwrap();
    steps.iter().find(|step| step["step"] == name).unwrap()
}

#[test]
fn it_shows_the_whole_path_and_survives_a_lost_answer() {
    let home = Home::new();
    let json = run(demo(&home, &["--json"]), "").with(0).json();
    assert_eq!(
        steps(&json),
        [
            "server",
            "store",
            "probe",
            "sign_in",
            "whoami",
            "privileges",
            "refresh",
            "learned",
            "promise",
            "call",
            "lost_answer",
            "still_signed_in",
            "healed",
            "sign_out",
            "access_tracker",
        ]
    );
    let generation = |name| {
        step(&json, name)["data"]["session"]["generation"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(generation("sign_in"), 1);
    // The server has committed one more than the session knows of.
    assert_eq!(generation("lost_answer") + 1, generation("healed"));
    let rows = step(&json, "access_tracker")["data"]["rows"]
        .as_array()
        .unwrap();
    let of = |grant: &str| rows.iter().filter(|row| row["grant"] == grant).count() as u64;
    assert_eq!(of("password"), 1);
    assert_eq!(of("refresh_token"), generation("healed"));
    assert_eq!(
        rows.iter().filter(|row| row["fault"].is_string()).count(),
        1
    );
    assert_eq!(step(&json, "store")["data"]["store"], "memory");
    assert_eq!(names_in(&home.temporary()), [""; 0]);
}

/// The label of each step and its text, times and numbers of one run masked.
fn masked(text: &str) -> Vec<String> {
    let number = |c: char| c.is_ascii_digit();
    let mut lines = Vec::new();
    let text = text.lines().filter(|line| !line.trim().is_empty());
    let mut paragraphs: Vec<String> = Vec::new();
    for line in text {
        match paragraphs.last_mut() {
            Some(last) if line.starts_with("     ") || line.starts_with("  [") => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    for paragraph in paragraphs {
        let words = paragraph.split_whitespace().map(|word| {
            if word.contains(':') && word.contains(number) || word.parse::<f64>().is_ok() {
                "#"
            } else {
                word
            }
        });
        let line = words.collect::<Vec<_>>().join(" ");
        // Where the tokens lie depends on the machine.
        lines.push(match line.split_once(' ') {
            Some(("Store", _)) => "Store".to_owned(),
            _ => line,
        });
    }
    lines
}

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let cast = readme.split_once("<!-- demo -->\n```text\n").unwrap().1;
    let (cast, _) = cast.split_once("```\n").unwrap();
    let (command, cast) = cast.split_once('\n').unwrap();
    assert_eq!(command, "$ cargo run --bin quickaccess -- demo");

    let home = Home::new();
    let ended = run(demo(&home, &["--memory"]), "").with(0);
    assert_eq!(ended.err, "");
    assert_eq!(
        masked(cast),
        masked(&ended.out),
        "make README.md's cast anew from a real run"
    );
}

#[test]
fn with_a_server_it_does_the_same_there_in_each_refresh_mode_and_breaks_nothing() {
    for (mode, stays) in [
        (RefreshMode::Rotate, "while_used"),
        (RefreshMode::Reusable, "unknown"),
        (RefreshMode::OneShot, "until"),
    ] {
        let (server, home) = (Server::start(), Home::new());
        server
            .simulator
            .set_switches(|switches| switches.refresh_mode = mode);
        let arguments = ["demo", "--json", "--username", "qa"];
        let json = run(home.at(&server, &arguments), "abc123").with(0).json();
        let all: BTreeSet<&str> = steps(&json).into_iter().collect();
        assert!(all.contains("refresh") && all.contains("learned") && all.contains("sign_out"));
        assert!(!all.contains("lost_answer") && !all.contains("access_tracker"));
        let promise = &step(&json, "promise")["data"]["session"]["stays"];
        let promise = promise
            .as_str()
            .unwrap_or_else(|| match promise.get("until") {
                Some(_) => "until",
                None => "nothing",
            });
        assert_eq!(promise, stays, "{mode:?}");
        assert_eq!(server.simulator.counters().faults_applied, 0);
    }
}

#[test]
fn an_api_client_without_refresh_tokens_is_no_failure() {
    let (server, home) = (Server::start(), Home::new());
    let arguments = ["demo", "--username", "qa", "--client-id", "Kiosk"];
    run(home.at(&server, &arguments), "abc123")
        .with(0)
        .says("this API client gives no refresh token")
        .says("Done.");
}

#[test]
fn what_fails_is_told_with_the_steps_before_it_and_nothing_stays() {
    let (server, home) = (Server::start(), Home::new());
    let arguments = ["demo", "--json", "--username", "qa"];
    let json = run(home.at(&server, &arguments), "wrong").with(10).json();
    assert_eq!(json["error"]["code"], "credentials_rejected");
    assert_eq!(steps(&json), ["server", "store", "probe"]);
    assert_eq!(names_in(&home.temporary()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_the_middle_signs_out_and_leaves_nothing() {
    let (server, home) = (Server::start(), Home::new());
    let gate = server
        .simulator
        .hold(Operation::Privileges, HoldAt::BeforeCommit);
    let arguments = ["demo", "--username", "qa"];
    let process = start(home.at(&server, &arguments), b"abc123\n");
    server.block_on("the question", gate.reached());
    process.signal(support::Signal::INT);
    let ended = process.end().with(130);
    assert_eq!(ended.err, "Cancelled.\n");
    // The tokens were offered for revocation.
    assert!(server.simulator.counters().revocations > 0);
    assert_eq!(names_in(&home.temporary()), [""; 0]);
}
