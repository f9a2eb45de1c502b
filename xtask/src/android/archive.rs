//! Looks into the finished archive for Android: what an app gets, entry by entry.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use roxmltree::Document;

use crate::command::{Failure, Result};

/// Everything in it but the native libraries.
const ENTRIES: &[&str] = &[
    "AndroidManifest.xml",
    "META-INF/com/android/build/gradle/aar-metadata.properties",
    "R.txt",
    "classes.jar",
    "proguard.txt",
    "res/xml/quickaccess_backup_content.xml",
    "res/xml/quickaccess_data_extraction_rules.xml",
];
const PERMISSIONS: &[&str] = &[
    "android.permission.ACCESS_NETWORK_STATE",
    "android.permission.INTERNET",
];
/// Those that are found by name: by apps, and by the library.
const CLASSES: &[&str] = &[
    "dev/quickaccess/android/QuickAccessAndroid.class",
    "org/rustls/platformverifier/CertificateVerifier.class",
    "org/rustls/platformverifier/VerificationResult.class",
];
/// The processors of phones, and of emulators, as Android calls them.
pub(super) const PROCESSORS: &[&str] = &["arm64-v8a", "armeabi-v7a", "x86_64"];
const LIBRARY: &str = "libquickaccess_ffi.so";
/// The largest memory pages that phones have.
const PAGE: u64 = 16 * 1024;

/// Fails with what is wrong in the archive. `native` tells whether it is to have the library.
pub(super) fn inspect(archive: &Path, native: bool) -> Result {
    let scratch = tempfile::tempdir().map_err(|error| Failure::new(format!("{error}")))?;
    let inside = scratch.path().join("archive");
    unpack(archive, &inside)?;
    let classes = scratch.path().join("classes");
    unpack(&inside.join("classes.jar"), &classes)?;

    let mut expected: BTreeSet<String> = ENTRIES.iter().map(|&entry| entry.into()).collect();
    if native {
        expected.extend(
            PROCESSORS
                .iter()
                .map(|name| format!("jni/{name}/{LIBRARY}")),
        );
    }
    let found = files(&inside)?;
    same("entries", &found, &expected)?;

    let manifest = read(&inside.join("AndroidManifest.xml"))?;
    check_manifest(&manifest)?;
    if !read(&inside.join("proguard.txt"))?.contains("class org.rustls.platformverifier.** { *; }")
    {
        return Err(wrong("proguard.txt does not keep the certificate check"));
    }
    let classes = files(&classes)?;
    for class in CLASSES {
        if !classes.contains(*class) {
            return Err(wrong(&format!("{class} is missing")));
        }
    }
    for entry in found.iter().filter(|entry| entry.ends_with(".so")) {
        let bytes = fs::read(inside.join(entry)).map_err(|error| wrong(&format!("{error}")))?;
        // Phones of 32 bits have small pages.
        if alignment(&bytes).is_some_and(|alignment| alignment < PAGE) {
            return Err(wrong(&format!("{entry} is not aligned to pages of 16 KB")));
        }
    }
    println!("{}: as it should be", archive.display());
    Ok(())
}

fn check_manifest(text: &str) -> Result {
    let document = Document::parse(text).map_err(|error| wrong(&format!("manifest: {error}")))?;
    let android = "http://schemas.android.com/apk/res/android";
    let root = document.root_element();
    if root.attribute("package") != Some("dev.quickaccess.android") {
        return Err(wrong("the manifest names another package"));
    }
    let permissions = root
        .children()
        .filter(|node| node.has_tag_name("uses-permission"));
    let permissions = permissions.filter_map(|node| node.attribute((android, "name")));
    let found = permissions.map(str::to_owned).collect();
    let expected = PERMISSIONS.iter().map(|&name| name.to_owned()).collect();
    same("permissions", &found, &expected)?;
    let application = root
        .children()
        .find(|node| node.has_tag_name("application"));
    let rules = [
        ("fullBackupContent", "@xml/quickaccess_backup_content"),
        (
            "dataExtractionRules",
            "@xml/quickaccess_data_extraction_rules",
        ),
    ];
    for (name, value) in rules {
        let found = application.and_then(|node| node.attribute((android, name)));
        if found != Some(value) {
            return Err(wrong(&format!("the manifest's {name} is {found:?}")));
        }
    }
    Ok(())
}

