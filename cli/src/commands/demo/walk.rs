//! The steps themselves.

use std::time::{Duration, Instant};

use quickaccess::{
    Action, Code, Error, Need, QuickAccess, RefreshState, Secret, SessionState, SignedIn, Stays,
};
use quickaccess_simulator::{Fault, FaultKind, Operation, Running, Simulator};
use serde_json::json;

use super::{place::Place, steps::Steps};
use crate::{
    args::Common, ask, commands::privileges, exit::Failure, session, show, wait::wait, words,
};

/// The user and password of the simulator's default scenario.
const SIMULATED: (&str, &str) = ("qa", "abc123");
/// How long the session may take for what it does by itself.
const BY_ITSELF: Duration = Duration::from_secs(10);

pub(super) async fn walk(
    common: &Common,
    place: &mut Place,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let target = place.start_server(common, steps).await?;
    let session = place.open(common, &target, steps).await?;
    look(common, &session, steps).await?;
    let (username, password) = match &place.server {
        Some(_) => (SIMULATED.0.to_owned(), Secret::from(SIMULATED.1)),
        None => {
            let username = ask::username(common).await?;
            let password = ask::password(&username).await?;
            (username, password)
        }
    };
    wait("Signing in", session.sign_in(username.clone(), password)).await?;
    let text = format!("{username} is signed in. The password was sent once and is kept nowhere.");
    steps.say("sign_in", "Sign in", &text, state(&session));

    who_and_what(&session, steps).await?;
    refresh(&session, steps).await?;
    if let Some((simulator, _)) = &place.server {
        lost_answer(&session, simulator, steps).await?;
    }
    let report = wait("Signing out", session.sign_out()).await?;
    steps.say(
        "sign_out",
        "Sign out",
        &words::sign_out(&report),
        words::sign_out_json(&report),
    );
    if let Some((simulator, running)) = &place.server {
        access_tracker(simulator, running, steps);
    }
    Ok(())
}

/// Before a password is asked for: is it a ClearPass, and does it prove who it is?
async fn look(common: &Common, session: &QuickAccess, steps: &mut Steps) -> Result<(), Failure> {
    let look = async || session.probe().await;
    let probe = session::trusting(session, common, "Looking at the server", look).await?;
    let text = match &probe.certificate {
        Some(certificate) => format!(
            "It is a ClearPass, and its certificate for {} is trusted.",
            certificate.subject
        ),
        None => "It is a ClearPass, over plain HTTP on this machine.".to_owned(),
    };
    let data = json!({
        "took_ms": u64::try_from(probe.took.as_millis()).ok(),
        "certificate_sha256": probe.certificate.as_ref().map(|certificate| &certificate.sha256),
    });
    steps.say("probe", "Certificate", &text, data);
    Ok(())
}

async fn who_and_what(session: &QuickAccess, steps: &mut Steps) -> Result<(), Failure> {
    let (me, version, list) = wait("Asking who and what", async {
        tokio::join!(
            session.whoami(),
            session.server_version(),
            session.privileges()
        )
    })
    .await;
    let (me, list) = (me?, list?);
    let version = version.ok().and_then(|version| version.version);
    let text = format!(
        "{}, with the operator profile \"{}\", on ClearPass {}.",
        me.name().unwrap_or("Somebody"),
        me.profile().unwrap_or("not told"),
        version.as_deref().unwrap_or("of an untold version")
    );
    let data = json!({ "me": me, "server_version": version });
    steps.say("whoami", "Who", &text, data);

    let change = if list.allows("guest_users", Need::Write) {
        "may"
    } else {
        "may not"
    };
    let text = format!(
        "{} privileges; this person {change} change guest accounts:",
        list.len()
    );
    let data = json!({ "privileges": privileges::list(&list) });
    steps.say("privileges", "What", &text, data);
    steps.show(|| privileges::print(&list, "  "));
    Ok(())
}

/// Extends the session, and tells what that showed about the server.
async fn refresh(session: &QuickAccess, steps: &mut Steps) -> Result<(), Failure> {
    match wait("Extending the session", session.refresh()).await {
        Ok(token) => {
            let text = format!(
                "The session was extended. Token pair {} was stored before it was used.",
                token.generation()
            );
            steps.say("refresh", "Refresh", &text, state(session));
            let proof = until(session, |s| {
                s.stays != Stays::Unknown || s.generation > 2 || s.refresh != RefreshState::Ready
            });
            wait("Finding out how the server treats refresh tokens", proof).await;
            let settled = until(session, |s| s.refresh != RefreshState::InFlight);
            wait("Finding out how the server treats refresh tokens", settled).await;
        }
        Err(error) if error.code() == Code::GrantNotEnabled => {
            let text = "It cannot be extended: this API client gives no refresh token.";
            steps.say("refresh", "Refresh", text, state(session));
        }
        Err(error) => return Err(error.into()),
    }
    if let Some(text) = learned(session).await {
        steps.say("learned", "Learned", &text, state(session));
    }
    let promised = session
        .state()
        .signed_in()
        .map(words::promise)
        .unwrap_or_default();
    steps.say(
        "promise",
        "Stay signed in",
        &sentence(&promised),
        state(session),
    );
    wait("Calling the API", session.server_version()).await?;
    let text = "The API takes the token.";
    steps.say("call", "Call", text, serde_json::Value::Null);
    Ok(())
}

