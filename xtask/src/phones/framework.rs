//! An XCFramework put together by hand: a folder with a library for each system, the headers, and a
//! property list that says which is which.

use std::{fs, path::Path};

use object::Architecture;

use crate::command::{Failure, Result, fault};

/// The name of the library in it.
pub(super) const LIBRARY: &str = "libquickaccess_ffi.a";
/// The module that Swift imports.
pub(super) const MODULE: &str = "QuickAccessFFI";

/// One system of it, with the library of each of its processors.
pub(super) struct Slice {
    /// `ios` or `macos`.
    pub(super) platform: &'static str,
    pub(super) simulator: bool,
    pub(super) libraries: Vec<(Architecture, Vec<u8>)>,
}

impl Slice {
    /// The name of its folder, in Apple's form.
    pub(super) fn identifier(&self) -> String {
        let processors: Vec<_> = self.processors().collect();
        let end = if self.simulator { "-simulator" } else { "" };
        format!("{}-{}{end}", self.platform, processors.join("_"))
    }

    fn processors(&self) -> impl Iterator<Item = &'static str> {
        self.libraries
            .iter()
            .map(|(architecture, _)| name_of(*architecture))
    }

    fn entry(&self) -> String {
        let processors: String = self
            .processors()
            .map(|name| format!("\t\t\t\t<string>{name}</string>\n"))
            .collect();
        let variant = if self.simulator {
            "\t\t\t<key>SupportedPlatformVariant</key>\n\t\t\t<string>simulator</string>\n"
        } else {
            ""
        };
        format!(
            "\t\t<dict>\n\
             \t\t\t<key>BinaryPath</key>\n\t\t\t<string>{LIBRARY}</string>\n\
             \t\t\t<key>HeadersPath</key>\n\t\t\t<string>Headers</string>\n\
             \t\t\t<key>LibraryIdentifier</key>\n\t\t\t<string>{}</string>\n\
             \t\t\t<key>LibraryPath</key>\n\t\t\t<string>{LIBRARY}</string>\n\
             \t\t\t<key>SupportedArchitectures</key>\n\t\t\t<array>\n{processors}\t\t\t</array>\n\
             \t\t\t<key>SupportedPlatform</key>\n\t\t\t<string>{}</string>\n\
             {variant}\t\t</dict>\n",
            self.identifier(),
            self.platform,
        )
    }
}

/// Writes it to a folder, which is made anew.
pub(super) fn write(place: &Path, slices: &[Slice], headers: &Path) -> Result {
    if place.exists() {
        fs::remove_dir_all(place).map_err(fault(place))?;
    }
    for slice in slices {
        let folder = place.join(slice.identifier());
        copy_headers(headers, &folder.join("Headers"))?;
        let library = match slice.libraries.as_slice() {
            [(_, alone)] => alone.clone(),
            several => fat(several)?,
        };
        fs::write(folder.join(LIBRARY), library).map_err(fault(&folder))?;
    }
    let list = place.join("Info.plist");
    fs::write(&list, property_list(slices)).map_err(fault(&list))
}

/// The header and its module map, in a folder of the module's name: so two XCFrameworks in one app do
/// not overwrite each other's.
pub(super) fn copy_headers(from: &Path, to: &Path) -> Result {
    let to = to.join(MODULE);
    fs::create_dir_all(&to).map_err(fault(&to))?;
    for file in ["QuickAccessFFI.h", "module.modulemap"] {
        fs::copy(from.join(file), to.join(file)).map_err(fault(&from.join(file)))?;
    }
    Ok(())
}

fn property_list(slices: &[Slice]) -> String {
    let entries: String = slices.iter().map(Slice::entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         \t<key>AvailableLibraries</key>\n\t<array>\n{entries}\t</array>\n\
         \t<key>CFBundlePackageType</key>\n\t<string>XFWK</string>\n\
         \t<key>XCFrameworkFormatVersion</key>\n\t<string>1.0</string>\n\
         </dict>\n</plist>\n"
    )
}

/// One file with the libraries of several processors, in the form that `lipo` makes: a table of who is
/// where, in big-endian numbers, then each library at a multiple of 16 KB.
fn fat(libraries: &[(Architecture, Vec<u8>)]) -> Result<Vec<u8>> {
    const ALIGNED_BITS: u32 = 14;
    let too_large = |_| Failure::new("the libraries are too large for one file");
    let mut file = object::macho::FAT_MAGIC.to_be_bytes().to_vec();
    file.extend(
        u32::try_from(libraries.len())
            .map_err(too_large)?
            .to_be_bytes(),
    );
    let mut end = file.len() + libraries.len() * 20;
    let mut places = Vec::new();
    for (architecture, library) in libraries {
        let start = end.next_multiple_of(1 << ALIGNED_BITS);
        let (processor, kind) = numbers_of(*architecture);
        let (offset, size) = (u32::try_from(start), u32::try_from(library.len()));
        for number in [
            processor,
            kind,
            offset.map_err(too_large)?,
            size.map_err(too_large)?,
            ALIGNED_BITS,
        ] {
            file.extend(number.to_be_bytes());
        }
        places.push((start, library));
        end = start + library.len();
    }
    for (start, library) in places {
        file.resize(start, 0);
        file.extend(library);
    }
    Ok(file)
}

/// Apple's name of a processor.
fn name_of(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        _ => "arm64",
    }
}

/// `cputype` and `cpusubtype` of `mach/machine.h`.
fn numbers_of(architecture: Architecture) -> (u32, u32) {
    match architecture {
        Architecture::X86_64 => (0x0100_0007, 3),
        _ => (0x0100_000c, 0),
    }
}

#[cfg(test)]
mod tests {
    use object::read::macho::{FatArch as _, MachOFatFile32};

    use super::*;

    fn simulator() -> Slice {
        Slice {
            platform: "ios",
            simulator: true,
            libraries: vec![
                (Architecture::Aarch64, b"!<arch>\narm".to_vec()),
                (Architecture::X86_64, b"!<arch>\nintel".to_vec()),
            ],
        }
    }

    #[test]
    fn libraries_of_two_processors_are_found_again_in_one_file() {
        let libraries = simulator().libraries;
        let file = fat(&libraries).unwrap();
        let read = MachOFatFile32::parse(&*file).unwrap();
        let found: Vec<_> = read
            .arches()
            .iter()
            .map(|part| (part.architecture(), part.data(&*file).unwrap().to_vec()))
            .collect();
        assert_eq!(found, libraries);
    }

    #[test]
    fn a_framework_has_a_folder_for_each_system_and_a_list_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let headers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ios/Sources/QuickAccessFFI");
        let place = folder.path().join("QuickAccessFFI.xcframework");
        write(&place, &[simulator()], &headers).unwrap();
        let slice = place.join("ios-arm64_x86_64-simulator");
        assert!(slice.join(LIBRARY).is_file());
        assert!(
            slice
                .join("Headers/QuickAccessFFI/module.modulemap")
                .is_file()
        );
        let list = fs::read_to_string(place.join("Info.plist")).unwrap();
        let options = roxmltree::ParsingOptions {
            allow_dtd: true,
            ..Default::default()
        };
        let list = roxmltree::Document::parse_with_options(&list, options).unwrap();
        let texts: Vec<_> = list.descendants().filter_map(|node| node.text()).collect();
        for text in [
            "ios-arm64_x86_64-simulator",
            "simulator",
            "arm64",
            "x86_64",
            "XFWK",
        ] {
            assert!(texts.contains(&text), "{text} is not in {texts:?}");
        }
    }
}
