//! What the tests of the command line share: a simulator with TLS in this process, a home that
//! nobody else uses, and the real program.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

#[cfg(target_os = "linux")]
pub(crate) mod memory;
#[cfg(target_os = "linux")]
pub(crate) mod person;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use quickaccess_simulator::{
    CertificateSettings, Counters, Running, Scenario, ServeOptions, Simulator,
};
#[cfg(unix)]
pub(crate) use rustix::process::Signal;
#[cfg(unix)]
use rustix::process::{Pid, WaitOptions, kill_process, waitpid};
use serde_json::Value;

/// Whoever takes longer has hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A simulator that listens, with threads of its own.
pub(crate) struct Server {
    pub(crate) simulator: Simulator,
    pub(crate) running: Running,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(Scenario::default(), CertificateSettings::default())
    }

    pub(crate) fn showing(certificate: CertificateSettings) -> Self {
        Self::with(Scenario::default(), certificate)
    }

    pub(crate) fn with(scenario: Scenario, certificate: CertificateSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulator = Simulator::new(scenario);
        let mut options = ServeOptions::default();
        options.certificate = certificate;
        let running = runtime.block_on(simulator.serve(options)).unwrap();
        Self {
            simulator,
            running,
            runtime,
        }
    }

    pub(crate) fn address(&self) -> String {
        self.running.https_url()
    }

    /// Waits until this is so; it is looked at after every change.
    pub(crate) fn wait_for(&self, what: &str, so: impl Fn(&Counters) -> bool) {
        let waiting = self
            .simulator
            .wait_for(|simulator| so(&simulator.counters()));
        let waiting = async { tokio::time::timeout(PATIENCE, waiting).await };
        let came = self.runtime.block_on(waiting).is_ok();
        assert!(came, "{what} did not come: {:?}", self.simulator.counters());
    }

    /// Waits for whatever the simulator does.
    pub(crate) fn block_on<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let work = async { tokio::time::timeout(PATIENCE, work).await };
        let done = self.runtime.block_on(work);
        done.unwrap_or_else(|_| panic!("{what} did not come"))
    }
}

/// A home with the server's certificate authority in it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder for temporary files, which a command must leave empty.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// The program with nothing of this machine around it: no secret service, no settings.
    pub(crate) fn quickaccess(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quickaccess"));
        command
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.path())
            .env("TMPDIR", self.temporary())
            .env("TZ", "UTC")
            .env("XDG_RUNTIME_DIR", self.temporary())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .current_dir(self.path());
        command
    }

    /// The program for a server, which it trusts by its authority.
    pub(crate) fn at(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = self.quickaccess(arguments);
        let ca = self.path().join("ca.pem");
        std::fs::write(&ca, server.running.ca_pem()).unwrap();
        command
            .args(["--server", &server.address(), "--ca-file"])
            .arg(ca);
        command
    }

    /// The same for a command that keeps nothing, as `qa`.
    pub(crate) fn once(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = self.at(server, arguments);
        command.args(["--memory", "--username", "qa"]);
        command
    }
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Its exit code, with all that it said if it is another one.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{text} is missing: {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn notes(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text} is missing: {self:#?}");
        self
    }

    /// The one JSON value that it printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let value = serde_json::from_str(&self.out);
        value.unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A process that ends with the test at the latest.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits for its end; its exit code, none if a signal ended it.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let (id, child) = (self.0.id(), &mut self.0);
        let (tell, told) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| tell.send(child.wait()));
            told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                #[cfg(unix)]
                kill(id, Signal::KILL);
                panic!("process {id} hangs")
            })
        })
        .unwrap()
        .code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended needs neither.
        let _ = self.0.kill().and_then(|()| self.0.wait().map(drop));
    }
}

/// A program that runs.
pub(crate) struct Run {
    pub(crate) process: Process,
    texts: mpsc::Receiver<(bool, String)>,
}

/// Starts it with this on its standard input.
pub(crate) fn start(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that does not read it has closed the pipe, which is no matter of this test.
    thread::spawn(move || stdin.write_all(&input));
    let (tell, texts) = mpsc::channel();
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |mut stream: Box<dyn Read + Send>, is_out: bool| {
        let tell = tell.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            tell.send((is_out, String::from_utf8_lossy(&bytes).into_owned()))
        });
    };
    read(Box::new(out), true);
    read(Box::new(err), false);
    let process = Process(child);
    Run { process, texts }
}

impl Run {
    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let (mut out, mut err) = (String::new(), String::new());
        for _ in 0..2 {
            match self.texts.recv_timeout(PATIENCE).expect("it hangs") {
                (true, text) => out = text,
                (false, text) => err = text,
            }
        }
        let code = self.process.wait().unwrap_or(-1);
        Ended { code, out, err }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.process.id(), signal);
    }

    /// Stops it, and waits until all of its threads stand still: the signal alone only asks for it.
    #[cfg(unix)]
    pub(crate) fn stop(&self) {
        self.signal(Signal::STOP);
        let status = waitpid(pid(self.process.id()), WaitOptions::UNTRACED).unwrap();
        let (_, status) = status.expect("it was waited for");
        assert!(status.stopped(), "{status:?}");
    }
}

/// Sends a signal to a process of ours.
#[cfg(unix)]
pub(crate) fn kill(process: u32, signal: Signal) {
    kill_process(pid(process).unwrap(), signal).unwrap();
}

#[cfg(unix)]
fn pid(process: u32) -> Option<Pid> {
    i32::try_from(process).ok().and_then(Pid::from_raw)
}

/// Runs it to its end with this on its standard input.
pub(crate) fn run(command: Command, input: &str) -> Ended {
    start(command, input.as_bytes()).end()
}

/// A request over plain HTTP as another program would make it; the status and the body.
pub(crate) fn get(address: &str, path: &str, token: &str) -> (u16, String) {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
    let body = reply.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

/// What is left in a folder, by name.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
