//! What a refusal says. ClearPass answers with problem+json and puts the OAuth code into `title`
//! \[L\]\[C\]; a plain RFC 6749 server puts it into `error` (section 5.2). The code counts, never the
//! status nor the English text.

use serde::Deserialize;

use crate::{error::Code, transport::Reply};

/// A refusal as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The code: `error`, else `title`.
    pub(crate) code: String,
    /// What the server says besides it.
    pub(crate) detail: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    title: Option<String>,
    detail: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Problem {
    /// Reads a body; `None` when it is no JSON object with a code.
    pub(crate) fn read(reply: &Reply) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(reply.body.expose()).ok()?;
        let (code, detail) = match (wire.error, wire.title) {
            (Some(error), _) => (error, wire.error_description.or(wire.detail)),
            (None, Some(title)) => (title, wire.detail),
            (None, None) => return None,
        };
        let code = printable(&code, 100);
        (!code.is_empty()).then(|| Self {
            code,
            detail: detail
                .map(|text| printable(&text, 200))
                .filter(|text| !text.is_empty()),
        })
    }

    /// Our code for an OAuth code of the token endpoint (RFC 6749 section 5.2); `None` for one that
    /// is not known, which is shown as it is.
    pub(crate) fn known(&self) -> Option<Code> {
        match self.code.as_str() {
            "invalid_grant" => Some(Code::CredentialsRejected),
            "invalid_client" => Some(Code::ClientUnknown),
            "unauthorized_client" | "unsupported_grant_type" => Some(Code::GrantNotEnabled),
            _ => None,
        }
    }

    /// Code and text in one line, for people.
    pub(crate) fn text(&self) -> String {
        match &self.detail {
            Some(detail) if *detail != self.code => format!("{}: {detail}", self.code),
            _ => self.code.clone(),
        }
    }
}

/// A reply's text, safe to show: no control characters, not endless.
pub(crate) fn printable(text: &str, longest: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .take(longest)
        .collect();
    clean.trim().to_owned()
}

/// How long the server asks to wait (`Retry-After`, RFC 9110 section 10.2.3), in milliseconds.
pub(crate) fn retry_after(reply: &Reply, wall: u64) -> Option<u64> {
    let text = reply
        .headers
        .get(http::header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let then = then.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis() as u64;
    Some(then.saturating_sub(wall))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    pub(crate) fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: SecretBytes::new(body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn the_code_is_read_from_title_or_error() {
        let clearpass = r#"{"type":"x","title":"invalid_grant","status":400,"detail":"Invalid username and password combination"}"#;
        let plain = r#"{"error":"invalid_grant","error_description":"no"}"#;
        for body in [clearpass, plain] {
            let problem = Problem::read(&reply(400, body)).unwrap();
            assert_eq!(problem.known(), Some(Code::CredentialsRejected));
        }
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"title":7}"#,
            r#"{"title":" "}"#,
            "null",
        ] {
            assert_eq!(Problem::read(&reply(400, body)), None, "{body}");
        }
    }

    #[test]
    fn a02_unknown_titles_are_shown_and_kept_tame() {
        let body = "{\"title\":\"banned\",\"detail\":\"User\\nis \\u202ebanned\"}";
        let problem = Problem::read(&reply(401, body)).unwrap();
        assert_eq!(problem.known(), None);
        assert_eq!(problem.text(), "banned: User is banned");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let mut reply = reply(429, "");
        let mut set = |text: &str| {
            reply.headers.insert("retry-after", text.parse().unwrap());
            retry_after(&reply, 784_111_777_000)
        };
        assert_eq!(set("120"), Some(120_000));
        assert_eq!(set("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30_000));
        assert_eq!(set("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(set("soon"), None);
    }
}
