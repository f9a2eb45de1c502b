//! A world of shuttle's threads: a clock that stands still until it is moved, a server that rotates
//! refresh tokens, and a count of the tasks that the core has running.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use quickaccess_shuttle::{
    BootId, BoxFuture, Environment, MemoryStore, Now, QuickAccess, SecretBytes,
    transport::{Reply, Request, SendFailure, Transport},
};
use serde_json::{Value, json};
use shuttle::{
    future,
    sync::{Condvar, Mutex},
    thread,
};

/// Tries a thousand orders of everything: half of them random, half with few changes of turn, which
/// finds what takes a long stretch of one thread. A failure prints what replays it.
pub(crate) fn in_every_order(test: impl Fn() + Send + Sync + Copy + 'static) {
    const ORDERS: usize = 500;
    shuttle::check_random(test, ORDERS);
    shuttle::check_pct(test, ORDERS, 3);
}

/// Everything beside the core.
#[derive(Clone)]
pub(crate) struct World(Arc<Inside>);

struct Inside {
    time: AtomicU64,
    randomness: AtomicU64,
    tasks: Mutex<usize>,
    ended: Condvar,
    server: Mutex<Server>,
}

#[derive(Debug, Default)]
struct Server {
    issued: u64,
    refreshes: u64,
    reuses: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inside {
            time: AtomicU64::new(1_000_000),
            randomness: AtomicU64::new(1),
            tasks: Mutex::new(0),
            ended: Condvar::new(),
            server: Mutex::new(Server::default()),
        }))
    }

    /// A session with this server, its tokens in memory.
    pub(crate) fn session(&self) -> QuickAccess {
        QuickAccess::builder("https://clearpass.example", "QuickAccess")
            .store(MemoryStore::new())
            .environment(self.clone())
            .transport(self.clone())
            .build()
            .unwrap()
    }

    /// The same, with somebody signed in.
    pub(crate) fn signed_in(&self) -> QuickAccess {
        let session = self.session();
        future::block_on(session.sign_in("qa", "abc123")).unwrap();
        session
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        self.0.time.fetch_add(time.as_millis() as u64, SeqCst);
    }

    /// How many refreshes the server has answered.
    pub(crate) fn refreshes(&self) -> u64 {
        self.0.server.lock().unwrap().refreshes
    }

    /// Waits until the core has no task left; shuttle finds out if that never comes.
    pub(crate) fn has_ended(&self) {
        let mut tasks = self.0.tasks.lock().unwrap();
        while *tasks > 0 {
            tasks = self.0.ended.wait(tasks).unwrap();
        }
        assert_eq!(
            self.0.server.lock().unwrap().reuses,
            0,
            "a used refresh token was sent again"
        );
    }

    fn task_ended(&self) {
        *self.0.tasks.lock().unwrap() -= 1;
        self.0.ended.notify_all();
    }

    /// What the server answers, and does.
    fn answer(&self, path: &str, body: &Value) -> (u16, Value) {
        let mut server = self.0.server.lock().unwrap();
        let grant = body["grant_type"].as_str().unwrap_or_default();
        if path == "/api/oauth" && grant == "refresh_token" {
            if body["refresh_token"] != refresh_token(server.issued) {
                server.reuses += 1;
                return (
                    400,
                    json!({ "title": "invalid_grant", "status": 400, "detail": "Invalid refresh token" }),
                );
            }
            server.refreshes += 1;
        }
        match path {
            "/api/oauth" => {
                server.issued += 1;
                let pair = json!({
                    "access_token": format!("access-{}", server.issued),
                    "expires_in": LIFETIME.as_secs(),
                    "token_type": "Bearer",
                    "scope": null,
                    "refresh_token": refresh_token(server.issued),
                });
                (200, pair)
            }
            "/api/oauth/me" => (200, json!({ "info": "Help Desk", "name": "qa" })),
            _ => (
                404,
                json!({ "title": "Not Found", "status": 404, "detail": "Page not found." }),
            ),
        }
    }
}

/// How long the server's access tokens live.
pub(crate) const LIFETIME: Duration = Duration::from_secs(28_800);

fn refresh_token(number: u64) -> String {
    format!("refresh-{number}")
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl Environment for World {
    fn now(&self) -> Now {
        let time = self.0.time.load(SeqCst);
        Now {
            boot_id: BootId(1),
            boot: time,
            wall: time,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // Different each time is all that it has to be.
            let next = self.0.randomness.fetch_add(1, SeqCst);
            *byte = (next.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
        }
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        // Time stands still, so no wait ends by itself.
        Box::pin(std::future::pending())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        *self.0.tasks.lock().unwrap() += 1;
        let world = self.clone();
        future::spawn(async move {
            task.await;
            world.task_ended();
        });
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        thread::spawn(call);
    }
}

impl Transport for World {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        Box::pin(async move {
            future::yield_now().await;
            let body = request
                .body
                .as_ref()
                .map(|body| serde_json::from_slice(body.expose()).unwrap());
            let (status, body) = self.answer(request.url.path(), &body.unwrap_or_default());
            future::yield_now().await;
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", "application/json".parse().unwrap());
            Ok(Reply {
                status: status.try_into().unwrap(),
                headers,
                body: SecretBytes::new(body.to_string().into_bytes()),
            })
        })
    }
}
