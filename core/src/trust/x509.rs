//! What is read of a certificate's bytes (RFC 5280 section 4.1): as much as people are shown, and no
//! more. Whether a chain holds is decided elsewhere.

use std::net::IpAddr;

use der::{
    Decode, ErrorKind, Reader, Result, SliceReader, Tag, TagNumber,
    asn1::{AnyRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UtcTime},
};

/// A certificate; names and extensions are read when they are asked for, so that one that is odd
/// hides nothing else.
pub(super) struct X509<'a> {
    issuer: AnyRef<'a>,
    subject: AnyRef<'a>,
    /// In seconds since 1970 UTC.
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    /// The SubjectPublicKeyInfo, whole.
    pub(super) public_key: &'a [u8],
    extensions: Vec<(ObjectIdentifier, &'a [u8])>,
}

/// One part of a name.
pub(super) struct Attribute {
    pub(super) kind: String,
    pub(super) value: String,
}

impl<'a> X509<'a> {
    /// Reads one certificate with nothing after it.
    pub(super) fn read(der: &'a [u8]) -> Result<Self> {
        AnyRef::from_der(der)?.sequence(|certificate| {
            let read = AnyRef::decode(certificate)?.sequence(Self::read_signed)?;
            let _algorithm = certificate.tlv_bytes()?;
            let _signature = certificate.tlv_bytes()?;
            Ok(read)
        })
    }

    fn read_signed(part: &mut SliceReader<'a>) -> Result<Self> {
        if Tag::peek(part)? == explicit(0) {
            let _version = part.tlv_bytes()?;
        }
        let _serial = part.tlv_bytes()?;
        let _algorithm = part.tlv_bytes()?;
        let issuer = AnyRef::decode(part)?;
        let (not_before, not_after) =
            AnyRef::decode(part)?.sequence(|both| Result::Ok((time(both)?, time(both)?)))?;
        let subject = AnyRef::decode(part)?;
        let public_key = part.tlv_bytes()?;
        let mut extensions = Vec::new();
        while !part.is_finished() {
            let field = AnyRef::decode(part)?;
            if field.header().tag() == explicit(3) {
                extensions = AnyRef::from_der(field.value())?.sequence(all(extension))?;
            }
        }
        Ok(Self {
            issuer,
            subject,
            not_before,
            not_after,
            public_key,
            extensions,
        })
    }

    /// Whom it is for; nothing when that cannot be read.
    pub(super) fn subject(&self) -> Vec<Vec<Attribute>> {
        self.subject.sequence(all(relative)).unwrap_or_default()
    }

    /// Who signed it; nothing when that cannot be read.
    pub(super) fn issuer(&self) -> Vec<Vec<Attribute>> {
        self.issuer.sequence(all(relative)).unwrap_or_default()
    }

    /// The DNS names and addresses that it is for; none when they cannot be read.
    pub(super) fn alternative_names(&self) -> Vec<String> {
        let names = match self.extension(ALTERNATIVE_NAMES) {
            Ok(Some(value)) => AnyRef::from_der(value).and_then(|v| v.sequence(all(alternative))),
            Ok(None) | Err(_) => return Vec::new(),
        };
        names.unwrap_or_default().into_iter().flatten().collect()
    }

    /// Whether it is not limited to uses other than a server's (RFC 5280 section 4.2.1.12), and that
    /// can be read.
    pub(super) fn is_for_servers(&self) -> bool {
        match self.extension(USES) {
            Ok(None) => true,
            Ok(Some(value)) => AnyRef::from_der(value)
                .and_then(|uses| uses.sequence(all(ObjectIdentifier::decode)))
                .is_ok_and(|uses| uses.contains(&OF_SERVERS) || uses.contains(&ANY_USE)),
            Err(_) => false,
        }
    }

    /// The value of an extension, which a certificate has at most once (section 4.2).
    fn extension(&self, id: ObjectIdentifier) -> Result<Option<&'a [u8]>> {
        let mut values = self.extensions.iter().filter(|(each, _)| *each == id);
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => Err(ErrorKind::Failed.into()),
            (first, _) => Ok(first.map(|(_, value)| *value)),
        }
    }
}

const ALTERNATIVE_NAMES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const USES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const ANY_USE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const OF_SERVERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// The kinds of attributes that RFC 4514 section 3 abbreviates, and two that appliances use beside
/// them.
const KINDS: [(ObjectIdentifier, &str); 11] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        "DC",
    ),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"),
        "UID",
    ),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber"),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
        "emailAddress",
    ),
];

const fn explicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// Reads each that is left.
fn all<'a, T>(
    read: impl Fn(&mut SliceReader<'a>) -> Result<T>,
) -> impl FnOnce(&mut SliceReader<'a>) -> Result<Vec<T>> {
    move |list| {
        let mut items = Vec::new();
        while !list.is_finished() {
            items.push(read(list)?);
        }
        Ok(items)
    }
}

fn time(validity: &mut SliceReader<'_>) -> Result<i64> {
    let since_1970 = match Tag::peek(validity)? {
        Tag::UtcTime => UtcTime::decode(validity)?.to_unix_duration(),
        _ => GeneralizedTime::decode(validity)?.to_unix_duration(),
    };
    i64::try_from(since_1970.as_secs()).map_err(|_| ErrorKind::Overflow.into())
}

fn extension<'a>(list: &mut SliceReader<'a>) -> Result<(ObjectIdentifier, &'a [u8])> {
    AnyRef::decode(list)?.sequence(|extension| {
        let id = ObjectIdentifier::decode(extension)?;
        if Tag::peek(extension)? == Tag::Boolean {
            let _critical = extension.tlv_bytes()?;
        }
        let value = <&OctetStringRef>::decode(extension)?;
        Ok((id, value.as_bytes()))
    })
}

/// A DNS name or an address, and nothing for names of other kinds (section 4.2.1.6).
fn alternative(names: &mut SliceReader<'_>) -> Result<Option<String>> {
    let name = AnyRef::decode(names)?;
    let Tag::ContextSpecific { number, .. } = name.header().tag() else {
        return Ok(None);
    };
    Ok(match number.value() {
        2 => str::from_utf8(name.value()).ok().map(str::to_owned),
        7 => address(name.value()).map(|address| address.to_string()),
        _ => None,
    })
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

/// The attributes of one RelativeDistinguishedName, in practice one.
fn relative(name: &mut SliceReader<'_>) -> Result<Vec<Attribute>> {
    let set = AnyRef::decode(name)?;
    set.header().tag().assert_eq(Tag::Set)?;
    all(attribute)(&mut SliceReader::new(set.value())?)
}

fn attribute(set: &mut SliceReader<'_>) -> Result<Attribute> {
    AnyRef::decode(set)?.sequence(|attribute| {
        let kind = ObjectIdentifier::decode(attribute)?;
        let known = KINDS.iter().find(|(each, _)| *each == kind);
        Ok(Attribute {
            kind: known.map_or_else(|| kind.to_string(), |(_, text)| (*text).to_owned()),
            value: text(AnyRef::decode(attribute)?),
        })
    })
}

fn text(value: AnyRef<'_>) -> String {
    let bytes = value.value();
    let tag = value.header().tag();
    if tag == Tag::BmpString {
        let units = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        return char::decode_utf16(units)
            .map(|unit| unit.unwrap_or('\u{fffd}'))
            .collect();
    }
    match str::from_utf8(bytes) {
        Ok(text) if tag != Tag::TeletexString => text.to_owned(),
        // In practice Latin-1, as old certificates write a TeletexString.
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
