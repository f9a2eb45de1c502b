//! The address of a server: `https`, or plain `http` to this very machine. A [`ServerUrl`]
//! cannot hold a bad one.

use std::{borrow::Cow, fmt};

use idna::punycode;
use url::{Host, Url};

use crate::error::{Code, Error};

/// The normalised address of a ClearPass server: origin and base path, without the `/api`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServerUrl {
    base: Url,
}

impl ServerUrl {
    /// Reads an address as people type it: `clearpass.example`, `https://clearpass.example:8443`
    /// or with a base path. A trailing `/api` or `/api/oauth` is taken off, and letters beyond ASCII in
    /// the host are written as DNS has them (`xn--`); they must be small ones.
    ///
    /// # Errors
    /// `invalid_input` names what is wrong: no host, a user name or query in it, or plain
    /// `http` to anything but 127.0.0.0/8, `::1` or `localhost`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let bad = |what: &str| {
            Err(Error::with_message(
                Code::InvalidInput,
                format!(
                    "The server address cannot be used: {what}. Give it like https://clearpass.example."
                ),
            ))
        };
        if text.is_empty() {
            return bad("it is empty");
        }
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let Ok(mut base) = Url::parse(&in_ascii(&with_scheme)) else {
            return bad("it is no web address");
        };
        if !base.username().is_empty() || base.password().is_some() {
            return bad("it holds a user name or password, which belong into the sign-in");
        }
        if base.query().is_some() || base.fragment().is_some() {
            return bad("it holds a query or fragment");
        }
        if base.host_str().is_none_or(str::is_empty) {
            return bad("it names no host");
        }
        match base.scheme() {
            "https" => {}
            "http" if is_this_machine(&base) => {}
            "http" => {
                return bad(
                    "a password travels only over https, plain http is for this machine alone",
                );
            }
            _ => return bad("it must start with https://"),
        }
        let path = base.path().trim_end_matches('/');
        let path = path
            .strip_suffix("/api/oauth")
            .or_else(|| path.strip_suffix("/api"))
            .unwrap_or(path);
        let path = format!("{}/", path.trim_end_matches('/'));
        base.set_path(&path);
        Ok(Self { base })
    }

    /// The address of a call, such as `oauth/me`; `path` may begin with `/` or `/api/`, or be a
    /// whole address within this server's API, as in links.
    ///
    /// # Errors
    /// `invalid_input` when the path would leave the server's API, by another origin or by `..`,
    /// or holds what no path may hold.
    pub fn api(&self, path: &str) -> Result<Url, Error> {
        let bad = |what: &str| {
            Error::with_message(
                Code::InvalidInput,
                format!("The path cannot be used: {what}. Give it like /endpoint or /oauth/me."),
            )
        };
        if path.chars().any(char::is_control) {
            return Err(bad("it holds a line break or another control character"));
        }
        if path.contains('\\') {
            return Err(bad("it holds a backslash, which must be written as %5C"));
        }
        if path.contains('#') {
            return Err(bad("it holds a #, which must be written as %23"));
        }
        let outside = || bad("it does not lie in the server's API");
        let api = self.base.join("api/").map_err(|_| outside())?;
        let route = path.split('?').next().unwrap_or_default();
        if route.split('/').any(is_parent) {
            return Err(bad("it holds `..`"));
        }
        let url = if path.starts_with("//") || has_scheme(route) {
            let url = api.join(path).map_err(|_| outside())?;
            if !self.same_origin(&url) || !url.username().is_empty() || url.password().is_some() {
                return Err(bad("it leads to another server, which gets no token"));
            }
            url
        } else {
            let relative = path.trim_start_matches('/');
            let relative = relative.strip_prefix("api/").unwrap_or(relative);
            let url = api.join(&format!("./{relative}"));
            url.map_err(|_| outside())?
        };
        match url.path().starts_with(api.path()) {
            true => Ok(url),
            false => Err(outside()),
        }
    }

    /// The host, as the address has it.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The port, the scheme's own when none is given.
    pub fn port(&self) -> u16 {
        self.base.port_or_known_default().unwrap_or(443)
    }

    /// Whether it is plain http to this machine.
    pub fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }

    /// Whether another address has the same scheme, host and port.
    pub fn same_origin(&self, other: &Url) -> bool {
        self.base.origin() == other.origin()
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

/// Whether a segment of a path means the folder above, as it is or encoded.
fn is_parent(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase().replace("%2e", ".");
    segment == ".."
}

/// Whether it begins as a whole address does (RFC 3986 section 3.1). A colon later on may be part
/// of a MAC address.
fn has_scheme(path: &str) -> bool {
    let Some((scheme, rest)) = path.split_once(':') else {
        return false;
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    rest.starts_with("//")
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
}

/// A literal loopback address or the name `localhost`, taken as such without asking DNS.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The same address with the letters beyond ASCII in its host written as DNS has them (RFC 3492), each
/// label with its ASCII in small letters. That is all that is done to them: the tables of Unicode that
/// know more would be a twentieth of a phone's library, and a name that they would change is not found.
fn in_ascii(address: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.into();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let (user, host) = authority.split_at(host_at);
    if host.is_ascii() {
        return address.into();
    }
    let (host, port) = host.split_at(host.rfind(':').unwrap_or(host.len()));
    let label = |label: &str| match label.is_ascii() {
        true => label.to_owned(),
        false => punycode::encode_str(&label.to_ascii_lowercase())
            .map_or_else(|| label.to_owned(), |ascii| format!("xn--{ascii}")),
    };
    let labels: Vec<String> = host.split(['.', '\u{3002}']).map(label).collect();
    format!("{scheme}://{user}{}{port}{path}", labels.join(".")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (typed, kept) in [
            ("clearpass.example", "https://clearpass.example"),
            (
                " HTTPS://ClearPass.Example:443/ ",
                "https://clearpass.example",
            ),
            (
                "https://clearpass.example:8443/api",
                "https://clearpass.example:8443",
            ),
            (
                "https://a.example/base/api/oauth/",
                "https://a.example/base",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:1", "http://[::1]:1"),
            ("http://localhost", "http://localhost"),
            (
                "clearpass.Müller.example",
                "https://clearpass.xn--mller-kva.example",
            ),
            (
                "https://日本語。example:8443/Ä/api",
                "https://xn--wgv71a119e.example:8443/%C3%84",
            ),
            ("xn--mller-kva.example", "https://xn--mller-kva.example"),
        ] {
            assert_eq!(
                ServerUrl::parse(typed).unwrap().to_string(),
                kept,
                "{typed}"
            );
        }
    }

    #[test]
    fn bad_addresses_are_refused_with_the_reason() {
        for (typed, why) in [
            ("", "empty"),
            ("http://clearpass.example", "https"),
            ("http://127.0.0.1.example", "https"),
            ("http://localhost.example", "https"),
            ("ftp://clearpass.example", "https"),
            ("https://qa:abc123@clearpass.example", "user name"),
            ("https://clearpass.example/?a=b", "query"),
            ("https://", "web address"),
            ("https://qa:abc123@müller.example", "user name"),
            ("https://müller .example", "web address"),
        ] {
            let error = ServerUrl::parse(typed).unwrap_err();
            assert!(error.message().contains(why), "{typed}: {error}");
            assert!(!error.message().contains("abc123"));
        }
    }

    #[test]
    fn a_call_stays_inside_the_api() {
        let server = ServerUrl::parse("https://a.example/base").unwrap();
        assert_eq!(
            server.api("/oauth/me").unwrap().as_str(),
            "https://a.example/base/api/oauth/me"
        );
        assert_eq!(
            server.api("api/endpoint?limit=1").unwrap().path(),
            "/base/api/endpoint"
        );
        for same in [
            "https://a.example/base/api/endpoint/7",
            "HTTPS://A.example:443/base/api/endpoint/7",
            "//a.example/base/api/endpoint/7",
            "/endpoint/./7",
            "/api/endpoint/7",
        ] {
            assert_eq!(server.api(same).unwrap().path(), "/base/api/endpoint/7");
        }
        let mac = server
            .api("endpoint/mac-address/00:00:5e:00:53:01")
            .unwrap();
        assert_eq!(
            mac.path(),
            "/base/api/endpoint/mac-address/00:00:5e:00:53:01"
        );
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused_with_the_reason() {
        let server = ServerUrl::parse("https://a.example/base").unwrap();
        for (path, why) in [
            ("../x", "`..`"),
            ("/../../x", "`..`"),
            ("oauth/../../../x", "`..`"),
            ("endpoint/..", "`..`"),
            ("%2e%2e/x", "`..`"),
            (".%2E/x", "`..`"),
            ("https://a.example/base/api/../x", "`..`"),
            ("https://a.example/other", "API"),
            ("https://evil.example/x", "another server"),
            ("http://a.example/base/api/x", "another server"),
            ("https://a.example:8443/base/api/x", "another server"),
            ("https://qa:abc123@a.example/base/api/x", "another server"),
            ("https://a.example@evil.example/base/api/", "another server"),
            ("//evil.example/x", "another server"),
            ("///evil.example/x", "API"),
            ("\\\\evil.example/x", "backslash"),
            ("endpoint/7#x", "%23"),
            ("endpoint/7\r\nHost: evil.example", "control"),
            ("\tendpoint", "control"),
            ("ht\ntps://evil.example", "control"),
        ] {
            let error = server.api(path).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
            assert!(error.message().contains(why), "{path:?}: {error}");
            assert!(!error.message().contains("evil"), "{error}");
        }
    }
}
