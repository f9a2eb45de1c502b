//! What can happen next: what is under way, what people do, time, kills, and harm.

use quickaccess::session::{event::Want, model::Renewal};

use crate::{
    action::{Action, Other},
    ending::{End, Me},
    explorer::Explorer,
    time::{LEASE, LIFE, NOW, SEND_WITHIN},
    trouble::Trouble,
    world::{Ask, Job, Kind, World},
};

impl Explorer {
    /// What the process that acts can do, and what can be done to it.
    pub(crate) fn of_process(&self, world: &World, actions: &mut Vec<Action>) {
        if world.process.notes.is_empty() {
            self.under_way(world, actions);
            self.people(world, actions);
            self.ticks(world, actions);
        } else {
            actions.push(Action::Note);
        }
        self.kills(world, actions);
    }

    /// What is under way goes on.
    fn under_way(&self, world: &World, actions: &mut Vec<Action>) {
        let process = &world.process;
        if let Some(job) = process.jobs.first() {
            actions.push(Action::Store(Trouble::None));
            if world.left.store > 0 && !job.is_made() {
                let troubles = world.troubles(job).iter();
                actions.extend(troubles.map(|trouble| Action::Store(*trouble)));
            }
            // What another process has ended after it was read here is served until the next look,
            // so where others end sessions, a read is heard of at once.
            let stale = world.left.others > 0 && matches!(job, Job::Load { .. });
            if world.left.delays > 0 && !job.is_made() && !stale {
                actions.push(Action::Quietly);
            }
        }
        for request in &process.requests {
            let ends = self.ends(world, &request.ask, request.aborted);
            actions.extend(ends.map(|end| Action::Ends(request.attempt, end)));
        }
        if world.left.lates > 0 {
            let lates = process.lates.iter();
            actions.extend(lates.map(|late| Action::Late(late.attempt)));
        }
    }

    fn ends(&self, world: &World, ask: &Ask, aborted: bool) -> impl Iterator<Item = End> + use<> {
        let trouble = world.left.network > 0;
        let odd = trouble && self.bounds.odd_lifetimes;
        let all: &[(bool, End)] = &match ask {
            Ask::SignIn => [
                (true, End::Answered),
                (odd, End::Odd),
                (odd, End::Unsaid),
                (true, End::WrongPassword),
                (trouble || aborted, End::Lost { committed: false }),
                (false, End::Busy),
                (false, End::Refused),
                (false, End::NotSent),
            ],
            Ask::Refresh { renewal, .. } => {
                let lost = trouble || aborted;
                [
                    (true, End::Answered),
                    (odd, End::Odd),
                    (odd, End::Unsaid),
                    (
                        lost && *renewal == Renewal::RefreshToken,
                        End::Lost { committed: true },
                    ),
                    (lost, End::Lost { committed: false }),
                    (trouble, End::Busy),
                    (trouble, End::Refused),
                    (trouble, End::NotSent),
                ]
            }
            Ask::Me => [
                (true, End::Me(Me::Accepts)),
                (true, End::Me(Me::Rejects)),
                (true, End::Me(Me::TellsNothing)),
                (false, End::Odd),
                (false, End::Unsaid),
                (false, End::Busy),
                (false, End::Refused),
                (false, End::NotSent),
            ],
        };
        let possible: Vec<End> = all
            .iter()
            .filter(|(possible, _)| *possible)
            .map(|(_, end)| *end)
            .collect();
        possible.into_iter()
    }

