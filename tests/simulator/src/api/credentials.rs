//! Who the API client says it is, and whether that is true. HTTP Basic is read first \[L\].

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

use super::{params::Params, token::Refusal};
use crate::{scenario::ApiClient, state::State};

/// A client id with the secret that came along, if one did.
pub(crate) struct ClientCredentials {
    pub(crate) id: String,
    secret: Option<String>,
}

impl ClientCredentials {
    /// Reads them from the header, else from the body. An empty secret is none \[L\].
    pub(crate) fn find(headers: &HeaderMap, params: &Params) -> Option<Self> {
        let (id, secret) = basic(headers).or_else(|| {
            Some((
                params.set("client_id")?,
                params.set("client_secret").unwrap_or_default(),
            ))
        })?;
        Some(Self {
            id,
            secret: Some(secret).filter(|secret| !secret.is_empty()),
        })
    }

    /// Finds the client. A disabled one is as good as unknown \[I\].
    pub(crate) fn check(self, state: &State, needs_secret: bool) -> Result<ApiClient, Refusal> {
        let known = state.client(&self.id);
        let missing = match known {
            None => Some("There is no such API client"),
            Some(client) if !client.enabled => Some("The API client is disabled"),
            Some(_) => None,
        };
        let refuse = |told: &str, reason: &str| {
            Err(Refusal::hiding(
                "invalid_client",
                told,
                missing.unwrap_or(reason),
            ))
        };
        let client = known.filter(|client| client.enabled);
        match (self.secret, client) {
            (None, _) if needs_secret => refuse(
                "client credentials are required",
                "No client secret was sent, which this grant needs",
            ),
            (None, Some(client)) if client.public => Ok(client.clone()),
            (None, _) => refuse(
                "This client is invalid or must authenticate using a client secret",
                "No client secret was sent, and the API client is not public",
            ),
            (Some(secret), Some(client))
                if client
                    .secret
                    .as_ref()
                    .is_some_and(|own| own.expose() == secret) =>
            {
                Ok(client.clone())
            }
            (Some(_), client) => refuse(
                "The client credentials are invalid",
                match client {
                    Some(client) if client.public => "A client secret was sent for a public client",
                    _ => "The client secret is wrong",
                },
            ),
        }
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
