//! The driver: one task that owns the machine's state and the tokens, takes events in and performs
//! the effects. Everything that waits (the server, the store) runs in tasks of its own and comes
//! back as a message, so the driver never waits for anything but its mailbox.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    clock_watch::ClockWatch,
    effect::{Answer, Effect, Ignored},
    event::{Event, Outcome, PlatformEvent, WaiterId},
    machine::{self, At},
    model::{Attempt, Epoch, Generation, SessionRecord},
    perform::Pair,
    published::{AccessToken, Published, Serving, SessionState},
    shared::Shared,
    state::State,
};
use crate::{
    environment::Now,
    error::{Code, Error},
    protocol::token_reply::TokenPair,
    secret::Secret,
    store,
};

/// Timers are hints: they stop while the device sleeps, so none is longer.
const LONGEST_TIMER: Duration = Duration::from_secs(60);

/// What comes into the mailbox.
pub(crate) enum Message {
    /// An event that nobody waits for.
    Event(Event),
    /// An event whose caller waits.
    Ask(WaiterId, Event, oneshot::Sender<Told>),
    /// A sign-in with what it needs.
    SignIn(WaiterId, Event, Credentials, oneshot::Sender<Told>),
    /// The token endpoint was asked to sign in.
    SignInAnswered(Attempt, Outcome, Option<TokenPair>, String),
    /// The token endpoint was asked to refresh.
    RefreshAnswered(Epoch, Generation, Attempt, Outcome, Option<TokenPair>),
    /// The store was read.
    Loaded(Attempt, store::Loaded),
    /// The last handle has gone.
    Closed,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

/// What a sign-in needs; it lives until its request is built.
#[derive(Debug)]
pub(crate) enum Credentials {
    Password { username: String, password: Secret },
    Client,
}

/// What a caller is told.
#[derive(Debug)]
pub(crate) enum Told {
    Token(AccessToken),
    Replay(AccessToken),
    NotPermitted,
    SignedIn,
    SignedOut {
        erased: bool,
        revocation: Option<oneshot::Receiver<Revocation>>,
    },
    Failed(Error),
}

/// What became of the tokens on the server after a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// The server says that they no longer work.
    Revoked,
    /// The server offers no revocation, as ClearPass documents none: its tokens work until they
    /// end, or until an administrator disables the API client.
    NotOffered,
    /// It could not be tried, or failed, for this reason.
    Failed(Code),
    /// There was no token to revoke.
    NothingToRevoke,
}

/// The task that owns the state.
pub(crate) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) state: State,
    pub(super) mailbox: mpsc::UnboundedReceiver<Message>,
    /// Its own address, for the tasks that it starts.
    pub(super) address: mpsc::UnboundedSender<Message>,
    /// No handle is left: it ends as soon as nothing is under way.
    closing: bool,
    clocks: ClockWatch,
    pub(super) current: Option<Pair>,
    pub(super) answers: HashMap<Attempt, (TokenPair, String)>,
    pub(super) loaded: HashMap<Attempt, SessionRecord>,
    pub(super) waiters: HashMap<WaiterId, Waiter>,
    pub(super) credentials: HashMap<WaiterId, Credentials>,
    pub(super) aborts: HashMap<Attempt, oneshot::Sender<()>>,
    pub(super) revocations: HashMap<WaiterId, oneshot::Receiver<Revocation>>,
}

pub(super) struct Waiter {
    pub(super) tell: oneshot::Sender<Told>,
    pub(super) at_sign_in: bool,
}

impl Driver {
    /// Starts the task; it ends some time after [`Message::Closed`].
    pub(crate) fn start(shared: Arc<Shared>, state: State) -> mpsc::UnboundedSender<Message> {
        let (sender, mailbox) = mpsc::unbounded_channel();
        let driver = Self {
            shared: shared.clone(),
            state,
            mailbox,
            address: sender.clone(),
            closing: false,
            clocks: ClockWatch::new(shared.environment.now()),
            current: None,
            answers: HashMap::new(),
            loaded: HashMap::new(),
            waiters: HashMap::new(),
            credentials: HashMap::new(),
            aborts: HashMap::new(),
            revocations: HashMap::new(),
        };
        let _ = sender.send(Message::Event(Event::Open));
        shared.environment.spawn(Box::pin(driver.run()));
        sender
    }

