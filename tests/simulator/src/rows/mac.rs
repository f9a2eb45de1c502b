//! MAC addresses in any notation: `00-00-5E-00-53-01`, `00:00:5e:00:53:01`, `0000.5e00.5301`,
//! `00005e005301`. Kept as twelve lower-case hex digits, the form of live lists \[C\].

/// Twelve lower-case hex digits, or none if it is no MAC address.
pub(crate) fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = match text.chars().find(|c| !c.is_ascii_hexdigit()) {
        None => text.into(),
        Some(separator @ (':' | '-' | '.' | ' ')) => {
            let groups: Vec<&str> = text.split(separator).collect();
            let size = match groups.len() {
                6 => 2,
                3 => 4,
                2 => 6,
                _ => return None,
            };
            if groups.iter().any(|group| group.len() != size) {
                return None;
            }
            groups.concat()
        }
        Some(_) => return None,
    };
    let is_mac = digits.len() == 12 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_mac.then(|| digits.to_ascii_lowercase())
}

/// Whether a MAC address is locally administered, as those are that phones make up for each
/// network.
pub(crate) fn is_local(mac: &str) -> bool {
    let first = mac
        .get(..2)
        .and_then(|byte| u8::from_str_radix(byte, 16).ok());
    first.is_some_and(|byte| byte & 2 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_read_and_nothing_else() {
        for fine in [
            "00005e0053af",
            "00005E0053AF",
            "00:00:5e:00:53:af",
            "00-00-5E-00-53-AF",
            "0000.5e00.53af",
            "00005e-0053af",
            " 00 00 5e 00 53 af ",
        ] {
            assert_eq!(parse(fine).as_deref(), Some("00005e0053af"), "{fine}");
        }
        for wrong in [
            "",
            "00005e0053a",
            "00005e0053afa",
            "0:0:5e:0:53:af",
            "00:00:5e:00:53",
            "00:00-5e:00:53:af",
            "00005e0053ag",
            "00:00:5e:00:53:a\u{e9}",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert!(is_local("02005e000001") && !is_local("00005e005301") && !is_local(""));
    }
}
