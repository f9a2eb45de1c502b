//! The last steps, with a token: the operator profile has API access, and the privileges are listed.

use serde_json::{Map, Value};

use super::{
    examination::{Examination, Stopped},
    exchange::Answer,
    finding::Finding,
    report::DoctorStep,
    words::PROFILES,
};
use crate::{
    error::{Action, Code, Error},
    protocol::{
        identity::ServerVersion,
        privileges::{Level, Privileges},
    },
    secret::Secret,
};

/// The most privileges that a report lists.
const MOST: usize = 500;

impl Examination<'_> {
    pub(super) async fn ask_who(&mut self, token: &Secret) -> Result<(), Stopped> {
        self.begin(DoctorStep::ApiAccess);
        match self.read("oauth/me", token).await {
            Answer::Json(me) => {
                let text = |name: &str| {
                    let text = me.get(name).and_then(Value::as_str).unwrap_or("(not told)");
                    self.tame(text)
                };
                let saw = format!(
                    "The API accepts the token. It is {}'s, with the operator profile {}.",
                    text("name"),
                    text("info")
                );
                self.server_version = self.ask_version(token).await;
                self.end(DoctorStep::ApiAccess, Finding::passed(saw));
                Ok(())
            }
            Answer::Rejected(status) => {
                let finding = Finding::failed(
                    Code::NoApiAccess,
                    format!(
                        "The server has just issued the token, and its API refuses it (status \
                         {status}). That is most likely an operator profile without API access; \
                         something between that takes the Authorization header away looks the same."
                    ),
                )
                .mend(
                    "Set Allow API Access in the operator profile of this person; it overrides all \
                     privileges of the profile.",
                )
                .at(&[PROFILES]);
                self.stop(DoctorStep::ApiAccess, finding)
            }
            Answer::Other(error) => self.stop(DoctorStep::ApiAccess, strange(&error)),
        }
    }

    pub(super) async fn ask_what(&mut self, token: &Secret) -> Result<(), Stopped> {
        self.begin(DoctorStep::Privileges);
        let list = match self.read("oauth/privileges", token).await {
            Answer::Json(list) => list,
            Answer::Rejected(status) => {
                let finding = Finding::failed(
                    Code::NotPermitted,
                    format!("The API refuses to list the privileges (status {status}).",),
                )
                .mend("Check what the operator profile of this person allows.")
                .at(&[PROFILES]);
                return self.stop(DoctorStep::Privileges, finding);
            }
            Answer::Other(error) => return self.stop(DoctorStep::Privileges, strange(&error)),
        };
        let Some(list) = list.get("privileges").and_then(Value::as_array) else {
            let finding = Finding::failed(Code::BadReply, Code::BadReply.meaning());
            return self.stop(DoctorStep::Privileges, finding);
        };
        let names = list.iter().filter_map(Value::as_str).take(MOST);
        let names: Vec<String> = names.map(|name| self.tame(name)).collect();
        let privileges = Privileges::from_names(&names);
        if privileges.is_empty() {
            let saw = "The list of privileges is empty: the person can sign in, and do nothing.";
            let finding = Finding::failed(Code::NotPermitted, saw)
                .mend("Give the operator profile of this person the privileges that the app needs.")
                .at(&[PROFILES]);
            return self.stop(DoctorStep::Privileges, finding);
        }
        self.privileges = names;
        let saw = counted(&privileges);
        self.end(DoctorStep::Privileges, Finding::passed(saw));
        Ok(())
    }

    /// The version, if the server tells it; no step depends on it.
    async fn ask_version(&self, token: &Secret) -> Option<String> {
        for path in ["server/version", "cppm-version"] {
            if let Answer::Json(Value::Object(map)) = self.read(path, token).await {
                let map: Map<String, Value> = map;
                let version = ServerVersion::from_map(&map).version;
                return version.map(|version| self.tame(&version));
            }
        }
        None
    }
}

fn counted(privileges: &Privileges) -> String {
    let count = |wanted: fn(Level) -> bool| {
        privileges
            .iter()
            .filter(|privilege| wanted(privilege.level))
            .count()
    };
    let parts = [
        (count(|level| level == Level::Full), "full"),
        (
            count(|level| level == Level::ReadWrite),
            "most likely read and write",
        ),
        (count(|level| level == Level::Read), "read only"),
        (count(|level| level == Level::Allowed), "allowed"),
        (
            count(|level| matches!(level, Level::Unknown(_))),
            "of a level that is not known",
        ),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    format!("{} privileges: {}.", privileges.len(), parts.join(", "))
}

/// Neither the API's success nor its refusal.
fn strange(error: &Error) -> Finding {
    let mut finding = Finding::of(error);
    if let Action::Retry {
        after: Some(after), ..
    } = error.action()
    {
        finding.saw = format!("{} It asks to wait for {} s.", finding.saw, after.as_secs());
    }
    finding
}