    /// What people, their apps and the platform do.
    fn people(&self, world: &World, actions: &mut Vec<Action>) {
        let (bounds, left, state) = (&self.bounds, &world.left, &world.process.state);
        let session = state.session();
        if let Some(waiter) = world.free(Kind::Token, bounds.callers) {
            let token = |at_least| Want::Token {
                prefer: 0,
                at_least,
                strict: false,
            };
            actions.push(Action::Want(waiter, token(0)));
            if bounds.demands {
                let shown = session.filter(|session| !session.rejected);
                let than = shown.map_or(0, |session| session.generation);
                actions.push(Action::Want(waiter, Want::Refresh { than }));
                actions.push(Action::Want(waiter, token(LIFE)));
            }
        }
        let standing = session.map(machine_standing);
        if standing.is_some_and(|standing| standing.due && standing.usable) {
            actions.push(Action::Used);
        }
        for caller in &world.process.callers {
            match caller.kind {
                Kind::Token | Kind::Request if left.forgets > 0 => {
                    actions.push(Action::Forget(caller.id));
                }
                Kind::SignIn if left.cancels > 0 => {
                    actions.push(Action::CancelSignIn(caller.id));
                }
                _ => {}
            }
        }
        if left.sign_ins > 0
            && let Some(waiter) = world.free(Kind::SignIn, 2)
        {
            actions.push(Action::SignIn(waiter));
        }
        if left.sign_outs > 0
            && let Some(waiter) = world.free(Kind::SignOut, 1)
        {
            actions.push(Action::SignOut(waiter));
        }
        if left.platform > 0 {
            let events = bounds.platform.iter();
            actions.extend(events.map(|event| Action::Platform(*event)));
        }
        if let Some(session) = session.filter(|_| bounds.requests > 0) {
            let (epoch, generation) = (session.epoch, session.generation);
            actions.push(Action::Accepted(epoch, generation));
            if left.rejections > 0
                && let Some(waiter) = world.free(Kind::Request, bounds.requests)
            {
                for me in [false, true] {
                    actions.push(Action::Rejected(waiter, epoch, generation, me));
                }
                if generation > 1 {
                    actions.push(Action::Rejected(waiter, epoch, generation - 1, false));
                }
            }
        }
    }

    pub(crate) fn time(&self, world: &World, actions: &mut Vec<Action>) {
        if self.bounds.time {
            let next = crate::passing::next(&world.process, &self.bounds);
            actions.extend(next.map(Action::Pass));
        }
        if world.left.sleeps > 0 {
            actions.extend([SEND_WITHIN, LEASE].map(Action::Sleep));
        }
        if world.left.jumps > 0 {
            let life = LIFE as i64;
            actions.extend([Action::Jump(life), Action::Jump(-life)]);
        }
    }

    fn ticks(&self, world: &World, actions: &mut Vec<Action>) {
        if world.process.timer == Some(0) {
            actions.push(Action::Tick);
        }
    }

    fn kills(&self, world: &World, actions: &mut Vec<Action>) {
        let left = &world.left;
        let open = world
            .process
            .requests
            .iter()
            .any(|request| matches!(request.ask, Ask::Refresh { token: Some(_), .. }));
        let first = world.process.jobs.first();
        let done = match first.filter(|job| !job.is_made()) {
            None => 1,
            Some(job) if world.copies(job) => 3,
            Some(_) => 2,
        };
        let ways = [None, Some(Trouble::None), Some(Trouble::SecondRefused)];
        for stored in ways.into_iter().take(done) {
            for committed in [false, true].into_iter().take(1 + usize::from(open)) {
                if left.kills > 0 {
                    actions.push(Action::Kill { stored, committed });
                }
                if left.reboots > 0 {
                    for wall in [60_000, LIFE as i64, -(LIFE as i64)] {
                        actions.push(Action::Reboot {
                            stored,
                            committed,
                            wall,
                        });
                    }
                }
            }
        }
    }

    /// What goes wrong by itself.
    pub(crate) fn harm(&self, world: &World, actions: &mut Vec<Action>) {
        let left = &world.left;
        if let Some(record) = world.vault.record() {
            if left.revokes > 0
                && world.server.grants[record.epoch.0 as usize - 1]
                    .live
                    .is_some()
            {
                actions.push(Action::Revoke(record.epoch));
            }
            if left.losses > 0 {
                actions.push(Action::Lose);
                actions.push(Action::Spoil(quickaccess::store::StoreError::Corrupt));
                actions.push(Action::Spoil(quickaccess::store::StoreError::KeyLost));
            }
            if left.others > 0 {
                // Whoever honours the lease of this process does not refresh under it.
                let owner = world.process.owner();
                if record.journal.is_none_or(|journal| journal.owner != owner) {
                    actions.push(Action::Other(Other::Refreshes));
                }
                actions.push(Action::Other(Other::SignsOut));
            }
        }
        if left.others > 0 {
            actions.push(Action::Other(Other::SignsIn));
        }
    }
}

fn machine_standing(
    session: &quickaccess::session::state::Session,
) -> quickaccess::session::clock::Standing {
    quickaccess::session::clock::judge(&session.times, &session.anchor, NOW)
}
