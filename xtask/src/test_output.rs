//! Reads what `cargo test` prints, line by line, and keeps the last result of each test, of every
//! language, in a file of the target folder.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::command::{Failure, Result};

/// What became of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Passed,
    Failed,
    Ignored,
    Unknown,
}

/// One test of one test program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TestResult {
    /// The root file of the test program as cargo names it: `tests/refresh.rs`, `src/lib.rs`. For
    /// Kotlin and Swift the file of the test's class: `SignInTest.kt`.
    pub(crate) target: String,
    /// The name with its modules: `session::tests::a07_...`.
    pub(crate) name: String,
    pub(crate) result: Verdict,
}

/// Takes the lines.
#[derive(Default)]
pub(crate) struct TestOutput {
    target: String,
    /// A test that has been announced, its verdict still to come on a line of its own: a test may
    /// write between the two.
    pending: Option<String>,
    results: Vec<TestResult>,
}

impl TestOutput {
    /// Takes the next line.
    pub(crate) fn line(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        if let Some(target) = test_program(line) {
            self.target = target.to_owned();
            self.pending = None;
        } else if let Some((name, verdict)) = announced(line) {
            match verdict_of(verdict) {
                Some(verdict) => self.record(name.to_owned(), verdict),
                None => self.pending = Some(name.to_owned()),
            }
        } else if let Some(verdict) = verdict_of(line)
            && let Some(name) = self.pending.take()
        {
            self.record(name, verdict);
        }
    }

    fn record(&mut self, name: String, result: Verdict) {
        self.pending = None;
        self.results.push(TestResult {
            target: self.target.clone(),
            name,
            result,
        });
    }
}

/// The last results, as the file has them.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Results(Vec<TestResult>);

impl From<TestOutput> for Results {
    fn from(output: TestOutput) -> Self {
        Self(output.results)
    }
}

impl From<Vec<TestResult>> for Results {
    fn from(results: Vec<TestResult>) -> Self {
        Self(results)
    }
}

