//! Where things are, and a `cargo` that runs there.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use crate::command::{self, Failure, Result};

/// The crate that borrows the core's source has none of the core's unit tests and examples, and
/// cargo would look for them there as soon as a kind of target is named.
pub(crate) const BORROWER: &str = "quickaccess-shuttle";
/// A small test, whose name has cargo build with the features that tests bring.
const ANY_TEST: &str = "generated";

/// The checkout that this program belongs to.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // Set by `cargo run`; the other is for the program started by hand.
        let package =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        match Path::new(&package).parent() {
            Some(root) if root.join("Cargo.toml").is_file() => Ok(Self { root: root.into() }),
            _ => Err(Failure::new(
                "the workspace is not where it was when this was built",
            )),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where `cargo xtask test` keeps the last result of each test.
    pub(crate) fn results_file(&self) -> Result<PathBuf> {
        Ok(self.target()?.join("acceptance-results.json"))
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        #[derive(Deserialize)]
        struct Metadata {
            target_directory: PathBuf,
        }
        let output = self
            .cargo(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(|error| Failure::new(format!("`cargo metadata` cannot be run: {error}")))?;
        let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            Failure::new(format!("`cargo metadata` gave no answer: {error}: {said}"))
        })?;
        Ok(metadata.target_directory)
    }

    /// `cargo` with these arguments, in the root of the workspace.
    pub(crate) fn cargo<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        forget_own_package(&mut command);
        command
    }

    /// Builds the library and one program for what is tested in other languages: with the features of
    /// the tests, so that nothing is built twice. The one program is named, since `--bins` would replace
    /// the one that runs here.
    pub(crate) fn build_for_other_languages(&self, program: &str) -> Result {
        let all = ["build", "--workspace", "--exclude", BORROWER, "--lib"];
        let mut cargo = self.cargo(all);
        command::run(cargo.args(["--bin", program, "--test", ANY_TEST]))
    }

    /// A program beside the ones of the machine: first in `.tools/bin`, then on the path.
    pub(crate) fn tool(&self, name: &str) -> Option<PathBuf> {
        let ours = self.root.join(".tools/bin");
        let path = env::var_os("PATH").unwrap_or_default();
        std::iter::once(ours)
            .chain(env::split_paths(&path))
            .map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
            .find(|file| file.is_file())
    }
}

/// `cargo run` tells us about our own package in variables; build scripts that look at them (ring's
/// does) would run again for that.
pub(crate) fn forget_own_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
}

/// Whether this is a build machine, where nothing may be left out.
pub(crate) fn is_build_machine() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}
