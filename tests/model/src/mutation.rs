//! Five bugs on purpose, each a coat round the real step: what must be caught, or the check is worth
//! nothing. They live here and not in the core, so that no build of the product can hold one.

use quickaccess::{
    Code,
    session::{
        effect::Effect,
        event::{Event, Loaded, LoadedSession, Outcome},
        machine::{self, At},
        model::Holder,
        state::{Phase, Previous, Refresh, Session, Stage, State, Why},
    },
};

use crate::{explorer::Step, promise::Promise};

/// A bug on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A new pair is shown before the store has taken it.
    PublishBeforeWrite,
    /// The answer to a refresh counts whatever sign-in it was for.
    NoEpochCheck,
    /// A caller that finds a dead token starts a refresh of its own.
    SecondRefreshInFlight,
    /// A 502 is taken for the server's answer.
    BadGatewayIsAnAnswer,
    /// `invalid_grant` is believed without reading the store again.
    InvalidGrantBelieved,
}

impl Mutation {
    /// Every bug.
    pub const ALL: [Self; 5] = [
        Self::PublishBeforeWrite,
        Self::NoEpochCheck,
        Self::SecondRefreshInFlight,
        Self::BadGatewayIsAnAnswer,
        Self::InvalidGrantBelieved,
    ];

    /// The machine with this bug.
    pub fn step(self) -> Step {
        match self {
            Self::PublishBeforeWrite => publish_before_write,
            Self::NoEpochCheck => no_epoch_check,
            Self::SecondRefreshInFlight => second_refresh_in_flight,
            Self::BadGatewayIsAnAnswer => bad_gateway_is_an_answer,
            Self::InvalidGrantBelieved => invalid_grant_believed,
        }
    }

    /// The model of the quick check that has to catch it, and the promise that it breaks.
    pub fn caught_by(self) -> (&'static str, Promise) {
        match self {
            Self::PublishBeforeWrite => ("rotate", Promise::StoredBeforeShown),
            Self::NoEpochCheck => ("people", Promise::TokensStayApart),
            Self::SecondRefreshInFlight => ("rotate", Promise::OneRefreshInFlight),
            Self::BadGatewayIsAnAnswer => ("rotate", Promise::CauseIsTrue),
            Self::InvalidGrantBelieved => ("leases", Promise::CauseIsTrue),
        }
    }
}

fn publish_before_write(state: State, event: Event, at: At) -> (State, Vec<Effect>) {
    let (state, mut effects) = machine::step(state, event, at);
    let write = match stage(&state) {
        Some(Stage::Saving { write, .. }) => *write,
        _ => return (state, effects),
    };
    let begins = effects
        .iter()
        .any(|effect| matches!(effect, Effect::Write { attempt, .. } if *attempt == write));
    if !begins {
        return (state, effects);
    }
    let written = Event::Written {
        attempt: write,
        result: Ok(()),
    };
    let (state, more) = machine::step(state, written, at);
    effects.extend(more);
    (state, effects)
}

fn no_epoch_check(state: State, mut event: Event, at: At) -> (State, Vec<Effect>) {
    if let (Event::RefreshAnswered { epoch, .. }, Some(session)) = (&mut event, state.session()) {
        *epoch = session.epoch;
    }
    machine::step(state, event, at)
}

fn second_refresh_in_flight(mut state: State, event: Event, at: At) -> (State, Vec<Effect>) {
    let sent = matches!(stage(&state), Some(Stage::Sent { .. }));
    let dead = state.session().is_some_and(|s| !s.serves(at.now));
    if matches!(event, Event::Want { .. })
        && sent
        && dead
        && let Some(session) = session(&mut state)
    {
        session.refresh = Refresh::Ready;
    }
    machine::step(state, event, at)
}

fn bad_gateway_is_an_answer(state: State, mut event: Event, at: At) -> (State, Vec<Effect>) {
    if let Event::RefreshAnswered { outcome, .. } = &mut event
        && let Outcome::Unknown(failure) = outcome
        && failure.code == Code::ServerError
    {
        *outcome = Outcome::Refused {
            invalid_grant: false,
            failure: failure.clone(),
        };
    }
    machine::step(state, event, at)
}

fn invalid_grant_believed(state: State, event: Event, at: At) -> (State, Vec<Effect>) {
    let (state, mut effects) = machine::step(state, event, at);
    let read = match stage(&state) {
        Some(Stage::Rereading {
            read,
            why: Why::InvalidGrant { .. },
        }) => *read,
        _ => return (state, effects),
    };
    let begins = |effect: &Effect| matches!(effect, Effect::Load { attempt } if *attempt == read);
    let (true, Some(s)) = (effects.iter().any(begins), state.session()) else {
        return (state, effects);
    };
    effects.retain(|effect| !begins(effect));
    let as_in_memory = LoadedSession {
        epoch: s.epoch,
        generation: s.generation,
        times: s.times,
        last_seen: s.times.sent,
        renewal: s.renewal,
        refresh_token: true,
        ended: None,
        journal: None,
        after_rejection: s.after_rejection,
        unproven: s.unproven,
        holder: Holder::Unknown,
    };
    let loaded = Event::Loaded {
        attempt: read,
        loaded: Loaded::Session(Box::new(as_in_memory)),
    };
    let (state, more) = machine::step(state, loaded, at);
    effects.extend(more);
    (state, effects)
}

fn stage(state: &State) -> Option<&Stage> {
    match &state.session()?.refresh {
        Refresh::InFlight { stage, .. } => Some(stage),
        _ => None,
    }
}

fn session(state: &mut State) -> Option<&mut Session> {
    match &mut state.phase {
        Phase::SignedIn(session) => Some(session),
        Phase::SigningIn(sign_in) => match &mut sign_in.previous {
            Previous::SignedIn(session) => Some(session),
            Previous::SignedOut(_) => None,
        },
        _ => None,
    }
}
