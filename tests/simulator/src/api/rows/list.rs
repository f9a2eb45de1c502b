//! Collections: `filter`, `sort`, `offset`, `limit` and `calculate_count`, and the page that they
//! come to.

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Answered, Ask, collection::shown, links::encode};
use crate::{
    api::{bearer::query_member, problem},
    rows::{
        RowKind,
        change::Messages,
        filter::{Filter, Reader},
        query::{Page, Query, Sort},
    },
    state::State,
};

/// Rows on a page unless a client says otherwise \[V\].
const USUAL_LIMIT: u64 = 25;
const MOST: u64 = 1_000;

/// What is asked for, as texts for the links to other pages.
struct Texts {
    filter: String,
    sort: String,
    calculate_count: bool,
}

/// `GET` of a collection.
pub(super) fn list(state: &mut State, ask: &Ask<'_>) -> Answered {
    let (query, texts) = read(ask)?;
    let page = query.run(state.rows.table(ask.kind()), ask.look);
    Ok(answer(
        ask,
        &query,
        &texts,
        page,
        ask.flag("profile_details")?,
    ))
}

fn read(ask: &Ask<'_>) -> Result<(Query, Texts), Messages> {
    let kind = ask.kind();
    let mut messages = Messages::default();
    let text = |name: &str| query_member(ask.query, name).filter(|text| !text.is_empty());
    let mut number = |name: &str, usual: u64, least: u64, most: u64| {
        let Some(text) = text(name) else {
            return usual;
        };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                let most = if most == u64::MAX {
                    String::new()
                } else {
                    format!(" to {most}")
                };
                messages.wrong(name, format!("must be a whole number from {least}{most}"));
                usual
            }
        }
    };
    let limit = number("limit", USUAL_LIMIT, 1, MOST);
    let offset = number("offset", 0, 0, u64::MAX);
    let texts = Texts {
        filter: text("filter").unwrap_or_else(|| "{}".into()),
        sort: text("sort").unwrap_or_else(|| usual_sort(kind).into()),
        calculate_count: ask.flag("calculate_count").unwrap_or_else(|_| {
            messages.wrong("calculate_count", "must be true or false");
            false
        }),
    };
    let filter = Filter::parse(&texts.filter, Reader::Product(kind)).unwrap_or_else(|what| {
        messages.wrong("filter", what);
        Filter::Nothing
    });
    let sort = Sort::parse(kind, &texts.sort).unwrap_or_else(|what| {
        messages.wrong("sort", what);
        Sort::usual(kind)
    });
    if !messages.none() {
        return Err(messages);
    }
    let query = Query {
        filter,
        sort,
        offset,
        limit,
    };
    Ok((query, texts))
}

fn usual_sort(kind: RowKind) -> &'static str {
    match Sort::usual(kind).descending {
        true => "-id",
        false => "+id",
    }
}

fn answer(ask: &Ask<'_>, query: &Query, texts: &Texts, page: Page, profiles: bool) -> Response {
    let collection = ask.call.path;
    let link = |offset: u64| {
        ask.links.to(&format!(
            "{collection}/?calculate_count={}&offset={offset}&limit={}&sort={}&filter={}",
            texts.calculate_count,
            query.limit,
            encode(&texts.sort),
            encode(&texts.filter),
        ))
    };
    let mut links = Map::new();
    links.insert("self".into(), link(query.offset));
    links.insert("first".into(), link(0));
    // The live sample has no `last`, and without a count nobody knows it [I].
    if texts.calculate_count {
        let last = page.total.saturating_sub(1) / query.limit * query.limit;
        links.insert("last".into(), link(last));
    }
    if query.offset.saturating_add(query.limit) < page.total {
        links.insert("next".into(), link(query.offset + query.limit));
    }
    if query.offset > 0 {
        links.insert(
            "prev".into(),
            link(query.offset.saturating_sub(query.limit)),
        );
    }
    let items: Vec<Value> = page
        .rows
        .into_iter()
        .map(|row| {
            ask.links
                .with_self(collection, shown(ask.kind(), row, profiles))
                .into()
        })
        .collect();
    let mut body = json!({ "_links": links, "_embedded": { "items": items } });
    if texts.calculate_count {
        body["count"] = page.total.into();
    }
    problem::json(StatusCode::OK, &body)
}
