//! The app: a process that keeps its session in files, takes commands on its standard input, one a
//! line, and answers each on its standard output. Its clocks are the device's, moved by what a file
//! says, and its timers run faster.

use std::{
    fs,
    io::{BufRead, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use quickaccess::{
    Action, BoxFuture, Environment, Error, Now, PlatformEvent, QuickAccess, RefreshState,
    SecretBytes, SessionState, SystemEnvironment, Timeouts, Trust,
    store::{Persistence, Processes, StoreClaims, StoreError, TokenStore},
};

/// So many times faster than on a device.
const HURRY: u32 = 20;
/// For a call of the store; in a hurry it is ten seconds, as on a device.
pub(crate) const STORE_LIMIT: Duration = Duration::from_secs(10 * HURRY as u64);
/// Names the device's folder, and says that this is another process.
pub(crate) const FOLDER: &str = "QUICKACCESS_TEST_DEVICE";
/// Before each answer, since the test program prints other lines, too.
pub(crate) const ANSWER: &str = "= ";

/// Told in place of a number when a save is held.
pub(crate) const HELD: u64 = u64::MAX;

/// Files of the device.
pub(crate) const CLOCK: &str = "clock";
pub(crate) const SERVER: &str = "server.json";
pub(crate) const ONE_PROCESS: &str = "one-process";
pub(crate) const HOLD_SAVE: &str = "hold-save";
pub(crate) const STORE: &str = "store";
pub(crate) const DATA: &str = "data";

pub(crate) fn run_when_asked() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(serve(folder));
    std::process::exit(0);
}

async fn serve(folder: PathBuf) {
    let session = open(&folder);
    let (lines, mut commands) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let input = std::io::stdin().lock().lines();
        input.for_each(|line| drop(lines.send(line.unwrap())));
    });
    while let Some(line) = commands.recv().await {
        let session = session.clone();
        tokio::spawn(async move {
            let (number, command) = line.split_once(' ').unwrap();
            let told = match session {
                Ok(session) => answer(&session, command).await,
                Err(error) => format!("no handle {} {error}", error.code()),
            };
            writeln!(std::io::stdout().lock(), "\n{ANSWER}{number} {told}").unwrap();
        });
    }
}

fn open(folder: &Path) -> Result<QuickAccess, Error> {
    let server: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join(SERVER)).unwrap()).unwrap();
    let mut timeouts = Timeouts::default();
    timeouts.store = STORE_LIMIT;
    QuickAccess::builder(server["https"].as_str().unwrap(), "QuickAccess")
        .trust(Trust::with_roots_pem(server["ca_pem"].as_str().unwrap()))
        .store(Files(folder.to_owned()))
        .timeouts(timeouts)
        .data_dir(folder.join(DATA))
        .environment(Clocks {
            device: SystemEnvironment::current().unwrap(),
            moved: folder.join(CLOCK),
        })
        .build()
}

async fn answer(session: &QuickAccess, command: &str) -> String {
    match command {
        "sign-in" => match session.sign_in("qa", "abc123").await {
            Ok(()) => "signed in".to_owned(),
            Err(error) => failed(&error),
        },
        "sign-out" => match session.sign_out().await {
            Ok(report) => format!("signed out, erased: {}", report.erased),
            Err(error) => failed(&error),
        },
        "token" => match session.access_token().await {
            Ok(token) => format!("token {}", token.generation()),
            Err(error) => failed(&error),
        },
        "whoami" => match session.whoami().await {
            Ok(me) => format!("me {}", me.name().unwrap_or_default()),
            Err(error) => failed(&error),
        },
        "state" => {
            session.notify(PlatformEvent::Foreground);
            state(&session.state())
        }
        other => panic!("no such command: {other}"),
    }
}

fn failed(error: &Error) -> String {
    match error.action() {
        Action::Retry {
            after: Some(after), ..
        } => format!("error {} after {} ms", error.code(), after.as_millis()),
        _ => format!("error {}", error.code()),
    }
}

fn state(state: &SessionState) -> String {
    let Some(signed_in) = state.signed_in() else {
        return format!("{state:?}");
    };
    let refresh = match &signed_in.refresh {
        RefreshState::Elsewhere => "elsewhere".to_owned(),
        RefreshState::Ready => "ready".to_owned(),
        other => format!("{other:?}"),
    };
    let saved = if signed_in.saved { "saved" } else { "unsaved" };
    format!("signed_in {} {refresh} {saved}", signed_in.generation)
}

/// The device's clocks, moved.
struct Clocks {
    device: SystemEnvironment,
    moved: PathBuf,
}

impl std::fmt::Debug for Clocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clocks").finish_non_exhaustive()
    }
}

impl Environment for Clocks {
    fn now(&self) -> Now {
        let by: u64 = fs::read_to_string(&self.moved).unwrap().parse().unwrap();
        let now = self.device.now();
        Now {
            boot: now.boot + by,
            wall: now.wall + by,
            ..now
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        self.device.random(bytes);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.device.sleep(time / HURRY)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.device.spawn(task);
    }

    fn spawn_blocking(&self, call: Box<dyn FnOnce() + Send>) {
        self.device.spawn_blocking(call);
    }
}

/// A store that an app might bring: load, save and delete, and no more.
#[derive(Debug)]
struct Files(PathBuf);

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(STORE).join(name)
    }
}

fn unavailable(_: std::io::Error) -> StoreError {
    StoreError::Unavailable
}

impl TokenStore for Files {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(SecretBytes::new(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StoreError::NotFound),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        let held = self.0.join("held-by-one");
        if fs::rename(self.0.join(HOLD_SAVE), &held).is_ok() {
            writeln!(std::io::stdout().lock(), "\n{ANSWER}{HELD} held").unwrap();
            // Until the test lets go of its lock.
            fs::File::open(held).unwrap().lock().unwrap();
        }
        let new = self.path(&format!("{name}.{}", std::process::id()));
        fs::write(&new, bytes.expose()).map_err(unavailable)?;
        fs::rename(&new, self.path(name)).map_err(unavailable)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.path(name)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn claims(&self) -> StoreClaims {
        let processes = if self.0.join(ONE_PROCESS).exists() {
            Processes::One
        } else {
            Processes::Many
        };
        StoreClaims::new(Persistence::Device, processes, None)
    }
}
