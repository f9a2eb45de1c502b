//! `docs/decisions/`: `dependencies.md` has a line for each dependency of the workspace and no other,
//! and the index names every page.

use std::{collections::BTreeSet, fs, path::Path};

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The names in the manifest's table, without our own crates.
fn dependencies(manifest: &str) -> BTreeSet<&str> {
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && !line.contains("path = "))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
        .collect()
}

/// The names in the first column of the page's tables.
fn explained(page: &str) -> Vec<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_dependency_is_explained_and_nothing_else_is() {
    let (manifest, page) = (read("Cargo.toml"), read("docs/decisions/dependencies.md"));
    let (used, lines) = (dependencies(&manifest), explained(&page));
    let explained: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(
        lines.len(),
        explained.len(),
        "a dependency is explained twice: {lines:?}"
    );
    assert!(
        used.contains("serde"),
        "the manifest was not understood: {used:?}"
    );
    let missing: Vec<_> = used.difference(&explained).collect();
    assert!(
        missing.is_empty(),
        "docs/decisions/dependencies.md needs a line for {missing:?}"
    );
    let gone: Vec<_> = explained.difference(&used).collect();
    assert!(
        gone.is_empty(),
        "docs/decisions/dependencies.md explains {gone:?}, which are gone"
    );
}

#[test]
fn the_index_of_decisions_names_every_page() {
    let index = read("docs/decisions/README.md");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/decisions");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name();
        let name = name.to_string_lossy();
        if name != "README.md" {
            let link = format!("]({name})");
            assert!(
                index.contains(&link),
                "docs/decisions/README.md does not name {name}"
            );
        }
    }
}
