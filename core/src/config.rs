//! What an app says at each start: which server, which API client, how long to wait.

use std::time::Duration;

use crate::{secret::Secret, server::ServerUrl, transport::Limits};

/// The settings of one handle.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) server: ServerUrl,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) timeouts: Timeouts,
    pub(crate) dialect: Dialect,
}

/// How the server speaks at its token endpoint. Refusals are understood in both ways, whichever is
/// chosen: as problem+json with the OAuth code in `title`, and with the code in `error`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// As ClearPass does: requests are JSON \[V\]; what becomes of the old refresh token when an
    /// answer has no new one is proven once for each server.
    #[default]
    ClearPass,
    /// As RFC 6749 has it: requests are forms (section 4.3.2), and an old refresh token that no
    /// new one replaces stays good (section 6). The addresses are the same, `/api/oauth` and what
    /// lies under it.
    Rfc6749,
}

/// How long to wait for what.
///
/// None of them ends a refresh that was sent: its answer holds the next refresh token, so it is
/// waited for, whoever asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection, TLS included. 15 s.
    pub connect: Duration,
    /// For the answer to a sign-in: a directory behind ClearPass may take its time. 60 s.
    pub sign_in: Duration,
    /// For the answer to a request, and the time within which one that changes nothing is tried
    /// again. 30 s.
    pub request: Duration,
    /// For a caller that waits for a token; the refresh behind it goes on. 30 s.
    pub token: Duration,
    /// For one call of the secret store. 10 s.
    pub store: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            sign_in: Duration::from_secs(60),
            request: Duration::from_secs(30),
            token: Duration::from_secs(30),
            store: Duration::from_secs(10),
        }
    }
}

impl Timeouts {
    pub(crate) fn sign_in_limits(&self) -> Limits {
        Limits {
            connect: self.connect,
            first_byte: self.sign_in,
            ..Limits::REFRESH
        }
    }

    pub(crate) fn request_limits(&self) -> Limits {
        Limits {
            connect: self.connect,
            first_byte: self.request,
            body: self.request,
            max_body: 8 * 1024 * 1024,
        }
    }

    pub(crate) fn revoke_limits(&self) -> Limits {
        let short = Duration::from_secs(5);
        Limits {
            connect: self.connect.min(short),
            first_byte: self.request.min(short),
            body: short,
            max_body: 64 * 1024,
        }
    }
}
