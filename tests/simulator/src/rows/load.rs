//! Rows that somebody brings: a list of objects in JSON, or CSV with a header.

use serde_json::Value;

use super::{
    Row, RowKind,
    change::{self, By},
    csv,
};

/// Reads rows in JSON: a list of objects.
pub(super) fn from_json(kind: RowKind, text: &str) -> Result<Vec<Row>, String> {
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    from_rows(kind, rows)
}

/// Checks rows that are there already.
pub(super) fn from_rows(kind: RowKind, rows: Vec<Row>) -> Result<Vec<Row>, String> {
    rows.into_iter()
        .enumerate()
        .map(|(i, row)| {
            check(kind, &row).map_err(|error| format!("[{i}]{}: {error}", named(kind, &row)))
        })
        .collect()
}

/// Reads rows in CSV. An empty cell is no member; a column `attributes.Location` is a member
/// within a map.
pub(super) fn from_csv(kind: RowKind, text: &str) -> Result<Vec<Row>, String> {
    let mut records = csv::records(text)?.into_iter();
    let (_, header) = records
        .next()
        .ok_or("there is no header line with the members' names")?;
    if let Some(at) = header.iter().position(|name| name.trim().is_empty()) {
        return Err(format!("line 1: column {} has no name", at + 1));
    }
    records
        .map(|(line, cells)| {
            let place = |error: String| format!("line {line}: {error}");
            if cells.len() != header.len() {
                let (cells, columns) = (cells.len(), header.len());
                return Err(place(format!(
                    "{cells} cells, but the header has {columns}"
                )));
            }
            let mut row = Row::new();
            for (name, cell) in header.iter().zip(cells) {
                if !cell.is_empty() {
                    put(&mut row, name.trim(), cell);
                }
            }
            check(kind, &row).map_err(place)
        })
        .collect()
}

fn put(row: &mut Row, name: &str, cell: String) {
    let Some((map, key)) = name.split_once('.') else {
        row.insert(name.into(), cell.into());
        return;
    };
    let map = row
        .entry(map)
        .or_insert_with(|| Value::Object(Row::new()))
        .as_object_mut();
    if let Some(map) = map {
        map.insert(key.into(), cell.into());
    }
}

/// A row in the members' own forms. No two of a table are compared here.
fn check(kind: RowKind, row: &Row) -> Result<Row, String> {
    let row = change::read(kind, row, By::Server).map_err(|messages| messages.first())?;
    if let Some(key) = kind.key() {
        match row.get(key).and_then(Value::as_str) {
            None | Some("") => return Err(format!("{key} is missing")),
            Some(_) => {}
        }
    }
    Ok(row)
}

/// The row's key, to find it by.
pub(super) fn named(kind: RowKind, row: &Row) -> String {
    let key = kind.key().unwrap_or("id");
    match row.get(key).and_then(Value::as_str) {
        Some(key) => format!(" {key:?}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn csv_and_json_bring_the_same_rows() {
        let csv = "mac_address,status,attributes.Location,attributes.Owner,description\n\
                   00-00-5E-00-53-01,Known,\"Hall, left\",,\n\
                   0000.5e00.5302,,,,A printer\n";
        let json = r#"[
            { "mac_address": "00005e005301", "status": "Known",
              "attributes": { "Location": "Hall, left" } },
            { "mac_address": "00:00:5e:00:53:02", "description": "A printer" }
        ]"#;
        let rows = from_csv(RowKind::Endpoint, csv).unwrap();
        assert_eq!(rows, from_json(RowKind::Endpoint, json).unwrap());
        assert_eq!(rows[0]["mac_address"], "00005e005301");
        let guests = "username,enabled,role_id,expire_time,badge\nada,0,3,2030-01-31 08:00,7\n";
        assert_eq!(
            Value::from(from_csv(RowKind::Guest, guests).unwrap()[0].clone()),
            json!({ "username": "ada", "enabled": false, "role_id": 3,
                    "expire_time": "2030-01-31T08:00:00Z", "badge": "7" })
        );
    }

    #[test]
    fn mistakes_are_named_where_they_are() {
        let csv = [
            ("", "there is no header line with the members' names"),
            ("username,\nada,x", "line 1: column 2 has no name"),
            (
                "username,email\nada",
                "line 2: 1 cells, but the header has 2",
            ),
            ("username,email\nada,x\n,y", "line 3: username is missing"),
            (
                "username,role_id\n\"ada\n\",x",
                "line 2: role_id: must be a whole number",
            ),
        ];
        for (text, wanted) in csv {
            assert_eq!(from_csv(RowKind::Guest, text).unwrap_err(), wanted);
        }
        let json = [
            (
                "{}",
                "invalid type: map, expected a sequence at line 1 column 0",
            ),
            ("[{}]", "[0]: username is missing"),
            (
                r#"[{"username":"ada"},{"username":"bob","enabled":"maybe"}]"#,
                "[1] \"bob\": enabled: must be true or false",
            ),
        ];
        for (text, wanted) in json {
            assert_eq!(from_json(RowKind::Guest, text).unwrap_err(), wanted);
        }
        assert_eq!(
            from_csv(RowKind::Endpoint, "mac_adress\n00005e005301").unwrap_err(),
            "line 2: mac_adress: is no member of such a row"
        );
    }
}
