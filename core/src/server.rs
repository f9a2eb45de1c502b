//! The address of a server: `https`, or plain `http` to this very machine. A [`ServerUrl`]
//! cannot hold a bad one.

use std::fmt;

use url::{Host, Url};

use crate::error::{Code, Error};

/// The normalised address of a ClearPass server: origin and base path, without the `/api`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServerUrl {
    base: Url,
}

impl ServerUrl {
    /// Reads an address as people type it: `clearpass.example`, `https://clearpass.example:8443`
    /// or with a base path. A trailing `/api` or `/api/oauth` is taken off.
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
        let Ok(mut base) = Url::parse(&with_scheme) else {
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

    /// The address of a call, such as `oauth/me`; `path` may begin with `/` or `/api/`.
    ///
    /// # Errors
    /// `invalid_input` when the path would leave the server's API.
    pub fn api(&self, path: &str) -> Result<Url, Error> {
        let relative = path.trim_start_matches('/');
        let relative = relative.strip_prefix("api/").unwrap_or(relative);
        let inside = self.base.join("api/").ok().and_then(|api| {
            api.join(&format!("./{relative}"))
                .ok()
                .filter(|url| url.as_str().starts_with(api.as_str()))
        });
        inside.ok_or_else(|| {
            Error::with_message(
                Code::InvalidInput,
                "The path does not lie in the server's API. Give it like /endpoint or /oauth/me.",
            )
        })
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

/// A literal loopback address or the name `localhost`, taken as such without asking DNS.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
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
        for bad in ["../x", "/../../x", "oauth/../../../x", "%2e%2e/x"] {
            assert!(server.api(bad).is_err(), "{bad}");
        }
        // A double slash stays a path and never becomes another host.
        assert!(server.same_origin(&server.api("//evil.example/x").unwrap()));
        assert!(server.same_origin(&server.api("https://evil.example/x").unwrap()));
    }
}
