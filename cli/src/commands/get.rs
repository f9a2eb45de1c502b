//! `quickaccess get`.

use quickaccess::{Filter, ListQuery, Method, QuickAccess, RequestBuilder};
use serde_json::Value;

use crate::{args::Get, exit::Failure, listing, session::Session, show};

pub(crate) async fn run(session: &Session, get: &Get) -> Result<(), Failure> {
    let filter = get.filter.as_deref().map(Filter::parse).transpose()?;
    let said = if get.all {
        let query = ListQuery::new().limit(1_000).count();
        let query = match &filter {
            Some(filter) => query.filter(filter.clone()),
            None => query,
        };
        listing::all(session, |quickaccess| {
            Ok(request(quickaccess, get).pages(query.clone()).rows())
        })
        .await?
    } else {
        let (quickaccess, _) = session.signed_in().await?;
        let ask = async || {
            let request = request(quickaccess, get);
            let request = match &filter {
                Some(filter) => request.query("filter", &filter.to_string()),
                None => request,
            };
            request.send::<Value>().await
        };
        session.ask("Asking the server", ask).await?
    };
    show::json(&said);
    Ok(())
}

fn request<'a>(quickaccess: &'a QuickAccess, get: &Get) -> RequestBuilder<'a> {
    let request = quickaccess.request(Method::GET, &get.path);
    let parameters = get.query.iter();
    parameters.fold(request, |request, (name, value)| request.query(name, value))
}
