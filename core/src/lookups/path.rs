//! Parts of paths that come from people.

use crate::error::{Code, Error};

/// A segment of a path that means this text and nothing else: every byte that has a meaning in an
/// address is encoded.
pub(super) fn segment(what: &str, text: &str) -> Result<String, Error> {
    // An address with an empty segment, or one of dots alone, means another one.
    if matches!(text, "" | "." | "..") {
        return Err(Error::with_message(
            Code::InvalidInput,
            format!("The {what} cannot be looked up: it is empty or dots alone."),
        ));
    }
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                segment.push(char::from(byte));
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(segment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServerUrl;

    #[test]
    fn whatever_a_person_types_stays_one_segment() {
        let server = ServerUrl::parse("https://cp.example").unwrap();
        for text in [
            "ada",
            "ada@example.org",
            "a/b",
            "../x",
            "a?b=c",
            "a#b",
            "a%2fb",
            "a b",
            "\u{fc}\r\n",
            "...",
            "a\\b",
            "//evil.example",
        ] {
            let path = format!("guest/username/{}", segment("user name", text).unwrap());
            let url = server.api(&path).unwrap();
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            assert_eq!(segments.len(), 4, "{url}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{url}");
        }
        for text in ["", ".", ".."] {
            let error = segment("user name", text).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
            assert!(error.message().contains("user name"), "{error}");
        }
    }
}
