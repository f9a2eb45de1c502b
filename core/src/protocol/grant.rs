//! Bodies of requests to the token endpoint, as JSON (\[V\] Content-Type `application/json`). They
//! are written straight into memory that is wiped, so that no copy of a password stays behind.

use crate::secret::{Secret, SecretBytes};

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

/// The JSON body. A public client sends its id alone, a confidential one its secret with every
/// request, also on refresh \[L\].
pub(crate) fn body(
    grant: &Grant<'_>,
    client_id: &str,
    client_secret: Option<&Secret>,
) -> SecretBytes {
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
    object(&members)
}

/// The body of a revocation (RFC 7009 section 2.1); upstream takes it, whether ClearPass does is
/// not known.
pub(crate) fn revocation(token: &Secret, hint: &str) -> SecretBytes {
    object(&[("token", token.expose()), ("token_type_hint", hint)])
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
    use super::*;

    fn text(body: &SecretBytes) -> &str {
        std::str::from_utf8(body.expose()).unwrap()
    }

    #[test]
    fn a01_a_public_client_sends_the_vendors_example() {
        let password = Secret::from("abc123");
        let grant = Grant::Password {
            username: "qa",
            password: &password,
        };
        assert_eq!(
            text(&body(&grant, "QuickAccess", None)),
            r#"{"grant_type":"password","username":"qa","password":"abc123","client_id":"QuickAccess"}"#
        );
    }

    #[test]
    fn a03_a_confidential_client_sends_its_secret_on_refresh_too() {
        let (token, secret) = (Secret::from("r1"), Secret::from("s3cret"));
        assert_eq!(
            text(&body(&Grant::RefreshToken(&token), "Lab", Some(&secret))),
            r#"{"grant_type":"refresh_token","refresh_token":"r1","client_id":"Lab","client_secret":"s3cret"}"#
        );
    }

    #[test]
    fn any_text_survives_as_json() {
        for password in [
            "\"\\/\u{8}\n\r\t",
            "\u{0}\u{1f}\u{7f}",
            "pässwörd 密码 🔑",
            "'; --",
        ] {
            let secret = Secret::from(password);
            let grant = Grant::Password {
                username: password,
                password: &secret,
            };
            let body = body(&grant, "c", None);
            let parsed: serde_json::Value = serde_json::from_slice(body.expose()).unwrap();
            assert_eq!(parsed["password"], password);
            assert_eq!(parsed["username"], password);
        }
    }
}
