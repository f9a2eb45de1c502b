//! Finds the tests that carry the number of a case in their name: `a07_the_caller_goes_away`, or
//! `a09_a10_...` for two. It reads lines, not syntax: enough for test functions that are written
//! the ordinary way, one to a line.

use std::{fs, path::Path};

use super::Language;
use crate::command::{Failure, Result};

/// A test and the cases that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    /// `A07`; several where the name has several numbers.
    pub(crate) cases: Vec<String>,
    pub(crate) language: Language,
    /// The function's name, without modules.
    pub(crate) name: String,
    /// The file, from the root of the workspace, with forward slashes.
    pub(crate) file: String,
}

impl Test {
    pub(crate) fn is_for(&self, case: &str, language: Language) -> bool {
        self.language == language && self.cases.iter().any(|id| id == case)
    }
}

/// How a language's tests are found.
struct Rules {
    language: Language,
    ending: &'static str,
    folders: &'static [&'static str],
    /// The word before a function's name.
    function: &'static str,
    /// What opens an attribute or annotation.
    attribute: &'static str,
    /// The last word of the attribute of a test.
    marker: &'static str,
    /// What starts the name of a test that needs no attribute (XCTest).
    prefix: Option<&'static str>,
}

const RULES: &[Rules] = &[
    Rules {
        language: Language::Rust,
        ending: "rs",
        folders: &["core/tests", "core/src", "bindings", "tests", "cli"],
        function: "fn",
        attribute: "#[",
        marker: "test",
        prefix: None,
    },
    Rules {
        language: Language::Kotlin,
        ending: "kt",
        folders: &["android", "tests"],
        function: "fun",
        attribute: "@",
        marker: "Test",
        prefix: None,
    },
    Rules {
        language: Language::Swift,
        ending: "swift",
        folders: &["ios", "tests"],
        function: "func",
        attribute: "@",
        marker: "Test",
        prefix: Some("test"),
    },
];

/// All tests with a number, by language and name.
pub(crate) fn tests(root: &Path) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for rules in RULES {
        for folder in rules.folders {
            collect(root, &root.join(folder), rules, &mut tests)
                .map_err(|error| Failure::new(format!("{folder} cannot be read: {error}")))?;
        }
    }
    tests.sort_by(|a, b| (a.language, &a.name, &a.file).cmp(&(b.language, &b.name, &b.file)));
    Ok(tests)
}

/// The cases in a name, if it begins with one.
pub(crate) fn cases_of(name: &str) -> Option<Vec<String>> {
    let mut cases = Vec::new();
    for word in name.split(['_', ' ']) {
        match word.as_bytes() {
            [b'a' | b'A', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                cases.push(format!("A{}{}", *tens as char, *ones as char));
            }
            _ => break,
        }
    }
    (!cases.is_empty()).then_some(cases)
}

fn collect(
    root: &Path,
    folder: &Path,
    rules: &Rules,
    tests: &mut Vec<Test>,
) -> std::io::Result<()> {
    // A language whose folder has yet to come has no tests, and that is no fault.
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            // What tools have built is no source.
            let name = entry.file_name();
            if !matches!(
                name.to_string_lossy().as_ref(),
                "target" | "build" | ".build"
            ) {
                collect(root, &path, rules, tests)?;
            }
        } else if kind.is_file() && path.extension().is_some_and(|end| end == rules.ending) {
            let text = fs::read_to_string(&path)?;
            let from_root = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = from_root
                .iter()
                .map(|part| part.to_string_lossy())
                .collect();
            tests.extend(in_source(&text, &parts.join("/"), rules));
        }
    }
    Ok(())
}

fn in_source(text: &str, file: &str, rules: &Rules) -> Vec<Test> {
    let mut tests = Vec::new();
    // Whether the function to come has been marked as a test.
    let mut marked = false;
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("//") {
            continue;
        }
        marked |= line.starts_with(rules.attribute) && has_marker(line, rules);
        let Some(name) = function_name(line, rules) else {
            continue;
        };
        let own = rules.prefix.and_then(|prefix| name.strip_prefix(prefix));
        if marked || own.is_some() {
            let numbered = own.map_or(name, |rest| rest.trim_start_matches('_'));
            if let Some(cases) = cases_of(numbered) {
                let (language, name) = (rules.language, name.to_owned());
                tests.push(Test {
                    cases,
                    language,
                    name,
                    file: file.to_owned(),
                });
            }
        }
        marked = false;
    }
    tests
}

