use super::*;

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

fn now(seed: u64) -> Now {
    Now {
        boot_id: BootId(seed),
        boot: seed * 3,
        wall: seed * 7,
    }
}

fn full() -> SessionRecord {
    SessionRecord {
        epoch: Epoch(0x1234_5678_9abc_def0_1234_5678_9abc_def0),
        generation: 3,
        access_token: Secret::from("9d36aa00112233445566778899aabbccddee7bf2"),
        refresh_token: Some(Secret::from("aa00112233445566778899aabbccddeeff001122")),
        renewal: Renewal::RefreshToken,
        times: Times {
            sent: now(11),
            lifetime: Some(28_800_000),
            refresh_after: Some(24_000_000),
        },
        last_seen: now(12),
        ended: Some(Cause::RefreshUnfinished),
        journal: Some(Journal {
            generation: 3,
            attempt: 9,
            owner: 77,
            at: now(13),
            unknown_tries: 2,
        }),
        after_rejection: true,
        unproven: true,
        username: "qa".to_owned(),
    }
}

fn bare() -> SessionRecord {
    SessionRecord {
        refresh_token: None,
        renewal: Renewal::None,
        times: Times {
            sent: now(11),
            lifetime: None,
            refresh_after: None,
        },
        ended: None,
        journal: None,
        after_rejection: false,
        unproven: false,
        username: String::new(),
        ..full()
    }
}

/// A small generator (xorshift) with a fixed seed, so that a failure comes back.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

fn sealed(mut content: Vec<u8>) -> SecretBytes {
    let sum = checksum(ACCOUNT, &content);
    content.extend_from_slice(sum.as_ref());
    SecretBytes::new(content)
}

#[test]
fn a_session_comes_back_as_it_was() {
    for record in [full(), bare()] {
        for renewal in [Renewal::RefreshToken, Renewal::ClientSecret, Renewal::None] {
            let record = SessionRecord {
                renewal,
                ..record.clone()
            };
            let bytes = encode_session(ACCOUNT, &record);
            assert_eq!(
                decode(ACCOUNT, &bytes),
                Ok(StoredRecord::Session(Box::new(record)))
            );
        }
    }
}

#[test]
fn a_tombstone_comes_back_with_each_cause() {
    for cause in Cause::ALL {
        for of in [None, Some((Epoch(u128::MAX - 7), 9))] {
            let at = now(5);
            let bytes = encode_tombstone(ACCOUNT, cause, at, of);
            let tombstone = StoredRecord::Tombstone { cause, at, of };
            assert_eq!(decode(ACCOUNT, &bytes), Ok(tombstone));
        }
    }
}

#[test]
fn a_full_record_fits_the_smallest_store_many_times_over() {
    let bytes = encode_session(ACCOUNT, &full());
    assert!(bytes.len() < 2_560 / 4, "{} bytes", bytes.len());
}

#[test]
fn a_record_is_written_into_one_buffer_that_never_grows() {
    let long = SessionRecord {
        access_token: Secret::new("a".repeat(5_000)),
        username: "u".repeat(300),
        ..full()
    };
    for record in [full(), bare(), long] {
        let texts = record.access_token.expose().len()
            + record.username.len()
            + record
                .refresh_token
                .as_ref()
                .map_or(0, |token| token.expose().len());
        let bytes = encode_session(ACCOUNT, &record);
        assert!(bytes.len() <= FIXED + texts, "{} bytes", bytes.len());
    }
}

#[test]
fn a_record_of_another_account_is_not_read() {
    let bytes = encode_session(ACCOUNT, &full());
    assert_eq!(decode("another", &bytes), Err(StoreError::Corrupt));
}

#[test]
fn a_record_that_was_cut_anywhere_is_corrupt() {
    let bytes = encode_session(ACCOUNT, &full());
    for len in 0..bytes.len() {
        let cut = SecretBytes::new(bytes.expose()[..len].to_vec());
        assert_eq!(decode(ACCOUNT, &cut), Err(StoreError::Corrupt), "{len}");
    }
    let mut longer = bytes.clone();
    longer.extend(&[0]);
    assert_eq!(decode(ACCOUNT, &longer), Err(StoreError::Corrupt));
}

