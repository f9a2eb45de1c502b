//! Rows that are made on the fly: each member is a function of the world and the row's index.

mod device;
mod endpoint;
mod guest;
mod names;
mod session;

use serde_json::Value;

use super::{Look, Row, RowKind, table::Id, world::World};
use session::Session;

/// A row that is made when somebody looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) kind: RowKind,
    pub(crate) look: Look,
    /// From 0.
    pub(crate) index: u64,
}

/// A member's name, and how it is made.
type Column<T = Made> = (&'static str, fn(&T) -> Value);

impl Made {
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        match self.kind {
            RowKind::Endpoint => member(endpoint::COLUMNS, self, name),
            RowKind::Guest => member(guest::COLUMNS, self, name),
            RowKind::Device => member(device::COLUMNS, self, name),
            RowKind::Session => member(session::COLUMNS, &Session::new(*self), name),
        }
    }

    pub(crate) fn row(&self) -> Row {
        match self.kind {
            RowKind::Endpoint => row(endpoint::COLUMNS, self),
            RowKind::Guest => row(guest::COLUMNS, self),
            RowKind::Device => row(device::COLUMNS, self),
            RowKind::Session => row(session::COLUMNS, &Session::new(*self)),
        }
    }

    fn world(&self) -> &World {
        &self.look.world
    }
}

fn member<T>(columns: &[Column<T>], of: &T, name: &str) -> Option<Value> {
    let (_, make) = columns.iter().find(|column| column.0 == name)?;
    Some(make(of))
}

fn row<T>(columns: &[Column<T>], of: &T) -> Row {
    // Room for the links.
    let mut row = Row::with_capacity(columns.len() + 1);
    for (name, make) in columns {
        row.insert((*name).to_owned(), make(of));
    }
    row
}

/// The id of a made row.
pub(crate) fn id(look: Look, kind: RowKind, index: u64) -> Id {
    match kind {
        RowKind::Session => Id::Text(session::id(&look.world, index)),
        _ => Id::Number(index + 1),
    }
}

/// The made row of this id.
pub(crate) fn index(look: Look, kind: RowKind, id: &Id) -> Option<u64> {
    let index = match (kind, id) {
        (RowKind::Session, Id::Text(id)) => session::index(&look.world, id)?,
        (RowKind::Session, _) | (_, Id::Text(_)) => return None,
        (_, Id::Number(number)) => number.checked_sub(1)?,
    };
    (index < look.world.made(kind)).then_some(index)
}

/// The made row whose key member is this.
pub(crate) fn find(look: Look, kind: RowKind, key: &str) -> Option<u64> {
    let index = match kind {
        RowKind::Endpoint | RowKind::Device => look.world.endpoint_of(key)?,
        RowKind::Guest => guest::index(&look.world, key)?,
        RowKind::Session => return None,
    };
    (index < look.world.made(kind)).then_some(index)
}

