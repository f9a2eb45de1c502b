//! Runs a model and tells what came of it, with the shortest run to a broken promise.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use quickaccess::session::{machine, state::Phase};
use stateright::{Checker, HasDiscoveries, Model};

use crate::{
    action::Action,
    bounds::Bounds,
    diagram::Seen,
    explorer::{Explorer, Log, Step},
    promise::Promise,
    world::World,
};

/// What came of a model.
#[derive(Debug)]
pub struct Report {
    /// The model.
    pub bounds: Bounds,
    /// Steps that were taken.
    pub steps: usize,
    /// States that differ.
    pub states: usize,
    /// The longest of the shortest runs to a state.
    pub depth: usize,
    /// How long it took.
    pub time: Duration,
    /// The first broken promise, if one was broken; then not all states were seen.
    pub broken: Option<Counterexample>,
    /// The steps of the machine that were seen.
    pub seen: Arc<Seen>,
}

/// A run that breaks a promise.
#[derive(Debug)]
pub struct Counterexample {
    /// Which.
    pub promise: Promise,
    /// How.
    pub how: &'static str,
    /// The run, one event or effect a line.
    pub run: Vec<String>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "broken: {} ({})", self.promise.sentence(), self.how)?;
        for line in &self.run {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

/// Explores a model to its end, or to the first broken promise.
pub fn check(bounds: &Bounds, threads: usize) -> Report {
    check_mutant(bounds, machine::step, threads)
}

/// The same with another machine in the place of the real one.
pub fn check_mutant(bounds: &Bounds, step: Step, threads: usize) -> Report {
    let begun = Instant::now();
    let seen = Arc::new(Seen::default());
    let explorer = || Explorer {
        bounds: bounds.clone(),
        step,
        seen: seen.clone(),
    };
    let checker = explorer()
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let shortest = checker
        .discoveries()
        .into_values()
        .map(|path| path.into_vec())
        .min_by_key(Vec::len);
    Report {
        bounds: bounds.clone(),
        steps: checker.state_count(),
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        time: begun.elapsed(),
        broken: shortest.and_then(|run| retell(&explorer(), run)),
        seen,
    }
}

/// Takes the steps of a run once more and writes them down.
fn retell(explorer: &Explorer, run: Vec<(World, Option<Action>)>) -> Option<Counterexample> {
    let mut lines = Vec::new();
    let mut last = None;
    for (number, (world, action)) in run.into_iter().enumerate() {
        last = Some(world.clone());
        let Some(action) = action else { continue };
        lines.push(format!("{}. {action:?}", number + 1));
        let mut told = Vec::new();
        let mut next = world;
        next.act(explorer, action, &mut Log(Some(&mut told)));
        lines.extend(told.into_iter().map(|line| format!("     {line}")));
        lines.push(format!("     now {}", place(&next)));
        last = Some(next);
    }
    let broken = last?.broken?;
    Some(Counterexample {
        promise: broken.promise,
        how: broken.how,
        run: lines,
    })
}

/// Where the machine stands, in a line.
fn place(world: &World) -> String {
    let state = &world.process.state;
    let session = |s: &quickaccess::session::state::Session| {
        format!(
            "epoch {} generation {} refresh {:?} write {:?}",
            s.epoch.0, s.generation, s.refresh, s.write
        )
    };
    match &state.phase {
        Phase::SignedIn(s) => format!("signed in, {}", session(s)),
        Phase::SigningIn(sign_in) => format!(
            "signing in at {:?}, before it {}",
            std::mem::discriminant(&sign_in.stage),
            state.session().map_or("nobody".to_owned(), session)
        ),
        Phase::SignedOut(out) => format!("signed out, {:?}, {:?}", out.cause, out.erase),
        other => format!("{other:?}"),
    }
}
