//! One form for states that differ in nothing that matters: attempts are numbered anew in their
//! order, and moments lie at their distance from now, as far as it makes a difference.

use std::collections::BTreeMap;

use quickaccess::{
    Millis, Now,
    session::{machine, model::Attempt},
};

use crate::{
    time::{LIFE, NOW, SEND_WITHIN, Shift},
    vault::{Entry, Found},
    walk::{self, Visit},
    world::{Job, Process, World},
};

/// Gathers the attempts that anybody may still name, and moves the moments.
struct Gather {
    shift: Shift,
    attempts: Vec<Attempt>,
}

impl Visit for Gather {
    fn moment(&mut self, at: &mut Now, most: Millis) {
        self.shift.moment(at, most);
    }

    fn attempt(&mut self, attempt: &mut Attempt) {
        self.attempts.push(*attempt);
    }

    fn journal(&mut self, at: &mut Now) {
        match self.shift.scope.leases {
            true => self.shift.journal(at),
            false => *at = NOW,
        }
    }

    fn own_journal(&mut self, at: &mut Now) {
        match self.shift.scope.leases {
            true => self.shift.journal(at),
            false => self.shift.moment(at, SEND_WITHIN),
        }
    }
}

/// Numbers them anew.
struct Renumber(Vec<Attempt>);

impl Renumber {
    fn number(&self, attempt: Attempt) -> Attempt {
        self.0.partition_point(|&known| known < attempt) as Attempt + 1
    }
}

impl Visit for Renumber {
    fn moment(&mut self, _: &mut Now, _: Millis) {}

    fn attempt(&mut self, attempt: &mut Attempt) {
        *attempt = self.number(*attempt);
    }

    fn journal(&mut self, _: &mut Now) {}

    fn own_journal(&mut self, _: &mut Now) {}
}

impl World {
    /// Lets time pass as `shift` says, and brings the state into its one form.
    pub(crate) fn normalise(&mut self, shift: Shift) {
        self.process.normalise(shift);
        if let Some(neighbour) = &mut self.neighbour {
            neighbour.normalise(shift);
        }
        let entry = match &mut self.vault.entry {
            Entry::Session(record) => Some(record),
            _ => None,
        };
        for record in entry.into_iter().chain(&mut self.vault.copy) {
            let attempts = Vec::new();
            record.walk(shift, &mut Gather { shift, attempts });
        }
    }
}

impl Process {
    fn normalise(&mut self, shift: Shift) {
        let mut gather = Gather {
            shift,
            attempts: Vec::new(),
        };
        self.walk(shift, &mut gather);
        let mut attempts = gather.attempts;
        attempts.extend(self.answers.keys());
        attempts.extend(self.loaded.keys());
        attempts.sort_unstable();
        attempts.dedup();
        let mut renumber = Renumber(attempts);
        self.walk(Shift::none(shift.scope), &mut renumber);
        self.answers = anew(&mut self.answers, &renumber);
        self.loaded = anew(&mut self.loaded, &renumber);
        self.state.attempts = renumber.0.len() as Attempt;
        self.timer = match shift.scope.leases {
            // The ages of journals have classes, so the end of a lease is told by them alone.
            true => machine::next_wake(&self.state, NOW),
            false => self.timer.map(|rest| rest.saturating_sub(shift.boot)),
        };
    }

    fn walk(&mut self, shift: Shift, visit: &mut impl Visit) {
        walk::state(&mut self.state, visit);
        let pairs = self.current.iter_mut().chain(self.answers.values_mut());
        for pair in pairs.chain(self.lates.iter_mut().map(|late| &mut late.pair)) {
            visit.moment(&mut pair.born, pair.lifetime.unwrap_or(0));
        }
        for record in self.loaded.values_mut() {
            record.walk(shift, visit);
        }
        for job in &mut self.jobs {
            visit.attempt(job.attempt());
            match job {
                Job::Write { record, expect, .. } => {
                    record.walk(shift, visit);
                    walk::expect(expect, visit);
                }
                Job::Bury { expect, .. } => walk::expect(expect, visit),
                Job::Read {
                    found: Found::Session(record),
                    ..
                } => record.walk(shift, visit),
                Job::Load { .. } | Job::Erase { .. } | Job::Read { .. } | Job::Wrote { .. } => {}
            }
        }
        for request in &mut self.requests {
            visit.attempt(&mut request.attempt);
            // Where leases are explored, far less time passes than a pair lives.
            match shift.scope.leases {
                true => visit.journal(&mut request.sent),
                false => visit.moment(&mut request.sent, LIFE),
            }
        }
        for late in &mut self.lates {
            visit.attempt(&mut late.attempt);
        }
    }
}

fn anew<T>(map: &mut BTreeMap<Attempt, T>, renumber: &Renumber) -> BTreeMap<Attempt, T> {
    std::mem::take(map)
        .into_iter()
        .map(|(attempt, value)| (renumber.number(attempt), value))
        .collect()
}
