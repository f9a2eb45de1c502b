//! Collections: pages, rows one by one, filters, links that lead elsewhere, and what is never
//! asked before somebody wants it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{collections::HashSet, future::poll_fn, pin::Pin};

use futures_core::Stream;
use quickaccess::{Code, Filter, ListQuery, Method, Pages, QuickAccess, Sort};
use quickaccess_simulator::{
    Fault, FaultKind, LinkStyle, Operation, RowKind, RowSettings, Scenario, Simulator,
};
use serde_json::{Value, json};
use support::{
    Phone, Scripted,
    scripted::{is_for, reply},
};

/// A phone whose server has so many sessions, and the administrator's session.
async fn with_sessions(rows: u32) -> (Phone, QuickAccess) {
    let mut scenario = Scenario::default();
    scenario.rows = RowSettings::default()
        .generate(RowKind::Session, rows)
        .unwrap();
    let phone = Phone::with_server(Simulator::new(scenario));
    let session = phone.administrator().await;
    (phone, session)
}

fn pages(session: &QuickAccess, path: &str, query: ListQuery) -> Pages {
    session.request(Method::GET, path).pages(query)
}

async fn sizes(mut pages: Pages) -> Vec<usize> {
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push(page.items.len());
    }
    sizes
}

async fn all(session: &QuickAccess, path: &str, query: ListQuery) -> Vec<Value> {
    let rows = pages(session, path, query).rows::<Value>();
    rows.collect(usize::MAX).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a21_a_page_has_25_rows_and_a_count_only_when_asked() {
    let (_phone, session) = with_sessions(60).await;
    let mut plain = pages(&session, "session", ListQuery::new());
    let page = plain.next_page().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.offset, page.count), (25, 0, None));
    assert!(page.has_more);
    let page = plain.next_page().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.offset), (25, 25));
    let page = plain.next_page().await.unwrap().unwrap();
    assert_eq!(
        (page.items.len(), page.offset, page.has_more),
        (10, 50, false)
    );
    assert_eq!(plain.next_page().await.unwrap(), None);
    assert_eq!(plain.next_page().await.unwrap(), None);

    let mut counted = pages(&session, "session", ListQuery::new().count().offset(50));
    let page = counted.next_page().await.unwrap().unwrap();
    assert_eq!(
        (page.items.len(), page.offset, page.count),
        (10, 50, Some(60))
    );
    assert_eq!(counted.next_page().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a21_all_pages_have_every_row_once_in_order() {
    let (_phone, session) = with_sessions(1_001).await;
    for (limit, wanted) in [
        (None, 41),
        (Some(7), 143),
        (Some(1_000), 2),
        (Some(1), 1_001),
    ] {
        let mut query = ListQuery::new();
        if let Some(limit) = limit {
            query = query.limit(limit);
        }
        let sizes = sizes(pages(&session, "session", query.clone())).await;
        assert_eq!((sizes.len(), sizes.iter().sum()), (wanted, 1_001_usize));
        let rows = all(&session, "session", query).await;
        let ids: HashSet<String> = rows.iter().map(|row| row["id"].to_string()).collect();
        assert_eq!((rows.len(), ids.len()), (1_001, 1_001));
    }
    let query = ListQuery::new().sort(Sort::ascending("id")).limit(900);
    let rows = all(&session, "endpoint", query).await;
    let ids: Vec<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=5_000).collect::<Vec<u64>>());
}

