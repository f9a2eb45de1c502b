//! Whoever knows nothing finds the way: the help, and what is said about a command that was typed
//! wrongly.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use support::{Home, run};

const COMMANDS: [&str; 12] = [
    "demo",
    "sign-in",
    "whoami",
    "privileges",
    "get",
    "find",
    "token",
    "sign-out",
    "history",
    "accounts",
    "doctor",
    "simulator",
];

#[test]
fn the_help_names_every_command_and_the_first_steps() {
    let home = Home::new();
    let help = run(home.quickaccess(&["--help"]), "").with(0);
    for command in COMMANDS {
        assert!(
            help.out.contains(&format!("\n  {command} ")),
            "{command}: {}",
            help.out
        );
    }
    help.says("quickaccess demo")
        .says("quickaccess sign-in --server")
        .says("Exit codes:");
    let nothing = run(home.quickaccess(&[]), "").with(2);
    assert_eq!(nothing.out, "");
    nothing.notes("First steps:");
}

#[test]
fn each_command_has_a_sentence_an_example_and_a_text_for_each_option() {
    let home = Home::new();
    for command in COMMANDS {
        let help = run(home.quickaccess(&["help", command]), "").with(0).out;
        let first = help.lines().next().unwrap();
        assert!(
            first.ends_with(|end: char| end == '.' || end.is_alphabetic()),
            "{first}"
        );
        assert!(help.contains("\nExample"), "{help}");
        assert!(help.contains(&format!("quickaccess {command}")), "{help}");
        let lines: Vec<&str> = help.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let is_option = line.trim_start().starts_with('-') && !line.contains("quickaccess");
            let beside = line.trim_start().contains("  ");
            let below = lines
                .get(index + 1)
                .is_some_and(|next| next.starts_with("          "));
            assert!(
                !is_option || beside || below,
                "{command}: {line} has no text"
            );
        }
    }
}

#[test]
fn a_typing_error_is_told_with_what_may_have_been_meant() {
    let home = Home::new();
    run(home.quickaccess(&["who-ami"]), "")
        .with(2)
        .notes("whoami");
    run(home.quickaccess(&["whoami", "--sever", "x"]), "")
        .with(2)
        .notes("--server");
    run(
        home.quickaccess(&["whoami", "--memory", "--store", "kernel"]),
        "",
    )
    .with(2);
    let json = run(home.quickaccess(&["whoami", "--sever", "--json"]), "")
        .with(2)
        .json();
    assert_eq!(
        (&json["error"]["action"], &json["error"]["code"]),
        (&"FixUsage".into(), &"usage".into())
    );
    assert!(
        json["error"]["message"]
            .as_str()
            .unwrap()
            .contains("--sever"),
        "{json}"
    );
    assert!(
        json["error"]["next"].as_str().unwrap().contains("--server"),
        "{json}"
    );
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let mut command = home.quickaccess(&["whoami", "--server"]);
    command.arg(std::ffi::OsStr::from_bytes(b"clear\xffpass"));
    run(command, "").with(2).notes("UTF-8");
}

#[test]
fn without_a_server_the_next_step_is_told() {
    let home = Home::new();
    for command in [
        "sign-in",
        "whoami",
        "privileges",
        "token",
        "sign-out",
        "history",
    ] {
        run(home.quickaccess(&[command]), "")
            .with(2)
            .notes("No server is known yet.")
            .notes("next: ")
            .notes("quickaccess sign-in --server");
    }
}

#[test]
fn files_and_folders_that_cannot_be_used_are_named() {
    let home = Home::new();
    let server = ["--memory", "--server", "clearpass.example"];
    let missing = ["whoami", "--ca-file", "missing.pem"];
    run(home.quickaccess(&[&missing[..], &server].concat()), "")
        .with(2)
        .notes("missing.pem")
        .notes("--ca-file");
    std::fs::write(home.path().join("none.pem"), "nothing").unwrap();
    let none = ["whoami", "--ca-file", "none.pem"];
    run(home.quickaccess(&[&none[..], &server].concat()), "")
        .with(17)
        .notes("BEGIN CERTIFICATE");
}
