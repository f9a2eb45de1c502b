//! `quickaccess simulator`.

use quickaccess_simulator::SimulatorArgs;

use crate::{exit::Failure, stop::Stop};

/// Runs until it is told to end, which is how it is meant to.
pub(crate) async fn run(args: &SimulatorArgs, stop: &mut Stop) -> Result<(), Failure> {
    tokio::select! {
        biased;
        ended = quickaccess_simulator::run(args.clone()) => {
            ended.map_err(|error| Failure::machine(format!("{error}.")))
        }
        // It listens for the same, but only once it serves.
        () = stop.asked() => Ok(()),
    }
}
