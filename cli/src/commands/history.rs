//! `quickaccess history`.

use serde_json::json;

use crate::{args::Common, exit::Failure, open, show};

pub(crate) async fn run(common: &Common) -> Result<(), Failure> {
    let (session, _) = open::session(common)?;
    let entries = session.history().await;
    if common.json {
        let list = entries.iter().map(|entry| {
            json!({ "at": show::time(entry.at), "kind": entry.kind, "code": entry.code, "text": entry.text })
        });
        show::json(&json!({ "history": list.collect::<Vec<_>>() }));
        return Ok(());
    }
    if entries.is_empty() {
        show::line("Nothing has happened yet.");
    }
    for entry in entries {
        let code = entry
            .code
            .map(|code| format!(" ({code})"))
            .unwrap_or_default();
        show::line(&format!("{}  {}{code}", show::time(entry.at), entry.text));
    }
    Ok(())
}
