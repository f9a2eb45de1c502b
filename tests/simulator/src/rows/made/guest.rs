//! Made guests.

use super::{Column, Made, names};
use crate::rows::{RowKind, account::Account, time, world::World};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const DOMAIN: &str = "@guest.example";
/// How many names there are before they come again with a number.
const NAMES: u64 = (names::FIRST.len() * names::LAST.len()) as u64;

pub(super) const COLUMNS: &[Column] = &[
    ("id", |made| (made.index + 1).into()),
    ("username", |made| username(made).into()),
    ("enabled", |made| account(made).enabled.into()),
    ("current_state", |made| {
        account(made).state(made.look.now).into()
    }),
    ("role_id", |made| role(made).0.into()),
    ("role_name", |made| role(made).1.into()),
    ("start_time", |made| {
        account(made).start.map(time::text).into()
    }),
    ("expire_time", |made| {
        account(made).expire.map(time::text).into()
    }),
    ("do_expire", |_| 1.into()),
    ("create_time", |made| time::text(created(made)).into()),
    ("sponsor_name", |made| sponsor(made).into()),
    ("sponsor_email", |made| {
        format!("{}@staff.example", sponsor(made)).into()
    }),
    ("sponsor_profile", |_| "1".into()),
    ("email", |made| {
        match made.world().percent("email", made.index) {
            0..90 => username(made).into(),
            _ => "".into(),
        }
    }),
    ("visitor_name", |made| visitor_name(made).into()),
    ("visitor_company", |made| company(made).into()),
    ("visitor_phone", |made| phone(made).into()),
    ("mac", |made| made.world().mac(endpoint(made)).into()),
    ("notes", |_| "".into()),
    ("simultaneous_use", |_| 2.into()),
    ("register_token", |made| match account(made).waits {
        true => token(made).into(),
        false => "".into(),
    }),
    ("register_token_confirmed", |made| {
        i64::from(!account(made).waits).into()
    }),
];

/// The guest with this user name.
pub(super) fn index(world: &World, username: &str) -> Option<u64> {
    let (first, rest) = username.strip_suffix(DOMAIN)?.split_once('.')?;
    let last = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let round: u64 = match &rest[last.len()..] {
        "" => 0,
        digits if digits.starts_with('0') => return None,
        digits => digits
            .parse::<u64>()
            .ok()?
            .checked_sub(1)
            .filter(|n| *n > 0)?,
    };
    let position = |name: &str, names: &[&str]| {
        let found = names.iter().position(|one| one.to_lowercase() == name);
        found.map(|at| at as u64)
    };
    let first = position(first, &names::FIRST)?;
    let name = first * names::LAST.len() as u64 + position(last, &names::LAST)?;
    round
        .checked_mul(NAMES)?
        .checked_add(world.unshuffle_names(name))
}

pub(super) fn username(made: &Made) -> String {
    let (first, last) = name(made);
    let number = match made.index / NAMES {
        0 => String::new(),
        round => (round + 1).to_string(),
    };
    format!("{first}.{last}{number}{DOMAIN}").to_lowercase()
}

pub(super) fn visitor_name(made: &Made) -> String {
    let (first, last) = name(made);
    format!("{first} {last}")
}

pub(super) fn company(made: &Made) -> &'static str {
    made.world().pick("company", made.index, &names::COMPANIES)
}

pub(super) fn phone(made: &Made) -> String {
    let number = made.world().roll("phone", made.index) % 100;
    format!("+1 202 555 01{number:02}")
}

pub(super) fn sponsor(made: &Made) -> String {
    let first = made.world().pick("sponsor", made.index, &names::FIRST);
    first.to_lowercase()
}

pub(super) fn role(made: &Made) -> (i64, &'static str) {
    match made.world().percent("role", made.index) {
        0..20 => (1, "[Contractor]"),
        _ => (2, "[Guest]"),
    }
}

/// The guest's own endpoint, one that is no device's.
pub(super) fn endpoint(made: &Made) -> u64 {
    let devices = made.world().made(RowKind::Device);
    let carried = made.world().made(RowKind::Endpoint).saturating_sub(devices);
    devices + made.index % carried.max(1)
}

pub(super) fn account(made: &Made) -> Account {
    let start = made.world().start;
    let spread = |purpose, days: u64| {
        let seconds = made.world().roll(purpose, made.index) % (days * DAY as u64);
        seconds as i64
    };
    let running = Account {
        enabled: true,
        waits: false,
        start: Some(created(made)),
        expire: Some(start + DAY + spread("expire", 30)),
    };
    match kind(made) {
        0..60 => running,
        60..80 => Account {
            expire: Some(start - HOUR - spread("expire", 25)),
            ..running
        },
        80..90 => Account {
            enabled: false,
            ..running
        },
        90..96 => Account {
            waits: true,
            enabled: false,
            ..running
        },
        _ => Account {
            start: Some(start + HOUR + spread("begin", 1)),
            ..running
        },
    }
}

fn created(made: &Made) -> i64 {
    let seconds = made.world().roll("guest made", made.index) % (20 * DAY as u64);
    let newest = match kind(made) {
        60..80 => 60 * DAY,
        _ => HOUR,
    };
    made.world().start - newest - seconds as i64
}

/// What decides about the account's state, from 0 to 99.
fn kind(made: &Made) -> u64 {
    made.world().percent("guest", made.index)
}

fn name(made: &Made) -> (&'static str, &'static str) {
    let name = made.world().shuffle_names(made.index % NAMES) as usize;
    let last = names::LAST.len();
    (names::FIRST[name / last], names::LAST[name % last])
}

fn token(made: &Made) -> String {
    let half = |purpose| made.world().roll(purpose, made.index);
    format!("{:016x}{:016x}", half("token"), half("more token"))
}
