//! Example requests for this very server: its address, its API clients and users. Words in
//! capitals stand for what no page may show.

use serde_json::{Value, json};

use crate::{
    Operation,
    pages::Address,
    scenario::{ApiClient, ClientGrant, LocalUser, Scenario},
};

/// A sign-in with a password, as a command.
pub(crate) fn sign_in(scenario: &Scenario, address: &Address) -> String {
    command(Operation::TokenPassword, "/api/oauth", scenario, address)
}

/// A call as a command for a shell with curl.
pub(crate) fn command(
    operation: Operation,
    path: &str,
    scenario: &Scenario,
    address: &Address,
) -> String {
    let mut parts = vec![format!("curl {}", quoted(&address.url(path)))];
    if address.secure {
        parts.push("--cacert ca.pem".into());
    }
    match body(operation, scenario) {
        Some(body) => {
            parts.push("--header 'Content-Type: application/json'".into());
            parts.push(format!("--data {}", quoted(&body.to_string())));
        }
        None => parts.push("--header 'Authorization: Bearer ACCESS_TOKEN'".into()),
    }
    parts.join(" \\\n  ")
}

/// An API client for this operation, the public ones first.
pub(crate) fn client(scenario: &Scenario, operation: Operation) -> Option<&ApiClient> {
    let fits = |client: &&ApiClient| {
        client.enabled
            && match operation {
                Operation::TokenClientCredentials => client.grant == ClientGrant::ClientCredentials,
                Operation::TokenRefresh => client.grant == ClientGrant::Password && client.refresh,
                _ => client.grant == ClientGrant::Password,
            }
    };
    let mut clients = scenario.api_clients.iter().filter(fits);
    let first = clients.clone().next();
    clients.find(|client| client.public).or(first)
}

/// A user who can sign in and use the API.
pub(crate) fn user(scenario: &Scenario) -> Option<&LocalUser> {
    scenario.local_users.iter().find(|user| {
        let profile = scenario
            .operator_profiles
            .iter()
            .find(|profile| Some(&profile.name) == user.operator_profile.as_ref());
        user.enabled && user.has_details && profile.is_some_and(|profile| profile.api_access)
    })
}

/// The body of a call, with words in capitals for what no page may show.
pub(crate) fn body(operation: Operation, scenario: &Scenario) -> Option<Value> {
    let mut body = match operation {
        Operation::TokenPassword => json!({ "grant_type": "password" }),
        Operation::TokenRefresh => json!({ "grant_type": "refresh_token" }),
        Operation::TokenClientCredentials => json!({ "grant_type": "client_credentials" }),
        Operation::Revoke => return Some(json!({ "token": "REFRESH_TOKEN" })),
        _ => return None,
    };
    let client = client(scenario, operation);
    body["client_id"] = client.map_or("CLIENT_ID", |client| &client.id).into();
    if client.is_some_and(|client| !client.public) {
        body["client_secret"] = "CLIENT_SECRET".into();
    }
    match operation {
        Operation::TokenPassword => {
            body["username"] = user(scenario).map_or("USER", |user| &user.name).into();
            body["password"] = "PASSWORD".into();
        }
        Operation::TokenRefresh => body["refresh_token"] = "REFRESH_TOKEN".into(),
        _ => {}
    }
    Some(body)
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            secure: true,
            host: "127.0.0.1:4433".into(),
        }
    }

    #[test]
    fn a_command_names_what_is_there_and_no_secret() {
        let scenario = Scenario::default();
        assert_eq!(
            sign_in(&scenario, &address()),
            "curl 'https://127.0.0.1:4433/api/oauth' \\\n  --cacert ca.pem \\\n  \
             --header 'Content-Type: application/json' \\\n  \
             --data '{\"grant_type\":\"password\",\"client_id\":\"QuickAccess\",\"username\":\"qa\",\"password\":\"PASSWORD\"}'"
        );
        let own = command(
            Operation::TokenClientCredentials,
            "/api/oauth",
            &scenario,
            &address(),
        );
        assert!(own.contains(r#""client_id":"Integration","client_secret":"CLIENT_SECRET""#));
    }

    #[test]
    fn names_stay_one_word_for_the_shell() {
        let mut scenario = Scenario::default();
        scenario.local_users[0].name = "o'neil; \"x\"".into();
        let command = sign_in(&scenario, &address());
        assert!(
            command.contains(r#""username":"o'\''neil; \"x\"","#),
            "{command}"
        );
    }
}
