//! `cargo xtask package-apple`: the static libraries for Apple's systems, inspected and put together as
//! an XCFramework. A static library needs no linker, so Linux makes it too, with clang and the few
//! headers of `xtask/apple/headers`; what only a Mac can do is to link it and to run it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use object::{
    Architecture,
    macho::{PLATFORM_IOS, PLATFORM_IOSSIMULATOR, PLATFORM_MACOS, Platform},
};

use super::{
    Std,
    archive::{self, Expected, SystemSymbols},
    framework::{self, Slice},
    library::{self, PROFILE},
    use_c_tools,
};
use crate::{
    command::{self, Failure, Result, fault},
    suite::Outcome,
    tools,
    workspace::Workspace,
};

/// One library of the framework.
struct Target {
    name: &'static str,
    architecture: Architecture,
    platform: Platform,
}

const fn target(name: &'static str, architecture: Architecture, platform: Platform) -> Target {
    Target {
        name,
        architecture,
        platform,
    }
}

const TARGETS: &[Target] = &[
    target("aarch64-apple-ios", Architecture::Aarch64, PLATFORM_IOS),
    target(
        "aarch64-apple-ios-sim",
        Architecture::Aarch64,
        PLATFORM_IOSSIMULATOR,
    ),
    target(
        "x86_64-apple-ios",
        Architecture::X86_64,
        PLATFORM_IOSSIMULATOR,
    ),
    target(
        "aarch64-apple-darwin",
        Architecture::Aarch64,
        PLATFORM_MACOS,
    ),
    target("x86_64-apple-darwin", Architecture::X86_64, PLATFORM_MACOS),
];
/// What a build machine makes: the device and the simulator on a Mac of today.
const STEP: &[&str] = &["aarch64-apple-ios", "aarch64-apple-ios-sim"];
/// The oldest systems, as `ios/Package.swift` says too.
const IOS: (u16, u8) = (15, 0);
const MACOS: (u16, u8) = (12, 0);

/// A program and the Debian package that brings it.
const PROGRAMS: &[(&str, &str)] = &[("clang", "clang"), ("llvm-ar", "llvm")];
const HEADERS: &str = "ios/Sources/QuickAccessFFI";

/// The names of the targets.
pub(crate) fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// The command: the framework of these targets, or of all, where `ios/Package.swift` looks for it.
pub(crate) fn package(workspace: &Workspace, only: &[String]) -> Result {
    let chosen = |target: &&Target| only.is_empty() || only.iter().any(|name| name == target.name);
    let place = workspace.root().join("ios/QuickAccessFFI.xcframework");
    match make(workspace, TARGETS.iter().filter(chosen), &place)? {
        Outcome::Done => Ok(()),
        Outcome::LeftOut(missing) => Err(Failure::new(missing)),
    }
}

/// The step: the same for two targets, beside what is built.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let place = workspace.target()?.join("apple/QuickAccessFFI.xcframework");
    let chosen = |target: &&Target| STEP.contains(&target.name);
    make(workspace, TARGETS.iter().filter(chosen), &place)
}

fn make<'a>(
    workspace: &Workspace,
    targets: impl Iterator<Item = &'a Target>,
    place: &Path,
) -> Result<Outcome> {
    if !cfg!(target_os = "macos")
        && let Some(missing) = tools::bring(workspace, PROGRAMS)?
    {
        return Ok(Outcome::LeftOut(missing));
    }
    let headers = workspace.root().join(HEADERS);
    let header = read(&headers.join("QuickAccessFFI.h"))?;
    let exports = archive::declared(&header);
    let list = |name: &str| read(&workspace.root().join("xtask/apple").join(name));
    let everywhere = list("system-symbols.txt")?;
    let macos = format!("{everywhere}{}", list("system-symbols-macos.txt")?);
    let mut slices: Vec<Slice> = Vec::new();
    for target in targets {
        let std = match library::standard_library(workspace, target.name)? {
            Ok(std) => std,
            Err(missing) => return Ok(Outcome::LeftOut(missing)),
        };
        let file = build(workspace, target, &std)?;
        let library = fs::read(&file).map_err(fault(&file))?;
        let is_macos = target.platform == PLATFORM_MACOS;
        let system = SystemSymbols::read(if is_macos { &macos } else { &everywhere });
        let expected = Expected {
            architecture: target.architecture,
            platform: target.platform,
            minimum: if is_macos { MACOS } else { IOS },
        };
        let seen = archive::inspect(&library, &expected, &exports, &system)
            .map_err(|failure| Failure::new(format!("{}: {failure}", target.name)))?;
        println!(
            "{}: {:.1} MB, {} objects, {} functions exported, {} names from the system",
            target.name,
            library.len() as f64 / 1e6,
            seen.objects,
            exports.len(),
            seen.from_the_system.len(),
        );
        let platform = if is_macos { "macos" } else { "ios" };
        let simulator = target.platform == PLATFORM_IOSSIMULATOR;
        let same = |slice: &&mut Slice| slice.platform == platform && slice.simulator == simulator;
        match slices.iter_mut().find(same) {
            Some(slice) => slice.libraries.push((target.architecture, library)),
            None => slices.push(Slice {
                platform,
                simulator,
                libraries: vec![(target.architecture, library)],
            }),
        }
    }
    if cfg!(target_os = "macos") {
        with_apples_tools(workspace, place, &slices, &headers)?;
    } else {
        framework::write(place, &slices, &headers)?;
    }
    println!("{} written", place.display());
    Ok(Outcome::Done)
}

