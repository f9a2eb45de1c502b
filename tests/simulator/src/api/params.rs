//! The members of a request's body as the server's PHP sees them: JSON or form, loosely typed.

use axum::body::Bytes;
use http::{HeaderMap, header};
use serde_json::{Map, Value};

/// Decoded members.
#[derive(Default)]
pub(crate) struct Params(Map<String, Value>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamsError {
    MalformedJson,
    ContentType,
}

impl Params {
    /// Decodes a body by its `Content-Type`. Without one PHP decodes nothing.
    pub(crate) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, ParamsError> {
        let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
            return Ok(Self::default());
        };
        let media = content_type
            .to_str()
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let media = media.trim().to_ascii_lowercase();
        if is_json(&media) {
            return match body.is_empty() {
                true => Ok(Self::default()),
                false => Self::from_json(body),
            };
        }
        match media.as_str() {
            "application/x-www-form-urlencoded" => Ok(Self::from_form(body)),
            _ => Err(ParamsError::ContentType),
        }
    }

    fn from_json(body: &[u8]) -> Result<Self, ParamsError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            // Lists and single values have no named members.
            Ok(_) => Ok(Self::default()),
            Err(_) => Err(ParamsError::MalformedJson),
        }
    }

    /// Decodes a form body or a query.
    pub(crate) fn from_form(body: &[u8]) -> Self {
        let pairs = body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let mut halves = pair.splitn(2, |byte| *byte == b'=');
                    let name = form_decode(halves.next().unwrap_or_default());
                    let value = form_decode(halves.next().unwrap_or_default());
                    (name, Value::String(value))
                })
                .collect(),
        )
    }

    /// The members as they came.
    pub(crate) fn into_members(self) -> Map<String, Value> {
        self.0
    }

    /// A member that is there and not null, as a string; PHP's `isset`.
    pub(crate) fn set(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Bool(true) => Some("1".into()),
            Value::Bool(false) => Some(String::new()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(_) | Value::Object(_) => Some("Array".into()),
        }
    }

    /// A member that PHP takes for true: `""` and `"0"` count as missing \[L\].
    pub(crate) fn truthy(&self, name: &str) -> Option<String> {
        let empty = match self.0.get(name)? {
            Value::Array(list) => list.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Number(number) => number.as_f64() == Some(0.0),
            _ => false,
        };
        self.set(name)
            .filter(|text| !empty && !text.is_empty() && text != "0")
    }

    /// The members' names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// Percent and plus decoding, as for a form body or a query.
pub(crate) fn form_decode(text: &[u8]) -> String {
    decode(text, b' ')
}

/// Percent decoding, as for a part of a path.
pub(crate) fn percent_decode(text: &str) -> String {
    decode(text.as_bytes(), b'+')
}

fn decode(text: &[u8], plus: u8) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let hex = match (first, tail) {
            (b'%', [high, low, ..]) => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        match hex {
            Some((high, low)) => {
                decoded.push(high * 16 + low);
                rest = &tail[2..];
            }
            None => {
                decoded.push(if *first == b'+' { plus } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(content_type: &'static str, body: &'static str) -> Result<Params, ParamsError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Params::read(&headers, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn form_fields_are_decoded() {
        let params = read(
            "application/x-www-form-urlencoded; charset=utf-8",
            "a=x+y%2B%c3%a9&b&c=%zz&a=last",
        )
        .unwrap();
        assert_eq!(params.set("a").as_deref(), Some("last"));
        assert_eq!(params.set("b").as_deref(), Some(""));
        assert_eq!(params.set("c").as_deref(), Some("%zz"));
        assert_eq!(form_decode(b"x+y%2B%c3%a9"), "x y+\u{e9}");
        assert_eq!(percent_decode("x+y%2F"), "x+y/");
    }

    #[test]
    fn json_members_are_as_true_as_php_finds_them() {
        let body = r#"{"a":"0","b":"","c":0,"d":false,"e":[],"f":null,"g":7,"h":true,"i":"00"}"#;
        let params = read("application/vnd.some+json", body).unwrap();
        for name in ["a", "b", "c", "d", "e", "f", "missing"] {
            assert_eq!(params.truthy(name), None, "{name}");
        }
        assert_eq!(params.truthy("g").as_deref(), Some("7"));
        assert_eq!(params.truthy("h").as_deref(), Some("1"));
        assert_eq!(params.truthy("i").as_deref(), Some("00"));
        assert_eq!(params.set("a").as_deref(), Some("0"));
    }

    #[test]
    fn other_bodies_are_refused_or_hold_nothing() {
        assert_eq!(
            read("text/plain", "a=b").err(),
            Some(ParamsError::ContentType)
        );
        assert_eq!(
            read("application/json", "{").err(),
            Some(ParamsError::MalformedJson)
        );
        assert_eq!(read("application/json", "[1]").unwrap().names().count(), 0);
        assert_eq!(read("application/json", "").unwrap().names().count(), 0);
    }
}
