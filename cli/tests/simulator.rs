//! `quickaccess simulator`: its first line, and that it ends when it is told to.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::Value;
use support::{Home, Process, Signal, get, kill, run};

struct Simulator {
    process: Process,
    addresses: Value,
}

impl Simulator {
    fn start(home: &Home, more: &[&str]) -> Self {
        let arguments = [&["simulator", "--port", "0"], more].concat();
        let mut command = home.quickaccess(&arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let addresses =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self {
            process: Process(child),
            addresses,
        }
    }

    fn text(&self, name: &str) -> &str {
        self.addresses[name].as_str().unwrap()
    }

    fn end(mut self, with: Signal) -> Option<i32> {
        kill(self.process.id(), with);
        self.process.wait()
    }
}

#[test]
fn the_first_line_is_all_that_a_program_needs_to_use_it() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &[]);
    let names: Vec<&String> = simulator.addresses.as_object().unwrap().keys().collect();
    assert_eq!(names[..4], ["http", "https", "control", "ca_pem"]);
    let ca = home.path().join("ca.pem");
    std::fs::write(&ca, simulator.text("ca_pem")).unwrap();
    let arguments = [
        "token",
        "--memory",
        "--username",
        "qa",
        "--server",
        simulator.text("https"),
        "--ca-file",
        ca.to_str().unwrap(),
    ];
    let token = run(home.quickaccess(&arguments), "abc123").with(0).out;
    let (status, _) = get(simulator.text("http"), "/api/oauth/me", token.trim());
    assert_eq!(status, 200);
    let (status, counters) = get(simulator.text("control"), "/counters", "");
    assert_eq!(status, 200);
    let counters: Value = serde_json::from_str(&counters).unwrap();
    assert_eq!(counters["sign_ins_accepted"], 1);
    assert_eq!(simulator.end(Signal::TERM), Some(0));
}

#[test]
fn it_ends_on_ctrl_c_and_on_being_told_to() {
    let home = Home::new();
    for signal in [Signal::INT, Signal::TERM] {
        let simulator = Simulator::start(&home, &["--certificate", "self-signed"]);
        let address = simulator
            .text("http")
            .trim_start_matches("http://")
            .to_owned();
        std::net::TcpStream::connect(&address).unwrap();
        assert_eq!(simulator.end(signal), Some(0), "{signal:?}");
        assert!(
            std::net::TcpStream::connect(&address).is_err(),
            "{signal:?}"
        );
    }
}
