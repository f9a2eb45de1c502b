//! The page itself: its tables lie between two markers each. Four columns are kept as they are,
//! the three after them are written anew.

use super::{Language, scan::Test};
use crate::command::{Failure, Result};

const BEGIN: &str = "<!-- cases -->";
const END: &str = "<!-- end of cases -->";
const HEADINGS: [&str; 7] = [
    "Case",
    "What must hold",
    "Due in",
    "Planned in",
    "Rust",
    "Kotlin",
    "Swift",
];

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// `A07`.
    pub(crate) id: String,
    /// What must hold.
    pub(crate) title: String,
    /// Where a test must be there.
    pub(crate) due: Vec<Language>,
    /// Where one has yet to come.
    pub(crate) planned: Vec<Language>,
}

/// The page as it lies there.
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The rows of all tables.
    pub(crate) fn cases(&self) -> Result<Vec<Case>> {
        let mut cases: Vec<Case> = Vec::new();
        for part in self.parts()? {
            if let Part::Table(rows) = part {
                cases.extend(rows);
            }
        }
        for (index, case) in cases.iter().enumerate() {
            if cases[..index].iter().any(|other| other.id == case.id) {
                return Err(fault(&format!("{} has two rows", case.id)));
            }
        }
        if cases.is_empty() {
            return Err(fault(&format!("no table lies between {BEGIN} and {END}")));
        }
        Ok(cases)
    }

    /// The page with the columns of tests as they ought to be.
    pub(crate) fn render(&self, tests: &[Test]) -> Result<String> {
        let mut text = String::new();
        for part in self.parts()? {
            match part {
                Part::Prose(line) => {
                    text.push_str(line);
                    text.push('\n');
                }
                Part::Table(cases) => text.push_str(&table(&cases, tests)),
            }
        }
        Ok(text)
    }

    fn parts(&self) -> Result<Vec<Part<'_>>> {
        let mut parts = Vec::new();
        let mut lines = self.0.lines();
        while let Some(line) = lines.next() {
            parts.push(Part::Prose(line));
            if line.trim() != BEGIN {
                continue;
            }
            let mut rows = Vec::new();
            let end = loop {
                match lines.next() {
                    None => return Err(fault(&format!("a {BEGIN} has no {END}"))),
                    Some(line) if line.trim() == END => break line,
                    Some(line) => rows.push(line),
                }
            };
            parts.push(Part::Table(read_table(&rows)?));
            parts.push(Part::Prose(end));
        }
        Ok(parts)
    }
}

enum Part<'a> {
    Prose(&'a str),
    Table(Vec<Case>),
}

