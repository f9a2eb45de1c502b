//! The oracle: independent of the client's machine, it watches the network, the store, the states
//! and the callers, and judges every end of a session and every promise.

mod book;
mod callers;
mod exchange;
mod happening;
mod loss;
mod note;
mod peace;
mod row;
mod sending;
mod session;

use std::collections::{BTreeMap, HashMap};

use quickaccess::Cause;

pub use self::happening::Happening;
use self::{book::Book, peace::Peace};
pub(crate) use self::{
    book::{Dead, Given, Lifetimes, tokens_in},
    callers::Call,
    exchange::End,
    peace::Trouble,
    row::Row,
    session::Seen,
};
use crate::{time::words, weather::Loss};

/// So many broken promises of one phone are kept with their words; all are counted.
const MOST_FINDINGS: usize = 20;

/// Judges one phone.
#[derive(Debug)]
pub(crate) struct Oracle {
    /// The client tells no cause, so that only the ends of its sessions are judged.
    silent: bool,
    gives_one_use: bool,
    lives: Lifetimes,
    book: Book,
    current: Current,
    /// When that changed last.
    changed_at: u64,
    /// A process died since a session ended last, or another one may still hold it.
    undone: bool,
    /// A process beside the app has written the store since then.
    written_beside: bool,
    /// The pair that the store holds.
    in_store: Option<usize>,
    /// What the store lost since its last write.
    last_loss: Option<Loss>,
    /// A sign-in that was not confirmed has taken the place of what was in the store.
    overwritten: bool,
    /// The last time at which the store refused a write.
    refused_write: Option<u64>,
    processes: HashMap<u64, Process>,
    /// Counts the writes of the record.
    writes: u64,
    /// Whose note of a refresh the store has ceased to hold last, and when.
    note_gone: Option<(u64, u64)>,
    peace: Peace,
    tally: BTreeMap<Row, u64>,
    happened: BTreeMap<Happening, u64>,
    findings: Vec<Finding>,
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Finding {
    /// When, in milliseconds of the phone's life.
    pub at: u64,
    /// What it is.
    pub kind: &'static str,
    /// The particulars.
    pub text: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", words(self.at), self.kind, self.text)
    }
}

/// Who ought to be signed in.
#[derive(Clone, Debug)]
enum Current {
    /// Nobody, and the person was told one of these causes.
    Nobody {
        causes: Vec<Cause>,
        /// The sign-in that ended, and how, while that is not confirmed.
        was: Option<(usize, Row)>,
    },
    /// This sign-in.
    One(usize),
    /// This one, and a sign-out was asked for and not confirmed yet.
    Leaving {
        session: usize,
        /// The process that was asked is at it.
        asking: bool,
    },
    /// A sign-in was asked for and not confirmed yet: the one before, or a newer one.
    Changing {
        before: Option<usize>,
        causes: Vec<Cause>,
        was: Option<(usize, Row)>,
        first_new: usize,
    },
}

impl Current {
    fn nobody(cause: Cause) -> Self {
        Self::Nobody {
            causes: vec![cause],
            was: None,
        }
    }
}

/// A refresh token that was sent and not answered yet.
#[derive(Debug)]
struct OnItsWay {
    refresh: String,
    /// A try with it was without an answer when it was sent.
    unanswered: bool,
}

/// What is known of a process of the app.
#[derive(Debug, Default)]
struct Process {
    /// How many of its refreshes wait for a connection or for an answer.
    trying: u64,
    /// Its refresh tokens that are on the way.
    open: Vec<OnItsWay>,
    /// Its last note of a refresh: which write of all, and when.
    noted: Option<(u64, u64)>,
    /// The store holds its note of a refresh: whether one went out, nobody else can tell.
    note_open: bool,
    /// How many of its calls of the store or the data folder take longer than anybody waits.
    hanging: u64,
    /// The pair that it heard, served or found in the store last.
    holds: Option<usize>,
    /// When it wrote the store last.
    wrote: u64,
    /// When it started.
    started: u64,
    /// When the system stopped it last, or let it go on.
    stopped: Option<u64>,
    /// When a refresh of its ended last.
    tried: Option<u64>,
    /// It was stopped last in the very moment in which a refresh ended, and may hear of that only
    /// when it goes on.
    unheard: bool,
    /// Nobody sees its states: it works beside the app, on the same store.
    widget: bool,
}

impl Oracle {
    /// An oracle for one phone, on a server that treats refresh tokens so.
    pub(crate) fn new(silent: bool, gives_one_use: bool, lives: Lifetimes) -> Self {
        Self {
            silent,
            gives_one_use,
            lives,
            book: Book::default(),
            current: Current::nobody(Cause::NeverSignedIn),
            changed_at: 0,
            undone: false,
            written_beside: false,
            in_store: None,
            last_loss: None,
            overwritten: false,
            refused_write: None,
            processes: HashMap::new(),
            writes: 0,
            note_gone: None,
            peace: Peace::new(lives.access),
            tally: BTreeMap::new(),
            happened: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Counts an end of a session or a broken promise.
    fn count(&mut self, row: Row, at: u64, text: impl FnOnce() -> String) {
        if self.silent && !row.is_end() {
            return;
        }
        *self.tally.entry(row).or_default() += 1;
        if !row.is_explained() && self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding {
                at,
                kind: row.words(),
                text: text(),
            });
        }
    }

    /// The client panicked, or met an event that cannot be.
    pub(crate) fn fault(&mut self, at: u64, text: &str) {
        self.count(Row::Fault, at, || text.to_owned());
    }

    /// A text that people may read: an error, a state, the history.
    pub(crate) fn text_seen(&mut self, at: u64, whose: &'static str, text: &str) {
        let password = crate::plan::USERS
            .iter()
            .any(|(_, word)| text.contains(word));
        if password || !tokens_in(text.as_bytes()).is_empty() {
            self.count(Row::SecretShown, at, || format!("in {whose}"));
        }
    }

    /// Something happened that might break a promise.
    pub(crate) fn happens(&mut self, what: Happening) {
        *self.happened.entry(what).or_default() += 1;
    }

    pub(crate) fn happened(&self) -> &BTreeMap<Happening, u64> {
        &self.happened
    }

    pub(crate) fn tally(&self) -> &BTreeMap<Row, u64> {
        &self.tally
    }

    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    /// A process of the app starts, the app's own or another one beside it.
    pub(crate) fn process_started(&mut self, number: u64, widget: bool, at: u64) {
        self.peace.reason(at);
        let process = self.process(number);
        (process.started, process.widget) = (at, widget);
    }

    /// The system stops a process, or lets it go on.
    pub(crate) fn process_stopped(&mut self, number: u64, stopped: bool, at: u64) {
        let process = self.process(number);
        process.stopped = Some(at);
        if stopped {
            process.unheard = process.tried == Some(at);
            self.happens(Happening::Stopped);
        }
    }

    /// Whether a process works beside the app and has not heard yet who is signed in now.
    fn is_behind(&self, number: u64) -> bool {
        let known = self.processes.get(&number);
        known.is_some_and(|process| process.widget && process.started <= self.changed_at)
    }

    /// Somebody else ought to be signed in from now on.
    fn change(&mut self, current: Current, at: u64) {
        self.current = current;
        self.changed_at = at;
        self.written_beside = false;
    }

    fn process(&mut self, number: u64) -> &mut Process {
        self.processes.entry(number).or_default()
    }
}

#[cfg(test)]
mod tests;
