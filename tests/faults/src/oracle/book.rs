//! The truth about tokens: what the server gave to whom, what became of it, and which answers the
//! phone ever saw. It is kept from what crosses the network and the store, and knows nothing of
//! the client that is judged.

use std::collections::HashMap;

use quickaccess::Cause;

use crate::weather::Loss;

/// One sign-in that the server accepted.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) user: String,
    pub(crate) made: u64,
    /// The newest pair that the phone holds, in a living process or in its store.
    pub(crate) held: Option<usize>,
    /// What the server refused for good, the newest last; with it what another process heard within
    /// the minute before.
    pub(crate) refusals: Vec<Refusal>,
    /// When the refresh was sent whose answer brought no refresh token, from a server that gives
    /// each one use; it was heard.
    pub(crate) spent: Option<u64>,
    /// The person asked to sign out.
    pub(crate) asked_out: bool,
    /// The store lost the record.
    pub(crate) lost: Option<Loss>,
    /// The cause that was told when no refresh was left.
    pub(crate) told_ended: Option<Cause>,
}

/// The server's word, as the phone heard it, that a refresh token is no good.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) token: String,
    pub(crate) heard: u64,
    /// A try with that token was without an answer when it was sent, or when this was heard; what
    /// another process hears meanwhile, this one cannot know.
    pub(crate) unanswered: bool,
}

/// One answer with tokens.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) sign_in: usize,
    /// When its request was sent: the phone counts from here.
    pub(crate) sent: u64,
    pub(crate) access_ends: u64,
    pub(crate) access_revoked: bool,
    pub(crate) refresh: Option<String>,
    /// The refresh token that it was got with.
    pub(crate) made_with: Option<String>,
    /// When its answer reached a process.
    pub(crate) heard: Option<u64>,
    /// Whether it was ever in the store.
    pub(crate) stored: bool,
    /// When it came into the store first, and with which write of all.
    pub(crate) stored_at: u64,
    pub(crate) stored_by: u64,
}

/// One refresh token.
#[derive(Debug)]
pub(crate) struct RefreshToken {
    pub(crate) sign_in: usize,
    pub(crate) ends: u64,
    pub(crate) revoked: bool,
    /// It was exchanged, and works no more.
    pub(crate) used: bool,
    /// The last pair that it was exchanged for.
    pub(crate) exchanged_for: Option<usize>,
    /// A try since the last answer may have reached the server, and its answer was not heard, or
    /// died with the process that heard it.
    pub(crate) unanswered: bool,
    /// When that was seen last.
    unanswered_at: u64,
    /// It was sent while the store did not take a note of that.
    pub(crate) without_note: bool,
}

impl RefreshToken {
    /// A try with it may have reached the server, and nobody hears the answer.
    pub(crate) fn is_unanswered(&mut self, at: u64) {
        (self.unanswered, self.unanswered_at) = (true, at);
    }
}

/// Why the server refuses a refresh token for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    Used,
    Revoked,
    Expired,
}

/// Tokens of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
}

/// Everything that the server gave.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) sign_ins: Vec<SignIn>,
    pub(crate) pairs: Vec<Pair>,
    by_access: HashMap<String, usize>,
    refresh: HashMap<String, RefreshToken>,
}

/// How long the server lets tokens live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) access: u64,
    pub(crate) refresh: u64,
}

impl Book {
    /// The server accepted a password.
    pub(crate) fn signed_in(
        &mut self,
        user: &str,
        given: Given,
        (sent, made): (u64, u64),
        lives: Lifetimes,
    ) -> usize {
        self.sign_ins.push(SignIn {
            user: user.to_owned(),
            made,
            held: None,
            refusals: Vec::new(),
            spent: None,
            asked_out: false,
            lost: None,
            told_ended: None,
        });
        let sign_in = self.sign_ins.len() - 1;
        self.add(sign_in, None, given, (sent, made), lives)
    }

