//! Two real processes of one app with a store of the app's own, against a simulator over real
//! sockets: this test program starts itself again. Clocks can be moved for all of them at once.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod device;
mod process;

use std::time::{Duration, Instant};

use device::{Device, LEASE, OVER};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation};

/// Not a test: the other processes of the tests begin here.
#[test]
fn as_another_process() {
    app::run_when_asked();
}

/// Holds the first refresh at this point for good.
fn held(device: &Device, at: HoldAt) -> quickaccess_simulator::Hold {
    let fault = device.server.fault(Fault {
        on: Operation::TokenRefresh.into(),
        times: Some(1),
        after: 0,
        what: FaultKind::Hold { at },
    });
    device.server.find_hold(fault).unwrap()
}

#[test]
fn a13_two_real_processes_refresh_once_between_them_each_time() {
    let device = Device::new();
    let (first, second) = (device.start(), device.start());
    first.ask("sign-in").is("signed in");
    second.until("token", "token 1");
    for round in 2..12 {
        device.pass(OVER);
        let asked = [
            first.begin("token"),
            second.begin("token"),
            first.begin("token"),
            second.begin("token"),
        ];
        for asked in asked {
            asked.is(&format!("token {round}"));
        }
    }
    let counters = device.server.counters();
    assert_eq!(counters.refreshes_accepted, 10);
    assert_eq!((counters.refreshes_refused, counters.refresh_reuse), (0, 0));
}

#[test]
fn a13_a_real_process_that_is_stopped_under_the_lease_loses_nothing() {
    let device = Device::new();
    let (first, second) = (device.start(), device.start());
    first.ask("sign-in").is("signed in");
    device.pass(OVER);
    let hold = held(&device, HoldAt::AfterCommit);
    let waiting = first.begin("token");
    device.reached(&hold);
    first.stop();
    hold.release();
    // The other one waits, and is told to come again.
    let told = second.ask("token").text();
    assert!(told.starts_with("error timeout after "), "{told}");
    device.pass(LEASE);
    // The old token is one with an open try, so its end has the true cause.
    second.ask("token").is("error refresh_unfinished");
    assert_eq!(device.server.counters().refresh_reuse, 1);

    first.go_on();
    // Its caller had no more time; what came is kept.
    waiting.text();
    first.until("token", "token 2");
    device.pass(Duration::from_secs(2));
    second.until("token", "token 2");
    for process in [&first, &second] {
        process.ask("whoami").is("me qa");
    }
    assert_eq!(device.server.counters().refreshes_accepted, 1);
    // A start of its own finds it, too.
    device.start().ask("token").is("token 2");
}

#[test]
fn a13_a_real_process_that_is_killed_under_the_lease_blocks_nobody() {
    for (at, told) in [
        (HoldAt::BeforeCommit, "token 2"),
        (HoldAt::AfterCommit, "error refresh_unfinished"),
    ] {
        let device = Device::new();
        let (first, second) = (device.start(), device.start());
        first.ask("sign-in").is("signed in");
        device.pass(OVER);
        let hold = held(&device, at);
        first.begin("token");
        device.reached(&hold);
        second.until("state", "elsewhere");
        first.kill();
        // No clock is moved: the operating system says that the first one is gone.
        second.until("token", told);
    }
}

#[test]
fn a13_signed_out_here_and_a_late_save_of_a_real_process_brings_nothing_back() {
    for again in [false, true] {
        let device = Device::new();
        let (first, second) = (device.start(), device.start());
        first.ask("sign-in").is("signed in");
        device.pass(OVER);
        let hold = held(&device, HoldAt::AfterCommit);
        let waiting = first.begin("token");
        device.reached(&hold);
        first.stop();
        hold.release();
        second.ask("sign-out").is("signed out, erased: true");
        if again {
            second.ask("sign-in").is("signed in");
        }
        let entries = device.entries();
        first.go_on();
        waiting.is("error signed_out");
        let told = if again { "token 1" } else { "error signed_out" };
        first.until("token", told);
        assert_eq!(device.entries(), entries, "nothing was written");
        second.until("token", told);
        device.start().ask("token").is(told);
    }
}

#[test]
fn a13_a_real_process_that_is_stopped_in_the_middle_of_a_write_blocks_nobody() {
    let device = Device::new();
    let (first, second) = (device.start(), device.start());
    first.ask("sign-in").is("signed in");
    device.pass(OVER);
    // Stopped while it writes its journal, with the lock of the operating system in its hands.
    let held = device.hold_next_save();
    let waiting = first.begin("token");
    first.is_held();
    first.stop();
    drop(held);
    let start = Instant::now();
    second.until("token", "token 2");
    device.start().until("state", "signed_in");
    assert!(start.elapsed() < Duration::from_secs(30));

    first.go_on();
    waiting.text();
    second.until("state", "signed_in 2 ready saved");
    first.until("token", "token 2");
    device.start().ask("token").is("token 2");
    assert_eq!(device.server.counters().refreshes_accepted, 1);
}

#[test]
fn a13_a_store_for_one_process_refuses_a_second_one_until_the_first_has_gone() {
    let device = Device::new().with_store_for_one();
    let first = device.start();
    first.ask("sign-in").is("signed in");
    let refused = device.start();
    let told = refused.ask("token").text();
    assert!(told.starts_with("no handle store_unavailable"), "{told}");
    assert!(told.contains("Another process of this app"), "{told}");
    // However it goes.
    first.stop();
    device.start().ask("token").says("no handle");
    first.kill();
    device.start().ask("token").is("token 1");
}
