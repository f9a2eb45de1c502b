//! `cargo xtask bindings`: the Kotlin and Swift files that UniFFI makes from the built library. They
//! are part of the repository, so that people can read them and a phone's build needs no generator;
//! the step of the same name compares them with what the library gives now.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs,
    path::Path,
};

use crate::{
    command::{self, Failure, Result},
    workspace::Workspace,
};

/// A generated file and its place in the repository.
struct Generated {
    language: &'static str,
    /// Where the generator puts it.
    made: &'static str,
    /// Where it belongs, from the root.
    place: &'static str,
}

const FILES: &[Generated] = &[
    Generated {
        language: "kotlin",
        made: "dev/quickaccess/binding/quickaccess.kt",
        place: "android/sdk/binding/src/main/kotlin/dev/quickaccess/binding/quickaccess.kt",
    },
    Generated {
        language: "swift",
        made: "QuickAccessBinding.swift",
        place: "ios/Sources/QuickAccessBinding/QuickAccessBinding.swift",
    },
    Generated {
        language: "swift",
        made: "QuickAccessFFI.h",
        place: "ios/Sources/QuickAccessFFI/QuickAccessFFI.h",
    },
    Generated {
        language: "swift",
        made: "QuickAccessFFI.modulemap",
        // The name by which SwiftPM finds it.
        place: "ios/Sources/QuickAccessFFI/module.modulemap",
    },
];

/// Writes anew what is stale.
pub(crate) fn write(workspace: &Workspace) -> Result {
    for (file, text) in stale(workspace)? {
        let place = workspace.root().join(file.place);
        let folder = place.parent().unwrap_or(workspace.root());
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&place, text))
            .map_err(|error| Failure::new(format!("{}: {error}", file.place)))?;
        println!("{} written", file.place);
    }
    Ok(())
}

/// Fails when a file is not what the library gives now.
pub(crate) fn check(workspace: &Workspace) -> Result {
    let stale = stale(workspace)?;
    if stale.is_empty() {
        return Ok(());
    }
    let places: Vec<_> = stale.iter().map(|(file, _)| file.place).collect();
    Err(Failure::new(format!(
        "not what the library gives now; `cargo xtask bindings` mends it: {}",
        places.join(", ")
    )))
}

/// The files that are not what the library gives now, with what it gives.
fn stale(workspace: &Workspace) -> Result<Vec<(&'static Generated, String)>> {
    // The library is the unstripped one of a plain build: what the generator reads lies in its symbols.
    workspace.build_for_other_languages("uniffi-bindgen")?;
    let built = workspace.target()?.join("debug");
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    for language in ["kotlin", "swift"] {
        generate(workspace, &built, language, folder.path())?;
    }
    let mut stale = Vec::new();
    for file in FILES {
        let text = fs::read_to_string(folder.path().join(file.made)).map_err(|error| {
            Failure::new(format!("{} of {}: {error}", file.made, file.language))
        })?;
        let text = finished(file, text)?;
        let there = fs::read_to_string(workspace.root().join(file.place));
        if there.is_ok_and(|there| there == text) {
            println!("{} is up to date", file.place);
        } else {
            stale.push((file, text));
        }
    }
    Ok(stale)
}

/// The generator's Kotlin has the checks of the library in a class that nothing else loads, so that a
/// file of another build would be told by a crash. They are made before the first call.
const UNCHECKED: &str = "    init {\n        Native.register(UniffiLib::class.java,";
const CHECKED: &str = "    init {\n        IntegrityCheckingUniffiLib.ensureInitialized()\n        \
                       Native.register(UniffiLib::class.java,";

/// The text as it belongs into the repository.
fn finished(file: &Generated, text: String) -> Result<String> {
    if file.language != "kotlin" {
        return Ok(text);
    }
    match text.matches(UNCHECKED).count() {
        1 => Ok(text.replace(UNCHECKED, CHECKED)),
        _ => Err(Failure::new(
            "the generator's Kotlin loads the library in another way; see UNCHECKED in xtask"
                .to_owned(),
        )),
    }
}

fn generate(workspace: &Workspace, built: &Path, language: &str, folder: &Path) -> Result {
    let library = built.join(format!("{DLL_PREFIX}quickaccess_ffi{DLL_SUFFIX}"));
    let mut generator = std::process::Command::new(built.join("uniffi-bindgen"));
    generator
        .current_dir(workspace.root().join("bindings"))
        .arg("generate")
        .arg(library)
        .args(["--config", "uniffi.toml", "--no-format"])
        .args(["--language", language, "--out-dir"])
        .arg(folder);
    command::run(&mut generator)
}
