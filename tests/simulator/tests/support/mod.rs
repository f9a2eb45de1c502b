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
