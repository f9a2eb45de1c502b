//! `cargo xtask bindings`: the Kotlin and Swift files that UniFFI makes from the built library. They
//! are part of the repository, so that people can read them and a phone's build needs no generator;
//! the step of the same name compares them with what the library gives now.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs,
    path::Path,
};

use object::Object as _;

use crate::{
    command::{self, Failure, Result, fault},
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
    Generated {
        language: LINKER,
        made: "unexported.map",
        place: "bindings/unexported.map",
    },
];

/// What the generator reads of the library lies in exported symbols, which a phone has no use for: a
/// script for the linker takes these out.
const LINKER: &str = "the linker's script";
const READ_BY_THE_GENERATOR: &str = "UNIFFI_META_";

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
    let library = built.join(library_file());
    fs::write(folder.path().join("unexported.map"), unexported(&library)?)
        .map_err(fault(folder.path()))?;
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

/// An object that nobody else holds is garbage as soon as its handle has been read, and the collector may
/// free what the handle leads to before the library has taken a share of it. A call that counts holds the
/// object until then.
const UNHELD: &str = "        return value.uniffiCloneHandle()";
const HELD: &str = "        return value.callWithHandle { it }";

/// The text as it belongs into the repository.
fn finished(file: &Generated, text: String) -> Result<String> {
    if file.language != "kotlin" {
        return Ok(text);
    }
    if text.matches(UNCHECKED).count() != 1 || !text.contains(UNHELD) {
        return Err(Failure::new(
            "the generator's Kotlin loads the library or hands an object over in another way; see \
             UNCHECKED and UNHELD in xtask",
        ));
    }
    Ok(text.replace(UNCHECKED, CHECKED).replace(UNHELD, HELD))
}

fn generate(workspace: &Workspace, built: &Path, language: &str, folder: &Path) -> Result {
    let library = built.join(library_file());
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

fn library_file() -> String {
    format!("{DLL_PREFIX}quickaccess_ffi{DLL_SUFFIX}")
}

/// A version script that makes these symbols local. It is read beside rustc's own, which has them
/// global; lld goes by the first that names a symbol as local.
fn unexported(library: &Path) -> Result<String> {
    let bytes = fs::read(library).map_err(fault(library))?;
    let unreadable = |error| Failure::new(format!("{}: {error}", library.display()));
    let file = object::File::parse(&*bytes).map_err(unreadable)?;
    let exports = file.exports().map_err(unreadable)?;
    let exports = exports
        .collect::<object::Result<Vec<_>>>()
        .map_err(unreadable)?;
    let mut names: Vec<_> = exports
        .iter()
        .filter_map(|export| Some(String::from_utf8_lossy(export.name().name()?).into_owned()))
        // Mach-O puts a line before each.
        .map(|name| name.trim_start_matches('_').to_owned())
        .filter(|name| name.starts_with(READ_BY_THE_GENERATOR))
        .collect();
    names.sort_unstable();
    if names.is_empty() {
        return Err(Failure::new(format!(
            "{} exports nothing that begins with {READ_BY_THE_GENERATOR}",
            library.display()
        )));
    }
    let lines: String = names.iter().map(|name| format!("    {name};\n")).collect();
    Ok(format!(
        "# What only UniFFI's generator reads; written by `cargo xtask bindings`.\n{{\nlocal:\n{lines}}};\n"
    ))
}