#[tokio::test(start_paused = true)]
async fn a21_the_stream_has_every_row_and_asks_for_a_page_when_it_is_wanted() {
    let (phone, session) = with_sessions(60).await;
    let before = phone.server.counters().resource_calls.session;
    let asked = || phone.server.counters().resource_calls.session - before;
    let rows = pages(&session, "session", ListQuery::new()).rows::<Value>();
    let mut stream = rows.into_stream();
    tokio::task::yield_now().await;
    assert_eq!(asked(), 0, "nothing before the first row is wanted");
    let mut ids = HashSet::new();
    for n in 1..=60_u64 {
        let row = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await;
        ids.insert(row.unwrap().unwrap()["id"].to_string());
        assert_eq!(asked(), n.div_ceil(25), "row {n}");
        phone.pass(support::MINUTE).await;
        assert_eq!(asked(), n.div_ceil(25), "a slow reader is not overtaken");
    }
    assert_eq!(ids.len(), 60);
    for _ in 0..2 {
        let end = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await;
        assert!(end.is_none());
    }
    assert_eq!(asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a21_rows_come_one_by_one_or_page_by_page() {
    let (_phone, session) = with_sessions(60).await;
    let mut rows = pages(&session, "session", ListQuery::new()).rows::<Value>();
    rows.next().await.unwrap().unwrap();
    let mut sizes = Vec::new();
    while let Some(page) = rows.next_page().await.unwrap() {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [24, 25, 10]);
    assert!(rows.next_page().await.unwrap().is_none());
    assert!(rows.next().await.is_none());
    let none = ListQuery::new().filter(Filter::eq("username", "nobody"));
    let mut none = pages(&session, "session", none).rows::<Value>();
    assert!(none.next_page().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a21_links_are_followed_as_objects_and_as_texts() {
    for style in [LinkStyle::Objects, LinkStyle::Strings] {
        let (phone, session) = with_sessions(60).await;
        phone
            .server
            .set_switches(|switches| switches.link_style = style);
        assert_eq!(
            sizes(pages(&session, "session", ListQuery::new())).await,
            [25, 25, 10],
            "{style:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a21_links_to_another_host_are_not_followed_and_no_row_is_lost() {
    for address in [
        "https://evil.example",
        "http://clearpass.example",
        "https://10.0.0.7:8443",
    ] {
        let (phone, session) = with_sessions(60).await;
        phone
            .server
            .set_switches(|switches| switches.link_address = Some(address.to_owned()));
        let sent = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = sent.clone();
        let script = Scripted::new(&phone.network, move |request| {
            seen.lock().unwrap().push(request.url.clone());
            None
        });
        drop(session);
        let session = phone
            .builder("QuickAccess")
            .transport(script)
            .build()
            .unwrap();
        session.sign_in("api-admin", "abc123").await.unwrap();
        let filter = Filter::exists("id", true);
        let query = ListQuery::new().filter(filter).sort(Sort::ascending("id"));
        let rows = all(&session, "session", query).await;
        let ids: HashSet<String> = rows.iter().map(|row| row["id"].to_string()).collect();
        assert_eq!((rows.len(), ids.len()), (60, 60), "{address}");
        for url in sent.lock().unwrap().iter() {
            assert!(
                url.as_str().starts_with("https://clearpass.example/api/"),
                "{url}"
            );
        }
    }
}

/// The pages that a server of another kind gives, one after the other.
async fn given(bodies: Vec<Value>) -> (Phone, Pages, QuickAccess) {
    let phone = Phone::new();
    let bodies = std::sync::Mutex::new(bodies.into_iter());
    let script = Scripted::new(&phone.network, move |request| {
        is_for(request, "guest").then(|| {
            let body = bodies.lock().unwrap().next().unwrap_or(json!({}));
            reply(200, &body.to_string())
        })
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    let pages = pages(&session, "guest", ListQuery::new().limit(2));
    (phone, pages, session)
}

#[tokio::test(start_paused = true)]
async fn a21_lists_end_where_the_server_says_so_and_never_turn_in_a_circle() {
    let items = |rows: &[u64]| json!({ "items": rows });
    let next = "https://clearpass.example/api/guest?offset=0&limit=2";
    for (bodies, wanted) in [
        // No links at all: a full page may have another one after it.
        (
            vec![
                json!({"_embedded": items(&[1, 2])}),
                json!({"_embedded": items(&[3])}),
            ],
            vec![2, 1],
        ),
        (
            vec![
                json!({"_embedded": items(&[1, 2])}),
                json!({"_embedded": items(&[])}),
            ],
            vec![2, 0],
        ),
        // Links without a next one.
        (
            vec![json!({"_embedded": items(&[1, 2]), "_links": {}})],
            vec![2],
        ),
        // A link to the same page is not followed; an empty page is the last one.
        (
            vec![
                json!({"_embedded": items(&[1, 2]), "_links": {"next": next}}),
                json!({"_embedded": items(&[3, 4]), "_links": {"next": {"href": next}}}),
                json!({"_embedded": items(&[]), "_links": {"next": {"href": next}}}),
            ],
            vec![2, 2, 0],
        ),
    ] {
        let (_phone, pages, _session) = given(bodies).await;
        assert_eq!(sizes(pages).await, wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_list_or_no_such_row_is_told() {
    let (_phone, mut pages, _session) = given(vec![json!({"items": []})]).await;
    let error = pages.next_page().await.unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert!(error.message().contains("no list"), "{error}");

    // One row that is none spoils no other.
    let body = json!({"_embedded": {"items": [1, "two", 3]}, "_links": {}});
    let (_phone, pages, _session) = given(vec![body]).await;
    let mut rows = pages.rows::<u64>();
    assert_eq!(rows.next().await.unwrap().unwrap(), 1);
    let error = rows.next().await.unwrap().unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert_eq!(rows.next().await.unwrap().unwrap(), 3);
    assert!(rows.next().await.is_none());

    let body = json!({"_embedded": {"items": [1, "two", 3]}, "_links": {}});
    let (_phone, pages, _session) = given(vec![body]).await;
    let mut rows = pages.rows::<u64>();
    assert_eq!(rows.next_page().await.unwrap_err().code(), Code::BadReply);
    assert_eq!(rows.next_page().await.unwrap().unwrap(), [3]);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_same_page_can_be_asked_for_again() {
    let (phone, session) = with_sessions(60).await;
    let mut pages = pages(&session, "session", ListQuery::new());
    pages.next_page().await.unwrap();
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    let fault = phone
        .server
        .fault(Fault::new(Operation::Resource, forbidden));
    assert_eq!(
        pages.next_page().await.unwrap_err().code(),
        Code::NotPermitted
    );
    assert_eq!(
        pages.next_page().await.unwrap_err().code(),
        Code::NotPermitted
    );
    phone.server.clear_fault(fault);
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.offset), (25, 25));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_dropped_on_its_way_is_not_skipped() {
    let (phone, session) = with_sessions(60).await;
    let mut pages = pages(&session, "session", ListQuery::new());
    pages.next_page().await.unwrap();
    let hold = phone.server.hold(
        Operation::Resource,
        quickaccess_simulator::HoldAt::AfterCommit,
    );
    tokio::select! {
        _ = pages.next_page() => panic!("it is held"),
        () = phone.pass(std::time::Duration::from_secs(1)) => {}
    }
    hold.release();
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.offset), (25, 25));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_dies_between_two_pages_is_refreshed() {
    let (phone, session) = with_sessions(60).await;
    let mut pages = pages(&session, "session", ListQuery::new());
    pages.next_page().await.unwrap();
    phone.pass(support::HOUR).await;
    phone.server.revoke_access_tokens();
    assert_eq!(pages.next_page().await.unwrap().unwrap().offset, 25);
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn every_filter_finds_what_it_says() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let mean = |filter: &Filter| {
        let filter = filter.to_string();
        let found = phone
            .server
            .find_rows(RowKind::Guest, &filter, 0, 5_000)
            .unwrap();
        let ids: HashSet<u64> = found
            .rows
            .iter()
            .map(|row| row["id"].as_u64().unwrap())
            .collect();
        ids
    };
    let some = all(&session, "guest", ListQuery::new().limit(1)).await;
    let (name, role) = (&some[0]["username"], &some[0]["role_id"]);
    let name_text = name.as_str().unwrap();
    let part = &name_text[1..name_text.len() - 1];
    for filter in [
        Filter::all(),
        Filter::eq("username", name.clone()),
        Filter::ne("role_id", role.clone()),
        Filter::one_of("id", [1, 2, 3, 999_999]),
        Filter::none_of("id", 1..=2_990),
        Filter::contains("username", part),
        Filter::gt("id", 2_900),
        Filter::gte("id", 2_900),
        Filter::lt("id", 10),
        Filter::lte("id", 10),
        Filter::regex("username", "^[a-d]"),
        Filter::regex_any_case("username", "^[A-D]"),
        Filter::exists("email", true),
        Filter::gt("id", 100).and(Filter::lt("id", 200)),
        Filter::eq("id", 7).or(Filter::eq("id", 8)),
        Filter::gt("id", 50).negate(),
    ] {
        let query = ListQuery::new().filter(filter.clone()).limit(1_000);
        let rows = all(&session, "guest", query).await;
        let ids: HashSet<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, mean(&filter), "{filter}");
        assert!(!ids.is_empty(), "{filter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_the_server_refuses_is_named() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let either = Filter::eq("username", "a").or(Filter::eq("username", "b"));
    let mut refused = pages(&session, "session", ListQuery::new().filter(either));
    let error = refused.next_page().await.unwrap_err();
    assert_eq!(error.code(), Code::ValidationFailed);
    assert_eq!(error.fields()[0].name, "filter");

    let before = phone.network.tried();
    for (path, query) in [
        ("guest", ListQuery::new().limit(0)),
        ("guest", ListQuery::new().limit(1_001)),
        ("guest", ListQuery::new().filter(Filter::eq("", 1))),
        ("../guest", ListQuery::new()),
    ] {
        let mut refused = pages(&session, path, query);
        for _ in 0..2 {
            let error = refused.next_page().await.unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{path}");
        }
    }
    let mut posted = session
        .request(Method::POST, "guest")
        .pages(ListQuery::new());
    assert_eq!(
        posted.next_page().await.unwrap_err().code(),
        Code::InvalidInput
    );
    assert_eq!(phone.network.tried(), before);
}
