//! The three grants: whom a token will speak for, or why there is none. Nothing is committed here.

use super::{params::Params, problem::Problem, token::Refusal};
use crate::{
    fault::Operation,
    scenario::{ApiClient, ClientGrant},
    state::State,
    tokens::{Fate, Holder},
    tracker::AccessRow,
};

/// What a grant's own checks have found.
pub(crate) struct Granted {
    pub(crate) holder: Holder,
    /// The refresh token that was sent, for a refresh.
    pub(crate) refreshed_with: Option<String>,
}

/// The password grant.
pub(crate) fn password(
    state: &State,
    client: &ApiClient,
    params: &Params,
    row: &mut AccessRow,
) -> Result<Granted, Refusal> {
    let (Some(name), Some(password)) = (params.truthy("username"), params.truthy("password"))
    else {
        let detail = "Missing parameters: \"username\" and \"password\" required";
        return Err(Refusal::plain("invalid_request", detail));
    };
    // Everything that Policy Manager refuses looks like a wrong password from outside [I].
    let refuse = |reason: &str| Refusal {
        problem: Problem::new(
            state.switches.wrong_password_status.code(),
            "invalid_grant",
            "Invalid username and password combination",
        ),
        reason: reason.into(),
    };
    let service = &state.scenario.oauth2_service;
    if !service.takes_oauth2() {
        return Err(refuse("No enabled service handles OAuth2 requests"));
    }
    row.service = Some(service.name.clone());
    let user = state.user(&name).filter(|_| service.local_users);
    let user = user.ok_or_else(|| refuse("User not found"))?;
    if user.password.expose() != password {
        return Err(refuse("Wrong password"));
    }
    if !user.enabled {
        return Err(refuse("The user is disabled"));
    }
    let Some(profile) = &user.operator_profile else {
        return Err(refuse("The user has no operator profile"));
    };
    if !user.has_details {
        return Err(Refusal::plain(
            "invalid_grant",
            "Unable to retrieve user information",
        ));
    }
    row.enforcement_profile = Some(service.enforcement_profile.clone());
    accept(state, row, profile, "Password accepted");
    let holder = Holder {
        client: client.id.clone(),
        user: Some(name),
    };
    Ok(Granted {
        holder,
        refreshed_with: None,
    })
}

/// The refresh token grant. The account behind the token is not looked at again \[L\].
pub(crate) fn refresh_token(
    state: &mut State,
    client: &ApiClient,
    params: &Params,
    row: &mut AccessRow,
) -> Result<Granted, Refusal> {
    let Some(sent) = params.truthy("refresh_token") else {
        return Err(Refusal::plain(
            "invalid_request",
            "Missing parameter: \"refresh_token\" is required",
        ));
    };
    let invalid = |reason: &str| Refusal::hiding("invalid_grant", "Invalid refresh token", reason);
    let token = state
        .tokens
        .refresh(&sent)
        .ok_or_else(|| invalid("There is no such refresh token"))?;
    row.user.clone_from(&token.holder.user);
    match token.fate {
        Fate::Live => {}
        Fate::Used => {
            state.counters.refresh_reuse += 1;
            return Err(invalid("The refresh token was exchanged before"));
        }
        Fate::Revoked => return Err(invalid("The refresh token was ended by an administrator")),
    }
    if token.expires <= state.now() {
        return Err(Refusal::plain("invalid_grant", "Refresh token has expired"));
    }
    if token.holder.client != client.id {
        let detail = "refresh_token doesn't exist or is invalid for the client";
        let reason = format!(
            "The refresh token belongs to the API client {:?}",
            token.holder.client
        );
        return Err(Refusal::hiding("invalid_grant", detail, reason));
    }
    let holder = token.holder.clone();
    let user = holder.user.as_deref().and_then(|name| state.user(name));
    if let Some(profile) = user.and_then(|user| user.operator_profile.as_deref()) {
        accept(state, row, profile, "Refresh token accepted");
    }
    Ok(Granted {
        holder,
        refreshed_with: Some(sent),
    })
}

/// The client credentials grant; its secret has been checked before.
pub(crate) fn client_credentials(client: &ApiClient, row: &mut AccessRow) -> Granted {
    row.reason = "Client secret accepted".into();
    row.operator_profile.clone_from(&client.operator_profile);
    Granted {
        holder: Holder {
            client: client.id.clone(),
            user: None,
        },
        refreshed_with: None,
    }
}

/// Whether the API client was made for this grant. The refresh box decides about refreshes \[I\].
pub(crate) fn allowed(client: &ApiClient, operation: Operation) -> bool {
    match operation {
        Operation::TokenPassword => client.grant == ClientGrant::Password,
        Operation::TokenRefresh => client.grant == ClientGrant::Password && client.refresh,
        _ => client.grant == ClientGrant::ClientCredentials,
    }
}

fn accept(state: &State, row: &mut AccessRow, profile: &str, reason: &str) {
    row.operator_profile = Some(profile.to_owned());
    row.reason = match state.profile(profile) {
        Some(profile) if !profile.api_access => {
            format!("{reason}; but the operator profile does not allow API access")
        }
        _ => reason.to_owned(),
    };
}
