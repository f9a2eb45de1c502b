//! What an administrator and a test do to the server while it runs.

use std::time::{Duration, SystemTime};

use crate::{
    counters::Counters,
    fault::{Fault, FaultId, FaultKind, Hold, HoldAt, Match},
    scenario::{ApiClient, LocalUser, OperatorProfile, Scenario, ScenarioError},
    seen::{Connection, Seen},
    simulator::Simulator,
    state::State,
    switches::Switches,
    tokens::TokenKind,
    tracker::AccessRow,
};

/// Why a change of the set-up was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// There is nothing of that name; the text lists what there is.
    #[error("{0}")]
    Unknown(String),
    /// The change does not fit the rest of the set-up.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A row or a filter is not as it must be; the text names the member and the fault.
    #[error("{0}")]
    Row(String),
}

/// Time, switches and what there is to read.
impl Simulator {
    /// Lets time pass at once for tokens and the server's clock. Delays and holds don't notice.
    pub fn advance(&self, by: Duration) {
        self.shared.change(|state| state.clock.advance(by));
    }

    /// Time since the start, leaps included.
    pub fn elapsed(&self) -> Duration {
        self.shared.read(State::now)
    }

    /// The server's clock, as in its `Date` headers.
    pub fn wall_clock(&self) -> SystemTime {
        self.shared.read(|state| state.clock.wall())
    }

    /// Sets the server's clock alone, as for a server whose clock is wrong: no token ages by it.
    pub fn set_wall_clock(&self, now: SystemTime) {
        self.shared.change(|state| state.clock.set_wall(now));
    }

    /// The switches as they are.
    pub fn switches(&self) -> Switches {
        self.shared.read(|state| state.switches.clone())
    }

    /// Changes switches.
    pub fn set_switches(&self, change: impl FnOnce(&mut Switches)) {
        self.shared.change(|state| change(&mut state.switches));
    }

    /// What has happened, in numbers.
    pub fn counters(&self) -> Counters {
        self.shared.read(|state| state.counters.clone())
    }

    /// The newest requests, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.read(|state| state.log.requests())
    }

    /// The newest connections to the product's ports, oldest first.
    pub fn connections(&self) -> Vec<Connection> {
        self.shared.read(|state| state.log.connections())
    }

    /// Access Tracker, oldest row first.
    pub fn access_tracker(&self) -> Vec<AccessRow> {
        self.shared
            .read(|state| state.tracker.rows().cloned().collect())
    }

    /// Forgets counters, requests, closed connections and Access Tracker rows, and nothing else.
    pub fn clear_records(&self) {
        self.shared.change(|state| {
            state.counters = Counters::default();
            state.log.clear();
            state.tracker.clear();
        });
    }

    /// Starts anew with a scenario: tokens, switches, faults, clock and records are as at the
    /// start. Requests that are held go on.
    pub fn reset(&self, scenario: Scenario) {
        self.shared.change(|state| {
            state.faults.clear_all();
            let connections = std::mem::take(&mut state.log);
            *state = State::new(scenario);
            state.log = connections;
            state.log.clear();
        });
    }

    /// The set-up as it is now.
    pub fn scenario(&self) -> Scenario {
        self.shared.read(|state| state.scenario.clone())
    }
}

/// Faults.
impl Simulator {
    /// Places a fault.
    pub fn fault(&self, fault: Fault) -> FaultId {
        self.shared.change(|state| state.faults.place(fault).0)
    }

    /// Holds the next matching request at a point until it is released.
    pub fn hold(&self, on: impl Into<Match>, at: HoldAt) -> Hold {
        let fault = Fault::new(on, FaultKind::Hold { at }).once();
        let (_, hold) = self.shared.change(|state| state.faults.place(fault));
        hold.expect("this kind of fault always has a gate")
    }

    /// The gate of a placed [`FaultKind::Hold`].
    pub fn find_hold(&self, id: FaultId) -> Option<Hold> {
        self.shared.read(|state| state.faults.hold(id))
    }

    /// The faults that still have a turn, in the order in which they were placed.
    pub fn faults(&self) -> Vec<(FaultId, Fault)> {
        self.shared.read(|state| state.faults.active())
    }

    /// Takes one fault away, and lets go whoever waits at it; false if there is none.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        self.shared.change(|state| state.faults.clear(id))
    }

    /// Takes all faults away, and lets go whoever waits.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear_all());
    }
}

