//! `quickaccess sign-out`.

use quickaccess::SessionState;

use crate::{exit::Failure, session::Session, show, wait::wait, words};

pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let (quickaccess, _) = session.open_unread().await?;
    let nobody = matches!(quickaccess.state(), SessionState::SignedOut { .. });
    let report = wait("Signing out", quickaccess.sign_out()).await?;
    if session.common().kept.json {
        show::json(&words::sign_out_json(&report));
    } else if nobody {
        show::text("Nobody was signed in.");
    } else {
        show::text(&words::sign_out(&report));
    }
    Ok(())
}
