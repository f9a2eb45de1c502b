//! What a test does to rows, beside the product's API.

use crate::{
    admin::AdminError,
    rows::{
        Row, RowKind,
        change::By,
        filter::{Filter, Reader},
        query::{Query, Sort},
        table::Id,
    },
    simulator::Simulator,
};

/// Some rows, and how many were meant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundRows {
    /// The rows, in the order of their ids.
    pub rows: Vec<Row>,
    /// How many rows the filter means, those included that are not here.
    pub count: u64,
}

/// Rows. Nothing here needs a token, and the members that the server makes can be set.
impl Simulator {
    /// How many rows of a kind there are.
    pub fn row_count(&self, kind: RowKind) -> u64 {
        self.shared
            .read(|state| state.rows.table(kind).len(state.look()))
    }

    /// Rows that a JSON filter means: the vendor's language in full, without the quirks that the
    /// product has for sessions. At most `limit` of them come, after the first `offset`.
    pub fn find_rows(
        &self,
        kind: RowKind,
        filter: &str,
        offset: u64,
        limit: u64,
    ) -> Result<FoundRows, AdminError> {
        let filter = Filter::parse(filter, Reader::Control)
            .map_err(|what| AdminError::Row(format!("filter: {what}")))?;
        let query = Query {
            filter,
            sort: Sort {
                member: "id".into(),
                descending: false,
            },
            offset,
            limit,
        };
        let page = self
            .shared
            .read(|state| query.run(state.rows.table(kind), state.look()));
        Ok(FoundRows {
            rows: page.rows,
            count: page.total,
        })
    }

    /// The row of this id.
    pub fn row(&self, kind: RowKind, id: &str) -> Result<Row, AdminError> {
        let id = Id::parse(kind, id).ok_or_else(|| unknown(kind, id))?;
        self.shared
            .read(|state| state.rows.table(kind).row(state.look(), &id))
            .ok_or_else(|| unknown(kind, &id.to_string()))
    }

    /// Adds a row, and says what it is then. What is not given is as the server would have it.
    pub fn add_row(&self, kind: RowKind, row: &Row) -> Result<Row, AdminError> {
        self.shared.change(|state| {
            let look = state.look();
            let added = state.rows.create(kind, row, look, By::Server);
            added.map_err(|messages| AdminError::Row(messages.first()))
        })
    }

    /// Changes the members that are named, and says what the row is then; null takes one back to
    /// what the server would have.
    pub fn change_row(&self, kind: RowKind, id: &str, change: &Row) -> Result<Row, AdminError> {
        let found = Id::parse(kind, id).ok_or_else(|| unknown(kind, id))?;
        self.shared.change(|state| {
            let look = state.look();
            state
                .rows
                .change(kind, &found, change, false, look, By::Server)
                .map_err(|messages| AdminError::Row(messages.first()))?
                .ok_or_else(|| unknown(kind, id))
        })
    }

    /// Takes a row away.
    pub fn remove_row(&self, kind: RowKind, id: &str) -> Result<(), AdminError> {
        let found = Id::parse(kind, id).ok_or_else(|| unknown(kind, id))?;
        let removed = self.shared.change(|state| {
            let look = state.look();
            state.rows.table_mut(kind).remove(look, &found)
        });
        match removed {
            true => Ok(()),
            false => Err(unknown(kind, id)),
        }
    }
}

fn unknown(kind: RowKind, id: &str) -> AdminError {
    AdminError::Unknown(format!("there is no row {id:?} among the {}", kind.name()))
}
