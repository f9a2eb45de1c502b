//! MAC addresses in any notation that people and devices use.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::error::{Code, Error};

/// The MAC address of a device.
///
/// ```
/// use quickaccess::MacAddress;
///
/// for typed in ["00-00-5E-00-53-AF", "00:00:5e:00:53:af", "0000.5e00.53af", "00005e0053af"] {
///     assert_eq!(MacAddress::parse(typed)?.to_string(), "00:00:5e:00:53:af");
/// }
/// # Ok::<(), quickaccess::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// Six bytes as an address.
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// Reads an address: twelve hexadecimal digits in either case, alone or in groups of two, four
    /// or six with colons, dashes, dots or spaces between them. In groups of two a leading zero may
    /// be missing, as some systems print them.
    ///
    /// # Errors
    /// `invalid_input` when it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        read(text.trim()).ok_or_else(|| {
            Error::with_message(
                Code::InvalidInput,
                "This is no MAC address. Give it like 00:00:5e:00:53:01.",
            )
        })
    }

    /// The six bytes.
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// Twelve lower-case digits, as lists show it \[C\].
    pub fn bare(self) -> String {
        self.joined("", false)
    }

    /// Whether it is made up by the device, as phones do for each network (the locally administered
    /// bit).
    pub const fn is_randomized(self) -> bool {
        self.0[0] & 2 != 0
    }

    /// All notations that a server may have stored it in.
    pub fn notations(self) -> Vec<String> {
        let forms = ["", ":", "-"].map(|between| [false, true].map(|upper| (between, upper)));
        let forms = forms.into_iter().flatten();
        let mut notations: Vec<String> = forms
            .map(|(between, upper)| self.joined(between, upper))
            .collect();
        notations.dedup();
        notations
    }

    fn joined(self, between: &str, upper: bool) -> String {
        let digits = self.0.map(|byte| match upper {
            true => format!("{byte:02X}"),
            false => format!("{byte:02x}"),
        });
        digits.join(between)
    }
}

fn read(text: &str) -> Option<MacAddress> {
    let separator = text.chars().find(|c| !c.is_ascii_hexdigit());
    let digits = match separator {
        None => text.to_owned(),
        Some(separator @ (':' | '-' | '.' | ' ')) => {
            let groups: Vec<&str> = text.split(separator).collect();
            let size = match groups.len() {
                6 => 2,
                3 => 4,
                2 => 6,
                _ => return None,
            };
            let fits = |group: &&str| {
                group.len() == size || (size == 2 && group.len() == 1 && separator != ' ')
            };
            if !groups.iter().all(fits) {
                return None;
            }
            groups
                .iter()
                .map(|group| format!("{group:0>size$}"))
                .collect()
        }
        Some(_) => return None,
    };
    if digits.len() != 12 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 6];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(MacAddress(bytes))
}

impl FromStr for MacAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(":", false))
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MacAddress({self})")
    }
}

