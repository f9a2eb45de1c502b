//! The doctor before the guide begins: a server that is away, busy, not trusted or none at all, and an
//! API client with the wrong secret.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{
    CheckStatus, Code, Dialect, DoctorStep, DoctorVerdict, MemoryStore, QuickAccess, Secret, Trust,
};
use quickaccess_simulator::{
    CertificateSettings, ErrorStyle, Fault, FaultBody, FaultKind, Moment, Operation, RetryAfter,
};
use support::{
    Live,
    doctor::{PASSWORD, examined, is_whole, phone, status},
};

#[tokio::test(start_paused = true)]
async fn doctor_tells_a_missing_an_unwanted_and_a_wrong_client_secret_apart() {
    for (client, secret, broken, words) in [
        ("Lab", None, true, "no public one"),
        ("Lab", Some("s3cret"), false, "public client for apps"),
        ("Lab", Some("wrong-secret"), true, "secret is wrong"),
        ("QuickAccess", Some("s3cret"), true, "is a public one"),
    ] {
        let phone = phone();
        let mut builder = phone.builder(client);
        if let Some(secret) = secret {
            builder = builder.client_secret(secret);
        }
        let report = examined(&builder.build().unwrap(), PASSWORD).await;
        is_whole(&report);
        let check = report.check(DoctorStep::Client).unwrap();
        let expected = if broken {
            CheckStatus::Failed
        } else {
            CheckStatus::Warned
        };
        assert_eq!(check.status, expected, "{client} {secret:?}");
        assert!(
            check.saw.contains(words),
            "{client} {secret:?}: {}",
            check.saw
        );
        // A password goes to nobody who would not take it.
        let passwords = phone.server.counters().token_requests.password;
        assert_eq!(passwords, u64::from(!broken), "{client} {secret:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn doctor_without_a_password_checks_what_needs_none() {
    let phone = phone();
    let report = phone.start().doctor().examine("", None, |_| {}).await;
    is_whole(&report);
    assert_eq!(report.verdict, DoctorVerdict::ServerWell);
    assert_eq!(status(&report, DoctorStep::Client), CheckStatus::Passed);
    assert_eq!(status(&report, DoctorStep::Grant), CheckStatus::NotReached);
    assert_eq!(phone.server.counters().token_requests.password, 0);
    for (name, password) in [("", PASSWORD), ("qa", "0")] {
        let doctor = phone.start().doctor();
        let report = doctor
            .examine(name, Some(Secret::from(password)), |_| {})
            .await;
        is_whole(&report);
        let broken = report.broken().unwrap();
        assert_eq!(
            (broken.step, broken.code),
            (DoctorStep::User, Some(Code::InvalidInput))
        );
    }
    assert_eq!(phone.server.counters().token_requests.password, 0);
}

#[tokio::test(start_paused = true)]
async fn doctor_tells_a_server_that_is_away_busy_or_none_at_all() {
    let html = |code| FaultKind::Status {
        code,
        retry_after: Some(RetryAfter::Seconds(90)),
        moment: Moment::BeforeCommit,
        body: FaultBody::Html,
    };
    let redirect = FaultKind::Redirect {
        status: 302,
        location: "https://portal.example/welcome".into(),
    };
    for (on, kind, step, code, words) in [
        (
            Operation::Me,
            html(503),
            DoctorStep::Api,
            Code::ServerBusy,
            "busy",
        ),
        (
            Operation::Me,
            html(403),
            DoctorStep::Api,
            Code::NotClearpass,
            "status 403",
        ),
        (
            Operation::Me,
            html(200),
            DoctorStep::Api,
            Code::NotClearpass,
            "status 200",
        ),
        (
            Operation::Me,
            redirect,
            DoctorStep::Api,
            Code::Redirected,
            "portal.example",
        ),
        (
            Operation::Token,
            html(429),
            DoctorStep::Tokens,
            Code::ServerBusy,
            "1 min 30 s",
        ),
        (
            Operation::Token,
            html(502),
            DoctorStep::Tokens,
            Code::ServerError,
            "fault",
        ),
        (
            Operation::TokenPassword,
            html(403),
            DoctorStep::Tokens,
            Code::BadReply,
            "not what ClearPass",
        ),
        (
            Operation::TokenPassword,
            FaultKind::problem(401, "banned", "User is banned"),
            DoctorStep::User,
            Code::ServerRefused,
            "banned: User is banned",
        ),
        (
            Operation::Privileges,
            html(403),
            DoctorStep::Privileges,
            Code::BadReply,
            "403",
        ),
    ] {
        let phone = phone();
        phone.server.fault(Fault::new(on, kind.clone()));
        let report = examined(&phone.start(), PASSWORD).await;
        is_whole(&report);
        let broken = report
            .broken()
            .unwrap_or_else(|| panic!("{kind:?}: {report:#?}"));
        assert_eq!(
            (broken.step, broken.code),
            (step, Some(code)),
            "{kind:?} {broken:#?}"
        );
        assert!(broken.saw.contains(words), "{kind:?}: {}", broken.saw);
        assert!(!report.to_text().contains("<html"), "{kind:?}");
    }
    let phone = phone();
    phone.network.offline(true);
    let report = examined(&phone.start(), PASSWORD).await;
    is_whole(&report);
    let broken = report.broken().unwrap();
    assert_eq!(
        (broken.step, broken.code),
        (DoctorStep::Reachable, Some(Code::Offline))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_stops_at_a_bad_certificate_and_goes_on_once_it_is_approved() {
    let live = Live::showing(CertificateSettings::self_signed()).await;
    let session = QuickAccess::builder(live.running.https_url(), "QuickAccess")
        .store(MemoryStore::new())
        .build()
        .unwrap();
    let report = examined(&session, PASSWORD).await;
    is_whole(&report);
    assert_eq!(status(&report, DoctorStep::Reachable), CheckStatus::Passed);
    let broken = report.broken().unwrap();
    assert_eq!(
        (broken.step, broken.code),
        (DoctorStep::Certificate, Some(Code::CertificateUnknown))
    );
    let shown = report.certificate.as_ref().unwrap();
    assert!(broken.saw.contains(&shown.presented.fingerprint()));
    assert_eq!(live.server.requests(), []);
    session.approve_certificate(shown).await.unwrap();
    let report = examined(&session, PASSWORD).await;
    is_whole(&report);
    assert_eq!(report.verdict, DoctorVerdict::AllWell, "{report:#?}");
    let certificate = report.check(DoctorStep::Certificate).unwrap();
    assert!(certificate.saw.contains("SHA-256"), "{}", certificate.saw);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_a_port_without_tls_and_one_where_nobody_listens() {
    let live = Live::new().await;
    let plain = live.running.http_url().replace("http://", "https://");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    for (address, step, code) in [
        (plain, DoctorStep::Certificate, Code::TlsFailed),
        (
            format!("https://127.0.0.1:{port}"),
            DoctorStep::Reachable,
            Code::Offline,
        ),
    ] {
        let session = QuickAccess::builder(&address, "QuickAccess")
            .trust(Trust::with_roots_pem(live.running.ca_pem()))
            .store(MemoryStore::new())
            .build()
            .unwrap();
        let report = examined(&session, PASSWORD).await;
        is_whole(&report);
        let broken = report.broken().unwrap();
        assert_eq!(
            (broken.step, broken.code),
            (step, Some(code)),
            "{address} {broken:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn doctor_remarks_on_a_clock_that_is_off() {
    for (off, words) in [(301, Some("behind")), (-301, Some("ahead of")), (200, None)] {
        let phone = phone();
        phone.clocks.set_wall(off * 1_000);
        let report = examined(&phone.start(), PASSWORD).await;
        is_whole(&report);
        let check = report.check(DoctorStep::Api).unwrap();
        match words {
            Some(words) => {
                assert_eq!(check.status, CheckStatus::Warned, "{off}");
                assert!(check.saw.contains(words), "{off}: {}", check.saw);
            }
            None => assert_eq!(check.status, CheckStatus::Passed, "{off}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn doctor_understands_a_server_that_keeps_to_rfc_6749() {
    let phone = phone();
    let plain = |switches: &mut quickaccess_simulator::Switches| {
        switches.error_style = ErrorStyle::Rfc6749;
    };
    phone.server.set_switches(plain);
    for (client, verdict, code) in [
        ("QuickAccess", DoctorVerdict::AllWell, None),
        ("Nobody", DoctorVerdict::Broken, Some(Code::ClientUnknown)),
    ] {
        let session = phone.builder(client).dialect(Dialect::Rfc6749);
        let report = examined(&session.build().unwrap(), PASSWORD).await;
        is_whole(&report);
        assert_eq!(report.verdict, verdict, "{report:#?}");
        assert_eq!(report.broken().and_then(|check| check.code), code);
    }
}
