//! The driver's part, step by step as the core's driver does it: one event into the machine, the
//! effects performed in their order, and only then callers are told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use quickaccess::session::{
    clock,
    effect::{Answer, Effect, Happening, Ignored, RecordDraft, Tokens},
    event::{Event, Outcome, WaiterId},
    machine,
    model::{Attempt, Epoch, Generation, Renewal},
    state::{Keep, State},
};

use crate::{
    explorer::{Explorer, Log},
    promise::Promise,
    server::Token,
    time::{AT, NOW},
    truth::Over,
    vault::Record,
    world::{Ask, Job, Kind, Note, Pair, Request, View, World},
};

impl World {
    /// One step of the machine.
    pub(crate) fn happen(&mut self, explorer: &Explorer, event: Event, log: &mut Log<'_>) {
        let blank = State::new(self.process.state.known.clone());
        let state = std::mem::replace(&mut self.process.state, blank);
        let before = View::of(&state);
        let (from, had) = (explorer.seen.place(&state), self.process.current);
        let returns = sign_in_ends(&event);
        self.before_step(&event, before);
        log.say(|| format!("event {event:?}"));
        let stepped = catch_unwind(AssertUnwindSafe(|| (explorer.step)(state, event, AT)));
        let Ok((state, effects)) = stepped else {
            self.breaks(Promise::NoPanic, "the machine panicked");
            return;
        };
        explorer.seen.step(from, &state);
        self.process.state = state;
        let mut answers = Vec::new();
        let mut noted = false;
        let mut pair = before;
        for effect in effects {
            log.say(|| format!("effect {effect:?}"));
            match effect {
                Effect::Answer(waiter, answer) => answers.push((waiter, answer)),
                Effect::Ignored(Ignored::Late) => {}
                Effect::Ignored(Ignored::Impossible) => {
                    self.breaks(Promise::NothingImpossible, "an event was refused");
                }
                Effect::Note(happening) => {
                    explorer.seen.happened(&happening);
                    noted |= matches!(happening, Happening::SignedOut(_));
                    self.noted(explorer, pair, &happening);
                }
                effect => {
                    self.perform(effect);
                    if let Some(current) = self.process.current {
                        pair = View::In(current.epoch, current.generation);
                    }
                }
            }
        }
        self.process.timer = machine::next_wake(&self.process.state, NOW);
        self.judge_change(before, noted);
        let failed = answers
            .iter()
            .any(|(waiter, answer)| is_sign_in(*waiter) && matches!(answer, Answer::Failed(_)));
        let after = View::of(&self.process.state);
        if returns && failed && after != View::Unread {
            let same = before == after && had == self.process.current;
            if before != View::Unread && !same {
                self.breaks(
                    Promise::FailedSignInChangesNothing,
                    "a sign-in that failed changed the session before it",
                );
            }
        }
        for (waiter, answer) in answers {
            self.tell(waiter, &answer);
        }
    }

    /// What the checker notes before the machine hears of an event.
    fn before_step(&mut self, event: &Event, before: View) {
        match (event, before) {
            (Event::SignOut { .. }, _) => {
                if let Some(epoch) = self.truth.latest {
                    let sitting = self.truth.of(epoch);
                    sitting.over = sitting.over.max(Over::Asked);
                    self.process.asked_out.push(epoch);
                }
            }
            (
                Event::RefreshAnswered {
                    epoch,
                    generation,
                    outcome,
                    ..
                },
                View::In(now, current),
            ) if (*epoch, *generation) == (now, current) => match outcome {
                Outcome::Granted(_) => self.process.won = Some((now, current)),
                Outcome::Unknown(_) => self.truth.of(now).open_try = Some(current),
                _ => {}
            },
            _ => {}
        }
    }

