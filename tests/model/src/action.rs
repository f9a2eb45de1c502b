//! What the world can do next, and what then happens.

use quickaccess::{
    Millis,
    session::{
        clock::refresh_point,
        event::{Area, Event, PlatformEvent, WaiterId, Want},
        model::{Attempt, Cause, Epoch, Generation, Renewal, Times},
    },
    store::StoreError,
};

use crate::{
    ending::End,
    explorer::{Explorer, Log},
    server::Answer,
    time::{AT, LIFE, NOW, Shift},
    trouble::Trouble,
    truth::{Over, Sitting},
    vault::{Entry, Memory, Record},
    world::{Ask, Caller, Kind, Note, Process, World},
};

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// The store does what was asked for first, and tells.
    Store(Trouble),
    /// The store does it, and tells later.
    Quietly,
    /// The data folder does.
    Note,
    /// An open request ends.
    Ends(Attempt, End),
    /// The answer to a request that was given up comes after all.
    Late(Attempt),
    /// A caller asks for a token.
    Want(WaiterId, Want),
    /// A token is used after its refresh point.
    Used,
    /// A caller goes away.
    Forget(WaiterId),
    SignIn(WaiterId),
    CancelSignIn(WaiterId),
    SignOut(WaiterId),
    /// A request with this token was rejected.
    Rejected(WaiterId, Epoch, Generation, bool),
    /// A request with the present token was not.
    Accepted(Epoch, Generation),
    Platform(PlatformEvent),
    /// Time passes until something can be different.
    Pass(Millis),
    /// All processes are stopped for this long, as on a device that sleeps.
    Sleep(Millis),
    /// A timer goes off.
    Tick,
    /// The process is killed and started again. The store may have done what was asked first, or a
    /// part of it, and the server may have done with a refresh token what it does.
    Kill {
        stored: Option<Trouble>,
        committed: bool,
    },
    /// The same with a reboot in between, after which the wall clock has moved by this.
    Reboot {
        stored: Option<Trouble>,
        committed: bool,
        wall: i64,
    },
    /// The wall clock is set.
    Jump(i64),
    /// The server takes the refresh token back.
    Revoke(Epoch),
    /// The entry is gone from the store.
    Lose,
    /// The entry can no longer be read.
    Spoil(StoreError),
    /// Another process refreshes, signs out, or signs somebody else in.
    Other(Other),
    /// The second process does something.
    Neighbour(Box<Action>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Refreshes,
    SignsOut,
    SignsIn,
}

impl World {
    /// Lets something happen.
    pub(crate) fn act(&mut self, explorer: &Explorer, action: Action, log: &mut Log<'_>) {
        if let Action::Neighbour(action) = action {
            return self.neighbour_acts(explorer, *action, log);
        }
        let scope = explorer.bounds.scope();
        let mut shift = Shift::none(scope);
        match action {
            Action::Store(trouble) => self.store(explorer, trouble, log),
            Action::Quietly => {
                self.left.delays -= 1;
                self.make_call(Trouble::None);
            }
            Action::Note => self.note(),
            Action::Ends(attempt, end) => self.ends(explorer, attempt, end, log),
            Action::Late(attempt) => self.late(explorer, attempt, log),
            Action::Want(waiter, want) => {
                self.comes(waiter, Kind::Token);
                self.happen(explorer, Event::Want { waiter, want }, log);
            }
            Action::Used => self.happen(explorer, Event::Used, log),
            Action::Forget(waiter) => {
                self.left.forgets -= 1;
                self.gone(waiter);
                self.happen(explorer, Event::Forget { waiter }, log);
            }
            Action::SignIn(waiter) => {
                self.left.sign_ins -= 1;
                self.comes(waiter, Kind::SignIn);
                let renewal = explorer.bounds.renewal;
                self.happen(explorer, Event::SignIn { waiter, renewal }, log);
            }
            Action::CancelSignIn(waiter) => {
                self.left.cancels -= 1;
                self.gone(waiter);
                self.happen(explorer, Event::CancelSignIn { waiter }, log);
            }
            Action::SignOut(waiter) => {
                self.left.sign_outs -= 1;
                self.comes(waiter, Kind::SignOut);
                self.happen(explorer, Event::SignOut { waiter }, log);
            }
            Action::Rejected(waiter, epoch, generation, me) => {
                self.left.rejections -= 1;
                self.comes(waiter, Kind::Request);
                let event = Event::Rejected {
                    waiter,
                    epoch,
                    generation,
                    area: Area("GET guest".to_owned()),
                    me,
                };
                self.happen(explorer, event, log);
            }
            Action::Accepted(epoch, generation) => {
                self.happen(explorer, Event::Accepted { epoch, generation }, log);
            }
            Action::Platform(event) => {
                self.left.platform -= 1;
                self.happen(explorer, Event::Platform(event), log);
            }
            Action::Pass(time) => {
                shift = Shift::by(time, scope);
            }
            Action::Sleep(time) => {
                self.left.sleeps -= 1;
                shift = Shift::by(time, scope);
            }
            Action::Tick => self.happen(explorer, Event::Tick, log),
            Action::Kill { stored, committed } => {
                self.left.kills -= 1;
                self.killed(explorer, stored, committed);
                self.happen(explorer, Event::Open, log);
            }
            Action::Reboot {
                stored,
                committed,
                wall,
            } => {
                self.left.reboots -= 1;
                self.killed(explorer, stored, committed);
                let reboot = true;
                self.normalise(Shift {
                    wall,
                    reboot,
                    ..shift
                });
                self.happen(explorer, Event::Open, log);
            }
            Action::Jump(wall) => {
                self.left.jumps -= 1;
                shift.wall = wall;
            }
            Action::Revoke(epoch) => {
                self.left.revokes -= 1;
                self.server.revoke(epoch);
            }
            Action::Lose => {
                self.left.losses -= 1;
                self.vault.entry = Entry::Empty;
                self.truth.lost = true;
            }
            Action::Spoil(error) => {
                self.left.losses -= 1;
                self.vault.entry = Entry::Unreadable(error);
                self.truth.unreadable = Some(match error {
                    StoreError::KeyLost => Cause::KeyLost,
                    _ => Cause::Corrupt,
                });
            }
            Action::Other(other) => self.other(explorer, other),
            Action::Neighbour(_) => {}
        }
        // Being told changes nothing but what may be expected.
        while let Some(Note::Tell(..)) = self.process.notes.first() {
            self.note();
        }
        self.normalise(shift);
        self.judge_rest();
    }

