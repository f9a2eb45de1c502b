//! Where the demo happens: which server, and the best store that is there.

use std::{sync::Arc, time::Duration};

use quickaccess::{MemoryStore, QuickAccess, Trust};
use quickaccess_simulator::{RefreshMode, Running, ServeOptions, Simulator};
use serde_json::json;
use tempfile::TempDir;

use super::{steps::Steps, traces::Traces};
use crate::{
    args::{Common, StoreKind},
    exit::Failure,
    open::{self, Target},
    wait::wait,
};

/// The demo's store entries go by a name of their own, so that they never meet those of a real
/// session.
const SERVICE: &str = "QuickAccess demo";
const CLIENT_ID: &str = "QuickAccess";
/// A store that answers no sooner is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whatever the demo has made so far, to be removed at the end.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) server: Option<(Simulator, Running)>,
    pub(super) folder: Option<TempDir>,
    pub(super) store: Option<Arc<Traces>>,
    pub(super) session: Option<QuickAccess>,
}

impl Place {
    /// Starts the simulator, unless there is a real server to go to.
    pub(super) async fn start_server(
        &mut self,
        common: &Common,
        steps: &mut Steps,
    ) -> Result<Target, Failure> {
        if common.kept.server.is_some() {
            let target = Target::find(&common.kept)?;
            let text = format!("The demo goes to {}.", target.server);
            steps.say(
                "server",
                "Server",
                &text,
                json!({ "address": target.server }),
            );
            return Ok(target);
        }
        let simulator = Simulator::default_scenario();
        // So that a lost answer costs nothing; `quickaccess simulator` has the other ways, too.
        simulator.set_switches(|switches| switches.refresh_mode = RefreshMode::Reusable);
        let running = simulator.serve(ServeOptions::default()).await;
        let running = running.map_err(|error| Failure::machine(format!("{error}.")))?;
        let server = running.https_url();
        let text = format!("A ClearPass simulator listens at {server}.");
        steps.say("server", "Server", &text, json!({ "address": server }));
        self.server = Some((simulator, running));
        Ok(Target {
            server,
            client_id: CLIENT_ID.to_owned(),
            ca_file: None,
            store: StoreKind::System,
        })
    }

    /// Opens a session on the best store that is there.
    pub(super) async fn open(
        &mut self,
        common: &Common,
        target: &Target,
        steps: &mut Steps,
    ) -> Result<QuickAccess, Failure> {
        let builder = open::settings(target)?;
        let builder = match &self.server {
            Some((_, running)) => builder.trust(Trust::with_roots_pem(running.ca_pem())),
            None => builder,
        };
        let (kind, text) = self.find_store(common).await;
        steps.say("store", "Store", text, json!({ "store": kind }));
        let session = match &self.store {
            Some(store) => {
                let folder = tempfile::Builder::new()
                    .prefix("quickaccess-demo-")
                    .tempdir();
                let folder = folder.map_err(|error| {
                    Failure::machine(format!("No temporary folder could be made: {error}."))
                })?;
                let folder = self.folder.insert(folder);
                builder
                    .store(store.clone())
                    .data_dir(folder.path())
                    .build()?
            }
            None => builder.store(MemoryStore::new()).build()?,
        };
        self.session = Some(session.clone());
        open::read(&session).await?;
        Ok(session)
    }

    /// The store that was asked for if it works, and what is said about it. The kernel's keyring is
    /// never a surprise: it has to be asked for.
    async fn find_store(&mut self, common: &Common) -> (&'static str, &'static str) {
        if common.memory {
            return ("memory", "The tokens stay in memory, as you wish.");
        }
        let kind = common.kept.store.unwrap_or(StoreKind::System);
        let trial = tokio::task::spawn_blocking(move || {
            let traces = Arc::new(Traces::new(open::backend(kind, SERVICE).ok()?));
            traces.try_out().then_some(traces)
        });
        let trial = tokio::time::timeout(PATIENCE, trial);
        match wait("Looking for the secret store", trial).await {
            Ok(Ok(Some(traces))) => {
                self.store = Some(traces);
                (kind.name(), words(kind))
            }
            _ => (
                "memory",
                "No secret store can be used here, so the tokens stay in memory.",
            ),
        }
    }
}

fn words(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::System => "The tokens lie in the secret store of this machine while this runs.",
        StoreKind::Kernel => "The tokens lie in the kernel's keyring while this runs.",
    }
}
