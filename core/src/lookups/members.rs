//! How members of rows are read. Servers were seen to give numbers as texts and flags as numbers;
//! what can't be read in the expected way stays where it was, so that nothing is lost and no row
//! fails for the sake of one member.

use serde_json::{Map, Value};

/// A row whose members are taken one by one.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// A row; its links lead nowhere that a look-up needs.
    pub(super) fn of(mut row: Map<String, Value>) -> Self {
        row.shift_remove("_links");
        Self(row)
    }

    /// A text that is not empty; a number or a flag counts as its text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        })
        .filter(|text| !text.is_empty())
    }

    /// A whole number that is not negative, also as a text.
    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        self.take(name, |value| match value {
            Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A flag, also as 0 or 1, in digits or in words.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take(name, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => match number.as_f64()? {
                0.0 => Some(false),
                1.0 => Some(true),
                _ => None,
            },
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "0" | "false" | "no" => Some(false),
                "1" | "true" | "yes" => Some(true),
                _ => None,
            },
            _ => None,
        })
    }

    /// An object. PHP writes an empty one as an empty list.
    pub(super) fn map(&mut self, name: &str) -> Map<String, Value> {
        self.take(name, |value| match value {
            Value::Object(members) => Some(members.clone()),
            Value::Array(items) if items.is_empty() => Some(Map::new()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// A list of texts; a lone text is a list of one.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        self.take(name, |value| match value {
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            Value::String(text) if text.is_empty() => Some(Vec::new()),
            Value::String(text) => Some(vec![text.clone()]),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// All that nobody has taken, in the server's order.
    pub(super) fn other(self) -> Map<String, Value> {
        self.0
    }

    /// Takes a member out if it can be read; null counts as read.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(name)?;
        let read = read(value);
        if read.is_some() || value.is_null() {
            self.0.shift_remove(name);
        }
        read
    }
}

fn whole(number: f64) -> Option<u64> {
    let fits = (0.0..=9_007_199_254_740_992.0).contains(&number) && number.fract() == 0.0;
    fits.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(row: Value) -> Members {
        Members::of(row.as_object().unwrap().clone())
    }

    #[test]
    fn members_are_read_in_every_form_that_means_the_same() {
        for value in [json!(7), json!("7"), json!(" 7 "), json!(7.0)] {
            assert_eq!(
                members(json!({ "m": value })).number("m"),
                Some(7),
                "{value}"
            );
        }
        for value in [
            json!(true),
            json!(1),
            json!("1"),
            json!("true"),
            json!("YES"),
            json!(1.0),
        ] {
            assert_eq!(
                members(json!({ "m": value })).flag("m"),
                Some(true),
                "{value}"
            );
        }
        for value in [json!(false), json!(0), json!("0"), json!("False")] {
            assert_eq!(
                members(json!({ "m": value })).flag("m"),
                Some(false),
                "{value}"
            );
        }
        for (value, text) in [(json!("a"), "a"), (json!(7), "7"), (json!(true), "true")] {
            assert_eq!(
                members(json!({ "m": value })).text("m").as_deref(),
                Some(text)
            );
        }
        for value in [json!([]), json!({})] {
            assert!(members(json!({ "m": value })).map("m").is_empty());
        }
        assert_eq!(members(json!({ "m": "a" })).texts("m"), ["a"]);
        assert_eq!(members(json!({ "m": ["a", "b"] })).texts("m"), ["a", "b"]);
    }

    #[test]
    fn what_has_another_form_stays_and_what_is_empty_goes() {
        let row = json!({
            "n": "many", "f": "maybe", "t": { "a": 1 }, "m": ["a"], "l": [7],
            "none": null, "empty": "", "_links": { "self": "x" }, "own": 1,
        });
        let mut row = members(row);
        assert_eq!((row.number("n"), row.flag("f")), (None, None));
        assert_eq!(
            (row.text("t"), row.text("none"), row.text("empty")),
            (None, None, None)
        );
        assert_eq!(
            (row.map("m"), row.texts("l")),
            (Map::new(), Vec::<String>::new())
        );
        assert_eq!(row.number("missing"), None);
        let left = Value::Object(row.other()).to_string();
        assert_eq!(
            left,
            r#"{"n":"many","f":"maybe","t":{"a":1},"m":["a"],"l":[7],"own":1}"#
        );
    }

    #[test]
    fn numbers_that_are_none_are_not_bent() {
        for value in [
            json!(-1),
            json!(1.5),
            json!(1e30),
            json!("-1"),
            json!("1e3"),
            json!([]),
        ] {
            assert_eq!(members(json!({ "m": value })).number("m"), None, "{value}");
        }
    }
}
