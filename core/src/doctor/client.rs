//! The fourth step: ClearPass knows the API client, and it is a public one. The token endpoint looks
//! at the client before it looks at anything else \[L\], so a refresh token that nobody ever got
//! tells, before a password is sent.

use std::fmt::Write;

use super::{
    examination::{Examination, Stopped},
    finding::Finding,
    report::DoctorStep,
    words::API_CLIENTS,
};
use crate::{
    error::Code,
    protocol::grant::Grant,
    secret::Secret,
    session::event::{Failure, Outcome},
    transport::Lane,
};

/// What is known of the API client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// ClearPass accepts it.
    Known,
    /// The answer did not tell; the answer to the password will.
    Untold,
}

/// What an answer to the made-up token says of the client.
enum Told {
    Known,
    Refused(Failure),
    Untold,
    NoAnswer(Failure),
}

impl Examination<'_> {
    pub(super) async fn ask_for_the_client(&mut self) -> Result<Client, Stopped> {
        self.begin(DoctorStep::Client);
        let made_up = self.made_up_token();
        let grant = Grant::RefreshToken(&made_up);
        let own = self.shared.config.client_secret.clone();
        let (outcome, _) = self
            .ask_for_tokens(Lane::SignIn, &grant, own.as_ref())
            .await;
        match told(outcome) {
            Told::Known => {
                let finding = self.known_client();
                self.end(DoctorStep::Client, finding);
                Ok(Client::Known)
            }
            Told::Untold if self.password.is_some() => Ok(Client::Untold),
            Told::Untold => {
                let saw = "Its answer to a made-up refresh token does not tell.";
                self.end(DoctorStep::Client, Finding::not_reached(saw));
                Ok(Client::Untold)
            }
            Told::NoAnswer(failure) => self.no_answer(&failure),
            Told::Refused(failure) if own.is_some() => {
                let (without, _) = self.ask_for_tokens(Lane::SignIn, &grant, None).await;
                let is_public = matches!(told(without), Told::Known);
                let finding = self.refused_secret(&failure, is_public);
                self.stop(DoctorStep::Client, finding)
            }
            Told::Refused(failure) => {
                let finding = self.refused_client(&failure);
                self.stop(DoctorStep::Client, finding)
            }
        }
    }

    pub(super) fn known_client(&self) -> Finding {
        let client = &self.shared.config.client_id;
        if self.shared.config.client_secret.is_none() {
            return Finding::passed(format!(
                "ClearPass knows the API client {client} and asks for no secret."
            ));
        }
        Finding::warned(
            Some(Code::ClientNeedsSecret),
            format!(
                "ClearPass knows the API client {client} with its secret, so it is no public one. \
                 What a phone carries is no secret: the vendor advises a public client for apps."
            ),
        )
        .mend("For an app on phones, tick Public Client, and give no secret.")
        .at(&[API_CLIENTS])
    }

    pub(super) fn refused_client(&self, failure: &Failure) -> Finding {
        let client = &self.shared.config.client_id;
        let text = said(failure);
        Finding::failed(
            Code::ClientUnknown,
            format!(
                "ClearPass refuses the API client {client} without a secret.{text} It answers in the \
                 same way when there is no client of this id, when it is no public one, and most \
                 likely when it is disabled."
            ),
        )
        .mend(
            "Check that an API client has exactly this id, that it is enabled, and that Public \
             Client is ticked. If it is meant to have a secret, give that.",
        )
        .at(&[API_CLIENTS])
    }

    fn refused_secret(&self, failure: &Failure, is_public: bool) -> Finding {
        let client = &self.shared.config.client_id;
        let text = said(failure);
        if is_public {
            return Finding::failed(
                Code::ClientUnknown,
                format!(
                    "The API client {client} is a public one: ClearPass accepts it without a secret, \
                     and refuses it with the one that was given.{text}"
                ),
            )
            .mend("Give no client secret.");
        }
        Finding::failed(
            Code::ClientUnknown,
            format!(
                "ClearPass refuses the API client {client} with the secret that was given, and \
                 without one.{text} It answers in the same way when there is no client of this id, \
                 when the secret is wrong, and most likely when the client is disabled."
            ),
        )
        .mend(
            "Check that an API client has exactly this id and is enabled, and give its secret anew; \
             or tick Public Client and give none.",
        )
        .at(&[API_CLIENTS])
    }

    /// The token endpoint gave no answer that tells anything: what comes before it stays open.
    pub(super) fn no_answer<T>(&mut self, failure: &Failure) -> Result<T, Stopped> {
        let open = [
            DoctorStep::Client,
            DoctorStep::Grant,
            DoctorStep::Refresh,
            DoctorStep::User,
        ];
        for step in open {
            if !self.has_ended(step) {
                let saw = "The token endpoint gave no answer that tells.";
                self.end(step, Finding::not_reached(saw));
            }
        }
        let error = self.shared.explain(failure, true);
        let mut finding = Finding::of(&error);
        finding.saw = format!(
            "The token endpoint does not answer as it should. {}",
            finding.saw
        );
        if let Some(after) = failure.after {
            let wait = super::words::lasting(after);
            finding.saw = format!("{} It asks to wait for {wait}.", finding.saw);
        }
        self.stop(DoctorStep::Tokens, finding)
    }

    /// A text of the form of a refresh token, out of fresh randomness, so that it is nobody's.
    fn made_up_token(&self) -> Secret {
        let mut random = [0; 20];
        self.shared.environment.random(&mut random);
        let mut text = String::with_capacity(40);
        for byte in random {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Secret::new(text)
    }
}

fn told(outcome: Outcome) -> Told {
    match outcome {
        // A made-up token that is accepted proves the client all the more.
        Outcome::Granted(_) => Told::Known,
        Outcome::Refused {
            invalid_grant: true,
            ..
        } => Told::Known,
        Outcome::Refused { failure, .. } => match failure.code {
            Code::ClientUnknown => Told::Refused(failure),
            Code::GrantNotEnabled if !is_unsupported(&failure) => Told::Known,
            _ => Told::Untold,
        },
        Outcome::NotSent(failure) | Outcome::Unknown(failure) | Outcome::Busy(failure) => {
            Told::NoAnswer(failure)
        }
    }
}

/// The server does not know the grant at all, which it says before it looks at the client \[L\].
fn is_unsupported(failure: &Failure) -> bool {
    let detail = failure.detail.as_deref();
    detail.is_some_and(|text| text.starts_with("unsupported_grant_type"))
}

/// What the server said, as a sentence.
pub(super) fn said(failure: &Failure) -> String {
    match &failure.detail {
        Some(detail) => format!(" It says \"{detail}\"."),
        None => String::new(),
    }
}
