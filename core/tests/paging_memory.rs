//! However long a list is, one page of it is held.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    unsafe_code,
    reason = "a global allocator that counts is unsafe to write"
)]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use quickaccess::{Guest, ListQuery, QuickAccess};
use serde_json::json;
use support::{
    Phone, Scripted,
    scripted::{is_for, reply},
};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), SeqCst) + layout.size();
        PEAK.fetch_max(live, SeqCst);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), SeqCst);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// So many rows on a page.
const PAGE: u64 = 500;

/// A page of a list that has so many rows; all pages have the same length in bytes.
fn page(offset: u64, rows: u64) -> String {
    let items: Vec<_> = (offset..offset + PAGE)
        .map(|id| {
            let name = format!("guest-{id:08}");
            json!({ "id": 10_000_000 + id, "username": name, "current_state": "active" })
        })
        .collect();
    let next = offset + PAGE;
    let links = match next < rows {
        true => json!({ "next": { "href": format!("/api/guest?offset={next:08}") } }),
        false => json!({}),
    };
    json!({ "_links": links, "_embedded": { "items": items } }).to_string()
}

/// The most bytes that were held at once while so many rows were read, beyond those held before.
async fn most_held(session: &QuickAccess, rows: u64) -> usize {
    let before = LIVE.load(SeqCst);
    PEAK.store(before, SeqCst);
    let query = ListQuery::new().offset(1_000_000 - rows);
    let mut list = session.guests().list(query);
    let mut seen = 0;
    while let Some(guest) = list.next().await {
        let guest: Guest = guest.unwrap();
        assert_eq!(guest.id, 11_000_000 - rows + seen);
        seen += 1;
    }
    assert_eq!(seen, rows);
    PEAK.load(SeqCst) - before
}

#[tokio::test(start_paused = true)]
async fn a21_a_long_list_takes_no_more_memory_than_a_short_one() {
    let phone = Phone::new();
    let script = Scripted::new(&phone.network, |request| {
        is_for(request, "guest").then(|| {
            let mut pairs = request.url.query_pairs();
            let offset = pairs.find(|(name, _)| name == "offset").unwrap();
            reply(200, &page(offset.1.parse().unwrap(), 1_000_000))
        })
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    most_held(&session, 2 * PAGE).await;
    let short = most_held(&session, 4 * PAGE).await;
    let long = most_held(&session, 100 * PAGE).await;
    assert!(short > 100_000, "{short} bytes: a page is held");
    assert!(long <= short + short / 20, "{short} bytes, then {long}");
}
