//! What is asked of a collection.

use url::Url;

use super::Filter;
use crate::error::{Code, Error};

/// The most rows of one page \[V\].
const MOST: u32 = 1_000;

/// What is asked of a collection: which rows, in which order, so many a page.
///
/// Left alone, it asks for all rows in the server's own order (`-id` for guests, devices and
/// sessions, `+id` for endpoints), 25 a page \[V\].
///
/// ```
/// use quickaccess::{Filter, ListQuery, Sort};
///
/// let newest_first = ListQuery::new()
///     .filter(Filter::eq("status", "Known"))
///     .sort(Sort::descending("id"))
///     .limit(100);
/// # let _ = newest_first;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuery {
    filter: Filter,
    sort: Option<Sort>,
    offset: u64,
    limit: Option<u32>,
    count: bool,
}

/// The order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort {
    /// The member to sort by.
    pub member: String,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// The least first.
    pub fn ascending(member: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            descending: false,
        }
    }

    /// The greatest first.
    pub fn descending(member: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            descending: true,
        }
    }
}

impl ListQuery {
    /// All rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which rows are meant.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// In which order they come.
    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }

    /// How many rows are passed over.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = rows;
        self
    }

    /// How many rows a page has: 1 to 1,000; the server's default is 25 \[V\].
    #[must_use]
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Asks the server to count all rows that are meant, which it does only when asked \[V\]; see
    /// [`Page::count`](super::Page::count). On large tables that takes time.
    #[must_use]
    pub fn count(mut self) -> Self {
        self.count = true;
        self
    }

    pub(super) fn first_offset(&self) -> u64 {
        self.offset
    }

    /// Whether a page of so many rows may have another one after it, as far as its length tells.
    pub(super) fn may_go_on(&self, rows: usize) -> bool {
        rows as u64 >= u64::from(self.limit.unwrap_or(25))
    }

    /// Puts it into an address. What is left to the server is not sent.
    pub(super) fn apply(&self, url: &Url, offset: u64) -> Result<Url, Error> {
        if self.limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            return Err(Error::with_message(
                Code::InvalidInput,
                "A page has 1 to 1000 rows. Ask for as many, and for more pages.",
            ));
        }
        let mut url = url.clone();
        let filter = self.filter.json()?;
        {
            let mut pairs = url.query_pairs_mut();
            if !self.filter.is_all() {
                pairs.append_pair("filter", &filter);
            }
            if let Some(sort) = &self.sort {
                let sign = if sort.descending { '-' } else { '+' };
                pairs.append_pair("sort", &format!("{sign}{}", sort.member));
            }
            if offset > 0 {
                pairs.append_pair("offset", &offset.to_string());
            }
            if let Some(limit) = self.limit {
                pairs.append_pair("limit", &limit.to_string());
            }
            if self.count {
                pairs.append_pair("calculate_count", "true");
            }
        }
        if url.query() == Some("") {
            url.set_query(None);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(query: &ListQuery, offset: u64) -> String {
        let url = Url::parse("https://cp.example/api/guest?x=1").unwrap();
        query
            .apply(&url, offset)
            .unwrap()
            .query()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn only_what_was_said_is_sent_and_it_is_encoded() {
        assert_eq!(query(&ListQuery::new(), 0), "x=1");
        let url = Url::parse("https://cp.example/api/guest").unwrap();
        assert_eq!(ListQuery::new().apply(&url, 0).unwrap(), url);
        let all = ListQuery::new()
            .filter(Filter::eq("username", "a+b & c"))
            .sort(Sort::ascending("id"))
            .limit(1_000)
            .count();
        assert_eq!(
            query(&all, 50),
            "x=1&filter=%7B%22username%22%3A%22a%2Bb+%26+c%22%7D&sort=%2Bid&offset=50&limit=1000\
             &calculate_count=true"
        );
        let newest = ListQuery::new().sort(Sort::descending("id"));
        assert_eq!(query(&newest, 0), "x=1&sort=-id");
    }

    #[test]
    fn a_page_that_no_server_gives_is_not_asked_for() {
        let url = Url::parse("https://cp.example/api/guest").unwrap();
        for limit in [0, 1_001, u32::MAX] {
            let error = ListQuery::new().limit(limit).apply(&url, 0).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
        }
        for limit in [1, 1_000] {
            assert!(ListQuery::new().limit(limit).apply(&url, 0).is_ok());
        }
    }
}
