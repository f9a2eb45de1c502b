//! `quickaccess demo`: the whole path as a phone takes it, step by step, against a simulator of its
//! own or a real server.

use std::time::Duration;

use quickaccess::{MemoryStore, Need, QuickAccess, RefreshState, Trust};
use quickaccess_simulator::{Fault, FaultKind, Operation, Running, ServeOptions, Simulator};
use serde_json::json;

use crate::{
    args::{Common, SignInArgs, StoreKind},
    ask,
    exit::Failure,
    open::{self, Target},
    show,
};

/// The user and password of the simulator's default scenario.
const SIMULATED: (&str, &str) = ("qa", "abc123");

pub(crate) async fn run(common: &Common) -> Result<(), Failure> {
    let mut steps = Steps {
        json: common.json,
        done: Vec::new(),
    };
    let simulator = match common.server {
        Some(_) => None,
        None => {
            let simulator = Simulator::default_scenario();
            let running = simulator
                .serve(ServeOptions::default())
                .await
                .map_err(|error| {
                    Failure::Usage(format!(
                        "The simulator cannot listen on this machine: {error}."
                    ))
                })?;
            steps.say(
                "simulator",
                &format!("A ClearPass simulator listens at {}.", running.https_url()),
            );
            Some((simulator, running))
        }
    };
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::Usage(format!("No temporary folder could be made: {error}.")))?;
    let session = open(
        common,
        simulator.as_ref().map(|(_, running)| running),
        folder.path(),
        &mut steps,
    )?;
    let walked = walk(
        common,
        &session,
        simulator.as_ref().map(|(simulator, _)| simulator),
        &mut steps,
    )
    .await;
    if walked.is_err() {
        // Whatever went wrong, the demo leaves nothing behind.
        let _ = session.sign_out().await;
    }
    walked?;
    if let Some((simulator, running)) = &simulator {
        tracker(simulator, running, &mut steps);
    }
    steps.finish();
    Ok(())
}

/// Opens a session on the best store that is there.
fn open(
    common: &Common,
    running: Option<&Running>,
    folder: &std::path::Path,
    steps: &mut Steps,
) -> Result<QuickAccess, Failure> {
    let client_id = common
        .client_id
        .clone()
        .unwrap_or_else(|| "QuickAccess".to_owned());
    let (server, trust) = match running {
        Some(running) => (
            running.https_url().to_string(),
            Some(running.ca_pem().to_owned()),
        ),
        None => (common.server.clone().unwrap_or_default(), None),
    };
    let mut builder = open::settings(common, &Target { server, client_id })?;
    if let Some(pem) = trust {
        builder = builder.trust(Trust::with_roots_pem(pem));
    }
    let stored = if common.memory {
        None
    } else {
        best_store(common.store)
    };
    Ok(match stored {
        Some((store, name)) => {
            steps.say("store", &format!("The tokens are kept in {name}."));
            builder.store(store).data_dir(folder).build()?
        }
        None => {
            steps.say(
                "store",
                "No secret store can be used here, so the tokens stay in memory.",
            );
            builder.store(MemoryStore::new()).build()?
        }
    })
}

type Store = std::sync::Arc<dyn quickaccess::store::TokenStore>;

/// The store that was asked for if it works; a demo goes on without.
fn best_store(kind: StoreKind) -> Option<(Store, &'static str)> {
    let store = open::backend(kind).ok()?;
    let trial = quickaccess::SecretBytes::new(b"trial".to_vec());
    let name = "quickaccess-demo-trial";
    store.save(name, &trial).ok()?;
    let back = store.load(name).ok()?;
    store.delete(name).ok()?;
    let words = match kind {
        StoreKind::System => "the system's secret store",
        StoreKind::Kernel => "the kernel keyring",
    };
    (back.expose() == trial.expose()).then_some((store, words))
}

