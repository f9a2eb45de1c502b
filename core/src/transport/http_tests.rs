use super::*;
use crate::transport::testing::{Client as HttpClient, LIMITS, LocalServer, Script, failure};

const NOT_SENT: Reach = Reach::NotSent;
const UNKNOWN: Reach = Reach::Unknown;

async fn plain(script: Script) -> (LocalServer, HttpClient) {
    let server = LocalServer::plain(script).await;
    let client = HttpClient::new(&server.url("http", "127.0.0.1"), &Trust::platform());
    (server, client)
}

#[tokio::test]
async fn a_request_carries_what_the_api_needs_and_no_more() {
    let (server, client) = plain(Script::ok()).await;
    let mut request = client.post(Lane::Resources);
    request.bearer = Some("the-token".into());
    let reply = client.transport.send(request).await.unwrap();
    assert_eq!(
        (reply.status.as_u16(), reply.body.expose()),
        (200, &b"{\"ok\":1}"[..])
    );
    client
        .transport
        .send(client.get(Lane::Resources))
        .await
        .unwrap();
    let [post, get] = &server.requests()[..] else {
        panic!("two requests")
    };
    let (post, get) = (post.to_ascii_lowercase(), get.to_ascii_lowercase());
    assert!(post.starts_with("post /api/oauth http/1.1\r\n"), "{post}");
    for line in [
        "accept: application/json\r\n",
        "content-type: application/json\r\n",
        "content-length: 21\r\n",
        "authorization: bearer the-token\r\n",
        "user-agent: test/1\r\n",
    ] {
        assert!(post.contains(line), "{line}: {post}");
    }
    assert!(get.contains("accept: application/json\r\n"), "{get}");
    for header in [
        "content-type",
        "content-length",
        "transfer-encoding",
        "authorization",
        "cookie",
        "referer",
    ] {
        assert!(!get.contains(header), "{get}");
    }
    assert_eq!(server.connections(), 1, "the connection is used again");
}

#[tokio::test]
async fn a_token_only_goes_to_the_configured_origin() {
    let (server, client) = plain(Script::ok()).await;
    let other = LocalServer::plain(Script::ok()).await;
    let mut request = client.get(Lane::Resources);
    request.url = other.url("http", "127.0.0.1").api("oauth/me").unwrap();
    let failed = failure(&client, request).await;
    assert_eq!(
        (failed.reach, &failed.cause),
        (NOT_SENT, &SendCause::Unsendable)
    );
    let mut request = client.get(Lane::Resources);
    request.bearer = Some("line\r\nbreak".into());
    assert_eq!(failure(&client, request).await.cause, SendCause::Unsendable);
    assert_eq!((server.connections(), other.connections()), (0, 0));
}

