//! Looks for a password in this process's memory (`/proc/self/mem`). The server runs in a process
//! of its own, since it must know the password, and the needle is kept masked, so that the search
//! does not find itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    process::{Child, Command, Stdio},
};

use quickaccess::{MemoryStore, QuickAccess, Secret, Trust};
use quickaccess_simulator::{LocalUser, Scenario, ServeOptions, Simulator};

const MASK: u8 = 0x5a;
/// `correct horse 7519`, masked.
const NEEDLE: [u8; 18] = [
    0x39, 0x35, 0x28, 0x28, 0x3f, 0x39, 0x2e, 0x7a, 0x32, 0x35, 0x28, 0x29, 0x3f, 0x7a, 0x6d, 0x6f,
    0x6b, 0x63,
];
const ROLE: &str = "QUICKACCESS_HEAP_SERVER";

fn password() -> String {
    NEEDLE.iter().map(|byte| char::from(byte ^ MASK)).collect()
}

/// The server's side: prints its address and waits until its input ends. Does nothing in an
/// ordinary run.
pub(crate) fn serve_when_asked() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut scenario = Scenario::default();
        let profile = scenario.operator_profiles[0].name.clone();
        scenario
            .local_users
            .push(LocalUser::new("heap", password(), profile));
        let running = Simulator::new(scenario)
            .serve(ServeOptions::default())
            .await
            .unwrap();
        println!("\nADDRESS {}", running.json());
        let wait = tokio::task::spawn_blocking(|| {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
        });
        wait.await.unwrap();
    });
}

/// How many copies of the password were found.
#[derive(Debug)]
pub(crate) struct Copies {
    /// While a plain string holds it, before the sign-in.
    pub(crate) typed: usize,
    /// After the sign-in, look by look until there is none.
    pub(crate) after: Vec<usize>,
}

/// Signs in over TLS and looks for the password afterwards. What a text field leaves behind is
/// there too: plain strings, dropped without being wiped. It is these that the plain allocator
/// keeps, since the library wipes its own.
pub(crate) fn copies_after_a_sign_in(server_test: &str, most_looks: usize) -> Copies {
    let mut server = start_server(server_test);
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| line.unwrap().strip_prefix("ADDRESS ").map(str::to_owned));
    let address: serde_json::Value = serde_json::from_str(&address.unwrap()).unwrap();
    let text = |name: &str| address[name].as_str().unwrap().to_owned();

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let found = runtime.block_on(async {
        let session = QuickAccess::builder(text("https"), "QuickAccess")
            .trust(Trust::with_roots_pem(text("ca_pem")))
            .store(MemoryStore::new())
            .build()
            .unwrap();
        session.probe().await.unwrap();
        // Of several sizes, and not at the start of a block, where freeing writes.
        let texts: Vec<_> = (1..16)
            .map(|n| format!("{}{}", " ".repeat(n * 50), password()))
            .collect();
        let typed = copies();
        session
            .sign_in("heap", Secret::new(password()))
            .await
            .unwrap();
        drop(texts);
        // The connection that carried the password is closed after the answer; its task may need
        // a few more turns, which calls on the other lane give it.
        let mut after = vec![copies()];
        while after.last() != Some(&0) && after.len() < most_looks {
            session.whoami().await.unwrap();
            after.push(copies());
        }
        Copies { typed, after }
    });
    drop(server.stdin.take());
    server.wait().unwrap();
    found
}

fn start_server(server_test: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", server_test, "--nocapture", "--test-threads=1"])
        .env(ROLE, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// How often the password stands in the writable memory of this process.
fn copies() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    let mut chunk = vec![0; 1 << 20];
    let own = chunk.as_ptr() as u64..chunk.as_ptr() as u64 + chunk.len() as u64;
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        if !rights.starts_with("rw") || line.ends_with("[vvar]") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let parse = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, end) = (parse(start), parse(end));
        while at < end {
            let want = (end - at).min(chunk.len() as u64) as usize;
            memory.seek(SeekFrom::Start(at)).unwrap();
            let Ok(()) = memory.read_exact(&mut chunk[..want]) else {
                break;
            };
            for (offset, window) in chunk[..want].windows(NEEDLE.len()).enumerate() {
                let here = at + offset as u64;
                let hit = window
                    .iter()
                    .zip(NEEDLE)
                    .all(|(byte, masked)| byte ^ MASK == masked);
                found += usize::from(hit && !own.contains(&here));
            }
            // Pieces overlap, so that nothing hides on an edge.
            at += (want as u64).saturating_sub(NEEDLE.len() as u64 - 1).max(1);
            if want < chunk.len() {
                break;
            }
        }
    }
    chunk.fill(0);
    found
}