impl Results {
    /// Reads the file; none where no test has run yet.
    pub(crate) fn load(file: &Path) -> Result<Self> {
        let fault =
            |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
        match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| fault(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Writes the file.
    pub(crate) fn save(&self, file: &Path) -> Result {
        let fault =
            |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
        let mut text = serde_json::to_string_pretty(self).map_err(|error| fault(&error))?;
        text.push('\n');
        fs::write(file, text).map_err(|error| fault(&error))
    }

    /// Takes over what a later run has shown; that it left a test out shows nothing.
    #[must_use]
    pub(crate) fn merge(mut self, later: Self) -> Self {
        for result in later.0 {
            let same = |known: &&mut TestResult| {
                known.target == result.target && known.name == result.name
            };
            match self.0.iter_mut().find(same) {
                Some(_) if result.result == Verdict::Ignored => {}
                Some(known) => known.result = result.result,
                None => self.0.push(result),
            }
        }
        self
    }

    /// How many passed.
    pub(crate) fn passed(&self) -> usize {
        self.0
            .iter()
            .filter(|test| test.result == Verdict::Passed)
            .count()
    }

    /// The result of the test function `function` in `file`. Where several test programs of that
    /// language have a test of that name, the one whose root is that very file counts, else the
    /// worst of them.
    pub(crate) fn of(&self, file: &str, function: &str) -> Verdict {
        let ending = Path::new(file).extension();
        let named = || {
            self.0.iter().filter(|test| {
                last_segment(&test.name) == function
                    && Path::new(&test.target).extension() == ending
            })
        };
        let own: Vec<_> = named().filter(|test| is_root(&test.target, file)).collect();
        let all = if own.is_empty() {
            named().collect()
        } else {
            own
        };
        [Verdict::Failed, Verdict::Ignored, Verdict::Passed]
            .into_iter()
            .find(|&verdict| all.iter().any(|test| test.result == verdict))
            .unwrap_or(Verdict::Unknown)
    }
}

fn is_root(target: &str, file: &str) -> bool {
    !target.is_empty()
        && file
            .strip_suffix(target)
            .is_some_and(|rest| rest.ends_with('/'))
}

fn last_segment(name: &str) -> &str {
    let name = name.split(" - ").next().unwrap_or(name);
    name.rsplit("::").next().unwrap_or(name)
}

/// `Running unittests src/lib.rs (target/debug/deps/...)`, `Doc-tests quickaccess`.
fn test_program(line: &str) -> Option<&str> {
    if line.starts_with("Doc-tests ") {
        return Some(line);
    }
    let (file, program) = line.strip_prefix("Running ")?.split_once(" (")?;
    program
        .ends_with(')')
        .then(|| file.trim_start_matches("unittests "))
}

/// `test session::tests::a07_... ... ok`, without judging what comes after the dots. What a program
/// that the test started has written may stand before it.
fn announced(line: &str) -> Option<(&str, &str)> {
    let rest = match line.strip_prefix("test ") {
        Some(rest) => rest,
        None => {
            let (_, rest) = line.rsplit_once("test ")?;
            let (name, verdict) = rest.split_once(" ... ")?;
            let sure = !name.contains(' ') && verdict_of(verdict).is_some();
            sure.then_some(rest)?
        }
    };
    // A line that stops at the dots has lost its last space to the trimming.
    let (name, verdict) = rest
        .split_once(" ... ")
        .or_else(|| Some((rest.strip_suffix(" ...")?, "")))?;
    Some((name.trim(), verdict.trim()))
}

fn verdict_of(text: &str) -> Option<Verdict> {
    match text {
        "ok" => Some(Verdict::Passed),
        "FAILED" => Some(Verdict::Failed),
        "ignored" => Some(Verdict::Ignored),
        // The reason of an `#[ignore = "..."]` follows, or the time that a test took.
        _ if text.starts_with("ignored, ") => Some(Verdict::Ignored),
        _ if text.starts_with("ok <") => Some(Verdict::Passed),
        _ if text.starts_with("FAILED <") => Some(Verdict::Failed),
        _ => None,
    }
}

/// Leaves out the escape sequences that colour a terminal.
fn without_colours(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        text.push_str(before);
        rest = sequence.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = rest.get(1..).unwrap_or_default();
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Results {
        let mut output = TestOutput::default();
        text.lines().for_each(|line| output.line(line));
        Results::from(output)
    }

    fn flat(results: &Results) -> Vec<(&str, &str, Verdict)> {
        results
            .0
            .iter()
            .map(|test| (&*test.target, &*test.name, test.result))
            .collect()
    }

    const RUN: &str = "\
   Compiling quickaccess v0.1.0 (/somewhere/core)
    Finished `test` profile [unoptimized] target(s) in 1.02s
     Running unittests src/lib.rs (target/debug/deps/quickaccess-0123)

running 2 tests
test session::tests::a07_the_caller_goes_away ... ok
test session::tests::a08_killed ... FAILED

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/refresh.rs (target/debug/deps/refresh-0123)
test a07_the_caller_goes_away ... ignored, needs a store
test a09_lost - should panic ... ok
test slow has been running for over 60 seconds
   Doc-tests quickaccess
test core/src/lib.rs - Error (line 12) ... ok
";

    #[test]
    fn results_are_read_with_the_program_that_they_belong_to() {
        assert_eq!(
            flat(&read(RUN)),
            [
                (
                    "src/lib.rs",
                    "session::tests::a07_the_caller_goes_away",
                    Verdict::Passed
                ),
                ("src/lib.rs", "session::tests::a08_killed", Verdict::Failed),
                (
                    "tests/refresh.rs",
                    "a07_the_caller_goes_away",
                    Verdict::Ignored
                ),
                (
                    "tests/refresh.rs",
                    "a09_lost - should panic",
                    Verdict::Passed
                ),
                (
                    "Doc-tests quickaccess",
                    "core/src/lib.rs - Error (line 12)",
                    Verdict::Passed
                ),
            ]
        );
    }

    #[test]
    fn a_verdict_counts_when_the_test_wrote_something_before_it() {
        let results =
            read("test a01_x ... a line of the test itself\nmore\nok\ntest a02_y ... \nok");
        assert_eq!(
            flat(&results),
            [
                ("", "a01_x", Verdict::Passed),
                ("", "a02_y", Verdict::Passed)
            ]
        );
    }

    #[test]
    fn a_result_counts_when_another_program_wrote_on_its_line() {
        let results = read("secrettest a25_x ... ok\na contest of words ... ok");
        assert_eq!(flat(&results), [("", "a25_x", Verdict::Passed)]);
    }

    #[test]
    fn a_verdict_out_of_nowhere_belongs_to_nothing() {
        assert_eq!(flat(&read("ok\nFAILED\ntest result: ok. 3 passed")), []);
    }

    #[test]
    fn colours_are_no_part_of_the_text() {
        let results = read(
            "\u{1b}[1m\u{1b}[32m     Running\u{1b}[0m tests/refresh.rs (target/x)\n\
             test a01_x ... \u{1b}[32mok\u{1b}[m",
        );
        assert_eq!(
            flat(&results),
            [("tests/refresh.rs", "a01_x", Verdict::Passed)]
        );
    }

    #[test]
    fn the_test_of_the_very_file_wins_and_else_the_worst() {
        let results = read(RUN);
        let of = |file| results.of(file, "a07_the_caller_goes_away");
        assert_eq!(of("core/src/lib.rs"), Verdict::Passed);
        assert_eq!(of("core/tests/refresh.rs"), Verdict::Ignored);
        assert_eq!(of("core/src/session/tests.rs"), Verdict::Ignored);
        assert_eq!(
            results.of("core/tests/refresh.rs", "a09_lost"),
            Verdict::Passed
        );
        assert_eq!(
            results.of("core/tests/refresh.rs", "a10_nowhere"),
            Verdict::Unknown
        );
    }

    #[test]
    fn a_test_of_another_language_with_the_same_name_does_not_count() {
        let test = |target: &str, result| TestResult {
            target: target.to_owned(),
            name: "a01_x".to_owned(),
            result,
        };
        let results = Results(vec![
            test("tests/s.rs", Verdict::Passed),
            test("SignInTest.kt", Verdict::Failed),
        ]);
        assert_eq!(results.of("core/src/s.rs", "a01_x"), Verdict::Passed);
        let kotlin = results.of("android/sdk/src/test/kotlin/SignInTest.kt", "a01_x");
        assert_eq!(kotlin, Verdict::Failed);
        assert_eq!(results.of("ios/Tests/S.swift", "a01_x"), Verdict::Unknown);
    }

    #[test]
    fn a_later_run_replaces_what_it_really_ran() {
        let first = read("Running tests/s.rs (x)\ntest a ... ignored, needs a bus\ntest b ... ok");
        let later =
            read("Running tests/s.rs (x)\ntest a ... ok\ntest b ... ignored\ntest c ... FAILED");
        assert_eq!(
            flat(&first.merge(later)),
            [
                ("tests/s.rs", "a", Verdict::Passed),
                ("tests/s.rs", "b", Verdict::Passed),
                ("tests/s.rs", "c", Verdict::Failed),
            ]
        );
    }

    #[test]
    fn the_file_keeps_what_was_recorded_and_its_absence_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("results.json");
        assert_eq!(Results::load(&file).unwrap(), Results::default());
        let results = read(RUN);
        results.save(&file).unwrap();
        assert_eq!(Results::load(&file).unwrap(), results);
        fs::write(&file, "{").unwrap();
        assert!(
            Results::load(&file)
                .unwrap_err()
                .to_string()
                .contains("results.json")
        );
    }
}
