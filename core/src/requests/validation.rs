//! The `validation_messages` of a 422: a field's value may be a text, a list, or a map of codes to
//! texts \[L\], so all of them are walked in the same way.

use serde_json::Value;

use crate::protocol::problem::printable;

/// So many fields, and messages of one field, are kept; a server that sends more is not heard out.
const MOST: usize = 50;
const LONGEST_NAME: usize = 60;
const LONGEST_MESSAGE: usize = 200;
/// So many fields stand in an error's sentence.
const SHOWN: usize = 5;

/// A field that ClearPass did not accept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The field's name; empty when the messages are about the whole request.
    pub name: String,
    /// What is wrong with it, in the server's words.
    pub messages: Vec<String>,
}

/// Reads all fields in the server's order. Texts that `tells` refuses are left out.
pub(super) fn read(messages: &Value, tells: impl Fn(&str) -> bool) -> Vec<InvalidField> {
    let field = |name: &str, value: &Value| {
        let mut found = Vec::new();
        texts(value, 0, &mut found);
        found.retain(|text| tells(text));
        InvalidField {
            name: printable(name, LONGEST_NAME),
            messages: found,
        }
    };
    match messages {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| tells(name))
            .take(MOST)
            .map(|(name, value)| field(name, value))
            .collect(),
        other => vec![field("", other)]
            .into_iter()
            .filter(|field| !field.messages.is_empty())
            .collect(),
    }
}

fn texts(value: &Value, depth: usize, found: &mut Vec<String>) {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(values) => Box::new(values.iter()),
        Value::Object(members) => Box::new(members.values()),
        Value::Null => return,
        leaf => {
            let text = leaf
                .as_str()
                .map_or_else(|| leaf.to_string(), str::to_owned);
            let text = printable(&text, LONGEST_MESSAGE);
            if found.len() < MOST && !text.is_empty() {
                found.push(text);
            }
            return;
        }
    };
    if depth < 8 {
        inner.for_each(|value| texts(value, depth + 1, found));
    }
}

/// The first fields in one line.
pub(super) fn in_words(fields: &[InvalidField]) -> String {
    let one = |field: &InvalidField| {
        let messages = field.messages.join(", ");
        match (field.name.as_str(), messages.as_str()) {
            ("", messages) => messages.to_owned(),
            (name, "") => name.to_owned(),
            (name, messages) => format!("{name}: {}", messages.trim_end_matches('.')),
        }
    };
    let mut words: Vec<String> = fields.iter().take(SHOWN).map(one).collect();
    if let Some(more) = fields.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        words.push(format!("and {more} more"));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all(value: &Value) -> Vec<(String, Vec<String>)> {
        let fields = read(value, |_| true);
        fields.into_iter().map(|f| (f.name, f.messages)).collect()
    }

    fn field(name: &str, messages: &[&str]) -> (String, Vec<String>) {
        let messages = messages.iter().map(|text| (*text).to_owned());
        (name.to_owned(), messages.collect())
    }

    #[test]
    fn a22_messages_are_read_as_text_list_and_map() {
        let messages = json!({
            "mac_address": "must be a MAC address",
            "status": ["is missing", "must be Known"],
            "username": { "isEmpty": "Value is required", "deep": { "x": ["a", 7, true, null] } },
            "none": null,
        });
        assert_eq!(
            all(&messages),
            [
                field("mac_address", &["must be a MAC address"]),
                field("status", &["is missing", "must be Known"]),
                field("username", &["Value is required", "a", "7", "true"]),
                field("none", &[]),
            ]
        );
        let words = in_words(&read(&messages, |_| true));
        assert!(
            words.starts_with(
                "mac_address: must be a MAC address; status: is missing, must be Known"
            ),
            "{words}"
        );
        assert!(words.ends_with("; none"), "{words}");
    }

    #[test]
    fn a22_messages_without_fields_are_about_the_whole() {
        assert_eq!(all(&json!("no")), [field("", &["no"])]);
        assert_eq!(all(&json!(["a", "b"])), [field("", &["a", "b"])]);
        for nothing in [json!(null), json!([]), json!({}), json!("")] {
            assert_eq!(all(&nothing), [], "{nothing}");
        }
    }

    #[test]
    fn a22_a_server_that_never_ends_is_not_heard_out() {
        let many: Vec<_> = (0..10_000).map(|n| json!(format!("message {n}"))).collect();
        let fields: serde_json::Map<_, _> = (0..10_000)
            .map(|n| (format!("f{n}\u{202e}\n"), json!(many[n % 7])))
            .chain([("last".to_owned(), json!(null))])
            .collect();
        let read_fields = all(&Value::Object(fields));
        assert_eq!(read_fields.len(), MOST);
        assert_eq!(read_fields[0].0, "f0");
        assert_eq!(all(&Value::Array(many))[0].1.len(), MOST);
        let mut deep = json!("x");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert_eq!(all(&json!({ "f": deep })), [field("f", &[])]);
        let long = json!({ "f": "x".repeat(10_000) });
        assert_eq!(all(&long)[0].1[0].len(), LONGEST_MESSAGE);
    }
}