    /// The server accepted a refresh token. `dies` says whether that was its only use.
    pub(crate) fn refreshed(
        &mut self,
        with: &str,
        given: Given,
        (sent, made): (u64, u64),
        lives: Lifetimes,
        dies: bool,
    ) -> Option<usize> {
        let token = self.refresh.get_mut(with)?;
        let sign_in = token.sign_in;
        token.used |= dies;
        let pair = self.add(sign_in, Some(with.to_owned()), given, (sent, made), lives);
        self.refresh.get_mut(with)?.exchanged_for = Some(pair);
        Some(pair)
    }

    fn add(
        &mut self,
        sign_in: usize,
        made_with: Option<String>,
        given: Given,
        (sent, made): (u64, u64),
        lives: Lifetimes,
    ) -> usize {
        let pair = self.pairs.len();
        self.by_access.insert(given.access, pair);
        if let Some(refresh) = &given.refresh {
            let token = RefreshToken {
                sign_in,
                ends: made + lives.refresh,
                revoked: false,
                used: false,
                exchanged_for: None,
                unanswered: false,
                unanswered_at: 0,
                without_note: false,
            };
            self.refresh.insert(refresh.clone(), token);
        }
        // Where none comes, the phone may go on with the old one.
        let refresh = given.refresh.or_else(|| made_with.clone());
        self.pairs.push(Pair {
            sign_in,
            sent,
            access_ends: made + lives.access,
            access_revoked: false,
            refresh,
            made_with,
            heard: None,
            stored: false,
            stored_at: u64::MAX,
            stored_by: u64::MAX,
        });
        pair
    }

    /// Why the server refuses a refresh token; `None` when it should not.
    pub(crate) fn dead(&self, refresh: &str, at: u64) -> Option<Dead> {
        let token = self.refresh.get(refresh)?;
        if token.used {
            Some(Dead::Used)
        } else if token.revoked {
            Some(Dead::Revoked)
        } else {
            (token.ends <= at).then_some(Dead::Expired)
        }
    }

    pub(crate) fn pair_of(&self, access: &str) -> Option<usize> {
        self.by_access.get(access).copied()
    }

    pub(crate) fn token(&self, refresh: &str) -> Option<&RefreshToken> {
        self.refresh.get(refresh)
    }

    pub(crate) fn token_mut(&mut self, refresh: &str) -> Option<&mut RefreshToken> {
        self.refresh.get_mut(refresh)
    }

    /// An administrator ends tokens.
    pub(crate) fn revoke(&mut self, access: bool, refresh: bool, of: impl Fn(&str) -> bool) {
        let Self {
            sign_ins,
            pairs,
            refresh: tokens,
            ..
        } = self;
        let meant = |sign_in: usize| of(&sign_ins[sign_in].user);
        for pair in pairs
            .iter_mut()
            .filter(|pair| access && meant(pair.sign_in))
        {
            pair.access_revoked = true;
        }
        for token in tokens.values_mut() {
            token.revoked |= refresh && meant(token.sign_in);
        }
    }

    /// The server was told that a token is no longer wanted.
    pub(crate) fn revoke_one(&mut self, token: &str) {
        if let Some(pair) = self.pair_of(token) {
            self.pairs[pair].access_revoked = true;
        }
        if let Some(token) = self.refresh.get_mut(token) {
            token.revoked = true;
        }
    }

    /// The answer with this pair reached a process.
    pub(crate) fn heard(&mut self, pair: usize, at: u64, gives_one_use: bool) {
        let known = &mut self.pairs[pair];
        known.heard = Some(at);
        let (sign_in, sent, made_with) = (known.sign_in, known.sent, known.made_with.clone());
        let none_came = known.refresh == made_with;
        let sign_in = &mut self.sign_ins[sign_in];
        sign_in.held = Some(pair);
        if gives_one_use && made_with.is_some() && none_came {
            sign_in.spent.get_or_insert(sent);
        }
        if let Some(token) = made_with.and_then(|old| self.refresh.get_mut(&old)) {
            // The answer to a try does not answer those that were lost after it was sent.
            token.unanswered &= sent <= token.unanswered_at;
        }
    }

