//! A small local server for the tests of trust and transport: real sockets and real TLS, with
//! certificates made on the spot, that records what reached it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::{Notify, watch},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    environment::{BootId, BoxFuture, Environment, Now},
    server::ServerUrl,
    transport::{HttpTransport, Lane, Limits, Request, SendFailure, Transport},
    trust::{Trust, TrustMemory},
};

/// 2026-06-01 00:00 UTC: the certificates of the tests are valid from 2026-01-01 to 2027-01-01.
pub(crate) const SUMMER_2026: u64 = 1_780_272_000_000;
/// 2027-06-01 00:00 UTC.
pub(crate) const SUMMER_2027: u64 = 1_811_808_000_000;
/// 2025-06-01 00:00 UTC.
pub(crate) const SUMMER_2025: u64 = 1_748_736_000_000;

/// A certificate with its key.
pub(crate) struct Identity {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Identity {
    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }
}

fn params(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    change(&mut params);
    params
}

/// A certificate that signs itself, as appliances have them.
pub(crate) fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(names, change).self_signed(&key).unwrap();
    Identity { certificate, key }
}

/// A CA of our own.
pub(crate) struct Ca {
    own: Identity,
    params: CertificateParams,
}

impl Ca {
    pub(crate) fn new() -> Self {
        let params = params(&[], |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2040, 1, 1);
            params
                .distinguished_name
                .push(rcgen::DnType::CommonName, "Test CA");
        });
        let key = KeyPair::generate().unwrap();
        let certificate = params.clone().self_signed(&key).unwrap();
        Self {
            own: Identity { certificate, key },
            params,
        }
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::with_roots_pem(self.own.pem())
    }

    pub(crate) fn issue(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.own.key);
        let certificate = params(names, change).signed_by(&key, &issuer).unwrap();
        Identity { certificate, key }
    }
}

/// The clocks, to be moved by hand; everything else is the real thing.
#[derive(Debug)]
pub(crate) struct TestClock {
    wall: AtomicU64,
    boot: AtomicU64,
}

impl TestClock {
    pub(crate) fn at(wall: u64) -> Arc<Self> {
        Arc::new(Self {
            wall: AtomicU64::new(wall),
            boot: AtomicU64::new(1_000_000),
        })
    }

    pub(crate) fn set_wall(&self, wall: u64) {
        self.wall.store(wall, Ordering::SeqCst);
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.boot
            .fetch_add(time.as_millis() as u64, Ordering::SeqCst);
    }
}

impl Environment for TestClock {
    fn now(&self) -> Now {
        Now {
            boot_id: BootId(1),
            boot: self.boot.load(Ordering::SeqCst),
            wall: self.wall.load(Ordering::SeqCst),
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(call);
    }
}

/// What the server does once it has read a request.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// Writes these bytes and waits for the next request.
    Answer(Vec<u8>),
    /// Writes these bytes and closes.
    AnswerAndClose(Vec<u8>),
    /// Writes these bytes and then nothing more.
    AnswerAndHold(Vec<u8>),
}

impl Script {
    pub(crate) fn ok() -> Self {
        Self::status("200 OK", "{\"ok\":1}")
    }

    pub(crate) fn status(status: &str, body: &str) -> Self {
        let length = body.len();
        Self::Answer(format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}").into())
    }
}

/// A running server.
pub(crate) struct LocalServer {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    script: Mutex<Option<Script>>,
    tls: Mutex<Option<Arc<rustls::ServerConfig>>>,
    connections: AtomicUsize,
    application_bytes: AtomicUsize,
    requests: Mutex<Vec<String>>,
    received: Notify,
    closed: watch::Sender<usize>,
}

impl LocalServer {
    /// Serves plain HTTP on 127.0.0.1.
    pub(crate) async fn plain(script: Script) -> Self {
        Self::start("127.0.0.1:0", None, script).await
    }

    /// Serves HTTPS on 127.0.0.1.
    pub(crate) async fn tls(identity: &Identity, script: Script) -> Self {
        Self::start(
            "127.0.0.1:0",
            Some(config(identity, rustls::DEFAULT_VERSIONS)),
            script,
        )
        .await
    }

    pub(crate) async fn start(
        address: &str,
        tls: Option<Arc<rustls::ServerConfig>>,
        script: Script,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        *seen.script.lock().unwrap() = Some(script);
        *seen.tls.lock().unwrap() = tls;
        tokio::spawn(accept(listener, seen.clone()));
        Self { address, seen }
    }

