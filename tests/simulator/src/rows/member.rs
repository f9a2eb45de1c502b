//! The members of rows and of requests: their names, forms and meanings, and how a value is read.

use serde::Serialize;
use serde_json::Value;

use super::{mac, time};

/// A member of a row, of a body or of a query.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) needed: Needed,
    pub(crate) meaning: &'static str,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    Text,
    /// A whole number.
    Number,
    Flag,
    /// A MAC address, kept as twelve hex digits.
    Mac,
    /// A point in time, kept as RFC 3339 in UTC; null for none.
    Time,
    OneOf(&'static [&'static str]),
    /// Names with values.
    Map,
    /// A text that is checked, and never kept nor shown.
    Secret,
}

/// Who has to say what a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Needed {
    /// The client, when it creates or replaces a row, or calls for an action.
    Yes,
    No,
    /// The server; what a client says is ignored, so that it may send back what it was given.
    ByServer,
}

pub(crate) const fn member(
    name: &'static str,
    form: Form,
    needed: Needed,
    meaning: &'static str,
) -> Member {
    Member {
        name,
        form,
        needed,
        meaning,
    }
}

impl Form {
    /// Reads a value as leniently as PHP would, or says what it must be.
    pub(crate) fn read(self, value: &Value) -> Result<Value, String> {
        if value.is_null() {
            return Ok(Value::Null);
        }
        match self {
            Self::Text => text(value).ok_or_else(|| "must be a text".into()),
            Self::Number => number(value).ok_or_else(|| "must be a whole number".into()),
            Self::Flag => flag(value)
                .map(Value::Bool)
                .ok_or_else(|| "must be true or false".into()),
            Self::Mac => value
                .as_str()
                .and_then(mac::parse)
                .map(Value::String)
                .ok_or_else(|| "must be a MAC address, such as 00-00-5e-00-53-01".into()),
            Self::Time => read_time(value)
                .ok_or_else(|| "must be a time, such as 2030-01-31T08:00:00Z".into()),
            Self::OneOf(names) => match value.as_str() {
                Some(name) if names.contains(&name) => Ok(name.into()),
                _ => Err(format!("must be one of {}", names.join(", "))),
            },
            Self::Map => map(value).ok_or_else(|| "must be an object".into()),
            Self::Secret => match value.as_str() {
                Some(text) if !text.is_empty() => Ok(text.into()),
                _ => Err("must be a text that is not empty".into()),
            },
        }
    }
}

fn text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.map(Value::from)
}

/// What PHP makes of a flag.
pub(crate) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) if number.as_i64() == Some(0) => Some(false),
        Value::Number(number) if number.as_i64() == Some(1) => Some(true),
        Value::String(text) => match text.as_str() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// 0 and an empty text mean: no time.
fn read_time(value: &Value) -> Option<Value> {
    let none = value.as_i64() == Some(0) || matches!(value.as_str(), Some("" | "0"));
    match none {
        true => Some(Value::Null),
        false => time::of(value).map(|seconds| time::text(seconds).into()),
    }
}

/// An object, or one as JSON in a text, which is how a CSV file holds it.
fn map(value: &Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_by_their_form_or_told_what_they_must_be() {
        let cases = [
            (Form::Text, json!(7), Ok(json!("7"))),
            (Form::Text, json!({}), Err("must be a text")),
            (Form::Number, json!("42"), Ok(json!(42))),
            (Form::Number, json!(1.5), Err("must be a whole number")),
            (Form::Flag, json!("1"), Ok(json!(true))),
            (Form::Flag, json!(0), Ok(json!(false))),
            (Form::Flag, json!("yes"), Err("must be true or false")),
            (
                Form::Mac,
                json!("00-00-5E-00-53-0A"),
                Ok(json!("00005e00530a")),
            ),
            (
                Form::Mac,
                json!("00-00"),
                Err("must be a MAC address, such as 00-00-5e-00-53-01"),
            ),
            (Form::Time, json!(86_400), Ok(json!("1970-01-02T00:00:00Z"))),
            (Form::Time, json!(0), Ok(Value::Null)),
            (Form::Time, json!(""), Ok(Value::Null)),
            (
                Form::Time,
                json!("soon"),
                Err("must be a time, such as 2030-01-31T08:00:00Z"),
            ),
            (Form::OneOf(&["a", "b"]), json!("b"), Ok(json!("b"))),
            (
                Form::OneOf(&["a", "b"]),
                json!("B"),
                Err("must be one of a, b"),
            ),
            (Form::Map, json!("{\"a\":1}"), Ok(json!({ "a": 1 }))),
            (Form::Map, json!([]), Err("must be an object")),
            (
                Form::Secret,
                json!(""),
                Err("must be a text that is not empty"),
            ),
            (Form::Number, Value::Null, Ok(Value::Null)),
        ];
        for (form, value, wanted) in cases {
            let read = form.read(&value);
            assert_eq!(
                read.as_ref().map_err(String::as_str),
                wanted.as_ref().map_err(|e| *e),
                "{form:?} {value}"
            );
        }
    }
}
