//! Looks into a static library for one of Apple's systems: whether every object in it is for the right
//! processor, system and version, what it exports, and what it expects the system to have.

use std::collections::BTreeSet;

use object::{
    Architecture, Endianness, Object as _, ObjectSymbol as _,
    macho::{MachHeader64, Platform},
    read::{archive::ArchiveFile, macho::MachOFile},
};

use crate::command::{Failure, Result};

/// What a library must be.
pub(super) struct Expected {
    pub(super) architecture: Architecture,
    pub(super) platform: Platform,
    /// The oldest system that it runs on: major and minor.
    pub(super) minimum: (u16, u8),
}

/// What was seen in a library that is as it must be.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) objects: usize,
    /// Names that none of its objects has, so that the system must.
    pub(super) from_the_system: BTreeSet<String>,
}

/// The names that Apple's libraries have, from `xtask/apple/system-symbols.txt`.
pub(super) struct SystemSymbols<'a>(Vec<&'a str>);

impl<'a> SystemSymbols<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let lines = text.lines().map(str::trim);
        Self(
            lines
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .collect(),
        )
    }

    fn has(&self, symbol: &str) -> bool {
        self.0.iter().any(|known| match known.strip_suffix('*') {
            Some(beginning) => symbol.starts_with(beginning),
            None => symbol == *known,
        })
    }
}

/// Inspects a library that has to export these functions of C.
pub(super) fn inspect(
    library: &[u8],
    expected: &Expected,
    exports: &BTreeSet<String>,
    system: &SystemSymbols<'_>,
) -> Result<Seen> {
    let unreadable =
        |error: object::Error| Failure::new(format!("the library cannot be read: {error}"));
    let archive = ArchiveFile::parse(library).map_err(unreadable)?;
    let (mut defined, mut wanted) = (BTreeSet::new(), BTreeSet::new());
    let mut objects = 0;
    for member in archive.members() {
        let member = member.map_err(unreadable)?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let file =
            MachOFile::<MachHeader64<Endianness>>::parse(member.data(library).map_err(unreadable)?)
                .map_err(|error| {
                    Failure::new(format!("{name} is no Mach-O object of 64 bits: {error}"))
                })?;
        objects += 1;
        check_target(&name, &file, expected)?;
        for symbol in file.symbols() {
            let symbol_name = symbol.name().map_err(unreadable)?.to_owned();
            if symbol.is_undefined() {
                wanted.insert(symbol_name);
            } else if symbol.is_global() {
                defined.insert(symbol_name);
            }
        }
    }
    let missing: Vec<_> = exports
        .iter()
        .filter(|function| !defined.contains(&format!("_{function}")))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::new(format!(
            "the library does not export {missing:?}"
        )));
    }
    let from_the_system: BTreeSet<_> = wanted.difference(&defined).cloned().collect();
    let strange: Vec<_> = from_the_system
        .iter()
        .filter(|name| !system.has(name))
        .collect();
    if !strange.is_empty() {
        return Err(Failure::new(format!(
            "the library needs what xtask/apple/system-symbols.txt does not list: {strange:?}"
        )));
    }
    Ok(Seen {
        objects,
        from_the_system,
    })
}

fn check_target(
    name: &str,
    file: &MachOFile<'_, MachHeader64<Endianness>>,
    expected: &Expected,
) -> Result {
    if file.architecture() != expected.architecture {
        return Err(Failure::new(format!(
            "{name} is for {:?}",
            file.architecture()
        )));
    }
    let build = file
        .build_version()
        .ok()
        .flatten()
        .ok_or_else(|| Failure::new(format!("{name} does not say which system it is for")))?;
    let endian = file.endian();
    let platform = build.0.platform.get(endian);
    if platform != expected.platform {
        return Err(Failure::new(format!(
            "{name} is for the platform {platform:?}"
        )));
    }
    let minimum = build.0.minos.get(endian);
    let minimum = (minimum.major(), minimum.minor());
    if minimum != expected.minimum {
        return Err(Failure::new(format!(
            "{name} is for version {minimum:?} and later"
        )));
    }
    Ok(())
}

/// The functions that the generated header declares.
pub(super) fn declared(header: &str) -> BTreeSet<String> {
    let words = header.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words
        .filter(|word| {
            word.starts_with("uniffi_quickaccess_ffi_") || word.starts_with("ffi_quickaccess_ffi_")
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_system_has_names_and_beginnings() {
        let system = SystemSymbols::read("# libSystem\n_memcpy\n\n_Sec*\n");
        assert!(system.has("_memcpy") && system.has("_SecItemAdd"));
        assert!(!system.has("_memcpy_chk") && !system.has("# libSystem"));
    }

    #[test]
    fn the_functions_of_the_header_are_what_must_be_exported() {
        let header = "#ifndef UNIFFI_FFIDEF\nuint64_t uniffi_quickaccess_ffi_fn_a(uint64_t p);\nRustBuffer ffi_quickaccess_ffi_rustbuffer_alloc(uint64_t size);\n";
        let names = declared(header);
        let expected = [
            "ffi_quickaccess_ffi_rustbuffer_alloc",
            "uniffi_quickaccess_ffi_fn_a",
        ];
        assert!(names.iter().eq(expected), "{names:?}");
    }

    #[test]
    fn what_is_no_library_is_refused() {
        let expected = Expected {
            architecture: Architecture::Aarch64,
            platform: object::macho::PLATFORM_IOS,
            minimum: (15, 0),
        };
        let system = SystemSymbols::read("");
        let failed = inspect(b"text", &expected, &BTreeSet::new(), &system).unwrap_err();
        assert!(failed.to_string().contains("cannot be read"), "{failed}");
        let exports = BTreeSet::from(["f".to_owned()]);
        let failed = inspect(b"!<arch>\n", &expected, &exports, &system).unwrap_err();
        assert!(
            failed.to_string().contains("does not export [\"f\"]"),
            "{failed}"
        );
    }
}