    pub(crate) fn set_identity(&self, identity: &Identity) {
        *self.seen.tls.lock().unwrap() = Some(config(identity, rustls::DEFAULT_VERSIONS));
    }

    pub(crate) fn set_script(&self, script: Script) {
        *self.seen.script.lock().unwrap() = Some(script);
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many bytes arrived inside TLS, or over plain TCP.
    pub(crate) fn application_bytes(&self) -> usize {
        self.seen.application_bytes.load(Ordering::SeqCst)
    }

    /// The requests, heads and bodies, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// Waits until a request has arrived.
    pub(crate) async fn received(&self) {
        self.seen.received.notified().await;
    }

    /// Waits until so many connections have come to their end.
    pub(crate) async fn closed(&self, count: usize) {
        let mut closed = self.seen.closed.subscribe();
        closed.wait_for(|closed| *closed >= count).await.unwrap();
    }

    pub(crate) fn url(&self, scheme: &str, host: &str) -> ServerUrl {
        ServerUrl::parse(&format!("{scheme}://{host}:{}", self.address.port())).unwrap()
    }
}

pub(crate) fn config(
    identity: &Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Arc<rustls::ServerConfig> {
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    // Not checked whether the key belongs to the certificate: an impostor's does not.
    let certified = CertifiedKey::new(vec![identity.der()], key);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    Arc::new(config)
}

async fn accept(listener: TcpListener, seen: Arc<Seen>) {
    while let Ok((stream, _)) = listener.accept().await {
        seen.connections.fetch_add(1, Ordering::SeqCst);
        let (seen, tls) = (seen.clone(), seen.tls.lock().unwrap().clone());
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await {
                        serve(stream, &seen).await;
                    }
                }
                None => serve(stream, &seen).await,
            }
            seen.closed.send_modify(|closed| *closed += 1);
        });
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Seen) {
    while let Some(request) = read_request(&mut stream, seen).await {
        seen.requests.lock().unwrap().push(request);
        seen.received.notify_one();
        let script = seen.script.lock().unwrap().clone().unwrap();
        let (Script::Answer(bytes) | Script::AnswerAndClose(bytes) | Script::AnswerAndHold(bytes)) =
            &script;
        if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        match script {
            Script::Answer(_) => {}
            Script::AnswerAndClose(_) => {
                let _ = stream.shutdown().await;
                return;
            }
            // Until the client has had enough.
            Script::AnswerAndHold(_) => {
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
        }
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin), seen: &Seen) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|n| n.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        let count = stream
            .read(&mut chunk)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        seen.application_bytes.fetch_add(count, Ordering::SeqCst);
        bytes.extend_from_slice(&chunk[..count]);
    }
}

/// A transport with its memory and clock.
pub(crate) struct Client {
    pub(crate) transport: HttpTransport,
    pub(crate) memory: Arc<TrustMemory>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) server: ServerUrl,
}

impl Client {
    pub(crate) fn new(server: &ServerUrl, trust: &Trust) -> Self {
        let memory = Arc::new(TrustMemory::new(server.host(), server.port()));
        let clock = TestClock::at(SUMMER_2026);
        let transport =
            HttpTransport::new(server, trust, memory.clone(), clock.clone(), "test/1").unwrap();
        Self {
            transport,
            memory,
            clock,
            server: server.clone(),
        }
    }

    pub(crate) fn get(&self, lane: Lane) -> Request {
        let url = self.server.api("oauth/me").unwrap();
        Request::new(lane, http::Method::GET, url, LIMITS)
    }

    pub(crate) fn post(&self, lane: Lane) -> Request {
        let url = self.server.api("oauth").unwrap();
        let mut request = Request::new(lane, http::Method::POST, url, LIMITS);
        request.body = Some(crate::SecretBytes::new(
            b"{\"password\":\"abc123\"}".to_vec(),
        ));
        request
    }
}

/// The failure of a request that must fail.
pub(crate) async fn failure(client: &Client, request: Request) -> SendFailure {
    client.transport.send(request).await.expect_err("it fails")
}

/// Long enough for a busy machine, short enough to end.
pub(crate) const LIMITS: Limits = Limits {
    connect: Duration::from_secs(20),
    first_byte: Duration::from_secs(20),
    body: Duration::from_secs(20),
    max_body: 1_000,
};
