//! Rows of several columns in the width of a terminal: the widest columns give way first, and what
//! is cut off ends in an ellipsis.

const BETWEEN: usize = 2;
/// A column that has to give way keeps this much, or its heading.
const LEAST: usize = 8;

/// The widths of the columns, found once so that later rows line up with the first ones.
#[derive(Debug)]
pub(crate) struct Columns {
    widths: Vec<usize>,
    /// Whether a text that is too long is cut.
    cut: bool,
}

impl Columns {
    /// Widths that fit these rows, in a terminal of this width if it is one.
    pub(crate) fn of(headings: &[&str], rows: &[Vec<String>], terminal: Option<usize>) -> Self {
        let mut widths: Vec<usize> = headings.iter().map(|text| length(text)).collect();
        for row in rows {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = (*width).max(length(text));
            }
        }
        let least: Vec<usize> = headings
            .iter()
            .map(|text| length(text).max(LEAST))
            .collect();
        if let Some(room) = terminal {
            fit(&mut widths, &least, room);
        }
        let cut = terminal.is_some();
        Self { widths, cut }
    }

    /// A row as a line.
    pub(crate) fn line<T: AsRef<str>>(&self, row: &[T]) -> String {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&self.widths) {
            let text = if self.cut {
                cut(text.as_ref(), *width)
            } else {
                text.as_ref().to_owned()
            };
            line.push_str(&text);
            line.extend(std::iter::repeat_n(
                ' ',
                width.saturating_sub(length(&text)) + BETWEEN,
            ));
        }
        line.trim_end().to_owned()
    }
}

/// Takes from the widest column, as long as one can give.
fn fit(widths: &mut [usize], least: &[usize], room: usize) {
    let between = BETWEEN * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + between > room {
        let can_give = widths.iter().zip(least).enumerate();
        let widest = can_give
            .filter(|(_, (width, least))| width > least)
            .max_by_key(|(_, (width, _))| **width)
            .map(|(at, _)| at);
        let Some(at) = widest else { return };
        widths[at] -= 1;
    }
}

fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}\u{2026}", kept.trim_end())
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: [&str; 3] = ["Name", "Note", "State"];

    fn rows() -> Vec<Vec<String>> {
        let row = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
        vec![
            row(["qa", "a note that goes on and on", "active"]),
            row(["guest-desk", "", "disabled"]),
        ]
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        let columns = Columns::of(&HEADINGS, &rows(), None);
        assert_eq!(
            columns.line(&rows()[0]),
            "qa          a note that goes on and on  active"
        );
        assert_eq!(
            columns.line(&HEADINGS),
            "Name        Note                        State"
        );
        let longer = vec!["x".repeat(20), String::new(), "y".to_owned()];
        assert!(columns.line(&longer).starts_with(&"x".repeat(20)));
    }

    #[test]
    fn in_a_terminal_the_widest_column_gives_way() {
        for room in [30, 36, 40] {
            let columns = Columns::of(&HEADINGS, &rows(), Some(room));
            for row in rows() {
                assert!(length(&columns.line(&row)) <= room, "{room}");
            }
        }
        let columns = Columns::of(&HEADINGS, &rows(), Some(36));
        assert_eq!(
            columns.line(&rows()[0]),
            "qa          a note that g\u{2026}  active"
        );
    }

    #[test]
    fn a_terminal_that_is_too_narrow_still_shows_each_column() {
        let columns = Columns::of(&HEADINGS, &rows(), Some(10));
        let line = columns.line(&rows()[0]);
        assert!(line.contains("qa") && line.ends_with("active"), "{line}");
    }
}
