//! What an entry of the store holds: a session or its tombstone, as bytes.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `QACR` |
//! | 1 | version, now 1 |
//! | 1 | kind: 1 session, 2 tombstone |
//! | n | the fields, in the order of [`encode_session`] and [`encode_tombstone`] |
//! | 32 | SHA-256 over the account's id, a zero byte and everything before |
//!
//! Numbers are little-endian. A text is its length in 8 bytes and UTF-8; something optional is a
//! byte 0, or 1 and the thing. The frame (first five bytes, checksum) stays the same in every
//! version, so that a record of a newer version is told apart from a damaged one. The checksum
//! finds damage and entries of another account; it is no protection from somebody who can write
//! to the store.

use ring::digest::{self, SHA256, SHA256_OUTPUT_LEN};

use super::StoreError;
use crate::{
    environment::{BootId, Now},
    secret::{Secret, SecretBytes},
    session::model::{Cause, Epoch, Generation, Journal, Renewal, SessionRecord, Times},
};

const MAGIC: &[u8; 4] = b"QACR";
const VERSION: u8 = 1;
const KIND_SESSION: u8 = 1;
const KIND_TOMBSTONE: u8 = 2;
/// More than all fields of a fixed size take together.
const FIXED: usize = 320;

/// What an entry of the store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoredRecord {
    /// Somebody is signed in.
    Session(Box<SessionRecord>),
    /// Nobody is, and this is why.
    Tombstone {
        /// Why.
        cause: Cause,
        /// Since when.
        at: Now,
        /// The token pair of which no refresh was left.
        of: Option<(Epoch, Generation)>,
    },
}

/// Writes a session for an account.
pub(crate) fn encode_session(account: &str, record: &SessionRecord) -> SecretBytes {
    let refresh_len = record
        .refresh_token
        .as_ref()
        .map_or(0, |token| token.expose().len());
    let texts = record.access_token.expose().len() + refresh_len + record.username.len();
    let mut out = Writer::new(KIND_SESSION, FIXED + texts);
    out.bytes(&record.epoch.0.to_le_bytes());
    out.u64(record.generation);
    out.text(record.access_token.expose());
    out.option(record.refresh_token.as_ref(), |out, token| {
        out.text(token.expose());
    });
    out.u8(renewal_number(record.renewal));
    out.now(record.times.sent);
    out.option(record.times.lifetime, Writer::u64);
    out.option(record.times.refresh_after, Writer::u64);
    out.now(record.last_seen);
    out.option(record.ended, |out, cause| out.u8(cause_number(cause)));
    out.option(record.journal, |out, journal| {
        out.u64(journal.generation);
        out.u64(journal.attempt);
        out.u64(journal.owner);
        out.now(journal.at);
        out.bytes(&journal.unknown_tries.to_le_bytes());
    });
    out.u8(record.after_rejection.into());
    out.u8(record.unproven.into());
    out.text(&record.username);
    out.finish(account)
}

/// Writes a tombstone for an account.
pub(crate) fn encode_tombstone(
    account: &str,
    cause: Cause,
    at: Now,
    of: Option<(Epoch, Generation)>,
) -> SecretBytes {
    let mut out = Writer::new(KIND_TOMBSTONE, FIXED);
    out.u8(cause_number(cause));
    out.now(at);
    out.option(of, |out, (epoch, generation)| {
        out.bytes(&epoch.0.to_le_bytes());
        out.u64(generation);
    });
    out.finish(account)
}

/// Reads what was written for an account.
///
/// # Errors
/// `Corrupt` for whatever is damaged or was written for another account; `Unavailable` for a
/// record of a newer version of this library, which must not be destroyed.
pub(crate) fn decode(account: &str, bytes: &SecretBytes) -> Result<StoredRecord, StoreError> {
    let bytes = bytes.expose();
    let (content, sum) = bytes
        .len()
        .checked_sub(SHA256_OUTPUT_LEN)
        .and_then(|at| bytes.split_at_checked(at))
        .ok_or(StoreError::Corrupt)?;
    if checksum(account, content).as_ref() != sum {
        return Err(StoreError::Corrupt);
    }
    let content = content.strip_prefix(MAGIC).ok_or(StoreError::Corrupt)?;
    let (&version, content) = content.split_first().ok_or(StoreError::Corrupt)?;
    match version {
        VERSION => decode_fields(content).ok_or(StoreError::Corrupt),
        0 => Err(StoreError::Corrupt),
        _ => Err(StoreError::Unavailable),
    }
}

