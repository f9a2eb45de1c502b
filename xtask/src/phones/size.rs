//! `cargo xtask size`: how large the library is that a phone carries, measured as a shared library for
//! this Linux, and which crates take the room.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind};

use super::library::{self, PROFILE};
use crate::{
    command::{self, Failure, Result, fault},
    suite::Outcome,
    workspace::Workspace,
};

/// The most bytes that it may have, stripped.
const LIMIT: u64 = 3_000_000;
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// So many crates are listed.
const LISTED: usize = 12;

/// Runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(Outcome::LeftOut(
            "the limit is for x86_64 Linux; run it there".to_owned(),
        ));
    }
    let std = match library::standard_library(workspace, TARGET)? {
        Ok(std) => std,
        Err(missing) => return Ok(Outcome::LeftOut(missing)),
    };
    // Of its own, since the symbols that tell crates apart are kept here.
    let folder = workspace.target()?.join("size");
    let mut cargo = workspace.cargo(["rustc", "--target", TARGET]);
    library::build(workspace, &mut cargo, &std)?;
    cargo
        .args(["--crate-type", "cdylib", "--config"])
        .arg(format!("profile.{PROFILE}.strip=\"none\""))
        .env("CARGO_TARGET_DIR", &folder);
    command::run(&mut cargo)?;
    let library = folder.join(TARGET).join(PROFILE);
    let library = library.join("libquickaccess_ffi.so");
    let stripped = folder.join("libquickaccess_ffi.so");
    let mut strip = Command::new("strip");
    command::run(strip.arg("-o").arg(&stripped).arg(&library))?;
    let size = fs::metadata(&stripped).map_err(fault(&stripped))?.len();
    print!("{}", table(&library)?);
    println!(
        "stripped: {:.2} MB ({size} bytes) of at most {:.2} MB",
        mb(size),
        mb(LIMIT)
    );
    if size > LIMIT {
        return Err(Failure::new(format!(
            "the library for phones has {:.2} MB, {:.2} MB more than it may",
            mb(size),
            mb(size - LIMIT)
        )));
    }
    Ok(Outcome::Done)
}

/// The sections and the crates with the most code, as lines of a table.
fn table(library: &Path) -> Result<String> {
    let bytes = fs::read(library).map_err(fault(library))?;
    let unreadable = |error| Failure::new(format!("{}: {error}", library.display()));
    let file = object::File::parse(&*bytes).map_err(unreadable)?;
    let mut lines = String::new();
    let mut sections: Vec<_> = file
        .sections()
        .filter(|section| {
            section.address() != 0 && section.kind() != SectionKind::UninitializedData
        })
        .map(|section| {
            (
                section.size(),
                section.name().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    sections.sort_unstable_by(|one, other| other.cmp(one));
    for (size, name) in sections.iter().take(6) {
        lines.push_str(&format!("{:>9.3} MB  section {name}\n", mb(*size)));
    }
    let mut crates: BTreeMap<String, u64> = BTreeMap::new();
    for symbol in file.symbols() {
        let in_code = symbol
            .section_index()
            .and_then(|index| file.section_by_index(index).ok())
            .is_some_and(|section| section.kind() == SectionKind::Text);
        if in_code && let Ok(name) = symbol.name() {
            *crates.entry(crate_of(name)).or_default() += symbol.size();
        }
    }
    let mut crates: Vec<_> = crates
        .into_iter()
        .map(|(name, size)| (size, name))
        .collect();
    crates.sort_unstable_by(|one, other| other.cmp(one));
    for (size, name) in crates.iter().take(LISTED) {
        lines.push_str(&format!("{:>9.3} MB  code of {name}\n", mb(*size)));
    }
    let rest: u64 = crates.iter().skip(LISTED).map(|(size, _)| size).sum();
    lines.push_str(&format!("{:>9.3} MB  code of all others\n", mb(rest)));
    Ok(lines)
}

/// The crate that a symbol belongs to: the first that its path names. The code of a generic function
/// counts for the crate that wrote it, and a trait's for the type that has it.
fn crate_of(symbol: &str) -> String {
    let Ok(name) = rustc_demangle::try_demangle(symbol) else {
        return "C and assembly".to_owned();
    };
    let name = format!("{name:#}");
    let words = name.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let first = words
        .filter(|word| !word.is_empty())
        .find(|word| !["dyn", "mut", "const", "as", "impl", "for", "fn"].contains(word));
    first.unwrap_or("unknown").to_owned()
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_belongs_to_the_crate_that_its_path_begins_with() {
        for (symbol, name) in [
            (
                "_ZN11quickaccess7session4step17h0123456789abcdefE",
                "quickaccess",
            ),
            ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate"),
            (
                "ring_core_0_17_14__x25519_ge_frombytes_vartime",
                "C and assembly",
            ),
        ] {
            assert_eq!(crate_of(symbol), name, "{symbol}");
        }
    }
}
