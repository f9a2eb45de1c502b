//! Steps that run beside others: each is a program of its own, one after the other, whose output is kept
//! until its turn comes. They are those that compute on one core for long, while the steps in the
//! meantime mostly wait.

use std::{
    collections::BTreeMap,
    env,
    process::Command,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use crate::{
    command::{self, Failure, Result},
    workspace::Workspace,
};

/// Steps that have begun, by their names.
#[derive(Default)]
pub(crate) struct Beside(BTreeMap<&'static str, Receiver<Done>>);

/// What became of one of them.
pub(crate) struct Done {
    pub(crate) output: Vec<u8>,
    pub(crate) outcome: Result,
    pub(crate) time: Duration,
}

impl Beside {
    /// Begins to run these steps, in this order.
    pub(crate) fn begin(workspace: &Workspace, names: &[&'static str]) -> Result<Self> {
        let program =
            env::current_exe().map_err(|error| Failure::new(format!("this program: {error}")))?;
        let mut begun = Self::default();
        let mut work = Vec::new();
        for &name in names {
            let (tell, told) = channel();
            let mut command = Command::new(&program);
            command.current_dir(workspace.root());
            command.args(["test", "--only", name]);
            work.push((command, tell));
            begun.0.insert(name, told);
        }
        thread::spawn(move || {
            for (command, tell) in work {
                let (start, mut output) = (Instant::now(), Vec::new());
                let outcome = command::run_into(command, &mut output);
                let time = start.elapsed();
                // If this fails, nobody wants to know any more.
                let _ = tell.send(Done {
                    output,
                    outcome,
                    time,
                });
            }
        });
        Ok(begun)
    }

    /// Waits for a step, if it has begun.
    pub(crate) fn take(&mut self, name: &str) -> Option<Done> {
        self.0.remove(name)?.recv().ok()
    }
}
