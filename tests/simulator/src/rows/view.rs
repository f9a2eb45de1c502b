//! Rows as they are looked at, wherever they come from.

use serde_json::Value;

use super::{
    Look, Row, RowKind,
    account::Account,
    made::{self, Made},
    table::Id,
};

/// Where a row is.
#[derive(Clone, Debug)]
pub(crate) enum Slot<'a> {
    Made(u64),
    Changed(u64, &'a Row),
    Added(&'a Id, &'a Row),
}

impl Slot<'_> {
    /// Whether a session can be one that goes on.
    pub(crate) fn may_go_on(&self, look: Look) -> bool {
        match self {
            Self::Made(index) => made::may_go_on(look, *index),
            _ => true,
        }
    }
}

/// A row that is looked at, member by member or as a whole.
pub(crate) enum View<'a> {
    Made(Made),
    Own(&'a Row, RowKind, i64),
}

impl View<'_> {
    /// A member; null if it is not there.
    pub(crate) fn member(&self, name: &str) -> Value {
        let member = match self {
            Self::Made(made) => made.member(name),
            Self::Own(row, kind, now) => match name == "current_state" && has_state(*kind) {
                true => Some(Account::of(row).state(*now).into()),
                false => row.get(name).cloned(),
            },
        };
        member.unwrap_or(Value::Null)
    }

    pub(crate) fn row(&self) -> Row {
        match self {
            Self::Made(made) => made.row(),
            Self::Own(row, kind, now) => {
                let mut row = (*row).clone();
                if has_state(*kind) {
                    let state = Account::of(&row).state(*now);
                    row.insert("current_state".into(), state.into());
                }
                row
            }
        }
    }
}

fn has_state(kind: RowKind) -> bool {
    matches!(kind, RowKind::Guest | RowKind::Device)
}