#[tokio::test]
async fn a_request_whose_time_is_over_when_the_connection_stands_is_not_written() {
    let (server, client) = plain(Script::ok()).await;
    let now = client.clock.now().boot;
    let mut request = client.post(Lane::Refresh);
    request.not_after = Some(now - 1);
    let failed = failure(&client, request).await;
    assert_eq!((failed.reach, failed.cause), (NOT_SENT, SendCause::Timeout));
    let mut request = client.post(Lane::Refresh);
    request.not_after = Some(now);
    client.transport.send(request).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a28_redirects_are_not_followed() {
    let elsewhere = LocalServer::plain(Script::ok()).await;
    let (server, client) = plain(Script::ok()).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let place = elsewhere.address;
        let answer =
            format!("HTTP/1.1 {status}\r\nLocation: http://{place}/x\r\nContent-Length: 0\r\n\r\n");
        server.set_script(Script::Answer(answer.into()));
        for request in [
            client.post(Lane::SignIn),
            client.post(Lane::Refresh),
            client.get(Lane::Resources),
        ] {
            let reply = client.transport.send(request).await.unwrap();
            assert!(reply.status.is_redirection());
        }
    }
    assert_eq!(server.requests().len(), 15);
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn the_connection_that_carried_a_password_is_closed_after_the_answer() {
    let (server, client) = plain(Script::ok()).await;
    // A look without a password warms the connection that the password then uses.
    client
        .transport
        .send(client.get(Lane::SignIn))
        .await
        .unwrap();
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();
    server.closed(1).await;
    assert_eq!(server.connections(), 1);
    assert!(
        server.requests()[1]
            .to_ascii_lowercase()
            .contains("connection: close\r\n")
    );
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_of_unknown_age_carries_no_credentials() {
    let (server, client) = plain(Script::ok()).await;
    for lane in [Lane::SignIn, Lane::Refresh] {
        let before = server.connections();
        client.transport.send(client.get(lane)).await.unwrap();
        client.clock.pass(Duration::from_millis(3_999));
        client.transport.send(client.get(lane)).await.unwrap();
        assert_eq!(
            server.connections(),
            before + 1,
            "{lane:?}: it has just answered"
        );
        // As after a sleep, in which the pool's own clock stands still.
        client.clock.pass(Duration::from_secs(4));
        client.transport.send(client.get(lane)).await.unwrap();
        assert_eq!(server.connections(), before + 2, "{lane:?}: it may be dead");
    }
}

#[tokio::test]
async fn the_lanes_share_no_connection_and_a_reset_drops_them_all() {
    let (server, client) = plain(Script::ok()).await;
    let lanes = [Lane::SignIn, Lane::Refresh, Lane::Resources];
    for lane in lanes.into_iter().chain(lanes) {
        client.transport.send(client.get(lane)).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
    client.transport.reset();
    server.closed(3).await;
    for lane in lanes {
        client.transport.send(client.get(lane)).await.unwrap();
    }
    assert_eq!(server.connections(), 6);
}

#[tokio::test]
async fn limits_without_end_are_no_fault() {
    let (_server, client) = plain(Script::ok()).await;
    let mut request = client.post(Lane::Refresh);
    request.limits = Limits {
        connect: Duration::MAX,
        first_byte: Duration::MAX,
        body: Duration::MAX,
        max_body: usize::MAX,
    };
    client.transport.send(request).await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_when_there_is_no_connection() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let url = ServerUrl::parse(&format!("http://{address}")).unwrap();
    let client = HttpClient::new(&url, &Trust::platform());
    let failed = failure(&client, client.post(Lane::Refresh)).await;
    assert_eq!((failed.reach, failed.cause), (NOT_SENT, SendCause::Offline));
}

#[tokio::test]
async fn a_connection_that_takes_too_long_is_a_timeout_and_nothing_was_sent() {
    // It accepts, and never answers the TLS greeting.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = ServerUrl::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let client = HttpClient::new(&url, &Trust::platform());
    for mut request in [client.post(Lane::Refresh), client.get(Lane::Resources)] {
        request.limits.connect = Duration::from_millis(50);
        let failed = failure(&client, request).await;
        assert_eq!((failed.reach, failed.cause), (NOT_SENT, SendCause::Timeout));
    }
    drop(listener);
}

#[tokio::test]
async fn a02_an_answer_that_is_not_whole_leaves_it_open_whether_the_server_acted() {
    let (server, client) = plain(Script::ok()).await;
    let close = |text: &str| Script::AnswerAndClose(text.into());
    let large = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{}",
        "x".repeat(1_001)
    );
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n",
        "x".repeat(1_001)
    );
    for (script, cause) in [
        (close(""), SendCause::Offline),
        (close("HTTP/1.1 200 OK\r\nContent-"), SendCause::Offline),
        (
            close("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"access_token\":\"abc"),
            SendCause::Truncated,
        ),
        (
            close("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"),
            SendCause::Truncated,
        ),
        (close(&large), SendCause::TooLarge),
        (Script::AnswerAndHold(endless.into()), SendCause::TooLarge),
        (close("SSH-2.0-OpenSSH_9.2\r\n"), SendCause::NotHttp),
        (close("HTTP/1.1 2xx Fine\r\n\r\n"), SendCause::NotHttp),
    ] {
        server.set_script(script.clone());
        for lane in [Lane::SignIn, Lane::Refresh, Lane::Resources] {
            let failed = failure(&client, client.post(lane)).await;
            assert_eq!(
                (failed.reach, &failed.cause),
                (UNKNOWN, &cause),
                "{script:?}"
            );
        }
    }
    assert_eq!(server.requests().len(), 24, "none was sent twice");
}

#[tokio::test]
async fn a_first_byte_or_a_body_that_takes_too_long_is_a_timeout() {
    let (server, client) = plain(Script::AnswerAndHold(Vec::new())).await;
    let short = Duration::from_millis(50);
    let mut request = client.post(Lane::Refresh);
    request.limits = Limits {
        first_byte: short,
        ..LIMITS
    };
    let failed = failure(&client, request).await;
    assert_eq!((failed.reach, failed.cause), (UNKNOWN, SendCause::Timeout));

    server.set_script(Script::AnswerAndHold(
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec(),
    ));
    let mut request = client.post(Lane::Refresh);
    request.limits = Limits {
        body: short,
        ..LIMITS
    };
    let failed = failure(&client, request).await;
    assert_eq!((failed.reach, failed.cause), (UNKNOWN, SendCause::Timeout));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_costs_nothing() {
    let (server, client) = plain(Script::AnswerAndClose(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
    ))
    .await;
    for _ in 0..20 {
        client
            .transport
            .send(client.get(Lane::Refresh))
            .await
            .unwrap();
        server.closed(server.connections()).await;
    }
    assert_eq!(server.requests().len(), 20);
}

#[tokio::test]
async fn dropping_a_request_closes_its_connection() {
    let (server, client) = plain(Script::AnswerAndHold(Vec::new())).await;
    {
        let mut sending = client.transport.send(client.post(Lane::SignIn));
        tokio::select! {
            _ = &mut sending => panic!("nobody answers"),
            () = server.received() => {}
        }
    }
    server.closed(1).await;
}

#[tokio::test]
async fn a29_no_debug_print_of_a_request_or_transport_holds_a_secret() {
    let (_server, client) = plain(Script::ok()).await;
    let mut request = client.post(Lane::SignIn);
    request.bearer = Some("the-token".into());
    let headers = headers(&mut request).expect("they can be written");
    let reply = client
        .transport
        .send(client.get(Lane::SignIn))
        .await
        .unwrap();
    let text = format!("{request:?} {headers:?} {:?} {reply:?}", client.transport);
    for secret in ["abc123", "the-token", "ok\\\":1"] {
        assert!(!text.contains(secret), "{text}");
    }
}
