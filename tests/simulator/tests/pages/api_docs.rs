//! What the API offers: the page is held against the server that it describes.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response, header};
use quickaccess_simulator::{RefreshMode, Revoke, Simulator, WrongPasswordStatus};
use serde_json::{Value, json};

use super::{json_of, password, post, text, token};

#[tokio::test]
async fn the_examples_work_as_they_are_shown() {
    let server = Simulator::default_scenario();
    let page = text(&server, "/api-docs").await;
    let examples: Vec<Value> = page
        .split("--data &#39;")
        .skip(1)
        .map(|rest| rest.split("&#39;</code>").next().unwrap())
        .map(|data| serde_json::from_str(&data.replace("&quot;", "\"")).unwrap())
        .collect();
    let [sign_in, refresh, own, revoke] = examples.try_into().unwrap();
    let filled = |mut body: Value, name: &str, value: &Value| {
        assert!(body[name].is_string(), "{body} has {name}");
        body[name] = value.clone();
        body
    };
    let tokens = token(&server, &filled(sign_in, "password", &json!("abc123"))).await;
    assert_eq!(tokens.status(), 200);
    let old = &json_of(&tokens)["refresh_token"];
    let tokens = token(&server, &filled(refresh, "refresh_token", old)).await;
    assert_eq!(tokens.status(), 200);
    let own = filled(own, "client_secret", &json!("s3cret"));
    assert_eq!(token(&server, &own).await.status(), 200);
    server.set_switches(|switches| switches.revoke = Revoke::Present);
    let new = &json_of(&tokens)["refresh_token"];
    let revoked = server.call(post("/api/oauth/revoke", &filled(revoke, "token", new)));
    assert_eq!(json_of(&revoked.await.unwrap()), json!({ "revoked": true }));
}

#[tokio::test]
async fn examples_name_this_server_and_repeat_no_odd_host() {
    let server = Simulator::default_scenario();
    let docs = async |host: &str| {
        let request = Request::get("/api-docs").header(header::HOST, host);
        let request = request.body(Bytes::new()).unwrap();
        let response = server.call(request).await.unwrap();
        String::from_utf8(response.body().to_vec()).unwrap()
    };
    for host in ["127.0.0.1:4711", "[::1]:80", "clearpass.example"] {
        let page = docs(host).await;
        assert!(page.contains(&format!("curl &#39;http://{host}/api/oauth&#39;")));
    }
    for host in ["x';reboot;'", "<script>", "a b", "user@host", "\"x"] {
        let page = docs(host).await;
        assert!(
            page.contains("curl &#39;http://localhost/api/oauth&#39;"),
            "{host}"
        );
    }
}

#[tokio::test]
async fn the_docs_follow_the_switches() {
    let server = Simulator::default_scenario();
    let before = text(&server, "/api-docs").await;
    assert!(before.contains("Now: switched off, answers 404"));
    assert_eq!(before.matches("&quot;REFRESH_TOKEN&quot;\n}").count(), 2);
    server.set_switches(|switches| {
        switches.revoke = Revoke::Present;
        switches.refresh_mode = RefreshMode::OneShot;
        switches.wrong_password_status = WrongPasswordStatus::BadRequest400;
    });
    let after = text(&server, "/api-docs").await;
    assert!(after.contains("Now: switched on") && after.contains("(one_shot)"));
    assert_eq!(after.matches("&quot;REFRESH_TOKEN&quot;\n}").count(), 1);
    let wrong = |page: &str| {
        let known = documented(page);
        let mut of = known
            .into_iter()
            .filter(|(_, _, d)| d.starts_with("Invalid username"));
        of.next().unwrap().0
    };
    assert_eq!((wrong(&before), wrong(&after)), (401, 400));
}

/// Status, title and detail of a failure.
type Failure = (u16, String, String);

