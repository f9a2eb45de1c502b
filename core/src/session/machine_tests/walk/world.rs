//! The machine with everything around it, and what is looked at after each of its steps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::*;
use crate::session::{effect::RecordDraft, event::LoadedSession, state::Keep};

pub(super) struct Luck(pub(super) u64);

impl Luck {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 32) as usize % end
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// A call of the store that is in its queue.
pub(super) enum Call {
    Write(Attempt, RecordDraft, Expect, bool),
    Remove(Attempt, Option<Epoch>, Cause, Option<Expect>),
    Load(Attempt),
}

/// The machine with everything around it.
pub(super) struct World {
    pub(super) state: State,
    pub(super) luck: Luck,
    pub(super) now: Now,
    pub(super) calls: VecDeque<Call>,
    /// Ends of calls that are on their way back, and come in any order.
    pub(super) coming: Vec<Event>,
    pub(super) stored: Option<LoadedSession>,
    /// Why nothing is stored, where somebody has said so.
    pub(super) ended: Option<Cause>,
    pub(super) fenced: BTreeSet<u128>,
    pub(super) refreshes: Vec<(Epoch, u64, Attempt)>,
    pub(super) sign_ins: Vec<Attempt>,
    pub(super) questions: Vec<Attempt>,
    pub(super) waiting: BTreeSet<u64>,
    pub(super) signing_in: BTreeSet<u64>,
    pub(super) last_waiter: u64,
    /// Answers whose tokens the driver keeps, and whether they hold a refresh token.
    pub(super) pairs: BTreeMap<Attempt, bool>,
    pub(super) loaded: BTreeMap<Attempt, bool>,
    pub(super) holds_refresh_token: bool,
    pub(super) trouble: bool,
    pub(super) ways: BTreeSet<(String, String)>,
}

fn phase_name(state: &State) -> &'static str {
    match state.phase {
        Phase::Closed => "[*]",
        Phase::Loading { .. } => "Loading",
        Phase::SignedOut(_) => "SignedOut",
        Phase::SigningIn(_) => "SigningIn",
        Phase::SignedIn(_) => "SignedIn",
        Phase::Locked => "Locked",
        Phase::StoreFailed(_) => "StoreFailed",
    }
}

