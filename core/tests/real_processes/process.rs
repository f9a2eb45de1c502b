//! A process of the app, from outside: commands, answers and signals.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::app::{ANSWER, FOLDER, HELD};

/// Whoever takes longer has hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    child: Mutex<Child>,
    pid: Pid,
    input: Mutex<ChildStdin>,
    asked: AtomicU64,
    answers: Arc<Answers>,
}

#[derive(Default)]
struct Answers {
    known: Mutex<HashMap<u64, String>>,
    came: Condvar,
}

/// A command that was given.
pub(crate) struct Asked {
    number: u64,
    command: String,
    answers: Arc<Answers>,
}

impl Process {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "as_another_process", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = Arc::<Answers>::default();
        let output = BufReader::new(child.stdout.take().unwrap());
        let heard = answers.clone();
        thread::spawn(move || {
            for line in output.lines() {
                let Ok(line) = line else { return };
                let Some(answer) = line.strip_prefix(ANSWER) else {
                    continue;
                };
                let (number, text) = answer.split_once(' ').unwrap();
                let mut known = heard.known.lock().unwrap();
                known.insert(number.parse().unwrap(), text.to_owned());
                heard.came.notify_all();
            }
        });
        Self {
            pid: Pid::from_child(&child),
            input: Mutex::new(child.stdin.take().unwrap()),
            child: Mutex::new(child),
            asked: AtomicU64::new(0),
            answers,
        }
    }

    /// Gives a command.
    pub(crate) fn begin(&self, command: &str) -> Asked {
        let number = self.asked.fetch_add(1, SeqCst);
        writeln!(self.input.lock().unwrap(), "{number} {command}").unwrap();
        Asked {
            number,
            command: command.to_owned(),
            answers: self.answers.clone(),
        }
    }

    /// Gives a command whose answer is waited for.
    pub(crate) fn ask(&self, command: &str) -> Asked {
        let asked = self.begin(command);
        asked.text();
        asked
    }

    /// Gives a command again and again until its answer holds this.
    pub(crate) fn until(&self, command: &str, wanted: &str) {
        let start = Instant::now();
        loop {
            let told = self.ask(command).text();
            if told.contains(wanted) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{command}: {told}, not {wanted}"
            );
        }
    }

    /// Waits until a save of it is held.
    pub(crate) fn is_held(&self) {
        let held = Asked {
            number: HELD,
            command: "a save".to_owned(),
            answers: self.answers.clone(),
        };
        held.is("held");
    }

    pub(crate) fn stop(&self) {
        kill_process(self.pid, Signal::STOP).unwrap();
        let status = waitpid(Some(self.pid), WaitOptions::UNTRACED).unwrap();
        let (_, status) = status.expect("it was waited for");
        assert!(status.stopped(), "{status:?}");
    }

    pub(crate) fn go_on(&self) {
        kill_process(self.pid, Signal::CONT).unwrap();
    }

    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Asked {
    /// Its answer.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        let known = self.answers.known.lock().unwrap();
        let missing = |known: &mut HashMap<u64, String>| !known.contains_key(&self.number);
        let (known, waited) = self
            .answers
            .came
            .wait_timeout_while(known, PATIENCE, missing)
            .unwrap();
        assert!(!waited.timed_out(), "{} has no answer", self.command);
        known[&self.number].clone()
    }

    #[track_caller]
    pub(crate) fn is(&self, wanted: &str) {
        assert_eq!(self.text(), wanted, "{}", self.command);
    }

    #[track_caller]
    pub(crate) fn says(&self, wanted: &str) {
        let told = self.text();
        assert!(told.contains(wanted), "{}: {told}", self.command);
    }
}
