//! Collections: which rows are meant, in which order, and their pages.

use std::{fmt, sync::Arc};

use quickaccess::{Error, Filter as CoreFilter, Sort as CoreSort};
use tokio::sync::Mutex;

use crate::{failure::QuickAccessError, requests::ApiRequest, runtime::Caller, session::Session};

/// What is asked of a collection. Left alone, it asks for all rows in the server's own order, 25 a
/// page.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ListQuery {
    /// Which rows are meant; all of them unless set.
    #[uniffi(default = None)]
    pub filter: Option<Filter>,
    /// In which order they come.
    #[uniffi(default = None)]
    pub sort: Option<Sort>,
    /// How many rows are passed over.
    #[uniffi(default = 0)]
    pub offset: u64,
    /// How many rows a page has: 1 to 1,000.
    #[uniffi(default = None)]
    pub limit: Option<u32>,
    /// Whether the server counts all rows that are meant, which takes time on large tables.
    #[uniffi(default = false)]
    pub count: bool,
}

/// The order of rows.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Sort {
    /// The member to sort by, such as `id`.
    pub member: String,
    /// Whether the greatest comes first.
    #[uniffi(default = false)]
    pub descending: bool,
}

/// Which rows of a collection are meant, with the operators that the vendor documents and no
/// others. No value can become an operator.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum Filter {
    /// The member is this.
    Eq {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member is something else.
    Ne {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member is one of these.
    OneOf {
        /// The member's name.
        member: String,
        /// The values.
        values: Vec<FilterValue>,
    },
    /// The member is none of these.
    NoneOf {
        /// The member's name.
        member: String,
        /// The values.
        values: Vec<FilterValue>,
    },
    /// The member's text holds this.
    Contains {
        /// The member's name.
        member: String,
        /// The text.
        text: String,
    },
    /// The member is greater.
    Gt {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member is greater or the same.
    Gte {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member is less.
    Lt {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member is less or the same.
    Lte {
        /// The member's name.
        member: String,
        /// The value.
        value: FilterValue,
    },
    /// The member's text matches a regular expression.
    Regex {
        /// The member's name.
        member: String,
        /// The expression.
        pattern: String,
        /// Whether upper and lower case are the same.
        any_case: bool,
    },
    /// The member is there, or is not.
    Exists {
        /// The member's name.
        member: String,
        /// Whether it is there.
        there: bool,
    },
    /// All of these.
    AllOf {
        /// The filters, at least one.
        filters: Vec<Filter>,
    },
    /// At least one of these.
    AnyOf {
        /// The filters, at least one.
        filters: Vec<Filter>,
    },
    /// Not this one.
    Not {
        /// The filter.
        filter: Box<Filter>,
    },
    /// A filter that somebody has written as JSON.
    Json {
        /// A JSON object. Whether its operators are right the server says.
        text: String,
    },
}

/// A value in a filter.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum FilterValue {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A whole number.
    Number {
        /// The number.
        number: i64,
    },
    /// Yes or no.
    Flag {
        /// Whether it is so.
        flag: bool,
    },
}

/// One page of a collection.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Page {
    /// The rows, each a JSON object.
    pub rows: Vec<String>,
    /// How many rows come before this page.
    pub offset: u64,
    /// How many rows there are in all, if the query asked for it.
    pub count: Option<u64>,
    /// Whether another page may follow.
    pub has_more: bool,
}

impl fmt::Debug for Page {
    /// Rows hold what people have typed in, so they do not print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("rows", &self.rows.len())
            .field("offset", &self.offset)
            .field("count", &self.count)
            .field("has_more", &self.has_more)
            .finish()
    }
}

#[uniffi::export]
impl Session {
    /// A collection page by page; nothing is asked for before the first page is. The query's own
    /// parameters come after those of the request.
    ///
    /// # Errors
    /// `invalid_input` for a request or query that cannot be sent.
    pub fn pages(
        self: Arc<Self>,
        request: ApiRequest,
        query: ListQuery,
    ) -> Result<Arc<Pages>, QuickAccessError> {
        let core = request.builder(self.core())?.pages(query.try_into()?);
        Ok(Arc::new(Pages {
            core: Arc::new(Mutex::new(core)),
            session: self,
        }))
    }
}

/// The pages of a collection. Rows that come or go on the server between two pages shift those
/// after them; sorting by `id`, the least first, keeps new rows out of the way.
#[derive(Debug, uniffi::Object)]
pub struct Pages {
    core: Arc<Mutex<quickaccess::Pages>>,
    session: Arc<Session>,
}

#[uniffi::export]
impl Pages {
    /// The next page; nothing after the last one. After an error the same page can be asked for
    /// again. A caller that goes away may take a page with it.
    ///
    /// # Errors
    /// As `Session.send`; `bad_reply` when the answer is no list.
    pub async fn next_page(&self) -> Result<Option<Page>, QuickAccessError> {
        let core = self.core.clone();
        let call = |_| async move { core.lock_owned().await.next_page().await };
        let page = self.session.call(Caller::Needed, call).await?;
        Ok(page.map(|page| Page {
            rows: page.items.iter().map(ToString::to_string).collect(),
            offset: page.offset,
            count: page.count,
            has_more: page.has_more,
        }))
    }
}

/// The JSON that a filter is sent as.
///
/// # Errors
/// `invalid_input` for a member without a name, one that begins with `$`, filters that join
/// nothing, and JSON that is no object.
#[uniffi::export]
pub fn filter_json(filter: Filter) -> Result<String, QuickAccessError> {
    let filter = CoreFilter::try_from(filter)?;
    Ok(filter.json()?)
}

impl TryFrom<ListQuery> for quickaccess::ListQuery {
    type Error = Error;

    fn try_from(asked: ListQuery) -> Result<Self, Error> {
        let mut query = Self::new().offset(asked.offset);
        if let Some(filter) = asked.filter {
            query = query.filter(filter.try_into()?);
        }
        if let Some(sort) = asked.sort {
            query = query.sort(match sort.descending {
                true => CoreSort::descending(sort.member),
                false => CoreSort::ascending(sort.member),
            });
        }
        if let Some(limit) = asked.limit {
            query = query.limit(limit);
        }
        Ok(match asked.count {
            true => query.count(),
            false => query,
        })
    }
}

impl TryFrom<Filter> for CoreFilter {
    type Error = Error;

    fn try_from(filter: Filter) -> Result<Self, Error> {
        let all = |filters: Vec<Filter>| {
            let filters = filters.into_iter().map(Self::try_from);
            filters.collect::<Result<Vec<Self>, Error>>()
        };
        Ok(match filter {
            Filter::Eq { member, value } => Self::eq(&member, value),
            Filter::Ne { member, value } => Self::ne(&member, value),
            Filter::OneOf { member, values } => Self::one_of(&member, values),
            Filter::NoneOf { member, values } => Self::none_of(&member, values),
            Filter::Contains { member, text } => Self::contains(&member, &text),
            Filter::Gt { member, value } => Self::gt(&member, value),
            Filter::Gte { member, value } => Self::gte(&member, value),
            Filter::Lt { member, value } => Self::lt(&member, value),
            Filter::Lte { member, value } => Self::lte(&member, value),
            Filter::Regex {
                member,
                pattern,
                any_case,
            } => match any_case {
                true => Self::regex_any_case(&member, &pattern),
                false => Self::regex(&member, &pattern),
            },
            Filter::Exists { member, there } => Self::exists(&member, there),
            Filter::AllOf { filters } => Self::all_of(all(filters)?),
            Filter::AnyOf { filters } => Self::any_of(all(filters)?),
            Filter::Not { filter } => Self::try_from(*filter)?.negate(),
            Filter::Json { text } => Self::parse(&text)?,
        })
    }
}

impl From<FilterValue> for serde_json::Value {
    fn from(value: FilterValue) -> Self {
        match value {
            FilterValue::Text { text } => text.into(),
            FilterValue::Number { number } => number.into(),
            FilterValue::Flag { flag } => flag.into(),
        }
    }
}
