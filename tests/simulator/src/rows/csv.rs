//! CSV as in RFC 4180: a header line with names, then a row a line; cells may be quoted.

/// A record and the line on which it begins.
pub(super) type Record = (usize, Vec<String>);

/// Splits a text into records. Empty lines count for nothing.
pub(super) fn records(text: &str) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let begins = line;
        let mut cells = Vec::new();
        loop {
            let (cell, after) = cell(rest, line)?;
            line += cell.lines;
            cells.push(cell.text);
            match after.chars().next() {
                Some(',') => rest = &after[1..],
                _ => {
                    rest = after
                        .strip_prefix("\r\n")
                        .or_else(|| after.strip_prefix('\n'))
                        .unwrap_or(after);
                    line += 1;
                    break;
                }
            }
        }
        if cells != [""] {
            records.push((begins, cells));
        }
    }
    Ok(records)
}

struct Cell {
    text: String,
    /// How many line ends are in it.
    lines: usize,
}

/// One cell, and what comes after it: a comma, a line end or nothing.
fn cell(text: &str, line: usize) -> Result<(Cell, &str), String> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (cell, after) = match text[..end].strip_suffix('\r') {
            Some(cell) if !text[end..].starts_with(',') => (cell, &text[cell.len()..]),
            _ => text.split_at(end),
        };
        if cell.contains('"') {
            return Err(format!(
                "line {line}: a quotation mark within a cell without quotes"
            ));
        }
        let text = cell.to_owned();
        // A carriage return at the very end belongs to no line end.
        let after = if after == "\r" { "" } else { after };
        return Ok((Cell { text, lines: 0 }, after));
    };
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let end = rest
            .find('"')
            .ok_or_else(|| format!("line {line}: the quotation mark is never closed"))?;
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => break,
        }
    }
    let ends_well = rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n");
    if !ends_well {
        return Err(format!(
            "line {line}: something follows the closing quotation mark"
        ));
    }
    let lines = text.matches('\n').count();
    Ok((Cell { text, lines }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
        records(text)
    }

    #[test]
    fn cells_are_split_unquoted_and_counted_by_line() {
        let text = "\u{feff}a,b,c\r\n1,,\"x, \"\"y\"\"\"\n\n\"two\nlines\",é,z\n,\n\"\",last,\r\n";
        let wanted: Vec<(usize, Vec<&str>)> = vec![
            (1, vec!["a", "b", "c"]),
            (2, vec!["1", "", "x, \"y\""]),
            (4, vec!["two\nlines", "é", "z"]),
            (6, vec!["", ""]),
            (7, vec!["", "last", ""]),
        ];
        let found = read(text).unwrap();
        let found: Vec<(usize, Vec<&str>)> = found
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(found, wanted);
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read("a\r").unwrap(), [(1, vec!["a".to_owned()])]);
    }

    #[test]
    fn mistakes_are_named_by_line() {
        let cases = [
            ("a\n\"b", "line 2: the quotation mark is never closed"),
            (
                "a\nb\"c\"",
                "line 2: a quotation mark within a cell without quotes",
            ),
            (
                "\"a\nb\"\n\"c\"d",
                "line 3: something follows the closing quotation mark",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text).unwrap_err(), wanted);
        }
    }
}
