//! The oracle and the refreshes of processes: what may be sent when, how each ended, and who else is
//! at it.

use super::{Current, Happening, OnItsWay, Oracle, Row, book::Refusal, exchange::End};
use crate::time::{MINUTE, SECOND};

/// A process that has told the store of its refresh is waited for so long, with what it takes to
/// look again.
const LEASE: u64 = 5 * MINUTE;
/// A refresh is sent so soon after its note, or not at all.
const SENT_AFTER_NOTE: u64 = 20 * SECOND;
/// So often who waits looks into the store.
const LOOK: u64 = 6 * SECOND;

impl Oracle {
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
        if self.processes.len() > 1 {
            self.happens(Happening::Beside);
        }
        // What only another process has heard, this one cannot know.
        let heard_elsewhere = answer.is_some_and(|answer| {
            let pair = &self.book.pairs[answer];
            used && pair.heard.is_some() && !pair.stored && holds != Some(answer)
        });
        if (self.others_are_at_it(process) || heard_elsewhere)
            && let Some(token) = self.book.token_mut(refresh)
        {
            // How the other one's try ends, nobody here can know.
            token.is_unanswered(at);
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
            self.sent_again(process, refresh, answer, at);
        }
        // What was on its way already at that moment is no harm.
        let over = matches!(&self.current, Current::Nobody { .. }) && at > self.changed_at;
        if over && !self.is_behind(process) && !self.goes_on_beside() {
            self.count(Row::SentAfterSignOut, at, || {
                format!("of sign-in {sign_in}")
            });
        }
    }

    /// Whether a process beside the app has gone on with a session that nobody had asked to end.
    fn goes_on_beside(&self) -> bool {
        match &self.current {
            Current::Nobody { was, .. } => {
                self.written_beside
                    && was.is_some_and(|(session, _)| !self.book.sign_ins[session].asked_out)
            }
            _ => false,
        }
    }

    /// A refresh token is sent that was exchanged for this pair already.
    fn sent_again(&mut self, process: u64, refresh: &str, answer: usize, at: u64) {
        let pair = &self.book.pairs[answer];
        let session = &self.book.sign_ins[pair.sign_in];
        let known = self.processes.get(&process);
        // Where no new one came, it may be sent once more to find out what became of it.
        let came = pair.refresh.as_deref() != Some(refresh);
        // Another process may have been stopped with the answer, and stored it at last between this
        // one's note and its sending: no look into the store could be later.
        let crossed = known
            .and_then(|known| known.noted)
            .is_some_and(|(note, on)| pair.stored_by > note && at < on + SENT_AFTER_NOTE);
        let stored = pair.stored && session.lost.is_none() && !crossed;
        let heard = known.is_some_and(|known| known.holds == Some(answer));
        if came && (stored || heard) {
            self.count(Row::SentAfterStored, at, || {
                let how = if stored { "stored" } else { "heard" };
                format!("by process {process}; its answer, pair {answer}, was {how}")
            });
        }
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
        (known.trying, known.tried) = (known.trying.saturating_sub(1), Some(at));
        let place = known.open.iter().position(|open| open.refresh == refresh);
        let before = place.is_some_and(|place| known.open.remove(place).unanswered);
        match end {
            End::Unknown => {
                let token = self.book.token_mut(refresh);
                let exchanged = token.and_then(|token| {
                    token.is_unanswered(at);
                    token.exchanged_for
                });
                if exchanged.is_some_and(|pair| self.book.pairs[pair].heard.is_none()) {
                    self.happens(Happening::AnswerLost);
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
}
