//! Runs the program under `ptrace` and ends it with SIGKILL at exactly its n-th step: a call of the
//! kernel by which it reads or changes a store, a file of its data folder, or the network. Steps are
//! counted for the whole program, whichever thread takes them; the step at which it ends does not
//! happen any more.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File},
    io::{Read, Write},
    os::unix::{ffi::OsStringExt, fs::FileExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::{self, JoinHandle},
};

use nix::{
    libc,
    sys::{
        ptrace::{self, Options},
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// What a step is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The kernel's keyring, or the bus to the Secret Service.
    Store,
    /// A file of the data folder.
    File,
    /// The connection to the server.
    Network,
}

/// How a run ended.
pub(crate) enum Fate {
    /// At this step.
    Killed(String),
    /// By itself, before it came to that step.
    Ended(super::Ended),
}

/// Runs a program and ends it at its `last` step of these kinds, counted from 1.
pub(crate) fn run_until(
    command: &Command,
    input: &str,
    data: &Path,
    kinds: &[Kind],
    last: usize,
) -> Fate {
    // A shell waits until it is watched, and becomes the program then.
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "read -r go; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        shell.envs(value.map(|value| (name, value)));
    }
    let mut child = shell.spawn().unwrap();
    let program = Pid::from_raw(child.id() as i32);
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(program, options).unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = format!("go\n{input}");
    let typed = thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let out = read_all(child.stdout.take().unwrap());
    let err = read_all(child.stderr.take().unwrap());

    let mut watch = Watch {
        program,
        data,
        kinds,
        seen: 0,
        last,
        killed: None,
    };
    let code = watch.follow();
    let killed = watch.killed;
    // Whoever traces a program has waited for it already.
    let _ = child.wait();
    typed.join().unwrap();
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    match killed {
        Some(step) => Fate::Killed(step),
        None => Fate::Ended(super::Ended { code, out, err }),
    }
}

fn read_all(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

struct Watch<'a> {
    program: Pid,
    data: &'a Path,
    kinds: &'a [Kind],
    seen: usize,
    last: usize,
    killed: Option<String>,
}

impl Watch<'_> {
    /// Lets it go on from stop to stop; gives its exit code.
    fn follow(&mut self) -> i32 {
        let mut tracing = false;
        // Threads of this test program trace programs of their own.
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        loop {
            let (thread, deliver) = match waitpid(Pid::from_raw(-1), Some(flags)).unwrap() {
                WaitStatus::Exited(thread, code) if thread == self.program => return code,
                WaitStatus::Signaled(thread, ..) if thread == self.program => return -1,
                WaitStatus::PtraceSyscall(thread) => {
                    self.step(thread);
                    (thread, None)
                }
                WaitStatus::PtraceEvent(thread, _, event) => {
                    tracing |= event == libc::PTRACE_EVENT_EXEC;
                    (thread, None)
                }
                WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
                _ => continue,
            };
            // A thread that was killed meanwhile cannot go on, which is no matter.
            let _ = match tracing {
                true => ptrace::syscall(thread, deliver),
                false => ptrace::cont(thread, deliver),
            };
        }
    }

    fn step(&mut self, thread: Pid) {
        if self.killed.is_some() {
            return;
        }
        let entering = ptrace::syscall_info(thread)
            .is_ok_and(|info| info.op == libc::PTRACE_SYSCALL_INFO_ENTRY);
        if !entering {
            return;
        }
        let Ok(call) = Call::read(self.program, thread) else {
            return;
        };
        let Some((kind, name)) = call.step(self.data) else {
            return;
        };
        if self.kinds.contains(&kind) {
            self.seen += 1;
            if self.seen == self.last {
                self.killed = Some(name);
                kill(self.program, Signal::SIGKILL).unwrap();
            }
        }
    }
}

/// A call of the kernel that is about to happen.
struct Call {
    program: Pid,
    number: i64,
    arguments: [u64; 4],
}

impl Call {
    fn read(program: Pid, thread: Pid) -> nix::Result<Self> {
        let registers = ptrace::getregs(thread)?;
        Ok(Self {
            program,
            number: registers.orig_rax as i64,
            arguments: [registers.rdi, registers.rsi, registers.rdx, registers.r10],
        })
    }

