//! Whether a redirect may be followed: to the same scheme, host and port alone, so that a token
//! never goes anywhere else. The caller asks for GET and HEAD only, and counts.

use http::header::LOCATION;
use url::Url;

use super::Reply;
use crate::{
    error::{Code, Error},
    protocol::problem::printable,
    server::ServerUrl,
};

/// The longest address that is shown.
const LONGEST_PLACE: usize = 200;

/// What to do about an answer.
#[derive(Debug)]
pub(crate) enum Redirect {
    /// It is no redirect.
    None,
    /// Ask there instead.
    Follow(Url),
    /// It leads elsewhere, which the error names (`redirected`).
    Refuse(Error),
}

/// Judges the answer to a request that went to `asked` (RFC 9110 section 15.4).
pub(crate) fn judge(server: &ServerUrl, asked: &Url, reply: &Reply) -> Redirect {
    if !matches!(reply.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Redirect::None;
    }
    let Some(location) = reply.headers.get(LOCATION) else {
        return Redirect::None;
    };
    let Some(mut target) = location
        .to_str()
        .ok()
        .and_then(|text| asked.join(text).ok())
    else {
        return Redirect::Refuse(redirected("an address that cannot be read"));
    };
    target.set_fragment(None);
    let plain_name = target.username().is_empty() && target.password().is_none();
    if server.same_origin(&target) && plain_name {
        return Redirect::Follow(target);
    }
    Redirect::Refuse(redirected(&place(&target)))
}

/// Where an answer leads, as it may be shown; `None` when it does not say so in a readable way.
pub(crate) fn place_of(reply: &Reply) -> Option<String> {
    let location = reply.headers.get(LOCATION)?.to_str().ok()?;
    Some(match Url::parse(location) {
        Ok(url) => place(&url),
        // A path on the same server.
        Err(_) => {
            let path = location.split(['?', '#']).next().unwrap_or_default();
            printable(path, LONGEST_PLACE)
        }
    })
}

/// The address without what may be secret in it: user name, password, query and fragment.
fn place(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail for addresses that can hold neither, such as `mailto:`.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    printable(url.as_str(), LONGEST_PLACE)
}

fn redirected(place: &str) -> Error {
    Error::with_message(
        Code::Redirected,
        format!(
            "The server sent the request to {place}. {}",
            Code::Redirected.what_to_do()
        ),
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;
    use crate::secret::SecretBytes;

    fn reply(status: u16, location: Option<&[u8]>) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert(LOCATION, HeaderValue::from_bytes(location).unwrap());
        }
        Reply {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: SecretBytes::default(),
        }
    }

    fn judged(status: u16, location: Option<&[u8]>) -> Redirect {
        let server = ServerUrl::parse("https://cp.example/base").unwrap();
        let asked = server.api("oauth/me?x=1").unwrap();
        judge(&server, &asked, &reply(status, location))
    }

    #[test]
    fn a29_a_place_is_shown_without_what_may_be_secret_in_it() {
        for (location, shown) in [
            (
                Some(&b"https://qa:abc123@a.example/x?p=abc123#abc123"[..]),
                Some("https://a.example/x"),
            ),
            (Some(b"/login?p=abc123"), Some("/login")),
            (Some(b"login#abc123"), Some("login")),
            (Some(b"\xff"), None),
            (None, None),
        ] {
            assert_eq!(place_of(&reply(302, location)).as_deref(), shown);
        }
    }

    #[test]
    fn only_a_redirect_with_a_place_is_one() {
        for (status, location) in [
            (200, Some(&b"/x"[..])),
            (304, Some(b"/x")),
            (300, Some(b"/x")),
            (302, None),
            (403, Some(b"/x")),
        ] {
            assert!(
                matches!(judged(status, location), Redirect::None),
                "{status}"
            );
        }
    }

    #[test]
    fn a_redirect_within_the_origin_is_followed() {
        for (location, target) in [
            ("/other", "https://cp.example/other"),
            ("me2", "https://cp.example/base/api/oauth/me2"),
            (
                "https://CP.example:443/api/x?y=1#z",
                "https://cp.example/api/x?y=1",
            ),
        ] {
            for status in [301, 302, 303, 307, 308] {
                match judged(status, Some(location.as_bytes())) {
                    Redirect::Follow(url) => assert_eq!(url.as_str(), target),
                    other => panic!("{location}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a28_a_redirect_to_another_origin_is_refused_and_named_without_its_secrets() {
        for (location, named) in [
            (
                "https://evil.example/take?token=secret",
                "https://evil.example/take",
            ),
            ("//evil.example/take", "https://evil.example/take"),
            ("http://cp.example/api", "http://cp.example/api"),
            ("https://cp.example:8443/api", "https://cp.example:8443/api"),
            ("https://qa:secret@cp.example/api", "https://cp.example/api"),
            ("https://cp.example@evil.example/", "https://evil.example/"),
            ("mailto:x@y", "mailto:"),
        ] {
            match judged(302, Some(location.as_bytes())) {
                Redirect::Refuse(error) => {
                    assert_eq!(error.code(), Code::Redirected);
                    assert!(error.message().contains(named), "{error}");
                    assert!(!error.message().contains("secret"), "{error}");
                }
                other => panic!("{location}: {other:?}"),
            }
        }
        assert!(matches!(judged(302, Some(b"\xff")), Redirect::Refuse(_)));
    }
}
