//! Large answers over a real connection: limited where they are held, read part by part where they
//! are not; and what a form looks like when it arrives.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Action, Code, Form, Method};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation};
use support::Live;

/// More than any answer may have that is held at once.
const LARGE: usize = 20_000_000;

async fn oversized() -> (Live, quickaccess::QuickAccess) {
    let live = Live::new().await;
    let session = live.signed_in().await;
    let kind = FaultKind::Oversized { bytes: LARGE };
    live.server.fault(Fault::new(Operation::Resource, kind));
    (live, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_answer_is_refused_where_it_would_be_held() {
    let (live, session) = oversized().await;
    let request = session.request(Method::GET, "endpoint");
    let error = request.response().await.unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert!(
        error.message().contains("larger than what was allowed"),
        "{error}"
    );
    let tries = live.server.requests();
    let tries = tries.iter().filter(|seen| seen.path == "/api/endpoint");
    assert_eq!(tries.count(), 1, "it would be as large the next time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_answer_is_read_part_by_part() {
    let (_live, session) = oversized().await;
    let request = session.request(Method::GET, "endpoint");
    let mut download = request.download().await.unwrap();
    let (mut bytes, mut largest, mut parts) = (0, 0, 0);
    while let Some(part) = download.next_part().await.unwrap() {
        bytes += part.len();
        largest = largest.max(part.len());
        parts += 1;
    }
    assert!(bytes >= LARGE, "{bytes}");
    assert!(largest < LARGE / 10 && parts > 10, "{largest} of {parts}");
    assert!(download.next_part().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a20_a_download_with_a_dead_token_is_replayed_once_with_a_new_one() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    session.whoami().await.unwrap();
    live.pass(Duration::from_secs(3_600));
    live.server.revoke_access_tokens();
    let request = session.request(Method::GET, "endpoint");
    let mut download = request.download().await.unwrap();
    assert!(download.next_part().await.unwrap().is_some());
    let counters = live.server.counters();
    assert_eq!(counters.token_requests.refresh_token, 1);
    assert_eq!(counters.resource_calls.endpoint, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_dropped_ends_its_transfer() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    let hold = live.server.hold(Operation::Resource, HoldAt::MidBody);
    let request = session.request(Method::GET, "endpoint");
    let mut download = request.download().await.unwrap();
    assert!(download.next_part().await.unwrap().is_some());
    hold.reached().await;
    drop(download);
    // The connection goes with it: the next request comes over another one.
    hold.release();
    live.server.clear_faults();
    let before = live.server.connections().len();
    session
        .request(Method::GET, "endpoint")
        .done()
        .await
        .unwrap();
    assert_eq!(live.server.connections().len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_stands_still_ends_at_its_deadline_and_one_that_is_cut_says_so() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    let hold = live.server.hold(Operation::Resource, HoldAt::MidBody);
    let request = session.request(Method::GET, "endpoint");
    let mut download = request
        .deadline(Duration::from_secs(3_600))
        .download()
        .await
        .unwrap();
    assert!(download.next_part().await.unwrap().is_some());
    hold.reached().await;
    live.clocks.pass(Duration::from_secs(3_600));
    for _ in 0..2 {
        let error = download.next_part().await.unwrap_err();
        assert_eq!(error.code(), Code::Timeout);
        assert!(matches!(
            error.action(),
            Action::Retry {
                may_have_acted: false,
                ..
            }
        ));
    }
    hold.release();
    live.server.clear_faults();

    live.server
        .fault(Fault::new(Operation::Resource, FaultKind::Truncated));
    let request = session.request(Method::GET, "endpoint");
    let mut download = request.download().await.unwrap();
    let error = loop {
        match download.next_part().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("half of it is not all of it"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Code::BadReply);
    assert!(error.message().contains("cut off"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_forms_arrive_as_they_were_set() {
    let live = Live::new().await;
    let session = live.signed_in().await;
    let form = Form::new().file("file", "list.csv", "text/csv", vec![b'x'; 1_000_000]);
    let request = session
        .request(Method::POST, "guest")
        .header("X-Request-Id", "7");
    // No call of a ClearPass that is known takes a form; this one says so.
    let error = request.upload(&form).done().await.unwrap_err();
    assert_eq!(
        (error.code(), error.status()),
        (Code::ValidationFailed, Some(415))
    );
    let seen = live.server.requests();
    let seen = seen.iter().rfind(|seen| seen.path == "/api/guest").unwrap();
    assert!(seen.body);
    for name in [
        "x-request-id",
        "content-type",
        "content-length",
        "authorization",
    ] {
        let times = seen.header_names.iter().filter(|seen| *seen == name);
        assert_eq!(times.count(), 1, "{name}: {:?}", seen.header_names);
    }
}