impl Serialize for MacAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: MacAddress = MacAddress::new([0x00, 0x00, 0x5e, 0x00, 0x53, 0xaf]);

    #[test]
    fn every_notation_is_read() {
        for text in [
            "00005e0053af",
            "00005E0053AF",
            "00005e0053aF",
            "00:00:5e:00:53:af",
            "00:00:5E:00:53:AF",
            "00-00-5e-00-53-af",
            "00-00-5E-00-53-AF",
            "00.00.5e.00.53.af",
            "00 00 5e 00 53 af",
            "0000.5e00.53af",
            "0000:5e00:53af",
            "0000-5E00-53AF",
            "00005e-0053af",
            "00005e.0053af",
            "0:0:5e:0:53:af",
            "0-0-5E-0-53-AF",
            "  00:00:5e:00:53:af\n",
        ] {
            assert_eq!(MacAddress::parse(text).unwrap(), MAC, "{text}");
        }
    }

    #[test]
    fn nothing_else_is_read() {
        for text in [
            "",
            " ",
            ":",
            ":::::",
            "00005e0053a",
            "00005e0053aff",
            "00:00:5e:00:53",
            "00:00:5e:00:53:",
            "00:00:5e:00:53:af:00",
            "00:00-5e:00:53:af",
            "000:0:5e:00:53:af",
            "0000.5e00.53a",
            "000.5e00.53af",
            "00005e0053ag",
            "0x005e0053af",
            "+0:00:5e:00:53:af",
            "00:00:5e:00:53:\u{e4}",
            "\u{ff10}0005e0053af",
            "00_00_5e_00_53_af",
            "0 0 5e 0 53 af",
            "192.168.0.1",
            "::1",
        ] {
            let error = MacAddress::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{text:?}");
        }
    }

    /// Every address that is printed in any notation is read back as the same one.
    #[test]
    fn what_is_written_in_any_notation_is_read_back() {
        let mut state = 0x5eed_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let [.., a, b, c, d, e, f] = (state >> 16).to_be_bytes();
            let mac = MacAddress::new([a, b, c, d, e, f]);
            let bare = mac.bare();
            let groups = |size: usize, between: &str| {
                let groups: Vec<&str> = (0..12 / size)
                    .map(|at| &bare[at * size..][..size])
                    .collect();
                groups.join(between)
            };
            let short = mac.bytes().map(|byte| format!("{byte:x}")).join(":");
            let mut texts = vec![mac.to_string(), bare.clone(), short];
            for size in [2, 4, 6] {
                texts.extend([":", "-", ".", " "].map(|between| groups(size, between)));
            }
            texts.extend(mac.notations());
            for text in texts {
                assert_eq!(MacAddress::parse(&text).unwrap(), mac, "{text}");
                assert_eq!(text.to_uppercase().parse::<MacAddress>().unwrap(), mac);
            }
        }
    }

    /// Whatever comes in, it is read as twelve digits that stand in it, or not at all.
    #[test]
    fn a30_arbitrary_texts_never_panic_and_mean_their_digits() {
        const LETTERS: [char; 9] = ['0', '5', 'F', ':', '-', '.', ' ', 'g', '\u{e4}'];
        const WHOLE: [&str; 4] = [
            "00:00:5e:00:53:af",
            "0000.5e00.53af",
            "00005e0053af",
            "00005E-0053AF",
        ];
        let mut state = 7_u64;
        let mut read = 0;
        for _ in 0..200_000 {
            let mut next = |below: usize| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as usize % below
            };
            let mut text: Vec<char> = WHOLE[next(WHOLE.len())].chars().collect();
            for _ in 0..next(4) {
                let (at, letter) = (next(text.len()), LETTERS[next(LETTERS.len())]);
                match next(3) {
                    0 => text[at] = letter,
                    1 => text.insert(at, letter),
                    _ => drop(text.remove(at)),
                }
            }
            let text: String = text.into_iter().collect();
            if let Ok(mac) = MacAddress::parse(&text) {
                read += 1;
                let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
                assert!(digits.len() <= 12, "{text}");
                let numbers = mac.bare().replace('0', "");
                assert_eq!(numbers, digits.to_lowercase().replace('0', ""), "{text}");
            }
        }
        assert!(
            (50_000..190_000).contains(&read),
            "{read} of them are addresses"
        );
    }

    #[test]
    fn an_address_tells_what_it_is() {
        assert!(!MAC.is_randomized());
        assert!(
            MacAddress::parse("02-00-5e-00-53-01")
                .unwrap()
                .is_randomized()
        );
        assert_eq!(
            format!("{MAC} {MAC:?}"),
            "00:00:5e:00:53:af MacAddress(00:00:5e:00:53:af)"
        );
        assert_eq!(
            serde_json::to_string(&MAC).unwrap(),
            "\"00:00:5e:00:53:af\""
        );
        assert_eq!(
            MAC.notations(),
            [
                "00005e0053af",
                "00005E0053AF",
                "00:00:5e:00:53:af",
                "00:00:5E:00:53:AF",
                "00-00-5e-00-53-af",
                "00-00-5E-00-53-AF",
            ]
        );
    }
}
