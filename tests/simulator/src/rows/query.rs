//! A question to one kind of rows: which, in which order, and how many of them.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Look, Row, RowKind, filter::Filter, table::Table, view::Slot};

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) filter: Filter,
    pub(crate) sort: Sort,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) member: String,
    pub(crate) descending: bool,
}

/// Some rows, and how many there are in all.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    pub(crate) total: u64,
}

impl Sort {
    /// The vendor's order unless a client asks for another \[V\].
    pub(crate) fn usual(kind: RowKind) -> Self {
        Self {
            member: "id".into(),
            descending: kind != RowKind::Endpoint,
        }
    }

    /// Reads `+id` or `-id`.
    pub(crate) fn parse(kind: RowKind, text: &str) -> Result<Self, String> {
        let (member, descending) = match text.strip_prefix('-') {
            Some(member) => (member, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        let is_name = |name: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !name.is_empty() && name.chars().all(plain)
        };
        if kind.member(member).is_none() && !(kind.takes_custom_members() && is_name(member)) {
            return Err(format!("must be + or - and a member, not {text:?}"));
        }
        Ok(Self {
            member: member.into(),
            descending,
        })
    }
}

impl Query {
    /// The rows that are asked for.
    pub(crate) fn run(&self, table: &Table, look: Look) -> Page {
        let by_id = self.sort.member == "id";
        let row = |slot: &Slot<'_>| table.view(look, slot).row();
        if by_id && self.filter.is_empty() {
            let slots = table.window(look, self.sort.descending, self.offset, self.limit);
            return Page {
                rows: slots.iter().map(row).collect(),
                total: table.len(look),
            };
        }
        let mut found: Vec<Slot<'_>> = table
            .all(look)
            .into_iter()
            .filter(|slot| {
                let view = table.view(look, slot);
                self.filter.meets(&|name: &str| view.member(name))
            })
            .collect();
        if !by_id {
            found.sort_by_cached_key(|slot| Key(table.view(look, slot).member(&self.sort.member)));
        }
        if self.sort.descending {
            found.reverse();
        }
        let total = found.len() as u64;
        let page = found
            .iter()
            .skip(usize::try_from(self.offset).unwrap_or(usize::MAX))
            .take(usize::try_from(self.limit).unwrap_or(usize::MAX));
        Page {
            rows: page.map(row).collect(),
            total,
        }
    }
}

/// Orders values of any kind: none, flags, numbers, texts, the rest.
struct Key(Value);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::String(_) => 3,
            _ => 4,
        };
        match (&self.0, &other.0) {
            (Value::Bool(one), Value::Bool(two)) => one.cmp(two),
            (Value::String(one), Value::String(two)) => one.cmp(two),
            (Value::Number(one), Value::Number(two)) => {
                let number = |number: &serde_json::Number| number.as_f64().unwrap_or_default();
                number(one).total_cmp(&number(two))
            }
            (one, two) => rank(one).cmp(&rank(two)),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rows::{RowSettings, Rows, filter::Reader};

    #[test]
    fn rows_are_sorted_by_any_member_and_cut() {
        let settings: RowSettings = serde_json::from_value(json!({ "guests": { "rows": [
            { "username": "b", "simultaneous_use": 10, "badge": "x" },
            { "username": "c", "simultaneous_use": 9, "expire_time": 5 },
            { "username": "a" },
        ] } }))
        .unwrap();
        let rows = Rows::new(&settings, None, 0);
        let ask = |sort: &str, filter: &str, offset, limit| {
            let query = Query {
                filter: Filter::parse(filter, Reader::Product(RowKind::Guest)).unwrap(),
                sort: Sort::parse(RowKind::Guest, sort).unwrap(),
                offset,
                limit,
            };
            let page = query.run(rows.table(RowKind::Guest), rows.look(10));
            let names = page
                .rows
                .iter()
                .map(|row| row["username"].as_str().unwrap());
            (names.collect::<String>(), page.total)
        };
        let cases = [
            (("+id", "{}", 0, 9), ("bca", 3)),
            (("-id", "{}", 0, 9), ("acb", 3)),
            (("id", "{}", 1, 1), ("c", 3)),
            (("+username", "{}", 0, 9), ("abc", 3)),
            (("-username", "{}", 1, 9), ("ba", 3)),
            (("+simultaneous_use", "{}", 0, 9), ("acb", 3)),
            (("-badge", "{}", 0, 1), ("b", 3)),
            (("-username", r#"{"username":["a","c"]}"#, 0, 1), ("c", 2)),
            (("+id", "{}", 3, 9), ("", 3)),
            (("+id", r#"{"current_state":"expired"}"#, 0, 9), ("c", 1)),
            (("+current_state", "{}", 0, 9), ("bac", 3)),
            (("+username", "{}", u64::MAX, u64::MAX), ("", 3)),
        ];
        for ((sort, filter, offset, limit), (names, total)) in cases {
            let found = ask(sort, filter, offset, limit);
            assert_eq!(found, (names.to_owned(), total), "{sort} {filter}");
        }
    }

    #[test]
    fn an_order_names_a_member() {
        let parse = |text| Sort::parse(RowKind::Endpoint, text);
        assert_eq!(parse("+id"), Ok(Sort::usual(RowKind::Endpoint)));
        assert_eq!(
            Sort::parse(RowKind::Session, "-id"),
            Ok(Sort::usual(RowKind::Session))
        );
        for wrong in ["", "+", " id", "+no_such", "id,status", "--id"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Sort::parse(RowKind::Guest, "+no such").is_err());
    }
}
