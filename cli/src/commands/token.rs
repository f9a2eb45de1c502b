//! `quickaccess token`.

use std::time::Duration;

use quickaccess::TokenNeed;
use serde_json::json;

use crate::{
    args::{Common, TokenArgs},
    exit::Failure,
    open, show,
};

pub(crate) async fn run(common: &Common, wanted: &TokenArgs) -> Result<(), Failure> {
    let (session, _) = open::session(common)?;
    let token = if wanted.refresh {
        show::wait("Extending the session", session.refresh()).await?
    } else {
        let at_least = Duration::from_secs(wanted.at_least);
        let need = TokenNeed {
            at_least,
            ..TokenNeed::default()
        };
        show::wait("Asking for a token", session.access_token_with(need)).await?
    };
    if common.json {
        let state = session.state();
        show::json(&json!({
            "access_token": token.expose(),
            "generation": token.generation(),
            "short": token.is_short(),
            "session": state.signed_in().map(show::session_json),
        }));
    } else {
        show::line(token.expose());
    }
    Ok(())
}
