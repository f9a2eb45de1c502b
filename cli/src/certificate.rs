//! How a certificate that is not trusted is shown: everything that is wrong with it, whom it says
//! it is for, and the fingerprint to compare.

use quickaccess::trust::{Certificate, TrustFailure};
use serde_json::{Value, json};

use crate::show;

/// The heading and the rows under it, for people.
pub(crate) fn rows(shown: &TrustFailure) -> Vec<(&'static str, String)> {
    let mut rows: Vec<(&'static str, String)> = Vec::new();
    for (index, problem) in shown.problems.iter().enumerate() {
        let heading = if index == 0 { "Wrong with it" } else { "" };
        rows.push((heading, problem.meaning().to_owned()));
    }
    rows.extend(describe(&shown.presented));
    if let Some(previous) = &shown.previous {
        rows.push(("", String::new()));
        rows.push(("Trusted before", String::new()));
        rows.extend(describe(previous));
    }
    rows
}

fn describe(certificate: &Certificate) -> Vec<(&'static str, String)> {
    let or_none = |text: &str| match text {
        "" => "(none)".to_owned(),
        text => show::clean(text),
    };
    vec![
        ("Subject", or_none(&certificate.subject)),
        ("Names", or_none(&certificate.names.join(", "))),
        ("Issuer", or_none(&certificate.issuer)),
        ("Valid", certificate.validity()),
        ("SHA-256", certificate.fingerprint()),
    ]
}

/// For scripts.
pub(crate) fn json(shown: &TrustFailure) -> Value {
    let describe = |certificate: &Certificate| {
        json!({
            "sha256": certificate.sha256,
            "subject": certificate.subject,
            "names": certificate.names,
            "issuer": certificate.issuer,
            "not_before": show::timestamp(certificate.not_before),
            "not_after": show::timestamp(certificate.not_after),
            "pin": certificate.pin,
        })
    };
    json!({
        "host": shown.host,
        "port": shown.port,
        "problems": shown.problems.iter().map(|problem| problem.as_str()).collect::<Vec<_>>(),
        "can_be_approved": shown.can_be_approved(),
        "presented": describe(&shown.presented),
        "previous": shown.previous.as_ref().map(describe),
    })
}

/// What can be done about it without a terminal.
pub(crate) fn next(shown: &TrustFailure) -> Option<String> {
    let fingerprint = &shown.presented.sha256;
    if !shown.can_be_approved() {
        return None;
    }
    let (compare, replace) = if shown.is_change() {
        (
            "Ask your administrator whether the certificate was replaced. If the new SHA-256 is \
             the right one",
            " --replace-certificate",
        )
    } else {
        (
            "Compare the SHA-256 with the one that your administrator gives you. If it is the same",
            "",
        )
    };
    Some(format!(
        "{compare}, run this again with --approve {fingerprint}{replace}"
    ))
}
