//! What happens to a phone that its person did not ask for: gaps of the network, a server that is
//! ill or restarted, administrators, clocks, reboots, a store that refuses. Half of it comes while
//! the phone is in use, since nobody would notice it otherwise.

use crate::{
    calendar::Use,
    chance::{Chance, MILLION},
    focus::Rates,
    plan::{Network, System},
    time::{DAY, HOUR, MINUTE, MONTH, SECOND},
};

/// Something that happens to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The person takes the phone up.
    Use(Use),
    /// The system wakes the app in the background for so long.
    Wake(u64),
    /// There is no network.
    NetworkGone,
    /// There is one again.
    NetworkBack,
    /// It is another one now; open connections are dead.
    NetworkChanged,
    /// The server behaves so from now on.
    Server(Health),
    /// An administrator does something.
    Admin(Admin),
    /// The phone starts anew; wall time is off by so much afterwards.
    Reboot(i64),
    /// Wall time is moved by so much.
    ClockMoved(i64),
    /// Wall time is right again.
    ClockRight,
    /// The secret store behaves so from now on.
    Store(Trouble),
    /// The secret store loses what it has.
    Lost(Loss),
}

/// How a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    /// Nothing listens.
    Down,
    /// Something answers in its place.
    Failing {
        status: u16,
        html: bool,
        /// Percent of the requests that are carried out nevertheless.
        commits: u64,
    },
    /// It asks for time.
    Busy {
        retry_after: Option<u64>,
    },
    /// Every answer takes so long at least.
    Slow(u64),
}

/// What an administrator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admin {
    /// Ends all tokens of the phone's owner.
    RevokeUser,
    RevokeAccessTokens,
    RevokeRefreshTokens,
    /// Disables the API client, which ends its tokens, and enables it again.
    DisableClient,
    EnableClient,
    /// Disables the owner, who can't sign in until enabled again.
    DisableUser,
    EnableUser,
}

/// How a secret store refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// Writes fail.
    Full,
    /// Everything fails.
    Unavailable,
    /// Everything fails, and some writes are carried out nevertheless.
    Flaky,
}

/// How a secret store loses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// Everything is gone.
    Everything,
    /// The entry is damaged.
    Damage,
    /// The key is gone: no entry can be read until a new one is written.
    Key,
}

/// Draws everything that will happen.
pub(crate) fn events(
    uses: &[(u64, Event)],
    life: u64,
    network: &Network,
    system: &System,
    rates: &Rates,
    chance: &mut Chance,
) -> Vec<(u64, Event)> {
    let mut sky = Sky {
        uses,
        life,
        chance,
        events: Vec::new(),
    };
    sky.network(network);
    sky.server();
    sky.administrators();
    sky.device(system, rates);
    sky.events.retain(|(at, _)| *at < life);
    sky.events
}

struct Sky<'a> {
    uses: &'a [(u64, Event)],
    life: u64,
    chance: &'a mut Chance,
    events: Vec<(u64, Event)>,
}

