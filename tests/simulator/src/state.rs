//! Everything that the server knows, behind one lock, and a signal for those who wait for a
//! change of it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::{
    clock::Clock,
    counters::Counters,
    fault::Faults,
    rows::{Look, Rows},
    scenario::{ApiClient, LocalUser, OperatorProfile, Scenario},
    seen::Log,
    switches::Switches,
    tokens::{TokenSource, Tokens},
    tracker::Tracker,
};

/// The server's memory, shared by the handlers and the handle.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

pub(crate) struct State {
    pub(crate) scenario: Scenario,
    pub(crate) clock: Clock,
    pub(crate) source: TokenSource,
    pub(crate) tokens: Tokens,
    pub(crate) switches: Switches,
    pub(crate) counters: Counters,
    pub(crate) tracker: Tracker,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) rows: Rows,
}

impl Shared {
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            state: Mutex::new(State::new(scenario)),
            changed: watch::Sender::new(()),
        }
    }

    /// Looks at the state. Never call it within another look or change.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state, then wakes those who wait for a change.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_replace(());
        result
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl State {
    pub(crate) fn new(scenario: Scenario) -> Self {
        let wall = scenario
            .wall_clock
            .map_or_else(SystemTime::now, SystemTime::from);
        let start = Timestamp::try_from(wall).map_or(0, Timestamp::as_second);
        Self {
            clock: Clock::new(wall),
            source: TokenSource::new(scenario.seed),
            rows: Rows::new(&scenario.rows, scenario.seed, start),
            scenario,
            tokens: Tokens::default(),
            switches: Switches::default(),
            counters: Counters::default(),
            tracker: Tracker::default(),
            faults: Faults::default(),
            log: Log::default(),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The server's clock, in whole milliseconds.
    pub(crate) fn timestamp(&self) -> Timestamp {
        let wall = Timestamp::try_from(self.clock.wall()).unwrap_or(Timestamp::MAX);
        Timestamp::from_millisecond(wall.as_millisecond()).unwrap_or(wall)
    }

    /// Starts anew with the scenario's rows.
    pub(crate) fn start_rows(&mut self) {
        let (scenario, now) = (&self.scenario, self.timestamp().as_second());
        self.rows = Rows::new(&scenario.rows, scenario.seed, now);
    }

    /// How the rows look now.
    pub(crate) fn look(&self) -> Look {
        self.rows.look(self.timestamp().as_second())
    }

    pub(crate) fn client(&self, id: &str) -> Option<&ApiClient> {
        self.scenario
            .api_clients
            .iter()
            .find(|client| client.id == id)
    }

    pub(crate) fn user(&self, name: &str) -> Option<&LocalUser> {
        self.scenario
            .local_users
            .iter()
            .find(|user| user.name == name)
    }

    pub(crate) fn profile(&self, name: &str) -> Option<&OperatorProfile> {
        self.scenario
            .operator_profiles
            .iter()
            .find(|profile| profile.name == name)
    }
}
