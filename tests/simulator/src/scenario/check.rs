//! Whether the parts of a set-up fit together; what does not is named with its place.

use std::{collections::HashSet, fmt};

use super::{ApiClient, ClientGrant, Scenario, ScenarioError};

/// The longest lifetime that a scenario may give, 100 years in seconds.
const LONGEST_LIFETIME: u64 = 100 * 365 * 86_400;

impl Scenario {
    /// Says what does not fit together.
    pub fn check(&self) -> Result<(), ScenarioError> {
        parse_version(&self.server.version).ok_or_else(|| {
            fault(
                "server.version",
                format!(
                    "{:?} is not four numbers, such as \"6.12.7.100007\"",
                    self.server.version
                ),
            )
        })?;
        no_doubles(
            "operator_profiles",
            self.operator_profiles.iter().map(|p| p.name.as_str()),
        )?;
        no_doubles(
            "api_clients",
            self.api_clients.iter().map(|c| c.id.as_str()),
        )?;
        no_doubles(
            "local_users",
            self.local_users.iter().map(|u| u.name.as_str()),
        )?;
        self.rows.check()?;
        for (i, profile) in self.operator_profiles.iter().enumerate() {
            let place = format!("operator_profiles[{i}] {:?}: privileges", profile.name);
            no_doubles(&place, profile.privileges.iter().map(String::as_str))?;
        }
        for (i, client) in self.api_clients.iter().enumerate() {
            self.check_client(&format!("api_clients[{i}] {:?}", client.id), client)?;
        }
        for (i, user) in self.local_users.iter().enumerate() {
            let place = format!("local_users[{i}] {:?}", user.name);
            if user.password.expose().is_empty() {
                return Err(fault(&place, "the password is empty"));
            }
            for taken in ["info", "name"] {
                if user.me.contains_key(taken) {
                    return Err(fault(
                        &place,
                        format!("{taken:?} in `me` is the server's own member"),
                    ));
                }
            }
            self.check_profile(&place, user.operator_profile.as_deref())?;
        }
        Ok(())
    }

    /// Says what is wrong with one API client.
    fn check_client(&self, place: &str, client: &ApiClient) -> Result<(), ScenarioError> {
        let has_secret = client
            .secret
            .as_ref()
            .is_some_and(|s| !s.expose().is_empty());
        let problem = match client.grant {
            _ if client.public && has_secret => Some("a public client has no secret"),
            _ if !client.public && !has_secret => {
                Some("it is not public, so it needs a secret that is not empty")
            }
            ClientGrant::ClientCredentials if client.public => {
                Some("client_credentials needs a secret, so the client can't be public")
            }
            ClientGrant::ClientCredentials if client.refresh => {
                Some("client_credentials never has a refresh token, so refresh must be false")
            }
            ClientGrant::ClientCredentials if client.operator_profile.is_none() => {
                Some("client_credentials needs an operator_profile, since no user brings one")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(fault(place, problem));
        }
        for (name, seconds) in [
            ("access_token_lifetime", client.access_token_lifetime),
            ("refresh_token_lifetime", client.refresh_token_lifetime),
        ] {
            check_lifetime(&format!("{place}.{name}"), seconds)?;
        }
        self.check_profile(place, client.operator_profile.as_deref())
    }

    fn check_profile(&self, place: &str, name: Option<&str>) -> Result<(), ScenarioError> {
        match name {
            Some(name) if !self.operator_profiles.iter().any(|p| p.name == name) => {
                let known: Vec<_> = self
                    .operator_profiles
                    .iter()
                    .map(|p| p.name.as_str())
                    .collect();
                Err(fault(
                    place,
                    format!("there is no operator profile {name:?}; there are {known:?}"),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A lifetime in seconds that makes sense.
fn check_lifetime(place: &str, seconds: u64) -> Result<(), ScenarioError> {
    if (1..=LONGEST_LIFETIME).contains(&seconds) {
        return Ok(());
    }
    Err(fault(
        place,
        format!("{seconds} is not between 1 and {LONGEST_LIFETIME} seconds"),
    ))
}

/// The four numbers of a version.
pub(crate) fn parse_version(version: &str) -> Option<[u32; 4]> {
    let numbers: Vec<u32> = version
        .split('.')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn no_doubles<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Result<(), ScenarioError> {
    let mut seen = HashSet::new();
    for (i, name) in names.enumerate() {
        if name.is_empty() {
            return Err(fault(&format!("{place}[{i}]"), "the name is empty"));
        }
        if !seen.insert(name) {
            return Err(fault(
                &format!("{place}[{i}]"),
                format!("{name:?} is there twice"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn fault(place: &str, what: impl fmt::Display) -> ScenarioError {
    ScenarioError(format!("{place}: {what}"))
}
