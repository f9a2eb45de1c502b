//! Certificates that are not trusted: everything is told, nothing secret is sent, and approval is by
//! fingerprint.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use quickaccess_simulator::CertificateSettings;
use serde_json::json;
use support::{Ended, Home, Server, run};

/// The handshake was given up, and no request reached the server.
#[track_caller]
fn kept_to_itself(server: &Server) {
    server.wait_for("the end of a handshake", |counters| {
        counters.tls_failures > 0
    });
    assert_eq!(server.simulator.counters().requests, 0);
}

fn sign_in(home: &Home, server: &Server, more: &[&str]) -> Ended {
    let address = server.address();
    let arguments = [
        "sign-in",
        "--memory",
        "--username",
        "qa",
        "--server",
        &address,
    ];
    run(home.quickaccess(&[&arguments, more].concat()), "abc123")
}

#[test]
fn a27_everything_that_is_wrong_is_told_before_the_password_is_sent() {
    let home = Home::new();
    let all = CertificateSettings {
        names: vec!["elsewhere.example".into()],
        ..CertificateSettings::expired()
    };
    let all = CertificateSettings {
        signed_by: CertificateSettings::self_signed().signed_by,
        ..all
    };
    let not_yet = CertificateSettings::not_yet_valid();
    for (settings, problems, code) in [
        (
            all,
            json!(["unknown_issuer", "wrong_name", "expired"]),
            "certificate_unknown",
        ),
        (
            not_yet,
            json!(["unknown_issuer", "not_yet_valid"]),
            "certificate_unknown",
        ),
    ] {
        let server = Server::showing(settings);
        let told = sign_in(&home, &server, &["--json"]).with(13).json();
        let error = &told["error"];
        assert_eq!(
            (&error["action"], &error["code"]),
            (&"TrustServer".into(), &code.into())
        );
        let certificate = &error["certificate"];
        assert_eq!(certificate["problems"], problems);
        assert_eq!(
            certificate["presented"]["sha256"],
            server.running.certificate_sha256()
        );
        assert_eq!(certificate["previous"], json!(null));
        kept_to_itself(&server);
    }
}

#[test]
fn a27_with_a_known_issuer_the_rest_is_still_told() {
    let home = Home::new();
    for (settings, code, words) in [
        (
            CertificateSettings::expired(),
            "certificate_expired",
            "it has expired",
        ),
        (
            CertificateSettings::not_yet_valid(),
            "certificate_not_yet_valid",
            "not valid yet",
        ),
        (
            CertificateSettings::wrong_name(),
            "name_mismatch",
            "for another name",
        ),
    ] {
        let server = Server::showing(settings);
        let command = home.once(&server, &["sign-in"]);
        run(command, "abc123")
            .with(13)
            .notes(&format!("({code})"))
            .notes(words);
        kept_to_itself(&server);
    }
}

#[test]
fn people_are_shown_what_to_compare_and_what_to_type() {
    let (home, server) = (
        Home::new(),
        Server::showing(CertificateSettings::self_signed()),
    );
    let sha256 = server.running.certificate_sha256();
    let ended = sign_in(&home, &server, &[]).with(13);
    assert_eq!(ended.out, "");
    let pairs: Vec<&str> = (0..32).map(|at| &sha256[2 * at..2 * at + 2]).collect();
    ended
        .notes("  Wrong with it  its issuer is not known to this device\n")
        .notes("  Names          localhost, 127.0.0.1, ::1\n")
        .notes(&format!(
            "  SHA-256        {}\n",
            pairs.join(":").to_uppercase()
        ))
        .notes("Nothing secret was sent.")
        .notes(&format!("--approve {sha256}\n"));
    kept_to_itself(&server);
}

#[test]
fn a27_the_right_fingerprint_lets_the_password_out_and_a_wrong_one_does_not() {
    let (home, server) = (
        Home::new(),
        Server::showing(CertificateSettings::self_signed()),
    );
    let right = server.running.certificate_sha256();
    let wrong = right.chars().rev().collect::<String>();
    sign_in(&home, &server, &["--approve", &wrong])
        .with(13)
        .notes("not the fingerprint that --approve names");
    sign_in(&home, &server, &["--approve", "8D:EA"])
        .with(2)
        .notes("64 hex digits");
    sign_in(&home, &server, &["--replace-certificate"])
        .with(2)
        .notes("--approve");
    kept_to_itself(&server);
    sign_in(&home, &server, &["--approve", &right.to_uppercase()]).with(0);
    assert_eq!(server.simulator.counters().sign_ins_accepted, 1);
}

#[test]
fn approval_works_for_every_command_that_asks_the_server() {
    let (home, server) = (
        Home::new(),
        Server::showing(CertificateSettings::self_signed()),
    );
    let address = server.address();
    let sha256 = server.running.certificate_sha256();
    for command in ["whoami", "privileges", "token", "demo"] {
        let arguments = [
            command,
            "--memory",
            "--username",
            "qa",
            "--server",
            &address,
        ];
        run(home.quickaccess(&arguments), "abc123").with(13);
        let approved = [&arguments[..], &["--approve", &sha256]].concat();
        run(home.quickaccess(&approved), "abc123").with(0);
    }
}