    /// What it is a step of, with a name for people.
    fn step(&self, data: &Path) -> Option<(Kind, String)> {
        let [first, second, _, fourth] = self.arguments;
        let in_data = |path: PathBuf| {
            let file = path.strip_prefix(data).ok()?;
            Some(file.display().to_string())
        };
        let file = |call: &str, path: Option<PathBuf>| {
            Some((Kind::File, format!("{call} {}", in_data(path?)?)))
        };
        match self.number {
            libc::SYS_add_key => Some((Kind::Store, "add_key".to_owned())),
            libc::SYS_keyctl => Some((Kind::Store, format!("keyctl {}", operation(first)))),
            libc::SYS_sendmsg => Some((Kind::Store, "sendmsg to the bus".to_owned())),
            libc::SYS_connect => match self.family(second)? {
                libc::AF_INET | libc::AF_INET6 => Some((Kind::Network, "connect".to_owned())),
                libc::AF_UNIX => Some((Kind::Store, "connect to the bus".to_owned())),
                _ => None,
            },
            libc::SYS_openat => file("open", self.text(second)),
            libc::SYS_mkdir => file("mkdir", self.text(first)),
            libc::SYS_unlink => file("unlink", self.text(first)),
            libc::SYS_unlinkat => file("unlink", self.text(second)),
            libc::SYS_rename => file("rename to", self.text(second)),
            libc::SYS_renameat | libc::SYS_renameat2 => file("rename to", self.text(fourth)),
            libc::SYS_fsync => file("fsync", self.descriptor(first)),
            libc::SYS_fdatasync => file("fdatasync", self.descriptor(first)),
            libc::SYS_ftruncate => file("truncate", self.descriptor(first)),
            libc::SYS_flock if second != libc::LOCK_UN as u64 => {
                file("flock", self.descriptor(first))
            }
            libc::SYS_write | libc::SYS_writev | libc::SYS_sendto => {
                let to = self.descriptor(first)?;
                match to.starts_with(data) {
                    true => file("write", Some(to)),
                    false => self.on_network("send", &to),
                }
            }
            libc::SYS_recvfrom => self.on_network("receive", &self.descriptor(first)?),
            _ => None,
        }
    }

    fn on_network(&self, call: &str, descriptor: &Path) -> Option<(Kind, String)> {
        let socket = descriptor.to_string_lossy().starts_with("socket:");
        socket.then(|| (Kind::Network, call.to_owned()))
    }

    /// What a descriptor stands for.
    fn descriptor(&self, number: u64) -> Option<PathBuf> {
        fs::read_link(format!("/proc/{}/fd/{number}", self.program)).ok()
    }

    /// The family of an address.
    fn family(&self, address: u64) -> Option<i32> {
        let mut family = [0; 2];
        self.memory()?.read_exact_at(&mut family, address).ok()?;
        Some(i32::from(u16::from_ne_bytes(family)))
    }

    /// A path in the program's memory.
    fn text(&self, address: u64) -> Option<PathBuf> {
        let mut bytes = vec![0; 4096];
        let read = self.memory()?.read_at(&mut bytes, address).ok()?;
        let end = bytes[..read].iter().position(|&byte| byte == 0)?;
        bytes.truncate(end);
        Some(OsString::from_vec(bytes).into())
    }

    fn memory(&self) -> Option<File> {
        File::open(format!("/proc/{}/mem", self.program)).ok()
    }
}

fn operation(number: u64) -> String {
    let known = BTreeMap::from([
        (u64::from(libc::KEYCTL_LINK), "link"),
        (u64::from(libc::KEYCTL_SEARCH), "search"),
        (u64::from(libc::KEYCTL_READ), "read"),
        (u64::from(libc::KEYCTL_INVALIDATE), "invalidate"),
        (u64::from(libc::KEYCTL_GET_PERSISTENT), "get_persistent"),
    ]);
    known
        .get(&number)
        .map_or_else(|| number.to_string(), |&name| name.to_owned())
}
