//! Made endpoints. The first of them are the devices', the rest are what people carry.

use serde_json::{Value, json};

use super::{Column, Made, names};
use crate::rows::{RowKind, mac, time};

const DAY: i64 = 86_400;

pub(super) const COLUMNS: &[Column] = &[
    ("id", |made| (made.index + 1).into()),
    ("mac_address", |made| made.world().mac(made.index).into()),
    ("status", |made| status(made).into()),
    ("attributes", attributes),
    ("description", |made| description(made).into()),
    ("device_insight_tags", |_| "".into()),
    ("randomized_mac", |made| {
        mac::is_local(&made.world().mac(made.index)).into()
    }),
    ("added_at", |made| time::display(added(made)).into()),
    ("updated_at", |made| time::display(updated(made)).into()),
    ("profile", profile),
];

fn status(made: &Made) -> &'static str {
    match made.world().percent("status", made.index) {
        0..80 => "Known",
        80..95 => "Unknown",
        _ => "Disabled",
    }
}

fn attributes(made: &Made) -> Value {
    match is_thing(made) {
        true => json!({ "Location": place(made), "Category": kind(made).0 }),
        false => json!({ "Location": place(made) }),
    }
}

fn description(made: &Made) -> String {
    match is_thing(made) {
        true => format!("{}, {}", kind(made).2, place(made).to_lowercase()),
        false => String::new(),
    }
}

fn profile(made: &Made) -> Value {
    let (category, family, name, host) = kind(made);
    json!({
        "device_category": category,
        "device_os_family": family,
        "device_name": name,
        "host_name": format!("{host}-{}.example", made.index + 1),
        "ipv4_address": made.world().ip(made.index),
        "first_profiled_at": time::display(added(made)),
        "last_profiled_at": time::display(updated(made)),
    })
}

fn is_thing(made: &Made) -> bool {
    made.index < made.world().made(RowKind::Device)
}

/// Category, family, name and host.
fn kind(made: &Made) -> (&'static str, &'static str, &'static str, &'static str) {
    match is_thing(made) {
        true => thing(made),
        false => made.world().pick("carried", made.index, &names::CARRIED),
    }
}

/// What the device with this index is.
pub(super) fn thing(made: &Made) -> (&'static str, &'static str, &'static str, &'static str) {
    made.world().pick("thing", made.index, &names::THINGS)
}

/// Where the endpoint or device with this index is.
pub(super) fn place(made: &Made) -> &'static str {
    made.world().pick("place", made.index, &names::PLACES)
}

fn added(made: &Made) -> i64 {
    let seconds = made.world().roll("added", made.index) % (400 * DAY as u64);
    made.world().start - 30 * DAY - seconds as i64
}

fn updated(made: &Made) -> i64 {
    let seconds = made.world().roll("updated", made.index) % (30 * DAY as u64);
    made.world().start - seconds as i64
}
