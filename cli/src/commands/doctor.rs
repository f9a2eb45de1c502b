//! `quickaccess doctor`: the library's examination, shown step by step.

use std::{fs, path::Path};

use quickaccess::{
    Action, CheckStatus, Code, Doctor as Examiner, DoctorCheck, DoctorProgress, DoctorReport,
    DoctorStep, DoctorVerdict, Error, MemoryStore, QuickAccess, Secret,
};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::{
    args::Doctor,
    ask,
    exit::{Failure, Why},
    open::{self, Target},
    show,
    stop::Stop,
    wait::wait,
};

pub(crate) async fn run(doctor: &Doctor, stop: &mut Stop) -> Result<(), Failure> {
    stop.or(examine(doctor)).await
}

async fn examine(doctor: &Doctor) -> Result<(), Failure> {
    let common = &doctor.common;
    let json = common.kept.json;
    let target = Target::find(&common.kept)?;
    // It keeps nothing: a session of this machine is no matter of it.
    let session = open::settings(&target)?.store(MemoryStore::new()).build()?;
    if !doctor.server_only && common.username.is_none() && !ask::is_terminal() {
        ask::username(common).await?;
    }
    let looked = look(doctor, &session).await;
    let (username, password) = match &looked {
        Ok(()) if !doctor.server_only => {
            let username = ask::username(common).await?;
            let password = ask::password(&username).await?;
            (username, Some(password))
        }
        _ => (common.username.clone().unwrap_or_default(), None),
    };
    let report = watched(&session.doctor(), username, password, json).await;
    if let Some(file) = &doctor.report {
        write(file, &report)?;
    }
    if !json {
        show::line("");
        if report.verdict != DoctorVerdict::Broken {
            show::text(&show::bold(&show::clean(&report.summary)));
        }
        show::text(report.clean_up());
    }
    let failure = match (judge(&report, doctor.server_only), looked) {
        (None, _) => {
            if json {
                show::json(&members(&report).into());
            }
            return Ok(());
        }
        // The very certificate that was refused comes with this one, and what to type.
        (Some(_), Err(failure)) if of_trust(&failure) || report.broken().is_none() => failure,
        (Some(failure), _) => failure,
    };
    Err(Failure {
        done: Some(Box::new(members(&report))),
        ..failure
    })
}

/// Looks at the server before a password is asked for; trust that is missing is asked for.
async fn look(doctor: &Doctor, session: &QuickAccess) -> Result<(), Failure> {
    match wait("Looking at the server", session.probe()).await {
        Err(error) if error.action() == Action::TrustServer => {
            ask::approval(session, error, &doctor.common).await
        }
        other => Ok(other.map(drop)?),
    }
}

fn of_trust(failure: &Failure) -> bool {
    let error = failure.error();
    error.is_some_and(|error| error.action() == Action::TrustServer)
}

/// Examines, and shows each check as it ends.
async fn watched(
    doctor: &Examiner,
    username: String,
    password: Option<Secret>,
    json: bool,
) -> DoctorReport {
    let (tell, mut told) = mpsc::unbounded_channel();
    let examination = doctor.examine(username, password, move |progress| {
        // Whoever listens is gone only with all of it.
        let _ = tell.send(progress);
    });
    let showing = async {
        let mut now = "Checking".to_owned();
        while let Some(progress) = wait(&now, told.recv()).await {
            match progress {
                DoctorProgress::Began(step) => now = format!("Checking: {}", step.title()),
                DoctorProgress::Ended(check) if !json => show_check(&check),
                _ => {}
            }
        }
    };
    tokio::join!(examination, showing).0
}

fn show_check(check: &DoctorCheck) {
    let mut lines = vec![match check.code {
        Some(code) => format!("{} ({code})", check.step.title()),
        None => check.step.title().to_owned(),
    }];
    lines.push(show::clean(&check.saw));
    if !check.mend.is_empty() {
        lines.push(format!("What to do: {}", check.mend));
    }
    lines.extend(check.menus.iter().map(|menu| format!("Where: {menu}")));
    let is_wrong = matches!(check.status, CheckStatus::Warned | CheckStatus::Failed);
    if let (true, Some(steps)) = (is_wrong, check.step.guide()) {
        lines.push(format!("Vendor's guide: {steps}"));
    }
    let longest = CheckStatus::NotReached.mark().len();
    let mark = format!("{:longest$}", check.status.mark());
    show::rows(&[(mark, lines.join("\n"))]);
}

/// Why the command does not end with 0; `None` when all is well.
fn judge(report: &DoctorReport, server_only: bool) -> Option<Failure> {
    if let Some(check) = report.broken() {
        let code = check.code.unwrap_or(Code::Internal);
        let error = Error::with_message(code, report.summary.clone());
        let at_sign_in = check.step == DoctorStep::User;
        return Some(
            if at_sign_in {
                error.at_sign_in()
            } else {
                error
            }
            .into(),
        );
    }
    match report.verdict {
        DoctorVerdict::AllWell => None,
        DoctorVerdict::ServerWell if server_only && report.remarks().is_empty() => None,
        DoctorVerdict::ServerWell if !server_only => Some(Error::new(Code::Timeout).into()),
        _ => Some(Why::Remarks.into()),
    }
}

/// The report for scripts.
fn members(report: &DoctorReport) -> Map<String, Value> {
    match serde_json::from_str(&report.to_json()) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Writes the report for an administrator: JSON where the name ends so, else text.
fn write(file: &Path, report: &DoctorReport) -> Result<(), Failure> {
    let json = file
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let text = if json {
        report.to_json() + "\n"
    } else {
        report.to_text()
    };
    fs::write(file, text).map_err(|error| {
        Failure::machine(format!(
            "The report cannot be written to {}: {error}. Name another file with --report.",
            file.display()
        ))
    })
}
