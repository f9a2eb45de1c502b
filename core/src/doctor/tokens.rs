//! The sign-in and the refresh: grant, refresh token, person and service, tokens.

use super::{
    client::{Client, said},
    examination::{Examination, Stopped},
    finding::Finding,
    report::DoctorStep,
    words::{self, ACCESS_TRACKER, API_CLIENTS, LOCAL_USERS, PROFILES, SERVICES},
};
use crate::{
    error::Code,
    protocol::{grant::Grant, token_reply::TokenPair},
    secret::Secret,
    session::event::{Failure, Lifetime, Outcome},
    transport::Lane,
};

impl Examination<'_> {
    /// Signs in once, and extends the session to learn how that behaves. What it returns is the
    /// newest access token.
    pub(super) async fn sign_in(&mut self, client: Client) -> Result<Secret, Stopped> {
        // PHP takes a lone 0 as missing, too [L].
        let is_missing = |text: &str| matches!(text, "" | "0");
        let password = self.password.as_ref();
        if is_missing(&self.username) || password.is_none_or(|text| is_missing(text.expose())) {
            return self.missing();
        }
        if client == Client::Known {
            self.begin(DoctorStep::Grant);
        }
        let (outcome, pair) = self.send_password().await;
        let (granted, pair) = match (outcome, pair) {
            (Outcome::Granted(granted), Some(pair)) => (granted, pair),
            (Outcome::Refused { failure, .. }, _) => return self.refused(&failure),
            (Outcome::NotSent(failure) | Outcome::Unknown(failure) | Outcome::Busy(failure), _) => {
                return self.no_answer(&failure);
            }
            (Outcome::Granted(_), None) => {
                return self.no_answer(&Failure::new(Code::Internal));
            }
        };
        self.client_is_known();
        let saw = "The password grant was accepted.";
        self.end(DoctorStep::Grant, Finding::passed(saw));
        self.begin(DoctorStep::Refresh);
        let has_refresh = pair.refresh.is_some();
        let (finding, newer) = self.try_refresh(&pair).await;
        self.end(DoctorStep::Refresh, finding);
        let username = &self.username;
        let saw =
            format!("{username} was accepted, so a service of Policy Manager takes the request.");
        self.end(DoctorStep::User, Finding::passed(saw));
        self.end(DoctorStep::Tokens, issued(granted.lifetime, has_refresh));
        Ok(newer.unwrap_or(pair.access))
    }

    async fn send_password(&mut self) -> (Outcome, Option<TokenPair>) {
        let (username, password) = (self.username.clone(), self.password.clone());
        let grant = Grant::Password {
            username: &username,
            password: &password.unwrap_or_default(),
        };
        let own = self.shared.config.client_secret.clone();
        self.ask_for_tokens(Lane::SignIn, &grant, own.as_ref())
            .await
    }

    fn missing(&mut self) -> Result<Secret, Stopped> {
        for step in [DoctorStep::Client, DoctorStep::Grant, DoctorStep::Refresh] {
            if !self.has_ended(step) {
                self.end(step, Finding::not_reached("Nobody was signed in."));
            }
        }
        let saw =
            "The user name or the password is missing (ClearPass takes a lone 0 as none, too).";
        let finding = Finding::failed(Code::InvalidInput, saw).mend("Give both.");
        self.stop(DoctorStep::User, finding)
    }

    fn client_is_known(&mut self) {
        if !self.has_ended(DoctorStep::Client) {
            let finding = self.known_client();
            self.end(DoctorStep::Client, finding);
        }
    }

    /// The server refused the sign-in, and its code says at which step.
    fn refused(&mut self, failure: &Failure) -> Result<Secret, Stopped> {
        match failure.code {
            Code::ClientUnknown => {
                let finding = self.refused_client(failure);
                // The client was known a moment ago: it has just been changed.
                let step = if self.has_ended(DoctorStep::Client) {
                    DoctorStep::Grant
                } else {
                    DoctorStep::Client
                };
                self.stop(step, finding)
            }
            Code::GrantNotEnabled => {
                self.client_is_known();
                let finding = self.refused_grant(failure);
                self.stop(DoctorStep::Grant, finding)
            }
            code => {
                self.client_is_known();
                let saw = if code == Code::CredentialsRejected {
                    "Not told: most likely the server looks at the person first, and at the grant after that."
                } else {
                    "Not told by this answer."
                };
                self.end(DoctorStep::Grant, Finding::not_reached(saw));
                let saw = "Nobody was signed in.";
                self.end(DoctorStep::Refresh, Finding::not_reached(saw));
                let finding = self.refused_person(failure);
                self.stop(DoctorStep::User, finding)
            }
        }
    }

    fn refused_grant(&self, failure: &Failure) -> Finding {
        let client = &self.shared.config.client_id;
        let text = said(failure);
        Finding::failed(
            Code::GrantNotEnabled,
            format!("The API client {client} does not allow the password grant.{text}"),
        )
        .mend(
            "Choose \"Username and password credentials (grant_type=password)\" as its grant type; \
             an API client has one grant type alone.",
        )
        .at(&[API_CLIENTS])
    }

    fn refused_person(&self, failure: &Failure) -> Finding {
        let (name, text) = (&self.username, said(failure));
        if failure.code != Code::CredentialsRejected {
            return Finding::failed(
                failure.code,
                format!("ClearPass refuses {name} for a reason of its own.{text}"),
            )
            .mend("Look for this sign-in in Access Tracker, which has the reason.")
            .at(&[ACCESS_TRACKER]);
        }
        Finding::failed(
            failure.code,
            format!(
                "ClearPass does not accept {name}.{text} The vendor documents no way to tell these \
                 apart from here: the user name or the password is wrong (step 3 of the vendor's guide); the account is disabled \
                 or has no operator profile (step 3); no enabled service of Policy Manager takes OAuth2 \
                 requests, or it looks in another user database (step 4)."
            ),
        )
        .mend(
            "Look for this sign-in in Access Tracker, which has the reason. Else check the account \
             and its operator profile, and that a service made by the template OAuth2 API User Access \
             is enabled.",
        )
        .at(&[ACCESS_TRACKER, LOCAL_USERS, PROFILES, SERVICES])
    }

    /// Spends one refresh, and a second one where the first left it open, to learn the mode. The
    /// newest access token comes back.
    async fn try_refresh(&mut self, pair: &TokenPair) -> (Finding, Option<Secret>) {
        let client = self.shared.config.client_id.clone();
        let Some(first) = &pair.refresh else {
            let saw = format!(
                "The API client {client} gives no refresh token: people sign in again whenever the \
                 access token ends."
            );
            let finding = Finding::warned(Some(Code::GrantNotEnabled), saw)
                .mend("Tick the option for refresh tokens of this API client, so that people stay signed in.")
                .at(&[API_CLIENTS]);
            return (finding, None);
        };
        let (outcome, newer) = self.extend(first).await;
        let newer = match (outcome, newer) {
            (Outcome::Granted(_), Some(newer)) => newer,
            (outcome, _) => return (refresh_failed(&outcome), None),
        };
        let is_new = newer.refresh.as_ref().is_some_and(|token| token != first);
        if is_new {
            let saw = "Extended once: a new refresh token came with it (rotation), so people stay \
                       signed in as long as they use the app now and then.";
            return (Finding::passed(saw), Some(newer.access));
        }
        let (outcome, again) = self.extend(first).await;
        match (outcome, again) {
            (Outcome::Granted(_), Some(again)) => {
                let saw = "Extended twice with the same refresh token: it can be used again and \
                           again until it ends. When that is, the server does not say.";
                (Finding::passed(saw), Some(again.access))
            }
            (
                Outcome::Refused {
                    invalid_grant: true,
                    ..
                },
                _,
            ) => {
                let saw = "Extended once: no new refresh token came, and the old one works no more. \
                           Each sign-in can be extended one time only.";
                let finding = Finding::warned(Some(Code::SingleUseSpent), saw)
                    .mend("A longer lifetime of the access token of this API client spares people sign-ins.")
                    .at(&[API_CLIENTS]);
                (finding, Some(newer.access))
            }
            (outcome, _) => {
                let mut finding = refresh_failed(&outcome);
                finding.saw = format!(
                    "Extended once, without a new refresh token; whether the old one works on \
                     could not be learned. {}",
                    finding.saw
                );
                (finding, Some(newer.access))
            }
        }
    }

    async fn extend(&mut self, token: &Secret) -> (Outcome, Option<TokenPair>) {
        let own = self.shared.config.client_secret.clone();
        let grant = Grant::RefreshToken(token);
        self.ask_for_tokens(Lane::Refresh, &grant, own.as_ref())
            .await
    }
}

