//! `quickaccess demo`: the whole path as a phone takes it, step by step, against a simulator of its
//! own or a real server. However it ends, nothing is left behind.

mod place;
mod steps;
mod traces;
mod walk;

use std::{sync::Arc, time::Duration};

use crate::{args::Common, exit::Failure, session, stop::Stop, wait::wait};

use place::Place;
use steps::Steps;
use traces::Traces;

/// How long the tidying up at the end may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn run(common: &Common, stop: &mut Stop) -> Result<(), Failure> {
    let mut steps = Steps::new(common.kept.json);
    let mut place = Place::default();
    let walked = stop.or(walk::walk(common, &mut place, &mut steps)).await;
    tokio::select! {
        cleaned = tokio::time::timeout(PATIENCE, tidy(place, walked.is_err())) => {
            if !matches!(cleaned, Ok(true)) {
                crate::show::note("Something could not be removed from the secret store.");
            }
        }
        () = stop.asked() => {}
    }
    steps.finish(walked)
}

/// Removes whatever was made, and says whether all of it is gone.
async fn tidy(place: Place, failed: bool) -> bool {
    let Place {
        server,
        folder,
        session,
        store,
    } = place;
    if let Some(session) = session {
        if failed {
            let _ = wait("Signing out", session.sign_out()).await;
        }
        // What is still to be written is, before all of it is removed.
        session::end(session).await;
    }
    let gone = match store {
        Some(store) => remove(store).await,
        None => true,
    };
    if let Some((_, running)) = server {
        running.stop().await;
    }
    gone && folder.is_none_or(|folder| folder.close().is_ok())
}

async fn remove(store: Arc<Traces>) -> bool {
    tokio::task::spawn_blocking(move || store.remove())
        .await
        .unwrap_or(false)
}
