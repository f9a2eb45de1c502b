//! `quickaccess doctor`: each way in which it ends, what scripts get, and what it never shows.

#![allow(clippy::unwrap_used, reason = "a failed set-up is a failed test")]

mod support;

use quickaccess_simulator::{
    CertificateSettings, Fault, FaultKind, Hidden, Operation, OperatorProfile, RefreshMode,
};
use serde_json::json;
use support::{Home, Server, names_in, run};

const AS_QA: [&str; 3] = ["doctor", "--username", "qa"];

#[test]
fn doctor_ends_with_0_when_all_is_well_and_shows_each_step() {
    let (server, home) = (Server::start(), Home::new());
    let ended = run(home.at(&server, &AS_QA), "abc123").with(0);
    assert_eq!(ended.out.matches("\nok  ").count(), 9, "{ended:#?}");
    let ended = ended
        .says("The operator profile has API access")
        .says("All is well: qa can sign in to ");
    assert_eq!(ended.err, "");
    // A session of this machine is no matter of it, and nothing is left behind.
    assert_eq!(names_in(home.path()), ["ca.pem", "tmp"]);
    assert_eq!(names_in(&home.temporary()), [""; 0]);
}

#[test]
fn doctor_ends_with_what_is_to_be_done() {
    type Break = fn(&Server);
    let cases: &[(Break, &[&str], i32, &str, &str)] = &[
        (
            |server| {
                server
                    .simulator
                    .enable_client("QuickAccess", false)
                    .unwrap()
            },
            &AS_QA,
            12,
            "client_unknown",
            "client",
        ),
        (
            |server| server.simulator.enable_oauth2_service(false),
            &AS_QA,
            10,
            "credentials_rejected",
            "user",
        ),
        (
            |_| {},
            &["doctor", "--username", "no-api"],
            12,
            "no_api_access",
            "api_access",
        ),
        (
            |server| {
                let change = |profile: &mut OperatorProfile| profile.privileges.clear();
                server
                    .simulator
                    .change_profile("Help Desk", change)
                    .unwrap();
            },
            &AS_QA,
            16,
            "not_permitted",
            "privileges",
        ),
        (
            |server| {
                let busy = Fault::new(Operation::Me, FaultKind::status(503));
                server.simulator.fault(busy);
            },
            &AS_QA,
            11,
            "server_busy",
            "api",
        ),
    ];
    for (break_it, arguments, code, why, step) in cases {
        let (server, home) = (Server::start(), Home::new());
        break_it(&server);
        run(home.at(&server, arguments), "abc123")
            .with(*code)
            .says("FAILED")
            .notes("error: Not so: ")
            .notes(&format!("({why})"));
        let json = [arguments, &["--json"][..]].concat();
        let told = run(home.at(&server, &json), "abc123").with(*code).json();
        assert_eq!(
            (
                &told["verdict"],
                &told["broken"],
                &told["code"],
                &told["error"]["code"]
            ),
            (
                &"broken".into(),
                &(*step).into(),
                &(*why).into(),
                &(*why).into()
            )
        );
    }
}

#[test]
fn doctor_ends_with_3_when_it_works_and_something_is_worth_mending() {
    let (server, home) = (Server::start(), Home::new());
    let once = |switches: &mut quickaccess_simulator::Switches| {
        switches.refresh_mode = RefreshMode::OneShot;
    };
    server.simulator.set_switches(once);
    let ended = run(home.at(&server, &AS_QA), "abc123").with(3);
    assert_eq!(ended.err, "");
    ended
        .says("WARNING      The API client gives refresh tokens (single_use_spent)")
        .says("Vendor's guide: step 1")
        .says("Worth mending: \"The API client gives refresh tokens\".");
    let json = [&AS_QA[..], &["--json"]].concat();
    let told = run(home.at(&server, &json), "abc123").with(3).json();
    assert_eq!(told["verdict"], "with_remarks");
    assert_eq!(told.get("error"), None);
}

