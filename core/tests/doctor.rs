//! The doctor names the step of the vendor's guide that is missing, whichever it is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use quickaccess::{Code, DoctorStep, DoctorVerdict};
use quickaccess_simulator::{Fault, FaultKind, Operation, Simulator};
use support::doctor::{PASSWORD, examined, is_whole, phone};

/// One way to break a ClearPass, and what the doctor has to say.
struct Case {
    name: &'static str,
    client: &'static str,
    break_it: fn(&Simulator),
    step: DoctorStep,
    guide: &'static [u32],
    code: Code,
    menu: &'static str,
    /// All of them are told, where the answer of the server does not tell them apart.
    possibilities: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "step 1: there is no such API client",
        client: "QuickAcess",
        break_it: |_| {},
        step: DoctorStep::Client,
        guide: &[1],
        code: Code::ClientUnknown,
        menu: "Administration > API Services > API Clients",
        possibilities: &["no client of this id", "no public one", "disabled"],
    },
    Case {
        name: "step 1: the API client is disabled",
        client: "QuickAccess",
        break_it: |server| server.enable_client("QuickAccess", false).unwrap(),
        step: DoctorStep::Client,
        guide: &[1],
        code: Code::ClientUnknown,
        menu: "Administration > API Services > API Clients",
        possibilities: &["no client of this id", "no public one", "disabled"],
    },
    Case {
        name: "step 1: the API client is not public",
        client: "Lab",
        break_it: |_| {},
        step: DoctorStep::Client,
        guide: &[1],
        code: Code::ClientUnknown,
        menu: "Administration > API Services > API Clients",
        possibilities: &["no client of this id", "no public one", "disabled"],
    },
    Case {
        name: "step 1: the API client has another grant",
        client: "Integration",
        break_it: |_| {},
        step: DoctorStep::Grant,
        guide: &[1],
        code: Code::GrantNotEnabled,
        menu: "Administration > API Services > API Clients",
        possibilities: &["password grant"],
    },
    Case {
        name: "step 2: the operator profile has no API access",
        client: "QuickAccess",
        break_it: |server| {
            let change = |profile: &mut quickaccess_simulator::OperatorProfile| {
                profile.api_access = false;
            };
            server.change_profile("Help Desk", change).unwrap();
        },
        step: DoctorStep::ApiAccess,
        guide: &[2],
        code: Code::NoApiAccess,
        menu: "Administration > Operator Logins > Profiles",
        possibilities: &["without API access", "Authorization header"],
    },
    Case {
        name: "step 3: the user is disabled",
        client: "QuickAccess",
        break_it: |server| server.enable_user("qa", false).unwrap(),
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Monitoring > Live Monitoring > Access Tracker",
        possibilities: REJECTED,
    },
    Case {
        name: "step 3: the user has another password",
        client: "QuickAccess",
        break_it: |server| {
            let change = |user: &mut quickaccess_simulator::LocalUser| {
                user.password = quickaccess_simulator::Hidden::new("another");
            };
            server.change_user("qa", change).unwrap();
        },
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Configuration > Identity > Local Users",
        possibilities: REJECTED,
    },
    Case {
        name: "step 3: the user has no operator profile",
        client: "QuickAccess",
        break_it: |server| {
            let change = |user: &mut quickaccess_simulator::LocalUser| user.operator_profile = None;
            server.change_user("qa", change).unwrap();
        },
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Administration > Operator Logins > Profiles",
        possibilities: REJECTED,
    },
    Case {
        name: "step 4: the service is off",
        client: "QuickAccess",
        break_it: |server| server.enable_oauth2_service(false),
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Configuration > Service Templates & Wizards",
        possibilities: REJECTED,
    },
    Case {
        name: "step 4: the service is for another application",
        client: "QuickAccess",
        break_it: |server| {
            let wrong = |scenario: &mut quickaccess_simulator::Scenario| {
                scenario.oauth2_service.application = "WebLogin".into();
                Ok(())
            };
            server.change_scenario(wrong).unwrap();
        },
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Configuration > Service Templates & Wizards",
        possibilities: REJECTED,
    },
    Case {
        name: "step 4: the service looks elsewhere for people",
        client: "QuickAccess",
        break_it: |server| {
            let wrong = |scenario: &mut quickaccess_simulator::Scenario| {
                scenario.oauth2_service.local_users = false;
                Ok(())
            };
            server.change_scenario(wrong).unwrap();
        },
        step: DoctorStep::User,
        guide: &[3, 4],
        code: Code::CredentialsRejected,
        menu: "Monitoring > Live Monitoring > Access Tracker",
        possibilities: REJECTED,
    },
    Case {
        name: "step 5: the token endpoint answers with something else",
        client: "QuickAccess",
        break_it: |server| {
            server.fault(Fault::new(Operation::TokenPassword, FaultKind::WrongType));
        },
        step: DoctorStep::Tokens,
        guide: &[5],
        code: Code::BadReply,
        menu: "",
        possibilities: &["token endpoint"],
    },
    Case {
        name: "step 6: no privilege is listed",
        client: "QuickAccess",
        break_it: |server| {
            let change = |profile: &mut quickaccess_simulator::OperatorProfile| {
                profile.privileges.clear();
            };
            server.change_profile("Help Desk", change).unwrap();
        },
        step: DoctorStep::Privileges,
        guide: &[6],
        code: Code::NotPermitted,
        menu: "Administration > Operator Logins > Profiles",
        possibilities: &["empty"],
    },
    Case {
        name: "step 6: the list is refused",
        client: "QuickAccess",
        break_it: |server| {
            let forbidden = FaultKind::problem(403, "Forbidden", "Forbidden");
            server.fault(Fault::new(Operation::Privileges, forbidden));
        },
        step: DoctorStep::Privileges,
        guide: &[6],
        code: Code::NotPermitted,
        menu: "Administration > Operator Logins > Profiles",
        possibilities: &["refuses to list"],
    },
];

/// What a refused password can mean.
const REJECTED: &[&str] = &[
    "password is wrong",
    "disabled",
    "no operator profile",
    "no enabled service",
    "another user database",
];

#[tokio::test(start_paused = true)]
async fn doctor_names_each_broken_step_of_the_guide() {
    for case in CASES {
        let phone = phone();
        (case.break_it)(&phone.server);
        let mut builder = phone.builder(case.client);
        if case.step == DoctorStep::Grant {
            // The scenario has no public client without the password grant, and neither has ClearPass.
            builder = builder.client_secret("s3cret");
        }
        let session = builder.build().unwrap();
        let report = examined(&session, PASSWORD).await;
        is_whole(&report);
        let name = case.name;
        let broken = report
            .broken()
            .unwrap_or_else(|| panic!("{name}: {report:#?}"));
        assert_eq!(
            (broken.step, broken.code),
            (case.step, Some(case.code)),
            "{name}"
        );
        assert_eq!(report.verdict, DoctorVerdict::Broken, "{name}");
        assert_eq!(broken.guide_steps, case.guide, "{name}");
        assert!(name.starts_with("step"), "{name}");
        let step: u32 = name[5..6].parse().unwrap();
        assert!(broken.guide_steps.contains(&step), "{name}");
        assert!(
            case.menu.is_empty() || broken.menus.iter().any(|menu| menu.contains(case.menu)),
            "{name}: {broken:#?}"
        );
        for possibility in case.possibilities {
            assert!(
                broken.saw.contains(possibility),
                "{name}: {possibility}: {broken:#?}"
            );
        }
        assert!(
            report.summary.contains(broken.step.title()),
            "{name}: {}",
            report.summary
        );
    }
}
