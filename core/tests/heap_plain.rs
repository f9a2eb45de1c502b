//! Without the allocator that wipes, the search finds the password: the proof that it can.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

#[path = "support/heap.rs"]
mod heap;

#[test]
fn server() {
    heap::serve_when_asked();
}

#[test]
fn a04_the_search_finds_a_password_that_is_there() {
    let found = heap::copies_after_a_sign_in("server", 1);
    assert!(
        found.typed > 0 && found.after[0] > 0,
        "the plain allocator keeps what was dropped, and the search must see it: {found:?}"
    );
}
