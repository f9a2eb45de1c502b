use CertificateProblem::{Changed, Expired, Revoked, UnknownIssuer, Unusable, WrongName};

use super::*;

fn certificate(name: &str) -> Certificate {
    Certificate {
        sha256: super::super::certificate::sha256_hex(name.as_bytes()),
        subject: format!("CN={name}"),
        issuer: "CN=issuer".into(),
        names: vec!["cp.example".into()],
        not_before: 1,
        not_after: 2,
        pin: "sha256/x".to_owned(),
    }
}

fn memory() -> TrustMemory {
    TrustMemory::new("cp.example", 443)
}

fn shown(memory: &TrustMemory, name: &str, problems: &[CertificateProblem]) -> TrustFailure {
    *memory
        .judge(certificate(name), problems.to_vec())
        .expect_err("it is not trusted")
}

fn memory_with(stored: &str) -> Result<TrustMemory, Error> {
    let memory = memory();
    memory
        .restore(&SecretBytes::new(stored.into()))
        .map(|()| memory)
}

/// As if the platform had vouched for it.
fn vouch(memory: &TrustMemory, name: &str) {
    memory.lock().set(HostTrust {
        accepted: Some(certificate(name)),
        waived: None,
    });
}

#[test]
fn a27_an_approval_waives_only_what_was_shown() {
    let memory = memory();
    let failure = shown(&memory, "a", &[UnknownIssuer, WrongName]);
    memory.approve(&failure).unwrap();
    assert_eq!(
        memory.judge(certificate("a"), vec![WrongName, UnknownIssuer]),
        Ok(())
    );
    assert_eq!(memory.judge(certificate("a"), vec![UnknownIssuer]), Ok(()));
    // What is new comes first and gives the code.
    let failure = shown(&memory, "a", &[UnknownIssuer, WrongName, Expired]);
    assert_eq!(failure.problems, [Expired, UnknownIssuer, WrongName]);
    assert_eq!(failure.code(), Code::CertificateExpired);
    memory.approve(&failure).unwrap();
    assert_eq!(
        memory.judge(certificate("a"), vec![UnknownIssuer, WrongName, Expired]),
        Ok(())
    );
}

#[test]
fn a27_another_certificate_after_an_approval_is_a_change_with_old_and_new() {
    let memory = memory();
    memory
        .approve(&shown(&memory, "a", &[UnknownIssuer]))
        .unwrap();
    let failure = shown(&memory, "b", &[UnknownIssuer]);
    assert_eq!(failure.problems, [Changed, UnknownIssuer]);
    assert_eq!(failure.code(), Code::CertificateChanged);
    assert_eq!(failure.previous, Some(certificate("a")));
    assert_eq!(failure.presented, certificate("b"));
    assert_eq!(
        memory.approve(&failure).unwrap_err().code(),
        Code::InvalidInput
    );
    memory.approve_changed(&failure).unwrap();
    assert_eq!(memory.judge(certificate("b"), vec![UnknownIssuer]), Ok(()));
    assert_eq!(
        shown(&memory, "a", &[UnknownIssuer]).code(),
        Code::CertificateChanged
    );
}

#[test]
fn a27_an_approval_is_for_one_host_and_port() {
    let failure = shown(&memory(), "a", &[UnknownIssuer]);
    for other in [
        TrustMemory::new("cp.example", 8443),
        TrustMemory::new("other.example", 443),
    ] {
        assert_eq!(
            other.approve(&failure).unwrap_err().code(),
            Code::InvalidInput
        );
        assert_eq!(other.accepted(), None);
    }
}

#[test]
fn a27_revoked_and_unusable_are_never_approved() {
    for problem in [Revoked, Unusable] {
        let memory = memory();
        let failure = shown(&memory, "a", &[problem, UnknownIssuer]);
        assert_eq!(
            memory.approve(&failure).unwrap_err().code(),
            Code::InvalidInput
        );
        vouch(&memory, "old");
        let failure = shown(&memory, "a", &[problem, UnknownIssuer]);
        assert!(failure.is_change());
        assert_eq!(
            memory.approve_changed(&failure).unwrap_err().code(),
            Code::InvalidInput
        );
        assert_eq!(memory.accepted(), Some(certificate("old")));
    }
}

#[test]
fn confirming_a_change_takes_a_change() {
    let memory = memory();
    let failure = shown(&memory, "a", &[UnknownIssuer]);
    assert_eq!(
        memory.approve_changed(&failure).unwrap_err().code(),
        Code::InvalidInput
    );
}

#[test]
fn an_approval_of_what_is_out_of_date_is_refused() {
    let memory = memory();
    let first = shown(&memory, "a", &[UnknownIssuer]);
    vouch(&memory, "b");
    assert!(
        memory.approve(&first).is_err(),
        "another one has been trusted since"
    );
    let change = shown(&memory, "a", &[UnknownIssuer]);
    vouch(&memory, "c");
    assert!(
        memory.approve_changed(&change).is_err(),
        "it replaced b, and now c is trusted"
    );
    assert_eq!(memory.accepted(), Some(certificate("c")));
}

#[test]
fn an_approval_ends_when_the_platform_trusts_another_certificate() {
    let memory = memory();
    memory
        .approve(&shown(&memory, "a", &[UnknownIssuer]))
        .unwrap();
    memory.vouched(
        b"renewed",
        &super::super::certificate::sha256_hex(b"renewed"),
    );
    assert_eq!(
        shown(&memory, "a", &[UnknownIssuer]).code(),
        Code::CertificateChanged
    );
}

