//! What a person is asked: the user name, the password, and whether to trust a certificate. A
//! question waits on a thread of its own, so that it can be given up.

use std::{
    fs::File,
    io::{self, BufRead, IsTerminal, Read},
    time::Duration,
};

use quickaccess::{Error, QuickAccess, Secret, trust::TrustFailure};

use crate::{args::Common, certificate, exit::Failure, show, terminal::AsBefore};

/// No password is longer, in bytes; what is longer is a file by mistake.
const LONGEST_PASSWORD: usize = 4096;

/// The user name: from the options, else asked for.
pub(crate) async fn username(common: &Common) -> Result<String, Failure> {
    match &common.username {
        Some(name) => Ok(name.clone()),
        None if is_terminal() => line("User name: ").await,
        None => Err(Failure::usage("Whose session? Give --username NAME.")),
    }
}

/// Whether a person can be asked.
pub(crate) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Whether somebody sees what is written beside the result as it comes.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// The password: asked for without echo, or the first line of standard input where that is no
/// terminal. It is never an argument, which others on the machine could read.
pub(crate) async fn password(username: &str) -> Result<Secret, Failure> {
    if !is_terminal() {
        return apart(first_line).await;
    }
    let question = format!("Password for {}: ", show::clean(username));
    let mut open = OpenLine(true);
    let _terminal = AsBefore::now();
    let asked = apart(move || Ok(rpassword::prompt_password(question))).await?;
    let interrupted = |error: &io::Error| error.kind() == io::ErrorKind::Interrupted;
    open.0 = asked.as_ref().is_err_and(|error| !interrupted(error));
    match asked {
        Ok(password) => Ok(Secret::from(password)),
        Err(error) if interrupted(&error) => {
            // Ctrl-C is a signal, too, which ends this wait.
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(Failure::cancelled())
        }
        Err(error) => Err(unread(&error)),
    }
}

/// Read byte by byte, so that no buffer of the standard library keeps a copy.
fn first_line() -> Result<Secret, Failure> {
    let mut input = standard_input().map_err(|error| unread(&error))?;
    let mut text = Vec::with_capacity(LONGEST_PASSWORD + 1);
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) if text.len() == LONGEST_PASSWORD => {
                return Err(Failure::usage(format!(
                    "The first line of standard input is longer than {LONGEST_PASSWORD} bytes, \
                     which is no password."
                )));
            }
            Ok(_) => text.extend(byte),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unread(&error)),
        }
    }
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    if text.is_empty() {
        return Err(Failure::usage(
            "No password came on standard input, whose first line is taken as the password.",
        ));
    }
    String::from_utf8(text).map(Secret::from).map_err(|_| {
        Failure::usage("The password on standard input is not in UTF-8, which the server expects.")
    })
}

#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

/// Asks whether a certificate that is not trusted is to be trusted.
///
/// # Errors
/// The same error where it is not, with what can be typed next.
pub(crate) async fn approval(
    session: &QuickAccess,
    error: Error,
    common: &Common,
) -> Result<(), Failure> {
    let Some(shown) = error.certificate() else {
        return Err(error.into());
    };
    let changed = shown.is_change();
    let asking = common.approve.is_none() && is_terminal() && shown.can_be_approved();
    let (approved, next) = match &common.approve {
        Some(wanted) if !wanted.is(&shown.presented.sha256) => (false, Some(NOT_THE_SAME.into())),
        Some(_) => (
            common.replace_certificate || !changed,
            certificate::next(shown),
        ),
        None if asking => (approved_by_typing(shown).await?, None),
        None => (false, certificate::next(shown)),
    };
    if !approved || !shown.can_be_approved() {
        let mut failure = Failure::from(error);
        failure.next = next;
        failure.shown = asking;
        return Err(failure);
    }
    if changed {
        session.approve_changed_certificate(shown).await?;
    } else {
        session.approve_certificate(shown).await?;
    }
    Ok(())
}

const NOT_THE_SAME: &str = "This is not the fingerprint that --approve names. Ask your \
                            administrator before you approve it.";

async fn approved_by_typing(shown: &TrustFailure) -> Result<bool, Failure> {
    let (host, port) = (&shown.host, shown.port);
    show::note(&format!("The certificate of {host}:{port} is not trusted:"));
    show::untrusted(shown);
    let (advice, word) = if shown.is_change() {
        (
            "It replaces the one that was trusted here before, which is what an attack looks like, \
             too. If your administrator has confirmed the new fingerprint, type `replace`: ",
            "replace",
        )
    } else {
        (
            "If your administrator gives you the same SHA-256 fingerprint, type `trust`: ",
            "trust",
        )
    };
    Ok(line(advice).await? == word)
}

async fn line(question: &str) -> Result<String, Failure> {
    show::question(question);
    let mut open = OpenLine(true);
    let read = apart(|| {
        let mut text = String::new();
        let length = io::stdin().lock().read_line(&mut text);
        length.map_err(|error| unread(&error))?;
        Ok(text)
    });
    let text = read.await?;
    open.0 = !text.ends_with('\n');
    Ok(text.trim().to_owned())
}

/// A line with a question that nobody has answered yet; what is said next begins a new one.
struct OpenLine(bool);

impl Drop for OpenLine {
    fn drop(&mut self) {
        if self.0 {
            show::note("");
        }
    }
}

/// Does what blocks away from the async threads.
async fn apart<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(call).await;
    done.unwrap_or_else(|error| Err(Failure::machine(error.to_string())))
}

fn unread(error: &io::Error) -> Failure {
    Failure::usage(match error.kind() {
        io::ErrorKind::UnexpectedEof => "No password was typed.".to_owned(),
        io::ErrorKind::InvalidData => "What was typed is not in UTF-8.".to_owned(),
        _ => format!("Nothing could be read: {error}."),
    })
}
