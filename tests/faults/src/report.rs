//! The report: a table of two clients in the same world, the broken promises, and the last line.

use std::fmt::Write;

use crate::{
    oracle::{Happening, Row},
    run::Summary,
};

/// The table by cause, with the naive client beside the real one where it was run.
pub fn table(core: &Summary, naive: Option<&Summary>) -> String {
    let mut out = String::new();
    let mut line = |text: &str, core: String, naive: Option<String>| {
        let naive = naive
            .map(|naive| format!("{naive:>14}"))
            .unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text:<54}{core:>14}{naive}");
    };
    line(
        "",
        "QuickAccess".into(),
        naive.map(|_| "naive client".into()),
    );
    let count = |summary: &Summary, row| summary.tally.get(&row).copied().unwrap_or_default();
    for row in Row::ALL {
        let counts = (count(core, row), naive.map(|naive| count(naive, row)));
        if counts.0 == 0 && counts.1.is_none_or(|naive| naive == 0) {
            continue;
        }
        let mark = if row.is_explained() {
            ""
        } else {
            "UNEXPLAINED: "
        };
        line(
            &format!("{mark}{}", row.words()),
            counts.0.to_string(),
            counts.1.map(|naive| naive.to_string()),
        );
    }
    let per_year = |summary: &Summary| {
        let asked = count(summary, Row::Asked);
        let ends: u64 = Row::ALL
            .into_iter()
            .filter(|row| row.is_end())
            .map(|row| count(summary, row))
            .sum();
        let years = summary.phone_months.max(1) as f64 / 12.0;
        format!("{:.2}", (ends - asked) as f64 / years)
    };
    line(
        "sign-outs a phone and year that nobody asked for",
        per_year(core),
        naive.map(per_year),
    );
    for happening in Happening::ALL {
        let count = |summary: &Summary| summary.happened.get(&happening).copied().unwrap_or(0);
        let naive = naive.map(|naive| count(naive).to_string());
        line(happening.words(), count(core).to_string(), naive);
    }
    out
}

/// The last line of a run.
pub fn last_line(core: &Summary) -> String {
    format!(
        "{} phone-months: {} sign-outs explained, {} unexplained",
        core.phone_months,
        core.explained(),
        core.unexplained()
    )
}
