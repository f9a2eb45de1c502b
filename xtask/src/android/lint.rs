//! Reads what Android's Lint reports. Beside the app and the library it looks at faults that were planted
//! for it in both: a run that does not report each of them has not looked, and any other finding is a
//! fault of ours.

use std::{collections::BTreeSet, fs, path::Path};

use roxmltree::{Document, Node};

use crate::command::{Failure, Result};

/// Where the planted faults lie.
const PLANTED: &str = "lint/planted/";
/// What Lint has to say of them, and of which file there. The third takes the checks that Compose brings
/// along, the last the classes of Android.
const EXPECTED: &[(&str, &str)] = &[
    ("HardcodedText", "app/res/layout/planted.xml"),
    ("MissingTranslation", "app/res/values/planted.xml"),
    (
        "UnrememberedMutableState",
        "app/dev/quickaccess/app/Planted.kt",
    ),
    ("UnusedResources", "app/res/layout/planted.xml"),
    ("UnusedResources", "app/res/values/planted.xml"),
    (
        "ShowToast",
        "sdk-android/dev/quickaccess/android/Planted.kt",
    ),
];

/// Fails with what Lint has found, or has not found though it is there.
pub(super) fn inspect(report: &Path) -> Result {
    let text = fs::read_to_string(report)
        .map_err(|error| Failure::new(format!("{}: {error}", report.display())))?;
    check(&text)?;
    println!("Lint: nothing but the {} planted faults", EXPECTED.len());
    Ok(())
}

fn check(report: &str) -> Result {
    let document = Document::parse(report)
        .map_err(|error| Failure::new(format!("the report of Lint: {error}")))?;
    let mut missing: BTreeSet<_> = EXPECTED.iter().copied().collect();
    let mut faults = Vec::new();
    for issue in document
        .descendants()
        .filter(|node| node.has_tag_name("issue"))
    {
        let issue = Issue::of(&issue);
        let planted = issue.file.split_once(PLANTED).map(|(_, file)| file);
        let expected = planted.is_some_and(|file| EXPECTED.contains(&(issue.id, file)));
        if expected {
            missing.retain(|&(id, file)| (Some(file), id) != (planted, issue.id));
        } else {
            faults.push(format!(
                "{}:{}: {} [{}]",
                issue.file, issue.line, issue.says, issue.id
            ));
        }
    }
    for (id, file) in missing {
        faults.push(format!(
            "{PLANTED}{file}: Lint does not see the planted fault [{id}]"
        ));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("Lint:\n{}", faults.join("\n"))))
}

/// A finding and its first place.
struct Issue<'a> {
    id: &'a str,
    says: &'a str,
    file: &'a str,
    line: &'a str,
}

impl<'a> Issue<'a> {
    fn of(node: &Node<'a, '_>) -> Self {
        let place = node.children().find(|child| child.has_tag_name("location"));
        let of_place = |name| {
            let value = place.and_then(|place| place.attribute(name));
            value.unwrap_or_default()
        };
        Self {
            id: node.attribute("id").unwrap_or_default(),
            says: node.attribute("message").unwrap_or_default(),
            file: of_place("file"),
            line: of_place("line"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: &[(&str, String)]) -> String {
        let issues = findings.iter().map(|(id, file)| {
            format!(r#"<issue id="{id}" message="why"><location file="{file}" line="3"/></issue>"#)
        });
        format!("<issues>{}</issues>", issues.collect::<String>())
    }

    fn planted() -> Vec<(&'static str, String)> {
        let findings = EXPECTED.iter();
        findings
            .map(|(id, file)| (*id, format!("../{PLANTED}{file}")))
            .collect()
    }

    #[test]
    fn the_planted_faults_are_all_that_may_be_found_and_each_has_to_be() {
        check(&report(&planted())).unwrap();
        for left_out in 0..EXPECTED.len() {
            let mut findings = planted();
            let (id, _) = findings.remove(left_out);
            let fault = check(&report(&findings)).unwrap_err().to_string();
            assert!(fault.contains(id), "{fault}");
        }
        for more in [
            ("HardcodedText", "app/src/main/res/layout/main.xml"),
            ("NewApi", "lint/planted/app/dev/quickaccess/app/Planted.kt"),
            ("LintError", "lint/target/project.xml"),
        ] {
            let mut findings = planted();
            findings.push((more.0, more.1.to_owned()));
            let fault = check(&report(&findings)).unwrap_err().to_string();
            assert!(
                fault.contains(&format!("{}:3: why [{}]", more.1, more.0)),
                "{fault}"
            );
        }
        check("").unwrap_err();
    }

    #[test]
    fn every_planted_file_is_expected_to_be_reported() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../android")
            .join(PLANTED);
        for (_, file) in EXPECTED {
            assert!(folder.join(file).is_file(), "{file}");
        }
    }
}
