//! Forms that send a call from the page, with the token that is in the page's own field. They need
//! scripts, and are hidden without; the examples beside them do not.

use serde_json::{Value, json};

use crate::{
    pages::html::Html,
    rows::member::{Form, Member, Needed},
};

/// A call that can be tried.
pub(super) struct Try<'a> {
    /// What the ids of its fields begin with.
    pub(super) id: &'a str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) query: &'static [Member],
    /// The body as it is at first; none where the call takes none.
    pub(super) body: Option<String>,
}

impl Try<'_> {
    pub(super) fn html(&self) -> Html {
        let mut fields: Html = names(self.path)
            .map(|name| self.field("path", name, "in the path", true, Form::Text))
            .collect();
        for member in self.query {
            let needed = member.needed == Needed::Yes;
            fields.push(&self.field("query", member.name, member.meaning, needed, member.form));
        }
        if let Some(body) = &self.body {
            let values = [
                ("id", Html::text(self.id)),
                ("rows", Html::text((body.lines().count() + 1).clamp(3, 12))),
                ("body", Html::text(body)),
            ];
            fields.push(&Html::fill(
                include_str!("../assets/try_body.html"),
                &values,
            ));
        }
        Html::fill(
            include_str!("../assets/try.html"),
            &[
                ("method", Html::text(self.method)),
                ("path", Html::text(self.path)),
                ("fields", fields),
            ],
        )
    }

    fn field(
        &self,
        place: &'static str,
        name: &str,
        meaning: &str,
        needed: bool,
        form: Form,
    ) -> Html {
        let (template, choices) = match form {
            Form::Flag => (
                include_str!("../assets/try_choice.html"),
                &["true", "false"][..],
            ),
            Form::OneOf(names) => (include_str!("../assets/try_choice.html"), names),
            _ => (include_str!("../assets/try_input.html"), &[][..]),
        };
        let required = if needed { " required" } else { "" };
        Html::fill(
            template,
            &[
                ("id", Html::text(format!("{}-{place}-{name}", self.id))),
                ("place", Html::markup(place)),
                ("name", Html::text(name)),
                ("meaning", Html::text(meaning)),
                ("required", Html::markup(required)),
                ("options", choices.iter().map(option).collect()),
            ],
        )
    }
}

fn option(choice: &&str) -> Html {
    Html::fill(
        "<option>{{choice}}</option>",
        &[("choice", Html::text(choice))],
    )
}

/// The names of what varies in a path.
fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// A body to begin with: what is needed, where the call needs anything.
pub(super) fn first_body(method: &str, members: &[Member]) -> Option<String> {
    let takes_one = matches!(method, "POST" | "PUT" | "PATCH") && !members.is_empty();
    if !takes_one {
        return None;
    }
    let needed = members
        .iter()
        .filter(|member| member.needed == Needed::Yes && method != "PATCH");
    let lines: Vec<String> = needed
        .map(|member| format!("  {}: {}", Value::from(member.name), sample(member)))
        .collect();
    Some(if lines.is_empty() {
        "{}".into()
    } else {
        format!("{{\n{}\n}}", lines.join(",\n"))
    })
}

/// Something of a member's form; words in capitals stand for what people put in.
fn sample(member: &Member) -> Value {
    match member.form {
        Form::Text | Form::Secret => member.name.to_uppercase().into(),
        Form::Number => json!(1),
        Form::Flag => json!(true),
        Form::Mac => json!("02-00-5e-00-53-ff"),
        Form::Time => json!("2030-01-31T08:00:00Z"),
        Form::OneOf(names) => names.first().copied().unwrap_or_default().into(),
        Form::Map => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::shape;

    #[test]
    fn a_body_begins_with_what_is_needed() {
        let body = first_body("POST", shape::ENDPOINT).unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            body,
            json!({ "mac_address": "02-00-5e-00-53-ff", "status": "Known" })
        );
        assert_eq!(first_body("PATCH", shape::ENDPOINT).as_deref(), Some("{}"));
        assert_eq!(first_body("GET", shape::ENDPOINT), None);
        assert_eq!(first_body("POST", &[]), None);
    }
}
