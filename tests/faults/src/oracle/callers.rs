//! The oracle and the callers: what they are given, what they are told, and whether anybody is
//! forgotten.

use quickaccess::{Cause, Code};

use super::{Current, Oracle, Row, loss, peace::Trouble};
use crate::{
    device::Device,
    time::{SECOND, span},
};

/// What a caller asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Token,
    /// A token that lives for so long, or one that is shorter.
    TokenFor(u64),
    Refresh,
    WhoAmI,
}

impl Oracle {
    /// A caller got a token.
    pub(crate) fn token_given(&mut self, process: u64, access: &str, device: &Device) {
        let at = device.at();
        let Some(pair) = self.book.pair_of(access) else {
            self.fault(at, "a token was served that the server never gave");
            return;
        };
        let session = self.book.pairs[pair].sign_in;
        let by = self.process(process);
        by.holds = Some(pair);
        let hangs = by.hanging > 0;
        if self.is_behind(process) {
            return;
        }
        let user = self.book.sign_ins[session].user.clone();
        let expected = match self.current.clone() {
            Current::Nobody { was, .. } => {
                self.back(was, &user, at);
                session
            }
            Current::One(expected)
            | Current::Leaving {
                session: expected, ..
            } => expected,
            Current::Changing {
                before, first_new, ..
            } if session >= first_new => {
                self.replace(session, before, at);
                session
            }
            Current::Changing { before, .. } => before.unwrap_or(usize::MAX),
        };
        if expected != session {
            self.count(Row::WrongPerson, at, || {
                format!("pair {pair} of sign-in {session} ({user}), not of {expected}")
            });
            self.current = Current::One(session);
        }
        let known = &self.book.pairs[pair];
        let late = at.saturating_sub(known.access_ends);
        let heard = known.heard.unwrap_or(at);
        let refused = self
            .refused_write
            .is_some_and(|refused| refused + SECOND >= heard);
        let unstored = !known.stored && !refused && !hangs;
        if late > 0 && !clock_unsure(device, known.sent) {
            let late = span(late);
            self.count(Row::DeadTokenServed, at, || {
                format!("pair {pair}, {late} late")
            });
        }
        if unstored {
            self.count(Row::SeenBeforeStored, at, || format!("pair {pair}"));
        }
    }

    /// A caller got an error. `well` when neither network nor server nor store failed at that time.
    pub(crate) fn token_failed(
        &mut self,
        process: u64,
        (call, begun): (Call, u64),
        code: Code,
        well: bool,
        device: &Device,
    ) {
        if self.silent {
            return;
        }
        let at = device.at();
        let told = cause_of(code);
        let Current::One(session) = self.current else {
            return;
        };
        if begun <= self.book.sign_ins[session].made || self.is_behind(process) {
            // It asked for a token of the session before.
            return;
        }
        if let Some(told) = told {
            let facts = self.facts(process, session, Some(told), device);
            let row = match loss::end_of_renewal(&facts, told) {
                Some(row) => row,
                None => loss::judge(&facts, told),
            };
            if !row.is_explained() {
                self.count(row, at, || {
                    format!("a caller was told {told:?}; the facts are {facts:?}")
                });
            }
        }
        let any_will_do = matches!(call, Call::Token | Call::TokenFor(_));
        let known = self.process(process);
        // Who was stopped in the middle comes back to a clock that has run on.
        let stopped = known
            .stopped
            .is_some_and(|stopped| stopped > begun || (stopped == at && known.unheard));
        let hangs = known.trying > 0 || known.hanging > 0 || stopped;
        let holds = known.holds;
        let waits = hangs || self.others_have_the_lease(process, at);
        let heard = holds.and_then(|pair| self.book.pairs[pair].heard);
        let known_before = heard.is_some_and(|heard| heard < begun);
        let rejected = code == Code::NoApiAccess && self.access_revoked(session);
        if any_will_do && known_before && self.access_good(process, session, device) {
            self.count(Row::GoodTokenRefused, at, || {
                format!("{call:?} got {code} after {}", span(at - begun))
            });
        } else if told.is_none() && well && !waits && self.peace.since(begun) && !rejected {
            self.count(Row::NothingWorks, at, || {
                format!("{call:?} got {code} after {}", span(at - begun))
            });
        }
    }

    /// The server told who is signed in, to a caller who asked then.
    pub(crate) fn named(&mut self, process: u64, name: &str, asked: u64, at: u64) {
        let is = |session: usize| {
            let session = &self.book.sign_ins[session];
            session.user == name || asked <= session.made
        };
        // Garbage on the way names nobody.
        let fits = name.is_empty()
            || self.is_behind(process)
            || match &self.current {
                Current::One(session) | Current::Leaving { session, .. } => is(*session),
                Current::Nobody { .. } | Current::Changing { .. } => true,
            };
        if !fits {
            self.count(Row::WrongPerson, at, || format!("the server sees {name}"));
        }
    }

    /// A caller of a living process got no answer in all the time that it may take.
    pub(crate) fn caller_forgotten(&mut self, what: &str, at: u64) {
        self.count(Row::CallerForgotten, at, || what.to_owned());
    }

    /// Something is in the way of the client.
    pub(crate) fn trouble(&mut self, trouble: Trouble, at: u64) {
        self.peace.trouble(trouble, at);
    }

    /// Something may bring one more refresh than time would.
    pub(crate) fn reason_to_refresh(&mut self, at: u64) {
        self.peace.reason(at);
    }

    /// Whether the server does not accept the access token that the phone holds.
    fn access_revoked(&self, session: usize) -> bool {
        let held = self.book.sign_ins[session].held;
        held.is_some_and(|pair| self.book.pairs[pair].access_revoked)
    }

    /// Whether a process holds an access token that it must think good for some seconds more.
    pub(super) fn access_good(&self, process: u64, session: usize, device: &Device) -> bool {
        let holds = self
            .processes
            .get(&process)
            .and_then(|process| process.holds);
        let Some(pair) = holds.map(|pair| &self.book.pairs[pair]) else {
            return false;
        };
        if pair.sign_in != session {
            return false;
        }
        let margin = (10 * SECOND).min(self.lives.access / 10);
        let end = pair.sent + self.lives.access;
        !pair.access_revoked
            && device.at() + margin + 2 * SECOND < end
            && !clock_unsure(device, pair.sent)
    }
}

/// Whether no phone could tell how old something is: it was restarted since, and its wall clock
/// was wrong at some time.
fn clock_unsure(device: &Device, since: u64) -> bool {
    device.rebooted_since(since) && device.wall_was_wrong_since(since)
}

/// The cause behind a code that ends a session.
fn cause_of(code: Code) -> Option<Cause> {
    Some(match code {
        Code::SignedOut => Cause::SignedOut,
        Code::SessionEnded => Cause::SessionEnded,
        Code::RefreshUnfinished => Cause::RefreshUnfinished,
        Code::SingleUseSpent => Cause::SingleUseSpent,
        Code::StoreLost => Cause::StoreLost,
        Code::StoreKeyLost => Cause::KeyLost,
        Code::StoreCorrupt => Cause::Corrupt,
        _ => return None,
    })
}