#[test]
fn a_record_with_any_bit_flipped_is_corrupt() {
    let bytes = encode_session(ACCOUNT, &full());
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.expose().to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let flipped = SecretBytes::new(flipped);
        assert_eq!(decode(ACCOUNT, &flipped), Err(StoreError::Corrupt), "{bit}");
    }
}

#[test]
fn a_record_of_a_newer_version_is_not_taken_for_damage() {
    let newer = sealed(b"QACR\x02whatever it holds".to_vec());
    assert_eq!(decode(ACCOUNT, &newer), Err(StoreError::Unavailable));
    let none = sealed(b"QACR\x00whatever it holds".to_vec());
    assert_eq!(decode(ACCOUNT, &none), Err(StoreError::Corrupt));
}

#[test]
fn numbers_that_mean_nothing_are_corrupt_even_with_a_good_checksum() {
    let tombstone = encode_tombstone(ACCOUNT, Cause::SignedOut, now(5), None);
    let content = &tombstone.expose()[..tombstone.len() - SHA256_OUTPUT_LEN];
    // The kind and the cause.
    for at in [5, 6] {
        let mut content = content.to_vec();
        content[at] = 200;
        assert_eq!(decode(ACCOUNT, &sealed(content)), Err(StoreError::Corrupt));
    }
    let mut longer = content.to_vec();
    longer.push(0);
    assert_eq!(decode(ACCOUNT, &sealed(longer)), Err(StoreError::Corrupt));
}

#[test]
fn a30_arbitrary_bytes_never_panic_and_never_pass() {
    let mut random = Random(0x5eed_0001);
    for _ in 0..20_000 {
        let len = random.below(400);
        let noise: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
        assert_eq!(
            decode(ACCOUNT, &SecretBytes::new(noise)),
            Err(StoreError::Corrupt)
        );
    }
}

/// Behind a good checksum the fields themselves are fuzzed: whatever is accepted must be what the
/// encoder writes for it, so nothing is read in two ways.
#[test]
fn a30_mangled_fields_never_panic_and_are_read_in_one_way_only() {
    let mut random = Random(0x5eed_0002);
    let seeds = [
        encode_session(ACCOUNT, &full()),
        encode_session(ACCOUNT, &bare()),
        encode_tombstone(ACCOUNT, Cause::SessionEnded, now(5), Some((Epoch(1), 2))),
    ];
    let mut accepted = 0;
    for round in 0..40_000 {
        let seed = seeds[round % seeds.len()].expose();
        let mut content = seed[..seed.len() - SHA256_OUTPUT_LEN].to_vec();
        for _ in 0..=random.below(3) {
            let at = 5 + random.below(content.len() - 5);
            match random.below(4) {
                0 => content[at] = random.next() as u8,
                1 => content[at] = 0xff,
                2 => content.truncate(at + 1),
                _ => content.insert(at, random.next() as u8),
            }
        }
        let sealed = sealed(content);
        match decode(ACCOUNT, &sealed) {
            Ok(StoredRecord::Session(record)) => {
                accepted += 1;
                let again = encode_session(ACCOUNT, &record);
                assert_eq!(again.expose(), sealed.expose());
            }
            Ok(StoredRecord::Tombstone { cause, at, of }) => {
                let again = encode_tombstone(ACCOUNT, cause, at, of);
                assert_eq!(again.expose(), sealed.expose());
            }
            Err(error) => assert_eq!(error, StoreError::Corrupt),
        }
    }
    assert!(accepted > 1_000, "only {accepted} records were read at all");
}

#[test]
fn a_length_beyond_the_input_is_corrupt() {
    let bytes = encode_session(ACCOUNT, &full());
    let mut content = bytes.expose()[..bytes.len() - SHA256_OUTPUT_LEN].to_vec();
    // Where the length of the access token lies: after frame, kind, epoch and generation.
    let at = 6 + 16 + 8;
    for len in [41, u64::from(u32::MAX), u64::MAX] {
        content[at..at + 8].copy_from_slice(&len.to_le_bytes());
        let sealed = sealed(content.clone());
        assert_eq!(decode(ACCOUNT, &sealed), Err(StoreError::Corrupt), "{len}");
    }
}
