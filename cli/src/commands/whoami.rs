//! `quickaccess whoami`.

use serde_json::json;

use crate::{args::Common, exit::Failure, open, show};

pub(crate) async fn run(common: &Common) -> Result<(), Failure> {
    let (session, target) = open::session(common)?;
    let (me, version) = show::wait("Asking the server", async {
        tokio::join!(session.whoami(), session.server_version())
    })
    .await;
    let me = me?;
    let state = session.state();
    let signed_in = state.signed_in();
    if common.json {
        show::json(&json!({
            "server": target.server,
            "client_id": target.client_id,
            "me": me.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<serde_json::Map<_, _>>(),
            "server_version": version.ok().and_then(|version| version.version),
            "session": signed_in.map(show::session_json),
        }));
        return Ok(());
    }
    let mut rows = vec![
        ("Name", show::bold(me.name().unwrap_or("not told"))),
        (
            "Operator profile",
            me.profile().unwrap_or("not told").to_owned(),
        ),
        ("Server", target.server.clone()),
        (
            "Version",
            match version {
                Ok(version) => version.version.unwrap_or_else(|| "not told".to_owned()),
                Err(error) => format!("not told: {error}"),
            },
        ),
    ];
    rows.extend(signed_in.map(show::session_rows).unwrap_or_default());
    show::rows(&rows);
    for (name, value) in me
        .iter()
        .filter(|(name, _)| !matches!(*name, "name" | "info"))
    {
        show::line(&format!("{name}: {value}"));
    }
    Ok(())
}
