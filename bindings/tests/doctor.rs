//! The doctor of the binding: what it finds, tells on the way, and leaves behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{Arc, Mutex};

use quickaccess_ffi::{
    CallbackError, CancelHandle, CheckStatus, DoctorCheck, DoctorObserver, DoctorVerdict, Session,
    TokenStore,
};
use support::{Server, signed_in, wait};

/// Writes down what it is told, and fails each time all the same.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl DoctorObserver for Notes {
    fn began(&self, step: String, title: String) -> Result<(), CallbackError> {
        assert!(!title.is_empty());
        self.0.lock().unwrap().push(format!("began {step}"));
        Err(CallbackError::Failed)
    }

    fn ended(&self, check: DoctorCheck) -> Result<(), CallbackError> {
        self.0.lock().unwrap().push(format!("ended {}", check.step));
        Err(CallbackError::Failed)
    }
}

#[test]
fn the_doctor_names_what_is_missing_and_its_certificate_can_be_approved() {
    let server = Server::start();
    let session = Session::new(server.stranger(), TokenStore::in_memory(), None).unwrap();
    let examine = || {
        let password = Some(b"abc123".to_vec());
        wait(session.examine("qa".to_owned(), password, None, None)).unwrap()
    };
    let report = examine();
    assert_eq!(report.verdict, DoctorVerdict::Broken);
    let broken = report.checks.iter();
    let broken: Vec<_> = broken
        .filter(|check| check.status == CheckStatus::Failed)
        .map(|check| (check.step.as_str(), check.code.as_deref()))
        .collect();
    assert_eq!(broken, [("certificate", Some("certificate_unknown"))]);

    wait(session.approve(report.certificate.unwrap())).unwrap();
    let report = examine();
    assert_ne!(report.verdict, DoctorVerdict::Broken, "{}", report.as_text);
    assert!(report.server_version.is_some());
    assert!(!report.as_json.contains("abc123"));
    let state = session.state();
    assert!(signed_in(&state).is_none(), "the doctor left {state:?}");
}

#[test]
fn the_doctor_tells_each_step_before_the_report_comes() {
    let server = Server::start();
    let session = server.session();
    let notes = Arc::new(Notes::default());
    let password = Some(b"abc123".to_vec());
    let report = session.examine("qa".to_owned(), password, Some(notes.clone()), None);
    let report = wait(report).unwrap();
    let notes = notes.0.lock().unwrap();
    let ended: Vec<String> = report
        .checks
        .iter()
        .map(|check| format!("ended {}", check.step))
        .collect();
    let told = notes.iter().filter(|note| note.starts_with("ended"));
    assert_eq!(told.cloned().collect::<Vec<_>>(), ended);
    assert!(notes.contains(&"began api_access".to_owned()), "{notes:?}");
}

#[test]
fn an_examination_is_cancelled_by_its_handle() {
    let server = Server::start();
    let session = server.session();
    let cancel = CancelHandle::new();
    cancel.cancel();
    let cancelled = wait(session.examine("qa".to_owned(), None, None, Some(cancel)));
    assert_eq!(cancelled.unwrap_err().why().code, "cancelled");
}
