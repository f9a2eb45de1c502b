//! The oracle at the network and at the store: what was sent, answered, written and lost.

use super::{Current, Dead, Given, Happening, Oracle, Trouble, note, tokens_in};
use crate::weather::{Admin, Loss};

/// How a refresh ended for the process that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// No byte of it was written.
    NotSent,
    /// The server may have carried it out.
    Unknown,
    /// Refused for good.
    Refused,
    /// Another answer, such as a wish to wait.
    Other,
    /// This pair came.
    Granted(usize),
}

impl Oracle {
    /// The server accepted a password.
    pub(crate) fn signed_in(&mut self, user: &str, given: Given, sent: u64, made: u64) -> usize {
        self.book.signed_in(user, given, (sent, made), self.lives)
    }

    /// The server accepted a refresh token, which died if `dies`.
    pub(crate) fn refreshed(
        &mut self,
        with: &str,
        given: Given,
        (sent, made): (u64, u64),
        dies: bool,
    ) -> Option<usize> {
        if let Some(dead) = self.book.dead(with, made) {
            self.fault(made, &format!("the server took a token that is {dead:?}"));
        }
        self.book
            .refreshed(with, given, (sent, made), self.lives, dies)
    }

    /// The server refused a refresh token for good.
    pub(crate) fn refused(&mut self, with: &str, at: u64) {
        if self.book.dead(with, at).is_none() {
            self.fault(at, "the server refused a token that is good");
        }
    }

    /// An administrator does something.
    pub(crate) fn admin(&mut self, what: Admin, owner: &str) {
        match what {
            Admin::RevokeUser => self.book.revoke(true, true, |user| user == owner),
            Admin::RevokeAccessTokens => self.book.revoke(true, false, |_| true),
            Admin::RevokeRefreshTokens => self.book.revoke(false, true, |_| true),
            Admin::DisableClient => self.book.revoke(true, true, |_| true),
            Admin::EnableClient | Admin::DisableUser | Admin::EnableUser => {}
        }
    }

    /// The server revoked a token because the client said so.
    pub(crate) fn revoked_by_client(&mut self, token: &str) {
        self.book.revoke_one(token);
    }

    /// A process tells the server that it wants a token no longer: where another process has stored a
    /// pair meanwhile, it goes on with that one.
    pub(crate) fn given_up(&mut self, process: u64, token: &str) {
        let Some(pair) = self.book.pair_of(token) else {
            return;
        };
        let sign_in = |pair: usize| self.book.pairs[pair].sign_in;
        let stored = self
            .in_store
            .filter(|stored| sign_in(*stored) == sign_in(pair));
        let another = stored.filter(|stored| *stored != pair);
        let known = self.process(process);
        if known.holds == Some(pair) && another.is_some() {
            known.holds = another;
        }
    }

    /// Whether a refresh token belongs to a sign-in that no longer counts.
    pub(crate) fn is_over(&self, refresh: &str) -> bool {
        let of = self.book.token(refresh).map(|token| token.sign_in);
        !matches!(self.current, Current::One(session) if Some(session) == of)
    }

    /// An answer with tokens reached a process.
    pub(crate) fn heard(&mut self, process: u64, pair: usize, at: u64) {
        self.book.heard(pair, at, self.gives_one_use);
        self.process(process).holds = Some(pair);
    }

    /// A process has written an entry.
    pub(crate) fn written(&mut self, process: u64, entry: &[u8], at: u64) {
        let tokens = tokens_in(entry);
        let pair = tokens.first().and_then(|access| self.book.pair_of(access));
        let same = pair.is_some() && pair == self.in_store;
        self.take_notes(process, pair.filter(|_| same), at);
        self.writes += 1;
        let noted = note::is_in(entry).then_some((self.writes, at));
        let known = self.process(process);
        let gone = std::mem::replace(&mut known.note_open, noted.is_some()) && noted.is_none();
        known.noted = noted.or(known.noted);
        known.wrote = at;
        let beside = known.widget;
        self.written_beside |= beside;
        if gone {
            self.note_gone = Some((process, at));
        }
        let sign_in = |pair: usize| self.book.pairs[pair].sign_in;
        let changing = matches!(self.current, Current::Changing { .. });
        self.overwritten |= changing && pair.map(sign_in) != self.in_store.map(sign_in);
        (self.in_store, self.last_loss) = (pair, None);
        if let Some(pair) = pair {
            let known = &mut self.book.pairs[pair];
            if !known.stored {
                (known.stored, known.stored_at, known.stored_by) = (true, at, self.writes);
            }
            let sign_in = self.book.pairs[pair].sign_in;
            self.book.sign_ins[sign_in].lost = None;
        }
    }

    /// What other processes have noted is overwritten. Where this is the `same` pair again, the note of
    /// a process that may still run has been taken over, and how its try ends is not known.
    fn take_notes(&mut self, process: u64, same: Option<usize>, at: u64) {
        let mut others = self.processes.iter_mut();
        let noted = others.find(|(number, other)| **number != process && other.note_open);
        let Some((number, other)) = noted else { return };
        other.note_open = false;
        self.note_gone = Some((*number, at));
        let refresh = same.and_then(|pair| self.book.pairs[pair].refresh.clone());
        if let Some(token) = refresh.and_then(|refresh| self.book.token_mut(&refresh)) {
            token.is_unanswered(at);
        }
    }

    /// A call of the store takes longer than anybody waits for it, or ends at last.
    pub(crate) fn store_hangs(&mut self, process: u64, hangs: bool, at: u64) {
        let hanging = &mut self.process(process).hanging;
        *hanging = match hangs {
            true => *hanging + 1,
            false => hanging.saturating_sub(1),
        };
        self.write_refused(at);
        self.trouble(Trouble::Store, at);
    }

    /// The store refused a write, or seemed to.
    pub(crate) fn write_refused(&mut self, at: u64) {
        self.refused_write = Some(at);
    }

    /// A process has removed the entry.
    pub(crate) fn removed(&mut self) {
        self.in_store = None;
    }

    /// The store has lost what it held.
    pub(crate) fn store_lost(&mut self, loss: Loss, at: u64) {
        self.trouble(Trouble::Store, at);
        self.last_loss = Some(loss);
        if let Some(pair) = self.in_store.take() {
            let sign_in = self.book.pairs[pair].sign_in;
            self.book.sign_ins[sign_in].lost = Some(loss);
        }
    }

    /// A process is gone, with all that it had not stored.
    pub(crate) fn process_died(&mut self, number: u64, at: u64) {
        self.happens(Happening::Killed);
        let process = self.processes.remove(&number).unwrap_or_default();
        if process.note_open {
            self.note_gone = Some((number, at));
        }
        let noted = self.in_store.filter(|_| process.note_open);
        let noted = noted.and_then(|pair| self.book.pairs[pair].refresh.clone());
        let open = process.open.into_iter().map(|open| open.refresh);
        for refresh in open.chain(noted) {
            if let Some(token) = self.book.token_mut(&refresh) {
                token.is_unanswered(at);
            }
        }
        self.book.forget_unstored(self.in_store, at);
        self.undone = true;
        if let Current::Leaving { asking, .. } = &mut self.current {
            *asking = false;
        }
    }

    /// Why a refresh token is dead, for the story.
    pub(crate) fn why_dead(&self, refresh: &str, at: u64) -> Option<Dead> {
        self.book.dead(refresh, at)
    }
}
