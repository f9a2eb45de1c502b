//! A pass for a phone's wallet: a ZIP archive with the one file `pass.json`, stored as it is.
//! A real one is signed too, which takes the vendor's certificates.

use serde_json::json;

use crate::rows::Row;

pub(super) const MEDIA: &str = "application/vnd.apple.pkpass";

const NAME: &[u8] = b"pass.json";

pub(super) fn of(guest: &Row) -> Vec<u8> {
    let text = |name: &str| guest.get(name).cloned().unwrap_or_default();
    let pass = json!({
        "formatVersion": 1,
        "description": "Guest access",
        "organizationName": "ClearPass simulator",
        "serialNumber": text("id").to_string(),
        "expirationDate": text("expire_time"),
        "generic": { "primaryFields": [
            { "key": "name", "label": "Guest", "value": text("visitor_name") },
            { "key": "username", "label": "User name", "value": text("username") },
        ] },
    });
    archive(pass.to_string().as_bytes())
}

/// A local header with the content, the directory, and its end.
fn archive(content: &[u8]) -> Vec<u8> {
    let about = about(content);
    let mut archive = Vec::new();
    archive.extend(b"PK\x03\x04");
    archive.extend(&about);
    archive.extend(NAME);
    archive.extend(content);
    let directory = archive.len();
    archive.extend(b"PK\x01\x02\x14\x00");
    archive.extend(&about);
    // Comment, disk, attributes and the place of the local header.
    archive.extend([0; 14]);
    archive.extend(NAME);
    let size = archive.len() - directory;
    archive.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    archive.extend(four(size));
    archive.extend(four(directory));
    archive.extend([0; 2]);
    archive
}

/// What both headers say: version, no flags, no compression, no time, check sum, sizes, lengths.
fn about(content: &[u8]) -> Vec<u8> {
    let mut about = vec![0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    about.extend(crc32(content).to_le_bytes());
    about.extend(four(content.len()));
    about.extend(four(content.len()));
    about.extend([NAME.len() as u8, 0, 0, 0]);
    about
}

fn four(size: usize) -> [u8; 4] {
    u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes()
}

fn crc32(content: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    let sum = content.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum))
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_one_that_others_can_open() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let archive = archive(b"{}");
        assert_eq!(&archive[..4], b"PK\x03\x04");
        assert_eq!(&archive[30..39], NAME);
        assert_eq!(&archive[39..41], b"{}");
        let end = &archive[archive.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        let directory = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!(&archive[directory..directory + 4], b"PK\x01\x02");
        let size = u32::from_le_bytes(end[12..16].try_into().unwrap()) as usize;
        assert_eq!(directory + size + 22, archive.len());
    }
}
