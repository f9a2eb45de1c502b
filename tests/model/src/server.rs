//! The token endpoint, as far as it matters to a session: which refresh token works.

use quickaccess::session::model::{Epoch, ServerMode};

/// A refresh token: of which sign-in, and the how manieth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Token {
    pub(crate) epoch: Epoch,
    pub(crate) serial: u8,
}

/// What the server knows of one sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Grant {
    /// The refresh token that works now.
    pub(crate) live: Option<u8>,
    /// The server took it back by itself.
    pub(crate) revoked: bool,
}

/// What the server does with a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A new pair, perhaps with a new refresh token.
    Pair(Option<Token>),
    /// `invalid_grant`.
    Invalid,
}

/// The server. Sign-in number one has epoch one, and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    pub(crate) grants: Vec<Grant>,
}

impl Server {
    /// Signs somebody in.
    pub(crate) fn sign_in(&mut self, refresh_token: bool) -> (Epoch, Option<Token>) {
        self.grants.push(Grant {
            live: refresh_token.then_some(1),
            revoked: false,
        });
        let epoch = Epoch(self.grants.len() as u128);
        (epoch, refresh_token.then_some(Token { epoch, serial: 1 }))
    }

    pub(crate) fn grant(&mut self, epoch: Epoch) -> &mut Grant {
        &mut self.grants[epoch.0 as usize - 1]
    }

    /// Uses a refresh token.
    pub(crate) fn refresh(&mut self, token: Token, mode: ServerMode) -> Answer {
        let grant = self.grant(token.epoch);
        if grant.live != Some(token.serial) {
            return Answer::Invalid;
        }
        match mode {
            ServerMode::Rotate => {
                let serial = token.serial + 1;
                grant.live = Some(serial);
                Answer::Pair(Some(Token { serial, ..token }))
            }
            ServerMode::Reusable => Answer::Pair(None),
            ServerMode::OneShot => {
                grant.live = None;
                Answer::Pair(None)
            }
        }
    }

    /// Takes a sign-in's refresh token back.
    pub(crate) fn revoke(&mut self, epoch: Epoch) {
        let grant = self.grant(epoch);
        (grant.live, grant.revoked) = (None, true);
    }
}
