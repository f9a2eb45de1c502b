//! Two builds of the same sources, and one list of versions: what Gradle's catalog names has to be in
//! Maven's files in the same version.

use std::{collections::BTreeMap, path::Path};

use roxmltree::{Document, Node};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../android");
/// Those that come first tell the properties of those that follow.
const POMS: &[&str] = &[
    "sdk/pom.xml",
    "pom.xml",
    "sdk/binding/pom.xml",
    "sdk/core/pom.xml",
    "libraries/pom.xml",
    "test-libraries/pom.xml",
    "sdk-android/pom.xml",
    "app/pom.xml",
];
/// Lint's major version is the Android Gradle plugin's plus this, and both are of one release.
const LINT_AHEAD_OF_PLUGIN: u32 = 23;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap()
}

/// `group:artifact` and the version, of every library of the catalog.
fn catalog(text: &str) -> Vec<(String, String)> {
    let versions: BTreeMap<_, _> = section(text, "versions")
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, version)| (name, version.trim_matches('"')))
        .collect();
    let quoted = |line: &str, key: &str| {
        let rest = line.split_once(&format!("{key} = \""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    section(text, "libraries")
        .map(|line| {
            let module = quoted(line, "module").unwrap();
            let version = quoted(line, "version.ref").unwrap();
            (module, versions[version.as_str()].to_owned())
        })
        .collect()
}

fn section<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("[{name}]");
    let lines = text.lines().skip_while(move |line| *line != start).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The same of Maven's files, and their properties.
fn maven() -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let mut found = BTreeMap::new();
    let mut properties = BTreeMap::new();
    for pom in POMS {
        let text = read(pom);
        let document = Document::parse(&text).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let parent = node.parent_element();
            if parent.is_some_and(|parent| parent.tag_name().name() == "properties") {
                let value = node.text().unwrap_or_default().to_owned();
                properties.insert(node.tag_name().name().to_owned(), value);
            }
            let child = |name| {
                let mut children = node.children();
                children
                    .find(|child| child.tag_name().name() == name)
                    .and_then(|child| child.text())
            };
            if let (Some(group), Some(artifact), Some(version)) =
                (child("groupId"), child("artifactId"), child("version"))
            {
                found.insert(format!("{group}:{artifact}"), version.to_owned());
            }
        }
    }
    for version in found.values_mut() {
        if let Some(property) = version
            .strip_prefix("${")
            .and_then(|it| it.strip_suffix('}'))
        {
            *version = properties.get(property).cloned().unwrap_or_default();
        }
    }
    (found, properties)
}

#[test]
fn both_builds_use_the_same_versions() {
    let (maven, properties) = maven();
    let text = read("gradle/libs.versions.toml");
    let catalog = catalog(&text);
    assert!(catalog.len() > 10, "the catalog was not understood");
    for (module, version) in catalog {
        // Maven names the variant that Gradle chooses.
        let names = ["", "-android", "-jvm"].map(|variant| format!("{module}{variant}"));
        let here = names.iter().find_map(|name| maven.get(name));
        assert_eq!(here, Some(&version), "{module} in Maven's files");
    }

    let own: BTreeMap<_, _> = section(&text, "versions")
        .filter_map(|line| line.split_once(" = "))
        .collect();
    let kotlin = own["kotlin"].trim_matches('"');
    assert_eq!(properties["kotlin.version"], kotlin);
    let (plugin, rest) = own["agp"].trim_matches('"').split_once('.').unwrap();
    let lint = plugin.parse::<u32>().unwrap() + LINT_AHEAD_OF_PLUGIN;
    assert_eq!(
        properties["android.tools.version"],
        format!("{lint}.{rest}")
    );
}

#[test]
fn both_builds_are_for_the_same_androids() {
    let (_, properties) = maven();
    let sdk = read("sdk-android/build.gradle.kts");
    let app = read("app/build.gradle.kts");
    let device = read("device-tests/build.gradle.kts");
    let oldest = format!("minSdk = {}\n", properties["min.sdk"]);
    assert!([&sdk, &app, &device].iter().all(|it| it.contains(&oldest)));
    let target = format!("targetSdk = {}\n", properties["target.sdk"]);
    assert!([&app, &device].iter().all(|it| it.contains(&target)));
    let android = properties["android.all.version"].split('-').next().unwrap();
    // Android 17 is API 37.
    let api = android.parse::<u32>().unwrap() + 20;
    assert_eq!(properties["compile.sdk"], api.to_string());
    let compiled = format!("compileSdk = {api}\n");
    let mut all = [&sdk, &app, &device].into_iter();
    assert!(all.all(|it| it.contains(&compiled)));
}
