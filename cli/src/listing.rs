//! Lists that come page by page: a table for people, which grows as the pages come, or JSON for
//! scripts. However long a list is, a table holds one page of it.

use quickaccess::{Error, QuickAccess, Rows};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{columns::Columns, exit::Failure, session::Session, show, wait::Progress};

/// What a row of a table shows.
pub(crate) trait Row: DeserializeOwned + Serialize {
    /// What the rows are called.
    const NAME: &str;
    /// What stands above the columns.
    const HEADINGS: &[&str];

    /// The columns of this row.
    fn cells(&self) -> Vec<String>;
}

/// Shows the first page of a list, or all of it.
pub(crate) async fn show<T: Row>(
    session: &Session,
    all: bool,
    list: impl Fn(&QuickAccess) -> Result<Rows<T>, Error>,
) -> Result<(), Failure> {
    let (mut rows, first) = first_page(session, list).await?;
    let total = rows.total();
    if session.common().kept.json {
        let mut found = first;
        if all {
            let progress = Progress::new(T::NAME, total);
            progress.is_at(found.len());
            while let Some(page) = rows.next_page().await? {
                found.extend(page);
                progress.is_at(found.len());
            }
        }
        let more = !rows.is_at_last_page();
        show::json(&json!({ T::NAME: found, "total": total, "more": more }));
        return Ok(());
    }
    if first.is_empty() {
        show::text(&format!("No {} found.", T::NAME));
        return Ok(());
    }
    let cells = |page: &[T]| -> Vec<Vec<String>> {
        let clean = |row: &T| row.cells().iter().map(|text| show::clean(text)).collect();
        page.iter().map(clean).collect()
    };
    let page = cells(&first);
    let columns = Columns::of(T::HEADINGS, &page, show::width());
    show::line(&show::bold(&columns.line(T::HEADINGS)));
    let print = |page: &[Vec<String>]| {
        let lines: Vec<String> = page.iter().map(|row| columns.line(row)).collect();
        show::lines(&lines);
    };
    print(&page);
    let mut shown = page.len();
    if all {
        let progress = Progress::new(T::NAME, total);
        progress.is_at(shown);
        while let Some(page) = rows.next_page().await? {
            shown += page.len();
            progress.without(|| print(&cells(&page)));
            progress.is_at(shown);
        }
    } else if !rows.is_at_last_page() {
        let of = total.map_or_else(String::new, |total| format!(" of {total}"));
        show::note(&format!(
            "{shown}{of} {} shown; --all shows the rest.",
            T::NAME
        ));
    }
    Ok(())
}

/// Any list as JSON: its first page as the server gave it, or all of its rows.
pub(crate) async fn all(
    session: &Session,
    list: impl Fn(&QuickAccess) -> Result<Rows<Value>, Error>,
) -> Result<Value, Failure> {
    let (mut rows, mut found) = first_page(session, list).await?;
    let progress = Progress::new("rows", rows.total());
    progress.is_at(found.len());
    while let Some(page) = rows.next_page().await? {
        found.extend(page);
        progress.is_at(found.len());
    }
    Ok(json!({ "items": found, "total": rows.total() }))
}

async fn first_page<T: DeserializeOwned>(
    session: &Session,
    list: impl Fn(&QuickAccess) -> Result<Rows<T>, Error>,
) -> Result<(Rows<T>, Vec<T>), Failure> {
    let (quickaccess, _) = session.signed_in().await?;
    let ask = async || {
        let mut rows = list(quickaccess)?;
        let first = rows.next_page().await?.unwrap_or_default();
        Ok((rows, first))
    };
    session.ask("Asking the server", ask).await
}
