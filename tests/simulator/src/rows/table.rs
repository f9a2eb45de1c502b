//! One kind of rows: those that are made on the fly, what was changed of them, and what was added.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde_json::Value;

use super::{
    Look, Row, RowKind,
    made::{self, Made},
    usual,
    view::{Slot, View},
};

/// What names a row: a number, or a text for sessions \[V\].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    /// Reads an id as it stands in a path.
    pub(crate) fn parse(kind: RowKind, text: &str) -> Option<Self> {
        match kind {
            RowKind::Session => Some(Self::Text(text.into())),
            _ => text.parse().ok().map(Self::Number),
        }
    }

    pub(crate) fn of(row: &Row) -> Option<Self> {
        match row.get("id")? {
            Value::Number(number) => number.as_u64().map(Self::Number),
            Value::String(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

pub(crate) struct Table {
    kind: RowKind,
    /// What became of made rows; none is: deleted.
    changed: HashMap<u64, Option<Row>>,
    added: BTreeMap<Id, Row>,
    /// The key members of changed and added rows.
    keys: HashMap<String, Id>,
    last_number: u64,
}

impl Table {
    /// The made rows and these. One whose key a made row has takes that one's place.
    pub(crate) fn new(kind: RowKind, look: Look, own: &[Row]) -> Self {
        let mut table = Self {
            kind,
            changed: HashMap::new(),
            added: BTreeMap::new(),
            keys: HashMap::new(),
            last_number: look.world.made(kind),
        };
        for row in own {
            let key = table.key(row);
            let made = key.and_then(|key| made::find(look, kind, &key));
            let id = Id::of(row);
            let row = usual::complete(kind, row.clone(), look);
            match (id, made) {
                (None, Some(index)) => table.put(look, &made::id(look, kind, index), row),
                (None, None) => {
                    table.add(look, row);
                }
                (Some(id), made) => {
                    if let Some(index) = made {
                        table.changed.insert(index, None);
                    }
                    table.put(look, &id, row);
                }
            }
        }
        table
    }

    /// How many rows there are.
    pub(crate) fn len(&self, look: Look) -> u64 {
        look.world.made(self.kind) - self.deleted() + self.added.len() as u64
    }

    fn deleted(&self) -> u64 {
        self.changed.values().filter(|row| row.is_none()).count() as u64
    }

    /// All rows in the order of their ids.
    pub(crate) fn all(&self, look: Look) -> Vec<Slot<'_>> {
        let mut slots = Vec::with_capacity(self.len(look) as usize);
        let mut next = 0;
        for (id, row) in &self.added {
            let before = made::before(look, self.kind, id);
            slots.extend((next..before).filter_map(|index| self.made_slot(index)));
            slots.push(Slot::Added(id, row));
            next = next.max(before);
        }
        let made = look.world.made(self.kind);
        slots.extend((next..made).filter_map(|index| self.made_slot(index)));
        slots
    }

    /// Some rows of those in the order of their ids, or against it.
    pub(crate) fn window(
        &self,
        look: Look,
        descending: bool,
        offset: u64,
        limit: u64,
    ) -> Vec<Slot<'_>> {
        let len = self.len(look);
        let (from, to) = (offset.min(len), offset.saturating_add(limit).min(len));
        let (low, high) = match descending {
            true => (len - to, len - from),
            false => (from, to),
        };
        // Where ids have no gap and nothing comes between, the place is the index.
        let mut slots: Vec<Slot<'_>> = match self.added.is_empty() && self.deleted() == 0 {
            true => (low..high).filter_map(|at| self.made_slot(at)).collect(),
            false => self.all(look)[low as usize..high as usize].to_vec(),
        };
        if descending {
            slots.reverse();
        }
        slots
    }

    fn made_slot(&self, index: u64) -> Option<Slot<'_>> {
        match self.changed.get(&index) {
            None => Some(Slot::Made(index)),
            Some(Some(row)) => Some(Slot::Changed(index, row)),
            Some(None) => None,
        }
    }

    pub(crate) fn view<'a>(&self, look: Look, slot: &Slot<'a>) -> View<'a> {
        let kind = self.kind;
        match slot {
            Slot::Made(index) => View::Made(Made {
                kind,
                look,
                index: *index,
            }),
            Slot::Changed(_, row) | Slot::Added(_, row) => View::Own(row, kind, look.now),
        }
    }

    pub(crate) fn id(&self, look: Look, slot: &Slot<'_>) -> Id {
        match slot {
            Slot::Made(index) | Slot::Changed(index, _) => made::id(look, self.kind, *index),
            Slot::Added(id, _) => (*id).clone(),
        }
    }

    /// The whole row of this id.
    pub(crate) fn row(&self, look: Look, id: &Id) -> Option<Row> {
        let slot = match made::index(look, self.kind, id) {
            Some(index) => self.made_slot(index)?,
            None => {
                let (id, row) = self.added.get_key_value(id)?;
                Slot::Added(id, row)
            }
        };
        Some(self.view(look, &slot).row())
    }

    /// The id of the row whose key member is this. A MAC address may come in any notation.
    pub(crate) fn find(&self, look: Look, key: &str) -> Option<Id> {
        let key = self.normal(key)?;
        if let Some(id) = self.keys.get(&key) {
            return Some(id.clone());
        }
        let index = made::find(look, self.kind, &key)?;
        (!self.changed.contains_key(&index)).then(|| made::id(look, self.kind, index))
    }

    /// Adds a row; gives it an id.
    pub(crate) fn add(&mut self, look: Look, row: Row) -> Id {
        let id = match self.kind {
            RowKind::Session => {
                let mut id;
                loop {
                    self.last_number += 1;
                    id = Id::Text(format!("R{:08x}-02-00000000", self.last_number));
                    if !self.added.contains_key(&id) {
                        break id;
                    }
                }
            }
            _ => Id::Number(self.last_number + 1),
        };
        self.put(look, &id, row);
        id
    }

    /// Puts a row in the place of the one with this id, or adds it under this id.
    pub(crate) fn put(&mut self, look: Look, id: &Id, mut row: Row) {
        row.shift_insert(0, "id".into(), id.value());
        row.remove("current_state");
        self.forget_key(look, id);
        if let Some(key) = self.key(&row) {
            self.keys.insert(key, id.clone());
        }
        if let Id::Number(number) = id {
            self.last_number = self.last_number.max(*number);
        }
        match made::index(look, self.kind, id) {
            Some(index) => {
                self.changed.insert(index, Some(row));
            }
            None => {
                self.added.insert(id.clone(), row);
            }
        }
    }

    /// Takes a row away; false if there is none.
    pub(crate) fn remove(&mut self, look: Look, id: &Id) -> bool {
        self.forget_key(look, id);
        match made::index(look, self.kind, id) {
            Some(index) => !matches!(self.changed.insert(index, None), Some(None)),
            None => self.added.remove(id).is_some(),
        }
    }

    fn forget_key(&mut self, look: Look, id: &Id) {
        let old = match made::index(look, self.kind, id) {
            Some(index) => self.changed.get(&index).and_then(Option::as_ref),
            None => self.added.get(id),
        };
        if let Some(key) = old.and_then(|row| self.key(row)) {
            self.keys.remove(&key);
        }
    }

    fn key(&self, row: &Row) -> Option<String> {
        let key = row.get(self.kind.key()?)?.as_str()?;
        self.normal(key)
    }

    /// A key as it is kept.
    fn normal(&self, key: &str) -> Option<String> {
        match self.kind {
            RowKind::Guest => Some(key.into()),
            _ => super::mac::parse(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rows::{RowSettings, Rows};

    fn rows(json: Value) -> Rows {
        let settings: RowSettings = serde_json::from_value(json).unwrap();
        Rows::new(&settings, None, 1_793_000_400)
    }

    fn row(json: Value) -> Row {
        json.as_object().unwrap().clone()
    }

    fn ids(table: &Table, look: Look) -> Vec<Value> {
        let slots = table.all(look);
        slots
            .iter()
            .map(|slot| table.id(look, slot).value())
            .collect()
    }

    #[test]
    fn what_is_changed_added_and_removed_lies_over_what_is_made() {
        let mut rows = rows(json!({ "guests": { "generate": 5 } }));
        let look = rows.look(0);
        let table = rows.table_mut(RowKind::Guest);
        let ada = table.row(look, &Id::Number(2)).unwrap()["username"].clone();
        let ada = ada.as_str().unwrap();
        assert_eq!(table.find(look, ada), Some(Id::Number(2)));

        table.put(look, &Id::Number(2), row(json!({ "username": "new" })));
        assert_eq!(table.find(look, ada), None);
        assert_eq!(table.find(look, "new"), Some(Id::Number(2)));
        table.put(look, &Id::Number(2), row(json!({ "username": "newer" })));
        assert_eq!(table.find(look, "new"), None);
        assert_eq!(
            table.add(look, row(json!({ "username": ada }))),
            Id::Number(6)
        );
        assert_eq!(table.find(look, ada), Some(Id::Number(6)));
        assert!(table.remove(look, &Id::Number(3)) && !table.remove(look, &Id::Number(3)));
        assert!(table.remove(look, &Id::Number(2)));
        assert_eq!(table.find(look, "newer"), None);
        assert_eq!(table.row(look, &Id::Number(3)), None);
        assert_eq!(ids(table, look), [1, 4, 5, 6]);
        assert_eq!(table.len(look), 4);
        assert!(table.remove(look, &Id::Number(6)));
        assert_eq!(
            table.add(look, row(json!({ "username": "x" }))),
            Id::Number(7)
        );
    }

    #[test]
    fn windows_are_cut_the_same_with_and_without_changes() {
        let mut rows = rows(json!({ "sessions": { "generate": 50 } }));
        let look = rows.look(0);
        let table = rows.table_mut(RowKind::Session);
        let windows = |table: &Table| {
            let mut seen = Vec::new();
            for descending in [false, true] {
                for offset in (0..60).step_by(7) {
                    let slots = table.window(look, descending, offset, 7);
                    seen.extend(slots.iter().map(|slot| table.id(look, slot)));
                }
            }
            seen
        };
        let all = |table: &Table| -> Vec<Id> {
            let slots = table.all(look);
            let up = slots.iter().map(|slot| table.id(look, slot));
            let down = slots.iter().rev().map(|slot| table.id(look, slot));
            up.chain(down).collect()
        };
        assert_eq!(windows(table), all(table));
        let third = table.id(look, &Slot::Made(3));
        table.remove(look, &third);
        table.put(look, &Id::Text("A".into()), row(json!({})));
        table.put(look, &Id::Text("R0000000a-z".into()), row(json!({})));
        table.put(look, &Id::Text("Z".into()), row(json!({})));
        assert_eq!(windows(table), all(table));
        let sorted = all(table);
        assert_eq!(sorted.len(), 2 * 52);
        assert!(sorted[..52].is_sorted());
        assert_eq!(sorted[11], Id::Text("R0000000a-z".into()));
    }

    #[test]
    fn own_rows_take_the_place_of_made_ones_with_their_key() {
        let mac = "00-00-5E-00-53-2A";
        let rows = rows(json!({ "endpoints": {
            "generate": 300,
            "rows": [
                { "mac_address": mac, "description": "mine" },
                { "mac_address": "ac0000000001" },
                { "mac_address": "ac0000000002", "id": 900 },
            ],
        } }));
        let look = rows.look(0);
        let table = rows.table(RowKind::Endpoint);
        assert_eq!(table.len(look), 302);
        let id = table.find(look, mac).unwrap();
        assert!(id <= Id::Number(256));
        assert_eq!(table.row(look, &id).unwrap()["description"], "mine");
        assert_eq!(table.find(look, "ac0000000001"), Some(Id::Number(301)));
        assert_eq!(table.find(look, "AC-00-00-00-00-02"), Some(Id::Number(900)));
    }
}
