//! Made devices: what signs in with its MAC address. Each is an endpoint as well.

use super::{Column, Made, endpoint};
use crate::rows::{account::Account, time};

const DAY: i64 = 86_400;

pub(super) const COLUMNS: &[Column] = &[
    ("id", |made| (made.index + 1).into()),
    ("mac", |made| made.world().mac(made.index).into()),
    ("mac_auth", |_| true.into()),
    ("username", |made| made.world().mac(made.index).into()),
    ("enabled", |made| account(made).enabled.into()),
    ("current_state", |made| {
        account(made).state(made.look.now).into()
    }),
    ("role_id", |_| 4.into()),
    ("role_name", |_| "Registered Device".into()),
    ("start_time", |made| time::text(created(made)).into()),
    ("expire_time", |made| {
        account(made).expire.map(time::text).into()
    }),
    ("create_time", |made| time::text(created(made)).into()),
    ("sponsor_name", |_| "facilities".into()),
    ("sponsor_profile", |_| "1".into()),
    ("visitor_name", |made| name(made).into()),
    ("notes", |made| endpoint::place(made).into()),
];

/// What the device with this index is called.
pub(super) fn name(made: &Made) -> String {
    format!("{} {}", endpoint::thing(made).2, made.index + 1)
}

fn account(made: &Made) -> Account {
    let kind = made.world().percent("device", made.index);
    Account {
        enabled: kind < 95,
        waits: false,
        start: Some(created(made)),
        expire: (kind < 10).then(|| created(made) + 60 * DAY),
    }
}

fn created(made: &Made) -> i64 {
    let seconds = made.world().roll("device made", made.index) % (300 * DAY as u64);
    made.world().start - DAY - seconds as i64
}
