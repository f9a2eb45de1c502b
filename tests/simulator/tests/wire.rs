//! What only shows on a real connection: status lines, cuts, trickling bodies, TLS.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use quickaccess_simulator::{
    CertificateSettings, Fault, FaultKind, Handshake, HoldAt, Operation, Running, ServeOptions,
    Simulator,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use support::{guide, raw};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

async fn start() -> (Simulator, Running) {
    let server = Simulator::default_scenario();
    let running = server.serve(ServeOptions::default()).await.unwrap();
    (server, running)
}

fn sign_in() -> String {
    request(&guide().to_string())
}

fn request(body: &str) -> String {
    format!(
        "POST /api/oauth HTTP/1.1\r\nhost: clearpass\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn the_reason_phrase_is_the_title() {
    let (_server, running) = start().await;
    let answer = raw(&running.http_url(), &request("{\"grant_type\":\"magic\"}")).await;
    assert!(
        answer.starts_with("HTTP/1.1 400 unsupported_grant_type\r\n"),
        "{answer}"
    );
    let answer = raw(&running.http_url(), &sign_in()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\r\ndate: ") && answer.contains("\"scope\":null"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_cut_before_and_one_after_the_commit_look_the_same_from_outside() {
    let (server, running) = start().await;
    for (what, signed_in) in [
        (FaultKind::DropBefore, 0),
        (FaultKind::DropBeforeCommit, 0),
        (FaultKind::DropAfterCommit, 1),
    ] {
        server.clear_records();
        server.fault(Fault::new(Operation::TokenPassword, what.clone()).once());
        assert_eq!(raw(&running.http_url(), &sign_in()).await, "", "{what:?}");
        assert_eq!(server.counters().sign_ins_accepted, signed_in, "{what:?}");
    }
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_it_sends() {
    let (server, running) = start().await;
    server.fault(Fault::new(Operation::TokenPassword, FaultKind::Truncated).once());
    let answer = raw(&running.http_url(), &sign_in()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!(
        promised.parse::<usize>().unwrap() / 2,
        body.len(),
        "{answer}"
    );
    assert!(body.starts_with("{\"access_token\":"));
}

#[tokio::test]
async fn a_held_answer_stops_in_the_middle_of_its_body_until_it_is_released() {
    let (server, running) = start().await;
    let hold = server.hold(Operation::TokenPassword, HoldAt::MidBody);
    let address = running.http_url();
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    stream.write_all(sign_in().as_bytes()).await.unwrap();
    hold.reached().await;
    let mut half = vec![0; 4096];
    let read = stream.read(&mut half).await.unwrap();
    assert!(!String::from_utf8_lossy(&half[..read]).contains("refresh_token"));
    hold.release();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(
        rest.contains("refresh_token") && rest.ends_with('}'),
        "{rest}"
    );
}

#[tokio::test]
async fn what_was_taken_is_done_though_the_client_goes_away() {
    let (server, running) = start().await;
    let hold = server.hold(Operation::TokenPassword, HoldAt::BeforeCommit);
    let address = running.http_url();
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    stream.write_all(sign_in().as_bytes()).await.unwrap();
    hold.reached().await;
    drop(stream);
    server
        .wait_for(|server| {
            server
                .connections()
                .iter()
                .all(|connection| !connection.open)
        })
        .await;
    assert_eq!(server.counters().sign_ins_accepted, 0);
    hold.release();
    server
        .wait_for(|server| server.counters().sign_ins_accepted == 1)
        .await;
}

#[tokio::test]
async fn a_body_beyond_reason_is_refused() {
    let (server, running) = start().await;
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(9 << 20));
    let address = running.http_url();
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    // The server may close before all of it was written.
    let _ = stream.write_all(request(&body).as_bytes()).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(server.counters().token_requests.other, 0);
}

/// A client that trusts the simulator's authority and nothing else.
fn connector(running: &Running) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(running.ca_pem().as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn connect(to: &TlsConnector, running: &Running) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", running.https_port())).await?;
    to.connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
}

async fn exchange(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(sign_in().as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A server that closes without a farewell is an error to TLS, and nothing to this test.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn tls_answers_with_the_certificate_and_resumes_until_it_changes() {
    let (server, running) = start().await;
    let client = connector(&running);
    for _ in 0..2 {
        let mut stream = connect(&client, &running).await.unwrap();
        assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    }
    let seen = server.connections();
    assert_eq!(
        [seen[0].tls, seen[1].tls],
        [Some(Handshake::Full), Some(Handshake::Resumed)]
    );
    assert_eq!(seen[0].server_name.as_deref(), Some("localhost"));
    assert_eq!(
        seen[0].certificate_sha256.as_ref(),
        Some(&running.certificate_sha256())
    );

    let before = running.certificate_sha256();
    let after = running
        .change_certificate(&CertificateSettings::default())
        .unwrap();
    assert_ne!(before, after);
    let mut stream = connect(&client, &running).await.unwrap();
    assert!(exchange(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    let seen = server.connections();
    assert_eq!(
        (seen[2].tls, seen[2].certificate_sha256.as_ref()),
        (Some(Handshake::Full), Some(&after))
    );
}

#[tokio::test]
async fn every_bad_certificate_is_one_that_a_client_refuses() {
    let (server, running) = start().await;
    let client = connector(&running);
    let stranger = CertificateSettings {
        signed_by: quickaccess_simulator::SignedBy::Stranger,
        ..CertificateSettings::default()
    };
    for (settings, word) in [
        (CertificateSettings::self_signed(), "UnknownIssuer"),
        (stranger, "UnknownIssuer"),
        (CertificateSettings::expired(), "expired"),
        (CertificateSettings::not_yet_valid(), "not valid yet"),
        (CertificateSettings::wrong_name(), "not valid for name"),
    ] {
        running.change_certificate(&settings).unwrap();
        let error = connect(&client, &running).await.unwrap_err().to_string();
        assert!(error.contains(word), "{settings:?}: {error}");
    }
    server
        .wait_for(|server| server.counters().tls_failures == 5)
        .await;
    assert_eq!(server.counters().requests, 0);
}

#[tokio::test]
async fn cut_connections_end_at_once_and_new_ones_are_taken() {
    let (server, running) = start().await;
    let client = connector(&running);
    let mut stream = connect(&client, &running).await.unwrap();
    server
        .wait_for(|server| server.counters().tls_handshakes == 1)
        .await;
    running.cut_connections().await;
    assert!(server.connections().iter().all(|one| !one.open));
    let mut nothing = [0; 1];
    assert!(!matches!(stream.read(&mut nothing).await, Ok(1)));
    assert!(connect(&client, &running).await.is_ok());
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_ports() {
    let (server, running) = start().await;
    let mut options = ServeOptions::default();
    options.port = running.https_port();
    let taken = server.serve(options.clone()).await.unwrap_err().to_string();
    assert!(
        taken.contains(&format!("127.0.0.1:{}", options.port)),
        "{taken}"
    );
    running.stop().await;
    assert!(server.serve(options).await.is_ok());
}

#[tokio::test]
async fn a_hundred_run_side_by_side() {
    let mut all = Vec::new();
    for _ in 0..100 {
        all.push(start().await);
    }
    let answers = all.iter().map(|(_, running)| {
        let url = running.http_url();
        tokio::spawn(async move { raw(&url, &sign_in()).await })
    });
    for answer in answers.collect::<Vec<_>>() {
        assert!(answer.await.unwrap().starts_with("HTTP/1.1 200 OK"));
    }
    assert!(
        all.iter()
            .all(|(server, _)| server.counters().sign_ins_accepted == 1)
    );
}
