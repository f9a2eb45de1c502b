//! Collections: which rows are meant, in which order, and their pages.

mod filter;
mod links;
mod pages;
mod query;
mod rows;

pub use self::{
    filter::Filter,
    pages::{Page, Pages},
    query::{ListQuery, Sort},
    rows::{RowStream, Rows},
};
