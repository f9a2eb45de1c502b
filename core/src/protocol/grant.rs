//! Bodies of requests to the token endpoint, as JSON (\[V\] Content-Type `application/json`) or as a
//! form (RFC 6749 section 4.3.2). They are written straight into memory that is wiped, so that no
//! copy of a password stays behind.

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use url::form_urlencoded::byte_serialize;

use crate::{
    config::Dialect,
    secret::{Secret, SecretBytes},
    transport::Request,
};

/// A request to the token endpoint.
pub(crate) enum Grant<'a> {
    /// A person's name and password (RFC 6749 section 4.3.2).
    Password {
        username: &'a str,
        password: &'a Secret,
    },
    /// A refresh token (RFC 6749 section 6).
    RefreshToken(&'a Secret),
    /// The client alone (RFC 6749 section 4.4.2).
    ClientCredentials,
}

/// Gives a request the body for a grant. A public client sends its id alone, a confidential one its
/// secret with every request, also on refresh \[L\].
pub(crate) fn ask_for(
    request: &mut Request,
    dialect: Dialect,
    grant: &Grant<'_>,
    client_id: &str,
    client_secret: Option<&Secret>,
) {
    let mut members: Vec<(&str, &str)> = Vec::with_capacity(5);
    match grant {
        Grant::Password { username, password } => members.extend([
            ("grant_type", "password"),
            ("username", username),
            ("password", password.expose()),
        ]),
        Grant::RefreshToken(token) => {
            members.extend([
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose()),
            ]);
        }
        Grant::ClientCredentials => members.push(("grant_type", "client_credentials")),
    }
    members.push(("client_id", client_id));
    if let Some(secret) = client_secret {
        members.push(("client_secret", secret.expose()));
    }
    request.body = Some(body(dialect, &members, &mut request.headers));
}

/// Gives a request the body of a revocation (RFC 7009 section 2.1); upstream takes it, whether
/// ClearPass does is not known.
pub(crate) fn revoke(request: &mut Request, dialect: Dialect, token: &Secret, hint: &str) {
    let members = [("token", token.expose()), ("token_type_hint", hint)];
    request.body = Some(body(dialect, &members, &mut request.headers));
}

fn body(dialect: Dialect, members: &[(&str, &str)], headers: &mut HeaderMap) -> SecretBytes {
    match dialect {
        Dialect::ClearPass => object(members),
        Dialect::Rfc6749 => {
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, kind);
            form(members)
        }
    }
}

fn form(members: &[(&str, &str)]) -> SecretBytes {
    let mut body = SecretBytes::default();
    for (at, (name, value)) in members.iter().enumerate() {
        if at > 0 {
            body.extend(b"&");
        }
        body.extend(name.as_bytes());
        body.extend(b"=");
        for piece in byte_serialize(value.as_bytes()) {
            body.extend(piece.as_bytes());
        }
    }
    body
}

fn object(members: &[(&str, &str)]) -> SecretBytes {
    let mut body = SecretBytes::default();
    for (at, (name, value)) in members.iter().enumerate() {
        body.extend(if at == 0 { b"{" } else { b"," });
        string(&mut body, name);
        body.extend(b":");
        string(&mut body, value);
    }
    body.extend(b"}");
    body
}

/// A JSON string (RFC 8259 section 7), byte by byte.
fn string(body: &mut SecretBytes, text: &str) {
    body.extend(b"\"");
    for byte in text.bytes() {
        match byte {
            b'"' => body.extend(b"\\\""),
            b'\\' => body.extend(b"\\\\"),
            0..0x20 => {
                let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
                body.extend(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
            other => body.extend(&[other]),
        }
    }
    body.extend(b"\"");
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::transport::{Lane, Limits};

    /// The content type and the body of a token request.
    fn sent(
        dialect: Dialect,
        grant: &Grant<'_>,
        client: &str,
        secret: Option<&Secret>,
    ) -> (Option<String>, String) {
        let url = "https://clearpass.example/api/oauth".parse().unwrap();
        let mut request = Request::new(Lane::SignIn, http::Method::POST, url, Limits::REFRESH);
        ask_for(&mut request, dialect, grant, client, secret);
        let kind = request.headers.get(CONTENT_TYPE);
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let body = request.body.unwrap();
        (kind, String::from_utf8(body.expose().to_vec()).unwrap())
    }

    #[test]
    fn a01_a_public_client_sends_the_vendors_example() {
        let password = Secret::from("abc123");
        let grant = Grant::Password {
            username: "qa",
            password: &password,
        };
        assert_eq!(
            sent(Dialect::ClearPass, &grant, "QuickAccess", None),
            (None, r#"{"grant_type":"password","username":"qa","password":"abc123","client_id":"QuickAccess"}"#.to_owned())
        );
    }

    #[test]
    fn a03_a_confidential_client_sends_its_secret_on_refresh_too() {
        let (token, secret) = (Secret::from("r1"), Secret::from("s3cret"));
        assert_eq!(
            sent(
                Dialect::ClearPass,
                &Grant::RefreshToken(&token),
                "Lab",
                Some(&secret)
            )
            .1,
            r#"{"grant_type":"refresh_token","refresh_token":"r1","client_id":"Lab","client_secret":"s3cret"}"#
        );
    }

    #[test]
    fn any_text_survives_in_either_dialect() {
        for password in [
            "\"\\/\u{8}\n\r\t",
            "\u{0}\u{1f}\u{7f}",
            "pässwörd 密码 🔑",
            "'; -- & a=b + c % d",
        ] {
            let secret = Secret::from(password);
            let grant = Grant::Password {
                username: password,
                password: &secret,
            };
            let (kind, json) = sent(Dialect::ClearPass, &grant, "c", None);
            assert_eq!(kind, None);
            let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(parsed["password"], password);
            assert_eq!(parsed["username"], password);

            let (kind, form) = sent(Dialect::Rfc6749, &grant, "c", Some(&secret));
            assert_eq!(kind.as_deref(), Some("application/x-www-form-urlencoded"));
            let parsed: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).collect();
            assert_eq!(parsed.len(), 5);
            assert_eq!(parsed["grant_type"], "password");
            for member in ["username", "password", "client_secret"] {
                assert_eq!(parsed[member], password, "{member}");
            }
        }
    }

    #[test]
    fn a_revocation_is_written_in_the_dialect_too() {
        let url = "https://clearpass.example/api/oauth/revoke"
            .parse()
            .unwrap();
        let mut request = Request::new(Lane::Refresh, http::Method::POST, url, Limits::REFRESH);
        revoke(
            &mut request,
            Dialect::Rfc6749,
            &Secret::from("a+b"),
            "access_token",
        );
        assert_eq!(
            request.body.unwrap().expose(),
            b"token=a%2Bb&token_type_hint=access_token"
        );
    }
}
