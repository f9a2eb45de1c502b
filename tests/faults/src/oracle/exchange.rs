//! The oracle at the network and at the store: what was sent, answered, written and lost.

use super::{Current, Dead, Given, OnItsWay, Oracle, Row, Trouble, book::Refusal, note, tokens_in};
use crate::{
    time::{MINUTE, SECOND},
    weather::{Admin, Loss},
};

/// A process that has told the store of its refresh is waited for so long, with what it takes to
/// look again.
const LEASE: u64 = 5 * MINUTE;
/// A refresh is sent so soon after its note, or not at all.
const SENT_AFTER_NOTE: u64 = 20 * SECOND;
/// So often who waits looks into the store.
const LOOK: u64 = 6 * SECOND;

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

    /// Whether a refresh token belongs to a sign-in that no longer counts.
    pub(crate) fn is_over(&self, refresh: &str) -> bool {
        let of = self.book.token(refresh).map(|token| token.sign_in);
        !matches!(self.current, Current::One(session) if Some(session) == of)
    }

    /// A process is about to send a refresh token, once it has a connection.
    pub(crate) fn refresh_begun(&mut self, process: u64) {
        self.process(process).trying += 1;
    }

    /// A process sends a refresh token.
    pub(crate) fn refresh_sent(&mut self, process: u64, refresh: &str, at: u64) {
        if self.peace.request(at) {
            self.count(Row::Storm, at, || {
                "too many refreshes in one hour".to_owned()
            });
        }
        let noted = self.note_is_stored(process, at);
        let Some(token) = self.book.token_mut(refresh) else {
            self.fault(at, "a refresh token that the server never gave was sent");
            return;
        };
        token.without_note |= !noted;
        let (sign_in, used, answer) = (token.sign_in, token.used, token.exchanged_for);
        let open = &self.processes.entry(process).or_default().open;
        let same = |open: &OnItsWay| {
            let open = self.book.token(&open.refresh);
            open.is_some_and(|open| open.sign_in == sign_in)
        };
        let twice = open.iter().any(same);
        let holds = self.process(process).holds;
        // What only another process has heard, this one cannot know.
        let heard_elsewhere = answer.is_some_and(|answer| {
            let pair = &self.book.pairs[answer];
            used && pair.heard.is_some() && !pair.stored && holds != Some(answer)
        });
        if (self.others_are_at_it(process) || heard_elsewhere)
            && let Some(token) = self.book.token_mut(refresh)
        {
            // How the other one's try ends, nobody here can know.
            token.unanswered = true;
        }
        if twice {
            self.count(Row::SentTwiceAtOnce, at, || {
                format!("process {process} sent one while another was open")
            });
        }
        let unanswered = self
            .book
            .token(refresh)
            .is_some_and(|token| token.unanswered);
        self.process(process).open.push(OnItsWay {
            refresh: refresh.to_owned(),
            unanswered,
        });
        if let Some(answer) = answer.filter(|_| used) {
            let (pair, session) = (&self.book.pairs[answer], &self.book.sign_ins[sign_in]);
            // Where no new one came, it may be sent once more to find out what became of it.
            let came = pair.refresh.as_deref() != Some(refresh);
            // Another process may have been stopped with the answer, and stored it at last between
            // this one's note and its sending: no look into the store could be later.
            let noted = self.process_noted(process);
            let crossed =
                noted.is_some_and(|(note, on)| pair.stored_by > note && at < on + SENT_AFTER_NOTE);
            let stored = pair.stored && session.lost.is_none() && !crossed;
            if came && (stored || holds == Some(answer)) {
                self.count(Row::SentAfterStored, at, || {
                    let how = if stored { "stored" } else { "heard" };
                    format!("by process {process}; its answer, pair {answer}, was {how}")
                });
            }
        }
        // What was on its way already at that moment is no harm.
        let over = matches!(&self.current, Current::Nobody { .. }) && at > self.changed_at;
        if over && !self.is_behind(process) {
            self.count(Row::SentAfterSignOut, at, || {
                format!("of sign-in {sign_in}")
            });
        }
    }

    fn process_noted(&self, process: u64) -> Option<(u64, u64)> {
        self.processes.get(&process)?.noted
    }

    /// Whether a write of the last moments can have told the store of a refresh.
    fn note_is_stored(&self, process: u64, at: u64) -> bool {
        let hangs = self
            .processes
            .get(&process)
            .is_some_and(|process| process.hanging > 0);
        let refused = self
            .refused_write
            .is_some_and(|refused| at < refused + 70_000);
        !hangs && !refused
    }

    /// A refresh ended for the process that sent it, or was given up by it.
    pub(crate) fn refresh_ended(&mut self, process: u64, refresh: &str, end: End, at: u64) {
        let known = self.process(process);
        known.trying = known.trying.saturating_sub(1);
        let place = known.open.iter().position(|open| open.refresh == refresh);
        let before = place.is_some_and(|place| known.open.remove(place).unanswered);
        match end {
            End::Unknown => {
                if let Some(token) = self.book.token_mut(refresh) {
                    token.unanswered = true;
                }
            }
            End::Refused => {
                if let Some(token) = self.book.token(refresh) {
                    let (sign_in, unanswered) = (token.sign_in, before || token.unanswered);
                    let refusals = &mut self.book.sign_ins[sign_in].refusals;
                    refusals.retain(|one| one.token != refresh && at < one.heard + MINUTE);
                    refusals.push(Refusal {
                        token: refresh.to_owned(),
                        heard: at,
                        unanswered,
                    });
                }
            }
            End::Granted(pair) => self.heard(process, pair, at),
            End::NotSent | End::Other => {}
        }
    }

    /// An answer with tokens reached a process.
    pub(crate) fn heard(&mut self, process: u64, pair: usize, at: u64) {
        self.book.heard(pair, at, self.gives_one_use);
        self.process(process).holds = Some(pair);
    }

    /// Whether another process has a refresh under way, or had one when it was stopped.
    fn others_are_at_it(&self, process: u64) -> bool {
        let others = self
            .processes
            .iter()
            .filter(|(number, _)| **number != process);
        let mut others = others.map(|(_, other)| other);
        others.any(|other| other.note_open || other.trying > 0)
    }

    /// Whether another process has a refresh under way that it has told the store of so lately that
    /// it is waited for, or had until moments ago.
    pub(super) fn others_have_the_lease(&self, process: u64, at: u64) -> bool {
        let others = self
            .processes
            .iter()
            .filter(|(number, _)| **number != process);
        let mut others = others.map(|(_, other)| other);
        let lately = |(owner, gone): (u64, u64)| owner != process && at < gone + LOOK;
        self.note_gone.is_some_and(lately)
            || others.any(|other| {
                let at_it = other.note_open || other.trying > 0 || other.hanging > 0;
                at_it && at < other.wrote + LEASE
            })
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
            token.unanswered = true;
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
        let process = self.processes.remove(&number).unwrap_or_default();
        if process.note_open {
            self.note_gone = Some((number, at));
        }
        let noted = self.in_store.filter(|_| process.note_open);
        let noted = noted.and_then(|pair| self.book.pairs[pair].refresh.clone());
        let open = process.open.into_iter().map(|open| open.refresh);
        for refresh in open.chain(noted) {
            if let Some(token) = self.book.token_mut(&refresh) {
                token.unanswered = true;
            }
        }
        self.book.forget_unstored(self.in_store);
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
