//! At a terminal: what is asked, what is shown while it takes time, and Ctrl-C.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{fs::File, io::Read};

use quickaccess_simulator::{CertificateSettings, HoldAt, Operation};
use support::{Home, Server, run, terminal::Terminal};

#[test]
fn name_and_password_are_asked_for_and_the_password_is_not_shown() {
    let (server, home) = (Server::start(), Home::new());
    let mut terminal = Terminal::start(&home.at(&server, &["sign-in", "--memory"]), 80);
    terminal.see("User name: ");
    terminal.press("qa\r");
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc123\r");
    terminal.see("Signed in to ");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.shows_what_is_typed());
    let screen = terminal.all();
    assert!(!screen.contains("abc123"), "{screen}");
}

#[test]
fn an_empty_password_and_an_end_of_input_are_told() {
    let (server, home) = (Server::start(), Home::new());
    for (keys, code, text) in [
        ("\r", 17, "The password is missing"),
        ("\u{4}", 2, "No password was typed."),
    ] {
        let mut terminal = Terminal::start(&home.once(&server, &["whoami"]), 80);
        terminal.see("Password for qa: ");
        terminal.wait_for_echo(false);
        terminal.press(keys);
        // It begins on a line of its own.
        terminal.see("\r\n");
        terminal.see(text);
        assert_eq!(terminal.wait(), code);
        assert!(terminal.shows_what_is_typed());
    }
    assert_eq!(server.simulator.counters().token_requests.password, 0);
}

#[test]
fn ctrl_c_at_a_question_gives_the_terminal_back_as_it_was() {
    let (server, home) = (Server::start(), Home::new());
    let mut terminal = Terminal::start(&home.at(&server, &["sign-in", "--memory"]), 80);
    terminal.see("User name: ");
    terminal.press("\u{3}");
    terminal.see("\r\nCancelled.");
    assert_eq!(terminal.wait(), 130);

    let mut terminal = Terminal::start(&home.once(&server, &["sign-in"]), 80);
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc\u{3}");
    terminal.see("\r\nCancelled.");
    assert_eq!(terminal.wait(), 130);
    assert!(terminal.shows_what_is_typed());
    assert_eq!(server.simulator.counters().token_requests.password, 0);
}

#[test]
fn a_program_that_is_told_to_end_at_the_password_gives_the_terminal_back_too() {
    let (server, home) = (Server::start(), Home::new());
    let mut terminal = Terminal::start(&home.once(&server, &["sign-in"]), 80);
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    support::kill(terminal.id(), support::Signal::TERM);
    terminal.see("\r\nCancelled.");
    assert_eq!(terminal.wait(), 130);
    assert!(terminal.shows_what_is_typed());
}

#[test]
fn a05_ctrl_c_cancels_a_sign_in_that_is_under_way_and_the_next_one_works() {
    let (server, home) = (Server::start(), Home::new());
    let gate = server
        .simulator
        .hold(Operation::TokenPassword, HoldAt::AfterCommit);
    let mut terminal = Terminal::start(&home.once(&server, &["sign-in"]), 80);
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc123\r");
    server.block_on("the sign-in", gate.reached());
    terminal.see("Signing in");
    terminal.press("\u{3}");
    terminal.see("Cancelled.");
    assert_eq!(terminal.wait(), 130);
    gate.release();
    run(home.once(&server, &["sign-in"]), "abc123").with(0);
}

#[test]
fn a27_a_certificate_is_trusted_by_typing_it_and_by_nothing_else() {
    let (server, home) = (
        Server::showing(CertificateSettings::self_signed()),
        Home::new(),
    );
    let address = server.address();
    let sha256 = server.running.certificate_sha256().to_uppercase();
    let command = || {
        let arguments = [
            "whoami",
            "--memory",
            "--username",
            "qa",
            "--server",
            &address,
        ];
        home.quickaccess(&arguments)
    };
    for answer in ["", "yes", "Trust me", "replace"] {
        let mut terminal = Terminal::start(&command(), 120);
        terminal.see("its issuer is not known to this device");
        terminal.see(&sha256[..2]);
        terminal.see("type `trust`: ");
        terminal.press(&format!("{answer}\r"));
        terminal.see("Nothing secret was sent. (certificate_unknown)");
        assert_eq!(terminal.wait(), 13);
    }
    assert_eq!(server.simulator.counters().requests, 0);

    let mut terminal = Terminal::start(&command(), 120);
    terminal.see("type `trust`: ");
    terminal.press("trust\r");
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc123\r");
    terminal.see("Help Desk");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn progress_is_shown_beside_the_result_and_never_in_it() {
    let (server, home) = (Server::start(), Home::new());
    let gate = server
        .simulator
        .hold(Operation::Privileges, HoldAt::BeforeCommit);
    let out = home.path().join("out");
    let file = File::create(&out).unwrap();
    let command = home.once(&server, &["privileges", "--json"]);
    let mut terminal = Terminal::start_with(&command, 80, Some(file));
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc123\r");
    terminal.see("Asking the server");
    server.block_on("the question", gate.reached());
    gate.release();
    assert_eq!(terminal.wait(), 0);
    let mut text = String::new();
    File::open(&out).unwrap().read_to_string(&mut text).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["privileges"].as_array().unwrap().len(), 16);
}

#[test]
fn colours_are_for_terminals_where_nobody_asked_for_none() {
    let (server, home) = (Server::start(), Home::new());
    let coloured = |name: &str, value: &str| {
        let mut command = home.once(&server, &["whoami"]);
        command.env(name, value);
        let mut terminal = Terminal::start(&command, 80);
        terminal.see("Password for qa: ");
        terminal.wait_for_echo(false);
        terminal.press("abc123\r");
        assert_eq!(terminal.wait(), 0);
        terminal.all().contains("\u{1b}[1mqa")
    };
    assert!(coloured("TERM", "xterm"));
    assert!(coloured("NO_COLOR", ""));
    assert!(!coloured("NO_COLOR", "1"));
    assert!(!coloured("TERM", "dumb"));
}

#[test]
fn on_a_narrow_terminal_lines_break_between_words() {
    let (server, home) = (Server::start(), Home::new());
    for columns in [24, 40, 80] {
        let mut command = home.once(&server, &["whoami"]);
        command.env("NO_COLOR", "1");
        let mut terminal = Terminal::start(&command, columns);
        terminal.see("Password for qa: ");
        terminal.wait_for_echo(false);
        terminal.press("abc123\r");
        terminal.see("Name");
        assert_eq!(terminal.wait(), 0);
        let screen = terminal.all();
        let text = screen.split_once("Name").unwrap().1;
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(
            widest <= usize::from(columns),
            "{widest} > {columns}: {text}"
        );
        assert!(text.contains("Quality"), "{text}");
    }
}

#[test]
fn doctor_asks_for_the_password_once_the_server_is_known_and_shows_its_steps() {
    let (server, home) = (Server::start(), Home::new());
    let mut terminal = Terminal::start(&home.at(&server, &["doctor", "--username", "qa"]), 80);
    terminal.see("Password for qa: ");
    terminal.wait_for_echo(false);
    terminal.press("abc123\r");
    terminal.see("ok           The server can be reached");
    terminal.see("ok           The privileges are listed");
    terminal.see("All is well");
    assert_eq!(terminal.wait(), 0);
    let screen = terminal.all();
    assert!(!screen.contains("abc123"), "{screen}");
}