/// How many made rows come before this id.
pub(crate) fn before(look: Look, kind: RowKind, id: &Id) -> u64 {
    let made = look.world.made(kind);
    match id {
        Id::Number(number) => number.saturating_sub(1).min(made),
        Id::Text(_) => {
            let (mut low, mut high) = (0, made);
            while low < high {
                let middle = low + (high - low) / 2;
                match self::id(look, kind, middle) < *id {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low
        }
    }
}

/// Whether a made session can be one that goes on; most need no look at all.
pub(crate) fn may_go_on(look: Look, index: u64) -> bool {
    session::is_recent(&look.world, index)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rows::{member::Form, time};

    const START: i64 = 1_793_000_400;

    fn look(seed: Option<u64>) -> Look {
        let made = RowKind::ALL.map(|kind| u64::from(kind.usual_number()));
        Look {
            world: World::new(seed, START, made),
            now: START,
        }
    }

    fn made(look: Look, kind: RowKind, index: u64) -> Made {
        Made { kind, look, index }
    }

    #[test]
    fn made_rows_have_just_the_members_that_are_known_in_their_forms() {
        for kind in RowKind::ALL {
            let known: Vec<&str> = kind
                .members()
                .iter()
                .filter(|member| member.form != Form::Secret)
                .map(|member| member.name)
                .collect();
            let look = look(None);
            for index in (0..look.world.made(kind)).step_by(97) {
                let row = made(look, kind, index).row();
                let names: Vec<&str> = row.keys().map(String::as_str).collect();
                assert_eq!(names, known, "{kind:?}");
                for (name, value) in &row {
                    let form = kind.member(name).unwrap().form;
                    assert_eq!(form.read(value).as_ref(), Ok(value), "{kind:?} {name}");
                }
            }
        }
    }

    #[test]
    fn a_member_alone_is_what_it_is_in_its_row() {
        for kind in RowKind::ALL {
            let made = made(look(None), kind, 700);
            for (name, value) in made.row() {
                assert_eq!(made.member(&name), Some(value));
            }
            assert_eq!(made.member("no_such"), None);
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_rows_and_another_one_others() {
        for kind in RowKind::ALL {
            let sample = |seed| made(look(seed), kind, 300).row();
            assert_eq!(sample(None), sample(None));
            assert_eq!(sample(Some(5)), sample(Some(5)));
            assert_ne!(sample(Some(5)), sample(Some(6)), "{kind:?}");
        }
    }

    #[test]
    fn ids_and_keys_are_unique_in_order_and_lead_back_to_their_row() {
        let look = look(None);
        for kind in RowKind::ALL {
            let mut seen = HashSet::new();
            let mut last = None;
            for index in 0..look.world.made(kind) {
                let id = id(look, kind, index);
                assert_eq!(super::index(look, kind, &id), Some(index), "{id:?}");
                assert!(last < Some(id.clone()), "{id:?} comes after {last:?}");
                if index % 1_013 == 0 {
                    assert_eq!(before(look, kind, &id), index);
                }
                last = Some(id);
                if let Some(key) = kind.key() {
                    let key = made(look, kind, index).member(key).unwrap();
                    let key = key.as_str().unwrap();
                    assert_eq!(find(look, kind, key), Some(index), "{key}");
                    assert!(seen.insert(key.to_owned()), "{key} is there twice");
                }
            }
        }
        assert_eq!(index(look, RowKind::Guest, &Id::Number(0)), None);
        assert_eq!(index(look, RowKind::Guest, &Id::Number(3_001)), None);
        assert_eq!(find(look, RowKind::Guest, "nobody@guest.example"), None);
    }

    #[test]
    fn states_are_mixed_as_in_real_life() {
        let look = look(None);
        let count = |kind, member, wanted: &str| {
            (0..look.world.made(kind))
                .filter(|index| made(look, kind, *index).member(member) == Some(wanted.into()))
                .count()
        };
        let active = count(RowKind::Session, "state", "active");
        assert!((200..500).contains(&active), "{active} active sessions");
        assert!((5..100).contains(&count(RowKind::Session, "state", "stale")));
        for state in ["active", "disabled", "expired", "pending"] {
            let guests = count(RowKind::Guest, "current_state", state);
            assert!(guests > 100, "{guests} {state} guests");
        }
        for status in ["Known", "Unknown", "Disabled"] {
            let endpoints = count(RowKind::Endpoint, "status", status);
            assert!(endpoints > 100, "{endpoints} {status}");
        }
    }

    #[test]
    fn sessions_fit_together_and_to_the_other_rows() {
        let look = look(None);
        let start = time::text(START);
        let mut last = String::new();
        for index in 0..look.world.made(RowKind::Session) {
            let session = made(look, RowKind::Session, index);
            let member = |name| session.member(name).unwrap();
            let text = |name| member(name).as_str().unwrap_or_default().to_owned();
            let began = text("acctstarttime");
            assert!(last <= began && began < start, "{last} {began}");
            let (ended, state) = (text("acctstoptime"), text("state"));
            assert_eq!(ended.is_empty(), state != "closed");
            assert!(ended.is_empty() || began < ended && ended < start);
            last = began;
            assert!(find(look, RowKind::Endpoint, &text("mac_address")).is_some());
            if text("ssid") == "Guest" {
                let guest = find(look, RowKind::Guest, &text("username")).unwrap();
                let guest = made(look, RowKind::Guest, guest);
                assert_eq!(guest.member("visitor_name"), session.member("visitor_name"));
                assert_eq!(guest.member("mac"), session.member("mac_address"));
                assert_eq!(guest.member("current_state"), Some("active".into()));
            }
        }
    }
}
