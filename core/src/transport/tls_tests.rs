use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::{
    transport::testing::{
        Ca, Client as HttpClient, Identity, LocalServer, SUMMER_2027, Script, config, failure,
        self_signed,
    },
    trust::{CertificateProblem, TrustFailure},
};

fn untrusted(failure: SendFailure) -> TrustFailure {
    assert_eq!(failure.reach, Reach::NotSent);
    match failure.cause {
        SendCause::Trust(failure) => *failure,
        cause => panic!("{cause:?}"),
    }
}

/// A resolver that knows no name.
struct NoDns;

impl reqwest::dns::Resolve for NoDns {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no name is known".into()) })
    }
}

#[tokio::test]
async fn localhost_is_this_machine_without_dns() {
    let ca = Ca::new();
    let server = LocalServer::tls(&ca.issue(&["localhost"], |_| ()), Script::ok()).await;
    let client = HttpClient::new(&server.url("https", "LocalHost"), &ca.trust());
    client
        .transport
        .send(client.get(Lane::Resources))
        .await
        .unwrap();

    let tls = client.transport.lanes.lock().unwrap().tls.clone();
    let deaf = client
        .transport
        .client(Lane::Resources, tls)
        .dns_resolver(NoDns)
        .build()
        .unwrap();
    deaf.get(client.server.api("oauth/me").unwrap())
        .send()
        .await
        .unwrap();
    let elsewhere = format!("https://clearpass.example:{}", server.address.port());
    assert!(
        deaf.get(elsewhere).send().await.is_err(),
        "the resolver is in use"
    );
}

#[tokio::test]
async fn an_ipv6_address_works_over_tls() {
    let ca = Ca::new();
    let tls = config(&ca.issue(&["::1"], |_| ()), rustls::DEFAULT_VERSIONS);
    let server = LocalServer::start("[::1]:0", Some(tls), Script::ok()).await;
    let client = HttpClient::new(&server.url("https", "[::1]"), &ca.trust());
    client
        .transport
        .send(client.get(Lane::Resources))
        .await
        .unwrap();
    assert_eq!(client.memory.host(), "::1");
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_signatures_verified() {
    let ca = Ca::new();
    let identity = ca.issue(&["127.0.0.1"], |_| ());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = LocalServer::start(
            "127.0.0.1:0",
            Some(config(&identity, &[version])),
            Script::ok(),
        )
        .await;
        let client = HttpClient::new(&server.url("https", "127.0.0.1"), &ca.trust());
        client
            .transport
            .send(client.get(Lane::Resources))
            .await
            .unwrap();

        // A server that shows the certificate and does not hold its key.
        let impostor = Identity {
            certificate: identity.certificate.clone(),
            key: rcgen::KeyPair::generate().unwrap(),
        };
        let tls = config(&impostor, &[version]);
        let server = LocalServer::start("127.0.0.1:0", Some(tls), Script::ok()).await;
        let client = HttpClient::new(&server.url("https", "127.0.0.1"), &ca.trust());
        let failed = failure(&client, client.post(Lane::SignIn)).await;
        assert_eq!(
            (failed.reach, failed.cause),
            (Reach::NotSent, SendCause::Tls)
        );
        assert_eq!(server.application_bytes(), 0);
    }
}

#[tokio::test]
async fn a27_nothing_is_sent_before_the_certificate_is_trusted() {
    let ca = Ca::new();
    let identity = self_signed(&["other.example"], |_| ());
    let server = LocalServer::tls(&identity, Script::ok()).await;
    let client = HttpClient::new(&server.url("https", "127.0.0.1"), &ca.trust());
    client.clock.set_wall(SUMMER_2027);
    for lane in [Lane::SignIn, Lane::Refresh, Lane::Resources] {
        let told = untrusted(failure(&client, client.post(lane)).await);
        assert_eq!(
            told.problems,
            [
                CertificateProblem::UnknownIssuer,
                CertificateProblem::WrongName,
                CertificateProblem::Expired
            ]
        );
        assert_eq!(
            (told.host.as_str(), told.port),
            ("127.0.0.1", server.address.port())
        );
        assert_eq!(told.presented.names, ["other.example"]);
    }
    server.closed(3).await;
    assert_eq!(
        (server.application_bytes(), server.requests().len()),
        (0, 0)
    );
}

#[tokio::test]
async fn a27_an_approved_certificate_is_used_until_another_comes() {
    let identity = self_signed(&["127.0.0.1"], |_| ());
    let server = LocalServer::tls(&identity, Script::ok()).await;
    let client = HttpClient::new(&server.url("https", "127.0.0.1"), &Trust::platform());
    let told = untrusted(failure(&client, client.post(Lane::SignIn)).await);
    client.memory.approve(&told).unwrap();
    client.transport.reset();
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();

    server.set_identity(&self_signed(&["127.0.0.1"], |_| ()));
    let seen = server.application_bytes();
    let changed = untrusted(failure(&client, client.post(Lane::SignIn)).await);
    assert_eq!(changed.code(), Code::CertificateChanged);
    assert_eq!(changed.previous.as_ref(), Some(&told.presented));
    assert_eq!(server.application_bytes(), seen);
    client.memory.approve_changed(&changed).unwrap();
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();

    // It expires: that was never shown, so it is shown.
    client.clock.set_wall(SUMMER_2027);
    let expired = untrusted(failure(&client, client.post(Lane::SignIn)).await);
    assert_eq!(expired.code(), Code::CertificateExpired);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a27_an_approval_is_not_for_another_port() {
    let identity = self_signed(&["127.0.0.1"], |_| ());
    let one = LocalServer::tls(&identity, Script::ok()).await;
    let two = LocalServer::tls(&identity, Script::ok()).await;
    let client = HttpClient::new(&one.url("https", "127.0.0.1"), &Trust::platform());
    let other = HttpClient::new(&two.url("https", "127.0.0.1"), &Trust::platform());
    let told = untrusted(failure(&client, client.post(Lane::SignIn)).await);
    assert!(other.memory.approve(&told).is_err());
    client.memory.approve(&told).unwrap();
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();
    untrusted(failure(&other, other.post(Lane::SignIn)).await);
}

#[tokio::test]
async fn a27_the_certificate_is_judged_on_every_connection() {
    let ca = Ca::new();
    let identity = ca.issue(&["127.0.0.1"], |_| ());
    let server = LocalServer::tls(&identity, Script::ok()).await;
    let client = HttpClient::new(&server.url("https", "127.0.0.1"), &ca.trust());
    client
        .transport
        .send(client.post(Lane::SignIn))
        .await
        .unwrap();
    // No ticket of the first connection lets the second one skip the question.
    client.clock.set_wall(SUMMER_2027);
    let told = untrusted(failure(&client, client.post(Lane::SignIn)).await);
    assert_eq!(told.problems, [CertificateProblem::Expired]);
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_does_not_speak_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = ServerUrl::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"220 mail.example ESMTP\r\n")
            .await
            .unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let client = HttpClient::new(&url, &Trust::platform());
    let failed = failure(&client, client.post(Lane::SignIn)).await;
    assert_eq!(
        (failed.reach, failed.cause),
        (Reach::NotSent, SendCause::Tls)
    );
}
