//! A collection page by page. One page is held at a time, and the next one is not asked for before
//! somebody wants it.

use http::Method;
use serde_json::{Map, Value};

use super::{
    links::{self, Next},
    query::ListQuery,
    rows::Rows,
};
use crate::{
    error::{Code, Error},
    quickaccess::QuickAccess,
    requests::Plan,
};

/// The pages of a collection, made by [`RequestBuilder::pages`](crate::RequestBuilder::pages).
///
/// Rows that come or go on the server between two pages shift those after them, so that one may be
/// seen twice or not at all. Sorting by `id`, the least first, keeps new rows out of the way.
#[derive(Debug)]
pub struct Pages {
    session: QuickAccess,
    plan: Result<Plan, Error>,
    query: ListQuery,
    ahead: Ahead,
    /// Rows of the pages so far, those passed over included.
    offset: u64,
}

/// What comes next.
#[derive(Clone, Debug)]
enum Ahead {
    /// The page at the present offset.
    Offset,
    /// The page that a link leads to.
    Link(Box<url::Url>),
    /// Nothing.
    End,
}

/// One page of a collection.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The rows, each a JSON object.
    pub items: Vec<Value>,
    /// How many rows come before this page.
    pub offset: u64,
    /// How many rows there are in all; only when [`ListQuery::count`] asked for it \[V\].
    pub count: Option<u64>,
    /// Whether another page may follow.
    pub has_more: bool,
}

impl Pages {
    pub(crate) fn new(session: QuickAccess, plan: Result<Plan, Error>, query: ListQuery) -> Self {
        Self {
            session,
            plan,
            offset: query.first_offset(),
            query,
            ahead: Ahead::Offset,
        }
    }

    /// The next page; `None` after the last one. After an error the same page can be asked for
    /// again. Dropping the future cancels the request and changes nothing.
    ///
    /// # Errors
    /// As [`RequestBuilder::send`](crate::RequestBuilder::send); `invalid_input` for a query that
    /// no server takes; `bad_reply` when the answer is no list.
    pub async fn next_page(&mut self) -> Result<Option<Page>, Error> {
        let mut plan = self.plan.clone()?;
        if plan.method != Method::GET {
            let text = "Pages are read with GET and no other method.";
            return Err(Error::with_message(Code::InvalidInput, text));
        }
        plan.url = match &self.ahead {
            Ahead::End => return Ok(None),
            Ahead::Link(url) => (**url).clone(),
            Ahead::Offset => self.query.apply(&plan.url, self.offset)?,
        };
        let asked = plan.url.clone();
        let reply = plan.reply(&self.session).await?;
        let body: Map<String, Value> =
            serde_json::from_slice(reply.body.expose()).map_err(|_| Error::new(Code::BadReply))?;
        drop(reply);
        let server = &self.session.shared.config.server;
        let next = links::next(server, &asked, &body);
        let (items, count) = read(body)?;
        let ahead = match next {
            // Where there is no row, no page follows, whatever a link says.
            _ if items.is_empty() => Ahead::End,
            Next::At(url) => Ahead::Link(url),
            Next::Somewhere => Ahead::Offset,
            Next::None => Ahead::End,
            Next::Unsaid if self.query.may_go_on(items.len()) => Ahead::Offset,
            Next::Unsaid => Ahead::End,
        };
        let page = Page {
            offset: self.offset,
            count,
            has_more: !matches!(ahead, Ahead::End),
            items,
        };
        self.offset += page.items.len() as u64;
        self.ahead = ahead;
        Ok(Some(page))
    }

    /// The rows of all pages, one by one, read as `T`.
    pub fn rows<T>(self) -> Rows<T> {
        Rows::new(self)
    }
}

/// The rows and the count of a page.
fn read(mut body: Map<String, Value>) -> Result<(Vec<Value>, Option<u64>), Error> {
    let embedded = body.get_mut("_embedded").and_then(Value::as_object_mut);
    let items = match embedded.and_then(|embedded| embedded.remove("items")) {
        Some(Value::Array(items)) => items,
        _ => {
            let text = "The answer is no list: it has no `_embedded.items`.";
            return Err(Error::with_message(Code::BadReply, text));
        }
    };
    let count = match body.get("count") {
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(number) => number.as_u64(),
        None => None,
    };
    Ok((items, count))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(body: Value) -> Result<(Vec<Value>, Option<u64>), Code> {
        let body = body.as_object().unwrap().clone();
        read(body).map_err(|error| error.code())
    }

    #[test]
    fn a21_a_page_is_read_and_its_count_may_be_a_text() {
        let items = json!({ "items": [{ "id": 1 }] });
        let rows = vec![json!({ "id": 1 })];
        for (count, wanted) in [
            (json!(7), Some(7)),
            (json!("7"), Some(7)),
            (json!(null), None),
            (json!(-1), None),
            (json!("many"), None),
        ] {
            let body = json!({ "_embedded": items, "count": count });
            assert_eq!(page(body), Ok((rows.clone(), wanted)), "{count}");
        }
        assert_eq!(page(json!({ "_embedded": items })), Ok((rows, None)));
    }

    #[test]
    fn what_is_no_list_is_a_bad_reply() {
        for body in [
            json!({}),
            json!({ "_embedded": null }),
            json!({ "_embedded": {} }),
            json!({ "_embedded": { "items": {} } }),
            json!({ "items": [] }),
            json!({ "title": "Forbidden", "status": 403 }),
        ] {
            assert_eq!(page(body.clone()), Err(Code::BadReply), "{body}");
        }
    }
}
