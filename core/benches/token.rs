//! What a request pays for its token: `cargo xtask bench token`.

use divan::{AllocProfiler, Bencher, black_box};
use quickaccess::{MemoryStore, QuickAccess};
use quickaccess_simulator::{ServeOptions, Simulator};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

struct Ready {
    session: QuickAccess,
    runtime: tokio::runtime::Runtime,
    _running: quickaccess_simulator::Running,
}

fn ready() -> Ready {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    let (session, running) = runtime.block_on(async {
        let server = Simulator::default_scenario();
        let running = server
            .serve(ServeOptions::default())
            .await
            .expect("loopback can be used");
        let session = QuickAccess::builder(running.http_url(), "QuickAccess")
            .store(MemoryStore::new())
            .build()
            .expect("the settings are right");
        session
            .sign_in("qa", "abc123")
            .await
            .expect("the simulator knows qa");
        (session, running)
    });
    Ready {
        session,
        runtime,
        _running: running,
    }
}

/// The token in memory, read without a runtime.
#[divan::bench]
fn cached(bencher: Bencher<'_, '_>) {
    let ready = ready();
    bencher.bench_local(|| black_box(ready.session.cached_token()));
}

/// The same through the async call.
#[divan::bench]
fn access_token(bencher: Bencher<'_, '_>) {
    let ready = ready();
    bencher.bench_local(|| {
        ready
            .runtime
            .block_on(async { black_box(ready.session.access_token().await.is_ok()) })
    });
}

/// The same from two threads at once: without a lock nobody waits for the other.
#[divan::bench(threads = 2)]
fn cached_by_two_threads(bencher: Bencher<'_, '_>) {
    let ready = ready();
    bencher.bench(|| black_box(ready.session.cached_token()));
}

/// Two readings of the system's clocks, which are part of each figure above.
#[divan::bench]
fn clocks_alone(bencher: Bencher<'_, '_>) {
    use quickaccess::{Environment, SystemEnvironment};
    let ready = ready();
    let environment = SystemEnvironment::with_runtime(ready.runtime.handle().clone());
    bencher.bench_local(|| black_box(environment.now()));
}

/// For comparison: what a token behind a lock costs when nobody else wants it.
#[divan::bench]
fn mutex_and_a_copy_of_the_text(bencher: Bencher<'_, '_>) {
    let token = std::sync::Mutex::new("0123456789abcdef0123456789abcdef01234567".to_owned());
    bencher.bench_local(|| token.lock().map(|token| black_box(token.clone())).is_ok());
}

/// The same when two threads want it at once.
#[divan::bench(threads = 2)]
fn mutex_by_two_threads(bencher: Bencher<'_, '_>) {
    let token = std::sync::Mutex::new("0123456789abcdef0123456789abcdef01234567".to_owned());
    bencher.bench(|| token.lock().map(|token| black_box(token.clone())).is_ok());
}

/// For comparison: one reading of the standard library's clock.
#[divan::bench]
fn instant_now(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| black_box(std::time::Instant::now()));
}