/// What the refresh showed about the server, and how it was found out.
async fn learned(session: &QuickAccess) -> Option<String> {
    let history = session.history().await;
    let entry = history.iter().rev().find(|entry| entry.kind == "learned")?;
    let state = session.state();
    let signed_in = state.signed_in()?;
    let proof = match signed_in.refresh {
        RefreshState::Ended(_) => {
            " It gave no new one, so the old one was tried once more, and refused."
        }
        _ if signed_in.generation > 2 => {
            " It gave no new one, so the old one was tried once more, and taken."
        }
        _ => "",
    };
    Some(format!("{}{proof}", entry.text))
}

/// The server commits a refresh, and its answer never comes.
async fn lost_answer(
    session: &QuickAccess,
    simulator: &Simulator,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let before = generation(session);
    simulator.fault(Fault::new(Operation::TokenRefresh, FaultKind::DropAfterCommit).once());
    let asked = Instant::now();
    let answer = wait(
        "Extending the session over a bad network",
        session.refresh(),
    )
    .await;
    let Err(error) = answer else {
        return Err(missing("an answer came although it was to be lost"));
    };
    let text = format!(
        "The server extended the session once more, and the connection broke before its answer \
         came ({}). This side cannot know that, so it keeps both tokens and notes that an answer \
         is missing.",
        error.code()
    );
    steps.say("lost_answer", "Lost answer", &text, state(session));
    session.whoami().await?;
    let text = "The access token that is here goes on working.";
    steps.say(
        "still_signed_in",
        "Meanwhile",
        text,
        serde_json::Value::Null,
    );

    let pause = match error.action() {
        Action::Retry { after, .. } => after.unwrap_or_default(),
        _ => Duration::ZERO,
    };
    let what = "Trying the old refresh token again, after a pause";
    wait(what, again(session, before, pause)).await?;
    let text = format!(
        "The old refresh token was tried again {:.1} s later, and the server took it: \
         token pair {}. The session has survived.",
        asked.elapsed().as_secs_f64(),
        generation(session)
    );
    steps.say("healed", "Healed", &text, state(session));
    Ok(())
}

/// Waits out the pause that the session keeps, and asks for the refresh then if it has not come
/// by itself.
async fn again(session: &QuickAccess, before: u64, pause: Duration) -> Result<(), Error> {
    let healed = until(session, |s| s.generation > before);
    let healed = tokio::time::timeout(pause + Duration::from_millis(200), healed).await;
    if !healed.unwrap_or(false) {
        session.refresh().await?;
    }
    Ok(())
}

/// What the administrator sees of it.
fn access_tracker(simulator: &Simulator, running: &Running, steps: &mut Steps) {
    let rows = simulator.access_tracker();
    let text = format!(
        "What the server's administrator sees of all this in Access Tracker ({} rows):",
        rows.len()
    );
    let data = json!({ "rows": rows, "address": running.https_url() });
    steps.say("access_tracker", "Access Tracker", &text, data);
    let lines: Vec<_> = rows.iter().map(|row| ("", row.summary())).collect();
    steps.show(|| show::rows(&lines));
}

/// Waits for what the session does by itself; says whether it came.
async fn until(session: &QuickAccess, so: impl Fn(&SignedIn) -> bool) -> bool {
    let mut states = session.subscribe();
    let so = |state: &SessionState| state.signed_in().is_none_or(&so);
    let waiting = tokio::time::timeout(BY_ITSELF, states.wait_for(so)).await;
    matches!(waiting, Ok(Ok(_)))
}

fn generation(session: &QuickAccess) -> u64 {
    session
        .state()
        .signed_in()
        .map_or(0, |signed_in| signed_in.generation)
}

fn state(session: &QuickAccess) -> serde_json::Value {
    json!({ "session": session.state().signed_in().map(words::session_json) })
}

fn missing(what: &str) -> Failure {
    let text = format!("The demo did not go as it should: {what}.");
    Error::with_message(Code::Internal, text).into()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
