//! The model checker, built in a profile of its own: what runs hot is optimised, and assertions and
//! overflow checks stay on.

use crate::{
    command::{self, Result},
    workspace::Workspace,
};

/// Explores the models with these arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result {
    let mut cargo = workspace.cargo(["run", "--quiet", "--profile", "model"]);
    cargo.args(["--package", "quickaccess-model", "--"]);
    command::run(cargo.args(arguments))
}
