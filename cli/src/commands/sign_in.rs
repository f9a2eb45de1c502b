//! `quickaccess sign-in`.

use quickaccess::{Action, Error, QuickAccess};
use serde_json::json;

use crate::{
    args::{Common, SignInArgs},
    ask,
    exit::Failure,
    open, show,
};

pub(crate) async fn run(common: &Common, sign_in: &SignInArgs) -> Result<(), Failure> {
    let (session, target) = open::session(common)?;
    let probe = show::wait("Looking at the server", session.probe()).await;
    if let Err(error) = probe {
        trusted(&session, error, sign_in).await?;
    }
    if sign_in.as_client {
        show::wait("Signing in", session.sign_in_client()).await?;
    } else {
        let username = ask::username(common)?;
        let password = ask::password(&username)?;
        show::wait("Signing in", session.sign_in(username, password)).await?;
    }
    if !common.memory {
        target.remember(common);
    }
    report(common, &session, &target).await
}

/// Asks for trust where that is what is missing; any other failure is the command's.
async fn trusted(session: &QuickAccess, error: Error, sign_in: &SignInArgs) -> Result<(), Failure> {
    if error.action() != Action::TrustServer {
        return Err(error.into());
    }
    let Some(shown) = error.certificate() else {
        return Err(error.into());
    };
    if !ask::approval(session, shown, sign_in).await? {
        return Err(error.into());
    }
    show::wait("Looking at the server", session.probe()).await?;
    Ok(())
}

async fn report(
    common: &Common,
    session: &QuickAccess,
    target: &open::Target,
) -> Result<(), Failure> {
    let state = session.state();
    let Some(signed_in) = state.signed_in() else {
        return Err(Error::new(quickaccess::Code::Internal).into());
    };
    if common.json {
        show::json(&json!({
            "server": target.server,
            "client_id": target.client_id,
            "session": show::session_json(signed_in),
        }));
        return Ok(());
    }
    let name = if signed_in.username.is_empty() {
        &target.client_id
    } else {
        &signed_in.username
    };
    show::line(&format!(
        "Signed in to {} as {}.",
        target.server,
        show::bold(name)
    ));
    show::rows(&show::session_rows(signed_in));
    Ok(())
}
