//! What the doctor reports, and that it leaves nothing behind: no token, no trace in the session of its
//! handle, no secret in the report.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{
    CheckStatus, Code, DoctorProgress, DoctorReport, DoctorStep, DoctorVerdict, Revocation, Secret,
};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation, RefreshMode, Revoke, Simulator};
use support::{
    Scripted,
    doctor::{PASSWORD, examined, is_whole, phone, status},
};

#[tokio::test(start_paused = true)]
async fn doctor_is_content_with_a_good_server_and_leaves_nothing_behind() {
    let phone = phone();
    phone
        .server
        .set_switches(|switches| switches.revoke = Revoke::Present);
    let session = phone.signed_in().await;
    let (state, records) = (session.state(), phone.store.records());
    let mut told = Vec::new();
    let doctor = session.doctor();
    let password = Some(Secret::from(PASSWORD));
    let report = doctor
        .examine("qa", password, |progress| told.push(progress))
        .await;
    is_whole(&report);
    assert_eq!(report.verdict, DoctorVerdict::AllWell, "{report:#?}");
    assert_eq!(report.revocation, Revocation::Revoked);
    assert_eq!(report.server_version.as_deref(), Some("6.12.7.100007"));
    assert!(report.privileges.contains(&"#cppm_endpoints".to_owned()));
    let ended: Vec<_> = told
        .iter()
        .filter_map(|progress| match progress {
            DoctorProgress::Ended(check) => Some(check.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(ended, report.checks);
    // The session of the handle is as before, and so is its store.
    assert_eq!(session.state(), state);
    assert_eq!(phone.store.records(), records);
    session.whoami().await.unwrap();
    assert_eq!(session.refresh().await.unwrap().generation(), 2);
    assert_eq!(phone.server.counters().sign_ins_accepted, 2);
}

#[tokio::test(start_paused = true)]
async fn doctor_learns_how_a_refresh_token_behaves() {
    for (mode, status, words, refreshes) in [
        (RefreshMode::Rotate, CheckStatus::Passed, "rotation", 1),
        (
            RefreshMode::Reusable,
            CheckStatus::Passed,
            "again and again",
            2,
        ),
        (
            RefreshMode::OneShot,
            CheckStatus::Warned,
            "one time only",
            1,
        ),
    ] {
        let phone = phone();
        phone
            .server
            .set_switches(|switches| switches.refresh_mode = mode);
        let report = examined(&phone.start(), PASSWORD).await;
        is_whole(&report);
        let refresh = report.check(DoctorStep::Refresh).unwrap();
        assert_eq!(refresh.status, status, "{mode:?}");
        assert!(refresh.saw.contains(words), "{mode:?}: {}", refresh.saw);
        assert_eq!(
            phone.server.counters().refreshes_accepted,
            refreshes,
            "{mode:?}"
        );
        assert_eq!(verdict_of(status), report.verdict, "{mode:?}");
    }
}

fn verdict_of(status: CheckStatus) -> DoctorVerdict {
    match status {
        CheckStatus::Passed => DoctorVerdict::AllWell,
        _ => DoctorVerdict::WithRemarks,
    }
}

#[tokio::test(start_paused = true)]
async fn doctor_remarks_on_a_client_without_refresh_tokens_and_a_refresh_that_fails() {
    let phone = phone();
    let session = phone.builder("Kiosk").build().unwrap();
    let report = examined(&session, PASSWORD).await;
    is_whole(&report);
    assert_eq!(report.verdict, DoctorVerdict::WithRemarks);
    let refresh = report.check(DoctorStep::Refresh).unwrap();
    assert_eq!(refresh.code, Some(Code::GrantNotEnabled));
    assert!(refresh.menus[0].ends_with("API Clients"));
    assert_eq!(report.remarks(), std::slice::from_ref(refresh));

    let lost = Fault::new(Operation::TokenRefresh, FaultKind::DropAfterCommit).after(1);
    phone.server.fault(lost);
    let report = examined(&phone.start(), PASSWORD).await;
    is_whole(&report);
    let refresh = report.check(DoctorStep::Refresh).unwrap();
    assert_eq!(
        (refresh.status, refresh.code),
        (CheckStatus::Warned, Some(Code::Offline))
    );
    // What the lost answer took along is no matter for the steps after it.
    assert_eq!(status(&report, DoctorStep::Privileges), CheckStatus::Passed);
}

#[tokio::test(start_paused = true)]
async fn doctor_that_is_dropped_revokes_what_it_holds() {
    let phone = phone();
    phone
        .server
        .set_switches(|switches| switches.revoke = Revoke::Present);
    // The first question has no token; the hold meets the one that has.
    let hold = FaultKind::Hold {
        at: HoldAt::BeforeCommit,
    };
    let hold = phone.server.fault(Fault::new(Operation::Me, hold).after(1));
    let hold = phone.server.find_hold(hold).unwrap();
    let session = phone.start();
    let doctor = session.doctor();
    let examination = doctor.examine("qa", Some(Secret::from(PASSWORD)), |_| {});
    tokio::select! {
        _ = examination => panic!("it is held"),
        () = hold.reached() => {}
    }
    hold.release();
    // Two access tokens and two refresh tokens.
    let all = |server: &Simulator| server.counters().revocations == 4;
    phone.server.wait_for(all).await;
}

#[tokio::test(start_paused = true)]
async fn a29_no_secret_is_in_the_doctors_report() {
    const CLIENT_SECRET: &str = "s3cret-of-the-lab";
    let phone = phone();
    let change = |client: &mut quickaccess_simulator::ApiClient| {
        client.secret = Some(quickaccess_simulator::Hidden::new(CLIENT_SECRET));
    };
    phone.server.change_client("Lab", change).unwrap();
    let echo = |text: String| FaultKind::problem(400, "odd", text);
    let tokens = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let listening = Scripted::new(&phone.network, {
        let tokens = tokens.clone();
        move |request| {
            if let Some(bearer) = &request.bearer {
                tokens.lock().unwrap().push(bearer.expose().to_owned());
            }
            None
        }
    });
    let mut texts = String::new();
    let builder = || {
        phone
            .builder("Lab")
            .client_secret(CLIENT_SECRET)
            .transport(listening.clone())
    };
    let mut keep = |report: &DoctorReport| {
        texts.push_str(&format!(
            "{report:?} {} {}",
            report.to_text(),
            report.to_json()
        ));
    };
    keep(&examined(&builder().build().unwrap(), PASSWORD).await);
    keep(&examined(&builder().build().unwrap(), "wrong-but-secret").await);
    for (on, text) in [
        (
            Operation::TokenPassword,
            format!("no {PASSWORD} for {CLIENT_SECRET}"),
        ),
        (Operation::TokenRefresh, format!("not with {CLIENT_SECRET}")),
        (Operation::Me, format!("no {PASSWORD} for {CLIENT_SECRET}")),
        (
            Operation::Privileges,
            format!("no {PASSWORD} for {CLIENT_SECRET}"),
        ),
    ] {
        phone.server.fault(
            Fault::new(on, echo(text))
                .after(u32::from(on == Operation::Me))
                .times(1),
        );
        keep(&examined(&builder().build().unwrap(), PASSWORD).await);
    }
    // The attributes of a person repeat the password and the token.
    let change = |profile: &mut quickaccess_simulator::OperatorProfile| {
        profile.privileges = vec![format!("?{PASSWORD}"), format!("x{CLIENT_SECRET}")];
    };
    phone.server.change_profile("Help Desk", change).unwrap();
    keep(&examined(&builder().build().unwrap(), PASSWORD).await);
    let tokens = tokens.lock().unwrap().clone();
    assert!(tokens.len() >= 4, "the doctor used tokens");
    for secret in [PASSWORD, CLIENT_SECRET, "wrong-but-secret"] {
        assert!(!texts.contains(secret), "{secret} in {texts}");
    }
    for token in tokens {
        assert!(!texts.contains(&token), "{token} in {texts}");
    }
}

#[tokio::test(start_paused = true)]
async fn doctor_reports_as_text_and_as_json() {
    let phone = phone();
    phone.server.enable_oauth2_service(false);
    let report = examined(&phone.start(), PASSWORD).await;
    let text = report.to_text();
    for part in [
        "https://clearpass.example",
        "FAILED      The user and the OAuth2 service accept (credentials_rejected)",
        "Where: Policy Manager: Monitoring > Live Monitoring > Access Tracker",
        "Vendor's guide: steps 3 and 4",
        "not reached The server issues tokens",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["verdict"], "broken");
    assert_eq!(json["broken"], "user");
    assert_eq!(json["code"], "credentials_rejected");
    assert_eq!(json["username"], "qa");
    assert_eq!(
        json["checks"].as_array().unwrap().len(),
        DoctorStep::ALL.len()
    );
    assert_eq!(json["checks"][6]["status"], "failed");
    assert_eq!(json["checks"][6]["guide_steps"], serde_json::json!([3, 4]));
}
