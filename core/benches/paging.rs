//! What it takes to read a long list row by row: `cargo xtask bench paging`. The reader has a
//! thread of its own, so that the allocations that are counted are the reader's alone.

use std::{fmt, sync::Arc};

use divan::{AllocProfiler, Bencher, black_box, counter::ItemsCount};
use quickaccess::{
    BoxFuture, ListQuery, MemoryStore, NetworkSession, QuickAccess, SecretBytes,
    transport::{Reply, Request, SendFailure, Transport},
};
use quickaccess_simulator::{RowKind, RowSettings, Running, Scenario, ServeOptions, Simulator};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const ROWS: [u32; 3] = [1_000, 10_000, 100_000];
const PAGE: u32 = 1_000;

fn main() {
    divan::main();
}

struct Ready {
    session: QuickAccess,
    reader: Runtime,
    _running: Option<Running>,
    _server: Runtime,
}

fn simulator(rows: u32) -> Simulator {
    let mut scenario = Scenario::default();
    scenario.rows = RowSettings::default()
        .generate(RowKind::Session, rows)
        .expect("so many rows can be made");
    Simulator::new(scenario)
}

fn runtimes() -> (Runtime, Runtime) {
    let mut server = Builder::new_multi_thread();
    let server = server.worker_threads(1).enable_all().build();
    let reader = Builder::new_current_thread().enable_all().build();
    let why = "threads can be started";
    (server.expect(why), reader.expect(why))
}

async fn signed_in(builder: quickaccess::Builder) -> QuickAccess {
    let session = builder
        .store(MemoryStore::new())
        .build()
        .expect("the settings are right");
    let signed_in = session.sign_in("api-admin", "abc123").await;
    signed_in.expect("the simulator knows api-admin");
    session
}

/// Reads all rows, and drops each before the next one.
async fn read(session: &QuickAccess) -> u32 {
    let query = ListQuery::new().limit(PAGE);
    let mut rows = session.network_sessions().list(query);
    let mut count = 0;
    while let Some(row) = rows.next().await {
        let row: NetworkSession = row.expect("every row can be read");
        black_box(row);
        count += 1;
    }
    count
}

fn measure(bencher: Bencher<'_, '_>, ready: &Ready, rows: u32) {
    bencher.counter(ItemsCount::new(rows)).bench_local(|| {
        let count = ready.reader.block_on(read(&ready.session));
        assert_eq!(count, rows);
    });
}

/// From the simulator over a socket of this machine; the simulator makes the rows meanwhile.
#[divan::bench(args = ROWS, sample_count = 5, sample_size = 1)]
fn over_a_socket(bencher: Bencher<'_, '_>, rows: u32) {
    let (server, reader) = runtimes();
    let running = server
        .block_on(simulator(rows).serve(ServeOptions::default()))
        .expect("loopback can be used");
    let builder = QuickAccess::builder(running.http_url(), "QuickAccess");
    let ready = Ready {
        session: reader.block_on(signed_in(builder)),
        reader,
        _running: Some(running),
        _server: server,
    };
    measure(bencher, &ready, rows);
}

/// The reader alone: the same pages, made beforehand.
#[divan::bench(args = ROWS, sample_count = 5, sample_size = 1)]
fn reader_alone(bencher: Bencher<'_, '_>, rows: u32) {
    let (server, reader) = runtimes();
    let canned = Canned::of(&simulator(rows), rows);
    let builder = QuickAccess::builder("https://clearpass.example", "QuickAccess");
    let ready = Ready {
        session: reader.block_on(signed_in(builder.transport(canned))),
        reader,
        _running: None,
        _server: server,
    };
    measure(bencher, &ready, rows);
}

/// A server whose pages are there already.
struct Canned {
    server: Simulator,
    pages: Arc<Vec<Vec<u8>>>,
}

impl Canned {
    fn of(server: &Simulator, rows: u32) -> Self {
        let page = |at: u32| {
            let offset = u64::from(at * PAGE);
            let found = server.find_rows(RowKind::Session, "{}", offset, u64::from(PAGE));
            let next = format!("/api/session?offset={}&limit={PAGE}", (at + 1) * PAGE);
            let links = match (at + 1) * PAGE < rows {
                true => serde_json::json!({ "next": { "href": next } }),
                false => serde_json::json!({}),
            };
            let items = found.expect("the filter is right").rows;
            let body = serde_json::json!({ "_links": links, "_embedded": { "items": items } });
            body.to_string().into_bytes()
        };
        Self {
            server: server.clone(),
            pages: Arc::new((0..rows / PAGE).map(page).collect()),
        }
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canned")
    }
}

impl Transport for Canned {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        Box::pin(async move {
            if request.url.path() == "/api/session" {
                let mut pairs = request.url.query_pairs();
                let offset = pairs.find(|(name, _)| name == "offset");
                let offset = offset.and_then(|(_, offset)| offset.parse().ok());
                let at = offset.unwrap_or(0_usize) / PAGE as usize;
                return Ok(Reply {
                    status: http::StatusCode::OK,
                    headers: http::HeaderMap::new(),
                    body: SecretBytes::new(self.pages[at].clone()),
                });
            }
            let mut call = http::Request::builder()
                .method(request.method)
                .uri(request.url.as_str())
                .header("accept", "application/json")
                .header("content-type", "application/json");
            if let Some(token) = &request.bearer {
                call = call.header("authorization", format!("Bearer {}", token.expose()));
            }
            let body = request.body.map_or(bytes::Bytes::new(), |body| {
                bytes::Bytes::copy_from_slice(body.expose())
            });
            let call = call.body(body).expect("it is a request");
            let reply = self.server.call(call).await.expect("nothing cuts it");
            let (parts, body) = reply.into_parts();
            Ok(Reply {
                status: parts.status,
                headers: parts.headers,
                body: SecretBytes::new(body.to_vec()),
            })
        })
    }
}