fn stage_name(session: &Session) -> &'static str {
    match &session.refresh {
        Refresh::Ready => "Ready",
        Refresh::InFlight { stage, .. } => match stage {
            Stage::Journaling { .. } => "Journaling",
            Stage::Sent { .. } => "Sent",
            Stage::Saving { .. } => "Saving",
            Stage::Rereading { .. } => "Rereading",
        },
        Refresh::Waiting { .. } => "Waiting",
        Refresh::Blocked { .. } => "Blocked",
        Refresh::Ended { .. } => "Ended",
        Refresh::None => "None",
    }
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut known = known();
        known.has_secret = true;
        known.alone = seed.is_multiple_of(2);
        known.mode = match seed % 5 {
            0 => Some(ServerMode::OneShot),
            1 => Some(ServerMode::Reusable),
            _ => None,
        };
        let mut world = Self {
            state: State::new(known),
            luck: Luck(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            ..Self::blank()
        };
        world.event(Event::Open);
        world
    }

    pub(super) fn blank() -> Self {
        Self {
            state: State::new(known()),
            luck: Luck(1),
            now: at(0).now,
            calls: VecDeque::new(),
            coming: Vec::new(),
            stored: None,
            ended: Some(Cause::NeverSignedIn),
            fenced: BTreeSet::new(),
            refreshes: Vec::new(),
            sign_ins: Vec::new(),
            questions: Vec::new(),
            waiting: BTreeSet::new(),
            signing_in: BTreeSet::new(),
            last_waiter: 0,
            pairs: BTreeMap::new(),
            loaded: BTreeMap::new(),
            holds_refresh_token: false,
            trouble: true,
            ways: BTreeSet::new(),
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        let name = event.name();
        let before = self.state.clone();
        let at = At {
            now: self.now,
            luck: self.luck.next(),
        };
        let (state, effects) = step(before.clone(), event, at);
        self.state = state;
        self.remember_the_way(&before);
        let unjournaled = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Note(Happening::SentWithoutJournal(_))));
        for effect in effects {
            self.perform(effect, &before, unjournaled, name);
        }
    }

    pub(super) fn remember_the_way(&mut self, before: &State) {
        let mut way = |from: &str, to: &str| {
            if from != to {
                self.ways.insert((from.to_owned(), to.to_owned()));
            }
        };
        way(phase_name(before), phase_name(&self.state));
        if let (Some(old), Some(new)) = (before.session(), self.state.session())
            && old.epoch == new.epoch
        {
            way(stage_name(old), stage_name(new));
        }
    }

    pub(super) fn perform(
        &mut self,
        effect: Effect,
        before: &State,
        unjournaled: bool,
        event: &str,
    ) {
        match effect {
            Effect::Load { attempt } => self.calls.push_back(Call::Load(attempt)),
            Effect::Write {
                attempt,
                draft,
                tokens,
                expect,
            } => {
                let token = match tokens {
                    Tokens::Current => self.holds_refresh_token,
                    Tokens::Answer(answer, keep) => self.kept(keep, self.pairs[&answer]),
                };
                self.calls
                    .push_back(Call::Write(attempt, draft, expect, token));
            }
            Effect::Erase { attempt, epoch } => {
                self.calls
                    .push_back(Call::Remove(attempt, epoch, Cause::SignedOut, None));
            }
            Effect::Bury {
                attempt,
                expect,
                cause,
            } => {
                self.calls
                    .push_back(Call::Remove(attempt, None, cause, Some(expect)));
            }
            Effect::Fence { epoch } => {
                self.fenced.extend(epoch.map(|epoch| epoch.0));
            }
            Effect::SendSignIn { attempt, .. } => self.sign_ins.push(attempt),
            Effect::SendRefresh {
                epoch,
                generation,
                attempt,
                renewal,
                ..
            } => {
                let open = |(e, g, _): &(Epoch, u64, Attempt)| (*e, *g) == (epoch, generation);
                assert!(
                    !self.refreshes.iter().any(open),
                    "a second try while one is open"
                );
                if renewal == Renewal::RefreshToken {
                    assert!(self.holds_refresh_token, "a refresh without its token");
                    assert!(
                        unjournaled || event == "written",
                        "sent after {event}, not after its journal"
                    );
                }
                self.refreshes.push((epoch, generation, attempt));
            }
            Effect::AbortRefresh { attempt } => {
                if let Some(at) = self.refreshes.iter().position(|(_, _, a)| *a == attempt) {
                    let (epoch, generation, attempt) = self.refreshes.remove(at);
                    self.coming.push(Event::RefreshAnswered {
                        epoch,
                        generation,
                        attempt,
                        outcome: Outcome::Unknown(Failure::new(Code::Offline)),
                    });
                }
            }
            Effect::Take { attempt, keep, .. } => {
                let had = self
                    .pairs
                    .remove(&attempt)
                    .expect("the pair is there to be taken");
                self.holds_refresh_token = self.kept(keep, had);
            }
            Effect::Adopt { attempt } => {
                self.holds_refresh_token = self.loaded.remove(&attempt).expect("it was read");
            }
            Effect::Discard { attempt } => {
                self.pairs.remove(&attempt);
                self.loaded.remove(&attempt);
            }
            Effect::DropRefreshToken | Effect::Retire { .. } => self.holds_refresh_token = false,
            Effect::AskMe { attempt } => self.questions.push(attempt),
            Effect::Answer(waiter, answer) => {
                let waits = self.waiting.remove(&waiter.0) | self.signing_in.remove(&waiter.0);
                assert!(
                    waits,
                    "{answer:?} for somebody who does not wait, after {event}"
                );
            }
            Effect::Ignored(kind) => {
                assert_eq!(kind, Ignored::Late, "{event} in {}", phase_name(before));
            }
            Effect::Commit { .. } | Effect::AbortSignIn { .. } => {}
            Effect::Learn(_) | Effect::Note(_) => {}
        }
    }

    pub(super) fn kept(&self, keep: Keep, new: bool) -> bool {
        match keep {
            Keep::New => new,
            Keep::Old | Keep::OldUnproven => self.holds_refresh_token,
            Keep::Spent | Keep::None => false,
        }
    }

    /// Everything that is under way comes to its end, and the world means well.
    pub(super) fn settle(&mut self) {
        self.trouble = false;
        for _ in 0..200 {
            while !self.calls.is_empty() {
                self.make_a_call();
            }
            while self.server_is_asked() {
                self.server_answers();
            }
            while !self.coming.is_empty() {
                self.something_comes();
            }
            if let Some(rest) = next_wake(&self.state, self.now) {
                self.now.boot += rest;
                self.now.wall = self.now.wall.saturating_add(rest);
                self.tick();
            }
        }
        let state = &self.state;
        assert!(
            self.waiting.is_empty(),
            "{:?} wait for ever: {state:?}",
            self.waiting
        );
        assert!(
            self.signing_in.is_empty(),
            "{:?}: {state:?}",
            self.signing_in
        );
        assert!(
            self.pairs.is_empty(),
            "tokens are kept for nothing: {state:?}"
        );
        assert!(
            self.loaded.is_empty(),
            "a record is kept for nothing: {state:?}"
        );
        assert!(is_idle(state), "{state:?}");
    }
}
