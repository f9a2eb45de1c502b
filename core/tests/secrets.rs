//! Planted secrets are looked for wherever text comes out: logs at trace level, errors, debug
//! prints, states, events and the history.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use quickaccess::{
    Code, MemoryStore, Method, QuickAccess, Secret, SecretBytes, Trust,
    transport::{Lane, Limits, Request},
};
use quickaccess_simulator::{
    Fault, FaultBody, FaultKind, Moment, Operation, ServeOptions, Simulator,
};
use support::{HOUR, Phone, Scripted};

const PASSWORD: &str = "abc123";
const CLIENT_SECRET: &str = "s3cret";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Every run of 40 hex digits in the store's records: the tokens.
fn tokens(phone: &Phone) -> Vec<String> {
    let mut found = Vec::new();
    for (_, bytes) in phone.store.records() {
        for window in bytes.windows(40) {
            if window
                .iter()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            {
                found.push(String::from_utf8(window.to_vec()).unwrap());
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a29_no_secret_comes_out_in_any_text() {
    let log = Log::start();
    let mut text = String::new();
    let mut secrets = vec![PASSWORD.to_owned(), CLIENT_SECRET.to_owned()];

    // Over TLS, where the libraries below have their say in the log.
    let server = Simulator::default_scenario();
    let running = server.serve(ServeOptions::default()).await.unwrap();
    let session = QuickAccess::builder(running.https_url(), "Lab")
        .trust(Trust::with_roots_pem(running.ca_pem()))
        .client_secret(CLIENT_SECRET)
        .store(MemoryStore::new())
        .build()
        .unwrap();
    write!(text, "{:?}", session.probe().await).unwrap();
    write!(
        text,
        "{:?}",
        session.sign_in("qa", "wrong-but-secret").await
    )
    .unwrap();
    secrets.push("wrong-but-secret".to_owned());
    session.sign_in("qa", PASSWORD).await.unwrap();
    secrets.push(session.access_token().await.unwrap().expose().to_owned());
    server.fault(Fault::new(Operation::TokenRefresh, FaultKind::Truncated).times(1));
    write!(text, "{:?} {:?}", session.refresh().await, session).unwrap();
    write!(text, "{:?}", session.privileges().await).unwrap();
    write!(
        text,
        "{:?} {:?}",
        session.sign_out().await,
        session.history().await
    )
    .unwrap();

    let logged = log.text();
    assert!(
        logged.contains("hyper") || logged.contains("rustls"),
        "the log was on"
    );
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        assert!(!logged.contains(secret.as_str()), "{secret} in the log");
    }
}

#[tokio::test(start_paused = true)]
async fn a29_no_secret_is_in_states_errors_and_the_history() {
    let phone = Phone::new();
    let session = phone
        .builder("Lab")
        .client_secret(CLIENT_SECRET)
        .build()
        .unwrap();
    let mut states = session.subscribe();
    let mut text = format!("{:?}", phone.builder("Lab").client_secret(CLIENT_SECRET));
    let mut secrets = vec![PASSWORD.to_owned(), CLIENT_SECRET.to_owned()];
    // A server that repeats what it was sent.
    let echo = FaultKind::problem(
        400,
        "odd",
        format!("no such password: {PASSWORD} for {CLIENT_SECRET}"),
    );
    phone
        .server
        .fault(Fault::new(Operation::TokenPassword, echo).times(1));
    write!(text, "{:?}", session.sign_in("qa", PASSWORD).await).unwrap();
    session.sign_in("qa", PASSWORD).await.unwrap();
    secrets.extend(tokens(&phone));
    for kind in [
        FaultKind::Truncated,
        FaultKind::Status {
            code: 502,
            retry_after: None,
            moment: Moment::AfterCommit,
            body: FaultBody::Html,
        },
        FaultKind::WrongType,
    ] {
        phone
            .server
            .fault(Fault::new(Operation::TokenRefresh, kind).times(1));
        phone.pass(9 * HOUR).await;
        match session.access_token().await {
            Ok(token) => write!(text, "{token:?}").unwrap(),
            Err(error) => write!(text, "{error} {error:?}").unwrap(),
        }
        secrets.extend(tokens(&phone));
        write!(
            text,
            "{:?} {:?}",
            states.borrow_and_update().clone(),
            session
        )
        .unwrap();
        let sent = session.request(Method::GET, "oauth/me").query("a", "b");
        write!(text, "{sent:?}").unwrap();
        write!(text, "{:?}", sent.send::<serde_json::Value>().await).unwrap();
        if session.access_token().await.is_err() {
            session.sign_in("qa", PASSWORD).await.unwrap();
            secrets.extend(tokens(&phone));
        }
    }
    write!(
        text,
        "{:?} {:?}",
        session.sign_out().await,
        session.history().await
    )
    .unwrap();
    let url = "https://clearpass.example/api/oauth".parse().unwrap();
    let mut request = Request::new(Lane::SignIn, Method::POST, url, Limits::REFRESH);
    request.bearer = Some(Secret::from(PASSWORD));
    request.body = Some(SecretBytes::new(PASSWORD.into()));
    write!(text, "{request:?}").unwrap();
    assert!(
        secrets.len() > 6,
        "tokens were found in the store: {}",
        secrets.len()
    );
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
    // What lies in the data folder is not secret.
    for file in std::fs::read_dir(phone.data.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let content = String::from_utf8_lossy(&bytes);
        assert!(
            secrets
                .iter()
                .all(|secret| !content.contains(secret.as_str()))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a29_a_panic_tells_no_secret_and_leaves_nobody_waiting() {
    let told = Log::default();
    let hook = told.clone();
    std::panic::set_hook(Box::new(move |panic| {
        writeln!(hook.0.lock().unwrap(), "{panic}").unwrap();
    }));
    let phone = Phone::new();
    let broken = Arc::new(AtomicBool::new(false));
    let script = Scripted::new(&phone.network, {
        let broken = broken.clone();
        move |request| {
            assert!(!broken.load(SeqCst), "the network broke over {request:?}");
            None
        }
    });
    let session = phone
        .builder("Lab")
        .client_secret(CLIENT_SECRET)
        .transport(script)
        .build()
        .unwrap();
    session.sign_in("qa", PASSWORD).await.unwrap();
    let mut secrets = vec![PASSWORD.to_owned(), CLIENT_SECRET.to_owned()];
    secrets.extend(tokens(&phone));
    broken.store(true, SeqCst);
    let again = session.sign_in("qa", PASSWORD).await;
    assert_eq!(again.unwrap_err().code(), Code::Internal);
    phone.pass(9 * HOUR).await;
    assert_eq!(
        session.access_token().await.unwrap_err().code(),
        Code::Internal
    );
    broken.store(false, SeqCst);
    phone.store.panic_at_saves(true);
    phone.pass(HOUR).await;
    let _ = session.refresh().await;
    phone.store.panic_at_saves(false);
    let _ = std::panic::take_hook();
    let text = told.text();
    assert!(text.matches("the network broke").count() >= 2, "{text}");
    assert!(text.contains("the store broke"), "{text}");
    secrets.extend(tokens(&phone));
    for secret in &secrets {
        assert!(!text.contains(secret.as_str()), "{secret} in {text}");
    }
}
