//! What the crate's own generator makes of the library that was built with it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    path::Path,
    process::Command,
};

#[allow(dead_code, reason = "a build script has a main")]
#[path = "../build.rs"]
mod build;

/// The generated file in a language; `file` is its place in the folder.
fn generate(language: &str, file: &str) -> String {
    let tests = std::env::current_exe().unwrap();
    let library = format!("{DLL_PREFIX}quickaccess_ffi{DLL_SUFFIX}");
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_uniffi-bindgen"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("generate")
        .arg(tests.with_file_name(library))
        .args(["--config", "uniffi.toml", "--no-format"])
        .args(["--language", language, "--out-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{language}: {said}");
    std::fs::read_to_string(folder.path().join(Path::new(file))).unwrap()
}

#[test]
fn kotlin_has_every_call_and_no_name_that_its_own_classes_use() {
    let kotlin = generate("kotlin", "dev/quickaccess/binding/quickaccess.kt");
    for part in [
        "suspend fun `signIn`(`username`: kotlin.String, `password`: kotlin.ByteArray",
        "suspend fun `accessToken`(): kotlin.String",
        "suspend fun `signOut`(): SignOutReport",
        "sealed class QuickAccessException",
        "interface SecretStore",
        "interface StateObserver",
        "interface LogSink",
    ] {
        assert!(kotlin.contains(part), "{part} is missing");
    }
    // Names of this library stand between backticks.
    for name in [
        "fun `close`",
        "fun `destroy`",
        "`message`:",
        "class Error ",
        "class Error:",
        "interface Error ",
    ] {
        assert!(!kotlin.contains(name), "{name} is taken in Kotlin");
    }
}

#[test]
fn swift_has_every_call_and_no_name_that_its_own_types_use() {
    let swift = generate("swift", "QuickAccessBinding.swift");
    for part in [
        "func signIn(username: String, password: Data",
        "func accessToken()async throws",
        "enum QuickAccessError",
        "protocol SecretStore",
        "protocol StateObserver",
        "protocol LogSink",
    ] {
        assert!(swift.contains(part), "{part} is missing");
    }
    for name in [
        "func close(",
        "var message:",
        "enum Error:",
        "enum Error ",
        "struct Error:",
        "class Error:",
    ] {
        assert!(!swift.contains(name), "{name} is taken in Swift");
    }
}

#[test]
fn a_record_of_another_shape_is_another_library() {
    let record = |field: &str| {
        let source = format!(
            "/// Words.\n#[derive(Clone, uniffi::Record)]\npub struct A {{\n    /// Words.\n    {field}\n}}\n\npub fn f() {{}}\n"
        );
        build::fingerprint(&build::values(&source).unwrap())
    };
    assert_eq!(
        record("pub a: u8,"),
        record("// Other words.\n    pub a: u8,")
    );
    for other in [
        "pub a: u16,",
        "pub b: u8,",
        "#[uniffi(default = 1)]\n    pub a: u8,",
    ] {
        assert_ne!(record("pub a: u8,"), record(other), "{other}");
    }
    let split =
        "#[derive(\n    Clone,\n    uniffi::Record,\n)]\npub struct A {\n    pub a: u8,\n}\n";
    assert!(build::values(split).is_err(), "not found, and not told");
}

#[test]
fn the_generated_files_carry_the_shape_of_this_librarys_records() {
    let kotlin = generate("kotlin", "dev/quickaccess/binding/quickaccess.kt");
    let shape = kotlin
        .split_once("fun `libraryFits`(`types`: kotlin.String = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .unwrap()
        .0;
    assert!(quickaccess_ffi::library_fits(shape.to_owned()));
    assert!(!quickaccess_ffi::library_fits(String::new()));
    let swift = generate("swift", "QuickAccessBinding.swift");
    assert!(swift.contains(&format!("libraryFits(types: String = \"{shape}\"")));
}
