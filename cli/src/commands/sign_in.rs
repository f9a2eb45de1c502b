//! `quickaccess sign-in`.

use quickaccess::{Code, Error};
use serde_json::json;

use crate::{
    args::SignIn,
    exit::Failure,
    session::{self, Session},
    show, words,
};

pub(crate) async fn run(session: &Session, sign_in: &SignIn) -> Result<(), Failure> {
    let (quickaccess, target) = session.open().await?;
    let common = session.common();
    if sign_in.as_client {
        let ask = async || quickaccess.sign_in_client().await;
        session.ask("Signing in", ask).await?;
    } else {
        session::sign_in(quickaccess, common).await?;
    }
    if !common.memory {
        target.remember(&common.kept);
        quickaccess.make_default().await?;
    }
    let state = quickaccess.state();
    let Some(signed_in) = state.signed_in() else {
        return Err(Error::new(Code::Internal).into());
    };
    if common.kept.json {
        show::json(&json!({
            "server": target.server,
            "client_id": target.client_id,
            "session": words::session_json(signed_in),
        }));
        return Ok(());
    }
    let name = match signed_in.username.as_str() {
        "" => &target.client_id,
        name => name,
    };
    let name = show::bold(&show::clean(name));
    show::text(&format!("Signed in to {} as {name}.", target.server));
    show::rows(&words::session_rows(signed_in));
    Ok(())
}
