//! `quickaccess whoami`.

use serde_json::{Map, Value, json};

use crate::{exit::Failure, session::Session, show, words};

pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let (quickaccess, target) = session.signed_in().await?;
    let ask = async || {
        let (me, version) = tokio::join!(quickaccess.whoami(), quickaccess.server_version());
        me.map(|me| (me, version))
    };
    let (me, version) = session.ask("Asking the server", ask).await?;
    let state = quickaccess.state();
    let signed_in = state.signed_in();
    if session.common().kept.json {
        let members = me
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()));
        show::json(&json!({
            "server": target.server,
            "client_id": target.client_id,
            "me": members.collect::<Map<_, _>>(),
            "server_version": version.ok().and_then(|version| version.version),
            "session": signed_in.map(words::session_json),
        }));
        return Ok(());
    }
    let not_told = || "not told".to_owned();
    let mut rows = vec![
        (
            "Name".to_owned(),
            show::bold(&show::clean(me.name().unwrap_or("not told"))),
        ),
        (
            "Operator profile".to_owned(),
            me.profile().map_or_else(not_told, show::clean),
        ),
    ];
    for (name, value) in me
        .iter()
        .filter(|(name, _)| !matches!(*name, "name" | "info"))
    {
        rows.push((show::clean(name), text(value)));
    }
    rows.push(("Server".to_owned(), target.server.clone()));
    let version = match version {
        Ok(version) => version
            .version
            .map_or_else(not_told, |text| show::clean(&text)),
        Err(error) => format!("not told ({})", error.code()),
    };
    rows.push(("Version".to_owned(), version));
    let session = signed_in.map(words::session_rows).unwrap_or_default();
    rows.extend(
        session
            .into_iter()
            .map(|(heading, value)| (heading.to_owned(), value)),
    );
    show::rows(&rows);
    Ok(())
}

/// A member as the server said it; a text without its quotes.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => show::clean(text),
        other => show::clean(&other.to_string()),
    }
}
