//! A phone whose server is reached over real TLS. Sockets keep real time; the clocks that the
//! session counts by are moved by the test, and its timers ring when they are.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use quickaccess::{BootId, BoxFuture, Builder, Environment, Now, QuickAccess, Trust};
use quickaccess_simulator::{CertificateSettings, Running, ServeOptions, Simulator};
use tokio::{sync::watch, time::Instant};

use super::TestStore;

/// One phone with its server.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) server: Simulator,
    pub(crate) running: Running,
    pub(crate) clocks: LiveClocks,
    pub(crate) store: Arc<TestStore>,
    pub(crate) data: tempfile::TempDir,
}

impl Live {
    /// The default scenario with a certificate that the phone trusts.
    pub(crate) async fn new() -> Self {
        Self::showing(CertificateSettings::default()).await
    }

    pub(crate) async fn showing(certificate: CertificateSettings) -> Self {
        let server = Simulator::default_scenario();
        let mut options = ServeOptions::default();
        options.certificate = certificate;
        Self {
            running: server.serve(options).await.unwrap(),
            server,
            clocks: LiveClocks::new(),
            store: Arc::new(TestStore::new()),
            data: tempfile::tempdir().unwrap(),
        }
    }

    /// The set-up for an API client; the simulator's authority is trusted.
    pub(crate) fn builder(&self, client_id: &str) -> Builder {
        let trust = Trust::with_roots_pem(self.running.ca_pem());
        self.stranger(client_id).trust(trust)
    }

    /// The same, trusting only what the platform does.
    pub(crate) fn stranger(&self, client_id: &str) -> Builder {
        QuickAccess::builder(self.running.https_url(), client_id)
            .store(self.store.clone())
            .data_dir(self.data.path())
            .environment(self.clocks.clone())
    }

    /// Starts the app.
    pub(crate) fn start(&self) -> QuickAccess {
        self.builder("QuickAccess").build().unwrap()
    }

    /// Starts the app and signs `qa` in.
    pub(crate) async fn signed_in(&self) -> QuickAccess {
        let session = self.start();
        session.sign_in("qa", "abc123").await.unwrap();
        session
    }

    /// Lets time pass for the phone and the server at once.
    pub(crate) fn pass(&self, time: Duration) {
        self.server.advance(time);
        self.clocks.pass(time);
    }
}

/// Clocks that follow real time and leap when they are told to.
#[derive(Clone, Debug)]
pub(crate) struct LiveClocks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    wall: Duration,
    leapt: watch::Sender<Duration>,
    random: Mutex<u64>,
}

impl LiveClocks {
    fn new() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            wall: SystemTime::now().duration_since(UNIX_EPOCH).unwrap(),
            leapt: watch::Sender::new(Duration::ZERO),
            random: Mutex::new(0x5eed),
        }))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.leapt.send_modify(|leapt| *leapt += time);
    }

    fn passed(&self) -> Duration {
        self.0.start.elapsed() + *self.0.leapt.borrow()
    }
}

impl Environment for LiveClocks {
    fn now(&self) -> Now {
        let passed = self.passed();
        Now {
            boot_id: BootId(1),
            boot: 1_000_000 + passed.as_millis() as u64,
            wall: (self.0.wall + passed).as_millis() as u64,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.0.random.lock().unwrap();
        super::clocks::xorshift(&mut state, bytes);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let clocks = self.clone();
        let until = self.passed() + time;
        Box::pin(async move {
            let mut leapt = clocks.0.leapt.subscribe();
            loop {
                let Some(rest) = until.checked_sub(clocks.passed()) else {
                    return;
                };
                tokio::select! {
                    () = tokio::time::sleep(rest) => {}
                    _ = leapt.changed() => {}
                }
            }
        })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(call);
    }
}
