//! What the API offers: each call with its members, an example for this server, its answer and its
//! failures, and how far each fact can be trusted.

mod calls;
pub(crate) mod example;
mod failures;
mod form;
mod members;
mod resources;
mod source;

use std::sync::Arc;

use axum::{Extension, extract::State};
use http::HeaderMap;
use serde::Serialize;
use serde_json::json;

use super::{
    Address, Page,
    html::Html,
    words::{self, Tone},
};
use crate::rows::member as row;
use crate::{
    Operation,
    api::{
        Peer, bearer::Caller, catalogue, problem::Problem, resources as told, token::TokenReply,
    },
    state::{Shared, State as Server},
    switches::{DeadTokenStatus, ErrorStyle, RefreshMode, Revoke},
    tokens::Holder,
};
use calls::{CALLS, Call};
use failures::{Failure, Status};
use form::Try;
use members::Member;
use source::Source;

/// What `all-privileges` takes.
const FORMAT: &[row::Member] = &[row::member(
    "format",
    row::Form::OneOf(&["list", "tree"]),
    row::Needed::No,
    "flat or in groups",
)];

/// `GET /api-docs`
pub(crate) async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Page {
    let address = Address::of(&shared, &headers, peer);
    shared.read(|state| Page {
        path: "/api-docs",
        title: "What the API offers",
        server: state.scenario.server.name.clone(),
        main: main(state, &address),
        own: Some("api-docs"),
    })
}

fn main(state: &Server, address: &Address) -> Html {
    let authority = match address.secure {
        true => Html::markup(include_str!("../assets/authority.html")),
        false => Html::default(),
    };
    Html::fill(
        include_str!("../assets/api_docs.html"),
        &[
            ("address", Html::text(address.url("/api"))),
            ("authority", authority),
            ("contents", CALLS.iter().map(entry).collect()),
            ("resource contents", resources::contents()),
            ("sign in", sign_in(state)),
            ("resources", resources::html()),
            ("error", error(state)),
            ("sources", Source::ALL.iter().map(legend).collect()),
            (
                "calls",
                CALLS.iter().map(|one| call(one, state, address)).collect(),
            ),
        ],
    )
}

/// The form that gets a token.
fn sign_in(state: &Server) -> Html {
    let client = example::client(&state.scenario, Operation::TokenPassword);
    let user = example::user(&state.scenario);
    Html::fill(
        include_str!("../assets/sign_in.html"),
        &[
            ("client", Html::text(client.map_or("", |client| &client.id))),
            ("user", Html::text(user.map_or("", |user| &user.name))),
        ],
    )
}

fn entry(call: &Call) -> Html {
    Html::fill(
        "<li><a href=\"#{{id}}\">{{title}}</a> <code>{{method}} {{path}}</code></li>\n",
        &[
            ("id", Html::text(call.id)),
            ("title", Html::text(call.title)),
            ("method", Html::text(call.method)),
            ("path", Html::text(call.path)),
        ],
    )
}

fn legend(source: &Source) -> Html {
    Html::fill(
        "<div><dt>{{word}}</dt><dd>{{meaning}}</dd></div>\n",
        &[
            ("word", sources(&[*source])),
            ("meaning", Html::text(source.meaning())),
        ],
    )
}

/// An error of the token endpoint in the shape that it has now.
fn error(state: &Server) -> Html {
    let problem = Problem::new(400, "invalid_grant", "Refresh token has expired");
    let (words, body) = match state.switches.error_style {
        ErrorStyle::Problem => (
            "Errors are `application/problem+json` with four members in this order. The OAuth code is in `title`, and over HTTP/1.1 the reason phrase equals it. Key on it, never on the status. In place of an answer of its own, a server or a proxy may send HTML with 5xx.",
            pretty(&problem),
        ),
        ErrorStyle::Rfc6749 => (
            "The switch for errors is on: those of `/api/oauth` come as in RFC 6749, section 5.2, with the titles below in `error` and the details in `error_description`. All others are `application/problem+json`.",
            pretty(&problem.rfc6749()),
        ),
    };
    Html::fill(
        "<p>{{words}}</p>\n<pre tabindex=\"0\"><code>{{body}}</code></pre>",
        &[("words", prose(words)), ("body", Html::text(body))],
    )
}

fn call(call: &Call, state: &Server, address: &Address) -> Html {
    let failures = call.failures.iter().copied().flatten();
    let example = example::command(call.operation, call.path, &state.scenario, address);
    let form = Try {
        id: call.id,
        method: call.method,
        path: call.path,
        query: match call.operation {
            Operation::AllPrivileges => FORMAT,
            _ => &[],
        },
        body: example::body(call.operation, &state.scenario).map(|body| body.to_string()),
    };
    Html::fill(
        include_str!("../assets/call.html"),
        &[
            ("id", Html::text(call.id)),
            ("title", Html::text(call.title)),
            ("method", Html::text(call.method)),
            ("path", Html::text(call.path)),
            ("about", prose(call.about)),
            ("sources", sources(call.sources)),
            ("now", now(call.operation, state)),
            ("request", members("Needed", call.request)),
            ("example", Html::text(example)),
            ("form", form.html()),
            ("headers", Html::text(headers(call.operation))),
            ("answer", Html::text(answer(call.operation, state))),
            ("members", members("There", call.answer)),
            ("count", Html::text(failures.clone().count())),
            (
                "failures",
                failures
                    .map(|failure| self::failure(failure, state))
                    .collect(),
            ),
        ],
    )
}