async fn walk(
    common: &Common,
    session: &QuickAccess,
    simulator: Option<&Simulator>,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let probe = match show::wait("Looking at the server", session.probe()).await {
        Ok(probe) => probe,
        Err(error) => {
            let none = SignInArgs {
                approve: None,
                replace_certificate: false,
                as_client: false,
            };
            let Some(shown) = error.certificate() else {
                return Err(error.into());
            };
            if !ask::approval(session, shown, &none).await? {
                return Err(error.into());
            }
            session.probe().await?
        }
    };
    let seen = match &probe.certificate {
        Some(certificate) => format!(
            "It is a ClearPass, and its certificate for {} is trusted.",
            certificate.subject
        ),
        None => "It is a ClearPass, over plain HTTP on this machine.".to_owned(),
    };
    steps.say("probe", &seen);

    let (username, password) = if simulator.is_some() {
        (SIMULATED.0.to_owned(), SIMULATED.1.into())
    } else {
        let username = ask::username(common)?;
        let password = ask::password(&username)?;
        (username, password)
    };
    show::wait("Signing in", session.sign_in(username.clone(), password)).await?;
    steps.say(
        "sign_in",
        &format!("Signed in as {username}; the password is gone from memory."),
    );

    let (me, version, privileges) = tokio::join!(
        session.whoami(),
        session.server_version(),
        session.privileges()
    );
    let me = me?;
    let version = version.ok().and_then(|version| version.version);
    steps.say(
        "whoami",
        &format!(
            "You are {}, with the operator profile \"{}\", on ClearPass {}.",
            me.name().unwrap_or("somebody"),
            me.profile().unwrap_or("not told"),
            version.as_deref().unwrap_or("of an untold version")
        ),
    );
    let privileges = privileges?;
    steps.say(
        "privileges",
        &format!(
            "You have {} privileges; you may {}change guest accounts.",
            privileges.len(),
            if privileges.allows("guest_users", Need::Write) {
                ""
            } else {
                "not "
            }
        ),
    );
    if !steps.json {
        super::privileges::print(&privileges);
    }

    refresh(session, steps).await?;
    if let Some(simulator) = simulator {
        lost_answer(session, simulator, steps).await?;
    }
    let report = show::wait("Signing out", session.sign_out()).await?;
    steps.say("sign_out", &super::sign_out::words(&report));
    Ok(())
}

async fn refresh(session: &QuickAccess, steps: &mut Steps) -> Result<(), Failure> {
    match show::wait("Extending the session", session.refresh()).await {
        Ok(token) => steps.say(
            "refresh",
            &format!(
                "Extended the session: token pair {} was stored before it was used.",
                token.generation()
            ),
        ),
        Err(error) if error.code() == quickaccess::Code::GrantNotEnabled => {
            steps.say(
                "refresh",
                &format!("The session cannot be extended: {error}"),
            );
        }
        Err(error) => return Err(error.into()),
    }
    session.server_version().await?;
    steps.say("call", "Called the API with the new token.");
    Ok(())
}

/// The connection breaks in the middle of a refresh; the session lives on.
async fn lost_answer(
    session: &QuickAccess,
    simulator: &Simulator,
    steps: &mut Steps,
) -> Result<(), Failure> {
    simulator.fault(Fault::new(Operation::TokenRefresh, FaultKind::DropBefore).times(1));
    let failed = show::wait(
        "Extending the session over a bad network",
        session.refresh(),
    )
    .await;
    let Err(error) = failed else {
        return Err(Failure::Usage(
            "The simulator did not drop the answer.".to_owned(),
        ));
    };
    steps.say("lost_answer", &format!("The answer was dropped: {error}"));
    session.whoami().await?;
    steps.say(
        "still_signed_in",
        "The access token goes on working meanwhile.",
    );
    let mut states = session.subscribe();
    let healed = states.wait_for(|state| {
        state
            .signed_in()
            .is_some_and(|s| s.generation > 2 && s.refresh == RefreshState::Ready)
    });
    show::wait("Waiting for the next try", async {
        tokio::select! {
            state = healed => state.is_ok(),
            () = tokio::time::sleep(Duration::from_secs(3)) => false,
        }
    })
    .await;
    let token = show::wait("Extending the session again", session.refresh()).await?;
    steps.say(
        "healed",
        &format!("The next try worked: token pair {}.", token.generation()),
    );
    Ok(())
}

/// What the administrator sees of it.
fn tracker(simulator: &Simulator, running: &Running, steps: &mut Steps) {
    let rows = simulator.access_tracker();
    steps.say(
        "access_tracker",
        &format!(
            "The Access Tracker of the server ({}) holds {} rows:",
            running.https_url(),
            rows.len()
        ),
    );
    for row in rows {
        steps.row(&row.summary());
    }
}

/// Says each step as it happens, or all of them as JSON at the end.
struct Steps {
    json: bool,
    done: Vec<serde_json::Value>,
}

impl Steps {
    fn say(&mut self, step: &str, text: &str) {
        if self.json {
            self.done.push(json!({ "step": step, "text": text }));
        } else {
            show::line(&format!("{} {text}", show::bold("*")));
        }
    }

    fn row(&mut self, text: &str) {
        if self.json {
            self.done
                .push(json!({ "step": "access_tracker_row", "text": text }));
        } else {
            show::line(&format!("    {text}"));
        }
    }

    fn finish(self) {
        if self.json {
            show::json(&json!({ "demo": self.done }));
        } else {
            show::line(
                "Done. Everything above ran over real connections; nothing was left behind.",
            );
        }
    }
}
