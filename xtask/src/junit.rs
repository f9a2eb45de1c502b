//! Reads the reports that Maven and SwiftPM write of their tests, in JUnit's XML, so that the tests
//! of every language are found in one list of results.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use roxmltree::{Document, Node};

use crate::{
    command::{self, Failure, Result},
    suite::Outcome,
    test_output::{Results, TestResult, Verdict},
    workspace::Workspace,
};

/// Runs the tests of an SDK in `sdk`, and adds what their reports say to the last results, whatever
/// became of them. `folders` are searched for `*.xml`, not deeper, and `ending` is that of the
/// language's sources.
pub(crate) fn run(
    workspace: &Workspace,
    sdk: &str,
    tests: Command,
    folders: &[PathBuf],
    ending: &str,
) -> Result<Outcome> {
    let outcome = command::run_watched(tests, |_| {});
    let passed = record(workspace, folders, ending);
    outcome?;
    match passed? {
        0 => Err(Failure::new(format!("no test of {sdk} has run"))),
        passed => {
            println!("{passed} tests of {sdk} passed");
            Ok(Outcome::Done)
        }
    }
}

/// The number of tests that passed is returned.
fn record(workspace: &Workspace, folders: &[PathBuf], ending: &str) -> Result<usize> {
    let mut found = Vec::new();
    for folder in folders {
        read_folder(folder, ending, &mut found)
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    }
    let results = Results::from(found);
    let passed = results.passed();
    let file = workspace.results_file()?;
    Results::load(&file)?.merge(results).save(&file)?;
    Ok(passed)
}

fn read_folder(
    folder: &Path,
    ending: &str,
    found: &mut Vec<TestResult>,
) -> std::result::Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|end| end == "xml") {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.extend(read(&text, ending).map_err(|error| format!("{name}: {error}"))?);
        }
    }
    Ok(())
}

fn read(text: &str, ending: &str) -> std::result::Result<Vec<TestResult>, roxmltree::Error> {
    let document = Document::parse(text)?;
    let cases = document.descendants();
    let cases = cases.filter(|node| node.has_tag_name("testcase"));
    Ok(cases.map(|case| result(&case, ending)).collect())
}

fn result(case: &Node<'_, '_>, ending: &str) -> TestResult {
    let has = |name| case.children().any(|child| child.has_tag_name(name));
    let result = if has("failure") || has("error") {
        Verdict::Failed
    } else if has("skipped") {
        Verdict::Ignored
    } else {
        Verdict::Passed
    };
    // A test that is run for several values has them behind its name.
    let name = case.attribute("name").unwrap_or_default();
    let name = name.split(['(', '{', '[']).next().unwrap_or(name);
    // A class lies in the file of its name, and a suite within it counts as that class.
    let class = case.attribute("classname").unwrap_or_default();
    let class = class.split(['$', '/']).next().unwrap_or(class);
    let file = class.rsplit('.').next().unwrap_or(class);
    TestResult {
        target: format!("{file}.{ending}"),
        name: name.to_owned(),
        result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_maven_tells_the_class_as_the_file() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="dev.quickaccess.SignInTest" tests="4">
              <properties><property name="x" value="y"/></properties>
              <testcase name="a01_the_guide" classname="dev.quickaccess.SignInTest" time="0.5"/>
              <testcase name="a02_each{String}[1]" classname="dev.quickaccess.SignInTest">
                <failure message="no">at ...</failure>
              </testcase>
              <testcase name="a05_later()" classname="dev.quickaccess.SignInTest$Cancelled">
                <skipped message="needs a store"/>
              </testcase>
              <testcase name="a06_broke" classname="dev.quickaccess.SignInTest"><error/></testcase>
            </testsuite>"#;
        let flat: Vec<_> = read(report, "kt")
            .unwrap()
            .into_iter()
            .map(|test| (test.target, test.name, test.result))
            .collect();
        let file = || "SignInTest.kt".to_owned();
        assert_eq!(
            flat,
            [
                (file(), "a01_the_guide".to_owned(), Verdict::Passed),
                (file(), "a02_each".to_owned(), Verdict::Failed),
                (file(), "a05_later".to_owned(), Verdict::Ignored),
                (file(), "a06_broke".to_owned(), Verdict::Failed),
            ]
        );
    }

    #[test]
    fn what_is_no_report_is_a_fault_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("TEST-x.xml"), "<testsuite>").unwrap();
        fs::write(folder.path().join("notes.txt"), "<").unwrap();
        let fault = read_folder(folder.path(), "kt", &mut Vec::new()).unwrap_err();
        assert!(fault.starts_with("TEST-x.xml: "), "{fault}");
    }
}
