//! What a call is: what leads to it, what it needs and what it takes.

use serde::Serialize;

use super::{
    Answered, Ask, collection,
    privilege::Level::{self, Delete, Read, Write},
};
use crate::{
    api::params::percent_decode,
    rows::{RowKind, member::Member},
    state::State,
};

/// One call.
#[derive(Serialize)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// With `{names}` for what varies.
    pub(crate) path: &'static str,
    pub(crate) what: &'static str,
    /// All of these, at this level or above.
    #[serde(rename = "privileges")]
    pub(crate) needs: &'static [&'static str],
    pub(crate) level: Level,
    pub(crate) query: &'static [Member],
    /// The body's members; those that a `PATCH` names need not be there.
    pub(crate) body: &'static [Member],
    /// What it answers with if that is not JSON.
    pub(crate) media: Option<&'static str>,
    #[serde(skip)]
    pub(crate) kind: RowKind,
    #[serde(skip)]
    pub(super) resource: Resource,
    #[serde(skip)]
    pub(super) answer: Answer,
}

/// What a call is counted as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Resource {
    Endpoint,
    Guest,
    Device,
    Session,
    Insight,
    LoginAudit,
}

impl Call {
    /// What varies in a path, by name and decoded; none if it is another call's. A slash may end
    /// it, as in the links of collections.
    pub(super) fn parts(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        let mut given = path.strip_suffix('/').unwrap_or(path).split('/');
        let mut parts = Vec::new();
        for wanted in self.path.split('/') {
            let given = given.next()?;
            match wanted
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                Some(_) if given.is_empty() => return None,
                Some(name) => parts.push((name, percent_decode(given))),
                None if given == wanted => {}
                None => return None,
            }
        }
        given.next().is_none().then_some(parts)
    }

    /// The path of the collection that it belongs to.
    pub(super) fn collection(&self) -> &'static str {
        match self.kind {
            RowKind::Endpoint => "/api/endpoint",
            RowKind::Guest => "/api/guest",
            RowKind::Device => "/api/device",
            RowKind::Session => "/api/session",
        }
    }
}

/// What answers a call.
pub(super) type Answer = fn(&mut State, &Ask<'_>) -> Answered;

/// What the calls of one resource share.
pub(super) struct Of {
    pub(super) resource: Resource,
    pub(super) kind: RowKind,
    pub(super) needs: &'static [&'static str],
}

impl Of {
    pub(super) const fn get(
        &self,
        path: &'static str,
        what: &'static str,
        query: &'static [Member],
        answer: Answer,
    ) -> Call {
        self.call("GET", path, what, (Read, query, &[]), answer)
    }

    pub(super) const fn post(
        &self,
        path: &'static str,
        what: &'static str,
        query: &'static [Member],
        body: &'static [Member],
        answer: Answer,
    ) -> Call {
        self.call("POST", path, what, (Write, query, body), answer)
    }

    pub(super) const fn patch(
        &self,
        path: &'static str,
        query: &'static [Member],
        body: &'static [Member],
    ) -> Call {
        let takes = (Write, query, body);
        self.call(
            "PATCH",
            path,
            "changes the members that are named",
            takes,
            collection::update,
        )
    }

    pub(super) const fn put(
        &self,
        path: &'static str,
        query: &'static [Member],
        body: &'static [Member],
    ) -> Call {
        let takes = (Write, query, body);
        self.call("PUT", path, "replaces it", takes, collection::replace)
    }

    pub(super) const fn delete(&self, path: &'static str, query: &'static [Member]) -> Call {
        let what = "deletes it";
        self.call(
            "DELETE",
            path,
            what,
            (Delete, query, &[]),
            collection::delete,
        )
    }

    const fn call(
        &self,
        method: &'static str,
        path: &'static str,
        what: &'static str,
        (level, query, body): (Level, &'static [Member], &'static [Member]),
        answer: Answer,
    ) -> Call {
        Call {
            method,
            path,
            what,
            needs: self.needs,
            level,
            query,
            body,
            media: None,
            kind: self.kind,
            resource: self.resource,
            answer,
        }
    }

    /// For what is not JSON.
    pub(super) const fn get_media(
        &self,
        path: &'static str,
        what: &'static str,
        media: &'static str,
        answer: Answer,
    ) -> Call {
        let mut call = self.get(path, what, &[], answer);
        call.media = Some(media);
        call
    }
}
