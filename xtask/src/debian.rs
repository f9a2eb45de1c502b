//! What Debian's archive brings beside installed packages. Its mirror is the one that this machine
//! itself uses; no name of a host is written down here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{Failure, Result, fault},
    workspace::Workspace,
};

/// The suite that has the sources of recent Rust compilers.
const RUST_SUITE: &str = "trixie-backports";

/// The mirror of Debian itself in this machine's own configuration.
pub(crate) fn mirror() -> Result<String> {
    if let Some(mirror) = known_mirror()? {
        return Ok(mirror);
    }
    // What a source calls itself is known once its lists have been read.
    let mut update = Command::new("apt-get");
    quietly(update.args(["update", "-qq"]), "reading apt's lists")?;
    known_mirror()?.ok_or_else(|| Failure::new("apt knows no mirror of Debian"))
}

fn known_mirror() -> Result<Option<String>> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(LABEL) $(SITE)"])
        .output()
        .map_err(|error| Failure::new(format!("apt-get cannot be run: {error}")))?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let debian = lines.lines().find_map(|line| line.strip_prefix("Debian "));
    Ok(debian.map(str::to_owned))
}

/// The source of the standard library of exactly this version, as Debian packages it: fetched once
/// into `.tools`, with lists of its own, so that the machine's packages stay as they are and nobody
/// has to be root.
pub(crate) fn rust_library(workspace: &Workspace, version: &str) -> Result<PathBuf> {
    let place = workspace.root().join(".tools/rust-src");
    let library = place.join(format!("{version}/usr/src/rustc-{version}/library"));
    if library.join("Cargo.lock").is_file() {
        return Ok(library);
    }
    let apt = place.join("apt");
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(folder)).map_err(fault(&place))?;
    }
    let source = format!("deb {} {RUST_SUITE} main\n", mirror()?);
    fs::write(apt.join("sources.list"), source).map_err(fault(&place))?;

    let mut update = in_own_lists("apt-get", &apt);
    quietly(update.args(["update", "-qq"]), "reading the lists of Rust")?;
    let listed = in_own_lists("apt-cache", &apt)
        .args(["madison", "rust-src"])
        .output()
        .map_err(|error| Failure::new(format!("apt-cache cannot be run: {error}")))?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let Some(package) = version_of(&listed, version) else {
        return Err(Failure::new(format!(
            "Debian's {RUST_SUITE} has no source of Rust {version}; with rustup, `rustup component \
             add rust-src` brings it"
        )));
    };
    let mut download = in_own_lists("apt-get", &apt);
    download.current_dir(&apt);
    download.args(["download", "-qq", &format!("rust-src={package}")]);
    quietly(&mut download, "fetching the source of the standard library")?;
    let archive = fs::read_dir(&apt)
        .map_err(fault(&place))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or_else(|| Failure::new("apt-get fetched no package of rust-src"))?;
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("-x").arg(&archive).arg(place.join(version));
    quietly(&mut unpack, "unpacking it")?;
    fs::remove_dir_all(&apt).map_err(fault(&place))?;
    if library.join("Cargo.lock").is_file() {
        return Ok(library);
    }
    Err(Failure::new(format!(
        "Debian's rust-src {package} does not hold {}",
        library.display()
    )))
}

fn in_own_lists(program: &str, apt: &Path) -> Command {
    let mut command = Command::new(program);
    for (option, value) in [
        ("Dir::State::Lists", apt.join("lists")),
        ("Dir::Cache", apt.join("cache")),
        ("Dir::Etc::SourceList", apt.join("sources.list")),
        ("Dir::Etc::SourceParts", "/dev/null".into()),
    ] {
        command
            .arg("-o")
            .arg(format!("{option}={}", value.display()));
    }
    command
}

/// Debian's name for this version of the compiler, in what `apt-cache madison` lists.
fn version_of<'a>(listed: &'a str, version: &str) -> Option<&'a str> {
    let names = listed.lines().filter_map(|line| line.split('|').nth(1));
    names.map(str::trim).find(|name| {
        name.strip_prefix(version)
            .is_some_and(|rest| rest.starts_with(['+', '~', '-']))
    })
}

/// Runs it with one line that says what for, and shows what it said if it fails.
pub(crate) fn quietly(command: &mut Command, what: &str) -> Result {
    println!("{what}");
    let output = command
        .output()
        .map_err(|error| Failure::new(format!("{what}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<_> = said.lines().rev().take(20).collect();
    let last: Vec<_> = last.into_iter().rev().collect();
    Err(Failure::new(format!(
        "{what} failed ({}):\n{}",
        output.status,
        last.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_version_of_the_compiler_is_found() {
        let listed =
            "  rust-src | 1.95.10+dfsg1-1 | there\n  rust-src | 1.95.1+dfsg1-2~bpo13+1 | there\n";
        assert_eq!(version_of(listed, "1.95.1"), Some("1.95.1+dfsg1-2~bpo13+1"));
        assert_eq!(version_of(listed, "1.95.10"), Some("1.95.10+dfsg1-1"));
        assert_eq!(version_of(listed, "1.95.0"), None);
    }
}
