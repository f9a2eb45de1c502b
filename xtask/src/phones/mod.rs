//! What is built for phones, on whatever machine: the type-check of both systems' code, the libraries
//! for Apple's systems, and the size of what a phone carries. Where a target's standard library is not
//! installed it is built from its source.

pub(crate) mod apple;
pub(crate) mod check;
pub(crate) mod library;
pub(crate) mod size;

mod archive;
mod framework;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{Failure, Result},
    debian,
    workspace::Workspace,
};

/// Where a target's standard library comes from.
enum Std {
    Installed,
    /// Built from the source beside the compiler.
    Beside,
    /// Built from this source.
    Source(PathBuf),
}

impl Std {
    /// Finds it or brings its source; else what would help.
    fn find(workspace: &Workspace, target: &str) -> Result<std::result::Result<Self, String>> {
        if asked(workspace, &["--print", "target-libdir", "--target", target])
            .is_ok_and(|folder| Path::new(&folder).is_dir())
        {
            return Ok(Ok(Self::Installed));
        }
        Ok(Self::source(workspace)?.ok_or_else(|| {
            format!("no standard library for {target}; `rustup target add {target}` brings it")
        }))
    }

    /// Finds or brings its source, if that can be had.
    fn source(workspace: &Workspace) -> Result<Option<Self>> {
        if beside(workspace)?.join("Cargo.lock").is_file() {
            return Ok(Some(Self::Beside));
        }
        if workspace.tool("apt-get").is_none() || workspace.tool("dpkg-deb").is_none() {
            return Ok(None);
        }
        let said = asked(workspace, &["--version", "--verbose"])?;
        let release = said.lines().find_map(|line| line.strip_prefix("release: "));
        let Some(release) = release else {
            return Err(Failure::new("rustc does not say its version"));
        };
        let library = debian::rust_library(workspace, release)?;
        Ok(Some(Self::Source(library)))
    }

    /// Has a cargo use it; `crates` are those of the standard library.
    fn build_along(&self, cargo: &mut Command, crates: &str) {
        if let Self::Installed = self {
            return;
        }
        // A stable compiler builds its own standard library only when it is told to.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        cargo.arg(format!("-Zbuild-std={crates}"));
        if let Self::Source(library) = self {
            // The one way to name a source outside the compiler's own folder, which is not ours to
            // write to. Cargo has it for its tests.
            cargo.env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
        }
    }
}

/// Where the source is that rustup installs.
fn beside(workspace: &Workspace) -> Result<PathBuf> {
    let sysroot = asked(workspace, &["--print", "sysroot"])?;
    Ok(Path::new(&sysroot).join("lib/rustlib/src/rust/library"))
}

/// What rustc says to these arguments.
fn asked(workspace: &Workspace, arguments: &[&str]) -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(arguments)
        .current_dir(workspace.root())
        .output()
        .map_err(|error| Failure::new(format!("rustc cannot be run: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("rustc: {}", said.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Names the C compiler and archiver for a target, by the variables of the cc crate.
fn use_c_tools(
    cargo: &mut Command,
    target: &str,
    cc: impl Into<OsString>,
    ar: impl Into<OsString>,
) {
    let target = target.replace('-', "_");
    cargo.env(format!("CC_{target}"), cc.into());
    cargo.env(format!("AR_{target}"), ar.into());
}
