//! Made sessions, in the order in which they began over the last 30 days. Most are over; of the
//! newest many go on; a few older ones are stale: they never got their stop.

use std::cell::OnceCell;

use serde_json::Value;

use super::{Column, Made, device, guest};
use crate::rows::{RowKind, time, world::World};

const SPAN: i64 = 30 * 86_400;
/// The newest sessions are so many parts of all; only of these some go on.
const RECENT: u64 = 32;

pub(super) const COLUMNS: &[Column<Session>] = &[
    ("id", |session| id(session.world(), session.index()).into()),
    ("acctsessionid", |session| {
        format!("{:016X}", session.roll("acct")).into()
    }),
    ("username", |session| match session.who() {
        Who::Guest(guest) => guest::username(guest).into(),
        Who::Device(device) => session.world().mac(device.index).into(),
        Who::Staff(number) => format!("e{number:05}").into(),
    }),
    ("mac_address", |session| session.mac().into()),
    ("callingstationid", |session| session.mac().into()),
    ("framedipaddress", |session| {
        session.world().ip(session.index()).into()
    }),
    ("acctstarttime", |session| {
        time::text(session.begin()).into()
    }),
    ("acctstoptime", |session| match session.state() {
        "closed" => time::text(session.begin() + session.lasted()).into(),
        _ => Value::Null,
    }),
    ("acctsessiontime", |session| session.lasted().into()),
    ("acctterminatecause", |session| match session.state() {
        "closed" => CAUSES[(session.index() % 3) as usize].into(),
        _ => "".into(),
    }),
    ("acctinputoctets", |session| session.traffic().0.into()),
    ("acctoutputoctets", |session| session.traffic().1.into()),
    ("total_traffic", |session| {
        (session.traffic().0 + session.traffic().1).into()
    }),
    ("state", |session| session.state().into()),
    ("ssid", |session| match session.who() {
        Who::Guest(_) => "Guest".into(),
        Who::Device(_) => "Things".into(),
        Who::Staff(_) => "Staff".into(),
    }),
    ("ap_name", |session| {
        format!("ap-{:03}", session.roll("ap") % 120 + 1).into()
    }),
    ("nas_name", |session| {
        format!("controller-{}", session.nas()).into()
    }),
    ("nasipaddress", |session| {
        format!("192.0.2.{}", session.nas()).into()
    }),
    ("nasporttype", |_| "Wireless-802.11".into()),
    ("tipsrole", |session| session.role().into()),
    ("arubauserrole", |session| match session.who() {
        Who::Guest(_) => "guest".into(),
        Who::Device(_) => "things".into(),
        Who::Staff(_) => "staff".into(),
    }),
    ("role_name", |session| session.role().into()),
    ("visitor_name", |session| match session.who() {
        Who::Guest(guest) => guest::visitor_name(guest).into(),
        Who::Device(device) => device::name(device).into(),
        Who::Staff(_) => "".into(),
    }),
    ("visitor_company", |session| {
        session.of_guest(|guest| guest::company(guest).into())
    }),
    ("visitor_phone", |session| {
        session.of_guest(|guest| guest::phone(guest).into())
    }),
    ("sponsor_name", |session| {
        session.of_guest(|guest| guest::sponsor(guest).into())
    }),
    ("updated_at", |session| {
        time::text(session.begin() + session.lasted()).into()
    }),
];

const CAUSES: [&str; 3] = ["User-Request", "Idle-Timeout", "Lost-Carrier"];

/// The form is ours; all that the vendor says is that it is a text \[V\].
pub(super) fn id(world: &World, index: u64) -> String {
    let tail = world.roll("session", index) & 0xffff_ffff;
    format!("R{index:08x}-01-{tail:08x}")
}

pub(super) fn index(world: &World, id: &str) -> Option<u64> {
    let digits = id.strip_prefix('R')?.get(..8)?;
    let index = u64::from_str_radix(digits, 16).ok()?;
    (self::id(world, index) == id).then_some(index)
}

/// Whether it is one of the newest, of which some go on.
pub(super) fn is_recent(world: &World, index: u64) -> bool {
    age(world, index) < (world.made(RowKind::Session) / RECENT).max(1)
}

