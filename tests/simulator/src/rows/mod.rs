//! The rows behind the product's resources: endpoints, guests, devices and sessions, without any
//! HTTP. Thousands of them are made on the fly from a seed, the same in every run, so that a start
//! costs nothing; what was changed, added or loaded lies over them.
//!
//! Local users are no resource here on purpose: on a real server their rows may carry password
//! hashes \[V\], which no phone should ever have fetched.

pub(crate) mod account;
pub(crate) mod change;
mod csv;
pub(crate) mod filter;
mod load;
pub(crate) mod mac;
mod made;
pub(crate) mod member;
mod operand;
pub(crate) mod query;
mod settings;
pub(crate) mod shape;
pub(crate) mod table;
pub(crate) mod time;
mod usual;
pub(crate) mod view;
mod world;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use settings::RowSettings;

use member::Member;
use table::{Id, Table};
use view::View;
use world::World;

/// One row: its members as the API shows them.
pub type Row = Map<String, Value>;

/// A kind of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RowKind {
    /// What has been seen on the network, by MAC address.
    #[serde(rename = "endpoints")]
    Endpoint,
    /// Guest accounts.
    #[serde(rename = "guests")]
    Guest,
    /// Accounts of devices that sign in with their MAC address.
    #[serde(rename = "devices")]
    Device,
    /// Sessions on the network, those that are over included.
    #[serde(rename = "sessions")]
    Session,
}

impl RowKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Endpoint, Self::Guest, Self::Device, Self::Session];

    /// Its name in a scenario and in the control API, such as `guests`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoints",
            Self::Guest => "guests",
            Self::Device => "devices",
            Self::Session => "sessions",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many rows there are unless a scenario says otherwise.
    pub(crate) fn usual_number(self) -> u32 {
        match self {
            Self::Endpoint => 5_000,
            Self::Guest => 3_000,
            Self::Device => 1_000,
            Self::Session => 20_000,
        }
    }

    /// The member, besides the id, that no two rows share.
    pub(crate) fn key(self) -> Option<&'static str> {
        match self {
            Self::Endpoint => Some("mac_address"),
            Self::Guest => Some("username"),
            Self::Device => Some("mac"),
            Self::Session => None,
        }
    }

    /// The members that the server knows.
    pub(crate) fn members(self) -> &'static [Member] {
        match self {
            Self::Endpoint => shape::ENDPOINT,
            Self::Guest => shape::GUEST,
            Self::Device => shape::DEVICE,
            Self::Session => shape::SESSION,
        }
    }

    pub(crate) fn member(self, name: &str) -> Option<&'static Member> {
        self.members().iter().find(|member| member.name == name)
    }

    /// Whether a row may have members of anybody's own \[V\].
    pub(crate) fn takes_custom_members(self) -> bool {
        matches!(self, Self::Guest | Self::Device)
    }
}

/// From where and when rows are looked at: what is made depends on the world, what is active,
/// expired or pending on the time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) world: World,
    /// The server's clock in seconds since 1970.
    pub(crate) now: i64,
}

/// All rows of a server.
pub(crate) struct Rows {
    world: World,
    tables: [Table; 4],
}

impl Rows {
    /// The rows of a scenario; `start` is the server's clock in seconds since 1970.
    pub(crate) fn new(settings: &RowSettings, seed: Option<u64>, start: i64) -> Self {
        let made = RowKind::ALL.map(|kind| u64::from(settings.generated(kind)));
        let world = World::new(seed, start, made);
        let look = Look { world, now: start };
        Self {
            world,
            tables: RowKind::ALL.map(|kind| Table::new(kind, look, settings.own(kind))),
        }
    }

    /// How rows look at a time.
    pub(crate) fn look(&self, now: i64) -> Look {
        Look {
            world: self.world,
            now,
        }
    }

    pub(crate) fn table(&self, kind: RowKind) -> &Table {
        &self.tables[kind as usize]
    }

    pub(crate) fn table_mut(&mut self, kind: RowKind) -> &mut Table {
        &mut self.tables[kind as usize]
    }

    /// The ids of the sessions that go on and are meant, newest first.
    pub(crate) fn active_sessions(&self, look: Look, meant: impl Fn(&View<'_>) -> bool) -> Vec<Id> {
        let table = self.table(RowKind::Session);
        let slots = table.all(look);
        let newest_first = slots.into_iter().rev();
        newest_first
            .filter(|slot| slot.may_go_on(look))
            .filter(|slot| {
                let view = table.view(look, slot);
                view.member("state") == "active" && meant(&view)
            })
            .map(|slot| table.id(look, &slot))
            .collect()
    }

    /// Ends a session, as on a disconnect; false if it is over already or not there.
    pub(crate) fn end_session(&mut self, look: Look, id: &Id) -> bool {
        let table = self.table_mut(RowKind::Session);
        let Some(mut row) = table.row(look, id) else {
            return false;
        };
        if row.get("state") != Some(&"active".into()) {
            return false;
        }
        let started = row.get("acctstarttime").and_then(time::of);
        row.insert("state".into(), "closed".into());
        row.insert("acctstoptime".into(), time::text(look.now).into());
        row.insert("updated_at".into(), time::text(look.now).into());
        row.insert("acctterminatecause".into(), "Admin-Reset".into());
        if let Some(started) = started {
            row.insert("acctsessiontime".into(), (look.now - started).into());
        }
        table.put(look, id, row);
        true
    }
}
