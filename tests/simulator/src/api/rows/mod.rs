//! The resources that are made of rows, over HTTP: which call a request is, whether its caller may
//! make it, and its answer. The table in `calls.rs` is all of them.

pub(crate) mod call;
pub(crate) mod calls;
mod collection;
mod guest;
mod insight;
mod links;
mod list;
mod login_audit;
mod pass;
pub(crate) mod privilege;
mod session;

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri};

use super::{
    Peer,
    accept::{check_accept, check_accept_of},
    bearer::{Caller, authorize, not_permitted, query_member},
    params::{Params, ParamsError},
    problem::Problem,
};
use crate::{
    rows::{
        Look, Row, RowKind,
        change::{By, Messages},
        member::{Form, Member, Needed, flag},
        table::Id,
    },
    state::State,
};
use call::{Call, Resource};
use calls::CALLS;
use links::Links;

/// One request.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) peer: Peer,
}

/// A request that is allowed, in parts.
struct Ask<'a> {
    call: &'static Call,
    parts: Vec<(&'static str, String)>,
    query: Option<&'a str>,
    body: Row,
    caller: Caller,
    links: Links,
    look: Look,
}

/// What a call comes to.
type Answered = Result<Response, Refused>;

/// Why a call did nothing.
enum Refused {
    Problem(Problem),
    Invalid(Messages),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Messages> for Refused {
    fn from(messages: Messages) -> Self {
        Self::Invalid(messages)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Invalid(messages) => Problem::invalid(messages.into_value()),
        }
    }
}

/// Answers a request; none if there is nothing at this path.
pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Response> {
    let path = request.uri.path();
    let mut here = CALLS
        .iter()
        .filter_map(|call| Some((call, call.parts(path)?)))
        .peekable();
    let resource = here.peek()?.0.resource;
    count(state, resource);
    let method = match request.method {
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    let Some((call, parts)) = here.find(|(call, _)| call.method == method) else {
        let detail = format!("The {method} method has not been defined for this call");
        return Some(Problem::standard(StatusCode::METHOD_NOT_ALLOWED, detail).into_response());
    };
    let caller = match permitted(state, request, call) {
        Ok(caller) => caller,
        Err(response) => return Some(*response),
    };
    let answered = body(request, call).and_then(|body| {
        let ask = Ask {
            call,
            parts,
            query: request.uri.query(),
            body,
            caller,
            links: Links::of(state, request),
            look: state.look(),
        };
        (call.answer)(state, &ask)
    });
    Some(answered.unwrap_or_else(IntoResponse::into_response))
}

fn count(state: &mut State, resource: Resource) {
    let counters = &mut state.counters;
    counters.resources += 1;
    let calls = &mut counters.resource_calls;
    let counter = match resource {
        Resource::Endpoint => &mut calls.endpoint,
        Resource::Guest => &mut calls.guest,
        Resource::Device => &mut calls.device,
        Resource::Session => &mut calls.session,
        Resource::Insight => &mut calls.insight,
        Resource::LoginAudit => &mut calls.login_audit,
    };
    *counter += 1;
}

/// Who calls, if this one may.
fn permitted(
    state: &mut State,
    request: &Request<'_>,
    call: &Call,
) -> Result<Caller, Box<Response>> {
    let caller = authorize(state, request.headers, request.uri.query())?;
    let privileges = &caller.profile.privileges;
    let allowed = call
        .needs
        .iter()
        .all(|privilege| privilege::allows(privileges, privilege, call.level));
    match allowed {
        true => Ok(caller),
        false => Err(not_permitted(state)),
    }
}

/// The members of the body, if the client takes what this call answers with.
fn body(request: &Request<'_>, call: &Call) -> Result<Row, Refused> {
    match call.media {
        Some(media) => check_accept_of(request.headers, media)?,
        None => check_accept(request.headers)?,
    }
    if !matches!(call.method, "POST" | "PATCH" | "PUT") {
        return Ok(Row::new());
    }
    match Params::read(request.headers, request.body) {
        Ok(params) => Ok(params.into_members()),
        Err(ParamsError::MalformedJson) => {
            let detail = "JSON decoding error: Syntax error, malformed JSON";
            Err(Problem::standard(StatusCode::BAD_REQUEST, detail).into())
        }
        Err(ParamsError::ContentType) => {
            let detail = "Invalid content-type specified";
            Err(Problem::standard(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into())
        }
    }
}

impl Ask<'_> {
    /// A part of the path, decoded.
    fn part(&self, name: &str) -> Option<&str> {
        let part = self.parts.iter().find(|part| part.0 == name);
        part.map(|part| part.1.as_str())
    }

    fn kind(&self) -> RowKind {
        self.call.kind
    }

    fn by(&self) -> By<'_> {
        let holder = &self.caller.holder;
        By::Client {
            name: holder.user.as_ref().unwrap_or(&holder.client),
            profile: &self.caller.profile.name,
        }
    }

    /// The id of the row that the path names, by its id or by its key.
    fn id(&self, state: &State) -> Result<Id, Refused> {
        let table = state.rows.table(self.kind());
        let found = match self.parts.first() {
            Some(("id", id)) => {
                Id::parse(self.kind(), id).filter(|id| table.row(self.look, id).is_some())
            }
            Some((_, key)) => table.find(self.look, key),
            None => None,
        };
        found.ok_or_else(not_found)
    }

    /// The row that the path names.
    fn row(&self, state: &State) -> Result<(Id, Row), Refused> {
        let id = self.id(state)?;
        let row = state.rows.table(self.kind()).row(self.look, &id);
        row.map(|row| (id, row)).ok_or_else(not_found)
    }

    /// A flag of the query; false if it is not there.
    fn flag(&self, name: &str) -> Result<bool, Messages> {
        let mut messages = Messages::default();
        let Some(text) = query_member(self.query, name) else {
            return Ok(false);
        };
        flag(&text.into()).ok_or_else(|| {
            messages.wrong(name, "must be true or false");
            messages
        })
    }

    /// The body's members in their forms; what the call needs is there, and what is to be
    /// confirmed is true.
    fn checked(&self) -> Result<Row, Messages> {
        let mut messages = Messages::default();
        let mut checked = Row::new();
        for member in self.call.body {
            match self
                .body
                .get(member.name)
                .map(|value| member.form.read(value))
            {
                Some(Ok(value)) if !value.is_null() => {
                    if is_confirmation(member) && value != true {
                        messages.wrong(member.name, "must be true");
                    }
                    checked.insert(member.name.into(), value);
                }
                Some(Err(message)) => messages.wrong(member.name, message),
                _ if member.needed == Needed::Yes => messages.missing(member.name),
                _ => {}
            }
        }
        match messages.none() {
            true => Ok(checked),
            false => Err(messages),
        }
    }
}

fn is_confirmation(member: &Member) -> bool {
    member.form == Form::Flag && member.name.starts_with("confirm")
}

fn not_found() -> Refused {
    Problem::standard(StatusCode::NOT_FOUND, "There is no such object").into()
}
