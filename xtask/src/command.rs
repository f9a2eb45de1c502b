//! Runs other programs: says what it runs, and makes of a failure a sentence that names the
//! command.

use std::{
    fmt,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Command, ExitStatus},
};

use crate::said::Said;

/// The outcome of a chore.
pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

/// Why a chore failed: a sentence, and below it what the program said, if that is known.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The sentence alone.
    pub(crate) fn sentence(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names the file or folder that something went wrong with.
pub(crate) fn fault(place: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::new(format!("{}: {error}", place.display()))
}

/// Runs to the end, with our own standard output and error.
pub(crate) fn run(command: &mut Command) -> Result {
    println!("$ {}", shown(command));
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    judge(command, status)
}

/// Runs to the end and shows each line of output and error, in their order, to `watch` as well. A
/// failure repeats what the program said of it.
pub(crate) fn run_watched(command: Command, watch: impl FnMut(&str)) -> Result {
    println!("$ {}", shown(&command));
    copy_output(command, &mut io::stdout(), watch)
}

/// Runs to the end and keeps output and error, in their order.
pub(crate) fn run_into(command: Command, output: &mut Vec<u8>) -> Result {
    copy_output(command, output, |_| {})
}

fn copy_output(mut command: Command, to: &mut impl Write, mut watch: impl FnMut(&str)) -> Result {
    let (reader, writer) = io::pipe().map_err(|error| cannot_start(&command, &error))?;
    let second = writer
        .try_clone()
        .map_err(|error| cannot_start(&command, &error))?;
    command.stdout(writer).stderr(second);
    let mut child = command
        .spawn()
        .map_err(|error| cannot_start(&command, &error))?;
    // Our own ends of the pipe have to go, or it never ends.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());

    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    let mut said = Said::default();
    loop {
        line.clear();
        match lines.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return Err(Failure::new(format!("reading the output: {error}"))),
        }
        // Somebody who closed our output does not end the tests.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        said.line(line);
        watch(line);
    }
    let status = child
        .wait()
        .map_err(|error| cannot_start(&command, &error))?;
    judge(&command, status)
        .map_err(|Failure(sentence)| Failure(format!("{sentence}\n{}", said.gist())))
}

/// Runs in silence and tells whether it went well; a program that is missing did not.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The command as one would type it, on one line: a script among its arguments is left out.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut text = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        text.push(' ');
        if argument.contains('\n') {
            text.push_str("'...'");
            continue;
        }
        if argument.is_empty() || argument.contains([' ', '*', '"', '\'']) {
            text.push_str(&format!("'{argument}'"));
        } else {
            text.push_str(&argument);
        }
    }
    text
}

fn judge(command: &Command, status: ExitStatus) -> Result {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` failed ({status})",
        shown(command)
    )))
}

fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be run: {error}", shown(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["bench", "--bench", "*", ""]);
        assert_eq!(shown(&command), "cargo bench --bench '*' ''");
        let mut script = Command::new("sh");
        script.args(["-c", "set -e\ntrue", "sh"]);
        assert_eq!(shown(&script), "sh -c '...' sh");
    }

    #[test]
    fn a_failure_names_the_command_that_failed() {
        let missing = run(&mut Command::new("no-such-program-of-ours")).unwrap_err();
        assert!(
            missing
                .to_string()
                .starts_with("`no-such-program-of-ours` cannot be run")
        );

        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.arg("--no-such-option");
        let mut lines = Vec::new();
        let mut copy = Vec::new();
        let outcome = copy_output(command, &mut copy, |line| lines.push(line.to_owned()));
        let failed = outcome.unwrap_err();
        assert!(
            failed.sentence().contains("--no-such-option` failed"),
            "{failed}"
        );
        assert!(
            failed.to_string().contains("\nerror: unexpected argument"),
            "{failed}"
        );
        assert!(
            lines.iter().any(|line| line.contains("no-such-option")),
            "{lines:?}"
        );
    }
}