/// How the switches have it at present.
fn now(operation: Operation, state: &Server) -> Html {
    let switches = &state.switches;
    let (tone, words) = match operation {
        Operation::TokenRefresh => (
            Tone::Quiet,
            format!("Now: {}", words::refresh_mode(switches.refresh_mode)),
        ),
        Operation::Revoke if switches.revoke == Revoke::Missing => {
            (Tone::Warning, "Now: switched off, answers 404".into())
        }
        Operation::Revoke => (Tone::Good, "Now: switched on".into()),
        Operation::TokenPassword if !state.scenario.oauth2_service.takes_oauth2() => (
            Tone::Bad,
            "Now: no OAuth2 service takes the request, so every password is refused".into(),
        ),
        _ => return Html::default(),
    };
    Html::fill("<p>{{now}}</p>", &[("now", words::badge(tone, &words))])
}

fn members(there: &str, members: &[Member]) -> Html {
    if members.is_empty() {
        return Html::default();
    }
    let rows = members.iter().map(|member| {
        Html::fill(
            include_str!("../assets/member.html"),
            &[
                ("label", Html::text(there)),
                ("name", Html::text(member.name)),
                ("there", Html::text(member.there)),
                ("meaning", prose(member.meaning)),
                ("sources", sources(member.sources)),
            ],
        )
    });
    Html::fill(
        include_str!("../assets/members.html"),
        &[("there", Html::text(there)), ("rows", rows.collect())],
    )
}

fn failure(failure: &Failure, state: &Server) -> Html {
    let switches = &state.switches;
    let empty = match failure.status {
        Status::DeadToken => switches.dead_token_status == DeadTokenStatus::Unauthorized401,
        _ => false,
    };
    let status = match failure.status {
        Status::Always(status) => status,
        Status::WrongPassword => switches.wrong_password_status.into(),
        Status::DeadToken => switches.dead_token_status.into(),
    };
    let (title, detail) = match empty {
        true => (
            words::none(),
            Html::markup(
                "empty body, <code>WWW-Authenticate: Bearer … error=\"invalid_token\"</code>",
            ),
        ),
        false => (
            Html::fill("<code>{{t}}</code>", &[("t", Html::text(failure.title))]),
            Html::text(failure.detail),
        ),
    };
    Html::fill(
        include_str!("../assets/failure.html"),
        &[
            ("status", Html::text(status)),
            ("title", title),
            ("detail", detail),
            ("when", prose(failure.when)),
            ("sources", sources(failure.sources)),
        ],
    )
}

/// The tags in plain words.
fn sources(sources: &[Source]) -> Html {
    let words: Vec<_> = sources.iter().map(|source| source.word()).collect();
    Html::text(words.join(", "))
}

fn headers(operation: Operation) -> &'static str {
    match operation {
        Operation::TokenPassword | Operation::TokenRefresh | Operation::TokenClientCredentials => {
            "200 OK, application/json, Cache-Control: no-store, Pragma: no-cache"
        }
        _ => "200 OK, application/json",
    }
}

/// The answer that this server would give, without the tokens.
fn answer(operation: Operation, state: &Server) -> String {
    let person = || {
        let user = example::user(&state.scenario)?;
        let profile = state.profile(user.operator_profile.as_deref()?)?;
        let client = example::client(&state.scenario, Operation::TokenPassword)?;
        let holder = Holder {
            client: client.id.clone(),
            user: Some(user.name.clone()),
        };
        Some(Caller {
            holder,
            profile: profile.clone(),
        })
    };
    match operation {
        Operation::Me => pretty(&person().map_or_else(
            || json!({ "info": "OPERATOR_PROFILE", "name": "USER" }),
            |caller| told::me(state, &caller),
        )),
        Operation::Privileges => pretty(&person().map_or_else(
            || json!({ "privileges": [] }),
            |caller| told::privileges(&caller),
        )),
        Operation::AllPrivileges => pretty(&catalogue::tree()),
        Operation::Revoke => pretty(&json!({ "revoked": true })),
        Operation::ServerVersion => pretty(&told::server_version(state)),
        Operation::CppmVersion => pretty(&told::cppm_version(state)),
        _ => pretty(&tokens(operation, state)),
    }
}

fn tokens(operation: Operation, state: &Server) -> TokenReply {
    let client = example::client(&state.scenario, operation);
    let brings_refresh_token = match operation {
        Operation::TokenRefresh => state.switches.refresh_mode == RefreshMode::Rotate,
        _ => client.is_none_or(|client| client.refresh),
    };
    TokenReply::new(
        &state.switches.expires_in,
        client.map_or(28_800, |client| client.access_token_lifetime),
        "ACCESS_TOKEN".into(),
        brings_refresh_token.then(|| "REFRESH_TOKEN".into()),
    )
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("our own values have string keys")
}

/// Text with code between backticks.
fn prose(text: &'static str) -> Html {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(i, piece)| match i % 2 {
            0 => Html::text(piece),
            _ => Html::fill("<code>{{code}}</code>", &[("code", Html::text(piece))]),
        })
        .collect()
}