    fn comes(&mut self, id: WaiterId, kind: Kind) {
        self.process.callers.push(Caller { id, kind });
        self.process
            .callers
            .sort_unstable_by_key(|caller| caller.id);
    }

    /// The process is gone; the next one has not read anything yet.
    fn killed(&mut self, explorer: &Explorer, stored: Option<Trouble>, committed: bool) {
        if let Some(trouble) = stored {
            // Nobody hears how it ends.
            self.make_call(trouble);
        }
        if committed {
            for request in &self.process.requests {
                if let Ask::Refresh {
                    token: Some(token), ..
                } = request.ask
                {
                    self.server.refresh(token, explorer.bounds.mode);
                }
            }
        }
        self.truth.killed(&self.vault);
        // Two on: every process has a number of its own, and an odd one stays odd.
        let owner = self.process.owner() + 2;
        self.process = Process::new(&explorer.bounds, self.vault.data.mode, owner);
        self.process.state.known.has_secret &= explorer.bounds.keeps_secret;
    }

    /// Another process does something, whole.
    fn other(&mut self, explorer: &Explorer, other: Other) {
        self.left.others -= 1;
        match other {
            Other::Refreshes => {
                let Some(mut record) = self.vault.record().cloned() else {
                    return;
                };
                let Some(token) = record.token else { return };
                let Answer::Pair(new) = self.server.refresh(token, explorer.bounds.mode) else {
                    return;
                };
                record.generation += 1;
                record.token = new.or(record.token);
                record.times.sent = NOW;
                (record.last_seen, record.journal) = (NOW, None);
                self.stored(&record, false);
                self.vault.entry = Entry::Session(Box::new(record));
            }
            Other::SignsOut => {
                let Some(epoch) = self.vault.record().map(|record| record.epoch) else {
                    return;
                };
                self.truth.of(epoch).over = Over::Told;
                self.truth.meddled = true;
                self.vault.fence(Some(epoch));
                let _ = self
                    .vault
                    .erase(&Memory::default(), Some(epoch), Trouble::None);
            }
            Other::SignsIn => {
                let (epoch, token) = self.server.sign_in(true);
                let renewal = Renewal::RefreshToken;
                self.truth.sittings.push(Sitting::new(renewal));
                let record = Record {
                    epoch,
                    generation: 1,
                    access_of: epoch,
                    token,
                    renewal,
                    times: Times {
                        sent: NOW,
                        lifetime: Some(LIFE),
                        refresh_after: refresh_point(Some(LIFE), false, AT.luck),
                    },
                    last_seen: NOW,
                    ended: None,
                    journal: None,
                    after_rejection: false,
                    unproven: false,
                };
                self.truth.commit(epoch);
                self.stored(&record, false);
                self.vault.entry = Entry::Session(Box::new(record));
                self.vault.data.saved = Some(epoch);
                self.vault.commit(&mut Memory::default(), epoch);
            }
        }
    }
}
