//! `quickaccess history`.

use serde_json::json;

use crate::{exit::Failure, session::Session, show};

const TO_THE_SECOND: &str = "%Y-%m-%d %H:%M:%S %Z";

pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let (quickaccess, target) = session.open_unread().await?;
    let entries = quickaccess.history().await;
    if session.common().kept.json {
        let list = entries.iter().map(|entry| {
            json!({
                "at": show::time(entry.at),
                "kind": entry.kind,
                "code": entry.code,
                "text": entry.text,
            })
        });
        let list: Vec<_> = list.collect();
        show::json(&json!({ "server": target.server, "history": list }));
        return Ok(());
    }
    if entries.is_empty() {
        show::text("Nothing has happened yet.");
    }
    let rows = entries.iter().map(|entry| {
        let code = entry.code.as_ref().map(|code| format!(" ({code})"));
        let text = format!("{}{}", entry.text, code.unwrap_or_default());
        (
            show::local_time(entry.at, TO_THE_SECOND),
            show::clean(&text),
        )
    });
    show::rows(&rows.collect::<Vec<_>>());
    Ok(())
}
