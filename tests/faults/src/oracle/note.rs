//! The one thing in a record, beside the tokens, that the oracle has to know: whether it tells of a
//! refresh that may be under way. Read by its written layout (`core/src/store/record.rs`), with no
//! code of the client's.

/// Whether a record tells of a refresh; false for whatever is no record of a session.
pub(super) fn is_in(record: &[u8]) -> bool {
    attempt_in(record).is_some_and(|attempt| attempt != 0)
}

/// The number of the try that it tells of; zero stands for earlier ones that are remembered.
fn attempt_in(record: &[u8]) -> Option<u64> {
    let mut from = Reader(record.strip_prefix(b"QACR\x01\x01")?);
    let epoch_and_generation = 16 + 8;
    from.skip(epoch_and_generation)?;
    from.text()?;
    from.option(Reader::text)?;
    let renewal = 1;
    from.skip(renewal + MOMENT)?;
    let (lifetime, refresh_after) = (8, 8);
    from.option(|from| from.skip(lifetime))?;
    from.option(|from| from.skip(refresh_after))?;
    from.skip(MOMENT)?;
    let cause = 1;
    from.option(|from| from.skip(cause))?;
    let generation = 8;
    from.option(|from| {
        from.skip(generation)?;
        from.number()
    })?
}

/// A boot, its clock and wall time.
const MOMENT: usize = 3 * 8;

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    fn text(&mut self) -> Option<()> {
        let length = self.number()?;
        self.skip(usize::try_from(length).ok()?)
    }

    /// Outside: whether it could be read. Inside: whether it is there.
    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        let (there, rest) = self.0.split_first()?;
        self.0 = rest;
        match there {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }
}

/// A record as the client writes it, as far as the note.
#[cfg(test)]
pub(super) fn record(access: &str, refresh: &str, attempt: Option<u64>) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let moment = [0; MOMENT];
    let mut out = [
        &b"QACR\x01\x01"[..],
        &[0; 24],
        &text(access),
        &[1],
        &text(refresh),
    ]
    .concat();
    out.extend([&[1][..], &moment, &[1], &[0; 8], &[0], &moment, &[0]].concat());
    match attempt {
        None => out.push(0),
        Some(attempt) => {
            out.extend([&[1][..], &[0; 8], &attempt.to_le_bytes(), &[0; 8], &moment].concat());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_and_what_is_only_remembered_is_none() {
        for (attempt, found) in [(None, false), (Some(0), false), (Some(7), true)] {
            assert_eq!(
                is_in(&record("access", "refresh", attempt)),
                found,
                "{attempt:?}"
            );
        }
        let cut = record("access", "refresh", Some(7));
        assert!(!is_in(&cut[..100]) && !is_in(b"") && !is_in(b"QACR\x01\x02"));
    }
}