    /// Something went into the history while this pair was served.
    fn noted(&mut self, explorer: &Explorer, pair: View, happening: &Happening) {
        match (happening, pair) {
            (Happening::RefreshEnded(cause), _) => {
                self.judge_end(pair, *cause, explorer.bounds.mode);
            }
            (Happening::SentWithoutJournal(_), View::In(epoch, _)) => {
                self.truth.of(epoch).unjournaled = true;
            }
            _ => {}
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Load { attempt } => self.process.jobs.push(Job::Load { attempt }),
            Effect::Write {
                attempt,
                draft,
                tokens,
                expect,
            } => match self.record(draft, tokens) {
                Some(record) => self.process.jobs.push(Job::Write {
                    attempt,
                    record: Box::new(record),
                    expect,
                }),
                None => self.breaks(
                    Promise::TokensStayApart,
                    "tokens are to be written that are not there",
                ),
            },
            Effect::Erase { attempt, epoch } => {
                self.process.jobs.push(Job::Erase { attempt, epoch });
            }
            Effect::Bury {
                attempt,
                cause,
                expect,
            } => self.process.jobs.push(Job::Bury {
                attempt,
                cause,
                expect,
            }),
            Effect::Commit { epoch } => {
                self.truth.commit(epoch);
                self.process.notes.push(Note::Commit(epoch));
            }
            Effect::Fence { epoch } => {
                if let Some(epoch) = epoch {
                    let sitting = self.truth.of(epoch);
                    sitting.cancelled |= !sitting.committed;
                    self.process.memory.never_again(epoch);
                }
                self.process.notes.push(Note::Fence(epoch));
            }
            Effect::SendSignIn { attempt, .. } => self.send(attempt, Ask::SignIn),
            Effect::AbortSignIn { attempt } | Effect::AbortRefresh { attempt } => {
                for request in &mut self.process.requests {
                    request.aborted |= request.attempt == attempt;
                }
            }
            Effect::SendRefresh {
                epoch,
                generation,
                attempt,
                renewal,
                not_after: _,
            } => self.send_refresh(epoch, generation, attempt, renewal),
            Effect::Take {
                attempt,
                epoch,
                generation,
                keep,
            } => self.take(attempt, epoch, generation, keep),
            Effect::Adopt { attempt } => self.adopt(attempt),
            Effect::Discard { attempt } => {
                self.process.loaded.remove(&attempt);
                self.process.answers.remove(&attempt);
            }
            Effect::DropRefreshToken => {
                if let Some(pair) = &mut self.process.current {
                    pair.token = None;
                }
            }
            Effect::Retire { .. } => self.process.current = None,
            Effect::AskMe { attempt } => self.send(attempt, Ask::Me),
            Effect::Learn(mode) => self.process.notes.push(Note::Learn(mode)),
            Effect::Note(_) | Effect::Answer(..) | Effect::Ignored(_) => {}
        }
    }

    /// A record with its tokens, as the driver makes it.
    fn record(&self, draft: RecordDraft, tokens: Tokens) -> Option<Record> {
        let current = self.process.current;
        let (of, token) = match tokens {
            Tokens::Current => current.map(|pair| (pair.of, pair.token))?,
            Tokens::Answer(attempt, keep) => {
                let pair = self.process.answers.get(&attempt)?;
                let old = current.filter(|_| draft.generation != 1);
                (
                    pair.of,
                    kept(keep, pair.token, old.and_then(|old| old.token)),
                )
            }
        };
        Some(Record {
            epoch: draft.epoch,
            generation: draft.generation,
            access_of: of,
            token: token.filter(|_| draft.ended.is_none()),
            renewal: draft.renewal,
            times: draft.times,
            last_seen: NOW,
            ended: draft.ended,
            // Whether it is a try's own is all that its number tells.
            journal: draft.journal.map(|mut journal| {
                journal.attempt = journal.attempt.min(1);
                journal.unknown_tries = journal.unknown_tries.min(1);
                journal
            }),
            after_rejection: draft.after_rejection,
            unproven: draft.unproven,
        })
    }

    fn send(&mut self, attempt: Attempt, ask: Ask) {
        self.process.requests.push(Request {
            attempt,
            ask,
            sent: NOW,
            aborted: false,
        });
    }