/// The failures that the page tells of.
fn documented(page: &str) -> BTreeSet<Failure> {
    let cell = |row: &str, label: &str| {
        let cell = row
            .split(&format!("data-label=\"{label}\">"))
            .nth(1)
            .unwrap();
        let cell = cell.split("</td>").next().unwrap();
        let text = cell.replace("<code>", "").replace("</code>", "");
        text.replace("&quot;", "\"").replace("&#39;", "'")
    };
    page.split("<tr role=\"row\">")
        .filter(|row| row.contains("data-label=\"Status\""))
        .map(|row| {
            let status = cell(row, "Status").parse().unwrap();
            (status, cell(row, "Title"), cell(row, "Detail"))
        })
        .collect()
}

/// A token request for each refusal, the one of an expired refresh token apart.
fn refused(refresh_token: &Value) -> Vec<Value> {
    let lab = json!({ "grant_type": "refresh_token", "client_id": "Lab", "client_secret": "s3cret", "refresh_token": refresh_token });
    let scoped = json!({ "grant_type": "client_credentials", "client_id": "Integration", "client_secret": "s3cret", "scope": "all" });
    vec![
        json!({}),
        json!({ "grant_type": "x" }),
        json!({ "grant_type": "password" }),
        json!({ "grant_type": "password", "client_id": "none" }),
        json!({ "grant_type": "password", "client_id": "Lab", "client_secret": "no" }),
        json!({ "grant_type": "client_credentials", "client_id": "Integration" }),
        json!({ "grant_type": "password", "client_id": "QuickAccess" }),
        password("qa", "no"),
        password("no-details", "abc123"),
        json!({ "grant_type": "refresh_token", "client_id": "QuickAccess" }),
        json!({ "grant_type": "refresh_token", "client_id": "QuickAccess", "refresh_token": "x" }),
        lab,
        json!({ "grant_type": "client_credentials", "client_id": "Lab", "client_secret": "s3cret" }),
        scoped,
    ]
}

#[tokio::test]
async fn the_docs_tell_of_exactly_the_failures_that_the_server_gives() {
    let server = Simulator::default_scenario();
    let told = documented(&text(&server, "/api-docs").await);
    let mut given = BTreeSet::new();
    let mut note = |response: Response<Bytes>| {
        let problem = json_of(&response);
        let text = |name: &str| problem[name].as_str().unwrap().to_owned();
        given.insert((response.status().as_u16(), text("title"), text("detail")));
    };

    let tokens = json_of(&token(&server, &password("qa", "abc123")).await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let old = &tokens["refresh_token"];
    for body in refused(old) {
        note(token(&server, &body).await);
    }
    let send = |method: Method, path: &str, headers: &[(&str, &str)], body: &'static str| {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        let server = server.clone();
        async move { server.call(request).await.unwrap() }
    };
    let json_type = ("content-type", "application/json");
    let auth = ("authorization", bearer.as_str());
    note(send(Method::GET, "/api/oauth", &[], "").await);
    note(send(Method::POST, "/api/oauth", &[json_type], "{").await);
    note(
        send(
            Method::POST,
            "/api/oauth",
            &[("content-type", "text/plain")],
            "x",
        )
        .await,
    );
    note(send(Method::POST, "/api/oauth", &[("accept", "text/html")], "").await);
    note(send(Method::POST, "/api/oauth/me", &[auth], "").await);
    note(send(Method::GET, "/api/oauth/me?access_token=x", &[auth], "").await);
    note(send(Method::GET, "/api/oauth/me", &[], "").await);
    let odd = "/api/oauth/all-privileges?format=x";
    note(send(Method::GET, odd, &[auth], "").await);
    note(send(Method::POST, "/api/oauth/revoke", &[json_type], "{}").await);
    server.set_switches(|switches| switches.revoke = Revoke::Present);
    note(send(Method::GET, "/api/oauth/revoke", &[], "").await);
    note(send(Method::POST, "/api/oauth/revoke", &[json_type], "{}").await);
    let hint = r#"{"token":"x","token_type_hint":"x"}"#;
    note(send(Method::POST, "/api/oauth/revoke", &[json_type], hint).await);
    server.advance(Duration::from_secs(15 * 86_400));
    let expired =
        json!({ "grant_type": "refresh_token", "client_id": "QuickAccess", "refresh_token": old });
    note(token(&server, &expired).await);

    assert_eq!(told, given);
}