#[test]
fn a_trusted_certificate_that_has_expired_is_no_change() {
    let memory = memory();
    vouch(&memory, "a");
    let failure = shown(&memory, "a", &[Expired]);
    assert_eq!(
        (failure.problems.as_slice(), &failure.previous),
        (&[Expired][..], &None)
    );
    memory.approve(&failure).unwrap();
    assert_eq!(memory.judge(certificate("a"), vec![Expired]), Ok(()));
}

#[test]
fn what_was_learned_is_told_once_and_read_back_the_same() {
    let memory = memory();
    assert!(memory.take_changes().is_none());
    memory
        .approve(&shown(&memory, "a", &[UnknownIssuer, Expired]))
        .unwrap();
    let stored = memory.take_changes().expect("something to store");
    assert!(memory.take_changes().is_none());
    memory.not_stored();
    assert_eq!(
        memory.take_changes().expect("again").expose(),
        stored.expose()
    );

    let later = self::memory();
    later.restore(&stored).unwrap();
    assert!(later.take_changes().is_none());
    assert_eq!(later.accepted(), Some(certificate("a")));
    assert_eq!(
        later.judge(certificate("a"), vec![UnknownIssuer, Expired]),
        Ok(())
    );
    assert!(shown(&later, "b", &[UnknownIssuer]).is_change());
}

#[test]
fn what_is_stored_wins_over_an_approval_made_before_it_was_read() {
    let earlier = memory();
    vouch(&earlier, "real");
    let stored = earlier.take_changes().expect("something to store");

    let hasty = memory();
    hasty
        .approve(&shown(&hasty, "fake", &[UnknownIssuer]))
        .unwrap();
    hasty.restore(&stored).unwrap();
    assert_eq!(
        shown(&hasty, "fake", &[UnknownIssuer]).code(),
        Code::CertificateChanged
    );

    let renewed = memory();
    vouch(&renewed, "renewed");
    renewed.restore(&stored).unwrap();
    assert_eq!(renewed.accepted(), Some(certificate("renewed")));
}

#[test]
fn what_cannot_be_read_is_an_error_and_never_a_first_contact() {
    let memory = memory();
    vouch(&memory, "a");
    let good = memory.take_changes().expect("something to store");
    let good = std::str::from_utf8(good.expose()).unwrap().to_owned();
    let waiving = |name: &str| {
        format!(
            "{},\"waived\":[\"{name}\"]}}",
            good.strip_suffix('}').unwrap()
        )
    };
    memory_with(&waiving("expired")).expect("a waiver of this kind can be read");
    for text in [
        String::new(),
        "null".into(),
        "{}".into(),
        good[..good.len() - 2].to_owned(),
        good.replace("\"v\":1", "\"v\":2"),
        good.replace("\"host\":\"cp", "\"host\":\"evil"),
        good.replace("\"port\":443", "\"port\":444"),
        good.replace("\"sha256\":\"ca", "\"sha256\":\"CA"),
        good.replace("\"sha256\":\"ca", "\"sha256\":\""),
        waiving("revoked"),
        waiving("changed"),
        waiving("everything"),
        " ".repeat(LARGEST_RECORD) + &good,
    ] {
        assert_ne!(text, good);
        let error = memory_with(&text).expect_err(&text);
        assert_eq!(error.code(), Code::StoreCorrupt, "{text}");
    }
}

#[test]
fn a27_a_host_whose_record_is_damaged_or_lost_is_never_merely_unknown() {
    for lose in [
        |memory: &TrustMemory| {
            let damaged = SecretBytes::new(b"damaged".to_vec());
            memory.restore(&damaged).unwrap_err();
        },
        |memory: &TrustMemory| memory.forgotten(),
    ] {
        let memory = memory();
        lose(&memory);
        let failure = shown(&memory, "a", &[UnknownIssuer]);
        assert_eq!(failure.problems, [Changed, UnknownIssuer]);
        assert_eq!(failure.previous, None);
        assert!(memory.approve(&failure).is_err(), "it takes the other step");
        memory.approve_changed(&failure).unwrap();
        assert_eq!(memory.judge(certificate("a"), vec![UnknownIssuer]), Ok(()));
        assert!(
            memory.take_changes().is_some(),
            "the damaged one is replaced"
        );
    }
    // What the platform vouches for needs no memory.
    let memory = memory();
    memory.forgotten();
    memory.vouched(b"a", &super::super::certificate::sha256_hex(b"a"));
    memory.forgotten();
    assert!(memory.accepted().is_some());
    assert_eq!(
        shown(&memory, "b", &[UnknownIssuer]).previous,
        memory.accepted()
    );
}

#[test]
fn a_record_fits_the_smallest_store() {
    let memory = memory();
    let mut large = certificate("a");
    large.subject = "s".repeat(200);
    large.issuer = "i".repeat(200);
    large.names = vec!["n".repeat(120); 32];
    let failure = memory
        .judge(large, vec![UnknownIssuer, WrongName, Expired])
        .unwrap_err();
    memory.approve(&failure).unwrap();
    assert!(memory.take_changes().expect("something to store").len() < 2_000);
}
