//! How an open request ends: what the server does, and what the driver hears of it.

use quickaccess::{
    Code, Millis,
    session::{
        event::{Event, Failure, Grant, Lifetime, Outcome, Verdict},
        model::{Attempt, Epoch, Renewal},
    },
};

use crate::{
    explorer::{Explorer, Log},
    server::Answer,
    time::LIFE,
    truth::Sitting,
    world::{Ask, Late, Pair, Request, World},
};

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The server's own answer.
    Answered,
    /// Its answer, with a lifetime that is none.
    Odd,
    /// Its answer, without a lifetime.
    Unsaid,
    /// A wrong password.
    WrongPassword,
    /// No usable answer, after or before the server did it.
    Lost {
        committed: bool,
    },
    NotSent,
    Busy,
    /// Refused for a reason that is not the token's.
    Refused,
    /// `/oauth/me` told.
    Me(Me),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Me {
    Accepts,
    Rejects,
    TellsNothing,
}

impl World {
    /// An open request ends.
    pub(crate) fn ends(
        &mut self,
        explorer: &Explorer,
        attempt: Attempt,
        end: End,
        log: &mut Log<'_>,
    ) {
        let requests = &mut self.process.requests;
        let Some(at) = requests.iter().position(|open| open.attempt == attempt) else {
            return;
        };
        let request = requests.remove(at);
        let fault = match end {
            End::Answered | End::WrongPassword | End::Me(_) => false,
            End::Lost { .. } => !request.aborted,
            End::Odd | End::Unsaid | End::NotSent | End::Busy | End::Refused => true,
        };
        if fault {
            self.left.network -= 1;
        }
        let event = match (&request.ask, end) {
            (Ask::Me, end) => {
                let verdict = match end {
                    End::Me(Me::Accepts) => Verdict::Accepted,
                    End::Me(Me::Rejects) => Verdict::Rejected,
                    _ => Verdict::None(Failure::new(Code::ServerError)),
                };
                Event::Judged { attempt, verdict }
            }
            (Ask::SignIn, end) => {
                let (outcome, epoch) = self.signs_in(explorer, &request, end);
                Event::SignInAnswered {
                    attempt,
                    outcome,
                    epoch,
                }
            }
            (
                Ask::Refresh {
                    epoch, generation, ..
                },
                end,
            ) => Event::RefreshAnswered {
                epoch: *epoch,
                generation: *generation,
                attempt,
                outcome: self.refreshes(explorer, &request, end),
            },
        };
        self.happen(explorer, event, log);
    }

    fn signs_in(&mut self, explorer: &Explorer, request: &Request, end: End) -> (Outcome, Epoch) {
        if let Some(outcome) = no_answer(end) {
            return (outcome, Epoch(0));
        }
        let bounds = &explorer.bounds;
        let gives = bounds.renewal == Renewal::RefreshToken && bounds.refresh_token;
        let (of, token) = self.server.sign_in(gives);
        self.truth.sittings.push(Sitting::new(match bounds.renewal {
            Renewal::RefreshToken if !gives => Renewal::None,
            other => other,
        }));
        let (grant, lifetime) = granted(request, end, token.is_some());
        self.process.answers.insert(
            request.attempt,
            Pair {
                of,
                epoch: of,
                generation: 1,
                token,
                born: request.sent,
                lifetime,
            },
        );
        (Outcome::Granted(grant), of)
    }

    fn refreshes(&mut self, explorer: &Explorer, request: &Request, end: End) -> Outcome {
        let Ask::Refresh {
            epoch,
            generation,
            renewal,
            token,
            leased: _,
        } = request.ask
        else {
            return Outcome::Unknown(Failure::new(Code::Internal));
        };
        let committed = !matches!(
            end,
            End::Lost { committed: false } | End::NotSent | End::Busy | End::Refused
        );
        let answer = match (renewal, token) {
            _ if !committed => Answer::Invalid,
            (Renewal::RefreshToken, Some(token)) => {
                self.server.refresh(token, explorer.bounds.mode)
            }
            (Renewal::RefreshToken, None) => Answer::Invalid,
            _ => Answer::Pair(None),
        };
        let (grant, lifetime) = granted(request, end, matches!(answer, Answer::Pair(Some(_))));
        let pair = match answer {
            Answer::Pair(token) => Some(Pair {
                of: epoch,
                epoch,
                generation: 0,
                token,
                born: request.sent,
                lifetime,
            }),
            Answer::Invalid => None,
        };
        if let Some(outcome) = no_answer(end) {
            if let Some(pair) = pair.filter(|_| self.left.lates > 0) {
                self.process.lates.push(Late {
                    epoch,
                    generation,
                    attempt: request.attempt,
                    pair,
                });
            }
            return outcome;
        }
        match pair {
            Some(pair) => {
                self.process.answers.insert(request.attempt, pair);
                Outcome::Granted(grant)
            }
            None => Outcome::Refused {
                invalid_grant: true,
                failure: Failure::new(Code::CredentialsRejected),
            },
        }
    }

    /// An answer comes after its request was given up.
    pub(crate) fn late(&mut self, explorer: &Explorer, attempt: Attempt, log: &mut Log<'_>) {
        self.left.lates -= 1;
        let lates = &mut self.process.lates;
        let Some(at) = lates.iter().position(|late| late.attempt == attempt) else {
            return;
        };
        let late = lates.remove(at);
        self.process.answers.insert(attempt, late.pair);
        let grant = Grant {
            sent: late.pair.born,
            lifetime: Lifetime::Known(LIFE),
            refresh_token: late.pair.token.is_some(),
        };
        let event = Event::RefreshAnswered {
            epoch: late.epoch,
            generation: late.generation,
            attempt,
            outcome: Outcome::Granted(grant),
        };
        self.happen(explorer, event, log);
    }
}

/// What the driver makes of an end without an answer of the server's own.
fn no_answer(end: End) -> Option<Outcome> {
    Some(match end {
        End::Answered | End::Odd | End::Unsaid | End::Me(_) => return None,
        End::Lost { .. } => Outcome::Unknown(Failure::new(Code::ServerError)),
        End::NotSent => Outcome::NotSent(Failure::new(Code::Offline)),
        End::Busy => Outcome::Busy(Failure::new(Code::ServerBusy)),
        End::Refused => Outcome::Refused {
            invalid_grant: false,
            failure: Failure::new(Code::ClientUnknown),
        },
        End::WrongPassword => Outcome::Refused {
            invalid_grant: true,
            failure: Failure::new(Code::CredentialsRejected),
        },
    })
}

fn granted(request: &Request, end: End, refresh_token: bool) -> (Grant, Option<Millis>) {
    let (lifetime, truly) = match end {
        End::Odd => (Lifetime::Odd, Some(0)),
        End::Unsaid => (Lifetime::Unsaid, None),
        _ => (Lifetime::Known(LIFE), Some(LIFE)),
    };
    let grant = Grant {
        sent: request.sent,
        lifetime,
        refresh_token,
    };
    (grant, truly)
}
