//! The step of the Android parts and `cargo xtask package-android`. Maven compiles the parts, tests them
//! under Robolectric, shows them to Android's Lint, and puts the archive for apps together. No Android
//! SDK is needed, and an NDK for the native libraries alone; `docs/android.md` tells how that works.

mod apk;
mod archive;
mod lint;
#[cfg(test)]
mod versions;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{self, Failure, Result},
    junit, phones,
    suite::Outcome,
    tools,
    workspace::Workspace,
};

const FOLDER: &str = "android";
/// The modules that have tests.
const TESTED: &[&str] = &["sdk-android", "app"];
/// The module that runs Android's Lint.
const LINT: &str = "lint";
const PICTURES: &str = "android/app/src/test/pictures";
/// The modules that apps get.
const PUBLISHED: &[&str] = &["sdk-android", "sdk/okhttp", "sdk/ktor"];
const WITHOUT_NDK: &str = "It has no native libraries. For those, install an Android NDK (r28 or newer) and name it in \
     ANDROID_NDK_HOME, then `cargo install cargo-ndk` and `rustup target add aarch64-linux-android \
     armv7-linux-androideabi x86_64-linux-android`.";
/// A program and the Debian package that brings it.
const PROGRAMS: &[(&str, &str)] = &[
    ("javac", "default-jdk-headless"),
    ("mvn", "maven"),
    ("unzip", "unzip"),
    ("zip", "zip"),
    ("zipalign", "zipalign"),
    ("apksigner", "apksigner"),
];
/// The classes of the newest Android are for this version of Java.
const OLDEST_JAVA: u32 = 21;
/// Where Debian and most makers of Java put theirs.
const JAVAS: &str = "/usr/lib/jvm";

/// Runs the step.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let modules: Vec<_> = TESTED.iter().chain(&[LINT]).copied().collect();
    let mut maven = match tests(workspace, &modules)? {
        Ok(maven) => maven,
        Err(missing) => return Ok(Outcome::LeftOut(missing)),
    };
    maven.args(["clean", "verify"]);
    let folder = workspace.root().join(FOLDER);
    let reports = TESTED
        .iter()
        .map(|module| folder.join(module).join("target/surefire-reports"));
    let reports: Vec<_> = reports.collect();
    let outcome = junit::run(workspace, FOLDER, maven, &reports, "kt")?;
    lint::inspect(&folder.join(LINT).join("target/report.xml"))?;
    archive::inspect(&archive_of(workspace, false), false)?;
    let app = folder.join("app/target");
    let file = format!(
        "quickaccess-{}-debug-without-native.apk",
        env!("CARGO_PKG_VERSION")
    );
    apk::inspect(&app.join(file), &app.join("tools/prebuilt/linux/aapt2"))?;
    Ok(outcome)
}

/// Makes the pictures of the app's screens anew, with which the tests compare them afterwards.
pub(crate) fn screenshots(workspace: &Workspace) -> Result {
    let mut maven = tests(workspace, &["app"])?.map_err(Failure::new)?;
    // As for every page that a test compares.
    maven.env("QUICKACCESS_WRITE_PAGES", "1").arg("test");
    command::run(&mut maven)?;
    println!("{PICTURES} has the pictures; look at each one that git shows as changed");
    Ok(())
}

/// Maven with what the tests need; else what is missing.
fn tests(workspace: &Workspace, modules: &[&str]) -> Result<std::result::Result<Command, String>> {
    if let Some(missing) = tools::bring(workspace, PROGRAMS)? {
        return Ok(Err(missing));
    }
    let Some(java) = java() else {
        return Ok(Err(format!(
            "Robolectric needs a Java {OLDEST_JAVA} or newer in {JAVAS} or JAVA_HOME"
        )));
    };
    workspace.build_for_other_languages("quickaccess-simulator")?;
    let mut maven = maven(workspace, modules)?;
    maven.arg(format!("-Dtest.java={}", java.display()));
    Ok(Ok(maven))
}

