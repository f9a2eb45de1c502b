//! The tokens that the server has issued, what became of each, and where new ones come from.

use std::{collections::HashMap, time::Duration};

use ring::digest;

/// Whom a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) client: String,
    /// None for the client credentials grant.
    pub(crate) user: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Live,
    /// A refresh token that was exchanged.
    Used,
    /// Ended by an administrator or by revocation.
    Revoked,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) holder: Holder,
    pub(crate) expires: Duration,
    pub(crate) fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

/// All tokens, the dead ones included, so that a reuse can be told from nonsense.
#[derive(Default)]
pub(crate) struct Tokens {
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

impl Tokens {
    pub(crate) fn add(
        &mut self,
        kind: TokenKind,
        value: String,
        holder: Holder,
        expires: Duration,
    ) {
        let token = Token {
            holder,
            expires,
            fate: Fate::Live,
        };
        self.table(kind).insert(value, token);
    }

    pub(crate) fn access(&self, value: &str) -> Option<&Token> {
        self.access.get(value)
    }

    pub(crate) fn refresh(&self, value: &str) -> Option<&Token> {
        self.refresh.get(value)
    }

    /// Marks a refresh token as exchanged.
    pub(crate) fn use_up(&mut self, value: &str) {
        if let Some(token) = self.refresh.get_mut(value) {
            token.fate = Fate::Used;
        }
    }

    /// Ends one token of either kind; false if there is no such live token.
    pub(crate) fn revoke(&mut self, value: &str) -> bool {
        let tokens = [self.access.get_mut(value), self.refresh.get_mut(value)];
        tokens
            .into_iter()
            .flatten()
            .map(end)
            .fold(false, |any, one| any | one)
    }

    /// Ends every live token of one kind whose holder is meant; says how many.
    pub(crate) fn revoke_all(&mut self, kind: TokenKind, meant: impl Fn(&Holder) -> bool) -> usize {
        let tokens = self
            .table(kind)
            .values_mut()
            .filter(|token| meant(&token.holder));
        tokens.map(end).filter(|ended| *ended).count()
    }

    fn table(&mut self, kind: TokenKind) -> &mut HashMap<String, Token> {
        match kind {
            TokenKind::Access => &mut self.access,
            TokenKind::Refresh => &mut self.refresh,
        }
    }
}

/// Makes tokens: 40 lower-case hex digits, as in the vendor's sample \[V\]. Random, or repeatable
/// from a seed.
pub(crate) struct TokenSource {
    key: [u8; 32],
    made: u64,
}

impl TokenSource {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let mut key = [0; 32];
        match seed {
            Some(seed) => key[..8].copy_from_slice(&seed.to_be_bytes()),
            None => getrandom::fill(&mut key).expect("the system gives random bits"),
        }
        Self { key, made: 0 }
    }

    pub(crate) fn next(&mut self) -> String {
        self.made += 1;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(&self.key);
        hash.update(&self.made.to_be_bytes());
        hex(&hash.finish().as_ref()[..20])
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn end(token: &mut Token) -> bool {
    let was_live = token.fate == Fate::Live;
    if was_live {
        token.fate = Fate::Revoked;
    }
    was_live
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_tokens_repeat_and_differ_from_each_other() {
        let (mut one, mut same) = (TokenSource::new(Some(7)), TokenSource::new(Some(7)));
        let tokens = [one.next(), one.next()];
        assert_eq!(tokens, [same.next(), same.next()]);
        assert_ne!(tokens[0], tokens[1]);
        assert_ne!(TokenSource::new(Some(8)).next(), tokens[0]);
        assert_ne!(TokenSource::new(None).next(), TokenSource::new(None).next());
        assert!(
            tokens
                .iter()
                .all(|t| t.len() == 40 && t.bytes().all(|b| b.is_ascii_hexdigit()))
        );
    }

    #[test]
    fn revoking_counts_only_what_was_live() {
        let mut tokens = Tokens::default();
        let holder = |user: &str| Holder {
            client: "c".into(),
            user: Some(user.into()),
        };
        for (name, user) in [("a", "qa"), ("b", "qa"), ("c", "other")] {
            tokens.add(TokenKind::Refresh, name.into(), holder(user), Duration::MAX);
        }
        tokens.use_up("a");
        assert!(!tokens.revoke("a"), "a used token can't be revoked again");
        let of_qa = |h: &Holder| h.user.as_deref() == Some("qa");
        assert_eq!(tokens.revoke_all(TokenKind::Refresh, of_qa), 1);
        assert_eq!(tokens.refresh("c").map(|t| t.fate), Some(Fate::Live));
        assert_eq!(tokens.refresh("a").map(|t| t.fate), Some(Fate::Used));
    }
}
