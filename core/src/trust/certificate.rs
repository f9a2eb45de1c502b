//! Reads a server's certificate for people: whom it is for, who signed it, when it is valid, and
//! its fingerprint. What is read here is shown and compared; it never decides that a chain holds.

use std::fmt;

use ring::digest::{SHA256, digest};

use super::{
    pins::pin_of,
    x509::{Attribute, X509},
};
use crate::protocol::problem::printable;

/// The longest subject or issuer that is shown, in characters.
const LONGEST_TEXT: usize = 200;
/// The most names that are shown, and the longest of them (RFC 1035 section 2.3.4 ends at 255).
const MOST_NAMES: usize = 32;
const LONGEST_NAME: usize = 255;

/// What people need to know of a certificate.
///
/// The texts come from whoever made the certificate: they are cut to a length and hold no control
/// characters, and prove nothing. The fingerprint is what to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// SHA-256 of the whole certificate, 64 lower-case hex digits.
    pub sha256: String,
    /// Whom it is for, the most specific part first, as RFC 4514 writes it.
    pub subject: String,
    /// Who signed it, written in the same way.
    pub issuer: String,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// The start of its time, in seconds since 1970 UTC.
    pub not_before: i64,
    /// The end of its time, in seconds since 1970 UTC.
    pub not_after: i64,
    /// The pin of its public key, `sha256/` and Base64, as [`Trust::and_pins`](super::Trust::and_pins)
    /// takes it; empty where it cannot be read.
    pub pin: String,
}

impl Certificate {
    /// The SHA-256 fingerprint as administrators see it, in upper case: `AB:CD:...`.
    pub fn fingerprint(&self) -> String {
        let upper = self.sha256.to_ascii_uppercase();
        let pairs: Vec<&str> = upper
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| std::str::from_utf8(pair).ok())
            .collect();
        pairs.join(":")
    }

    /// The time in which it is valid, both ends in UTC: `2026-01-01 00:00 to 2027-01-01 00:00 UTC`.
    pub fn validity(&self) -> String {
        format!("{} to {} UTC", Utc(self.not_before), Utc(self.not_after))
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |text: &str| {
            if text.is_empty() {
                "(none)".to_owned()
            } else {
                text.to_owned()
            }
        };
        write!(
            f,
            "subject {}; names {}; issuer {}; valid {}; SHA-256 {}",
            or_none(&self.subject),
            or_none(&self.names.join(", ")),
            or_none(&self.issuer),
            self.validity(),
            self.fingerprint()
        )
    }
}

/// A leaf certificate as it came from the server.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) certificate: Certificate,
    /// Whether it could be read, and is not limited to uses other than a server's (RFC 5280
    /// section 4.2.1.12).
    pub(super) for_servers: bool,
}