fn decode_fields(content: &[u8]) -> Option<StoredRecord> {
    let mut from = Reader(content);
    let record = match from.u8()? {
        KIND_SESSION => StoredRecord::Session(Box::new(SessionRecord {
            epoch: Epoch(u128::from_le_bytes(from.array()?)),
            generation: from.u64()?,
            access_token: from.secret()?,
            refresh_token: from.option(Reader::secret)?,
            renewal: renewal_of(from.u8()?)?,
            times: Times {
                sent: from.now()?,
                lifetime: from.option(Reader::u64)?,
                refresh_after: from.option(Reader::u64)?,
            },
            last_seen: from.now()?,
            ended: from.option(|from| cause_of(from.u8()?))?,
            journal: from.option(|from| {
                Some(Journal {
                    generation: from.u64()?,
                    attempt: from.u64()?,
                    owner: from.u64()?,
                    at: from.now()?,
                    unknown_tries: u32::from_le_bytes(from.array()?),
                })
            })?,
            after_rejection: from.bool()?,
            unproven: from.bool()?,
            username: from.text()?.to_owned(),
        })),
        KIND_TOMBSTONE => StoredRecord::Tombstone {
            cause: cause_of(from.u8()?)?,
            at: from.now()?,
            of: from.option(|from| {
                let epoch = Epoch(u128::from_le_bytes(from.array()?));
                Some((epoch, from.u64()?))
            })?,
        },
        _ => return None,
    };
    from.0.is_empty().then_some(record)
}

fn checksum(account: &str, content: &[u8]) -> digest::Digest {
    let mut context = digest::Context::new(&SHA256);
    context.update(account.as_bytes());
    context.update(&[0]);
    context.update(content);
    context.finish()
}

fn renewal_number(renewal: Renewal) -> u8 {
    match renewal {
        Renewal::None => 0,
        Renewal::RefreshToken => 1,
        Renewal::ClientSecret => 2,
    }
}

fn renewal_of(number: u8) -> Option<Renewal> {
    [Renewal::None, Renewal::RefreshToken, Renewal::ClientSecret]
        .into_iter()
        .find(|&renewal| renewal_number(renewal) == number)
}

fn cause_number(cause: Cause) -> u8 {
    match cause {
        Cause::NeverSignedIn => 0,
        Cause::SignedOut => 1,
        Cause::SessionEnded => 2,
        Cause::RefreshUnfinished => 3,
        Cause::SingleUseSpent => 4,
        Cause::StoreLost => 5,
        Cause::KeyLost => 6,
        Cause::Corrupt => 7,
    }
}

fn cause_of(number: u8) -> Option<Cause> {
    Cause::ALL
        .into_iter()
        .find(|&cause| cause_number(cause) == number)
}

/// Writes into one wiped buffer that is large enough from the start.
struct Writer(SecretBytes);

impl Writer {
    fn new(kind: u8, capacity: usize) -> Self {
        let mut out = Self(SecretBytes::new(Vec::with_capacity(capacity)));
        out.bytes(MAGIC);
        out.u8(VERSION);
        out.u8(kind);
        out
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    fn u8(&mut self, number: u8) {
        self.bytes(&[number]);
    }

    fn u64(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    fn now(&mut self, now: Now) {
        self.u64(now.boot_id.0);
        self.u64(now.boot);
        self.u64(now.wall);
    }

    fn option<T>(&mut self, thing: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.u8(thing.is_some().into());
        if let Some(thing) = thing {
            write(self, thing);
        }
    }

    fn finish(mut self, account: &str) -> SecretBytes {
        let sum = checksum(account, self.0.expose());
        self.bytes(sum.as_ref());
        self.0
    }
}

/// Reads from the front of what is left.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn bool(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.u64()?).ok()?;
        std::str::from_utf8(self.take(len)?).ok()
    }

    fn secret(&mut self) -> Option<Secret> {
        self.text().map(Secret::from)
    }

    fn now(&mut self) -> Option<Now> {
        Some(Now {
            boot_id: BootId(self.u64()?),
            boot: self.u64()?,
            wall: self.u64()?,
        })
    }

    /// Outside: whether it could be read. Inside: whether it is there.
    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.bool()? {
            read(self).map(Some)
        } else {
            Some(None)
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