    async fn run(mut self) {
        while !(self.closing && machine::is_idle(&self.state)) {
            let now = self.shared.environment.now();
            let wake = machine::next_wake(&self.state, now)
                .map(|rest| Duration::from_millis(rest.max(1)).min(LONGEST_TIMER));
            let timer = async {
                match wake {
                    Some(time) => self.shared.environment.sleep(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                message = self.mailbox.recv() => match message {
                    Some(message) => self.take_in(message),
                    None => return,
                },
                () = timer => self.happen(Event::Tick),
            }
        }
    }

    fn take_in(&mut self, message: Message) {
        match message {
            Message::Event(event) => {
                if let Event::Forget { waiter } = &event {
                    self.waiters.remove(waiter);
                }
                self.happen(event);
            }
            Message::Ask(waiter, event, tell) => {
                self.waiters.insert(
                    waiter,
                    Waiter {
                        tell,
                        at_sign_in: false,
                    },
                );
                self.happen(event);
            }
            Message::SignIn(waiter, event, credentials, tell) => {
                self.waiters.insert(
                    waiter,
                    Waiter {
                        tell,
                        at_sign_in: true,
                    },
                );
                self.credentials.insert(waiter, credentials);
                self.happen(event);
            }
            Message::SignInAnswered(attempt, outcome, pair, username) => {
                self.aborts.remove(&attempt);
                if let Some(pair) = pair {
                    self.answers.insert(attempt, (pair, username));
                }
                let epoch = self.random_epoch();
                self.happen(Event::SignInAnswered {
                    attempt,
                    outcome,
                    epoch,
                });
            }
            Message::RefreshAnswered(epoch, generation, attempt, outcome, pair) => {
                self.aborts.remove(&attempt);
                if let Some(pair) = pair {
                    self.answers.insert(attempt, (pair, String::new()));
                }
                self.happen(Event::RefreshAnswered {
                    epoch,
                    generation,
                    attempt,
                    outcome,
                });
            }
            Message::Loaded(attempt, store::Loaded::Session(record, _))
                if self.shared.vault.is_over(record.epoch) =>
            {
                // It was read before it ended.
                self.load(attempt);
            }
            Message::Loaded(attempt, loaded) => {
                let loaded = self.keep_loaded(attempt, loaded);
                self.happen(Event::Loaded { attempt, loaded });
            }
            Message::Closed => {
                self.closing = true;
                if machine::owes(&self.state) {
                    // What is not saved has its last chance.
                    self.happen(Event::Platform(PlatformEvent::Terminating));
                }
            }
        }
    }

    /// One step of the machine: effects are performed, the new state is published, and only then
    /// is anybody told.
    fn happen(&mut self, event: Event) {
        let now = self.shared.environment.now();
        if let Some(entry) = self.clocks.look(now) {
            self.write_history(entry);
        }
        let blank = State::new(self.state.known.clone());
        let state = std::mem::replace(&mut self.state, blank);
        let name = event.name();
        let (state, effects) = machine::step(
            state,
            event,
            At {
                now,
                luck: self.luck(),
            },
        );
        self.state = state;
        let mut answers = Vec::new();
        for effect in effects {
            match effect {
                Effect::Answer(waiter, answer) => answers.push((waiter, answer)),
                Effect::Ignored(kind) => self.count(kind, name),
                effect => self.perform(effect, now),
            }
        }
        self.publish(now);
        for (waiter, answer) in answers {
            self.tell(waiter, answer);
        }
    }

    fn publish(&mut self, now: Now) {
        let username = self
            .current
            .as_ref()
            .map_or("", |pair| pair.username.as_str());
        let state = SessionState::of(&self.state, username, self.shared.persistence, now);
        let session = self.state.session();
        let lease = session.and_then(|session| session.waits_for(now)).copied();
        let session = session.filter(|session| !session.rejected);
        let old = self.shared.published.load();
        let same = match (&old.serving, session) {
            (Some(serving), Some(session)) => {
                serving.token.epoch() == session.epoch
                    && serving.token.generation() == session.generation
                    && serving.anchor == session.anchor
                    && (session.accepted || !serving.accepted.load(Relaxed))
            }
            (None, None) => true,
            _ => false,
        };
        if !(same && old.state == state && old.lease == lease) {
            let serving = session
                .zip(self.current.as_ref())
                .map(|(session, pair)| Serving {
                    token: pair.access.clone(),
                    times: session.times,
                    anchor: session.anchor,
                    nudged: Default::default(),
                    accepted: session.accepted.into(),
                });
            if old.state != state {
                tracing::debug!(state = ?state, "session");
            }
            self.shared.published.store(Arc::new(Published {
                state: state.clone(),
                serving,
                lease,
            }));
        }
        self.shared.states.send_if_modified(|known| {
            let changed = *known != state;
            *known = state;
            changed
        });
    }

    fn tell(&mut self, waiter: WaiterId, answer: Answer) {
        self.credentials.remove(&waiter);
        let Some(Waiter { tell, at_sign_in }) = self.waiters.remove(&waiter) else {
            return;
        };
        let token = |current: &Option<Pair>| current.as_ref().map(|pair| pair.access.clone());
        let lost = || Told::Failed(Error::new(Code::Internal));
        let told = match answer {
            Answer::Token { short } => {
                token(&self.current).map_or_else(lost, |token| Told::Token(token.with_short(short)))
            }
            Answer::Replay => token(&self.current).map_or_else(lost, Told::Replay),
            Answer::NotPermitted => Told::NotPermitted,
            Answer::SignedIn => Told::SignedIn,
            Answer::SignedOut { erased } => {
                let revocation = self.revocations.remove(&waiter);
                Told::SignedOut { erased, revocation }
            }
            Answer::Failed(failure) => Told::Failed(self.shared.explain(&failure, at_sign_in)),
        };
        if matches!(told, Told::SignedIn | Told::SignedOut { .. }) {
            // The data folder knows of it before anybody hears that it is done.
            let noted = self.shared.notes.begin(|| ());
            self.shared.environment.spawn(Box::pin(async move {
                let _ = noted.await;
                let _ = tell.send(told);
            }));
        } else {
            let _ = tell.send(told);
        }
    }

    fn count(&self, kind: Ignored, event: &'static str) {
        match kind {
            Ignored::Late => {
                self.shared.ignored.late.fetch_add(1, Relaxed);
                tracing::debug!(event, "came too late and changes nothing");
            }
            Ignored::Impossible => {
                self.shared.ignored.impossible.fetch_add(1, Relaxed);
                tracing::error!(event, "cannot be in this state and changes nothing");
            }
        }
    }

    fn luck(&self) -> u64 {
        let mut bytes = [0; 8];
        self.shared.environment.random(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn random_epoch(&self) -> Epoch {
        let mut bytes = [0; 16];
        self.shared.environment.random(&mut bytes);
        Epoch(u128::from_le_bytes(bytes))
    }
}
