//! The SHA-256 fingerprint of a certificate, as people copy it from a page, a letter or a tool.

use std::str::FromStr;

/// 64 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// Whether it is the certificate's.
    pub(crate) fn is(&self, sha256: &str) -> bool {
        self.0.eq_ignore_ascii_case(sha256)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    /// Takes hex digits in any case, with colons, dashes or spaces between them, and what tools
    /// write before them (`SHA256 Fingerprint=`).
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.rsplit('=').next().unwrap_or_default().trim();
        let digits: String = digits
            .chars()
            .filter(|c| !matches!(c, ':' | '-' | ' '))
            .collect();
        if digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            Ok(Self(digits.to_ascii_lowercase()))
        } else {
            Err("a SHA-256 fingerprint has 64 hex digits, such as 8D:EA:B8:…".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_people_have_it() {
        let plain = "0123456789abcdef".repeat(4);
        let pairs: Vec<String> = plain
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
            .collect();
        for text in [
            plain.clone(),
            plain.to_uppercase(),
            pairs.join(":"),
            pairs.join(" "),
            pairs.join("-"),
            format!(" sha256 Fingerprint={}\n", pairs.join(":")),
        ] {
            let read: Fingerprint = text.parse().unwrap();
            assert!(read.is(&plain), "{text}");
            assert!(!read.is(&"f".repeat(64)));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let long = "a".repeat(65);
        for text in ["", "8D:EA", "trust", &long, &"g".repeat(64)] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
