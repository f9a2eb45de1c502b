//! Which requests a fault meets.

use std::fmt;

use http::{Method, Request};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor},
};

/// Which requests a fault meets: all that is set must fit. In JSON an object with these members,
/// or the operation alone as a string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The kind of call.
    pub operation: Operation,
    /// The whole path, such as `/api/endpoint/7`; one that ends in `*` is the start of a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// A kind of call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// Everything under `/api`.
    #[default]
    Any,
    /// The token endpoint, whatever the grant.
    Token,
    /// A sign-in with a password.
    TokenPassword,
    /// A refresh.
    TokenRefresh,
    /// A client's own sign-in.
    TokenClientCredentials,
    /// `GET /api/oauth/me`.
    Me,
    /// `GET /api/oauth/privileges`.
    Privileges,
    /// `GET /api/oauth/all-privileges`.
    AllPrivileges,
    /// `POST /api/oauth/revoke`.
    Revoke,
    /// `GET /api/server/version`.
    ServerVersion,
    /// `GET /api/cppm-version`.
    CppmVersion,
    /// Everything under `/api` outside `/api/oauth`.
    Resource,
}

impl Match {
    /// Everything under `/api`.
    pub fn any() -> Self {
        Self::default()
    }

    /// One path, or with a final `*` the start of one.
    pub fn path(path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::default()
        }
    }

    /// Only this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    pub(crate) fn meets(&self, request: &Meeting) -> bool {
        let path_fits = self
            .path
            .as_ref()
            .is_none_or(|path| match path.strip_suffix('*') {
                Some(start) => request.path.starts_with(start),
                None => request.path == *path,
            });
        let method_fits = self
            .method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(request.method.as_str()));
        self.operation.covers(request) && path_fits && method_fits
    }
}

impl From<Operation> for Match {
    fn from(operation: Operation) -> Self {
        Self {
            operation,
            ..Self::default()
        }
    }
}

impl Operation {
    fn covers(self, request: &Meeting) -> bool {
        match self {
            Self::Any => request.path.starts_with("/api/"),
            Self::Token => request.path == "/api/oauth",
            Self::Resource => {
                request.path.starts_with("/api/") && !request.path.starts_with("/api/oauth")
            }
            one => request.operation == Some(one),
        }
    }
}

/// What a request is, for matching.
#[derive(Clone, Debug)]
pub(crate) struct Meeting {
    pub(crate) path: String,
    pub(crate) method: Method,
    pub(crate) operation: Option<Operation>,
}

impl Meeting {
    /// Looks at a request; `grant` is its grant type if it is a token request.
    pub(crate) fn of<B>(request: &Request<B>, grant: Option<&str>) -> Self {
        let path = request.uri().path().to_owned();
        let operation = match path.as_str() {
            "/api/oauth" => grant.and_then(token_operation),
            "/api/oauth/me" => Some(Operation::Me),
            "/api/oauth/privileges" => Some(Operation::Privileges),
            "/api/oauth/all-privileges" => Some(Operation::AllPrivileges),
            "/api/oauth/revoke" => Some(Operation::Revoke),
            "/api/server/version" => Some(Operation::ServerVersion),
            "/api/cppm-version" => Some(Operation::CppmVersion),
            _ => None,
        };
        Self {
            path,
            method: request.method().clone(),
            operation,
        }
    }
}

/// The operation of a token request with this grant.
pub(crate) fn token_operation(grant: &str) -> Option<Operation> {
    match grant {
        "password" => Some(Operation::TokenPassword),
        "refresh_token" => Some(Operation::TokenRefresh),
        "client_credentials" => Some(Operation::TokenClientCredentials),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Match {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(MatchVisitor)
    }
}

struct MatchVisitor;

impl<'de> Visitor<'de> for MatchVisitor {
    type Value = Match;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an operation such as \"token_refresh\", or an object with operation, path, method",
        )
    }

    fn visit_str<E: de::Error>(self, operation: &str) -> Result<Match, E> {
        let operation = Operation::deserialize(de::value::StrDeserializer::<E>::new(operation))?;
        Ok(operation.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Match, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Members {
            #[serde(default)]
            operation: Operation,
            path: Option<String>,
            method: Option<String>,
        }
        let Members {
            operation,
            path,
            method,
        } = Members::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Match {
            operation,
            path,
            method,
        })
    }
}