#[test]
fn doctor_as_json_has_every_step_and_no_secret() {
    const SECRET: &str = "a-secret-of-the-lab";
    let (server, home) = (Server::start(), Home::new());
    let change = |client: &mut quickaccess_simulator::ApiClient| {
        client.secret = Some(Hidden::new(SECRET));
    };
    server.simulator.change_client("Lab", change).unwrap();
    let arguments = [&AS_QA[..], &["--client-id", "Lab", "--json", "-vvv"]].concat();
    let mut command = home.at(&server, &arguments);
    command.env("QUICKACCESS_CLIENT_SECRET", SECRET);
    let ended = run(command, "abc123").with(3);
    let told = ended.json();
    let steps = told["checks"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|check| check["step"].clone()).collect();
    assert_eq!(
        json!(names),
        json!([
            "reachable",
            "certificate",
            "api",
            "client",
            "grant",
            "refresh",
            "user",
            "tokens",
            "api_access",
            "privileges"
        ])
    );
    for check in steps {
        let text = |name: &str| check[name].is_string();
        assert!(text("title") && text("saw") && text("mend"), "{check}");
        assert!(
            check["menus"].is_array() && check["guide_steps"].is_array(),
            "{check}"
        );
        assert!(check["took_ms"].is_u64(), "{check}");
    }
    assert_eq!(steps[3]["status"], "warned");
    assert_eq!(told["username"], "qa");
    assert_eq!(told["revocation"], "not_offered");
    for secret in ["abc123", SECRET] {
        let shown = format!("{}{}", ended.out, ended.err);
        assert!(!shown.contains(secret), "{secret}: {ended:#?}");
    }
}

#[test]
fn doctor_writes_a_report_for_the_administrator() {
    let (server, home) = (Server::start(), Home::new());
    server.simulator.enable_user("qa", false).unwrap();
    for name in ["report.txt", "report.json"] {
        let arguments = [&AS_QA[..], &["--report", name]].concat();
        run(home.at(&server, &arguments), "abc123").with(10);
        let report = std::fs::read_to_string(home.path().join(name)).unwrap();
        assert!(report.contains("Monitoring > Live Monitoring > Access Tracker"));
        assert!(!report.contains("abc123"), "{report}");
        let is_json = serde_json::from_str::<serde_json::Value>(&report).is_ok();
        assert_eq!(is_json, name.ends_with("json"));
    }
    let arguments = [&AS_QA[..], &["--report", "no/such/folder.txt"]].concat();
    run(home.at(&server, &arguments), "abc123")
        .with(1)
        .notes("no/such/folder.txt");
}

#[test]
fn doctor_sends_no_password_to_a_server_that_is_not_trusted() {
    let server = Server::showing(CertificateSettings::self_signed());
    let (home, address) = (Home::new(), server.address());
    let stranger = [&AS_QA[..], &["--server", &address]].concat();
    // Nobody needs to type a password for this.
    run(home.quickaccess(&stranger), "")
        .with(13)
        .says("FAILED       Its certificate is trusted (certificate_unknown)")
        .notes("--approve");
    let json = [&stranger[..], &["--json"]].concat();
    let told = run(home.quickaccess(&json), "").with(13).json();
    let certificate = &told["error"]["certificate"]["presented"]["sha256"];
    assert_eq!(*certificate, server.running.certificate_sha256());
    assert_eq!(told["broken"], "certificate");
    assert_eq!(server.simulator.counters().requests, 0);
    let fingerprint = server.running.certificate_sha256().to_owned();
    let approved = [&stranger[..], &["--approve", &fingerprint]].concat();
    run(home.quickaccess(&approved), "abc123").with(0);
}

#[test]
fn doctor_without_a_password_checks_the_server_alone() {
    let (server, home) = (Server::start(), Home::new());
    run(home.at(&server, &["doctor", "--server-only"]), "")
        .with(0)
        .says("not reached  The user and the OAuth2 service accept");
    let tokens = server.simulator.counters().token_requests;
    assert_eq!((tokens.password, tokens.refresh_token), (0, 1));
    run(home.at(&server, &["doctor"]), "abc123")
        .with(2)
        .notes("--username");
    run(
        home.quickaccess(&["doctor", "--server", "https://127.0.0.1:9", "--server-only"]),
        "",
    )
    .with(11)
    .says("FAILED       The server can be reached (offline)");
}
