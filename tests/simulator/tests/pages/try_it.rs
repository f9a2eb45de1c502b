//! The forms that send calls from the page: they are what the server answers, and people who listen
//! to a page can use them.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use quickaccess_simulator::Simulator;
use serde_json::Value;

use super::{json_of, password, text, token};

/// A form of the page.
struct Form {
    method: String,
    path: String,
    /// What it sends when nobody changes it.
    body: Option<String>,
    markup: String,
}

fn attribute<'a>(markup: &'a str, name: &str) -> Option<&'a str> {
    markup
        .split(&format!(" {name}=\""))
        .nth(1)?
        .split('"')
        .next()
}

fn forms(page: &str) -> Vec<Form> {
    let forms = page.split("<form class=\"try\" ").skip(1);
    let read = |rest: &str| {
        let markup = rest.split("</form>").next().unwrap();
        let markup = format!("<form {markup}");
        let area = markup.split("<textarea ").nth(1);
        let body = area.map(|area| {
            let text = area.split_once('>').unwrap().1;
            let text = text.split("</textarea>").next().unwrap();
            text.replace("&quot;", "\"")
        });
        Form {
            method: attribute(&markup, "data-method").unwrap().to_owned(),
            path: attribute(&markup, "data-path").unwrap().to_owned(),
            body,
            markup,
        }
    };
    forms.map(read).collect()
}

#[tokio::test(start_paused = true)]
async fn each_form_sends_a_call_that_the_server_knows() {
    let server = Simulator::default_scenario();
    let forms = forms(&text(&server, "/api-docs").await);
    let rows = forms
        .iter()
        .filter(|form| !form.path.starts_with("/api/oauth"));
    assert!(rows.count() > 40);
    let tokens = json_of(&token(&server, &password("api-admin", "abc123")).await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let mut answers = BTreeSet::new();
    for form in forms {
        let (method, path) = (form.method.as_str(), &form.path);
        let filled = [
            "{id}",
            "{mac}",
            "{username}",
            "{name}",
            "{ip}",
            "{template}",
        ]
        .iter()
        .fold(path.clone(), |path, name| path.replace(name, "999999"));
        assert!(!filled.contains('{'), "{filled}");
        let mut request = Request::builder()
            .method(method)
            .uri(&filled)
            .header(header::AUTHORIZATION, &bearer);
        if form.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let sends = form.body.as_deref().unwrap_or_default();
        assert!(
            sends.is_empty() || serde_json::from_str::<Value>(sends).unwrap().is_object(),
            "{method} {path}: {sends}"
        );
        let request = request.body(Bytes::from(sends.to_owned())).unwrap();
        let answer = server.call(request).await.unwrap();
        let status = answer.status();
        answers.insert(status.as_u16());
        assert!(
            !matches!(
                status,
                StatusCode::FORBIDDEN
                    | StatusCode::METHOD_NOT_ALLOWED
                    | StatusCode::UNSUPPORTED_MEDIA_TYPE
            ),
            "{method} {path}: {status}"
        );
        let is_list = method == "GET" && path.matches('/').count() == 2;
        if is_list {
            assert_eq!(status, StatusCode::OK, "{path}");
        }
    }
    assert!(
        answers.contains(&200) && answers.contains(&201),
        "{answers:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn each_field_of_a_form_has_a_label_and_an_id_of_its_own() {
    let server = Simulator::default_scenario();
    let page = text(&server, "/api-docs").await;
    let ids = page.split(" id=\"").skip(1);
    let ids: Vec<&str> = ids.filter_map(|rest| rest.split('"').next()).collect();
    let all: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(all.len(), ids.len(), "an id is there twice");
    let fields = ["<input ", "<select ", "<textarea "];
    let mut found = 0;
    for field in fields.iter().flat_map(|tag| page.split(tag).skip(1)) {
        let id = field
            .split("id=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
        found += 1;
    }
    assert!(found > 100, "{found}");
    for form in forms(&page) {
        let name = format!("aria-label=\"Try {} {}\"", form.method, form.path);
        assert!(form.markup.contains(&name), "{name}");
        assert!(form.markup.contains("role=\"status\""));
        // Without scripts they can't work, so nobody sees them.
        assert!(form.markup.split('>').next().unwrap().ends_with(" hidden"));
    }
    assert!(page.contains("<noscript>"));
}