/// What an administrator does.
impl Simulator {
    /// Ends one token of either kind; false if it is not a live one.
    pub fn revoke_token(&self, token: &str) -> bool {
        self.shared.change(|state| state.tokens.revoke(token))
    }

    /// Ends all tokens of a user; says how many.
    pub fn revoke_user_tokens(&self, user: &str) -> usize {
        self.shared.change(|state| {
            let of_user = |holder: &crate::tokens::Holder| holder.user.as_deref() == Some(user);
            state.tokens.revoke_all(TokenKind::Access, of_user)
                + state.tokens.revoke_all(TokenKind::Refresh, of_user)
        })
    }

    /// Ends all access tokens and leaves the refresh tokens alive; says how many.
    pub fn revoke_access_tokens(&self) -> usize {
        self.shared
            .change(|state| state.tokens.revoke_all(TokenKind::Access, |_| true))
    }

    /// Ends all refresh tokens and leaves the access tokens alive; says how many.
    pub fn revoke_refresh_tokens(&self) -> usize {
        self.shared
            .change(|state| state.tokens.revoke_all(TokenKind::Refresh, |_| true))
    }

    /// Enables or disables an API client. Disabling it ends its tokens at once \[V\].
    pub fn enable_client(&self, id: &str, enabled: bool) -> Result<(), AdminError> {
        self.change_client(id, |client| client.enabled = enabled)
    }

    /// Changes an API client's settings: lifetimes, grant, refresh, secret. A change of its
    /// lifetimes holds for tokens to come.
    pub fn change_client(
        &self,
        id: &str,
        change: impl FnOnce(&mut ApiClient),
    ) -> Result<(), AdminError> {
        self.change_scenario(|scenario| {
            let clients = &mut scenario.api_clients;
            change(find("API client", clients, |client| &client.id, id)?);
            Ok(())
        })
    }

    /// Enables or disables a user. A refresh token that is out keeps working \[L\].
    pub fn enable_user(&self, name: &str, enabled: bool) -> Result<(), AdminError> {
        self.change_user(name, |user| user.enabled = enabled)
    }

    /// Changes a user: password, operator profile, members of `/me`.
    pub fn change_user(
        &self,
        name: &str,
        change: impl FnOnce(&mut LocalUser),
    ) -> Result<(), AdminError> {
        self.change_scenario(|scenario| {
            let users = &mut scenario.local_users;
            change(find("local user", users, |user| &user.name, name)?);
            Ok(())
        })
    }

    /// Changes an operator profile: API access, privileges. It holds at once, for tokens that are
    /// out too.
    pub fn change_profile(
        &self,
        name: &str,
        change: impl FnOnce(&mut OperatorProfile),
    ) -> Result<(), AdminError> {
        self.change_scenario(|scenario| {
            let profiles = &mut scenario.operator_profiles;
            change(find(
                "operator profile",
                profiles,
                |profile| &profile.name,
                name,
            )?);
            Ok(())
        })
    }

    /// Switches the OAuth2 service of Policy Manager on or off.
    pub fn enable_oauth2_service(&self, enabled: bool) {
        self.shared
            .change(|state| state.scenario.oauth2_service.enabled = enabled);
    }

    /// Changes anything of the set-up: all of it holds together afterwards, or nothing changes.
    /// Tokens of API clients that are disabled or gone end at once.
    pub fn change_scenario(
        &self,
        change: impl FnOnce(&mut Scenario) -> Result<(), AdminError>,
    ) -> Result<(), AdminError> {
        self.shared.change(|state| {
            let mut scenario = state.scenario.clone();
            change(&mut scenario)?;
            scenario.check()?;
            let new_rows = scenario.rows != state.scenario.rows;
            state.scenario = scenario;
            if new_rows {
                state.start_rows();
            }
            let clients = &state.scenario.api_clients;
            for kind in [TokenKind::Access, TokenKind::Refresh] {
                state.tokens.revoke_all(kind, |holder| {
                    !clients
                        .iter()
                        .any(|client| client.id == holder.client && client.enabled)
                });
            }
            Ok(())
        })
    }
}

fn find<'a, T>(
    what: &str,
    all: &'a mut [T],
    name_of: impl Fn(&T) -> &String,
    wanted: &str,
) -> Result<&'a mut T, AdminError> {
    let names: Vec<String> = all.iter().map(|one| name_of(one).clone()).collect();
    all.iter_mut()
        .find(|one| name_of(one) == wanted)
        .ok_or_else(|| {
            AdminError::Unknown(format!(
                "there is no {what} {wanted:?}; there are {names:?}"
            ))
        })
}
