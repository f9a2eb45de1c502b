//! Requests: bodies and headers, answers of every kind, tries and deadlines, and what an error
//! tells.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{Arc, Mutex};

use quickaccess::{Action, Code, Form, Method, QuickAccess};
use quickaccess_simulator::{Fault, FaultKind, Operation, RowKind};
use serde_json::{Value, json};
use support::{
    Phone, Scripted,
    scripted::{is_for, reply},
};

/// What a request was, as the transport got it.
#[derive(Clone, Debug, Default)]
struct Sent {
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// A phone whose requests for `endpoint` are noted and answered so.
async fn noting(status: u16, answer: &str) -> (Phone, QuickAccess, Arc<Mutex<Vec<Sent>>>) {
    let phone = Phone::new();
    let (notes, answer) = (Arc::new(Mutex::new(Vec::new())), answer.to_owned());
    let seen = notes.clone();
    let script = Scripted::new(&phone.network, move |request| {
        if !is_for(request, "endpoint") {
            return None;
        }
        let headers = request.headers.iter();
        seen.lock().unwrap().push(Sent {
            url: request.url.to_string(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: request.body.as_ref().map(|body| body.expose().to_vec()),
        });
        Some(reply(status, &answer))
    });
    let builder = phone.builder("QuickAccess").transport(script);
    let session = builder.build().unwrap();
    session.sign_in("qa", "abc123").await.unwrap();
    (phone, session, notes)
}

#[tokio::test(start_paused = true)]
async fn query_headers_and_bodies_are_sent_as_they_were_given() {
    let (_phone, session, notes) = noting(200, "{}").await;
    let request = || {
        session
            .request(Method::POST, "/endpoint")
            .query("a b", "c&d=é")
    };
    let form = Form::new().file("file", "list.csv", "text/csv", b"mac\n".to_vec());
    request().json(&json!({ "a": 1 })).done().await.unwrap();
    let csv = request()
        .header("If-Match", "\"7\"")
        .body("text/csv", b"x,y".to_vec());
    csv.done().await.unwrap();
    request().upload(&form).done().await.unwrap();
    let notes = notes.lock().unwrap();
    let [json, csv, form] = &notes[..] else {
        panic!("three requests: {notes:?}")
    };
    let url = "https://clearpass.example/api/endpoint?a+b=c%26d%3D%C3%A9";
    assert!(notes.iter().all(|sent| sent.url == url), "{notes:?}");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(json.body.as_deref(), Some(&b"{\"a\":1}"[..]));
    assert_eq!(json.headers, []);
    assert_eq!(csv.body.as_deref(), Some(&b"x,y"[..]));
    assert_eq!(
        csv.headers,
        [pair("if-match", "\"7\""), pair("content-type", "text/csv")]
    );
    let [(name, media)] = &form.headers[..] else {
        panic!("one header: {form:?}")
    };
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    assert_eq!(name, "content-type");
    let body = String::from_utf8(form.body.clone().unwrap()).unwrap();
    assert_eq!(
        body,
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\
             \r\nContent-Type: text/csv\r\n\r\nmac\n\r\n--{boundary}--\r\n"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_refused_before_anything_is() {
    let (phone, session, notes) = noting(200, "{}").await;
    let before = phone.network.tried();
    let get = |path: &str| session.request(Method::GET, path);
    let wrong = [
        get("https://evil.example/api/endpoint"),
        get("//evil.example/endpoint"),
        get("/endpoint/../../console"),
        get("/endpoint\r\nHost: evil.example"),
        get("endpoint").header("Authorization", "Bearer planted"),
        get("endpoint").header("Host", "evil.example"),
        get("endpoint").header("X-Own", "a\r\nb"),
        get("endpoint").body("text\r\nX-Own: planted", Vec::new()),
        get("endpoint").upload(&Form::new().file("f", "f", "no type", Vec::new())),
        // The first mistake is told, whatever comes after it.
        get("endpoint")
            .header("Cookie", "planted")
            .query("a", "b")
            .json(&1),
    ];
    for request in wrong {
        let text = format!("{request:?}");
        let error = request.done().await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{text}");
        assert_eq!(error.action(), Action::FixRequest);
        assert!(
            !format!("{error} {text}").contains("planted"),
            "{error} {text}"
        );
    }
    assert_eq!(phone.network.tried(), before);
    assert!(notes.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn answers_are_read_as_json_as_bytes_or_not_at_all() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let get = |path: &str| session.request(Method::GET, path);
    let typed: Value = get("/api/endpoint/1").send().await.unwrap();
    assert_eq!(typed["id"], 1);
    let raw = get("endpoint/1").response().await.unwrap();
    assert_eq!(raw.status, 200);
    assert!(raw.content_type.as_deref().unwrap().contains("json"));
    assert_eq!(raw.json::<Value>().unwrap(), typed);
    assert!(!format!("{raw:?}").contains("mac_address"), "{raw:?}");

    // A pass for a wallet is no JSON, and is asked for as what it is.
    let pass = get("guest/3000/pass/1");
    let pass = pass.header("Accept", "application/vnd.apple.pkpass");
    let pass = pass.response().await.unwrap();
    assert_eq!(
        pass.content_type.as_deref(),
        Some("application/vnd.apple.pkpass")
    );
    assert!(pass.body.starts_with(b"PK"), "{pass:?}");

    // Nothing in it: no content, and null for those who ask for JSON.
    let delete = |id: u32| session.request(Method::DELETE, &format!("endpoint/{id}"));
    delete(1).done().await.unwrap();
    assert_eq!(delete(2).send::<Option<Value>>().await.unwrap(), None);
    assert_eq!(delete(3).response().await.unwrap().status, 204);
    assert_eq!(phone.server.row_count(RowKind::Endpoint), 4_997);
    let error = delete(4).send::<Vec<u8>>().await.unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert!(matches!(
        error.action(),
        Action::Retry {
            may_have_acted: true,
            ..
        }
    ));
}

#[tokio::test(start_paused = true)]
async fn json_of_another_form_says_where_and_quotes_nothing() {
    let (_phone, session, _) = noting(200, r#"{"secret":"planted"}"#).await;
    let error = session
        .request(Method::GET, "endpoint")
        .send::<Vec<String>>()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert!(error.message().contains("line 1, column"), "{error}");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_beyond_the_limit_is_told_and_a_download_has_none() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let guests = || session.request(Method::GET, "guest").query("limit", "1000");
    let whole = guests().response().await.unwrap().body;
    let size = whole.len();
    assert!(guests().max_body(size).response().await.is_ok());
    let error = guests().max_body(size - 1).response().await.unwrap_err();
    assert_eq!(error.code(), Code::BadReply);
    assert!(
        error.message().contains("larger than what was allowed"),
        "{error}"
    );
    assert!(matches!(
        error.action(),
        Action::Retry {
            may_have_acted: false,
            ..
        }
    ));

    let mut download = guests().max_body(1).download().await.unwrap();
    assert_eq!(download.status(), 200);
    let mut parts = Vec::new();
    while let Some(part) = download.next_part().await.unwrap() {
        parts.extend(part);
    }
    assert!(parts == whole, "the parts are the whole");
    // A refusal of a download is told as that of any other request.
    let missing = session.request(Method::GET, "guest/999999");
    let error = missing.download().await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Code::NotFound, Some(404)));
}

#[tokio::test(start_paused = true)]
async fn errors_have_a_code_and_the_servers_words_and_status() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let get = |path: &str| session.request(Method::GET, path);
    for (request, code, status) in [
        (get("endpoint/999999"), Code::NotFound, 404),
        (
            get("endpoint").query("limit", "5000"),
            Code::ValidationFailed,
            422,
        ),
        (
            session.request(Method::DELETE, "session/7"),
            Code::ValidationFailed,
            405,
        ),
        (
            get("endpoint").header("Accept", "text/html"),
            Code::ValidationFailed,
            406,
        ),
        (
            session
                .request(Method::POST, "endpoint")
                .body("text/csv", b"a".to_vec()),
            Code::ValidationFailed,
            415,
        ),
        (
            session
                .request(Method::POST, "endpoint")
                .body("application/json", b"{".to_vec()),
            Code::ValidationFailed,
            400,
        ),
    ] {
        let error = request.done().await.unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            (code, Some(status)),
            "{error}"
        );
        assert_eq!(error.action(), Action::FixRequest);
        assert!(error.message().contains("It said: "), "{error}");
    }
    let teapot = FaultKind::problem(418, "I'm a teapot", "short and stout");
    phone.server.fault(Fault::new(Operation::Resource, teapot));
    let error = get("endpoint").done().await.unwrap_err();
    assert!(
        error.message().contains("I'm a teapot: short and stout."),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a22_refused_fields_are_named_with_their_reasons() {
    let phone = Phone::new();
    let session = phone.administrator().await;
    let post = |body: &Value| session.request(Method::POST, "endpoint").json(body).done();
    // A missing one is told as a map, one in the wrong form as a list, a double as a text.
    for (body, names) in [
        (json!({}), vec!["mac_address", "status"]),
        (
            json!({ "mac_address": "x", "status": "Knwon", "attributes": 7 }),
            vec!["mac_address", "status", "attributes"],
        ),
    ] {
        let error = post(&body).await.unwrap_err();
        assert_eq!(error.code(), Code::ValidationFailed);
        let fields = error.fields().iter();
        assert_eq!(fields.map(|field| &field.name).collect::<Vec<_>>(), names);
        for field in error.fields() {
            let [message] = &field.messages[..] else {
                panic!("one message each: {error:?}")
            };
            let told = format!("{}: {message}", field.name);
            assert!(error.message().contains(&told), "{error}");
        }
    }
    let double = json!({ "mac_address": "02:00:c0:ff:ee:01", "status": "Known" });
    post(&double).await.unwrap();
    let error = post(&double).await.unwrap_err();
    assert_eq!(error.fields()[0].name, "mac_address");
    assert_eq!(error.fields()[0].messages.len(), 1, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a22_a_list_or_a_text_without_fields_is_about_the_whole() {
    for (messages, wanted) in [
        (json!("No more than one"), vec!["No more than one"]),
        (json!(["one", "two"]), vec!["one", "two"]),
    ] {
        let problem = json!({
            "validation_messages": messages, "title": "Unprocessable Entity",
            "status": 422, "detail": "Failed Validation",
        });
        let (_phone, session, _) = noting(422, &problem.to_string()).await;
        let error = session
            .request(Method::POST, "endpoint")
            .done()
            .await
            .unwrap_err();
        let [field] = error.fields() else {
            panic!("one field: {error:?}")
        };
        assert_eq!(field.name, "");
        assert_eq!(field.messages, wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn a22_an_action_that_says_200_and_an_error_has_failed() {
    let (_phone, session, notes) = noting(200, r#"{"error":1,"message":"It is over"}"#).await;
    let act = || session.request(Method::POST, "endpoint");
    for error in [
        act().done().await.unwrap_err(),
        act().send::<Value>().await.unwrap_err(),
        act().response().await.unwrap_err(),
    ] {
        assert_eq!(
            (error.code(), error.status()),
            (Code::ActionFailed, Some(200))
        );
        assert!(error.message().contains("It said: It is over."), "{error}");
        assert_eq!(error.action(), Action::FixRequest);
    }
    assert_eq!(notes.lock().unwrap().len(), 3, "none was repeated");
    // What is only read means nothing by it.
    let read: Value = session
        .request(Method::GET, "endpoint")
        .send()
        .await
        .unwrap();
    assert_eq!(read["error"], 1);
}
