//! Callers that go away, and objects that are dropped where there is no runtime: a coroutine that
//! is cancelled drops the future, and a finaliser's thread drops the object.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::Arc, thread};

use quickaccess_ffi::{
    CancelHandle, Persistence, Processes, QuickAccessError, Session, SessionState, SignedOutCause,
    StoreClaims, TokenStore,
};
use quickaccess_simulator::{HoldAt, Operation};
use support::{AppStore, Server, States, go_away, signed_in, wait};

const MOMENTS: [HoldAt; 3] = [HoldAt::BeforeCommit, HoldAt::AfterCommit, HoldAt::MidBody];

#[test]
fn a07_a_caller_that_is_dropped_during_a_refresh_leaves_one_refresh_that_is_done() {
    let server = Server::start();
    // The proof of how the server treats an old token would be a refresh more.
    server.simulator.set_switches(|switches| {
        switches.refresh_mode = quickaccess_simulator::RefreshMode::Rotate
    });
    for moment in MOMENTS {
        let session = server.signed_in();
        let before = server.simulator.counters().refreshes_accepted;
        let states = States::of(&session);
        let hold = server.hold(Operation::TokenRefresh, moment);
        go_away(session.refresh(), || server.reached(&hold));
        hold.release();
        states.until(|state| signed_in(state).is_some_and(|now| now.generation == 2 && now.saved));
        let after = server.simulator.counters().refreshes_accepted;
        assert_eq!(after - before, 1, "{moment:?}");
    }
}

#[test]
fn a05_a_caller_that_is_dropped_during_a_sign_in_cancels_it() {
    let server = Server::start();
    for moment in MOMENTS {
        let session = server.session();
        let states = States::of(&session);
        let hold = server.hold(Operation::TokenPassword, moment);
        let sign_in = session.sign_in("guest-desk".to_owned(), b"abc123".to_vec(), None);
        go_away(sign_in, || server.reached(&hold));
        states.until(|state| matches!(state, SessionState::SigningIn { .. }));
        states.until(|state| matches!(state, SessionState::SignedOut { .. }));
        wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
        hold.release();
        let me = wait(session.whoami()).unwrap();
        assert_eq!(me.name.as_deref(), Some("qa"), "{moment:?}");
    }
}

#[test]
fn a05_a_sign_in_is_cancelled_by_name_where_its_caller_cannot_go_away() {
    let server = Server::start();
    let session = server.signed_in();
    let hold = server.hold(Operation::TokenPassword, HoldAt::AfterCommit);
    let caller = thread::spawn({
        let session = session.clone();
        move || wait(session.sign_in("guest-desk".to_owned(), b"abc123".to_vec(), None))
    });
    server.reached(&hold);
    session.cancel_sign_in();
    let error = caller.join().unwrap().unwrap_err();
    assert!(
        matches!(error, QuickAccessError::Cancelled { .. }),
        "{error}"
    );
    hold.release();
    let me = wait(session.whoami()).unwrap();
    assert_eq!(
        me.name.as_deref(),
        Some("qa"),
        "the session before it goes on"
    );
    // Nothing is under way now, so this cancels nothing that comes later.
    session.cancel_sign_in();
    wait(session.sign_in("guest-desk".to_owned(), b"abc123".to_vec(), None)).unwrap();
}

#[test]
fn a_sign_out_whose_caller_goes_away_is_done() {
    let server = Server::start();
    let session = server.signed_in();
    let states = States::of(&session);
    go_away(session.sign_out(), || {});
    states.until(|state| {
        *state
            == SessionState::SignedOut {
                cause: SignedOutCause::SignedOut,
                pending_erase: false,
            }
    });
}

#[test]
fn a07_an_object_that_is_dropped_on_a_plain_thread_during_a_call_loses_nothing() {
    let server = Server::start();
    let store = TokenStore::custom(
        Arc::new(AppStore::default()),
        StoreClaims {
            persistence: Persistence::Device,
            processes: Processes::Many,
            max_record: None,
        },
    );
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let mut settings = server.settings();
        settings.data_dir = Some(folder.path().to_str().unwrap().to_owned());
        Session::new(settings, store.clone(), None).unwrap()
    };
    let session = open();
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    let hold = server.hold(Operation::TokenRefresh, HoldAt::AfterCommit);
    go_away(session.refresh(), || server.reached(&hold));
    thread::spawn(move || {
        assert!(tokio::runtime::Handle::try_current().is_err());
        drop(session);
    })
    .join()
    .unwrap();
    hold.release();

    let session = open();
    // The pair of the refresh that goes on is taken over, whichever comes first: its answer or this.
    wait(session.refresh()).unwrap();
    assert!(signed_in(&session.state()).unwrap().generation >= 2);
    let me = wait(session.whoami()).unwrap();
    assert_eq!(me.name.as_deref(), Some("qa"));
    assert_eq!(server.simulator.counters().refresh_reuse, 0);
}

#[test]
fn a05_a_handle_cancels_its_own_call_even_before_it_has_begun() {
    let server = Server::start();
    let session = server.session();
    let handle = CancelHandle::new();
    handle.cancel();
    let call = session.sign_in("qa".to_owned(), b"abc123".to_vec(), Some(handle));
    let error = wait(call).unwrap_err();
    assert!(
        matches!(error, QuickAccessError::Cancelled { .. }),
        "{error:?}"
    );
    assert_eq!(server.simulator.counters().token_requests.password, 0);

    let other = CancelHandle::new();
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), Some(other.clone()))).unwrap();
    // Its call has ended, and nothing else is its business.
    other.cancel();
    assert_eq!(wait(session.whoami()).unwrap().name.as_deref(), Some("qa"));
}