fn refresh_failed(outcome: &Outcome) -> Finding {
    match outcome {
        Outcome::Refused {
            invalid_grant,
            failure,
        } => {
            let code = if *invalid_grant {
                Code::SessionEnded
            } else {
                failure.code
            };
            let saw = format!(
                "A refresh token came, and the server refuses it.{}",
                said(failure)
            );
            Finding::warned(Some(code), saw)
                .mend("Check the refresh token options of this API client.")
                .at(&[API_CLIENTS])
        }
        Outcome::NotSent(failure) | Outcome::Unknown(failure) | Outcome::Busy(failure) => {
            let saw = format!(
                "The session could not be extended just now. {}",
                failure.code.meaning()
            );
            Finding::warned(Some(failure.code), saw).mend(failure.code.what_to_do())
        }
        Outcome::Granted(_) => Finding::warned(Some(Code::Internal), Code::Internal.meaning()),
    }
}

fn issued(lifetime: Lifetime, has_refresh: bool) -> Finding {
    let with = if has_refresh {
        "with a refresh token"
    } else {
        "without a refresh token"
    };
    match lifetime {
        Lifetime::Known(millis) => {
            let life = words::lasting(millis);
            Finding::passed(format!("An access token came, good for {life}, {with}."))
        }
        Lifetime::Unsaid => Finding::warned(
            None,
            format!(
                "An access token came, {with}; for how long it is good, the server did not say."
            ),
        )
        .mend("ClearPass sends expires_in; look for something between that changes answers."),
        Lifetime::Odd => Finding::warned(
            Some(Code::BadReply),
            format!(
                "An access token came, {with}; its expires_in is no positive number of seconds."
            ),
        )
        .mend("Check the access token lifetime of this API client.")
        .at(&[API_CLIENTS]),
    }
}