fn read_table(lines: &[&str]) -> Result<Vec<Case>> {
    let mut rows = lines.iter().filter(|line| !line.trim().is_empty());
    let headings = rows.next().map(|line| cells(line)).unwrap_or_default();
    if headings != HEADINGS {
        return Err(fault(&format!(
            "a table has to begin with {}",
            row(&HEADINGS)
        )));
    }
    rows.filter(|line| !line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')))
        .map(|line| read_case(line))
        .collect()
}

fn read_case(line: &str) -> Result<Case> {
    let cells = cells(line);
    let [id, title, due, planned, ..] = cells.as_slice() else {
        return Err(fault(&format!("this row is too short: {line}")));
    };
    if super::scan::cases_of(id).is_none_or(|ids| ids != [id.as_str()]) {
        return Err(fault(&format!("{id} is not the number of a case")));
    }
    let case = Case {
        id: id.clone(),
        title: title.clone(),
        due: languages(due)?,
        planned: languages(planned)?,
    };
    match case
        .due
        .iter()
        .find(|language| case.planned.contains(language))
    {
        Some(both) => Err(fault(&format!(
            "{id} is both due and planned in {}",
            both.name()
        ))),
        None => Ok(case),
    }
}

/// The cells of a row; a bar with a backslash before it is text.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in line.chars() {
        match (c, cells.last_mut()) {
            ('|', _) if !escaped => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
        escaped = c == '\\' && !escaped;
    }
    // What follows the last bar is no cell.
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn languages(cell: &str) -> Result<Vec<Language>> {
    if cell == "-" {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in cell.split(',').map(str::trim) {
        match Language::ALL
            .into_iter()
            .find(|language| language.name() == name)
        {
            Some(language) => found.push(language),
            None => return Err(fault(&format!("{name:?} is no language"))),
        }
    }
    Ok(found)
}

fn table(cases: &[Case], tests: &[Test]) -> String {
    let mut text = row(&HEADINGS) + "\n" + &row(&["---"; HEADINGS.len()]) + "\n";
    for case in cases {
        let mut cells = vec![
            case.id.clone(),
            case.title.clone(),
            names(&case.due),
            names(&case.planned),
        ];
        cells.extend(Language::ALL.map(|language| tests_cell(case, language, tests)));
        text.push_str(&row(&cells));
        text.push('\n');
    }
    text
}

fn tests_cell(case: &Case, language: Language, tests: &[Test]) -> String {
    let mut names: Vec<String> = tests
        .iter()
        .filter(|test| test.is_for(&case.id, language))
        .map(|test| format!("`{}`", test.name))
        .collect();
    names.dedup();
    if !names.is_empty() {
        return names.join("<br>");
    }
    let word = if case.due.contains(&language) {
        "**missing**"
    } else if case.planned.contains(&language) {
        "planned"
    } else {
        "-"
    };
    word.to_owned()
}

fn names(languages: &[Language]) -> String {
    if languages.is_empty() {
        return "-".to_owned();
    }
    languages
        .iter()
        .map(|language| language.name())
        .collect::<Vec<_>>()
        .join(", ")
}

fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |", cells.join(" | "))
}

fn fault(what: &str) -> Failure {
    Failure::new(format!("{}: {what}", super::PAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Title

<!-- cases -->
| Case | What must hold | Due in | Planned in | Rust | Kotlin | Swift |
| --- | --- | --- | --- | --- | --- | --- |
| A01 | One or the other, `a \\| b`. | Rust | Kotlin, Swift | `a01_gone` | planned | planned |
| A26 | Only there. | - | Swift |
<!-- end of cases -->

After.
";

    fn test(name: &str, language: Language) -> Test {
        let cases = super::super::scan::cases_of(name).unwrap();
        Test {
            cases,
            language,
            name: name.to_owned(),
            file: String::new(),
        }
    }

    fn page(text: &str) -> Page {
        Page::new(text.to_owned())
    }

    #[test]
    fn rows_are_read_with_their_languages() {
        let cases = page(PAGE).cases().unwrap();
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].id, "A01");
        assert_eq!(cases[0].title, "One or the other, `a \\| b`.");
        assert_eq!(cases[0].due, [Language::Rust]);
        assert_eq!(cases[0].planned, [Language::Kotlin, Language::Swift]);
        assert_eq!(
            (cases[1].due.len(), &*cases[1].planned),
            (0, &[Language::Swift][..])
        );
    }

    #[test]
    fn the_columns_of_tests_are_written_anew_and_the_rest_is_kept() {
        let tests = [
            test("a01_first", Language::Rust),
            test("a01_second", Language::Rust),
            test("a01_third", Language::Kotlin),
        ];
        let rendered = page(PAGE).render(&tests).unwrap();
        let expected = PAGE
            .replace(
                "`a01_gone` | planned |",
                "`a01_first`<br>`a01_second` | `a01_third` |",
            )
            .replace("| - | Swift |\n", "| - | Swift | - | - | planned |\n");
        assert_eq!(rendered, expected);
        assert_eq!(page(&rendered).render(&tests).unwrap(), rendered);
    }

    #[test]
    fn a_case_that_is_due_and_has_no_test_is_shown_as_missing() {
        assert!(
            page(PAGE)
                .render(&[])
                .unwrap()
                .contains("Swift | **missing** | planned")
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let says = |from: &str, to: &str| {
            page(&PAGE.replacen(from, to, 1))
                .cases()
                .unwrap_err()
                .to_string()
        };
        assert!(says("<!-- end of cases -->", "").contains("has no"));
        assert!(says("A26", "A01").contains("A01 has two rows"));
        assert!(says("A26", "26").contains("26 is not the number"));
        assert!(says("Kotlin, Swift", "Java").contains("\"Java\" is no language"));
        assert!(says("Kotlin, Swift", "Rust").contains("both due and planned in Rust"));
        assert!(says("What must hold", "What").contains("has to begin with"));
        assert!(says("<!-- cases -->", "").contains("no table lies"));
    }
}
