//! What an answer of the token endpoint means for the session: tokens, a refusal, a wish to wait,
//! or nothing that can be relied on.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::problem::{Problem, retry_after};
use crate::{
    environment::Now,
    error::Code,
    secret::Secret,
    session::event::{Failure, Grant, Lifetime, Outcome},
    transport::{Reach, Reply, SendCause, SendFailure, redirect},
};

/// A token pair as the server gave it.
#[derive(Debug)]
pub(crate) struct TokenPair {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
}

/// Judges an answer to a request that was sent at `sent`. `secrets` are the texts that were in
/// the request; what the server says is not shown when it repeats one.
pub(crate) fn judge(
    answer: Result<Reply, SendFailure>,
    sent: Now,
    secrets: &[&Secret],
) -> (Outcome, Option<TokenPair>) {
    let reply = match answer {
        Ok(reply) => reply,
        Err(failure) => return (lost(&failure), None),
    };
    let status = reply.status.as_u16();
    let failed = |code| Failure {
        after: retry_after(&reply, sent.wall),
        ..Failure::new(code)
    };
    let outcome = match status {
        200..=299 => match read(&reply) {
            Some((pair, lifetime)) => {
                let refresh_token = pair.refresh.is_some();
                let grant = Grant {
                    sent,
                    lifetime,
                    refresh_token,
                };
                return (Outcome::Granted(grant), Some(pair));
            }
            None => Outcome::Unknown(failed(Code::BadReply)),
        },
        300..=399 => Outcome::Unknown(Failure {
            detail: redirect::place_of(&reply).map(|place| shown(place, secrets)),
            ..failed(Code::Redirected)
        }),
        429 => Outcome::Busy(failed(Code::ServerBusy)),
        503 => Outcome::Unknown(failed(Code::ServerBusy)),
        500..=599 => Outcome::Unknown(failed(Code::ServerError)),
        408 | 425 => Outcome::Unknown(failed(Code::Timeout)),
        _ => match Problem::read(&reply) {
            Some(problem) => refused(&problem, secrets),
            None if status == 404 => Outcome::Unknown(failed(Code::NotClearpass)),
            None => Outcome::Unknown(failed(Code::BadReply)),
        },
    };
    (outcome, None)
}

fn refused(problem: &Problem, secrets: &[&Secret]) -> Outcome {
    let code = problem.known();
    Outcome::Refused {
        invalid_grant: code == Some(Code::CredentialsRejected),
        failure: Failure {
            detail: Some(shown(problem.text(), secrets)),
            ..Failure::new(code.unwrap_or(Code::ServerRefused))
        },
    }
}

/// A text of the server, unless it repeats a secret of the request.
fn shown(text: String, secrets: &[&Secret]) -> String {
    let repeats = |secret: &&Secret| secret.expose().len() > 2 && text.contains(secret.expose());
    if secrets.iter().any(repeats) {
        "a text that repeats a secret and is not shown".to_owned()
    } else {
        text
    }
}

/// No whole answer came.
fn lost(failure: &SendFailure) -> Outcome {
    let code = match &failure.cause {
        SendCause::Offline => Code::Offline,
        SendCause::Timeout => Code::Timeout,
        SendCause::Trust(failure) => failure.code(),
        SendCause::Tls => Code::TlsFailed,
        SendCause::Truncated | SendCause::TooLarge | SendCause::NotHttp => Code::BadReply,
        SendCause::Unsendable => Code::Internal,
    };
    match failure.reach {
        Reach::NotSent => Outcome::NotSent(Failure::new(code)),
        Reach::Unknown => Outcome::Unknown(Failure::new(code)),
    }
}

/// A success with a usable access token (RFC 6749 section 5.1).
fn read(reply: &Reply) -> Option<(TokenPair, Lifetime)> {
    let wire: Wire = serde_json::from_slice(reply.body.expose()).ok()?;
    let access = wire.access_token.0.filter(usable)?;
    if wire
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return None;
    }
    let refresh = wire.refresh_token.0.filter(|token| !token.is_empty());
    Some((
        TokenPair { access, refresh },
        wire.expires_in.unwrap_or(Lifetime::Unsaid),
    ))
}

/// Whether a token can stand in a header (RFC 6750 section 2.1, taken widely).
fn usable(token: &Secret) -> bool {
    !token.is_empty() && token.expose().bytes().all(|byte| byte.is_ascii_graphic())
}

#[derive(Deserialize)]
struct Wire {
    access_token: WireSecret,
    #[serde(default)]
    refresh_token: WireSecret,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default, deserialize_with = "lifetime")]
    expires_in: Option<Lifetime>,
}

/// A text that goes straight into wiped memory; anything else counts as none.
#[derive(Default)]
struct WireSecret(Option<Secret>);

