//! When a request is sent again, and how long all of it may take.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    task::{Context, Waker},
    time::Duration,
};

use quickaccess::{Action, Code, Method, QuickAccess, transport::Reply};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Moment, Operation, RowKind};
use serde_json::{Value, json};
use support::{
    Phone, Scripted,
    scripted::{busy, is_for, reply},
};
use tokio::time::Instant;

const SAFE: [Method; 2] = [Method::GET, Method::HEAD];
const ACTING: [Method; 4] = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// A phone whose n-th request for `endpoint` is answered so, and how many there were.
async fn answering(
    answer: impl Fn(u64) -> Reply + Send + Sync + 'static,
) -> (Phone, QuickAccess, Arc<AtomicU64>) {
    let phone = Phone::new();
    let sent = Arc::new(AtomicU64::new(0));
    let count = sent.clone();
    let script = Scripted::new(&phone.network, move |request| {
        is_for(request, "endpoint").then(|| answer(count.fetch_add(1, SeqCst)))
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    (phone, session, sent)
}

fn may_have_acted(error: &quickaccess::Error) -> bool {
    match error.action() {
        Action::Retry { may_have_acted, .. } => may_have_acted,
        other => panic!("nothing to retry: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a14_what_changes_nothing_is_tried_again_and_what_acts_never_is() {
    for status in [429, 500, 502, 503, 504] {
        let fails_twice = move |n| reply(if n < 2 { status } else { 200 }, "{}");
        for method in SAFE {
            let (_phone, session, sent) = answering(fails_twice).await;
            session
                .request(method.clone(), "endpoint")
                .done()
                .await
                .unwrap();
            assert_eq!(sent.load(SeqCst), 3, "{method} {status}");
        }
        for method in ACTING {
            let (_phone, session, sent) = answering(fails_twice).await;
            let error = session
                .request(method.clone(), "endpoint")
                .done()
                .await
                .unwrap_err();
            assert_eq!(may_have_acted(&error), status >= 500, "{method} {status}");
            assert_eq!(sent.load(SeqCst), 1, "{method} {status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a14_tries_end_after_as_many_as_were_allowed() {
    for (retries, sends) in [(None, 3), (Some(0), 1), (Some(1), 2), (Some(4), 5)] {
        let (_phone, session, sent) = answering(|_| reply(500, "")).await;
        let mut request = session.request(Method::GET, "endpoint");
        if let Some(retries) = retries {
            request = request.retries(retries);
        }
        let error = request.done().await.unwrap_err();
        assert_eq!(error.code(), Code::ServerError);
        assert_eq!(sent.load(SeqCst), sends);
    }
}

#[tokio::test(start_paused = true)]
async fn a14_what_will_not_pass_is_not_tried_again() {
    for (status, body) in [
        (404, "<html>"),
        (422, r#"{"title":"x"}"#),
        (200, "{"),
        (400, ""),
    ] {
        let (_phone, session, sent) = answering(move |_| reply(status, body)).await;
        let request = session.request(Method::GET, "endpoint");
        request.send::<Value>().await.unwrap_err();
        assert_eq!(sent.load(SeqCst), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a14_pauses_grow_and_retry_after_is_honoured_or_handed_on() {
    let (_phone, session, _) = answering(|_| reply(503, "")).await;
    let began = Instant::now();
    let request = session.request(Method::GET, "endpoint");
    request.retries(3).done().await.unwrap_err();
    // 0.4 s, 0.8 s and 1.6 s, each spread over its upper half.
    let took = began.elapsed().as_millis();
    assert!((1_400..=2_810).contains(&took), "{took} ms");

    let once_busy = |n| {
        if n == 0 {
            busy(503, "10")
        } else {
            reply(200, "{}")
        }
    };
    let (_phone, session, sent) = answering(once_busy).await;
    let began = Instant::now();
    session
        .request(Method::GET, "endpoint")
        .done()
        .await
        .unwrap();
    let took = began.elapsed().as_secs_f64();
    assert!((10.0..=11.01).contains(&took), "{took} s");
    assert_eq!(sent.load(SeqCst), 2);

    // More than anybody waits for: told at once, with the server's wish.
    let (_phone, session, sent) = answering(|_| busy(429, "120")).await;
    let began = Instant::now();
    let error = session
        .request(Method::GET, "endpoint")
        .done()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::ServerBusy);
    let after = Some(Duration::from_secs(120));
    assert!(matches!(error.action(), Action::Retry { after: wish, .. } if wish == after));
    assert_eq!((sent.load(SeqCst), began.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_way_that_breaks_is_tried_again_for_what_changes_nothing() {
    for kind in [
        FaultKind::DropBefore,
        FaultKind::DropAfterCommit,
        FaultKind::Truncated,
    ] {
        let phone = Phone::new();
        let session = phone.administrator().await;
        let broken = || Fault::new(Operation::Resource, kind.clone()).once();
        phone.server.fault(broken());
        let one: Value = session
            .request(Method::GET, "endpoint/1")
            .send()
            .await
            .unwrap();
        assert_eq!(one["id"], 1);

        let rows = phone.server.row_count(RowKind::Endpoint);
        phone.server.fault(broken());
        let body = json!({ "mac_address": "0200c0ffee01", "status": "Known" });
        let request = session.request(Method::POST, "endpoint").json(&body);
        let error = request.done().await.unwrap_err();
        let sent = kind != FaultKind::DropBefore;
        assert_eq!(may_have_acted(&error), sent, "{kind:?}");
        // It was not sent again, and where it acted it did so once.
        assert_eq!(
            phone.server.row_count(RowKind::Endpoint),
            rows + u64::from(sent)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_pauses_too() {
    let (_phone, session, sent) = answering(|_| reply(503, "")).await;
    let began = Instant::now();
    let request = session.request(Method::GET, "endpoint").retries(100);
    let error = request
        .deadline(Duration::from_secs(3))
        .done()
        .await
        .unwrap_err();
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    // A pause that would not end in time is not begun, and the last answer is told.
    assert_eq!(error.code(), Code::ServerBusy);
    assert!(sent.load(SeqCst) > 2);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_says_whether_the_server_may_have_acted() {
    let limit = Duration::from_secs(5);
    for (method, acted) in [
        (Method::GET, false),
        (Method::POST, true),
        (Method::PATCH, true),
    ] {
        let phone = Phone::new();
        let session = phone.administrator().await;
        let hold = phone.server.hold(Operation::Resource, HoldAt::AfterCommit);
        let began = Instant::now();
        let request = session.request(method.clone(), "endpoint/1");
        let error = request.deadline(limit).done().await.unwrap_err();
        assert_eq!(error.code(), Code::Timeout);
        assert_eq!(may_have_acted(&error), acted, "{method}");
        assert_eq!(began.elapsed(), limit);
        hold.release();
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_before_anything_was_sent_leaves_no_doubt() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    // The token is at its end, and the refresh does not come back.
    phone.pass(Duration::from_secs(8 * 3600)).await;
    let hold = phone
        .server
        .hold(Operation::TokenRefresh, HoldAt::BeforeCommit);
    let began = Instant::now();
    let request = session.request(Method::POST, "endpoint");
    let error = request
        .deadline(Duration::from_secs(2))
        .done()
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), may_have_acted(&error)),
        (Code::Timeout, false)
    );
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    // The refresh goes on, and the next request has its token.
    hold.release();
    session
        .request(Method::GET, "endpoint/1")
        .done()
        .await
        .unwrap();
    assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_the_transports_too() {
    let phone = Phone::new();
    let limits = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = limits.clone();
    let script = Scripted::new(&phone.network, move |request| {
        is_for(request, "endpoint").then(|| {
            let limits = (
                request.limits.connect,
                request.limits.first_byte,
                request.not_after,
            );
            seen.lock().unwrap().push(limits);
            reply(200, "{}")
        })
    });
    let session = phone
        .builder("QuickAccess")
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    let second = Duration::from_secs(1);
    session
        .request(Method::GET, "endpoint")
        .done()
        .await
        .unwrap();
    let request = session.request(Method::GET, "endpoint");
    request.deadline(second).done().await.unwrap();
    let limits = limits.lock().unwrap();
    let [without, with] = limits[..] else {
        panic!("two requests: {limits:?}")
    };
    assert_eq!(without, (15 * second, 30 * second, None));
    // Its own limit for the connection comes first, so that it is it that tells that nothing was
    // sent.
    assert!(with.0 < second && with.0 > second / 2, "{with:?}");
    let now = quickaccess::Environment::now(&phone.clocks).boot;
    assert_eq!((with.1, with.2), (second, Some(now + 1_000)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_covers_a_download_to_its_end() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let request = session.request(Method::GET, "endpoint");
    let mut download = request
        .deadline(Duration::from_secs(5))
        .download()
        .await
        .unwrap();
    phone.pass(Duration::from_secs(6)).await;
    // What has come already is not taken away by it.
    assert!(download.next_part().await.unwrap().is_some());
    assert!(download.next_part().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_is_not_sent_again() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let error = FaultKind::Status {
        code: 503,
        retry_after: None,
        moment: Moment::BeforeCommit,
        body: quickaccess_simulator::FaultBody::Empty,
    };
    phone.server.fault(Fault::new(Operation::Resource, error));
    let sent = phone.network.sent();
    {
        let mut request = pin!(session.request(Method::GET, "endpoint").retries(100).done());
        let mut context = Context::from_waker(Waker::noop());
        while phone.network.sent() == sent {
            assert!(request.as_mut().poll(&mut context).is_pending());
            tokio::task::yield_now().await;
        }
    }
    phone.pass(Duration::from_secs(3600)).await;
    assert_eq!(phone.network.sent(), sent + 1);
}