    /// The process that held pairs is gone: what it had not stored is lost with it.
    pub(crate) fn forget_unstored(&mut self, stored: Option<usize>, at: u64) {
        for (number, sign_in) in self.sign_ins.iter_mut().enumerate() {
            let Some(held) = sign_in.held else { continue };
            if Some(held) == stored {
                continue;
            }
            // What the store still has was used for what is gone.
            let kept = stored.filter(|&stored| self.pairs[stored].sign_in == number);
            let old = kept.and_then(|kept| self.pairs[kept].refresh.clone());
            if let Some(token) = old.and_then(|old| self.refresh.get_mut(&old)) {
                token.is_unanswered(at);
            }
            sign_in.held = kept;
        }
    }
}

/// The tokens in a stored record or a text: runs of exactly forty hex digits.
pub(crate) fn tokens_in(bytes: &[u8]) -> Vec<&str> {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    bytes
        .split(|byte| !is_digit(byte))
        .filter(|run| run.len() == 40)
        .filter_map(|run| std::str::from_utf8(run).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVES: Lifetimes = Lifetimes {
        access: 100,
        refresh: 1_000,
    };

    fn given(access: &str, refresh: Option<&str>) -> Given {
        Given {
            access: access.to_owned(),
            refresh: refresh.map(str::to_owned),
        }
    }

    #[test]
    fn a_refresh_token_dies_by_use_by_revocation_and_by_age() {
        let mut book = Book::default();
        book.signed_in("qa", given("a1", Some("r1")), (0, 0), LIVES);
        assert_eq!(book.dead("r1", 999), None);
        assert_eq!(book.dead("r1", 1_000), Some(Dead::Expired));
        let pair = book.refreshed("r1", given("a2", Some("r2")), (50, 50), LIVES, true);
        assert_eq!(book.dead("r1", 60), Some(Dead::Used));
        assert_eq!(book.token("r1").and_then(|r| r.exchanged_for), pair);
        book.revoke(false, true, |user| user == "other");
        assert_eq!(book.dead("r2", 60), None);
        book.revoke(true, true, |user| user == "qa");
        assert_eq!(book.dead("r2", 60), Some(Dead::Revoked));
        assert!(book.pairs.iter().all(|pair| pair.access_revoked));
    }

    #[test]
    fn what_dies_with_a_process_counts_as_unanswered() {
        let mut book = Book::default();
        let first = book.signed_in("qa", given("a1", Some("r1")), (0, 0), LIVES);
        book.heard(first, 1, false);
        let lives = given("a2", Some("r2"));
        let second = book.refreshed("r1", lives, (5, 5), LIVES, true).unwrap();
        book.heard(second, 6, false);
        assert!(!book.token("r1").unwrap().unanswered);
        book.forget_unstored(Some(first), 7);
        assert!(book.token("r1").unwrap().unanswered);
        assert_eq!(book.sign_ins[0].held, Some(first));
    }

    #[test]
    fn an_answer_without_a_refresh_token_spends_a_single_use() {
        for (gives_one_use, spent) in [(true, true), (false, false)] {
            let mut book = Book::default();
            let first = book.signed_in("qa", given("a1", Some("r1")), (0, 0), LIVES);
            book.heard(first, 1, gives_one_use);
            assert_eq!(book.sign_ins[0].spent, None);
            let answer = given("a2", None);
            let pair = book.refreshed("r1", answer, (5, 5), LIVES, gives_one_use);
            book.heard(pair.unwrap(), 6, gives_one_use);
            assert_eq!(book.sign_ins[0].spent.is_some(), spent);
        }
    }

    #[test]
    fn tokens_are_found_in_records_and_texts() {
        let token = "0123456789abcdef0123456789abcdef01234567";
        let bytes = [&[40, 0, 0][..], token.as_bytes(), &[1, 40, 0]].concat();
        assert_eq!(tokens_in(&bytes), [token]);
        assert_eq!(
            tokens_in(format!("{{\"a\":\"{token}\"}}").as_bytes()),
            [token]
        );
        assert!(tokens_in(format!("{token}0").as_bytes()).is_empty());
    }
}