/// Makes the archive for apps and a Maven repository that has it and what it depends on.
pub(crate) fn package(workspace: &Workspace) -> Result {
    if let Some(missing) = tools::bring(workspace, PROGRAMS)? {
        return Err(Failure::new(missing));
    }
    let libraries = native_libraries(workspace)?;
    let native = libraries.is_some();
    let repository = workspace.target()?.join("android/maven");
    let mut maven = maven(workspace, PUBLISHED)?;
    maven
        .arg("-Dandroid.skip.tests=true")
        .arg(format!("-Dpublication={}", repository.display()))
        .arg(format!(
            "-DaltDeploymentRepository=publication::file:{}",
            repository.display()
        ));
    if let Some(libraries) = libraries {
        maven
            .arg(format!("-Dnative.libraries={}", libraries.display()))
            .arg(format!("-Darchive.name={}", name(native)));
    }
    command::run(maven.args(["clean", "deploy"]))?;
    archive::inspect(&archive_of(workspace, native), native)?;
    println!(
        "a Maven repository with dev.quickaccess:{}: {}",
        name(native),
        repository.display()
    );
    if !native {
        println!("{WITHOUT_NDK}");
    }
    Ok(())
}

/// An archive without native libraries says so in its name: it is for looking at, and for tests on the
/// JVM.
fn name(native: bool) -> &'static str {
    if native {
        "quickaccess-android"
    } else {
        "quickaccess-android-without-native"
    }
}

fn archive_of(workspace: &Workspace, native: bool) -> PathBuf {
    let file = format!("{}-{}.aar", name(native), env!("CARGO_PKG_VERSION"));
    let folder = workspace.root().join(FOLDER).join("sdk-android/target");
    folder.join(file)
}

/// Builds the library for phones where cargo-ndk and an NDK are installed: the folder that has it, by
/// processor.
fn native_libraries(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let ndk = std::env::var_os("ANDROID_NDK_HOME").filter(|home| Path::new(home).is_dir());
    if ndk.is_none() || workspace.tool("cargo-ndk").is_none() {
        return Ok(None);
    }
    let libraries = workspace.target()?.join("android/jni");
    let mut cargo = workspace.cargo(["ndk", "--platform", "26", "--output-dir"]);
    cargo.arg(&libraries);
    for processor in archive::PROCESSORS {
        cargo.args(["--target", processor]);
    }
    cargo.arg("build");
    phones::library::build_for_android(workspace, &mut cargo)?;
    command::run(&mut cargo)?;
    Ok(Some(libraries))
}

/// Maven for these modules and what they are built from. The tests of `android/sdk` have a step of
/// their own.
fn maven(workspace: &Workspace, modules: &[&str]) -> Result<Command> {
    let mut maven = Command::new(workspace.tool("mvn").unwrap_or_else(|| "mvn".into()));
    maven
        .current_dir(workspace.root().join(FOLDER))
        .args(["--batch-mode", "--no-transfer-progress", "-DskipTests"])
        .arg(format!(
            "-Dcargo.target={}",
            workspace.target()?.join("debug").display()
        ))
        .args(["--also-make", "--projects", &modules.join(",")]);
    Ok(maven)
}

/// A Java that is new enough.
fn java() -> Option<PathBuf> {
    let installed = fs::read_dir(JAVAS).into_iter().flatten().flatten();
    let mut homes: Vec<_> = installed.map(|entry| entry.path()).collect();
    homes.sort();
    homes.extend(std::env::var_os("JAVA_HOME").map(PathBuf::from));
    let new_enough = homes.iter().rev().find(|home| {
        let version = version_of(home);
        version.is_some_and(|version| version >= OLDEST_JAVA)
    })?;
    Some(new_enough.join("bin/java"))
}

/// The version that the release file of a Java tells.
fn version_of(home: &Path) -> Option<u32> {
    version_in(&fs::read_to_string(home.join("release")).ok()?)
}

fn version_in(release: &str) -> Option<u32> {
    let line = release
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    line.trim_matches('"').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_java_is_read_from_its_release_file() {
        assert_eq!(version_in("A=1\nJAVA_VERSION=\"25.0.2\"\n"), Some(25));
        assert_eq!(version_in("JAVA_VERSION=\"21\""), Some(21));
        assert_eq!(version_in("JAVA_VERSION=\"1.8.0_402\""), Some(1));
        assert_eq!(version_in("nothing of this"), None);
    }
}
