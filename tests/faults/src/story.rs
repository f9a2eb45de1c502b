//! What happened to a phone: always as a hash, so that two runs can be compared, and as lines to
//! read when somebody wants to.

use crate::{chance::mix, time::words};

/// The trace of one phone.
#[derive(Debug)]
pub(crate) struct Story {
    hash: u64,
    events: u64,
    lines: Option<Vec<String>>,
}

impl Story {
    pub(crate) fn new(readable: bool) -> Self {
        Self {
            hash: 0,
            events: 0,
            lines: readable.then(Vec::new),
        }
    }

    /// Takes an event in: its name and number go into the hash, its words are for people.
    pub(crate) fn tell(
        &mut self,
        at: u64,
        name: &str,
        number: u64,
        words: impl FnOnce() -> String,
    ) {
        self.events += 1;
        let mut hash = mix(self.hash ^ at);
        for chunk in name.as_bytes().chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            hash = mix(hash ^ u64::from_le_bytes(eight));
        }
        self.hash = mix(hash ^ number);
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{}  {}", self::words(at), words()));
        }
    }

    /// The hash of everything that was told.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// How much was told.
    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    /// Takes the story out of the hands of whoever may still hold it.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(false))
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
