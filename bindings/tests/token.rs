//! The token for HTTP clients of the app's own, and what the answers that they got ask for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::Arc, time::Duration};

use quickaccess_ffi::{AnswerVerdict, ClientAnswer, QuickAccessError, TokenNeed};
use support::{Server, wait};

const HOUR: Duration = Duration::from_secs(3_600);

fn answer(server: &Server, status: u16, body: &str) -> ClientAnswer {
    ClientAnswer {
        method: "GET".to_owned(),
        url: format!("{}/api/server/version", server.settings().server),
        status,
        content_type: Some("application/problem+json".to_owned()),
        body: Some(body.as_bytes().to_vec()),
    }
}

#[test]
fn a23_the_token_is_for_the_configured_server_alone() {
    let server = Server::start();
    let session = server.signed_in();
    let url = format!("{}/api/endpoint", server.settings().server);
    let token = wait(session.token_for(url)).unwrap().unwrap();
    assert_eq!(token.expose(), wait(session.access_token()).unwrap());
    assert!(!format!("{token:?}").contains(&token.expose()));
    let elsewhere = "https://elsewhere.example/api/endpoint".to_owned();
    assert!(wait(session.token_for(elsewhere)).unwrap().is_none());
    let none = wait(session.token_for("/endpoint".to_owned())).unwrap_err();
    assert_eq!(none.why().code, "invalid_input");
}

#[test]
fn a23_a_rejected_request_is_replayed_with_a_new_token_and_others_are_handed_on() {
    let server = Server::start();
    let session = server.signed_in();
    let token = wait(session.access_token_with(TokenNeed::default())).unwrap();
    let judge = |token: &Arc<_>, answer| wait(session.judge(Arc::clone(token), answer));

    let fine = judge(&token, answer(&server, 200, "{}")).unwrap();
    assert!(matches!(fine, AnswerVerdict::Deliver), "{fine:?}");
    let broken = judge(&token, answer(&server, 502, "{}")).unwrap();
    assert!(matches!(broken, AnswerVerdict::Deliver), "{broken:?}");
    // The token is good, as the server says when it is asked.
    let refused = judge(&token, answer(&server, 403, "{}")).unwrap();
    assert!(
        matches!(refused, AnswerVerdict::NotPermitted),
        "{refused:?}"
    );
    assert_eq!(server.simulator.counters().token_requests.refresh_token, 0);

    server.simulator.advance(HOUR);
    server.simulator.revoke_access_tokens();
    let mut elsewhere = answer(&server, 403, "{}");
    elsewhere.url = elsewhere.url.replace("server/version", "role");
    let AnswerVerdict::Replay { token: newer } = judge(&token, elsewhere).unwrap() else {
        panic!("a dead token asks for a replay")
    };
    assert_eq!((token.generation(), newer.generation()), (1, 2));
    assert_ne!(token.expose(), newer.expose());
    assert_eq!(server.simulator.counters().token_requests.refresh_token, 1);
}

#[test]
fn a23_what_is_no_method_and_a_session_that_is_over_are_told() {
    let server = Server::start();
    let session = server.signed_in();
    let token = wait(session.access_token_with(TokenNeed::default())).unwrap();
    let mut odd = answer(&server, 403, "{}");
    odd.method = "GET IT".to_owned();
    let refused = wait(session.judge(Arc::clone(&token), odd)).unwrap_err();
    assert_eq!(refused.why().code, "invalid_input");
    wait(session.sign_out()).unwrap();
    let over = wait(session.judge(token, answer(&server, 403, "{}"))).unwrap_err();
    assert!(matches!(over, QuickAccessError::SignIn { .. }), "{over:?}");
}
