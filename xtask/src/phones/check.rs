//! `cargo xtask check-mobile`: type-checks and lints the code of both phone systems, without their
//! SDKs, and sees that the crates which only one copy of may be there are there once.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::Deserialize;

use super::{Std, library::LIBRARY, use_c_tools};
use crate::{
    command::{self, Failure, Result, fault},
    suite::Outcome,
    workspace::Workspace,
};

const TARGETS: &[&str] = &["aarch64-linux-android", "aarch64-apple-ios"];

/// These hold what the start on Android sets, each in a static of its own: a second copy would not be
/// started. jni's two majors share nothing but raw pointers, so one of each is allowed.
const ONCE: &[&str] = &["rustls-platform-verifier", "ndk-context"];
const ONCE_A_MAJOR: &[&str] = &["jni"];

/// Runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    check_copies(&packages(workspace)?)?;
    println!("one certificate verifier, one ndk-context, one jni of each major");
    let tools = CTools::write(workspace)?;
    for target in TARGETS {
        let std = match Std::find(workspace, target)? {
            Ok(std) => std,
            Err(missing) => return Ok(Outcome::LeftOut(missing)),
        };
        let mut cargo = workspace.cargo(["clippy", "--target", target]);
        std.build_along(&mut cargo, "std,panic_abort");
        cargo
            .args(["--package", "quickaccess", "--package", LIBRARY])
            .arg("--no-default-features")
            .args(["--", "--deny", "warnings"])
            // Of its own: the objects of the C code in it are empty.
            .env("CARGO_TARGET_DIR", workspace.target()?.join("check-mobile"));
        tools.stand_in(&mut cargo, target);
        command::run(&mut cargo)?;
    }
    Ok(Outcome::Done)
}

/// A C compiler and an archiver that write empty files, since a check links nothing.
struct CTools {
    folder: PathBuf,
}

impl CTools {
    fn write(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target()?.join("check-mobile/c");
        fs::create_dir_all(folder.join("sdk")).map_err(fault(&folder))?;
        for (name, script) in [
            (
                "cc",
                "while [ $# -gt 0 ]; do\n    [ \"$1\" = -o ] && : > \"$2\"\n    shift\ndone\nexit 0\n",
            ),
            (
                "ar",
                "for file; do\n    case $file in *.a) printf '!<arch>\\n' > \"$file\" ;; esac\ndone\n",
            ),
        ] {
            let file = folder.join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}")).map_err(fault(&file))?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let runs = fs::Permissions::from_mode(0o755);
                fs::set_permissions(&file, runs).map_err(fault(&file))?;
            }
        }
        Ok(Self { folder })
    }

    fn stand_in(&self, cargo: &mut std::process::Command, target: &str) {
        let apple = target.contains("apple");
        if apple && cfg!(target_os = "macos") {
            // The real ones are there, and what is linked for this machine needs their SDK.
            return;
        }
        use_c_tools(
            cargo,
            target,
            self.folder.join("cc"),
            self.folder.join("ar"),
        );
        if apple {
            cargo.env("SDKROOT", self.folder.join("sdk"));
            cargo.env("IPHONEOS_DEPLOYMENT_TARGET", "15.0");
        }
    }
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// Every package of the lock file.
fn packages(workspace: &Workspace) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let output = workspace
        .cargo(["metadata", "--locked", "--format-version", "1"])
        .output()
        .map_err(|error| Failure::new(format!("`cargo metadata` cannot be run: {error}")))?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        Failure::new(format!("`cargo metadata` gave no answer: {error}: {said}"))
    })?;
    Ok(metadata.packages)
}

fn check_copies(packages: &[Package]) -> Result {
    let mut copies: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for package in packages {
        let name = package.name.as_str();
        if ONCE.contains(&name) {
            copies
                .entry(name.to_owned())
                .or_default()
                .push(&package.version);
        } else if ONCE_A_MAJOR.contains(&name) {
            let kind = format!("{name} {}", major(&package.version));
            copies.entry(kind).or_default().push(&package.version);
        }
    }
    for name in ONCE {
        if !copies.contains_key(*name) {
            return Err(Failure::new(format!("{name} is not in Cargo.lock")));
        }
    }
    match copies.iter().find(|(_, versions)| versions.len() > 1) {
        None => Ok(()),
        Some((name, versions)) => Err(Failure::new(format!(
            "Cargo.lock has {name} more than once ({}): a start on Android would reach one of them \
             only; bring the crates that use it to one version",
            versions.join(", ")
        ))),
    }
}

/// The part of a version within which releases are compatible.
fn major(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (Some(major), _) => major.to_owned(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> Vec<Package> {
        let package = |&(name, version): &(&str, &str)| Package {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        packages.iter().map(package).collect()
    }

    #[test]
    fn two_majors_of_jni_are_fine_and_two_copies_of_one_or_of_the_verifier_are_not() {
        let good = [
            ("rustls-platform-verifier", "0.7.1"),
            ("ndk-context", "0.1.1"),
            ("jni", "0.21.1"),
            ("jni", "0.22.4"),
        ];
        check_copies(&lock(&good)).unwrap();
        for second in [
            ("rustls-platform-verifier", "0.6.2"),
            ("ndk-context", "0.2.0"),
            ("jni", "0.22.9"),
        ] {
            let failed = check_copies(&lock(&[&good[..], &[second]].concat())).unwrap_err();
            assert!(failed.to_string().contains(second.1), "{failed}");
        }
        let failed = check_copies(&lock(&good[1..])).unwrap_err();
        assert!(
            failed.to_string().contains("is not in Cargo.lock"),
            "{failed}"
        );
    }
}
