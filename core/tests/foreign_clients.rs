//! HTTP clients of the app's own: they get the token for the configured server alone, one refresh
//! and one replay when it is dead, and nothing that may have acted is sent again. The client here is
//! a plain reqwest with the loop that an adapter has.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Code, ForeignAnswer, Judged, Method, QuickAccess};
use quickaccess_simulator::{Fault, FaultKind, Match, Moment, Operation};
use support::{HOUR, Live};

/// A client of the app's own, with an adapter.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    session: QuickAccess,
}

impl Client {
    /// Sends it, as the adapters do; the status, or none when the connection broke.
    async fn send(&self, method: Method, url: &str) -> Option<u16> {
        let mut token = self.session.token_for(url).await.unwrap();
        for replayed in [false, true] {
            let mut request = self.http.request(method.clone(), url);
            if let Some(token) = &token {
                request = request.bearer_auth(token.expose());
            }
            let answer = request.send().await.ok()?;
            let status = answer.status().as_u16();
            let content_type = answer.headers().get("content-type");
            let content_type = content_type.and_then(|value| value.to_str().ok());
            let content_type = content_type.map(str::to_owned);
            let body = answer.bytes().await.unwrap_or_default();
            let Some(used) = &token else {
                return Some(status);
            };
            let answer = ForeignAnswer {
                method: &method,
                url,
                status,
                content_type: content_type.as_deref(),
                body: &body,
            };
            match self.session.judge(used, answer).await {
                Ok(Judged::Replay(newer)) if !replayed => token = Some(newer),
                _ => return Some(status),
            }
        }
        unreachable!("the second answer is handed on")
    }
}

/// A phone that has been signed in for an hour, and the app's own client.
async fn after_an_hour() -> (Live, Client) {
    let live = Live::new().await;
    let builder = QuickAccess::builder(live.running.http_url(), "QuickAccess");
    let session = builder
        .store(live.store.clone())
        .data_dir(live.data.path())
        .environment(live.clocks.clone())
        .build()
        .unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    live.pass(HOUR);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    (live, Client { http, session })
}

fn address(live: &Live, path: &str) -> String {
    format!("{}/api/{path}", live.running.http_url())
}

#[tokio::test]
async fn a23_the_token_is_for_the_configured_server_alone() {
    let (live, client) = after_an_hour().await;
    let port = live.running.https_port();
    for url in [
        "https://elsewhere.example/api/endpoint".to_owned(),
        // The same machine under another name, scheme or port is another server.
        live.running.http_url().replace("127.0.0.1", "localhost") + "/api/endpoint",
        format!("https://127.0.0.1:{port}/api/endpoint"),
        format!("http://127.0.0.1:{port}/api/endpoint"),
        live.running
            .http_url()
            .replace("127.0.0.1", "127.0.0.1.example"),
        live.running
            .http_url()
            .replace("127.0.0.1:", "127.0.0.1@elsewhere.example:"),
    ] {
        let token = client.session.token_for(&url).await.unwrap();
        assert!(token.is_none(), "{url}");
    }
    let url = address(&live, "endpoint");
    assert!(client.session.token_for(&url).await.unwrap().is_some());
    let none = client.session.token_for("endpoint").await.unwrap_err();
    assert_eq!(none.code(), Code::InvalidInput);
    assert_eq!(client.send(Method::GET, &url).await, Some(200));
}

#[tokio::test]
async fn a23_a_dead_token_is_refreshed_once_and_the_request_replayed_once() {
    let (live, client) = after_an_hour().await;
    let url = address(&live, "server/version");
    assert_eq!(client.send(Method::GET, &url).await, Some(200));
    live.pass(HOUR);
    live.server.revoke_access_tokens();
    assert_eq!(client.send(Method::GET, &url).await, Some(200));
    let counters = live.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (1, 1));
}

#[tokio::test]
async fn a23_a_hundred_rejected_at_once_share_one_question_and_one_refresh() {
    let (live, client) = after_an_hour().await;
    let url = address(&live, "server/version");
    assert_eq!(client.send(Method::GET, &url).await, Some(200));
    live.pass(HOUR);
    live.server.revoke_access_tokens();
    let all: Vec<_> = (0..100)
        .map(|_| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move { client.send(Method::GET, &url).await })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), Some(200));
    }
    let counters = live.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (1, 1));
}

#[tokio::test]
async fn a23_a_missing_privilege_is_handed_on_and_refreshes_nothing() {
    let (live, client) = after_an_hour().await;
    let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
    live.server
        .fault(Fault::new(Operation::ServerVersion, forbidden));
    let url = address(&live, "server/version");
    assert_eq!(client.send(Method::GET, &url).await, Some(403));
    assert_eq!(client.send(Method::GET, &url).await, Some(403));
    let counters = live.server.counters();
    assert_eq!((counters.token_requests.refresh_token, counters.me), (0, 1));
}

#[tokio::test]
async fn a23_what_may_have_acted_is_never_sent_again() {
    for fault in [
        FaultKind::DropAfterCommit,
        FaultKind::Html502 {
            moment: Moment::AfterCommit,
        },
        FaultKind::Truncated,
    ] {
        let (live, client) = after_an_hour().await;
        let shown = format!("{fault:?}");
        let seen = live.server.counters().faults_applied;
        live.server
            .fault(Fault::new(Match::path("/api/guest"), fault));
        let status = client.send(Method::POST, &address(&live, "guest")).await;
        assert!(!matches!(status, Some(200..300)), "{shown}: {status:?}");
        let counters = live.server.counters();
        assert_eq!(counters.faults_applied, seen + 1, "{shown}");
        assert_eq!(counters.token_requests.refresh_token, 0, "{shown}");
    }
}

#[tokio::test]
async fn a23_a_page_of_something_in_between_asks_nothing() {
    let (live, client) = after_an_hour().await;
    let url = address(&live, "server/version");
    let token = client.session.token_for(&url).await.unwrap().unwrap();
    for (status, body) in [(403, "<html>Forbidden</html>"), (401, "<html></html>")] {
        let answer = ForeignAnswer {
            method: &Method::GET,
            url: &url,
            status,
            content_type: Some("text/html"),
            body: body.as_bytes(),
        };
        let judged = client.session.judge(&token, answer).await.unwrap();
        assert!(matches!(judged, Judged::Deliver), "{judged:?}");
    }
    assert_eq!(live.server.counters().me, 0);
}

#[tokio::test]
async fn a23_a_session_that_is_over_is_told() {
    let (live, client) = after_an_hour().await;
    client.session.sign_out().await.unwrap();
    let refused = client.session.token_for(&address(&live, "endpoint")).await;
    assert_eq!(refused.unwrap_err().code(), Code::SignedOut);
}
