//! The model as the checker sees it: which actions a state has, and where each leads.

use std::sync::Arc;

use quickaccess::session::{
    effect::Effect,
    event::{Event, WaiterId},
    machine::At,
    state::State,
};
use stateright::{Model, Property};

use crate::{
    action::Action,
    bounds::{Bounds, Start},
    diagram::Seen,
    ending::End,
    promise::Promise,
    time::LIFE,
    trouble::Trouble,
    world::{Kind, Process, View, World},
};

/// The machine, or a mutant of it.
pub type Step = fn(State, Event, At) -> (State, Vec<Effect>);

/// One model.
#[derive(Debug)]
pub(crate) struct Explorer {
    pub(crate) bounds: Bounds,
    pub(crate) step: Step,
    pub(crate) seen: Arc<Seen>,
}

/// Where the steps of a trace are written down; nowhere while the checker explores.
#[derive(Debug)]
pub(crate) struct Log<'a>(pub(crate) Option<&'a mut Vec<String>>);

impl Log<'_> {
    pub(crate) fn say(&mut self, text: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.0 {
            lines.push(text());
        }
    }
}

/// The property that a promise is.
macro_rules! properties {
    ($($promise:ident),* $(,)?) => {
        vec![$(Property::always(Promise::$promise.sentence(), |_, world: &World| {
            world.broken.is_none_or(|broken| broken.promise != Promise::$promise)
        })),*]
    };
}

impl Model for Explorer {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.begin()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.broken.is_some() || self.far(world) {
            return;
        }
        // The data folder is done before anything else comes, unless a kill is faster.
        let noting = |world: &World| !world.process.notes.is_empty();
        if noting(world) {
            self.of_process(world, actions);
            return;
        }
        if world.neighbour.is_some() {
            let mut changed = world.clone();
            changed.change_seats();
            let mut theirs = Vec::new();
            self.of_process(&changed, &mut theirs);
            let theirs = theirs.into_iter().map(Box::new);
            actions.extend(theirs.map(Action::Neighbour));
            if noting(&changed) {
                return;
            }
        }
        self.of_process(world, actions);
        self.time(world, actions);
        self.harm(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.act(self, action, &mut Log(None));
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties![
            AnsweredTokenRests,
            SuccessBeatsFailure,
            CauseIsTrue,
            NoSilentEnd,
            FailedSignInChangesNothing,
            NewestEpochWins,
            FencedStaysOut,
            WaitersAreAnswered,
            NothingIsStuck,
            RefreshesAreBounded,
            NoPanic,
            OneRefreshInFlight,
            StoredBeforeShown,
            NothingImpossible,
            SavedMeansStored,
            NoDeadToken,
            TokensStayApart,
        ]
    }
}

impl Explorer {
    /// The first state: what led to it happened without any trouble.
    pub(crate) fn begin(&self) -> World {
        let mut world = World::new(&self.bounds);
        let log = &mut Log(None);
        world.happen(self, Event::Open, log);
        world.act(self, Action::Store(Trouble::None), log);
        if self.bounds.start != Start::Fresh {
            let waiter = world
                .free(Kind::SignIn, 1)
                .unwrap_or(WaiterId(Kind::SignIn.first()));
            world.left.sign_ins += 1;
            world.act(self, Action::SignIn(waiter), log);
            let attempt = world.process.requests[0].attempt;
            world.act(self, Action::Ends(attempt, End::Answered), log);
            world.act(self, Action::Store(Trouble::None), log);
            while !world.process.notes.is_empty() {
                world.act(self, Action::Note, log);
            }
        }
        match self.bounds.start {
            Start::Due => world.act(self, Action::Pass(LIFE * 9 / 10), log),
            Start::Over => world.act(self, Action::Pass(LIFE), log),
            Start::Fresh | Start::SignedIn => {}
        }
        if self.bounds.learned {
            world.process.state.known.mode = Some(self.bounds.mode);
            world.vault.data.mode = Some(self.bounds.mode);
        }
        if self.bounds.neighbour {
            world.neighbour_starts(self);
        }
        world.left = self.bounds.budget;
        world
    }

    /// Whether a run is not followed further.
    fn far(&self, world: &World) -> bool {
        let most = self.bounds.generations;
        let beyond = |process: &Process| matches!(View::of(&process.state), View::In(_, generation) if generation > most);
        world.processes().any(beyond)
            || world
                .vault
                .record()
                .is_some_and(|record| record.generation > most)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_promise_is_a_property() {
        let explorer = Explorer {
            bounds: Bounds::QUIET,
            step: quickaccess::session::machine::step,
            seen: Arc::default(),
        };
        let properties = explorer.properties();
        let checked: BTreeSet<_> = properties.iter().map(|property| property.name).collect();
        assert_eq!(checked, Promise::ALL.map(Promise::sentence).into());
    }
}
