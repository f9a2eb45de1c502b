//! What the doctor's tests share.

use std::time::{Duration, UNIX_EPOCH};

use quickaccess::{CheckStatus, DoctorReport, DoctorStep, QuickAccess, Secret};

use super::{Phone, START};

pub(crate) const PASSWORD: &str = "abc123";

/// A phone whose server has the same time.
pub(crate) fn phone() -> Phone {
    let phone = Phone::new();
    let now = UNIX_EPOCH + Duration::from_millis(START);
    phone.server.set_wall_clock(now);
    phone
}

/// Examines as `qa`.
pub(crate) async fn examined(session: &QuickAccess, password: &str) -> DoctorReport {
    let password = Some(Secret::from(password));
    session.doctor().examine("qa", password, |_| {}).await
}

/// What came of a step.
pub(crate) fn status(report: &DoctorReport, step: DoctorStep) -> CheckStatus {
    report.check(step).unwrap().status
}

/// Every step ended once and in order; nothing before the broken one failed, nothing after it was
/// guessed at.
pub(crate) fn is_whole(report: &DoctorReport) {
    let steps: Vec<_> = report.checks.iter().map(|check| check.step).collect();
    assert_eq!(steps, DoctorStep::ALL);
    let failed = report
        .checks
        .iter()
        .filter(|c| c.status == CheckStatus::Failed);
    assert!(failed.count() <= 1, "{report:#?}");
    if let Some(broken) = report.broken() {
        let after = report
            .checks
            .iter()
            .skip_while(|c| c.step != broken.step)
            .skip(1);
        assert!(
            after.clone().all(|c| c.status == CheckStatus::NotReached),
            "{report:#?}"
        );
    }
    for check in &report.checks {
        assert!(check.saw.ends_with('.'), "{check:?}");
        assert!(
            check.mend.is_empty() || check.mend.ends_with('.'),
            "{check:?}"
        );
        let well = matches!(check.status, CheckStatus::Passed | CheckStatus::NotReached);
        assert_eq!(check.mend.is_empty(), well, "{check:?}");
    }
}
