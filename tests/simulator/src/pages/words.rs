//! Words that more than one page uses.

use super::html::Html;
use crate::{
    scenario::ClientGrant,
    switches::{DeadTokenStatus, ErrorStyle, ExpiresIn, RefreshMode, Revoke, Switches},
    tracker::AccessResult,
};

/// How a state is coloured; its words say it too.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Warning,
    Bad,
    Quiet,
}

/// A short state in a frame.
pub(crate) fn badge(tone: Tone, words: &str) -> Html {
    let class = match tone {
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
        Tone::Quiet => "quiet",
    };
    Html::fill(
        "<span class=\"badge {{class}}\">{{words}}</span>",
        &[("class", Html::text(class)), ("words", Html::text(words))],
    )
}

/// A dash for people who see, a word for those who listen.
pub(crate) fn none() -> Html {
    Html::markup("<span aria-hidden=\"true\">\u{2013}</span><span class=\"away\">none</span>")
}

/// A name that somebody else chose; its direction does not reach what stands around it.
pub(crate) fn name(name: Option<&str>) -> Html {
    name.map_or_else(none, |name| {
        Html::fill("<bdi>{{name}}</bdi>", &[("name", Html::text(name))])
    })
}

/// A transaction's result.
pub(crate) fn result(result: AccessResult) -> Html {
    let tone = match result {
        AccessResult::Accept => Tone::Good,
        AccessResult::Reject => Tone::Bad,
        AccessResult::Timeout => Tone::Warning,
    };
    badge(tone, result.word())
}

/// The grant's value in a request.
pub(crate) fn grant(grant: ClientGrant) -> &'static str {
    match grant {
        ClientGrant::Password => "password",
        ClientGrant::ClientCredentials => "client_credentials",
    }
}

/// So many of one thing.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number)),
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A lifetime in the largest unit that leaves no rest.
pub(crate) fn lifetime(seconds: u64) -> String {
    let units = [
        (7 * 86_400, "week", "weeks"),
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    let unit = units
        .into_iter()
        .find(|(size, ..)| seconds >= *size && seconds.is_multiple_of(*size));
    let (size, one, many) = unit.unwrap_or((1, "second", "seconds"));
    let number = usize::try_from(seconds / size).unwrap_or(usize::MAX);
    count(number, one, many)
}

/// What a refresh does with the refresh token.
pub(crate) fn refresh_mode(mode: RefreshMode) -> &'static str {
    match mode {
        RefreshMode::Rotate => {
            "the answer brings a new refresh token, and the old one dies (rotate)"
        }
        RefreshMode::OneShot => {
            "the answer brings no refresh token, and the old one dies: one refresh for each sign-in (one_shot)"
        }
        RefreshMode::Reusable => {
            "the answer brings no refresh token, and the old one stays good until its time (reusable)"
        }
    }
}

/// Each switch as it is now, with what it is about.
pub(crate) fn switches(switches: &Switches) -> Vec<(&'static str, String)> {
    let wrong_password = switches.wrong_password_status.code();
    let dead_token = match switches.dead_token_status {
        DeadTokenStatus::Forbidden403 => "403 with a problem, as for a missing privilege",
        DeadTokenStatus::Unauthorized401 => "401 with an empty body",
    };
    let revoke = match switches.revoke {
        Revoke::Missing => "off: /api/oauth/revoke is not found",
        Revoke::Present => "on",
    };
    let errors = match switches.error_style {
        ErrorStyle::Problem => "problem+json, the OAuth code in title",
        ErrorStyle::Rfc6749 => "RFC 6749, the OAuth code in error",
    };
    let expires_in = match &switches.expires_in {
        ExpiresIn::Lifetime => "the access token's lifetime".into(),
        ExpiresIn::Number(number) => format!("the number {number}, whatever the lifetime"),
        ExpiresIn::Text(text) => format!("the text {text:?}, whatever the lifetime"),
        ExpiresIn::Missing => "left out".into(),
    };
    vec![
        ("Refresh", refresh_mode(switches.refresh_mode).into()),
        ("Wrong password", wrong_password.to_string()),
        ("Dead access token", dead_token.into()),
        ("Revocation", revoke.into()),
        ("Errors of /api/oauth", errors.into()),
        ("expires_in", expires_in),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lifetimes_are_read_easily() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "row", "rows"), "1 row");
        for (seconds, words) in [
            (1, "1 second"),
            (90, "90 seconds"),
            (28_800, "8 hours"),
            (86_400, "1 day"),
            (14 * 86_400, "2 weeks"),
            (100_000, "100,000 seconds"),
        ] {
            assert_eq!(lifetime(seconds), words);
        }
    }
}
