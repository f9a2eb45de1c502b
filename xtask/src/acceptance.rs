//! `docs/acceptance.md`: a table with a row for each acceptance case. People write the first
//! columns: what must hold, and in which languages a test of it is due or planned. The last
//! columns list the tests that carry the number, and are made from the sources.

mod page;
mod scan;

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Map, Value, json};

use self::{
    page::{Case, Page},
    scan::Test,
};
use crate::{
    command::{Failure, Result},
    test_output::Results,
    workspace::Workspace,
};

const PAGE: &str = "docs/acceptance.md";

/// A language in which the product is used, and so tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Rust,
    Kotlin,
    Swift,
}

impl Language {
    const ALL: [Self; 3] = [Self::Rust, Self::Kotlin, Self::Swift];

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Kotlin => "Kotlin",
            Self::Swift => "Swift",
        }
    }
}

/// Fails when the page and the tests do not say the same, or a case that is due has no test.
pub(crate) fn check(workspace: &Workspace) -> Result {
    let (page, tests) = read(workspace)?;
    let mut faults = faults(&page.cases()?, &tests);
    if page.render(&tests)? != page.text() {
        faults.push(format!(
            "{PAGE} is out of date: `cargo xtask acceptance --write` mends it"
        ));
    }
    let due: usize = page.cases()?.iter().map(|case| case.due.len()).sum();
    println!(
        "{} tests carry a number; {due} pairs of case and language are due",
        tests.len()
    );
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(faults.join("\n       ")))
}

/// Brings the page up to date.
pub(crate) fn write(workspace: &Workspace) -> Result {
    let (page, tests) = read(workspace)?;
    let text = page.render(&tests)?;
    if text == page.text() {
        println!("{PAGE} is up to date");
    } else {
        let path = path(workspace);
        fs::write(&path, text).map_err(|error| Failure::new(format!("{PAGE}: {error}")))?;
        println!("{PAGE} written");
    }
    for fault in faults(&page.cases()?, &tests) {
        println!("still open: {fault}");
    }
    Ok(())
}

/// Prints the cases with their tests and the last result of each.
pub(crate) fn print_json(workspace: &Workspace) -> Result {
    let (page, tests) = read(workspace)?;
    let results = Results::load(&workspace.results_file()?)?;
    let cases: Vec<Value> = page
        .cases()?
        .iter()
        .map(|case| case_json(case, &tests, &results))
        .collect();
    let text = serde_json::to_string_pretty(&cases)
        .map_err(|error| Failure::new(format!("the cases cannot be printed: {error}")))?;
    println!("{text}");
    Ok(())
}

fn read(workspace: &Workspace) -> Result<(Page, Vec<Test>)> {
    let text = fs::read_to_string(path(workspace))
        .map_err(|error| Failure::new(format!("{PAGE}: {error}")))?;
    Ok((Page::new(text), scan::tests(workspace.root())?))
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root().join(PAGE)
}

/// What is due and missing, and what carries the number of no case.
fn faults(cases: &[Case], tests: &[Test]) -> Vec<String> {
    let mut faults = Vec::new();
    for case in cases {
        for &language in &case.due {
            if !tests.iter().any(|test| test.is_for(&case.id, language)) {
                faults.push(format!("{} has no test in {}", case.id, language.name()));
            }
        }
    }
    let known: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    for test in tests {
        for id in test.cases.iter().filter(|id| !known.contains(id.as_str())) {
            faults.push(format!(
                "{} in {} carries {id}, which is no case",
                test.name, test.file
            ));
        }
    }
    faults
}

fn case_json(case: &Case, tests: &[Test], results: &Results) -> Value {
    let mut languages = Map::new();
    for language in Language::ALL {
        let tests: Vec<Value> = tests
            .iter()
            .filter(|test| test.is_for(&case.id, language))
            .map(|test| {
                let result = results.of(&test.file, &test.name);
                json!({ "name": test.name, "file": test.file, "result": result })
            })
            .collect();
        languages.insert(language.name().to_lowercase(), json!({ "tests": tests }));
    }
    json!({ "id": case.id, "title": case.title, "languages": languages })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_output::TestOutput;

    fn test(name: &str, language: Language) -> Test {
        let cases = scan::cases_of(name).unwrap();
        Test {
            cases,
            language,
            name: name.to_owned(),
            file: "core/tests/it.rs".to_owned(),
        }
    }

    fn case(id: &str, due: &[Language]) -> Case {
        let title = "What holds.".to_owned();
        Case {
            id: id.to_owned(),
            title,
            due: due.to_vec(),
            planned: Vec::new(),
        }
    }

    #[test]
    fn a_case_that_is_due_needs_a_test_in_that_very_language() {
        let cases = [
            case("A01", &[Language::Rust, Language::Kotlin]),
            case("A02", &[]),
        ];
        let tests = [test("a01_x", Language::Rust)];
        assert_eq!(faults(&cases, &tests), ["A01 has no test in Kotlin"]);
    }

    #[test]
    fn a_number_without_a_case_is_a_fault() {
        let faults = faults(&[case("A01", &[])], &[test("a01_a31_x", Language::Rust)]);
        assert_eq!(
            faults,
            ["a01_a31_x in core/tests/it.rs carries A31, which is no case"]
        );
    }

    #[test]
    fn the_json_tells_the_last_result_of_each_test() {
        let mut output = TestOutput::default();
        output.line("Running tests/it.rs (x)");
        output.line("test a01_x ... ok");
        let tests = [
            test("a01_x", Language::Rust),
            test("a01_y", Language::Swift),
        ];
        let value = case_json(&case("A01", &[]), &tests, &Results::from(output));
        let file = "core/tests/it.rs";
        assert_eq!(
            value,
            json!({
                "id": "A01",
                "title": "What holds.",
                "languages": {
                    "rust": { "tests": [{ "name": "a01_x", "file": file, "result": "passed" }] },
                    "kotlin": { "tests": [] },
                    "swift": { "tests": [{ "name": "a01_y", "file": file, "result": "unknown" }] },
                }
            })
        );
    }
}
