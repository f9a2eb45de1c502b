//! `quickaccess privileges`.

use quickaccess::{Level, Privileges};
use serde_json::{Value, json};

use crate::{exit::Failure, session::Session, show};

pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let (quickaccess, _) = session.signed_in().await?;
    let ask = async || quickaccess.privileges().await;
    let privileges = session.ask("Asking the server", ask).await?;
    if session.common().kept.json {
        show::json(&json!({ "privileges": list(&privileges) }));
    } else if privileges.is_empty() {
        show::text("No privileges.");
    } else {
        print(&privileges, "");
    }
    Ok(())
}

/// The list in words, in the server's order.
pub(crate) fn print(privileges: &Privileges, before: &str) {
    let level_width = privileges
        .iter()
        .map(|privilege| privilege.level.to_string().len());
    let level_width = level_width.max().unwrap_or(0);
    let rows = privileges.iter().map(|privilege| {
        let (level, name) = (privilege.level.to_string(), show::clean(&privilege.name));
        let heading = format!("{before}{}", show::clean(&privilege.display_name()));
        (heading, format!("{level:level_width$}  {name}"))
    });
    show::rows(&rows.collect::<Vec<_>>());
}

/// The list for scripts, in the server's order.
pub(crate) fn list(privileges: &Privileges) -> Vec<Value> {
    let one = |privilege: &quickaccess::Privilege| {
        json!({
            "name": privilege.name,
            "display_name": privilege.display_name(),
            "level": level(privilege.level),
        })
    };
    privileges.iter().map(one).collect()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Full => "full",
        Level::ReadWrite => "read_write",
        Level::Read => "read",
        Level::Allowed => "allowed",
        _ => "unknown",
    }
}
