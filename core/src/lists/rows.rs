//! The rows of a collection, typed: what Rust adds to pages.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::pages::{Page, Pages};
use crate::{
    environment::BoxFuture,
    error::{Code, Error},
};

/// The rows of all pages, one by one. A page is asked for when the one before it is used up, and
/// not sooner, so that no more than one is held, however many rows there are.
///
/// ```no_run
/// use quickaccess::{ListQuery, Method, QuickAccess};
///
/// # async fn run(session: QuickAccess) -> Result<(), quickaccess::Error> {
/// let query = ListQuery::new().limit(1_000);
/// let mut rows = session.request(Method::GET, "guest").pages(query).rows::<serde_json::Value>();
/// while let Some(guest) = rows.next().await {
///     println!("{}", guest?["username"]);
/// }
/// # Ok(()) }
/// ```
pub struct Rows<T> {
    pages: Pages,
    waiting: vec::IntoIter<Value>,
    over: bool,
    total: Option<u64>,
    row: PhantomData<fn() -> T>,
}

impl<T> Rows<T> {
    /// How many rows there are in all, once a page has come; only when
    /// [`ListQuery::count`](super::ListQuery::count) asked for it \[V\].
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether all pages have come, as far as is known; rows of the last one may still wait.
    pub fn is_at_last_page(&self) -> bool {
        self.over
    }

    pub(super) fn new(pages: Pages) -> Self {
        Self {
            pages,
            waiting: Vec::new().into_iter(),
            over: false,
            total: None,
            row: PhantomData,
        }
    }

    fn take(&mut self, page: Result<Option<Page>, Error>) -> Result<(), Error> {
        match page? {
            Some(page) => {
                self.over = !page.has_more;
                self.total = page.count.or(self.total);
                self.waiting = page.items.into_iter();
            }
            None => self.over = true,
        }
        Ok(())
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// The next row; `None` after the last one. A row that can't be read as `T` is `bad_reply`, and
    /// the rows after it can be read on; after any other error the next call asks again.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(row) = self.waiting.next() {
                return Some(typed(row));
            }
            if self.over {
                return None;
            }
            let page = self.pages.next_page().await;
            if let Err(error) = self.take(page) {
                return Some(Err(error));
            }
        }
    }

    /// The rows of the next page, or those of the present one that were not taken yet; `None` after
    /// the last page. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// As [`Pages::next_page`]; `bad_reply` for a row that can't be read as `T`, and then the rows
    /// after it come next.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        if self.waiting.len() == 0 {
            if self.over {
                return Ok(None);
            }
            let page = self.pages.next_page().await;
            self.take(page)?;
            if self.waiting.len() == 0 {
                return Ok(None);
            }
        }
        let rows = self.waiting.by_ref().map(typed);
        rows.collect::<Result<Vec<T>, Error>>().map(Some)
    }

    /// The rows that are left, so many at most.
    ///
    /// # Errors
    /// As [`Pages::next_page`]; `bad_reply` for a row that can't be read as `T`.
    pub async fn collect(mut self, most: usize) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        while rows.len() < most {
            match self.next().await {
                Some(row) => rows.push(row?),
                None => break,
            }
        }
        Ok(rows)
    }

    /// The same as a [`Stream`]. It ends after the first failed request.
    pub fn into_stream(self) -> RowStream<T> {
        RowStream {
            rows: Some(self),
            asking: None,
        }
    }
}

fn typed<T: DeserializeOwned>(row: Value) -> Result<T, Error> {
    serde_json::from_value(row).map_err(|_| {
        Error::with_message(
            Code::BadReply,
            "A row of the answer has another form than what was asked for.",
        )
    })
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("pages", &self.pages)
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}

/// A request for a page, with the rows that it is for.
type Asking<T> = BoxFuture<'static, (Rows<T>, Result<Option<Page>, Error>)>;

/// The rows of a collection as a [`Stream`]; made by [`Rows::into_stream`].
pub struct RowStream<T> {
    /// Where the rows are, unless a page is being asked for.
    rows: Option<Rows<T>>,
    asking: Option<Asking<T>>,
}

impl<T: DeserializeOwned + 'static> Stream for RowStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(asking) = &mut self.asking {
                let (mut rows, page) = ready!(asking.as_mut().poll(context));
                self.asking = None;
                if let Err(error) = rows.take(page) {
                    return Poll::Ready(Some(Err(error)));
                }
                self.rows = Some(rows);
            }
            let Some(mut rows) = self.rows.take() else {
                return Poll::Ready(None);
            };
            if let Some(row) = rows.waiting.next() {
                self.rows = Some(rows);
                return Poll::Ready(Some(typed(row)));
            }
            if rows.over {
                return Poll::Ready(None);
            }
            self.asking = Some(Box::pin(async move {
                let page = rows.pages.next_page().await;
                (rows, page)
            }));
        }
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream")
            .field("rows", &self.rows)
            .field("asking", &self.asking.is_some())
            .finish()
    }
}
