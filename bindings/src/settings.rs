//! What an app says when it opens a session. Nothing in it is secret.

use std::time::Duration;

use quickaccess::{Builder, Trust};

/// The settings of a session.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SessionSettings {
    /// The server's address, such as `https://clearpass.example`.
    pub server: String,
    /// The id of the API client.
    pub client_id: String,
    /// The folder for what is not secret, which belongs to this app alone: the list of accounts,
    /// the history. Needed with every store that outlives the process.
    #[uniffi(default = None)]
    pub data_dir: Option<String>,
    /// Which account; unless said otherwise the default one, else the first one of this server,
    /// else a new one.
    #[uniffi(default = None)]
    pub account: Option<AccountChoice>,
    /// CA certificates (PEM) that are trusted besides those of the device.
    #[uniffi(default = None)]
    pub roots_pem: Option<String>,
    /// The server's public key has to be one of these, at least two: `sha256/` and Base64.
    #[uniffi(default = [])]
    pub pins: Vec<String>,
    /// How the server speaks at its token endpoint; as a ClearPass does, unless said otherwise.
    #[uniffi(default = None)]
    pub dialect: Option<Dialect>,
    /// How long to wait for what.
    #[uniffi(default = None)]
    pub timeouts: Option<Timeouts>,
    /// Names the app to the server, such as `MyApp/2.1`.
    #[uniffi(default = None)]
    pub user_agent: Option<String>,
}

/// Which account a session is for.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum AccountChoice {
    /// A new one, for one more person at the same server.
    New,
    /// One of the list of accounts.
    This {
        /// Its id.
        id: String,
    },
}

/// How the server speaks at its token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Dialect {
    /// As ClearPass does.
    ClearPass,
    /// As RFC 6749 has it.
    Rfc6749,
}

/// How long to wait for what; what is not given is as in the core. None of them ends a refresh
/// that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct Timeouts {
    /// For a connection, TLS included.
    #[uniffi(default = None)]
    pub connect: Option<Duration>,
    /// For the answer to a sign-in.
    #[uniffi(default = None)]
    pub sign_in: Option<Duration>,
    /// For the answer to a request.
    #[uniffi(default = None)]
    pub request: Option<Duration>,
    /// For a caller that waits for a token.
    #[uniffi(default = None)]
    pub token: Option<Duration>,
    /// For one call of the secret store.
    #[uniffi(default = None)]
    pub store: Option<Duration>,
}

/// What a caller needs of an access token.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct TokenNeed {
    /// When less than this is left, a refresh starts in the background.
    #[uniffi(default = None)]
    pub prefer: Option<Duration>,
    /// When less than this is left, a refresh is waited for. No more than half of the token's
    /// lifetime counts, and one refresh for each token pair.
    #[uniffi(default = None)]
    pub at_least: Option<Duration>,
    /// A token that is good but shorter than `at_least` is an error.
    #[uniffi(default = false)]
    pub strict: bool,
}

impl SessionSettings {
    /// Settings with all but the server and the API client left as they are.
    pub fn new(server: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            client_id: client_id.into(),
            data_dir: None,
            account: None,
            roots_pem: None,
            pins: Vec::new(),
            dialect: None,
            timeouts: None,
            user_agent: None,
        }
    }

    /// The core's set-up with these settings.
    pub(crate) fn builder(self) -> Builder {
        let trust = match self.roots_pem {
            Some(pem) => Trust::with_roots_pem(pem),
            None => Trust::platform(),
        };
        let mut builder = quickaccess::QuickAccess::builder(self.server, self.client_id)
            .trust(trust.and_pins(self.pins));
        if let Some(folder) = self.data_dir {
            builder = builder.data_dir(folder);
        }
        builder = match self.account {
            Some(AccountChoice::New) => builder.new_account(),
            Some(AccountChoice::This { id }) => builder.account(id),
            None => builder,
        };
        if let Some(dialect) = self.dialect {
            builder = builder.dialect(match dialect {
                Dialect::ClearPass => quickaccess::Dialect::ClearPass,
                Dialect::Rfc6749 => quickaccess::Dialect::Rfc6749,
            });
        }
        if let Some(timeouts) = self.timeouts {
            builder = builder.timeouts(timeouts.into());
        }
        match self.user_agent {
            Some(name) => builder.user_agent(name),
            None => builder,
        }
    }
}

impl From<Timeouts> for quickaccess::Timeouts {
    fn from(given: Timeouts) -> Self {
        let mut timeouts = Self::default();
        for (given, place) in [
            (given.connect, &mut timeouts.connect),
            (given.sign_in, &mut timeouts.sign_in),
            (given.request, &mut timeouts.request),
            (given.token, &mut timeouts.token),
            (given.store, &mut timeouts.store),
        ] {
            *place = given.unwrap_or(*place);
        }
        timeouts
    }
}

impl From<TokenNeed> for quickaccess::TokenNeed {
    fn from(need: TokenNeed) -> Self {
        Self {
            prefer: need.prefer.unwrap_or_default(),
            at_least: need.at_least.unwrap_or_default(),
            strict: need.strict,
        }
    }
}
