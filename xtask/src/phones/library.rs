//! How the library is built that a phone carries: as small as can be, and with no path of the machine
//! that built it. docs/decisions/small-library.md says why each of this is done.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Std, beside};
use crate::{
    command::{Failure, Result},
    workspace::Workspace,
};

/// The library for other languages.
pub(super) const LIBRARY: &str = "quickaccess-ffi";
/// The profile of what phones carry.
pub(super) const PROFILE: &str = "phone";

/// The standard library of a phone: built along where its source is at hand, since an installed one has
/// code that prints a backtrace, which without symbols says nothing, and is made for speed.
pub(super) fn standard_library(
    workspace: &Workspace,
    target: &str,
) -> Result<std::result::Result<Std, String>> {
    match Std::source(workspace) {
        Ok(Some(std)) => Ok(Ok(std)),
        Ok(None) => installed(workspace, target, RUST_SRC),
        Err(failure) => installed(workspace, target, &format!("{failure}; {RUST_SRC}")),
    }
}

const RUST_SRC: &str = "`rustup component add rust-src` brings the standard library's source";

fn installed(
    workspace: &Workspace,
    target: &str,
    why: &str,
) -> Result<std::result::Result<Std, String>> {
    let found = Std::find(workspace, target)?;
    if found.is_ok() {
        println!("{target}: larger than need be by some 0.3 MB; {why}");
    }
    Ok(found)
}

/// Has a cargo build the library for Android.
pub(crate) fn build_for_android(workspace: &Workspace, cargo: &mut Command) -> Result {
    // Whichever processor: the source is the same, and rustup brings what is installed together.
    match standard_library(workspace, "aarch64-linux-android")? {
        Ok(std) => build(workspace, cargo, &std),
        Err(missing) => Err(Failure::new(missing)),
    }
}

/// Has a cargo build the library with this standard library.
pub(super) fn build(workspace: &Workspace, cargo: &mut Command, std: &Std) -> Result {
    std.build_along(cargo, "std,panic_unwind");
    if !matches!(std, Std::Installed) {
        cargo.arg("-Zbuild-std-features=panic-unwind,optimize_for_size");
    }
    cargo.args(["--package", LIBRARY, "--lib", "--no-default-features"]);
    cargo.args(["--profile", PROFILE]);
    let flags: Vec<String> = unnamed(workspace, std)?
        .into_iter()
        .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
        .collect();
    let flags = serde_json::to_string(&flags)
        .map_err(|error| Failure::new(format!("a path cannot be written down: {error}")))?;
    // It is added to the flags that the configuration has for a target; build scripts get none of it.
    cargo.arg("--config");
    cargo.arg(format!("target.'cfg(all())'.rustflags={flags}"));
    Ok(())
}

/// The folders that source comes from, with what stands for each in the texts of panics.
fn unnamed(workspace: &Workspace, std: &Std) -> Result<Vec<(PathBuf, &'static str)>> {
    let mut folders = vec![(workspace.root().to_owned(), "")];
    let library = match std {
        Std::Installed => None,
        Std::Beside => Some(beside(workspace)?),
        Std::Source(library) => Some(library.clone()),
    };
    folders.extend(library.map(|library| (library, "rust")));
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let registries = home.map(|home| home.join("registry/src"));
    folders.extend(folders_of(registries.as_deref()).map(|folder| (folder, "")));
    Ok(folders)
}

fn folders_of(place: Option<&Path>) -> impl Iterator<Item = PathBuf> {
    let entries = place.and_then(|place| fs::read_dir(place).ok());
    entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
}
