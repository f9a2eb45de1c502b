//! The start page: what this server is, and how it is set up now.

use std::sync::Arc;

use axum::extract::State;

use super::{
    Page,
    html::Html,
    words::{self, Tone},
};
use crate::{
    scenario::{ApiClient, LocalUser},
    state::{Shared, State as Server},
};

/// How many API clients and users are listed.
const LISTED: usize = 200;

/// `GET /`
pub(crate) async fn page(State(shared): State<Arc<Shared>>) -> Page {
    shared.read(|state| Page {
        path: "/",
        title: "Overview",
        server: state.scenario.server.name.clone(),
        main: main(state),
        own: None,
    })
}

fn main(state: &Server) -> Html {
    let scenario = &state.scenario;
    let service = &scenario.oauth2_service;
    let (tone, service_state) = match (service.enabled, service.takes_oauth2()) {
        (true, true) if service.local_users => (Tone::Good, "Enabled"),
        (true, true) => (Tone::Bad, "Without the local users: nobody is found"),
        (true, false) => (
            Tone::Bad,
            "For another application: no password is accepted",
        ),
        (false, _) => (Tone::Bad, "Disabled: no password is accepted"),
    };
    let rows = state.tracker.rows().count();
    let faults = state.faults.active().len();
    let switches = words::switches(&state.switches);
    Html::fill(
        include_str!("assets/start.html"),
        &[
            ("name", Html::text(&scenario.server.name)),
            ("version", Html::text(&scenario.server.version)),
            ("guest version", Html::text(&scenario.server.guest_version)),
            ("clock", Html::text(state.timestamp().strftime("%F %T UTC"))),
            ("service", Html::text(&service.name)),
            ("service state", words::badge(tone, service_state)),
            (
                "transactions",
                Html::text(words::count(rows, "transaction", "transactions")),
            ),
            ("clients", clients(&scenario.api_clients)),
            ("users", users(state)),
            ("switches", switches.iter().map(described).collect()),
            (
                "faults",
                Html::text(match faults {
                    0 => "none is placed".into(),
                    _ => words::count(faults, "is placed", "are placed"),
                }),
            ),
        ],
    )
}

fn described((what, how): &(&str, String)) -> Html {
    Html::fill(
        "<div><dt>{{what}}</dt><dd>{{how}}</dd></div>\n",
        &[("what", Html::text(what)), ("how", Html::text(how))],
    )
}

fn clients(clients: &[ApiClient]) -> Html {
    let mut rows: Html = clients.iter().take(LISTED).map(client).collect();
    rows.push(&left_out(clients.len(), 6));
    rows
}

fn client(client: &ApiClient) -> Html {
    let (tone, state) = match client.enabled {
        true => (Tone::Good, "Enabled"),
        false => (Tone::Bad, "Disabled"),
    };
    let kind = match client.public {
        true => "Public",
        false => "With a secret",
    };
    let refresh = match client.refresh {
        true => Html::text(words::lifetime(client.refresh_token_lifetime)),
        false => words::none(),
    };
    Html::fill(
        include_str!("assets/client.html"),
        &[
            ("id", words::name(Some(&client.id))),
            ("kind", Html::text(kind)),
            ("grant", Html::text(words::grant(client.grant))),
            (
                "access",
                Html::text(words::lifetime(client.access_token_lifetime)),
            ),
            ("refresh", refresh),
            ("state", words::badge(tone, state)),
        ],
    )
}

fn users(state: &Server) -> Html {
    let users = &state.scenario.local_users;
    let mut rows: Html = users
        .iter()
        .take(LISTED)
        .map(|user| {
            let (tone, words) = standing(state, user);
            Html::fill(
                include_str!("assets/user.html"),
                &[
                    ("name", words::name(Some(&user.name))),
                    ("profile", words::name(user.operator_profile.as_deref())),
                    ("state", words::badge(tone, words)),
                ],
            )
        })
        .collect();
    rows.push(&left_out(users.len(), 3));
    rows
}

/// What becomes of a sign-in with the right password.
fn standing(state: &Server, user: &LocalUser) -> (Tone, &'static str) {
    let profile = user.operator_profile.as_deref();
    match profile.and_then(|name| state.profile(name)) {
        _ if !user.enabled => (Tone::Bad, "Disabled"),
        None => (Tone::Bad, "Refused: no operator profile"),
        Some(_) if !user.has_details => (Tone::Bad, "Refused: no details about the person"),
        Some(profile) if !profile.api_access => {
            (Tone::Warning, "Signs in, but may not use the API")
        }
        Some(_) => (Tone::Good, "Can sign in"),
    }
}

/// A last row for a list that is longer than a page should be.
fn left_out(all: usize, columns: usize) -> Html {
    match all.saturating_sub(LISTED) {
        0 => Html::default(),
        more => Html::fill(
            "<tr role=\"row\"><td role=\"cell\" colspan=\"{{columns}}\">and {{more}} more</td></tr>\n",
            &[
                ("columns", Html::text(columns)),
                ("more", Html::text(words::grouped(more))),
            ],
        ),
    }
}
