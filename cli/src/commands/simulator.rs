//! `quickaccess simulator`.

use quickaccess_simulator::SimulatorArgs;

use crate::exit::Failure;

pub(crate) async fn run(args: &SimulatorArgs) -> Result<(), Failure> {
    quickaccess_simulator::run(args.clone())
        .await
        .map_err(|error| Failure::machine(format!("{error}.")))
}
