//! What the tests of the simulator share: requests in a line, and the raw bytes of an answer.
#![allow(dead_code, reason = "each test file takes what it needs")]

use bytes::Bytes;
use http::{Request, Response};
use quickaccess_simulator::Simulator;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A token request with a JSON body.
pub(crate) fn token(body: &Value) -> Request<Bytes> {
    Request::post("/api/oauth")
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(body.to_string().into())
        .unwrap()
}

/// A call with an access token.
pub(crate) fn get(path: &str, access_token: &str) -> Request<Bytes> {
    Request::get(path)
        .header("accept", "application/json")
        .header("authorization", format!("Bearer {access_token}"))
        .body(Bytes::new())
        .unwrap()
}

/// Signs a user of the default scenario in and gives the access token.
pub(crate) async fn access_token_of(server: &Simulator, user: &str) -> String {
    let mut body = guide();
    body["username"] = user.into();
    let tokens = signed_in(server, &body).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// A person with an access token, in memory.
pub(crate) struct Person {
    pub(crate) server: Simulator,
    token: String,
}

impl Person {
    /// A user of the default scenario, signed in.
    pub(crate) async fn sign_in(server: &Simulator, user: &str) -> Self {
        Self {
            server: server.clone(),
            token: access_token_of(server, user).await,
        }
    }

    /// One request, its body as JSON unless it is null.
    pub(crate) fn request(&self, method: &str, path: &str, body: &Value) -> Request<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "clearpass.example")
            .header("accept", "application/json")
            .header("authorization", format!("Bearer {}", self.token));
        let request = match body {
            Value::Null => request.body(Bytes::new()),
            body => request
                .header("content-type", "application/json")
                .body(body.to_string().into()),
        };
        request.unwrap()
    }

    /// The status and the body of the answer.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path, &body);
        let response = self.server.call(request).await.unwrap();
        let value = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), value)
    }

    /// The body of an answer that must be 200.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }
}

/// The items of a collection's page.
pub(crate) fn items(page: &Value) -> &Vec<Value> {
    page["_embedded"]["items"].as_array().unwrap()
}

/// Percent encoding for a part of a path or a query.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The vendor guide's example.
pub(crate) fn guide() -> Value {
    json!({
        "grant_type": "password",
        "username": "qa",
        "password": "abc123",
        "client_id": "QuickAccess",
    })
}

/// Signs in and gives the answer's members.
pub(crate) async fn signed_in(server: &Simulator, body: &Value) -> Value {
    let response = server.call(token(body)).await.unwrap();
    assert_eq!(response.status(), 200, "{}", text(&response));
    value(&response)
}

pub(crate) fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

pub(crate) fn value(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Sends bytes over a connection of its own and gives everything that comes back until the
/// server closes it.
pub(crate) async fn raw(url: &str, request: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// A JSON call over a connection of its own: the status and the body.
pub(crate) async fn call(url: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let host = url.strip_prefix("http://").unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = raw(url, &request).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("headers and a body");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
