//! What a person is asked: the password, and whether to trust a certificate.

use std::io::{BufRead, IsTerminal, Write};

use quickaccess::{QuickAccess, Secret, trust::TrustFailure};

use crate::{
    args::{Common, SignInArgs},
    exit::Failure,
    show,
};

/// The user name: from the options, else asked for.
pub(crate) fn username(common: &Common) -> Result<String, Failure> {
    if let Some(name) = &common.username {
        return Ok(name.clone());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "Whose session? Give --username NAME.".to_owned(),
        ));
    }
    line("User name: ")
}

/// The password: asked for without echo, or the first line of standard input where that is no
/// terminal. It is never an argument, which others on the machine could read.
pub(crate) fn password(username: &str) -> Result<Secret, Failure> {
    if std::io::stdin().is_terminal() {
        let asked = rpassword::prompt_password(format!("Password for {username}: "));
        return asked.map(Secret::from).map_err(|error| unread(&error));
    }
    let mut text = String::with_capacity(256);
    std::io::stdin()
        .lock()
        .read_line(&mut text)
        .map_err(|error| unread(&error))?;
    while text.ends_with(['\n', '\r']) {
        text.pop();
    }
    if text.is_empty() {
        let text = "No password came on standard input. Its first line is taken as the password.";
        return Err(Failure::Usage(text.to_owned()));
    }
    Ok(Secret::from(text))
}

/// Shows an untrusted certificate; true when it was approved and the command may go on.
pub(crate) async fn approval(
    session: &QuickAccess,
    shown: &TrustFailure,
    sign_in: &SignInArgs,
) -> Result<bool, Failure> {
    let fingerprint = &shown.presented.sha256;
    let replaces = shown.previous.is_some();
    if let Some(wanted) = &sign_in.approve {
        let wanted: String = wanted.chars().filter(char::is_ascii_hexdigit).collect();
        if !wanted.eq_ignore_ascii_case(fingerprint) || replaces != sign_in.replace_certificate {
            return Ok(false);
        }
    } else {
        if !(std::io::stdin().is_terminal() && shown.can_be_approved()) {
            return Ok(false);
        }
        show::note(&shown.to_string());
        let (question, wanted) = if replaces {
            (
                "Type `replace` if your administrator has confirmed the new certificate: ",
                "replace",
            )
        } else {
            (
                "Type `trust` if the fingerprint is the one that your administrator gave you: ",
                "trust",
            )
        };
        if line(question)?.trim() != wanted {
            return Ok(false);
        }
    }
    if replaces {
        session.approve_changed_certificate(shown).await?;
    } else {
        session.approve_certificate(shown).await?;
    }
    Ok(true)
}

fn line(question: &str) -> Result<String, Failure> {
    eprint!("{question}");
    let mut text = String::new();
    let read = std::io::stderr()
        .flush()
        .and_then(|()| std::io::stdin().lock().read_line(&mut text));
    read.map_err(|error| unread(&error))?;
    Ok(text.trim().to_owned())
}

fn unread(error: &std::io::Error) -> Failure {
    Failure::Usage(format!("Nothing could be read from the terminal: {error}."))
}