impl Leaf {
    /// Reads a certificate; of one that can't be read the fingerprint alone is known.
    pub(super) fn read(der: &[u8]) -> Self {
        let sha256 = sha256_hex(der);
        let Ok(parsed) = X509::read(der) else {
            let certificate = Certificate {
                sha256,
                subject: String::new(),
                issuer: String::new(),
                names: Vec::new(),
                not_before: 0,
                not_after: 0,
                pin: String::new(),
            };
            return Self {
                certificate,
                for_servers: false,
            };
        };
        let certificate = Certificate {
            sha256,
            subject: name_text(parsed.subject()),
            issuer: name_text(parsed.issuer()),
            names: parsed
                .alternative_names()
                .iter()
                .take(MOST_NAMES)
                .map(|name| printable(name, LONGEST_NAME))
                .collect(),
            not_before: parsed.not_before,
            not_after: parsed.not_after,
            pin: pin_of(parsed.public_key),
        };
        Self {
            certificate,
            for_servers: parsed.is_for_servers(),
        }
    }
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn name_text(name: Vec<Vec<Attribute>>) -> String {
    let parts: Vec<String> = name
        .iter()
        .rev()
        .map(|set| set.iter().map(attribute_text).collect::<Vec<_>>().join("+"))
        .collect();
    printable(&parts.join(","), LONGEST_TEXT)
}

fn attribute_text(attribute: &Attribute) -> String {
    let mut text = format!("{}=", attribute.kind);
    for letter in attribute.value.chars().take(LONGEST_TEXT) {
        // So that no value looks like a further part of the name.
        if matches!(letter, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

/// Seconds since 1970 as a date and time.
struct Utc(i64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // Days are counted in eras of 400 years that begin on 1 March, so that a leap day is the
        // last day of its year.
        let from_march_0000 = days + 719_468;
        let (era, day_of_era) = (
            from_march_0000.div_euclid(146_097),
            from_march_0000.rem_euclid(146_097),
        );
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let (hour, minute) = (seconds / 3_600, seconds % 3_600 / 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;

    fn made(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params =
            CertificateParams::new(vec!["clearpass.example".into(), "127.0.0.1".into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 2, 28);
        change(&mut params);
        params
            .self_signed(&KeyPair::generate().unwrap())
            .unwrap()
            .der()
            .to_vec()
    }

    #[test]
    fn a_certificate_is_read_for_people() {
        let der = made(|params| {
            params.distinguished_name = DistinguishedName::new();
            params.distinguished_name.push(DnType::CountryName, "DE");
            params
                .distinguished_name
                .push(DnType::OrganizationName, "Example, Inc");
            params
                .distinguished_name
                .push(DnType::CommonName, "clearpass.example");
        });
        let Leaf {
            certificate,
            for_servers,
        } = Leaf::read(&der);
        assert!(for_servers);
        assert!(
            certificate.subject.starts_with("CN="),
            "{}",
            certificate.subject
        );
        assert!(
            certificate.subject.contains("O=Example\\, Inc"),
            "{}",
            certificate.subject
        );
        assert_eq!(certificate.subject, certificate.issuer);
        assert_eq!(certificate.names, ["clearpass.example", "127.0.0.1"]);
        assert_eq!(
            certificate.validity(),
            "2026-01-01 00:00 to 2027-02-28 00:00 UTC"
        );
        assert_eq!(certificate.sha256, sha256_hex(&der));
        assert_eq!(certificate.sha256.len(), 64);
    }

    #[test]
    fn a_fingerprint_reads_as_administrators_see_it() {
        let fingerprint = Leaf::read(&made(|_| ())).certificate.fingerprint();
        assert_eq!(fingerprint.len(), 32 * 3 - 1);
        assert_eq!(fingerprint, fingerprint.to_uppercase());
        assert!(
            fingerprint
                .split(':')
                .all(|pair| u8::from_str_radix(pair, 16).is_ok())
        );
    }

    #[test]
    fn a_name_cannot_pretend_or_paint_over_the_screen() {
        let der = made(|params| {
            let name = format!("good\u{202e}\n\u{1b}[2J{}", "x".repeat(1_000));
            params.distinguished_name.push(DnType::CommonName, name);
        });
        let subject = Leaf::read(&der).certificate.subject;
        assert!(subject.chars().count() <= LONGEST_TEXT, "{subject}");
        assert!(
            !subject.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{subject:?}"
        );
    }

    #[test]
    fn what_is_no_certificate_has_a_fingerprint_alone() {
        let whole = made(|_| ());
        for broken in [
            &b"no certificate"[..],
            &whole[..whole.len() - 1],
            &[&whole[..], b"x"].concat(),
        ] {
            let leaf = Leaf::read(broken);
            assert!(!leaf.for_servers);
            assert_eq!(leaf.certificate.sha256, sha256_hex(broken));
            assert!(leaf.certificate.names.is_empty());
        }
    }

    #[test]
    fn a_certificate_for_other_uses_is_not_for_servers() {
        use rcgen::ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
        for (usages, fits) in [
            (vec![], true),
            (vec![ServerAuth], true),
            (vec![ClientAuth], false),
            (vec![ClientAuth, Any], true),
        ] {
            let der = made(|params| params.extended_key_usages = usages.clone());
            assert_eq!(Leaf::read(&der).for_servers, fits, "{usages:?}");
        }
    }

    #[test]
    fn names_are_read_in_the_writings_that_certificates_have() {
        use rcgen::{
            DnValue,
            string::{BmpString, Ia5String, TeletexString},
        };
        let bmp = BmpString::try_from("Bär 日本").unwrap();
        let teletex = TeletexString::try_from("Old").unwrap();
        let ia5 = Ia5String::try_from("it@example").unwrap();
        let email = DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]);
        let unknown = DnType::CustomDnType(vec![1, 2, 3, 4]);
        for (kind, value, text) in [
            (DnType::CommonName, DnValue::BmpString(bmp), "CN=Bär 日本"),
            (
                DnType::CommonName,
                DnValue::TeletexString(teletex),
                "CN=Old",
            ),
            (email, DnValue::Ia5String(ia5), "emailAddress=it@example"),
            (unknown, DnValue::Utf8String("x".to_owned()), "1.2.3.4=x"),
        ] {
            let der = made(|params| {
                params.distinguished_name = DistinguishedName::new();
                params.distinguished_name.push(kind, value);
            });
            assert_eq!(Leaf::read(&der).certificate.subject, text);
        }
    }

    #[test]
    fn a_part_that_cannot_be_read_hides_no_other() {
        let universal = rcgen::string::UniversalString::try_from("rare").unwrap();
        let der = made(|params| {
            params.distinguished_name = DistinguishedName::new();
            let value = rcgen::DnValue::UniversalString(universal);
            params.distinguished_name.push(DnType::CommonName, value);
            params.not_after = rcgen::date_time_ymd(2060, 1, 1);
        });
        let leaf = Leaf::read(&der);
        assert!(leaf.for_servers);
        assert_eq!(leaf.certificate.subject, "");
        assert_eq!(leaf.certificate.names.len(), 2);
        assert!(leaf.certificate.pin.starts_with("sha256/"));
        assert_eq!(
            leaf.certificate.validity(),
            "2026-01-01 00:00 to 2060-01-01 00:00 UTC"
        );
    }

    #[test]
    fn uses_that_contradict_or_cannot_be_read_are_not_those_of_a_server() {
        const SERVER: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
        let uses = |value: &[u8]| {
            rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 37], value.to_vec())
        };
        for (extensions, fits) in [
            (vec![uses(SERVER)], true),
            (vec![uses(SERVER), uses(SERVER)], false),
            (vec![uses(&SERVER[..5])], false),
        ] {
            let der = made(|params| params.custom_extensions = extensions);
            assert_eq!(Leaf::read(&der).for_servers, fits);
        }
    }

    #[test]
    fn no_byte_of_a_certificate_makes_reading_panic() {
        let whole = made(|_| ());
        for at in 0..whole.len() {
            Leaf::read(&whole[..at]);
            for other in [
                0x00,
                0x80,
                0xff,
                whole[at] ^ 0x20,
                whole[at].wrapping_add(1),
            ] {
                let mut changed = whole.clone();
                changed[at] = other;
                Leaf::read(&changed);
            }
        }
    }

    #[test]
    fn dates_are_right_at_the_edges() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00"),
            (-1, "1969-12-31 23:59"),
            (951_782_400, "2000-02-29 00:00"),
            (4_107_542_400, "2100-03-01 00:00"),
            (253_402_300_799, "9999-12-31 23:59"),
        ] {
            assert_eq!(Utc(seconds).to_string(), text);
        }
    }
}