/// Builds the library of a target and says where it is.
fn build(workspace: &Workspace, target: &Target, std: &Std) -> Result<PathBuf> {
    let scratch = workspace.target()?.join("apple");
    let mut cargo = workspace.cargo(["rustc", "--target", target.name]);
    library::build(workspace, &mut cargo, std)?;
    cargo
        .args(["--crate-type", "staticlib"])
        .env("CARGO_TARGET_DIR", &scratch)
        .env("IPHONEOS_DEPLOYMENT_TARGET", version(IOS))
        .env("MACOSX_DEPLOYMENT_TARGET", version(MACOS));
    if !cfg!(target_os = "macos") {
        let sdk = scratch.join("no-sdk");
        fs::create_dir_all(&sdk).map_err(fault(&sdk))?;
        cargo.env("SDKROOT", sdk);
        use_c_tools(&mut cargo, target.name, "clang", "llvm-ar");
        let headers = workspace.root().join("xtask/apple/headers");
        let flags = format!("-ffreestanding -I {}", headers.display());
        cargo.env(format!("CFLAGS_{}", target.name.replace('-', "_")), flags);
    }
    command::run(&mut cargo)?;
    Ok(scratch
        .join(target.name)
        .join(PROFILE)
        .join(framework::LIBRARY))
}

/// `lipo` and `xcodebuild` put it together.
fn with_apples_tools(
    workspace: &Workspace,
    place: &Path,
    slices: &[Slice],
    headers: &Path,
) -> Result {
    let scratch = workspace.target()?.join("apple/slices");
    for old in [place, &scratch] {
        if old.exists() {
            fs::remove_dir_all(old).map_err(fault(old))?;
        }
    }
    let copied = scratch.join("Headers");
    framework::copy_headers(headers, &copied)?;
    let mut create = Command::new("xcodebuild");
    create.arg("-create-xcframework");
    for slice in slices {
        let folder = scratch.join(slice.identifier());
        fs::create_dir_all(&folder).map_err(fault(&folder))?;
        let mut lipo = Command::new("xcrun");
        lipo.args(["lipo", "-create"]);
        for (index, (_, library)) in slice.libraries.iter().enumerate() {
            let part = folder.join(format!("{index}.a"));
            fs::write(&part, library).map_err(fault(&part))?;
            lipo.arg(part);
        }
        let whole = folder.join(framework::LIBRARY);
        lipo.arg("-output").arg(&whole);
        command::run(&mut lipo)?;
        create
            .arg("-library")
            .arg(whole)
            .arg("-headers")
            .arg(&copied);
    }
    command::run(create.arg("-output").arg(place))
}

fn version((major, minor): (u16, u8)) -> String {
    format!("{major}.{minor}")
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(fault(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_systems_are_those_of_the_swift_package() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ios/Package.swift");
        let package = read(&package).unwrap();
        let said = format!(".iOS(.v{}), .macOS(.v{})", IOS.0, MACOS.0);
        assert!(package.contains(&said), "{said}");
    }

    #[test]
    fn the_module_is_that_of_the_swift_package() {
        let map = Path::new(env!("CARGO_MANIFEST_DIR"));
        let map = read(&map.join("..").join(HEADERS).join("module.modulemap")).unwrap();
        assert!(
            map.starts_with(&format!("module {} ", framework::MODULE)),
            "{map}"
        );
    }

    #[test]
    fn the_step_builds_targets_that_there_are() {
        assert!(STEP.iter().all(|name| names().contains(name)));
    }
}