/// Whether one of the attributes at the start of the line is that of a test: `#[test]`,
/// `#[tokio::test(...)]`, `@Test`.
fn has_marker(line: &str, rules: &Rules) -> bool {
    line.split(rules.attribute).skip(1).any(|attribute| {
        let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '.');
        let path = attribute.split(word).next().unwrap_or_default();
        path.rsplit([':', '.']).next() == Some(rules.marker)
    })
}

/// The name of the function that the line declares.
fn function_name<'a>(line: &'a str, rules: &Rules) -> Option<&'a str> {
    let mut rest = line;
    loop {
        let at = rest.find(rules.function)?;
        let before = rest[..at].chars().next_back();
        let after = &rest[at + rules.function.len()..];
        if before.is_none_or(char::is_whitespace) && after.starts_with(' ') {
            let name = after.trim_start();
            let (name, end): (&str, fn(char) -> bool) = match name.strip_prefix('`') {
                Some(quoted) => (quoted, |c| c == '`'),
                None => (name, |c| !(c.is_alphanumeric() || c == '_')),
            };
            return Some(name.split(end).next().unwrap_or(name));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rules: usize, text: &str) -> Vec<String> {
        in_source(text, "some/file", &RULES[rules])
            .into_iter()
            .map(|test| test.name)
            .collect()
    }

    #[test]
    fn a_name_may_carry_one_number_or_several() {
        assert_eq!(cases_of("a07_the_caller"), Some(vec!["A07".to_owned()]));
        assert_eq!(
            cases_of("a09_a10_lost"),
            Some(vec!["A09".to_owned(), "A10".to_owned()])
        );
        assert_eq!(cases_of("A12 in words"), Some(vec!["A12".to_owned()]));
        for other in ["a7_x", "a070_x", "answer", "ab1_x", "caller_a07", ""] {
            assert_eq!(cases_of(other), None, "{other}");
        }
    }

    #[test]
    fn rust_tests_are_functions_with_the_attribute_of_a_test() {
        let source = "
            #[test]
            fn a01_plain() {}

            #[tokio::test(
                flavor = \"multi_thread\",
            )]
            #[ignore = \"needs a store\"]
            async fn a02_async() {}

            /// Not a test.
            fn a03_helper() {}

            // #[test]
            fn a04_commented_out() {}

            #[cfg(test)]
            fn a05_only_built_for_tests() {}

            #[test] fn a06_on_one_line() {}

            #[test]
            fn without_a_number() {}
            fn a07_the_mark_was_for_the_one_before() {}
        ";
        assert_eq!(
            found(0, source),
            ["a01_plain", "a02_async", "a06_on_one_line"]
        );
    }

    #[test]
    fn kotlin_tests_may_have_a_name_in_back_ticks() {
        let source = "
            @Test
            fun a01_plain() = runTest {}
            @Test fun `a02 in plain words`() {}
            @org.junit.jupiter.api.Test
            suspend fun a03_qualified() {}
            @BeforeTest
            fun a04_not_a_test() {}
            fun a05_helper() {}
        ";
        assert_eq!(
            found(1, source),
            ["a01_plain", "a02 in plain words", "a03_qualified"]
        );
    }

    #[test]
    fn swift_tests_are_marked_or_begin_with_test() {
        let source = "
            @Test(\"the guide\") func a01_marked() async throws {}
            func testA02_of_xctest() throws {}
            func test_a03_too() {}
            func a04_helper() {}
        ";
        assert_eq!(
            found(2, source),
            ["a01_marked", "testA02_of_xctest", "test_a03_too"]
        );
    }

    #[test]
    fn sources_are_found_by_their_ending_and_what_was_built_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("core/tests/deep/refresh.rs", "#[test]\nfn a06_x() {}\n");
        put("core/tests/notes.txt", "#[test]\nfn a06_no() {}\n");
        put(
            "tests/simulator/target/x.rs",
            "#[test]\nfn a06_built() {}\n",
        );
        put("ios/Tests/T.swift", "func testA06_y() {}\n");
        put("elsewhere/x.rs", "#[test]\nfn a06_elsewhere() {}\n");
        let tests = tests(root.path()).unwrap();
        let flat: Vec<_> = tests
            .iter()
            .map(|t| (t.language, &*t.name, &*t.file))
            .collect();
        assert_eq!(
            flat,
            [
                (Language::Rust, "a06_x", "core/tests/deep/refresh.rs"),
                (Language::Swift, "testA06_y", "ios/Tests/T.swift"),
            ]
        );
    }
}
