//! Pins: the public keys that this app accepts from its server, in addition to everything else
//! that a certificate has to fulfil.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

use crate::error::{Code, Error};

const PREFIX: &str = "sha256/";

/// The accepted keys, as SHA-256 of their SubjectPublicKeyInfo (RFC 7469 section 2.4).
#[derive(Debug)]
pub(super) struct Pins(Vec<String>);

impl Pins {
    /// Reads pins as an app gives them; `None` when it gives none.
    ///
    /// # Errors
    /// `invalid_input` names the pin that is none, or says that there is no second one.
    pub(super) fn read(given: &[String]) -> Result<Option<Self>, Error> {
        if given.is_empty() {
            return Ok(None);
        }
        let mut pins = Vec::with_capacity(given.len());
        for text in given {
            let text = text.trim();
            let digest = STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text));
            match digest {
                Ok(digest) if digest.len() == SHA256.output_len() => pins.push(written(&digest)),
                _ => {
                    return Err(invalid(&format!(
                        "The pin `{}` is none. A pin is {PREFIX} and 44 characters of Base64, the \
                     SHA-256 of a server's public key.",
                        crate::protocol::problem::printable(text, 60)
                    )));
                }
            }
        }
        pins.sort();
        pins.dedup();
        if pins.len() < 2 {
            return Err(invalid(
                "One pin alone locks everybody out on the day when the server's key is replaced. \
                 Give a second one, of a key that is kept for that day.",
            ));
        }
        Ok(Some(Self(pins)))
    }

    /// Whether a key is among them, by its own pin.
    pub(super) fn hold(&self, pin: &str) -> bool {
        self.0.iter().any(|held| held == pin)
    }
}

/// The pin of a key, from its SubjectPublicKeyInfo in DER.
pub(super) fn pin_of(key_info: &[u8]) -> String {
    written(digest(&SHA256, key_info).as_ref())
}

fn written(digest: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(digest))
}

fn invalid(text: &str) -> Error {
    Error::with_message(Code::InvalidInput, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Result<Option<Pins>, Error> {
        let given: Vec<String> = given.iter().map(|&pin| pin.to_owned()).collect();
        Pins::read(&given)
    }

    #[test]
    fn a_pin_is_read_with_and_without_its_prefix() {
        let (one, other) = (pin_of(b"one"), pin_of(b"other"));
        let pins = read(&[&one, other.strip_prefix(PREFIX).unwrap()]).unwrap();
        let pins = pins.expect("two pins");
        assert!(pins.hold(&one) && pins.hold(&other));
        assert!(!pins.hold(&pin_of(b"third")) && !pins.hold(""));
        assert!(read(&[]).unwrap().is_none());
    }

    #[test]
    fn what_is_no_pin_is_named() {
        let good = pin_of(b"one");
        for bad in [
            "",
            "sha256/",
            "sha256/abc",
            "sha1/AAAA",
            "\u{202e}x",
            &good[..30],
        ] {
            let error = read(&[&good, bad]).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{bad}");
            assert!(error.to_string().contains("is none"), "{error}");
        }
    }

    #[test]
    fn one_pin_without_a_backup_is_refused() {
        let pin = pin_of(b"one");
        for given in [&[pin.as_str()][..], &[&pin, &pin]] {
            let error = read(given).unwrap_err();
            assert!(error.to_string().contains("second one"), "{error}");
        }
    }
}
