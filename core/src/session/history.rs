//! The history in words: what happened to the session and why, with no secret in it. It answers
//! "why was I signed out?".

use super::{
    effect::Happening,
    event::Failure,
    model::{Cause, ServerMode},
};
use crate::{environment::Millis, store::HistoryEntry};

/// The entry for something that happened.
pub(super) fn entry(happening: &Happening, wall: Millis) -> HistoryEntry {
    let (kind, code, text) = match happening {
        Happening::SignedIn => ("signed_in", None, "Signed in.".to_owned()),
        Happening::SignInFailed(failure) => (
            "sign_in_failed",
            Some(failure.code),
            told("The sign-in failed", failure),
        ),
        Happening::Refreshed(generation) => (
            "refreshed",
            None,
            format!("Extended the session (token pair {generation})."),
        ),
        Happening::RefreshFailed(failure) => (
            "refresh_failed",
            Some(failure.code),
            told(
                "The session could not be extended yet; it is tried again",
                failure,
            ),
        ),
        Happening::RefreshBlocked(failure) => (
            "refresh_blocked",
            Some(failure.code),
            told(
                "ClearPass refuses to extend the session; nothing is lost",
                failure,
            ),
        ),
        Happening::RefreshEnded(cause) => (
            "refresh_ended",
            Some(cause.code()),
            format!("The session can no longer be extended: {}", why(*cause)),
        ),
        Happening::SignedOut(cause) => (
            "signed_out",
            Some(cause.code()),
            format!("Signed out: {}", why(*cause)),
        ),
        Happening::NotSaved(failure) => (
            "not_saved",
            Some(failure.code),
            told(
                "The secret store did not take the session; it goes on from memory",
                failure,
            ),
        ),
        Happening::SavedAtLast => (
            "saved",
            None,
            "The secret store has taken the session now.".to_owned(),
        ),
        Happening::SentWithoutJournal(failure) => (
            "sent_unjournaled",
            Some(failure.code),
            told(
                "Extended the session although the secret store did not take a note of it",
                failure,
            ),
        ),
        Happening::Learned(mode) => ("learned", None, learned(*mode).to_owned()),
        Happening::TokenRejected => (
            "token_rejected",
            None,
            "ClearPass rejected the access token before its time.".to_owned(),
        ),
        Happening::NoApiAccess => (
            "no_api_access",
            Some(crate::error::Code::NoApiAccess),
            crate::error::Code::NoApiAccess.meaning().to_owned(),
        ),
        Happening::Adopted(generation) => (
            "adopted",
            None,
            format!(
                "Another process of this app had extended the session (token pair {generation})."
            ),
        ),
        Happening::TakenOver => (
            "taken_over",
            None,
            "An earlier try to extend the session has no known result. It is tried again."
                .to_owned(),
        ),
        Happening::SetAside(cause @ Cause::StoreLost) => (
            "store_lost",
            Some(cause.code()),
            cause.code().meaning().to_owned(),
        ),
        Happening::SetAside(cause) => (
            "set_aside",
            Some(cause.code()),
            cause.code().meaning().to_owned(),
        ),
        Happening::EraseOwed(failure) => (
            "erase_owed",
            Some(failure.code),
            told(
                "The secret store does not let go of the old session yet; it will not be used",
                failure,
            ),
        ),
    };
    HistoryEntry {
        at: wall,
        kind: kind.to_owned(),
        code: code.map(|code| code.as_str().to_owned()),
        text,
    }
}

fn told(what: &str, failure: &Failure) -> String {
    match &failure.detail {
        Some(detail) => format!("{what}: {} ({detail})", failure.code.meaning()),
        None => format!("{what}: {}", failure.code.meaning()),
    }
}

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::SignedOut => "it was asked for.",
        other => other.code().meaning(),
    }
}

fn learned(mode: ServerMode) -> &'static str {
    match mode {
        ServerMode::Rotate => "This server gives a new refresh token each time.",
        ServerMode::Reusable => "This server keeps the refresh token usable.",
        ServerMode::OneShot => "On this server a refresh token works once only.",
    }
}
