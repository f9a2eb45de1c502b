//! `docs/errors.md` is made from the table of errors in the code. This test compares the two, and
//! writes the page instead when `QUICKACCESS_WRITE_PAGES` is set (`cargo xtask errors --write`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{env, fmt::Write, fs, path::Path};

use quickaccess::{ErrorRow, error_table};

const INTRODUCTION: &str = "\
# Errors

<!-- Made from the code by `cargo xtask errors --write`; do not edit. -->

Every error has two tiers. The **action** says what to *do* about it, and is what an app branches
on: there are few, and each asks for one thing of a screen or of the code. The **code** says *why*;
it is for the words that a person reads, for logs, and for those who mend things. Codes are stable
and the same in Rust, Kotlin and Swift; new ones may come, so treat a code that you do not know by
its action.
";

/// What each action asks of an app, in the order of the page.
const ACTIONS: &[(&str, &str)] = &[
    (
        "SignIn",
        "Show the sign-in screen. Nothing short of signing in helps.",
    ),
    (
        "SignIn on a sign-in, else FixSetup",
        "The server has a reason of its own, which the error quotes. During a sign-in it is most \
         likely about the person; at any other time it is about the set-up.",
    ),
    (
        "Retry",
        "Try again, not before `after` if that is given. When `may_have_acted` is set the server \
         may have carried the request out: look before repeating one that must not happen twice.",
    ),
    (
        "FixSetup",
        "Somebody has to change a setting: in the app, or on the server.",
    ),
    (
        "TrustServer",
        "The server could not prove who it is, and nothing secret was sent. Show the certificate \
         that the error carries, with all its problems, and let the person compare.",
    ),
    (
        "UnlockDevice",
        "Wait until the device is unlocked. Nothing is lost.",
    ),
    (
        "RepairStore",
        "The place where the session is kept needs mending; the person can sign in again.",
    ),
    (
        "NotPermitted",
        "The person may not do this. Do not offer it, and do not sign anybody out.",
    ),
    (
        "FixRequest",
        "The request itself is wrong; repeating it will not help.",
    ),
    ("Cancelled", "Nothing to do: somebody wanted it so."),
    ("ReportBug", "Tell the developers of this library."),
];

fn page(rows: &[ErrorRow]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for (action, advice) in ACTIONS {
        writeln!(page, "\n## {action}\n\n{advice}\n").unwrap();
        page.push_str("| Code | What happened | What helps |\n| --- | --- | --- |\n");
        for row in rows.iter().filter(|row| row.action == *action) {
            let (meaning, what_to_do) = (cell(row.meaning), cell(row.what_to_do));
            writeln!(page, "| `{}` | {meaning} | {what_to_do} |", row.code).unwrap();
        }
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn every_action_of_the_code_has_its_advice_and_no_other_has() {
    let rows = error_table();
    for row in &rows {
        assert!(
            ACTIONS.iter().any(|(action, _)| *action == row.action),
            "`{}` asks for {}, which this test does not describe",
            row.code,
            row.action
        );
    }
    for (action, _) in ACTIONS {
        assert!(
            rows.iter().any(|row| row.action == *action),
            "no error asks for {action}"
        );
    }
}

#[test]
fn the_page_says_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let expected = page(&error_table());
    if env::var_os("QUICKACCESS_WRITE_PAGES").is_some() {
        fs::write(&path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        found == expected,
        "docs/errors.md is out of date: `cargo xtask errors --write` mends it"
    );
}
