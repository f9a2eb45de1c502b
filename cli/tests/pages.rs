//! `docs/command-line.md` says what the program says of itself.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use std::{collections::BTreeSet, fs, path::Path};

use support::{Home, run};

fn page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join("docs/command-line.md")).unwrap()
}

fn help(arguments: &[&str]) -> String {
    run(Home::new().quickaccess(arguments), "").with(0).out
}

/// The part of a text from a heading to the next of its kind.
fn part<'a>(text: &'a str, heading: &str, next: &str) -> &'a str {
    let begin = text
        .find(heading)
        .unwrap_or_else(|| panic!("{heading} is missing"));
    let part = &text[begin + heading.len()..];
    part.find(next).map_or(part, |end| &part[..end])
}

/// The first words of lines that are indented by two.
fn first_words(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with(' '));
    lines
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

fn commands() -> Vec<String> {
    let help = help(&["--help"]);
    let names = first_words(part(&help, "Commands:\n", "\n\n")).into_iter();
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_command_has_a_section_with_an_example_in_the_order_of_the_help() {
    let page = page();
    let sections = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
    let sections: Vec<&str> = sections.collect();
    assert_eq!(sections, commands());
    for name in sections {
        let section = part(&page, &format!("### `{name}`\n"), "\n#");
        let example = part(section, "```sh\n", "```");
        assert!(
            example.contains(&format!("quickaccess {name}")),
            "{name}: {example}"
        );
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let page = page();
    let rows = part(&page, "## Exit codes\n", "\n## ");
    let rows: Vec<(String, String)> = rows
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            let (code, meaning) = (cells.next()?, cells.next()?);
            code.parse::<u8>().ok()?;
            Some((code.to_owned(), meaning.to_owned()))
        })
        .collect();
    let help = help(&["--help"]);
    let told: Vec<(String, String)> = part(&help, "Exit codes:\n", "\n\n")
        .lines()
        .map(|line| {
            let (code, meaning) = line.trim().split_once("  ").unwrap();
            (code.to_owned(), meaning.to_owned())
        })
        .collect();
    assert!(told.len() > 10, "{told:?}");
    let sorted = |mut rows: Vec<(String, String)>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(rows), sorted(told));
}

#[test]
fn every_option_and_variable_that_the_page_names_is_there() {
    let page = page();
    let all: String = commands()
        .iter()
        .map(|name| help(&["help", name]))
        .collect();
    let words = |text: &str, begin: &str| -> BTreeSet<String> {
        let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let words = text
            .split(|c| !part_of_word(c))
            .filter(|word| word.starts_with(begin));
        words
            .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
            .map(str::to_owned)
            .collect()
    };
    // What is cargo's own is no matter of ours.
    let page = page.replace("cargo run --bin quickaccess -- ", "");
    for option in words(&page, "--") {
        assert!(all.contains(&option), "{option} is no option");
    }
    let known = words(&all, "QUICKACCESS_");
    assert!(known.len() >= 5, "{known:?}");
    let mut with_the_secret = known;
    with_the_secret.insert("QUICKACCESS_CLIENT_SECRET".to_owned());
    assert_eq!(words(&page, "QUICKACCESS_"), with_the_secret);
}
