//! The machine and rejected requests. ClearPass answers 403 for a dead token and for a missing
//! privilege alike, with the same body (\[O\] and \[V\] in the field; a 401 with an empty body is
//! possible), so `/oauth/me`, which every good token may read, is asked to tell them apart.

use super::{
    clock,
    effect::{Answer, Effect, Happening},
    event::{Area, Failure, Verdict, WaiterId, Want},
    machine::Turn,
    model::Generation,
    state::Session,
};
use crate::{environment::Millis, error::Code};

/// How long a verdict is remembered, and how young a pair is suspicious that nothing accepted.
const MEMORY: Millis = 60_000;
/// How many refused areas are remembered.
const MOST_AREAS: usize = 64;

impl Turn<'_> {
    /// A request came back with 401 or 403: what is its caller to do?
    pub(super) fn rejected(
        &mut self,
        s: &mut Session,
        waiter: WaiterId,
        generation: Generation,
        area: Area,
        me: bool,
    ) {
        let now = self.at.now;
        if generation < s.generation || s.rejected || s.standing(now).expired {
            s.waiters.push((waiter, Want::Replay { than: generation }));
            return;
        }
        if s.no_api_access
            .is_some_and(|since| clock::elapsed(since, now) < MEMORY)
        {
            self.answer(waiter, Answer::Failed(Failure::new(Code::NoApiAccess)));
            return;
        }
        if me {
            let mut waiters = vec![(waiter, area)];
            if let Some((_, asking)) = s.asking.take() {
                waiters.extend(asking);
            }
            self.judged(s, waiters, Verdict::Rejected);
            return;
        }
        s.refused_areas
            .retain(|(_, since)| clock::elapsed(*since, now) < MEMORY);
        if s.refused_areas.iter().any(|(refused, _)| *refused == area) {
            self.answer(waiter, Answer::NotPermitted);
            return;
        }
        match &mut s.asking {
            Some((_, waiters)) => waiters.push((waiter, area)),
            None => {
                let attempt = self.next_attempt();
                self.effects.push(Effect::AskMe { attempt });
                s.asking = Some((attempt, vec![(waiter, area)]));
            }
        }
    }

    /// `/oauth/me` told.
    pub(super) fn judged(
        &mut self,
        s: &mut Session,
        waiters: Vec<(WaiterId, Area)>,
        verdict: Verdict,
    ) {
        let now = self.at.now;
        match verdict {
            Verdict::Accepted => {
                s.accepted = true;
                s.no_api_access = None;
                for (waiter, area) in waiters {
                    if s.refused_areas.len() >= MOST_AREAS {
                        s.refused_areas.remove(0);
                    }
                    if !s.refused_areas.iter().any(|(refused, _)| *refused == area) {
                        s.refused_areas.push((area, now));
                    }
                    self.answer(waiter, Answer::NotPermitted);
                }
            }
            Verdict::Rejected if s.accepted_nowhere(now) => {
                if s.no_api_access.is_none() {
                    self.note(Happening::NoApiAccess);
                }
                (s.no_api_access, s.accepted) = (Some(now), false);
                for (waiter, _) in waiters {
                    self.answer(waiter, Answer::Failed(Failure::new(Code::NoApiAccess)));
                }
            }
            Verdict::Rejected => {
                self.note(Happening::TokenRejected);
                s.rejected = true;
                s.owed = true;
                let than = s.generation;
                let waiters = waiters.into_iter();
                s.waiters
                    .extend(waiters.map(|(waiter, _)| (waiter, Want::Replay { than })));
            }
            Verdict::None(failure) => {
                for (waiter, _) in waiters {
                    self.answer(waiter, Answer::Failed(failure.clone()));
                }
            }
        }
    }
}

impl Session {
    /// Whether another refresh would serve nobody, because the server issues pairs and accepts
    /// them nowhere. A pair that was accepted and has lived for a minute has proven the opposite.
    fn accepted_nowhere(&self, now: crate::environment::Now) -> bool {
        let young = self.anchor.age(now).is_some_and(|age| age < MEMORY);
        self.no_api_access.is_some()
            || if self.after_rejection {
                !self.accepted || young
            } else {
                !self.accepted && young
            }
    }
}
