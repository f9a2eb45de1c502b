//! `quickaccess token`.

use std::time::Duration;

use quickaccess::TokenNeed;
use serde_json::json;

use crate::{args::Token, exit::Failure, session::Session, show, words};

pub(crate) async fn run(session: &Session, wanted: &Token) -> Result<(), Failure> {
    let (quickaccess, _) = session.signed_in().await?;
    let need = TokenNeed {
        at_least: Duration::from_secs(wanted.at_least),
        ..TokenNeed::default()
    };
    let token = if wanted.refresh {
        let extend = async || quickaccess.refresh().await;
        session.ask("Extending the session", extend).await?
    } else {
        let ask = async || quickaccess.access_token_with(need).await;
        session.ask("Asking for a token", ask).await?
    };
    let state = quickaccess.state();
    let signed_in = state.signed_in();
    let end = signed_in.and_then(|signed_in| signed_in.expires_at);
    if session.common().kept.json {
        show::json(&json!({
            "access_token": token.expose(),
            "generation": token.generation(),
            "expires_at": end.map(show::time),
            "short": token.is_short(),
            "session": signed_in.map(words::session_json),
        }));
        return Ok(());
    }
    show::line(token.expose());
    if let Some(end) = end.filter(|_| token.is_short()) {
        show::note(&format!(
            "This token is good for another {} only.",
            words::left(end)
        ));
    }
    Ok(())
}
