//! With the allocator that is shipped, no copy of the password is left after a sign-in.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

#[path = "support/heap.rs"]
mod heap;

#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

#[test]
fn server() {
    heap::serve_when_asked();
}

#[test]
fn a04_no_copy_of_the_password_outlives_the_answer() {
    let found = heap::copies_after_a_sign_in("server", 20);
    assert!(found.typed > 0, "{found:?}");
    assert_eq!(found.after.last(), Some(&0), "{found:?}");
}
