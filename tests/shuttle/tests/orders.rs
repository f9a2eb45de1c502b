//! The published snapshot and the driver's mailbox in every order that threads can take: what one
//! reads, another publishes, a third gives up on, and a fourth ends.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess_shuttle::{Cause, SessionState};
use shuttle::{future, thread};
use support::{LIFETIME, World, in_every_order};

#[test]
fn readers_never_see_a_session_go_back() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME - Duration::from_secs(60));
        let readers = [(); 2].map(|()| {
            let session = session.clone();
            thread::spawn(move || {
                let mut last = 0;
                for _ in 0..3 {
                    if let Some(token) = session.cached_token() {
                        assert!(
                            token.generation() >= last,
                            "{} after {last}",
                            token.generation()
                        );
                        last = token.generation();
                    }
                    thread::yield_now();
                }
            })
        });
        let told = future::block_on(session.refresh()).unwrap().generation();
        // Whoever is told of a token finds it published.
        let found = session.cached_token().unwrap().generation();
        assert!(found >= told, "{found} after {told}");
        readers
            .into_iter()
            .for_each(|reader| reader.join().unwrap());
        drop(session);
        world.has_ended();
    });
}

#[test]
fn readers_of_a_token_that_is_due_start_one_refresh() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME * 9 / 10);
        let readers = [(); 3].map(|()| {
            let session = session.clone();
            thread::spawn(move || drop(session.cached_token().unwrap()))
        });
        readers
            .into_iter()
            .for_each(|reader| reader.join().unwrap());
        future::block_on(async {
            let mut states = session.subscribe();
            let renewed = |state: &SessionState| {
                state
                    .signed_in()
                    .is_some_and(|signed_in| signed_in.generation == 2)
            };
            states.wait_for(renewed).await.unwrap();
        });
        drop(session);
        world.has_ended();
        assert_eq!(world.refreshes(), 1);
    });
}

#[test]
fn callers_of_a_dead_token_share_one_refresh_and_all_are_answered() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME);
        let callers = [(); 3].map(|()| {
            let session = session.clone();
            thread::spawn(move || {
                future::block_on(session.access_token())
                    .unwrap()
                    .generation()
            })
        });
        let generations = callers.map(|caller| caller.join().unwrap());
        assert_eq!(generations, [2; 3]);
        drop(session);
        world.has_ended();
        assert_eq!(world.refreshes(), 1);
    });
}

#[test]
fn a_caller_that_goes_away_leaves_the_refresh_to_the_others() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME);
        let leaver = session.clone();
        let leaving = future::spawn(async move { leaver.access_token().await.is_ok() });
        let stayer = session.clone();
        let staying = thread::spawn(move || future::block_on(stayer.access_token()).unwrap());
        leaving.abort();
        assert_eq!(staying.join().unwrap().generation(), 2);
        drop(session);
        world.has_ended();
        assert_eq!(world.refreshes(), 1);
    });
}

#[test]
fn after_a_sign_out_nobody_finds_a_token() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME * 9 / 10);
        let other = session.clone();
        let refreshing = thread::spawn(move || {
            let _ = future::block_on(other.refresh());
            other
        });
        let reader = session.clone();
        let reading = thread::spawn(move || drop(reader.cached_token()));
        assert!(future::block_on(session.sign_out()).unwrap().erased);
        assert!(session.cached_token().is_none());
        let other = refreshing.join().unwrap();
        assert!(
            other.cached_token().is_none(),
            "a late answer brought it back"
        );
        let state = other.state();
        assert!(
            matches!(
                state,
                SessionState::SignedOut {
                    cause: Cause::SignedOut,
                    pending_erase: false
                }
            ),
            "{state:?}"
        );
        reading.join().unwrap();
        drop((session, other));
        world.has_ended();
    });
}

#[test]
fn sign_ins_that_cross_are_all_answered_and_the_next_one_works() {
    in_every_order(|| {
        let world = World::new();
        let session = world.session();
        let first = session.clone();
        let leaving = future::spawn(async move { first.sign_in("first", "abc123").await.is_ok() });
        let second = session.clone();
        let crossing = thread::spawn(move || {
            // Each sign-in takes the place of the one before, so this one may be cancelled.
            let _ = future::block_on(second.sign_in("second", "abc123"));
        });
        leaving.abort();
        let _ = future::block_on(session.sign_in("third", "abc123"));
        crossing.join().unwrap();
        future::block_on(session.sign_in("fourth", "abc123")).unwrap();
        assert!(session.cached_token().is_some());
        let state = session.state();
        assert_eq!(state.signed_in().unwrap().username, "fourth");
        drop(session);
        world.has_ended();
    });
}

#[test]
fn the_driver_ends_with_its_last_handle_and_not_before_its_work_is_done() {
    in_every_order(|| {
        let world = World::new();
        let session = world.signed_in();
        world.pass(LIFETIME * 9 / 10);
        // The nudge is in the mailbox when the last handle goes.
        assert!(session.cached_token().is_some());
        let other = session.clone();
        let dropping = thread::spawn(move || drop(other));
        drop(session);
        dropping.join().unwrap();
        world.has_ended();
        assert!(world.refreshes() <= 1);
    });
}
