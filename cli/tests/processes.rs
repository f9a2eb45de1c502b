//! Two commands at a time on one session, in the real stores of Linux. They need an environment of
//! their own, which `cargo xtask test` sets up.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use quickaccess_simulator::{Fault, FaultKind, Hold, HoldAt, Operation};
use rustix::process::Signal;
use support::{Ended, Home, PATIENCE, Server, run, start};

const STORES: [(&str, &str); 2] = [
    ("QUICKACCESS_TEST_SECRET_SERVICE", "system"),
    ("QUICKACCESS_TEST_KERNEL_KEYRING", "kernel"),
];

/// Somebody who is signed in, in a store that two commands share.
struct Person {
    home: Home,
    server: Server,
    store: &'static str,
}

impl Person {
    fn signed_in(store: &'static str) -> Self {
        let person = Self {
            home: Home::new(),
            server: Server::start(),
            store,
        };
        let sign_in = person.command(&["sign-in", "--username", "qa"]);
        run(sign_in, "abc123\n").with(0);
        person
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.at(&self.server, arguments);
        command.args(["--store", self.store]);
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments), "")
    }

    /// Holds the next refresh at this point.
    fn hold(&self, at: HoldAt) -> Hold {
        let simulator = &self.server.simulator;
        let fault = simulator.fault(Fault {
            on: Operation::TokenRefresh.into(),
            times: Some(1),
            after: 0,
            what: FaultKind::Hold { at },
        });
        simulator.find_hold(fault).unwrap()
    }

    fn reached(&self, hold: &Hold) {
        self.server.block_on("a refresh", hold.reached());
    }

    /// Starts a command that finds the refresh of another one under way, and waits until it has.
    fn waits_for_another(&self, arguments: &[&str]) -> Waiting {
        let mut command = self.command(arguments);
        let mut child = command
            .arg("-vv")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        let said = thread::spawn(move || {
            let mut said = String::new();
            for line in lines.map_while(Result::ok) {
                if line.contains("Elsewhere") {
                    let _ = tell.send(());
                }
                said.push_str(&line);
                said.push('\n');
            }
            said
        });
        told.recv_timeout(PATIENCE).expect("it finds the other one");
        Waiting { child, said }
    }
}

impl Drop for Person {
    /// What tests leave in a store would only be in the way of the next.
    fn drop(&mut self) {
        self.server.simulator.clear_faults();
        let _ = self.run(&["sign-out"]);
    }
}

struct Waiting {
    child: std::process::Child,
    said: thread::JoinHandle<String>,
}

impl Waiting {
    fn end(self) -> Ended {
        let output = self.child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: self.said.join().unwrap(),
        }
    }
}

fn in_each_store(test: impl Fn(Person)) {
    for (variable, store) in STORES {
        assert!(
            env::var_os(variable).is_some_and(|value| value == "1"),
            "{variable}=1 is missing: run this with `cargo xtask test`"
        );
        test(Person::signed_in(store));
    }
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a13_two_commands_refresh_once_between_them() {
    in_each_store(|person| {
        let hold = person.hold(HoldAt::AfterCommit);
        let first = start(person.command(&["token", "--refresh"]), b"");
        person.reached(&hold);
        // The good token is served meanwhile.
        person.run(&["whoami"]).with(0).says("qa");
        let second = person.waits_for_another(&["token", "--refresh"]);
        hold.release();
        let (first, second) = (first.end().with(0), second.end().with(0));
        assert_eq!(first.out, second.out, "{}", person.store);
        let counters = person.server.simulator.counters();
        assert_eq!(counters.token_requests.refresh_token, 1);
        assert_eq!(counters.refresh_reuse, 0);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a13_a_command_that_is_killed_under_the_lease_blocks_no_other() {
    in_each_store(|person| {
        let hold = person.hold(HoldAt::BeforeCommit);
        let first = start(person.command(&["token", "--refresh"]), b"");
        person.reached(&hold);
        let second = person.waits_for_another(&["token", "--refresh"]);
        first.signal(Signal::KILL);
        assert_eq!(first.end().code, -1);
        second.end().with(0);
        let counters = person.server.simulator.counters();
        assert_eq!(counters.refreshes_accepted, 1, "{}", person.store);
        assert_eq!(counters.refresh_reuse, 0);
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a13_signed_out_by_one_command_and_a_late_save_of_another_brings_nothing_back() {
    in_each_store(|person| {
        let hold = person.hold(HoldAt::AfterCommit);
        let first = start(person.command(&["token", "--refresh"]), b"");
        person.reached(&hold);
        first.stop();
        hold.release();
        person.run(&["sign-out"]).with(0);
        first.signal(Signal::CONT);
        first.end().with(10).notes("(signed_out)");
        person.run(&["whoami"]).with(10).notes("(signed_out)");
    });
}

#[test]
#[ignore = "needs a secret service and `keyctl session -`; cargo xtask test provides them"]
fn a13_a_command_that_was_stopped_stores_what_came_meanwhile() {
    in_each_store(|person| {
        let hold = person.hold(HoldAt::AfterCommit);
        let first = start(person.command(&["token", "--refresh"]), b"");
        person.reached(&hold);
        first.stop();
        hold.release();
        person.run(&["whoami"]).with(0).says("qa");
        first.signal(Signal::CONT);
        let token = first.end().with(0).out;
        assert_eq!(
            person.run(&["token"]).with(0).out,
            token,
            "{}",
            person.store
        );
        assert_eq!(person.server.simulator.counters().refresh_reuse, 0);
    });
}
