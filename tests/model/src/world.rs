//! One state of the whole: the process with the machine and its driver, the store and the data
//! folder, the server, and what the checker alone knows.

use std::collections::BTreeMap;

use quickaccess::{
    Millis, Now,
    session::{
        effect::Expect,
        event::WaiterId,
        model::{Attempt, Cause, Epoch, Generation, Renewal, ServerMode},
        state::{Known, Phase, Previous, State},
    },
    store::StoreError,
};

use crate::{
    bounds::{Bounds, Budget},
    promise::{Broken, Promise},
    server::{Server, Token},
    truth::Truth,
    vault::{Found, Memory, Record, Vault},
};

/// How long one call of the store may take.
pub(crate) const STORE_LIMIT: Millis = 10_000;

/// One state of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) process: Process,
    /// The second process, where there is one.
    pub(crate) neighbour: Option<Box<Process>>,
    pub(crate) vault: Vault,
    pub(crate) server: Server,
    /// What may still happen.
    pub(crate) left: Budget,
    pub(crate) truth: Truth,
    /// The first promise that was broken; nothing follows.
    pub(crate) broken: Option<Broken>,
}

/// The process: all of it is gone when it is killed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) state: State,
    /// The pair that is served.
    pub(crate) current: Option<Pair>,
    /// Pairs that were answered and are not taken yet.
    pub(crate) answers: BTreeMap<Attempt, Pair>,
    /// Records that were read and are not adopted yet.
    pub(crate) loaded: BTreeMap<Attempt, Record>,
    /// The queue of the secret store.
    pub(crate) jobs: Vec<Job>,
    /// The queue of the data folder.
    pub(crate) notes: Vec<Note>,
    /// Open requests.
    pub(crate) requests: Vec<Request>,
    /// Answers of requests that were given up, which may still come.
    pub(crate) lates: Vec<Late>,
    /// Callers that wait for an answer.
    pub(crate) callers: Vec<Caller>,
    pub(crate) memory: Memory,
    /// Sign-ins that somebody asked this process to end.
    pub(crate) asked_out: Vec<Epoch>,
    /// The last pair whose refresh was answered with a success here.
    pub(crate) won: Option<(Epoch, Generation)>,
    /// In how long the timer goes off that was set after the last event.
    pub(crate) timer: Option<Millis>,
}

/// A token pair in the driver's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    /// The sign-in that it truly belongs to.
    pub(crate) of: Epoch,
    /// As what it is served; nothing yet while it is only answered.
    pub(crate) epoch: Epoch,
    pub(crate) generation: Generation,
    pub(crate) token: Option<Token>,
    /// When it was asked for, and how long the access token truly lives.
    pub(crate) born: Now,
    pub(crate) lifetime: Option<Millis>,
}

/// A call of the secret store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Job {
    Load {
        attempt: Attempt,
    },
    Write {
        attempt: Attempt,
        record: Box<Record>,
        expect: Expect,
    },
    Erase {
        attempt: Attempt,
        epoch: Option<Epoch>,
    },
    Bury {
        attempt: Attempt,
        cause: Cause,
        expect: Expect,
    },
    /// A load that was made, and nobody has heard of it yet.
    Read {
        attempt: Attempt,
        found: Found,
    },
    /// Any other call that was made.
    Wrote {
        attempt: Attempt,
        result: Result<(), StoreError>,
    },
}

impl Job {
    pub(crate) fn attempt(&mut self) -> &mut Attempt {
        match self {
            Self::Load { attempt }
            | Self::Write { attempt, .. }
            | Self::Erase { attempt, .. }
            | Self::Bury { attempt, .. }
            | Self::Read { attempt, .. }
            | Self::Wrote { attempt, .. } => attempt,
        }
    }

    /// Whether it was made, and nobody has heard of it yet.
    pub(crate) fn is_made(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Wrote { .. })
    }
}

/// A call of the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Note {
    Commit(Epoch),
    Fence(Option<Epoch>),
    Learn(ServerMode),
    /// Everything before it is done: now the caller is told; `true` of a sign-out.
    Tell(WaiterId, bool),
}

/// A request that is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) attempt: Attempt,
    pub(crate) ask: Ask,
    pub(crate) sent: Now,
    /// The driver gave it up; how it ends is still to be heard.
    pub(crate) aborted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    SignIn,
    Refresh {
        epoch: Epoch,
        generation: Generation,
        renewal: Renewal,
        token: Option<Token>,
        /// A journal in the store tells others of it.
        leased: bool,
    },
    Me,
}

/// An answer that comes after its request was given up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Late {
    pub(crate) epoch: Epoch,
    pub(crate) generation: Generation,
    pub(crate) attempt: Attempt,
    pub(crate) pair: Pair,
}

/// Somebody who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    pub(crate) id: WaiterId,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Token,
    SignIn,
    SignOut,
    Request,
}

impl Kind {
    /// The first waiter number of this kind; the others follow.
    pub(crate) fn first(self) -> u64 {
        match self {
            Self::Token => 10,
            Self::SignIn => 20,
            Self::SignOut => 30,
            Self::Request => 40,
        }
    }
}

/// What everybody sees of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The store was not read, or does not tell.
    Unread,
    Out(Cause),
    In(Epoch, Generation),
}

impl View {
    pub(crate) fn of(state: &State) -> Self {
        if let Some(session) = state.session() {
            return Self::In(session.epoch, session.generation);
        }
        match &state.phase {
            Phase::SignedOut(out) => Self::Out(out.cause),
            Phase::SigningIn(sign_in) => match &sign_in.previous {
                Previous::SignedOut(out) => Self::Out(out.cause),
                Previous::SignedIn(s) => Self::In(s.epoch, s.generation),
            },
            _ => Self::Unread,
        }
    }
}

impl World {
    pub(crate) fn new(bounds: &Bounds) -> Self {
        Self {
            process: Process::new(bounds, None, 1),
            neighbour: None,
            vault: Vault::default(),
            server: Server::default(),
            left: bounds.budget,
            truth: Truth::default(),
            broken: None,
        }
    }

    /// A promise does not hold; the first one counts.
    pub(crate) fn breaks(&mut self, promise: Promise, how: &'static str) {
        self.broken.get_or_insert(Broken { promise, how });
    }

    /// A number for a new caller, unless as many as may be are waiting.
    pub(crate) fn free(&self, kind: Kind, most: u64) -> Option<WaiterId> {
        let known = crate::walk::waiters(&self.process.state);
        let taken =
            |id| known.contains(&id) || self.process.callers.iter().any(|caller| caller.id == id);
        (kind.first()..kind.first() + most)
            .map(WaiterId)
            .find(|&id| !taken(id))
    }
}

impl Process {
    pub(crate) fn new(bounds: &Bounds, mode: Option<ServerMode>, owner: u64) -> Self {
        Self {
            state: State::new(Known {
                mode,
                doubts_old_token: true,
                has_secret: bounds.renewal == Renewal::ClientSecret,
                alone: bounds.alone,
                owner,
                store_limit: STORE_LIMIT,
            }),
            current: None,
            answers: BTreeMap::new(),
            loaded: BTreeMap::new(),
            jobs: Vec::new(),
            notes: Vec::new(),
            requests: Vec::new(),
            lates: Vec::new(),
            callers: Vec::new(),
            memory: Memory::default(),
            asked_out: Vec::new(),
            won: None,
            timer: None,
        }
    }
}
