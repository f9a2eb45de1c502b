//! Links in answers: absolute, built from the address that the client used, and with the odd slash
//! before a query that live answers have \[O\].

use http::header;
use serde_json::{Map, Value, json};

use super::Request;
use crate::{rows::Row, state::State, switches::LinkStyle};

pub(super) struct Links {
    address: String,
    style: LinkStyle,
}

impl Links {
    pub(super) fn of(state: &State, request: &Request<'_>) -> Self {
        let switches = &state.switches;
        Self {
            address: match &switches.link_address {
                Some(address) => address.trim_end_matches('/').to_owned(),
                None => address(state, request),
            },
            style: switches.link_style,
        }
    }

    /// A link to a path of this server.
    pub(super) fn to(&self, path: &str) -> Value {
        let link = format!("{}{path}", self.address);
        match self.style {
            LinkStyle::Objects => json!({ "href": link }),
            LinkStyle::Strings => link.into(),
        }
    }

    /// A row with the link to itself, below its collection.
    pub(super) fn with_self(&self, collection: &str, mut row: Row) -> Row {
        let id = match row.get("id") {
            Some(Value::String(id)) => encode(id),
            Some(id) => id.to_string(),
            None => String::new(),
        };
        let mut links = Map::new();
        links.insert("self".into(), self.to(&format!("{collection}/{id}")));
        row.insert("_links".into(), links.into());
        row
    }
}

/// The scheme and host of a request.
fn address(state: &State, request: &Request<'_>) -> String {
    if let Some(authority) = request.uri.authority() {
        let scheme = request.uri.scheme_str().unwrap_or("https");
        return format!("{scheme}://{authority}");
    }
    let host = request.headers.get(header::HOST);
    let host = host
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let is_plain = |number| !state.log.is_tls(number);
    match request.peer.connection.is_some_and(is_plain) {
        true => format!("http://{host}"),
        false => format!("https://{host}"),
    }
}

/// Percent encoding of everything that has a meaning in an address.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
