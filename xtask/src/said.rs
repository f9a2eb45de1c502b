//! What a program that failed has said, short enough to be read at the end of a long log.

use std::collections::VecDeque;

/// How many lines that tell a fault are kept.
const TELLING: usize = 60;
/// How many of the last lines are kept, for a program that tells no fault in a way that is known here.
const LAST: usize = 30;
/// How many lines a failed test of Rust may have below its name.
const BLOCK: usize = 12;

/// Takes the lines of a program.
#[derive(Default)]
pub(crate) struct Said {
    telling: Vec<String>,
    last: VecDeque<String>,
    /// How many of the next lines belong to what has failed.
    block: usize,
}

impl Said {
    /// Takes the next line.
    pub(crate) fn line(&mut self, line: &str) {
        if is_failed_test(line) {
            self.block = BLOCK;
        } else if line == "failures:" {
            self.block = 0;
        }
        if (self.block > 0 || tells(line)) && self.telling.len() < TELLING {
            self.telling.push(line.to_owned());
        }
        self.block = self.block.saturating_sub(1);
        self.last.push_back(line.to_owned());
        if self.last.len() > LAST {
            self.last.pop_front();
        }
    }

    /// What tells the fault, else what came last; each line ends.
    pub(crate) fn gist(&self) -> String {
        let lines: Vec<&String> = if self.telling.is_empty() {
            self.last.iter().collect()
        } else {
            self.telling.iter().collect()
        };
        lines.into_iter().flat_map(|line| [line, "\n"]).collect()
    }
}

/// The head of what a failed test has printed: `---- name stdout ----`.
fn is_failed_test(line: &str) -> bool {
    line.starts_with("---- ") && line.ends_with(" stdout ----")
}

/// Whether a line tells a fault in the manner of cargo, rustc, Maven, Swift's compiler or its tests.
fn tells(line: &str) -> bool {
    let line = line.trim_start();
    ["error: ", "error[", "[ERROR] ", "✘ "]
        .iter()
        .any(|head| line.starts_with(head))
        || [": error: ", "Fatal error: ", " crashed "]
            .iter()
            .any(|part| line.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gist(text: &str) -> String {
        let mut said = Said::default();
        text.lines().for_each(|line| said.line(line));
        said.gist()
    }

    #[test]
    fn what_tells_the_fault_is_found_among_hundreds_of_lines() {
        let much = "test a ... ok\n".repeat(300);
        for told in [
            "---- a07_x stdout ----\nthread 'a07_x' panicked at core/tests/x.rs:1:2:\nno\n",
            "error: could not compile `core`\n",
            "[ERROR]   SignInTest.a01_x:12 expected:<1> but was:<2>\n",
            "✘ Test a01_x() recorded an issue at SignInTests.swift:8:9: no\n",
            "/project/ios/Sources/A.swift:1:2: error: no such module\n",
        ] {
            let end = "failures:\n    a07_x\n";
            assert_eq!(gist(&format!("{much}{told}{end}{much}")), told);
        }
    }

    #[test]
    fn a_fault_that_is_told_in_another_way_is_among_the_last_lines() {
        let text: Vec<_> = (0..100).map(|line| format!("line {line}\n")).collect();
        assert_eq!(gist(&text.concat()), text[100 - LAST..].concat());
    }

    #[test]
    fn a_flood_of_faults_is_cut() {
        let flood = "error: again\n".repeat(5_000);
        assert_eq!(gist(&flood), "error: again\n".repeat(TELLING));
    }
}