impl<'de> Deserialize<'de> for WireSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = WireSecret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<WireSecret, E> {
                Ok(WireSecret(Some(Secret::from(text))))
            }

            fn visit_unit<E: de::Error>(self) -> Result<WireSecret, E> {
                Ok(WireSecret(None))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// `expires_in`: whole seconds; a missing one is unsaid; zero, negative or no number is odd.
fn lifetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Lifetime>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let seconds = match &value {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::Number(number) => number.as_f64().unwrap_or(0.0),
        _ => 0.0,
    };
    Ok(Some(if seconds > 0.0 {
        // A float cast saturates, so no number is too large here.
        Lifetime::Known((seconds * 1_000.0) as u64)
    } else {
        Lifetime::Odd
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{environment::BootId, protocol::problem::tests::reply};

    const NOW: Now = Now {
        boot_id: BootId(1),
        boot: 5,
        wall: 9,
    };

    fn outcome(status: u16, body: &str) -> Outcome {
        judge(Ok(reply(status, body)), NOW, &[]).0
    }

    #[test]
    fn a01_the_vendors_sample_is_a_grant() {
        let sample = r#"{"access_token":"81d3136c9025c394222d6202375924d30330ce9a","expires_in":28800,"token_type":"Bearer","scope":null ,"refresh_token":"2fb63c38824eb2c0c75bf3894eda9109019b8c86"}"#;
        let (outcome, pair) = judge(Ok(reply(200, sample)), NOW, &[]);
        let grant = Grant {
            sent: NOW,
            lifetime: Lifetime::Known(28_800_000),
            refresh_token: true,
        };
        assert_eq!(outcome, Outcome::Granted(grant));
        assert_eq!(pair.unwrap().access.expose().len(), 40);
    }

    #[test]
    fn a16_lifetimes_are_known_unsaid_or_odd() {
        for (member, expected) in [
            (r#","expires_in":1"#, Lifetime::Known(1_000)),
            (r#","expires_in":1e300"#, Lifetime::Known(u64::MAX)),
            ("", Lifetime::Unsaid),
            (r#","expires_in":null"#, Lifetime::Unsaid),
            (r#","expires_in":0"#, Lifetime::Odd),
            (r#","expires_in":-5"#, Lifetime::Odd),
            (r#","expires_in":"28800""#, Lifetime::Odd),
            (r#","expires_in":[1]"#, Lifetime::Odd),
        ] {
            let body = format!(r#"{{"access_token":"a"{member}}}"#);
            match outcome(200, &body) {
                Outcome::Granted(grant) => assert_eq!(grant.lifetime, expected, "{member}"),
                other => panic!("{member}: {other:?}"),
            }
        }
    }

    #[test]
    fn a02_an_answer_without_a_usable_token_leaves_open_what_the_server_did() {
        for body in [
            "",
            "<html></html>",
            "{}",
            "[]",
            r#"{"access_token":""}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"cut"#,
        ] {
            let Outcome::Unknown(failure) = outcome(200, body) else {
                panic!("{body}")
            };
            assert_eq!(failure.code, Code::BadReply);
        }
    }

    #[test]
    fn a02_the_code_decides_whatever_the_status() {
        for status in [400, 401, 403, 422] {
            for (title, code) in [
                ("invalid_grant", Code::CredentialsRejected),
                ("invalid_client", Code::ClientUnknown),
                ("unauthorized_client", Code::GrantNotEnabled),
                ("unsupported_grant_type", Code::GrantNotEnabled),
                ("invalid_request", Code::ServerRefused),
                ("banned", Code::ServerRefused),
            ] {
                for body in [
                    format!(r#"{{"title":"{title}"}}"#),
                    format!(r#"{{"error":"{title}"}}"#),
                ] {
                    let Outcome::Refused {
                        invalid_grant,
                        failure,
                    } = outcome(status, &body)
                    else {
                        panic!("{status} {body}")
                    };
                    assert_eq!(failure.code, code);
                    assert_eq!(invalid_grant, title == "invalid_grant");
                }
            }
        }
    }

    #[test]
    fn a02_server_faults_and_pages_of_others_are_no_answer() {
        for (status, body, code) in [
            (500, r#"{"title":"invalid_grant"}"#, Code::ServerError),
            (502, "<html>", Code::ServerError),
            (503, "", Code::ServerBusy),
            (403, "<html>proxy</html>", Code::BadReply),
            (404, "<html>", Code::NotClearpass),
            (302, "", Code::Redirected),
        ] {
            let Outcome::Unknown(failure) = outcome(status, body) else {
                panic!("{status}")
            };
            assert_eq!(failure.code, code, "{status}");
        }
        assert!(matches!(outcome(429, ""), Outcome::Busy(_)));
    }

    #[test]
    fn a29_a_refusal_that_repeats_a_secret_is_not_shown() {
        let password = Secret::from("hunter22");
        let body = r#"{"title":"odd","detail":"no user with hunter22"}"#;
        let (outcome, _) = judge(Ok(reply(400, body)), NOW, &[&password]);
        assert!(!format!("{outcome:?}").contains("hunter22"));
    }
}
