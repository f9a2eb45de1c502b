//! Access Tracker: its rows, its filter, and the wait for news.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use quickaccess_simulator::{Fault, FaultKind, Operation, Scenario, Simulator};
use serde_json::{Value, json};

use super::{password, post, text, token};

async fn rows(server: &Simulator, query: &str) -> Value {
    let path = format!("/access-tracker.json{query}");
    serde_json::from_str(&text(server, &path).await).unwrap()
}

fn numbers(rows: &Value) -> Vec<u64> {
    let rows = rows["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["number"].as_u64().unwrap())
        .collect()
}

async fn waits<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[tokio::test]
async fn access_tracker_shows_who_was_accepted_and_why_others_were_not() {
    let server = Simulator::default_scenario();
    token(&server, &password("qa", "abc123")).await;
    token(&server, &password("left-last-year", "abc123")).await;
    server.fault(Fault::new(Operation::TokenPassword, FaultKind::status(503)).once());
    token(&server, &password("qa", "abc123")).await;

    let page = text(&server, "/access-tracker").await;
    let order = ["row-3", "TIMEOUT", "row-2", "REJECT", "row-1", "ACCEPT"];
    let table = &page[page.find("<thead").unwrap()..];
    let places: Vec<_> = order.iter().map(|what| table.find(what).unwrap()).collect();
    assert!(places.is_sorted(), "newest first: {places:?}");
    for words in [
        "The user is disabled",
        "invalid_grant: Invalid username and password combination",
        "OAuth2 API User Access",
        "Guest Operator Logins",
        "Fault: failed before the commit",
        "3 transactions.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn rows_are_filtered_by_result_and_by_words() {
    let server = Simulator::default_scenario();
    for (user, word) in [("qa", "abc123"), ("qa", "no"), ("guest-desk", "no")] {
        token(&server, &password(user, word)).await;
    }
    for (query, expected) in [
        ("", vec![3, 2, 1]),
        ("?result=REJECT", vec![3, 2]),
        ("?result=accept", vec![1]),
        ("?text=WRONG+qa", vec![2]),
        ("?text=quickaccess", vec![3, 2, 1]),
        ("?result=ACCEPT&text=guest-desk", vec![]),
        ("?before=3", vec![2, 1]),
        ("?result=nonsense&before=x&after=y", vec![3, 2, 1]),
    ] {
        let found = rows(&server, query).await;
        assert_eq!(numbers(&found), expected, "{query}");
        assert_eq!(found["kept"], 3, "{query}");
    }
    let page = text(&server, "/access-tracker?result=REJECT&text=qa").await;
    assert!(page.contains("<option selected>REJECT</option>"));
    assert!(page.contains("1 of 3 transactions match."));
    assert!(page.contains("id=\"row-2\"") && !page.contains("id=\"row-1\""));
}

#[tokio::test]
async fn without_rows_the_page_says_what_to_do() {
    let server = Simulator::default_scenario();
    let page = text(&server, "/access-tracker").await;
    assert!(page.contains("No transaction yet"));
    assert!(page.contains("curl &#39;http://127.0.0.1:8080/api/oauth&#39;"));
    token(&server, &password("qa", "abc123")).await;
    let page = text(&server, "/access-tracker?text=nobody").await;
    assert!(page.contains("Nothing matches") && !page.contains("No transaction yet"));
}

#[tokio::test]
async fn a_page_holds_the_newest_500_rows_and_leads_to_the_rest() {
    let server = Simulator::default_scenario();
    for _ in 0..503 {
        token(&server, &password("x & y", "no")).await;
    }
    let page = text(&server, "/access-tracker?text=x+%26+y").await;
    assert_eq!(page.matches("<tbody").count(), 500);
    assert!(page.contains("503 of 503 transactions match, the newest 500 are shown."));
    let older = page.split("href=\"").find_map(|rest| {
        let link = rest.split('"').next()?;
        link.contains("before=").then(|| link.replace("&amp;", "&"))
    });
    let page = text(&server, &older.unwrap()).await;
    assert_eq!(page.matches("<tbody").count(), 3);
    assert!(page.contains("value=\"x &amp; y\"") && !page.contains(" data-live"));
}

#[tokio::test(start_paused = true)]
async fn a_reader_waits_for_the_next_row_and_gets_it_alone() {
    let server = Simulator::default_scenario();
    token(&server, &password("qa", "abc123")).await;
    let cursor = rows(&server, "").await["cursor"].clone();
    let after = format!("?after={}", cursor.as_str().unwrap());
    let mut news = pin!(rows(&server, &after));
    assert!(waits(news.as_mut()).await);
    server.advance(Duration::from_secs(1));
    assert!(
        waits(news.as_mut()).await,
        "a change without a row is no news"
    );
    token(&server, &password("guest-desk", "abc123")).await;
    let news = news.await;
    assert_eq!((numbers(&news), &news["whole"]), (vec![2], &json!(false)));

    let path = format!("/access-tracker/rows{after}");
    let piece = text(&server, &path).await;
    assert!(piece.contains("data-whole=\"false\"") && piece.contains("guest-desk"));
    assert!(!piece.contains("id=\"row-1\"") && piece.contains("2 transactions."));
}

#[tokio::test(start_paused = true)]
async fn a_reader_with_a_filter_is_woken_by_matching_rows_alone() {
    let server = Simulator::default_scenario();
    let cursor = rows(&server, "").await["cursor"].clone();
    let query = format!("?result=REJECT&after={}", cursor.as_str().unwrap());
    let mut news = pin!(rows(&server, &query));
    assert!(waits(news.as_mut()).await);
    token(&server, &password("qa", "abc123")).await;
    assert!(waits(news.as_mut()).await);
    token(&server, &password("qa", "no")).await;
    assert_eq!(numbers(&news.await), [2]);
}

#[tokio::test(start_paused = true)]
async fn a_reader_without_news_is_answered_in_time() {
    let server = Simulator::default_scenario();
    let cursor = rows(&server, "").await["cursor"].clone();
    let start = tokio::time::Instant::now();
    let query = format!("?after={}", cursor.as_str().unwrap());
    let quiet = rows(&server, &query).await;
    assert_eq!(start.elapsed(), Duration::from_secs(25));
    assert_eq!(
        (&quiet["whole"], &quiet["rows"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(quiet["cursor"], cursor);
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_shown_and_a_cleared_table_is_news() {
    let server = Simulator::default_scenario();
    server.fault(Fault::new(Operation::TokenPassword, FaultKind::Truncated).once());
    let cut = server.call(post("/api/oauth", &password("qa", "abc123")));
    cut.await.unwrap_err();
    let all = rows(&server, "").await;
    assert_eq!(all["rows"][0]["fault"], "answer truncated");

    let query = format!("?after={}", all["cursor"].as_str().unwrap());
    let mut news = pin!(rows(&server, &query));
    assert!(waits(news.as_mut()).await);
    server.clear_records();
    let cleared = news.await;
    assert_eq!(
        (&cleared["whole"], &cleared["rows"]),
        (&json!(true), &json!([]))
    );

    let query = format!("?after={}", cleared["cursor"].as_str().unwrap());
    let mut news = pin!(rows(&server, &query));
    assert!(waits(news.as_mut()).await);
    server.reset(Scenario::default());
    assert_eq!(news.await["whole"], true);
}
