//! Writes the call that tells a generated file of another build, and has the linker make a phone's
//! library smaller.
//!
//! The checksums of UniFFI cover the
//! calls and name the records in them; what a record holds they do not see, and a file that takes
//! one for another reads beyond its end. So the shape of all that crosses by value becomes the
//! default of an argument, which a checksum does cover.

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    let types = fingerprint(&values(&sources(Path::new("src"))?)?);
    let call = format!(
        r#"
/// Whether the library was built with the records, enums and errors that the caller knows. A file
/// that was generated from another build is stopped by this call's checksum at its first use; leave
/// the argument as it is.
#[uniffi::export(default(types = "{types}"))]
pub fn library_fits(types: String) -> bool {{
    types == "{types}"
}}
"#
    );
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    fs::write(Path::new(&folder).join("library_fits.rs"), call)?;
    link_for_phones()
}

/// Only in a build for size, and where the linker is lld: always on Android, by default on x86_64 Linux,
/// where the size is measured. docs/decisions/small-library.md says what each of these does.
fn link_for_phones() -> Result<(), Box<dyn Error>> {
    const UNEXPORTED: &str = "unexported.map";
    println!("cargo::rerun-if-changed={UNEXPORTED}");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    if !is("OPT_LEVEL", "z") {
        return Ok(());
    }
    let relocations = if is("CARGO_CFG_TARGET_OS", "android") {
        // Android has read these since API 23.
        "--pack-dyn-relocs=android"
    } else if is("TARGET", "x86_64-unknown-linux-gnu") {
        "-z,pack-relative-relocs"
    } else {
        return Ok(());
    };
    let script = env::current_dir()?.join(UNEXPORTED);
    let script = format!("--version-script={}", script.display());
    for argument in ["--icf=all", "-O2", relocations, &script] {
        println!("cargo::rustc-cdylib-link-arg=-Wl,{argument}");
    }
    Ok(())
}

/// All sources of a folder, in the order of their names.
fn sources(folder: &Path) -> io::Result<String> {
    let mut places = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    places.sort();
    let read = |place: &PathBuf| match place.is_dir() {
        true => sources(place),
        false => fs::read_to_string(place),
    };
    places.iter().map(read).collect()
}

/// The definitions of all that crosses the border by value, without their words.
pub(crate) fn values(sources: &str) -> Result<String, String> {
    let mut found = String::new();
    let mut seen = 0;
    let mut inside = false;
    for line in sources.lines() {
        let derived = line.trim_start().starts_with("#[derive(") && crosses_by_value(line);
        seen += usize::from(derived);
        // The macro that makes enums of the server's words has what differs where it is used.
        inside |= derived || line == "words! {";
        if inside && !line.trim_start().starts_with("//") {
            found.push_str(line.trim());
            found.push('\n');
        }
        inside &= line != "}";
    }
    // A derive of another form would be missed in silence.
    let all = sources
        .lines()
        .filter(|line| crosses_by_value(line))
        .count();
    match inside || seen != all {
        true => Err(format!(
            "{seen} of {all} types that cross by value were read; a derive stands on one line, and \
             its type ends with a brace of its own"
        )),
        false => Ok(found),
    }
}

fn crosses_by_value(line: &str) -> bool {
    let names = ["uniffi::Record", "uniffi::Enum", "uniffi::Error"];
    !line.trim_start().starts_with("//") && names.iter().any(|name| line.contains(name))
}

/// FNV-1a, which is the same with every compiler.
pub(crate) fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
