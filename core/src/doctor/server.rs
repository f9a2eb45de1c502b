//! The first three steps: something answers, its certificate is trusted, and it is a ClearPass.
//! They need neither a client nor a person.

use http::Method;

use super::{
    examination::{Examination, Stopped},
    finding::Finding,
    report::DoctorStep,
    words,
};
use crate::{
    error::{Code, Error},
    transport::{Lane, Request, SendCause, SendFailure},
};

/// A certificate that ends sooner is worth a remark, in seconds.
const ENDS_SOON: i64 = 14 * 86_400;
/// A clock that is further off is worth a remark, in seconds.
const CLOCK_OFF: u64 = 300;

impl Examination<'_> {
    pub(super) async fn look_at_the_server(&mut self) -> Result<(), Stopped> {
        self.begin(DoctorStep::Reachable);
        // What is remembered of the certificate lies in the store.
        self.handle.settled().await;
        let server = self.shared.config.server.clone();
        let Ok(url) = server.api("oauth/me") else {
            let finding = Finding::failed(Code::Internal, Code::Internal.meaning());
            return self.stop(DoctorStep::Reachable, finding);
        };
        let began = self.shared.environment.now().boot;
        let limits = self.shared.config.timeouts.request_limits();
        let request = Request::new(Lane::Resources, Method::GET, url, limits);
        let answer = self.shared.send(request).await;
        let took = self.shared.environment.now().boot.saturating_sub(began);
        if let Err(failure) = &answer
            && let Some(finding) = unreachable(failure, &server.to_string())
        {
            return self.stop(DoctorStep::Reachable, finding);
        }
        let saw = format!("{server} answered within {}.", words::took(took));
        self.end(DoctorStep::Reachable, Finding::passed(saw));

        self.begin(DoctorStep::Certificate);
        match &answer {
            Err(SendFailure {
                cause: SendCause::Trust(_) | SendCause::Tls,
                ..
            }) => {
                let finding = self.untrusted(answer.err());
                return self.stop(DoctorStep::Certificate, finding);
            }
            _ => {
                let finding = self.trusted();
                self.end(DoctorStep::Certificate, finding);
            }
        }

        self.begin(DoctorStep::Api);
        let reply = match answer {
            Ok(reply) => reply,
            Err(failure) => {
                let finding = Finding::of(&failure.to_error());
                return self.stop(DoctorStep::Api, finding);
            }
        };
        if let Err(error) = self.handle.judge_probe(&reply) {
            let finding = Finding::of(&error).mend(mend_address(error.code()));
            return self.stop(DoctorStep::Api, finding);
        }
        let finding = clock(self.handle.clock_ahead(&reply));
        self.end(DoctorStep::Api, finding);
        Ok(())
    }

    fn trusted(&self) -> Finding {
        let server = &self.shared.config.server;
        let Some(certificate) = self.shared.trust.accepted() else {
            return Finding::passed(if server.is_plain() {
                "Plain http to this very machine: there is no certificate, and none is needed."
            } else {
                "It was trusted."
            });
        };
        let saw = format!(
            "Trusted. It is for {}, from {}, valid {}; SHA-256 {}.",
            or_nobody(&certificate.subject),
            or_nobody(&certificate.issuer),
            certificate.validity(),
            certificate.fingerprint()
        );
        let now = i64::try_from(self.shared.environment.now().wall / 1_000).unwrap_or(i64::MAX);
        let left = certificate.not_after.saturating_sub(now);
        if (0..ENDS_SOON).contains(&left) {
            let saw = format!("{saw} It ends within {} days.", left / 86_400 + 1);
            return Finding::warned(None, saw).mend("Have the certificate renewed before it ends.");
        }
        Finding::passed(saw)
    }

    fn untrusted(&mut self, failure: Option<SendFailure>) -> Finding {
        let error = failure.map_or_else(|| Error::new(Code::Internal), |f| f.to_error());
        let error = self.handle.unless_unread(error);
        let Some(shown) = error.certificate() else {
            return Finding::of(&error);
        };
        let problems: Vec<&str> = shown
            .problems
            .iter()
            .map(|problem| problem.meaning())
            .collect();
        let saw = format!(
            "The certificate is not trusted: {}. It is for {}, from {}, valid {}; SHA-256 {}. \
             Nothing secret was sent.",
            problems.join("; "),
            or_nobody(&shown.presented.subject),
            or_nobody(&shown.presented.issuer),
            shown.presented.validity(),
            shown.presented.fingerprint()
        );
        self.certificate = Some(shown.clone());
        Finding::failed(error.code(), saw)
    }
}

/// Why nothing answers; `None` where something does.
fn unreachable(failure: &SendFailure, server: &str) -> Option<Finding> {
    let (code, saw, mend) = match failure.cause {
        SendCause::Offline => (
            Code::Offline,
            format!(
                "There is no connection to {server}: its name is not known here, nothing listens \
                 on the port, or something on the way stops it. From here these look the same."
            ),
            "Check the address and its port, the network of this device, and firewalls between.",
        ),
        SendCause::Timeout => (
            Code::Timeout,
            format!("{server} did not answer in time."),
            "Check the address, firewalls between, and whether the server is under load.",
        ),
        SendCause::Unsendable => (
            Code::Internal,
            Code::Internal.meaning().to_owned(),
            Code::Internal.what_to_do(),
        ),
        _ => return None,
    };
    Some(Finding::failed(code, saw).mend(mend))
}

fn mend_address(code: Code) -> &'static str {
    match code {
        Code::NotClearpass => {
            "Check the address; the API lies under /api. If the address is right, something \
             between here and the server answers in its place: a proxy, or the sign-in page of a \
             network."
        }
        code => code.what_to_do(),
    }
}

fn clock(ahead: Option<i64>) -> Finding {
    let saw = "It refuses a call without a token, as ClearPass does.";
    let off = ahead.map_or(0, i64::unsigned_abs);
    if off <= CLOCK_OFF {
        return Finding::passed(saw);
    }
    let side = if ahead.is_some_and(|ahead| ahead > 0) {
        "ahead of"
    } else {
        "behind"
    };
    let off = words::lasting(off.saturating_mul(1_000));
    Finding::warned(
        None,
        format!("{saw} Its clock is {off} {side} the clock of this device."),
    )
    .mend("Set both clocks by a time server: tokens do not depend on it, certificates and logs do.")
}

fn or_nobody(text: &str) -> &str {
    if text.is_empty() { "(nobody)" } else { text }
}