/// The smallest alignment of a loaded part of a library of 64 bits.
fn alignment(elf: &[u8]) -> Option<u64> {
    const LOADED: u64 = 1;
    let number = |at: usize, length: usize| {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0u64, |sum, &byte| sum << 8 | u64::from(byte)),
        )
    };
    // Of 64 bits, lowest byte first.
    if elf.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let size = usize::try_from(number(0x36, 2)?).ok()?;
    let start = usize::try_from(number(0x20, 8)?).ok()?;
    let parts = (0..usize::try_from(number(0x38, 2)?).ok()?).map(|index| start + index * size);
    parts
        .filter(|&part| number(part, 4) == Some(LOADED))
        .filter_map(|part| number(part + 0x30, 8))
        .min()
}

fn unpack(archive: &Path, to: &Path) -> Result {
    let mut unzip = Command::new("unzip");
    unzip.arg("-q").arg(archive).arg("-d").arg(to);
    let done = unzip.output().is_ok_and(|output| output.status.success());
    if done {
        return Ok(());
    }
    Err(wrong(&format!("{} cannot be unpacked", archive.display())))
}

/// The files below, by their path from there.
fn files(root: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| wrong(&format!("{error}")))?;
        for entry in entries {
            let path = entry.map_err(|error| wrong(&format!("{error}")))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap_or(&path);
                found.insert(name.to_string_lossy().into_owned());
            }
        }
    }
    Ok(found)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| wrong(&format!("{}: {error}", file.display())))
}

fn same(what: &str, found: &BTreeSet<String>, expected: &BTreeSet<String>) -> Result {
    if found == expected {
        return Ok(());
    }
    let more: Vec<_> = found.difference(expected).collect();
    let less: Vec<_> = expected.difference(found).collect();
    Err(wrong(&format!(
        "{what} too many: {more:?}, missing: {less:?}"
    )))
}

fn wrong(what: &str) -> Failure {
    Failure::new(format!("the archive for Android: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="dev.quickaccess.android">
        <uses-permission android:name="android.permission.INTERNET"/>
        <uses-permission android:name="android.permission.ACCESS_NETWORK_STATE"/>
        <application android:fullBackupContent="@xml/quickaccess_backup_content"
            android:dataExtractionRules="@xml/quickaccess_data_extraction_rules"/>
    </manifest>"#;

    #[test]
    fn a_manifest_may_ask_for_no_more_and_must_have_the_backup_rules() {
        check_manifest(GOOD).unwrap();
        for (from, to) in [
            ("INTERNET", "CAMERA"),
            ("android:fullBackupContent", "android:other"),
            ("quickaccess.android", "somebody.else"),
            (
                "<uses-permission android:name=\"android.permission.INTERNET\"/>",
                "",
            ),
        ] {
            check_manifest(&GOOD.replace(from, to)).unwrap_err();
        }
    }

    #[test]
    fn the_alignment_of_a_library_is_that_of_its_loaded_parts() {
        let mut elf = vec![0; 0x40 + 2 * 0x38];
        elf[..6].copy_from_slice(b"\x7fELF\x02\x01");
        elf[0x20] = 0x40; // where the parts are listed
        elf[0x36] = 0x38; // the size of an entry
        elf[0x38] = 2; // how many
        elf[0x40] = 1; // loaded
        elf[0x40 + 0x31] = 0x40; // 0x4000
        elf[0x40 + 0x38 + 0x30] = 0x10; // not loaded
        assert_eq!(alignment(&elf), Some(PAGE));
        elf[0x40 + 0x38] = 1;
        assert_eq!(alignment(&elf), Some(0x10));
        assert_eq!(alignment(b"no library"), None);
        elf[4] = 1;
        assert_eq!(alignment(&elf), None, "32 bits");
    }
}
