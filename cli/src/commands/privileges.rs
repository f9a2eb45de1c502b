//! `quickaccess privileges`.

use quickaccess::{Level, Privileges};
use serde_json::json;

use crate::{args::Common, exit::Failure, open, show};

pub(crate) async fn run(common: &Common) -> Result<(), Failure> {
    let (session, _) = open::session(common)?;
    let privileges = show::wait("Asking the server", session.privileges()).await?;
    if common.json {
        let list = privileges.iter().map(|privilege| {
            json!({
                "name": privilege.name,
                "display_name": privilege.display_name(),
                "level": level(privilege.level),
            })
        });
        show::json(&json!({ "privileges": list.collect::<Vec<_>>() }));
    } else {
        print(&privileges);
    }
    Ok(())
}

/// The list in words.
pub(crate) fn print(privileges: &Privileges) {
    if privileges.is_empty() {
        show::line("No privileges.");
    }
    let names: Vec<_> = privileges
        .iter()
        .map(|privilege| privilege.display_name())
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    for (privilege, name) in privileges.iter().zip(&names) {
        show::line(&format!(
            "{name:width$}  {:14}  {}",
            privilege.level.to_string(),
            privilege.name
        ));
    }
}

fn level(level: Level) -> String {
    match level {
        Level::Full => "full".to_owned(),
        Level::ReadWrite => "read_write".to_owned(),
        Level::Read => "read".to_owned(),
        Level::Allowed => "allowed".to_owned(),
        Level::Unknown(symbol) => format!("unknown {symbol}"),
        _ => "unknown".to_owned(),
    }
}
