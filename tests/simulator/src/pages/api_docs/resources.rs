//! The calls of rows: all that the server answers, from the very table that it answers by.

use super::form::{Try, first_body};
use crate::{
    api::rows::{call::Call, calls::CALLS},
    pages::html::Html,
    rows::member::{Form, Member, Needed},
};

/// A group of calls with a heading of its own.
struct Group {
    id: &'static str,
    title: &'static str,
    /// The first segments of its paths, after `/api/`.
    first: &'static [&'static str],
    about: &'static str,
}

const GROUPS: &[Group] = &[
    Group {
        id: "endpoints",
        title: "Endpoints",
        first: &["endpoint"],
        about: "Devices that were seen in the network.",
    },
    Group {
        id: "guests",
        title: "Guests",
        first: &["guest"],
        about: "Accounts of guests, their receipts and their sponsors.",
    },
    Group {
        id: "devices",
        title: "Devices",
        first: &["device"],
        about: "Accounts of devices that sign in with their MAC address.",
    },
    Group {
        id: "sessions",
        title: "Sessions",
        first: &["session", "session-action"],
        about: "Who is in the network, and was. An action that fails is 200 with an error that is not 0.",
    },
    Group {
        id: "insight",
        title: "Insight",
        first: &["insight"],
        about: "What is known now of an endpoint.",
    },
    Group {
        id: "login-audit",
        title: "Login audit",
        first: &["login-audit"],
        about: "When a local user signed in.",
    },
];

impl Group {
    fn calls(&self) -> impl Iterator<Item = &'static Call> {
        let has = |call: &&Call| {
            call.path
                .split('/')
                .nth(2)
                .is_some_and(|first| self.first.contains(&first))
        };
        CALLS.iter().filter(has)
    }
}

/// Links to the groups.
pub(super) fn contents() -> Html {
    let entry = |group: &Group| {
        Html::fill(
            "<li><a href=\"#{{id}}\">{{title}}</a> {{count}}</li>\n",
            &[
                ("id", Html::text(group.id)),
                ("title", Html::text(group.title)),
                (
                    "count",
                    Html::text(match group.calls().count() {
                        1 => "1 call".to_owned(),
                        more => format!("{more} calls"),
                    }),
                ),
            ],
        )
    };
    GROUPS.iter().map(entry).collect()
}

pub(super) fn html() -> Html {
    GROUPS.iter().map(group).collect()
}

fn group(group: &Group) -> Html {
    let first = group.calls().next();
    let needs = first.map_or(&[][..], |call| call.needs);
    let needs: Vec<Html> = needs
        .iter()
        .map(|name| Html::fill("<code>{{name}}</code>", &[("name", Html::text(name))]))
        .collect();
    let mut list = Html::default();
    for (index, name) in needs.iter().enumerate() {
        if index > 0 {
            list.push(&Html::markup(" and "));
        }
        list.push(name);
    }
    Html::fill(
        include_str!("../assets/resource.html"),
        &[
            ("id", Html::text(group.id)),
            ("title", Html::text(group.title)),
            ("needs", list),
            ("about", Html::text(group.about)),
            ("calls", group.calls().map(call).collect()),
        ],
    )
}

fn call(call: &Call) -> Html {
    let id = id(call);
    let form = Try {
        id: &id,
        method: call.method,
        path: call.path,
        query: call.query,
        body: first_body(call.method, call.body),
    };
    Html::fill(
        include_str!("../assets/resource_call.html"),
        &[
            ("id", Html::text(&id)),
            ("method", Html::text(call.method)),
            ("path", Html::text(call.path)),
            ("what", Html::text(call.what)),
            ("level", Html::text(level(call))),
            ("members", members(call.body)),
            ("form", form.html()),
        ],
    )
}

/// Its anchor, such as `get-endpoint-mac-address-mac`.
fn id(call: &Call) -> String {
    let path = call.path.trim_start_matches("/api/");
    let words = path.replace(['{', '}'], "").replace('/', "-");
    format!("{}-{words}", call.method.to_ascii_lowercase())
}

fn level(call: &Call) -> String {
    let level = match call.method {
        "GET" => "reading",
        "DELETE" => "deleting, which only a privilege without a prefix does",
        _ => "writing",
    };
    match call.media {
        Some(media) => format!("The privileges must allow {level}. It answers with {media}."),
        None => format!("The privileges must allow {level}."),
    }
}

fn members(members: &[Member]) -> Html {
    if members.is_empty() {
        return Html::default();
    }
    let of_clients = members
        .iter()
        .filter(|member| member.needed != Needed::ByServer);
    let row = |member: &Member| {
        let needed = match member.needed {
            Needed::Yes => ", needed",
            _ => "",
        };
        Html::fill(
            "<div><dt><code>{{name}}</code></dt><dd>{{meaning}} ({{form}}{{needed}})</dd></div>\n",
            &[
                ("name", Html::text(member.name)),
                ("meaning", Html::text(member.meaning)),
                ("form", Html::text(form(member.form))),
                ("needed", Html::markup(needed)),
            ],
        )
    };
    Html::fill(
        include_str!("../assets/resource_members.html"),
        &[("members", of_clients.map(row).collect())],
    )
}

fn form(form: Form) -> String {
    match form {
        Form::Text => "text".into(),
        Form::Number => "whole number".into(),
        Form::Flag => "true or false".into(),
        Form::Mac => "MAC address".into(),
        Form::Time => "time".into(),
        Form::OneOf(names) => format!("one of {}", names.join(", ")),
        Form::Map => "object".into(),
        Form::Secret => "text, never shown again".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_call_is_in_one_group_and_has_an_anchor_of_its_own() {
        let listed: Vec<_> = GROUPS.iter().flat_map(Group::calls).collect();
        let name = |call: &Call| format!("{} {}", call.method, call.path);
        let all: BTreeSet<_> = CALLS.iter().map(name).collect();
        assert_eq!(listed.len(), CALLS.len());
        assert_eq!(
            listed
                .iter()
                .map(|call| name(call))
                .collect::<BTreeSet<_>>(),
            all
        );
        let anchors: BTreeSet<_> = CALLS.iter().map(id).collect();
        assert_eq!(anchors.len(), CALLS.len());
    }

    #[test]
    fn the_calls_of_a_group_need_the_same_privileges() {
        for group in GROUPS {
            let needs: BTreeSet<_> = group.calls().map(|call| call.needs).collect();
            assert_eq!(needs.len(), 1, "{}", group.title);
        }
    }
}
