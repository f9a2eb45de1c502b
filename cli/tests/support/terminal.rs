//! A terminal that a test sits at: it types, waits for what is shown, and looks whether what is
//! typed would be seen.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize},
};

use super::{PATIENCE, Process};

pub(crate) struct Terminal {
    process: Process,
    keyboard: File,
    line: OwnedFd,
    shown: mpsc::Receiver<Vec<u8>>,
    /// All that was shown so far.
    pub(crate) screen: String,
    seen: usize,
}

impl Terminal {
    /// Starts a program at a terminal of its own, so many columns wide.
    pub(crate) fn start(command: &Command, columns: u16) -> Self {
        Self::start_with(command, columns, None)
    }

    /// The same with its standard output elsewhere.
    pub(crate) fn start_with(command: &Command, columns: u16, out: Option<File>) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let master = openpt(flags | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let line = ioctl_tiocgptpeer(&master, flags | OpenptFlags::CLOEXEC).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size).unwrap();
        // The terminal has to be its own: signals of keys go to whoever has it.
        let mut setsid = Command::new("setsid");
        setsid
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("TERM", command_term(command))
            .current_dir(command.get_current_dir().unwrap())
            .stdin(Stdio::from(line.try_clone().unwrap()))
            .stdout(match out {
                Some(file) => Stdio::from(file),
                None => Stdio::from(line.try_clone().unwrap()),
            })
            .stderr(Stdio::from(line.try_clone().unwrap()));
        let process = Process(setsid.spawn().unwrap());
        let keyboard = File::from(master);
        let mut screen = keyboard.try_clone().unwrap();
        let (tell, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                if tell.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            keyboard,
            line,
            shown,
            screen: String::new(),
            seen: 0,
        }
    }

    /// Waits until this is shown, after what was waited for before.
    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) {
        loop {
            if let Some(at) = self.screen[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            match self.shown.recv_timeout(PATIENCE) {
                Ok(bytes) => self.screen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("{text:?} is not shown: {}", self.screen),
            }
        }
    }

    /// The program's process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the terminal shows what is typed, or does not.
    pub(crate) fn wait_for_echo(&self, wanted: bool) {
        let begin = std::time::Instant::now();
        while self.shows_what_is_typed() != wanted {
            assert!(begin.elapsed() < PATIENCE, "the echo stays {}", !wanted);
            thread::yield_now();
        }
    }

    /// Whether what is typed is shown.
    pub(crate) fn shows_what_is_typed(&self) -> bool {
        let modes = tcgetattr(&self.line).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Waits for the end of the program; its exit code.
    pub(crate) fn wait(&mut self) -> i32 {
        self.process.wait().unwrap_or(-1)
    }

    /// All that was shown, at the end.
    pub(crate) fn all(self) -> String {
        let Self {
            line,
            shown,
            mut screen,
            ..
        } = self;
        // When nobody has the line any more, the reader ends.
        drop(line);
        for bytes in shown {
            screen.push_str(&String::from_utf8_lossy(&bytes));
        }
        screen
    }
}

fn command_term(command: &Command) -> &std::ffi::OsStr {
    let term = command.get_envs().find(|(name, _)| *name == "TERM");
    term.and_then(|(_, value)| value)
        .unwrap_or("xterm".as_ref())
}
