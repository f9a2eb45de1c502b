//! Headers that a caller may add. What tells who asks, where a message ends, or which connection
//! it takes is the library's own.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Code, Error};

/// Those that are the library's own, beside all that begin with `proxy-` and `sec-`.
const OWN: &[&str] = &[
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

/// Puts a header in, if it is one that a caller may set.
pub(super) fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Error> {
    let bad = |text: String| Err(Error::with_message(Code::InvalidInput, text));
    let Ok(known) = HeaderName::from_bytes(name.as_bytes()) else {
        return bad("A header's name holds what no name may hold.".to_owned());
    };
    let own = known.as_str();
    if OWN.contains(&own) || own.starts_with("proxy-") || own.starts_with("sec-") {
        return bad(format!(
            "The header {own} is set by the library alone. Leave it out."
        ));
    }
    let Ok(value) = HeaderValue::from_str(value) else {
        return bad(format!(
            "The value of the header {own} holds what no header may hold."
        ));
    };
    headers.insert(known, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_ones_own_are_taken() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("Accept", "application/pdf"),
            ("accept-language", "de"),
            ("If-Match", "\"7\""),
            ("X-Request-Id", "a b"),
        ] {
            insert(&mut headers, name, value).unwrap();
            assert_eq!(headers[name], value);
        }
        insert(&mut headers, "accept", "text/html").unwrap();
        assert_eq!(headers.len(), 4, "the last one counts");
    }

    #[test]
    fn what_is_the_librarys_own_is_refused_by_name_and_no_value_is_quoted() {
        let own = OWN.iter().copied();
        for name in own.chain(["Authorization", "PROXY-authorization", "Sec-Fetch-Mode"]) {
            let mut headers = HeaderMap::new();
            let error = insert(&mut headers, name, "planted").unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{name}");
            assert!(error.message().contains(&name.to_lowercase()), "{error}");
            assert!(!error.message().contains("planted"), "{error}");
            assert!(headers.is_empty());
        }
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a\r\nb", "x"),
            ("x-ok", "a\r\nauthorization: planted"),
            ("x-ok", "planted\0"),
        ] {
            let error = insert(&mut HeaderMap::new(), name, value).unwrap_err();
            assert!(!error.message().contains("planted"), "{error}");
        }
    }
}