impl Sky<'_> {
    /// How often something happens in this life that happens so many times a month, in millionths.
    fn in_life(&mut self, per_month: u64) -> u64 {
        self.chance
            .times((u128::from(per_month) * u128::from(self.life) / u128::from(MONTH)) as u64)
    }

    /// A moment: within a use or shortly before it, or at any time.
    fn moment(&mut self) -> u64 {
        if self.uses.is_empty() || self.chance.percent(50) {
            return self.chance.below(self.life);
        }
        let (start, _) = self.uses[self.chance.below(self.uses.len() as u64) as usize];
        (start + self.chance.magnitude(20, 90 * SECOND)).saturating_sub(2 * SECOND)
    }

    fn add(&mut self, at: u64, event: Event) {
        self.events.push((at, event));
    }

    /// Something that begins and ends.
    fn spell(&mut self, begin: Event, end: Event, shortest: u64, longest: u64) {
        let at = self.moment();
        let lasts = self.chance.magnitude(shortest, longest);
        self.add(at, begin);
        self.add(at + lasts, end);
    }

    fn network(&mut self, network: &Network) {
        for _ in 0..self.in_life(network.gaps * 30) {
            self.spell(Event::NetworkGone, Event::NetworkBack, SECOND, 45 * MINUTE);
        }
        for _ in 0..self.in_life(network.changes * 30) {
            let at = self.moment();
            self.add(at, Event::NetworkChanged);
        }
        // A flight, and a week in the mountains.
        for _ in 0..self.in_life(500_000) {
            self.spell(Event::NetworkGone, Event::NetworkBack, 3 * HOUR, 12 * HOUR);
        }
        for _ in 0..self.in_life(50_000) {
            self.spell(Event::NetworkGone, Event::NetworkBack, 5 * DAY, 9 * DAY);
        }
    }

    fn server(&mut self) {
        let well = Event::Server(Health::Well);
        for _ in 0..self.in_life(2 * MILLION) {
            let failing = Health::Failing {
                status: self.chance.pick(&[500, 502, 502, 503, 504]),
                html: self.chance.percent(70),
                commits: self.chance.pick(&[0, 0, 10, 50]),
            };
            self.spell(Event::Server(failing), well, MINUTE, 40 * MINUTE);
        }
        for _ in 0..self.in_life(MILLION) {
            let retry_after = self.chance.percent(70);
            let retry_after = retry_after.then(|| self.chance.magnitude(5, 1_200));
            let busy = Health::Busy { retry_after };
            self.spell(Event::Server(busy), well, 2 * MINUTE, 30 * MINUTE);
        }
        for _ in 0..self.in_life(2 * MILLION) {
            let slow = Health::Slow(self.chance.magnitude(2 * SECOND, 110 * SECOND));
            self.spell(Event::Server(slow), well, 10 * MINUTE, 90 * MINUTE);
        }
        for _ in 0..self.in_life(1_500_000) {
            self.spell(Event::Server(Health::Down), well, 20 * SECOND, 4 * MINUTE);
        }
    }

    fn administrators(&mut self) {
        for _ in 0..self.in_life(300_000) {
            let what = self.chance.weighted(&[
                (40, Admin::RevokeUser),
                (40, Admin::RevokeAccessTokens),
                (20, Admin::RevokeRefreshTokens),
            ]);
            let at = self.moment();
            self.add(at, Event::Admin(what));
        }
        for _ in 0..self.in_life(100_000) {
            let (off, on) = (Admin::DisableClient, Admin::EnableClient);
            self.spell(Event::Admin(off), Event::Admin(on), 30 * SECOND, 2 * MINUTE);
        }
        for _ in 0..self.in_life(80_000) {
            let (off, on) = (Admin::DisableUser, Admin::EnableUser);
            self.spell(Event::Admin(off), Event::Admin(on), HOUR, 2 * DAY);
        }
    }

    fn device(&mut self, system: &System, rates: &Rates) {
        for _ in 0..self.in_life(system.wakes * 30) {
            let at = self.moment();
            let lasts = self.chance.magnitude(SECOND, 30 * SECOND);
            self.add(at, Event::Wake(lasts));
        }
        for _ in 0..self.in_life(rates.reboots) {
            let at = self.moment();
            // Some phones lose their clock with their battery, until the network sets it.
            let off = if self.chance.percent(rates.lost_clocks) {
                self.clock_error()
            } else {
                0
            };
            self.add(at, Event::Reboot(off));
            if off != 0 {
                let until = self.chance.magnitude(2 * SECOND, 8 * HOUR);
                self.add(at + until, Event::ClockRight);
            }
        }
        for _ in 0..self.in_life(rates.clocks_moved) {
            let at = self.moment();
            let by = self.clock_error();
            self.add(at, Event::ClockMoved(by));
            if self.chance.percent(80) {
                let until = self.chance.magnitude(MINUTE, 4 * DAY);
                self.add(at + until, Event::ClockRight);
            }
        }
        for _ in 0..self.in_life(rates.store_troubles) {
            let trouble = self.chance.weighted(&[
                (50, Trouble::Full),
                (30, Trouble::Unavailable),
                (20, Trouble::Flaky),
            ]);
            let begin = Event::Store(trouble);
            self.spell(begin, Event::Store(Trouble::None), 10 * SECOND, 6 * HOUR);
        }
        for _ in 0..self.in_life(60_000) {
            let loss = self
                .chance
                .pick(&[Loss::Everything, Loss::Damage, Loss::Key]);
            let at = self.moment();
            self.add(at, Event::Lost(loss));
        }
    }

    /// A day, the hour of daylight saving, or some hours, either way.
    fn clock_error(&mut self) -> i64 {
        let by = match self.chance.below(3) {
            0 => DAY,
            1 => HOUR,
            _ => self.chance.between(2, 12) * HOUR + self.chance.below(HOUR),
        };
        if self.chance.percent(50) {
            by as i64
        } else {
            -(by as i64)
        }
    }
}

impl Event {
    /// For the story.
    pub(crate) fn words(self) -> String {
        use crate::time::span;
        match self {
            Self::Use(_) => "the person takes the phone up".to_owned(),
            Self::Wake(lasts) => format!("the system wakes the app for {}", span(lasts)),
            Self::NetworkGone => "no network".to_owned(),
            Self::NetworkBack => "the network is back".to_owned(),
            Self::NetworkChanged => "another network".to_owned(),
            Self::Server(health) => format!("the server is {health:?}"),
            Self::Admin(what) => format!("an administrator: {what:?}"),
            Self::Reboot(0) => "the phone restarts".to_owned(),
            Self::Reboot(off) => format!("the phone restarts, its clock off by {off} ms"),
            Self::ClockMoved(by) => format!("the clock is moved by {by} ms"),
            Self::ClockRight => "the clock is set right".to_owned(),
            Self::Store(Trouble::None) => "the secret store works".to_owned(),
            Self::Store(trouble) => format!("the secret store fails: {trouble:?}"),
            Self::Lost(loss) => format!("the secret store has lost {loss:?}"),
        }
    }
}