/// A session, whose facts are found out once.
pub(super) struct Session {
    made: Made,
    who: OnceCell<Who>,
    state: OnceCell<&'static str>,
    begin: OnceCell<i64>,
}

enum Who {
    Guest(Made),
    Device(Made),
    /// By personnel number.
    Staff(u64),
}

impl Session {
    pub(super) fn new(made: Made) -> Self {
        Self {
            made,
            who: OnceCell::new(),
            state: OnceCell::new(),
            begin: OnceCell::new(),
        }
    }

    fn world(&self) -> &World {
        self.made.world()
    }

    fn index(&self) -> u64 {
        self.made.index
    }

    fn roll(&self, purpose: &str) -> u64 {
        self.world().roll(purpose, self.index())
    }

    /// Whose session it is.
    fn who(&self) -> &Who {
        self.who.get_or_init(|| {
            let of = |kind| match self.world().made(kind) {
                0 => None,
                number => Some(Made {
                    kind,
                    look: self.made.look,
                    index: self.roll("who") % number,
                }),
            };
            let staff = || Who::Staff(self.roll("staff") % 2_000);
            let guest = |guest| Who::Guest(with_good_account(guest));
            match self.roll("whose") % 100 {
                0..60 => of(RowKind::Guest).map_or_else(staff, guest),
                60..75 => of(RowKind::Device).map_or_else(staff, Who::Device),
                _ => staff(),
            }
        })
    }

    fn state(&self) -> &'static str {
        self.state.get_or_init(|| {
            let (world, roll) = (self.world(), self.roll("state") % 100);
            match (is_recent(world, self.index()), age(world, self.index())) {
                (true, _) if roll < 55 => "active",
                (true, _) => "closed",
                (false, age) if age < world.made(RowKind::Session) / 8 && roll == 0 => "stale",
                _ => "closed",
            }
        })
    }

    fn begin(&self) -> i64 {
        *self.begin.get_or_init(|| {
            let step = (SPAN / self.world().made(RowKind::Session).max(1) as i64).max(1);
            let jitter = self.roll("begin") % step as u64;
            let age = age(self.world(), self.index()) as i64;
            self.world().start - 60 - (age + 1) * step + jitter as i64
        })
    }

    /// How many seconds it has lasted at the start, or until it ended.
    fn lasted(&self) -> i64 {
        let so_far = self.world().start - self.begin();
        match self.state() {
            "active" => so_far,
            "stale" => 600,
            _ => (30 + (self.roll("lasted") % (4 * 3_600)) as i64).min(so_far - 1),
        }
    }

    fn mac(&self) -> String {
        let endpoint = match self.who() {
            Who::Guest(guest) => guest::endpoint(guest),
            Who::Device(device) => device.index,
            Who::Staff(number) => {
                let devices = self.world().made(RowKind::Device);
                let endpoints = self.world().made(RowKind::Endpoint);
                devices + number % endpoints.saturating_sub(devices).max(1)
            }
        };
        self.world().mac(endpoint)
    }

    fn of_guest(&self, member: impl Fn(&Made) -> Value) -> Value {
        match self.who() {
            Who::Guest(guest) => member(guest),
            _ => "".into(),
        }
    }

    fn role(&self) -> &'static str {
        match self.who() {
            Who::Guest(guest) => guest::role(guest).1,
            Who::Device(_) => "Registered Device",
            Who::Staff(_) => "[Employee]",
        }
    }

    fn nas(&self) -> u64 {
        self.roll("nas") % 4 + 1
    }

    /// Bytes from the device and to it.
    fn traffic(&self) -> (i64, i64) {
        let per_second = (self.roll("traffic") % 20_000) as i64;
        let down = per_second * self.lasted();
        (down / 10, down)
    }
}

/// This guest or the next one whose account was good at the start.
fn with_good_account(guest: Made) -> Made {
    let guests = guest.world().made(RowKind::Guest);
    let start = guest.world().start;
    let next = (0..guests.min(64)).map(|step| Made {
        index: (guest.index + step) % guests,
        ..guest
    });
    let mut good = next.filter(|guest| guest::account(guest).state(start) == "active");
    good.next().unwrap_or(guest)
}

/// From 0, the newest.
fn age(world: &World, index: u64) -> u64 {
    world.made(RowKind::Session).saturating_sub(index + 1)
}
