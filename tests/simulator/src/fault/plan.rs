//! The faults that are placed, and what they make of one request.

use std::time::Duration;

use super::{Fault, FaultId, FaultKind, Hold, HoldAt, Meeting};

/// All placed faults, in the order in which they were placed.
#[derive(Default)]
pub(crate) struct Faults {
    placed: Vec<Placed>,
    last: u64,
}

struct Placed {
    id: FaultId,
    fault: Fault,
    /// Gates outlive their turns: a request may still wait at one that meets no other.
    hold: Option<Hold>,
}

/// What happens to one request.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) before_commit: Vec<Wait>,
    pub(crate) after_commit: Vec<Wait>,
    pub(crate) in_body: Vec<Wait>,
    /// What becomes of the answer.
    pub(crate) strike: Option<FaultKind>,
}

pub(crate) enum Wait {
    For(Duration),
    At(Hold),
}

impl Faults {
    pub(crate) fn place(&mut self, fault: Fault) -> (FaultId, Option<Hold>) {
        self.last += 1;
        let id = FaultId(self.last);
        let hold = match fault.what {
            FaultKind::Hold { at } => Some(Hold::new(id, at)),
            _ => None,
        };
        self.placed.push(Placed {
            id,
            fault,
            hold: hold.clone(),
        });
        (id, hold)
    }

    /// Takes one fault away and lets go whoever waits at it; false if there is none.
    pub(crate) fn clear(&mut self, id: FaultId) -> bool {
        let before = self.placed.len();
        self.placed.retain(|placed| {
            let stays = placed.id != id;
            if !stays {
                placed.let_go();
            }
            stays
        });
        self.placed.len() < before
    }

    pub(crate) fn clear_all(&mut self) {
        self.placed.drain(..).for_each(|placed| placed.let_go());
    }

    pub(crate) fn hold(&self, id: FaultId) -> Option<Hold> {
        self.placed
            .iter()
            .find(|placed| placed.id == id)?
            .hold
            .clone()
    }

    /// The faults that still have a turn.
    pub(crate) fn active(&self) -> Vec<(FaultId, Fault)> {
        let active = self
            .placed
            .iter()
            .filter(|placed| placed.fault.times != Some(0));
        active
            .map(|placed| (placed.id, placed.fault.clone()))
            .collect()
    }

    /// Decides what happens to this request, and counts.
    pub(crate) fn plan(&mut self, request: &Meeting) -> Plan {
        let mut plan = Plan::default();
        for placed in &mut self.placed {
            if placed.fault.times == Some(0) || !placed.fault.on.meets(request) {
                continue;
            }
            let waits = matches!(
                placed.fault.what,
                FaultKind::Delay { .. } | FaultKind::SlowBody { .. } | FaultKind::Hold { .. }
            );
            if !waits && plan.strike.is_some() {
                continue;
            }
            if placed.fault.after > 0 {
                placed.fault.after -= 1;
                continue;
            }
            if let Some(times) = &mut placed.fault.times {
                *times -= 1;
            }
            plan.add(placed);
        }
        self.placed.retain(|p| {
            p.fault.times != Some(0) || p.hold.as_ref().is_some_and(|h| !h.is_released())
        });
        plan
    }
}

impl Placed {
    fn let_go(&self) {
        if let Some(hold) = &self.hold {
            hold.release();
        }
    }
}

impl Plan {
    fn add(&mut self, placed: &Placed) {
        match (&placed.fault.what, &placed.hold) {
            (
                FaultKind::Delay {
                    before_commit,
                    after_commit,
                },
                _,
            ) => {
                self.before_commit.push(Wait::For(*before_commit));
                self.after_commit.push(Wait::For(*after_commit));
            }
            (FaultKind::SlowBody { lasting }, _) => self.in_body.push(Wait::For(*lasting)),
            (FaultKind::Hold { at }, Some(hold)) => {
                let waits = match at {
                    HoldAt::BeforeCommit => &mut self.before_commit,
                    HoldAt::AfterCommit => &mut self.after_commit,
                    HoldAt::MidBody => &mut self.in_body,
                };
                waits.push(Wait::At(hold.clone()));
            }
            (what, _) => self.strike = Some(what.clone()),
        }
    }

    /// Whether any fault met the request.
    pub(crate) fn is_empty(&self) -> bool {
        self.strike.is_none()
            && self.before_commit.is_empty()
            && self.after_commit.is_empty()
            && self.in_body.is_empty()
    }
}

impl Wait {
    pub(crate) async fn pass(&self) {
        match self {
            Self::For(time) if time.is_zero() => {}
            Self::For(time) => tokio::time::sleep(*time).await,
            Self::At(hold) => hold.pass().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::{Match, Operation};

    fn meeting(operation: Operation) -> Meeting {
        Meeting {
            path: "/api/x".into(),
            method: Method::GET,
            operation: Some(operation),
        }
    }

    fn strikes(
        faults: &mut Faults,
        operation: Operation,
        requests: usize,
    ) -> Vec<Option<FaultKind>> {
        (0..requests)
            .map(|_| faults.plan(&meeting(operation)).strike)
            .collect()
    }

    #[test]
    fn a_fault_lets_the_first_pass_and_strikes_as_often_as_it_says() {
        let mut faults = Faults::default();
        faults.place(
            Fault::new(Operation::Me, FaultKind::EmptyBody)
                .after(1)
                .times(2),
        );
        assert!(
            strikes(&mut faults, Operation::Privileges, 3)
                .iter()
                .all(Option::is_none)
        );
        let struck: Vec<_> = strikes(&mut faults, Operation::Me, 4)
            .iter()
            .map(Option::is_some)
            .collect();
        assert_eq!(struck, [false, true, true, false]);
    }

    #[test]
    fn faults_that_change_the_answer_take_turns_and_waits_add_up() {
        let mut faults = Faults::default();
        faults.place(Fault::new(Match::any(), FaultKind::Truncated).once());
        faults.place(Fault::new(Match::any(), FaultKind::EmptyBody).once());
        let second = Duration::from_secs(1);
        faults.place(Fault::new(Match::any(), FaultKind::delay(second, second)));
        let first = faults.plan(&meeting(Operation::Me));
        assert_eq!(first.strike, Some(FaultKind::Truncated));
        assert_eq!(
            (first.before_commit.len(), first.after_commit.len()),
            (1, 1)
        );
        assert_eq!(
            faults.plan(&meeting(Operation::Me)).strike,
            Some(FaultKind::EmptyBody)
        );
        let third = faults.plan(&meeting(Operation::Me));
        assert!(third.strike.is_none() && !third.is_empty());
    }

    #[tokio::test]
    async fn clearing_faults_opens_their_gates() {
        let mut faults = Faults::default();
        let hold = FaultKind::Hold {
            at: HoldAt::AfterCommit,
        };
        let (id, gate) = faults.place(Fault::new(Match::any(), hold).once());
        let plan = faults.plan(&meeting(Operation::Me));
        assert!(faults.active().is_empty(), "it has no turn left");
        assert!(faults.hold(id).is_some(), "but a request waits at it");
        faults.clear_all();
        plan.after_commit[0].pass().await;
        assert!(gate.is_some_and(|gate| gate.is_released()));
    }
}