    fn send_refresh(
        &mut self,
        epoch: Epoch,
        generation: Generation,
        attempt: Attempt,
        renewal: Renewal,
    ) {
        // A late answer, or a pair of another process, may have overtaken a try of an older
        // generation that is still open: its token is not this one.
        let open = self.process.requests.iter().any(|request| {
            matches!(request.ask, Ask::Refresh { epoch: e, generation: g, .. }
                if e == epoch && g == generation)
        });
        if open || self.neighbour_refreshes(epoch, generation) {
            self.breaks(
                Promise::OneRefreshInFlight,
                "a refresh is sent while another of this session is open",
            );
        }
        let sitting = self.truth.about(epoch).clone();
        if self.process.won == Some((epoch, generation)) {
            self.breaks(
                Promise::RefreshesAreBounded,
                "a generation that had its success is refreshed once more",
            );
        }
        let young = self.process.current.is_some_and(|pair| {
            pair.born.boot_id == NOW.boot_id && clock::elapsed(pair.born, NOW) < crate::time::MINUTE
        });
        let session = self.process.state.session();
        if young && session.is_some_and(|s| s.rejected && s.after_rejection) {
            self.breaks(
                Promise::RefreshesAreBounded,
                "rejections lead to two refreshes within a minute",
            );
        }
        let token = self.process.current.and_then(|pair| pair.token);
        if renewal == Renewal::RefreshToken {
            match token {
                None => self.breaks(
                    Promise::TokensStayApart,
                    "a refresh token is to be sent that is not there",
                ),
                Some(token) if sitting.dropped || token.serial < sitting.serial => self.breaks(
                    Promise::AnsweredTokenRests,
                    "a refresh token is sent again whose answer is in the store",
                ),
                Some(_) => {}
            }
        }
        let ask = Ask::Refresh {
            epoch,
            generation,
            renewal,
            token: token.filter(|_| renewal == Renewal::RefreshToken),
            leased: self.is_leased(epoch, generation),
        };
        self.send(attempt, ask);
    }

    fn take(&mut self, attempt: Attempt, epoch: Epoch, generation: Generation, keep: Keep) {
        let Some(pair) = self.process.answers.remove(&attempt) else {
            return;
        };
        let old = self.process.current.take().and_then(|old| old.token);
        self.process.current = Some(Pair {
            epoch,
            generation,
            token: kept(keep, pair.token, old),
            ..pair
        });
    }

    fn adopt(&mut self, attempt: Attempt) {
        if let Some(record) = self.process.loaded.remove(&attempt) {
            self.process.current = Some(Pair {
                of: record.access_of,
                epoch: record.epoch,
                generation: record.generation,
                token: record.token,
                born: record.times.sent,
                lifetime: record.times.lifetime,
            });
        }
    }

    fn tell(&mut self, waiter: WaiterId, answer: &Answer) {
        match answer {
            Answer::SignedIn => self.process.notes.push(Note::Tell(waiter, false)),
            Answer::SignedOut { .. } => self.process.notes.push(Note::Tell(waiter, true)),
            Answer::Token { .. } | Answer::Replay => {
                self.gets_a_token();
                self.gone(waiter);
            }
            Answer::NotPermitted | Answer::Failed(_) => self.gone(waiter),
        }
    }

    /// A caller has its answer, or went away.
    pub(crate) fn gone(&mut self, waiter: WaiterId) {
        self.process.callers.retain(|caller| caller.id != waiter);
    }

    fn gets_a_token(&mut self) {
        let Some(pair) = self.process.current else {
            self.breaks(
                Promise::TokensStayApart,
                "a caller is told to use a token that is not there",
            );
            return;
        };
        let same_boot = pair.born.boot_id == NOW.boot_id;
        let over = pair
            .lifetime
            .is_some_and(|lifetime| clock::elapsed(pair.born, NOW) >= lifetime);
        if same_boot && over {
            self.breaks(Promise::NoDeadToken, "a caller got a token after its end");
        }
    }
}

/// Whether an event can be the end of a sign-in, and of nothing else.
fn sign_in_ends(event: &Event) -> bool {
    matches!(
        event,
        Event::CancelSignIn { .. }
            | Event::SignIn { .. }
            | Event::SignInAnswered { .. }
            | Event::Written { .. }
    )
}

fn is_sign_in(waiter: WaiterId) -> bool {
    (Kind::SignIn.first()..Kind::SignOut.first()).contains(&waiter.0)
}

/// The refresh token after an answer.
fn kept(keep: Keep, new: Option<Token>, old: Option<Token>) -> Option<Token> {
    match keep {
        Keep::New => new,
        Keep::Old | Keep::OldUnproven => old,
        Keep::Spent | Keep::None => None,
    }
}
