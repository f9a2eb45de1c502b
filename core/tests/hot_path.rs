//! The token that is good costs no allocation, no message and no wait.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    unsafe_code,
    reason = "a global allocator that counts is unsafe to write"
)]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use support::Phone;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations() -> u64 {
    COUNT.with(Cell::get)
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_good_comes_at_the_first_poll_without_an_allocation() {
    let phone = Phone::new();
    let session = phone.signed_in().await;
    let mut context = Context::from_waker(Waker::noop());
    let mut generations = 0;
    let before = allocations();
    for _ in 0..1_000 {
        let Poll::Ready(Ok(token)) = pin!(session.access_token()).poll(&mut context) else {
            panic!("it waits");
        };
        generations += token.generation();
        generations += session.cached_token().map_or(0, |token| token.generation());
    }
    assert_eq!(allocations() - before, 0);
    assert_eq!(generations, 2_000);
    // The counter counts.
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(allocations() - before, 1);
}
